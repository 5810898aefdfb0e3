// Guesses the time zone from the browser's clock, while nothing was chosen; and from the zone the currency.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["zone", "currency"];

  connect() {
    const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!guess || !["", "UTC"].includes(this.zoneTarget.value)) return;
    this.zoneTarget.value = guess;
    this.suggest();
  }

  suggest() {
    const zone = [...this.zoneTarget.list.options].find((option) => option.value === this.zoneTarget.value);
    const known = [...this.currencyTarget.options].some((option) => option.value === zone?.dataset.currency);
    if (known && !this.chosen) this.currencyTarget.value = zone.dataset.currency;
  }

  choose() {
    this.chosen = true;
  }
}
