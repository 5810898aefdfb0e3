// Looks through the camera and says what codes it sees. The entry scan.js registers it; a page that uses it loads
// {{ asset_url('scan.js') }} with defer after app.js, and its view wears `@web.runs_wasm`. Draw it with the template
// "platform/_camera.html", which sets all of this up:
//
//   <div data-controller="camera" data-camera-wasm-value="{{ asset_url('zxing_reader.wasm') }}"
//        data-action="camera:found->yours#method">
//     <video data-camera-target="video" playsinline muted autoplay></video>
//     <p data-camera-target="said" role="status"></p>       what the camera is doing, in words
//     <template data-camera-target="words" data-name="denied">...</template>   one for each state below
//     <button data-camera-target="start" data-action="camera#start">   and the same for stop, torch, flip, sound
//
// Event, on the controller's element, bubbling: `camera:found` { text, format } (format as in BarcodeDetector: "qr_code").
//   The same text again within two seconds is not said again. `camera:state` { state } says every change of state.
// Values: wasm (address of the decoder), once (stop after the first code; default true), auto (start by itself where
//   this person has let the camera in before; default false).
// States: off, starting, on, found, denied, missing, busy, insecure, broken; also as data-camera-state on the element.
// It stops the camera when the page is left or hidden, and starts it again when the page is back.
import { Controller } from "@hotwired/stimulus";
import { decoder } from "../camera/decoder.js";
import { isQuiet, setQuiet, signal, wake } from "../camera/signal.js";
import { cameras, open, remember, remembered, torch, whyNot } from "../camera/stream.js";

const PAUSE = 90; // ms between two looks: quick to the eye, and the phone stays cool
const AGAIN = 2000;
const STANDS = 4000; // where nothing was opened, the camera can be turned on again

export default class extends Controller {
  static targets = ["video", "said", "words", "start", "stop", "torch", "flip", "sound"];
  static values = { wasm: String, once: { type: Boolean, default: true }, auto: Boolean };

  connect() {
    this.seen = { text: null, at: 0 };
    this.turned = () => this.#turned();
    this.leaving = () => this.#release();
    document.addEventListener("visibilitychange", this.turned);
    addEventListener("pagehide", this.leaving);
    this.#drawSound();
    this.#say("off");
    if (this.autoValue && remembered("let in")) this.start();
  }

  disconnect() {
    document.removeEventListener("visibilitychange", this.turned);
    removeEventListener("pagehide", this.leaving);
    this.#release();
  }

  async start() {
    wake();
    if (this.stream || this.state === "starting") return;
    this.#say("starting");
    try {
      this.detector ??= await decoder(this.wasmValue);
      const stream = await open();
      if (this.state !== "starting") return stream.getTracks().forEach((track) => track.stop()); // left meanwhile
      await this.#show(stream);
    } catch (error) {
      this.#release();
      this.#say(whyNot(error));
    }
  }

  stop() {
    this.wanted = false;
    this.#release();
    this.#say("off");
  }

  async torch() {
    const lit = this.torchTarget.getAttribute("aria-pressed") !== "true";
    if (await torch(this.stream, lit)) this.torchTarget.setAttribute("aria-pressed", String(lit));
  }

  async flip() {
    const all = await cameras();
    const now = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const next = all[(all.indexOf(now) + 1) % all.length];
    remember("device", next);
    this.#release();
    this.state = "off";
    await this.start();
  }

  sound() {
    setQuiet(!isQuiet());
    this.#drawSound();
    if (!isQuiet()) signal();
  }

  async #show(stream) {
    this.stream = stream;
    this.wanted = true;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.stream === stream && this.#lost());
    this.videoTarget.srcObject = stream;
    await this.videoTarget.play();
    remember("let in", "yes");
    this.#say("on");
    await this.#drawTools();
    this.#look();
  }

  async #look() {
    const stream = this.stream;
    if (!stream) return;
    try {
      const [code] = this.videoTarget.readyState >= 2 ? await this.detector.detect(this.videoTarget) : [];
      if (code?.rawValue && this.stream === stream) this.#found(code);
    } catch (error) {
      if (this.detector.isLast) return this.#lost();
      this.detector = await decoder(this.wasmValue, { own: true }); // the browser's own promised more than it can
    }
    if (this.stream === stream) this.timer = setTimeout(() => this.#look(), PAUSE);
  }

  #found({ rawValue: text, format }) {
    const now = performance.now();
    const same = text === this.seen.text && now - this.seen.at < AGAIN;
    this.seen = { text, at: now };
    if (same) return;
    signal();
    if (this.onceValue) this.#freeze();
    this.dispatch("found", { detail: { text, format } });
  }

  /** The picture stands while what was read is opened. */
  #freeze() {
    this.wanted = false;
    this.videoTarget.pause();
    this.#say("found");
    this.#release({ still: true });
    this.timer = setTimeout(() => this.state === "found" && this.#say("off"), STANDS);
  }

  #turned() {
    if (document.hidden) this.#release();
    else if (this.wanted && !this.stream) {
      this.state = "off";
      this.start();
    }
  }

  #lost() {
    this.#release();
    this.#say("broken");
  }

  #release({ still = false } = {}) {
    clearTimeout(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    if (!still) this.videoTarget.srcObject = null;
    if (this.state === "on" || this.state === "starting") this.#say("off");
  }

  async #drawTools() {
    if (this.hasTorchTarget) {
      this.torchTarget.hidden = !this.stream?.getVideoTracks()[0]?.getCapabilities?.().torch;
      this.torchTarget.setAttribute("aria-pressed", "false");
    }
    if (this.hasFlipTarget) this.flipTarget.hidden = (await cameras()).length < 2;
  }

  #drawSound() {
    if (this.hasSoundTarget) this.soundTarget.setAttribute("aria-pressed", String(!isQuiet()));
  }

  #say(state) {
    this.state = state;
    this.element.dataset.cameraState = state;
    const on = state === "on" || state === "starting";
    if (this.hasStartTarget) this.startTarget.hidden = on || state === "found";
    for (const tool of [...this.stopTargets, ...this.soundTargets]) tool.hidden = !on;
    if (!on) for (const tool of [...this.torchTargets, ...this.flipTargets]) tool.hidden = true;
    const words = this.wordsTargets.find((each) => each.dataset.name === state);
    if (this.hasSaidTarget) this.saidTarget.replaceChildren(words ? words.content.cloneNode(true) : "");
    this.dispatch("state", { detail: { state } });
  }
}
