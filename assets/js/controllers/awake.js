// Keeps the screen on while the bench is open; asks again when the page is looked at again, and says when it cannot.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["unable"];

  connect() {
    this.seen = () => this.#keep();
    document.addEventListener("visibilitychange", this.seen);
    this.#keep();
  }

  disconnect() {
    document.removeEventListener("visibilitychange", this.seen);
    this.lock?.release();
  }

  async #keep() {
    if (document.visibilityState !== "visible" || (this.lock && !this.lock.released)) return;
    try {
      this.lock = await navigator.wakeLock.request("screen");
      this.unableTarget.hidden = true;
    } catch {
      this.unableTarget.hidden = false; // not supported, or the battery is low
    }
  }
}
