// Opens and closes a native <dialog>. On a button: data-action="dialog#open" data-dialog-id="more".
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  open(event) {
    document.getElementById(event.currentTarget.dataset.dialogId)?.showModal();
  }

  close(event) {
    event.preventDefault();
    event.currentTarget.closest("dialog")?.close();
  }

  /** A click on the backdrop lands on the dialog itself. */
  outside(event) {
    if (event.target instanceof HTMLDialogElement) event.target.close();
  }
}
