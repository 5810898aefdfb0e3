// Copies the text of its field. data-copy-target="text" the field, "button" what says that it is done.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["text", "button"];

  async copy() {
    this.textTarget.select();
    try {
      await navigator.clipboard.writeText(this.textTarget.value);
      this.buttonTarget.lastChild.textContent = "Copied";
    } catch {
      this.buttonTarget.lastChild.textContent = "Press Ctrl+C"; // no clipboard here: the text is selected
    }
  }
}
