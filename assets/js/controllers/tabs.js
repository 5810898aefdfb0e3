// Tabs that do not fit beside each other are scrolled to the present one.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  connect() {
    const current = this.element.querySelector("[aria-current]");
    if (current) this.element.scrollLeft = current.offsetLeft - (this.element.clientWidth - current.offsetWidth) / 2;
  }
}
