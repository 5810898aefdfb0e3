// The bench by keyboard: Enter or Space ticks, arrows go along the lines, Esc leaves. Never while somebody types.
import { Controller } from "@hotwired/stimulus";

const BUSY = "a, button, input, select, textarea, summary";

export default class extends Controller {
  static targets = ["tick", "before", "next", "leave"];

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    const act = this.#act(event.key, Boolean(event.target.closest?.(BUSY)));
    if (!act) return;
    event.preventDefault();
    act();
  }

  // What was drawn anew is read from its heading on, and the keys go on working.
  drawn() {
    this.element.querySelector("#bm h1")?.focus({ preventScroll: true });
  }

  #act(key, busy) {
    const go = (name) => this[`has${name}Target`] && (() => this[`${name.toLowerCase()}Target`].click());
    if (key === "Escape") return go("Leave");
    if (document.activeElement?.matches("input, textarea, select")) return null;
    if (key === "ArrowRight" || key === "ArrowDown") return go("Next");
    if (key === "ArrowLeft" || key === "ArrowUp") return go("Before");
    if ((key === "Enter" || key === " ") && !busy) return this.hasTickTarget && (() => this.tickTarget.requestSubmit());
    return null;
  }
}
