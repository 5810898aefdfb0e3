// Hides the rows of a table that do not hold every word typed. Case and accents do not matter.
import { Controller } from "@hotwired/stimulus";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export default class extends Controller {
  static targets = ["input", "count"];
  static values = { table: String };

  connect() {
    if (this.inputTarget.value) this.apply();
  }

  apply() {
    const words = plain(this.inputTarget.value).split(/\s+/).filter(Boolean);
    const rows = [...(this.#table?.tBodies ?? [])].flatMap((body) => [...body.rows]);
    let shown = 0;
    for (const row of rows.filter((row) => !row.classList.contains("group"))) {
      const text = plain(`${row.textContent} ${row.dataset.find ?? ""}`);
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    this.#hideEmptyGroups(rows);
    if (this.hasCountTarget) this.countTarget.textContent = words.length ? `${shown} shown` : "";
  }

  get #table() {
    return document.getElementById(this.tableValue);
  }

  #hideEmptyGroups(rows) {
    let group = null;
    for (const row of rows) {
      if (row.classList.contains("group")) {
        group = row;
        group.hidden = true;
      } else if (group && !row.hidden) group.hidden = false;
    }
  }
}
