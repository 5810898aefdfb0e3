// A refused form that a drawer can cure is sent again, under a new key, when the drawer says that it is done.

let waiting = null; // { form, event }

function newKey(form) {
  const key = form.querySelector('input[name="command_key"]');
  if (key) key.value = crypto.randomUUID();
}

function again() {
  const { form } = waiting;
  waiting = null;
  if (!form.isConnected) return;
  newKey(form);
  form.requestSubmit();
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement?.closest?.("form");
  if (form && !form.closest("#drawer")) waiting = { form, event: null };
});

document.addEventListener("htmx:after:swap", () => {
  const cure = document.querySelector("#problem [data-success-event]");
  if (!cure || !waiting || waiting.event === cure.dataset.successEvent) return;
  waiting.event = cure.dataset.successEvent;
  document.body.addEventListener(waiting.event, again, { once: true });
});
