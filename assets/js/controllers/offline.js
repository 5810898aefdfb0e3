// Says that there is no connection, aloud too: data-offline-target="words" is what it says while there is none.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["words", "said"];

  connect() {
    this.tell = () => this.#tell();
    addEventListener("online", this.tell);
    addEventListener("offline", this.tell);
    this.#tell();
  }

  disconnect() {
    removeEventListener("online", this.tell);
    removeEventListener("offline", this.tell);
  }

  #tell() {
    const gone = !navigator.onLine;
    this.element.classList.toggle("on", gone);
    this.saidTarget.replaceChildren(gone ? this.wordsTarget.content.cloneNode(true) : "");
  }
}
