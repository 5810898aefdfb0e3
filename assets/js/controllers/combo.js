// Type to find: a field with a list below it, filled by the server. Enter takes, Ctrl+Enter begins what is missing.
// On a box around the field: data-controller="combo" data-combo-url-value="/find". Targets: "input", "list".
import { Controller } from "@hotwired/stimulus";
import htmx from "htmx.org";

const PAUSE = 150;
let lists = 0;

export default class extends Controller {
  static targets = ["input", "list"];
  static values = { url: String };

  connect() {
    lists += 1;
    this.listTarget.id = `found-${lists}`;
    this.inputTarget.setAttribute("role", "combobox");
    this.inputTarget.setAttribute("aria-autocomplete", "list");
    this.inputTarget.setAttribute("aria-controls", this.listTarget.id);
    this.close();
  }

  disconnect() {
    clearTimeout(this.timer);
  }

  find() {
    clearTimeout(this.timer);
    if (document.activeElement !== this.inputTarget) return; // a drawer filled it in
    this.timer = setTimeout(() => this.#ask(), PAUSE);
  }

  key(event) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#take(event, this.#options.find((option) => option.dataset.new));
    else if (this.listTarget.hidden) return void (move && this.#ask());
    else if (move) this.#move(event, move);
    else if (event.key === "Enter") this.#take(event, this.#current);
    else if (event.key === "Escape") this.close(event.stopPropagation());
  }

  pick(event) {
    this.#take(event, event.target.closest("[role=option]"));
  }

  /** Focus that leaves the box closes the list. */
  leave({ relatedTarget }) {
    if (!this.element.contains(relatedTarget)) this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.listTarget.hidden = true;
    this.inputTarget.setAttribute("aria-expanded", "false");
    this.inputTarget.removeAttribute("aria-activedescendant");
  }

  get #options() {
    return [...this.listTarget.querySelectorAll("[role=option]")];
  }

  get #current() {
    return this.#options.find((option) => option.getAttribute("aria-selected") === "true");
  }

  async #ask() {
    const said = this.inputTarget.value.trim();
    if (!said) return this.close();
    const asked = new URLSearchParams({ q: said, field: this.inputTarget.name });
    const answer = await fetch(`${this.urlValue}?${asked}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || this.inputTarget.value.trim() !== said) return;
    this.listTarget.innerHTML = await answer.text();
    this.#options.forEach((option, n) => (option.id = `${this.listTarget.id}-${n}`));
    this.listTarget.hidden = this.#options.length === 0;
    this.inputTarget.setAttribute("aria-expanded", String(!this.listTarget.hidden));
    this.#choose(this.#options[0]);
  }

  #choose(option) {
    for (const other of this.#options) other.setAttribute("aria-selected", String(other === option));
    if (!option) return;
    option.scrollIntoView({ block: "nearest" });
    this.inputTarget.setAttribute("aria-activedescendant", option.id);
  }

  #move(event, by) {
    event.preventDefault();
    const options = this.#options;
    this.#choose(options[(options.indexOf(this.#current) + by + options.length) % options.length]);
  }

  #take(event, option) {
    if (!option) return;
    event.preventDefault();
    this.close();
    if (option.dataset.new) return void htmx.ajax("GET", option.dataset.new, { target: "#drawer" });
    this.inputTarget.value = option.dataset.value;
    this.inputTarget.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
    this.element.closest("li, tr")?.querySelector("[inputmode], [data-next]")?.focus();
  }
}
