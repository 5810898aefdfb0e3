// What a drawer puts right is tried again: the refused form, with what the drawer says filled in, under a new key.

let refused = null; // the form that htmx sent last in vain
let waiting = null; // { form, event }
const pressed = new WeakMap(); // form → [name, value] of the button that sent it
const heard = new Set();

const outside = (form) => form && !form.closest("#drawer");

function remember({ target, submitter }) {
  if (!outside(target) || target.querySelector("[data-again]")) return; // sent again: the button is still the first one
  const said = submitter?.name ? [submitter.name, submitter.value] : null;
  pressed.set(target, said);
  try {
    sessionStorage.setItem("pressed", JSON.stringify([new URL(target.action).pathname, said]));
  } catch {
    // storage is switched off: the form's first button is pressed instead
  }
}

/** The button that was pressed before this page was drawn anew. */
function pressedBefore(form) {
  try {
    const [path, said] = JSON.parse(sessionStorage.getItem("pressed"));
    return path === new URL(form.action).pathname ? said : null;
  } catch {
    return null;
  }
}

function hide(form, name, value) {
  const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  input.dataset.again = "";
  form.append(input);
}

/** Write what the drawer says into the fields; what has no field goes along unseen. */
function fill(form, told) {
  for (const [name, said] of Object.entries(told)) {
    const values = [said].flat();
    const fields = form?.elements ?? document.querySelectorAll("#main :is(input, select, textarea)");
    const inputs = [...fields].filter((field) => field.name === name);
    if (inputs.length === 0 && form) values.forEach((value) => hide(form, name, value));
    for (const input of inputs) {
      if (input.type === "checkbox") input.checked ||= values.includes(input.value);
      else input.value = values[0];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

/** Heard before the page itself, which need not look anew at what is left behind. */
function again(event) {
  if (waiting?.event !== event.type) return;
  event.stopPropagation();
  const form = waiting.form.isConnected ? waiting.form : document.getElementById(waiting.form.id);
  waiting = null;
  if (!form) return;
  const said = pressed.get(form);
  if (said) hide(form, ...said);
  const key = form.querySelector('input[name="command_key"]');
  if (key) key.value = crypto.randomUUID();
  document.getElementById("problem")?.replaceChildren();
  form.requestSubmit();
  form.querySelectorAll("[data-again]").forEach((input) => setTimeout(() => input.remove()));
}

/** Whatever offers a cure waits for it. */
function arm() {
  const cure = document.querySelector("#main [data-success-event]");
  if (!cure) return;
  const event = cure.dataset.successEvent;
  const form = cure.closest("form") ?? (cure.closest("#problem") ? refused : null);
  if (!form) return;
  waiting = { form, event };
  if (!pressed.has(form)) pressed.set(form, pressedBefore(form));
  if (!heard.has(event)) document.addEventListener(event, again, true);
  heard.add(event);
}

document.addEventListener("submit", remember, true);
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement?.closest?.("form");
  if (outside(form)) refused = form;
});
document.addEventListener("htmx:after:swap", arm);
document.body.addEventListener("drawer:fill", ({ detail }) => fill(waiting?.form, detail.fields));
arm();
