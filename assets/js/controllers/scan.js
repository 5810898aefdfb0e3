// The scan page: what the camera sees goes into the field and is opened.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["code", "form"];

  open({ detail: { text } }) {
    this.codeTarget.value = text;
    this.formTarget.requestSubmit();
  }
}
