// Asks the browser for a passkey before a form is sent, and writes the answer into it. On the form:
// data-controller="passkey" data-passkey-options-value="/address" data-action="submit->passkey#ask"
import { Controller } from "@hotwired/stimulus";

const WORDS = {
  InvalidStateError: "This device has a passkey of yours already.",
  NotAllowedError: "No passkey was used. Try again, or use another way.",
  SecurityError: "Passkeys do not work at this address.",
};
const FAILED = "That did not work. Try again, or use another way.";

export default class extends Controller {
  static targets = ["credential", "said"];
  static values = { options: String, new: Boolean };

  connect() {
    if (window.PublicKeyCredential) this.element.hidden = false;
    else this.say("This browser knows no passkeys.");
  }

  async ask(event) {
    if (this.answered) return;
    event.preventDefault();
    if (this.asking) return;
    this.asking = true;
    this.say("");
    try {
      const options = await this.options();
      if (!options) return;
      const publicKey = opened(options);
      const how = this.newValue ? "create" : "get";
      this.credentialTarget.value = JSON.stringify(closed(await navigator.credentials[how]({ publicKey })));
      this.answered = true;
      this.element.requestSubmit();
    } catch (error) {
      this.say(WORDS[error.name] ?? FAILED);
    } finally {
      this.asking = this.answered = false;
    }
  }

  /** What to ask the passkey; nothing when the server wants another page first. */
  async options() {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const answer = await fetch(this.optionsValue, { method: "POST", headers: { "X-CSRFToken": token } });
    if (answer.redirected) return void window.location.assign(answer.url);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  say(text) {
    this.saidTarget.textContent = text;
    this.saidTarget.hidden = !text;
  }
}

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const described = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));

/** JSON options as the browser takes them. */
function opened(options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) asked.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) asked.allowCredentials = described(options.allowCredentials);
  return asked;
}

/** The browser's answer as JSON. */
function closed({ id, rawId, type, authenticatorAttachment, response }) {
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return { id, rawId: text(rawId), type, authenticatorAttachment: authenticatorAttachment ?? undefined, response: said };
}
