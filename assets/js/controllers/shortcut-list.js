// The list of keys: the switch that turns them off on this device, and what the page behind the list adds.
import { Controller } from "@hotwired/stimulus";
import { areOff, turn } from "../shortcuts.js";

export default class extends Controller {
  static targets = ["switch", "here", "rows"];

  connect() {
    this.switchTarget.checked = !areOff();
    this.#list([...document.querySelectorAll("#main [data-keys]")].filter((one) => !one.closest(".menu-list")));
  }

  turn() {
    turn(this.switchTarget.checked);
  }

  #list(found) {
    this.hereTarget.hidden = found.length === 0;
    for (const one of found) {
      const line = document.createElement("div");
      const [text, keys] = [document.createElement("dt"), document.createElement("dd")];
      text.textContent = one.ariaLabel ?? one.textContent.trim();
      for (const key of one.dataset.keys.split(" ")) {
        keys.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      }
      line.append(text, keys);
      this.rowsTarget.append(line);
    }
  }
}
