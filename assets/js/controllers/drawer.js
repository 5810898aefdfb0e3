// The page's own drawer: opens when something was put into it, closes when the server says so.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  connect() {
    this.close = () => this.element.close();
    document.body.addEventListener("drawer:close", this.close);
  }

  disconnect() {
    document.body.removeEventListener("drawer:close", this.close);
  }

  filled() {
    if (this.element.childElementCount === 0) return;
    if (!this.element.open) this.element.showModal();
    this.element.querySelector("[autofocus], input:not([type=hidden]), select, textarea")?.focus();
  }

  empty() {
    this.element.replaceChildren();
  }
}
