// A toast goes after twelve seconds; not while a pointer or the focus is on it. Bad news stays until it is closed.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static values = { stay: Boolean, after: { type: Number, default: 12000 } };

  connect() {
    this.start();
  }

  disconnect() {
    this.hold();
  }

  start() {
    this.hold();
    if (!this.stayValue) this.timer = setTimeout(() => this.close(), this.afterValue);
  }

  hold() {
    clearTimeout(this.timer);
  }

  close() {
    this.element.remove();
  }
}
