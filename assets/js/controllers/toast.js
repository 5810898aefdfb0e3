// A toast goes after twelve seconds; not while a pointer or the focus is on it. Bad news stays until it is closed.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static values = { stay: Boolean, after: { type: Number, default: 12000 } };

  connect() {
    this.left = this.afterValue;
    this.start();
  }

  disconnect() {
    this.hold();
  }

  start() {
    this.hold();
    if (this.stayValue) return;
    this.since = performance.now();
    this.timer = setTimeout(() => this.close(), this.left);
  }

  /** What is left of its time is kept, as the thin bar shows it. */
  hold() {
    clearTimeout(this.timer);
    if (this.since) this.left -= performance.now() - this.since;
    this.since = null;
  }

  close() {
    this.element.remove();
  }
}
