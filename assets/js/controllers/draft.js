// Keeps what is typed into a form on this device until it was sent: over a reload, a lost connection, signing in anew.
// On the form: data-controller="draft". data-draft-key-value names it where the page's address does not say enough.
// Passwords, hidden fields, files, one-time codes and whatever carries data-no-draft are never kept.
// What it says stands in platform/_connection.html.
import { Controller } from "@hotwired/stimulus";
import { forget, nameOf, read, write } from "../drafts.js";

const NEVER = new Set(["password", "hidden", "file", "submit", "button", "image", "reset"]);
const SHORTLY = 250;
const ROWS = 40;

const isPick = (field) => field.type === "checkbox" || field.type === "radio";
const isKept = (field) =>
  field.name && !NEVER.has(field.type) && field.autocomplete !== "one-time-code" && !field.closest("[data-no-draft]");

export default class extends Controller {
  static values = { key: String };

  connect() {
    this.name = nameOf(this.keyValue || location.pathname + location.search);
    if (!this.name) return;
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.element.addEventListener("input", () => this.#soon(), { signal });
    this.element.addEventListener("change", () => this.#soon(), { signal });
    this.element.addEventListener("submit", (event) => this.#send(event), { signal, capture: true });
    addEventListener("pagehide", () => this.timer && this.#keep(), { signal });
    addEventListener("online", () => this.#tellWaiting(), { signal });
    addEventListener("offline", () => this.#tellWaiting(), { signal });
    for (const failure of ["htmx:response:error", "htmx:error"])
      document.addEventListener(failure, (event) => this.#refused(event), { signal });
    this.drawn = JSON.stringify(this.#values());
    this.#bringBack();
  }

  disconnect() {
    clearTimeout(this.timer);
    this.listening?.abort();
  }

  /** As the page was drawn, without what was typed. */
  afresh() {
    clearTimeout(this.timer);
    forget(this.name);
    this.listening.abort();
    location.reload();
  }

  sendNow() {
    this.element.requestSubmit();
  }

  #bringBack() {
    const draft = read(this.name);
    if (!draft) return;
    if (draft.state === "sent" && this.#wasTaken()) return forget(this.name);
    if (JSON.stringify(draft.values) !== this.drawn) {
      this.#fill(draft.values);
      this.#tell("restored");
    }
    write(this.name, { ...draft, state: draft.state === "waiting" ? "waiting" : "typed" });
    if (draft.state === "waiting") this.#tellWaiting();
  }

  /** The form is drawn anew, without a complaint, and nobody went back to it. */
  #wasTaken() {
    const [way] = performance.getEntriesByType("navigation");
    const complains = this.element.querySelector('[aria-invalid="true"], .err-b, .say.bad');
    return !complains && (way?.type ?? "navigate") === "navigate";
  }

  #values() {
    return [...this.element.elements]
      .filter(isKept)
      .map((field) => (isPick(field) ? [field.name, field.value, field.checked] : [field.name, field.value]));
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#keep(), SHORTLY);
  }

  #keep(state = "typed") {
    clearTimeout(this.timer);
    this.timer = null;
    const values = this.#values();
    if (state === "typed" && JSON.stringify(values) === this.drawn) forget(this.name);
    else write(this.name, { values, state });
  }

  #send(event) {
    if (navigator.onLine) {
      this.#keep("sent");
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#keep("waiting");
    this.#tellWaiting();
    this.note?.scrollIntoView({ block: "center" });
  }

  #refused({ detail }) {
    if (detail?.ctx?.sourceElement !== this.element) return;
    const draft = read(this.name);
    if (draft?.state === "sent") write(this.name, { ...draft, state: "typed" });
  }

  #fill(values) {
    const seen = {};
    for (const [name, value, checked] of values) {
      const place = checked === undefined ? (seen[name] = (seen[name] ?? -1) + 1) : 0;
      const field = this.#called(name, value, place);
      if (!field || (checked === undefined ? field.value === value : field.checked === checked)) continue;
      if (checked === undefined) field.value = value;
      else field.checked = checked;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  /** The form's field of this name, the first or a later one; rows that were added are added again. */
  #called(name, value, place) {
    const fields = () =>
      [...this.element.elements].filter((field) => field.name === name && (!isPick(field) || field.value === value));
    const isOfRow = fields().length > 0 || /-\d+-/.test(name);
    const more = this.element.querySelector('button[data-action*="rows#add"]');
    for (let n = 0; more && isOfRow && n < ROWS && fields().length <= place; n += 1) more.click();
    return fields()[place];
  }

  #tellWaiting() {
    if (read(this.name)?.state === "waiting") this.#tell(navigator.onLine ? "ready" : "waiting");
  }

  #tell(what) {
    const words = document.getElementById(`draft-${what}`);
    if (!words) return;
    this.note ??= this.#newNote();
    this.note.replaceChildren(words.content.cloneNode(true));
  }

  #newNote() {
    const note = document.createElement("div");
    note.className = "draft-note";
    note.setAttribute("role", "status");
    this.element.prepend(note);
    return note;
  }
}
