// A form that is sent as soon as something in it was changed: what it asks for is shown, nothing is written.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  now() {
    this.element.requestSubmit();
  }
}
