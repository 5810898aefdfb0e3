// Rows of a form: one more from the template, one less. Numbers are never used twice, so nothing typed changes place.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["list", "blank"];
  static values = { next: Number };

  add() {
    const row = document.createElement("template");
    row.innerHTML = this.blankTarget.innerHTML.replaceAll("__n__", String(this.nextValue));
    this.nextValue += 1;
    this.listTarget.append(row.content);
    this.listTarget.lastElementChild.querySelector("input")?.focus();
  }

  remove(event) {
    const row = event.currentTarget.closest("li");
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (near ?? this.element).querySelector("input, button")?.focus();
  }
}
