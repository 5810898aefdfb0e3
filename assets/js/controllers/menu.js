// Closes an open <details> menu on Esc and on a click elsewhere.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  connect() {
    this.away = (event) => {
      if (!this.element.contains(event.target)) this.element.open = false;
    };
    document.addEventListener("click", this.away);
  }

  disconnect() {
    document.removeEventListener("click", this.away);
  }

  escape() {
    if (!this.element.open) return;
    this.element.open = false;
    this.element.querySelector("summary").focus();
  }
}
