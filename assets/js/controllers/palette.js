// The palette: asks the server as somebody types, one request at a time, and walks through the rows with the arrows.
// Opened by Ctrl or Cmd and K, and by whatever carries data-palette. Without anything typed it offers the last pages.
import { Controller } from "@hotwired/stimulus";

const PAUSE = 120; // ms without a key before the server is asked
const KEPT = 6;

export default class extends Controller {
  static targets = ["input", "rows", "status", "recent", "row"];
  static values = { url: String, key: String, failed: String };

  connect() {
    this.opens = (event) => this.#opens(event);
    this.closes = () => this.element.close();
    document.addEventListener("click", this.opens);
    document.addEventListener("keydown", this.opens);
    addEventListener("pagehide", this.closes);
    this.#remember();
  }

  disconnect() {
    document.removeEventListener("click", this.opens);
    document.removeEventListener("keydown", this.opens);
    removeEventListener("pagehide", this.closes);
  }

  close() {
    this.element.close();
  }

  outside(event) {
    if (event.target === this.element) this.element.close();
  }

  typed() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.stale = true;
    this.timer = setTimeout(() => this.#ask(), PAUSE);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.#choose(this.#options.indexOf(this.#chosen) + step);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.#enter(event.ctrlKey || event.metaKey);
    }
  }

  get #options() {
    return [...this.rowsTarget.querySelectorAll("[role=option]")];
  }

  get #chosen() {
    return this.rowsTarget.querySelector("[aria-selected=true]");
  }

  #opens(event) {
    const pressed = event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const clicked = event.type === "click" && !event.ctrlKey && !event.metaKey && event.target.closest("[data-palette]");
    if (!pressed && !clicked) return;
    event.preventDefault();
    if (this.element.open) return this.element.close();
    document.querySelectorAll("dialog.sheet[open]").forEach((sheet) => sheet.close());
    this.inputTarget.value = "";
    this.rowsTarget.replaceChildren();
    this.element.showModal();
    this.inputTarget.focus();
    this.stale = true;
    this.#ask();
  }

  async #ask() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const said = this.inputTarget.value.trim();
    try {
      const url = `${this.urlValue}?${new URLSearchParams({ q: said })}`;
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asked.signal });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) return location.assign(elsewhere);
      if (!answer.ok) throw new Error(answer.statusText);
      this.#show(await answer.text(), said);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.rowsTarget.replaceChildren();
      this.statusTarget.textContent = this.failedValue;
    }
  }

  #show(html, said) {
    this.rowsTarget.innerHTML = html;
    const list = this.rowsTarget.querySelector("[role=listbox]");
    if (list && !said) this.#offerRecent(list);
    for (const option of this.#options) option.tabIndex = -1;
    this.inputTarget.setAttribute("aria-expanded", String(Boolean(list)));
    this.statusTarget.textContent = list ? list.dataset.said : this.rowsTarget.textContent.trim();
    this.stale = false;
    this.#choose(0, false);
    if (this.entered) this.#enter();
  }

  #choose(index, scroll = true) {
    const options = this.#options;
    this.#chosen?.setAttribute("aria-selected", "false");
    const option = options.at(index % options.length);
    if (!option) return this.inputTarget.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    this.inputTarget.setAttribute("aria-activedescendant", option.id);
    if (scroll) option.scrollIntoView({ block: "nearest" });
  }

  /** A scanner types and presses Enter at once: then wait for the rows and open the first. */
  #enter(elsewhere = false) {
    this.entered = this.stale;
    if (this.stale) return;
    const option = this.#chosen;
    if (option && elsewhere) window.open(option.href, "_blank", "noopener");
    else option?.click();
  }

  #offerRecent(list) {
    const pages = this.#recent().filter((page) => page.url !== this.#here);
    if (pages.length === 0) return;
    const group = this.recentTarget.content.firstElementChild.cloneNode(true);
    pages.forEach((page, n) => {
      const row = this.rowTarget.content.firstElementChild.cloneNode(true);
      row.id = `pal-recent-${n}`;
      row.href = page.url;
      row.querySelector("span").textContent = page.title;
      group.append(row);
    });
    list.prepend(group);
  }

  get #here() {
    return location.pathname + location.search;
  }

  #recent() {
    try {
      const pages = JSON.parse(localStorage.getItem(this.keyValue) ?? "[]");
      return pages.filter((page) => page.url?.startsWith("/o/") && page.title);
    } catch {
      return [];
    }
  }

  #remember() {
    const title = document.querySelector("h1")?.textContent.trim().replace(/\s+/g, " ");
    if (!title || location.pathname === new URL(this.urlValue, location.href).pathname) return;
    const before = this.#recent().filter((page) => page.url !== this.#here);
    try {
      localStorage.setItem(this.keyValue, JSON.stringify([{ url: this.#here, title }, ...before].slice(0, KEPT + 1)));
    } catch {
      // storage is full or switched off: nothing is remembered
    }
  }
}
