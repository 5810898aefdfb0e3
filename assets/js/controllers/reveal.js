// Shows and hides what was typed as a password.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  toggle(event) {
    const input = this.element.querySelector("input");
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    event.currentTarget.setAttribute("aria-pressed", String(show));
  }
}
