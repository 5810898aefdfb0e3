// Light, dark, or what the system says; remembered on this device.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["choice"];

  connect() {
    this.#show(document.documentElement.dataset.theme ?? "system");
  }

  choose(event) {
    const theme = event.currentTarget.dataset.theme;
    if (theme === "system") {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem("theme");
    } else {
      document.documentElement.dataset.theme = theme;
      localStorage.setItem("theme", theme);
    }
    this.#show(theme);
  }

  #show(theme) {
    for (const choice of this.choiceTargets) choice.setAttribute("aria-pressed", String(choice.dataset.theme === theme));
  }
}
