// One timer: counts down by the server's clock, and rings, shakes and shows until somebody stops it.
import { Controller } from "@hotwired/stimulus";

const AGAIN = 3000; // ms between two rings
const PATTERN = [300, 120, 300, 120, 600];
const heard = new Map(); // key → when it rang last: a list that is drawn anew does not ring twice
let sound = null;

// A browser lets a page sound only after it was touched; the touch may be long before the ring.
function open() {
  sound ??= window.AudioContext && new AudioContext();
  if (sound?.state === "suspended") sound.resume();
}
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, open, { passive: true });

function beep(at, pitch) {
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
  tone.connect(volume).connect(sound.destination);
  tone.start(at);
  tone.stop(at + 0.3);
}

function ring() {
  navigator.vibrate?.(PATTERN);
  if (sound?.state !== "running") return;
  [880, 1175, 880, 1175].forEach((pitch, n) => beep(sound.currentTime + n * 0.32, pitch));
}

function clock(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export default class extends Controller {
  static targets = ["clock", "said"];
  static values = { key: String, ends: Number, now: Number, over: String };

  connect() {
    this.ahead = this.nowValue - Date.now(); // this device's clock may be wrong
    this.tick();
    this.ticking = setInterval(() => this.tick(), 500);
  }

  disconnect() {
    clearInterval(this.ticking);
  }

  tick() {
    const left = this.endsValue - (Date.now() + this.ahead);
    const over = left <= 0;
    this.clockTarget.textContent = (over ? "+" : "") + clock(over ? Math.floor(-left / 1000) : Math.ceil(left / 1000));
    if (over) this.#ring();
  }

  #ring() {
    if (!this.element.classList.contains("rings")) {
      this.element.classList.add("rings");
      this.saidTarget.textContent = this.overValue;
    }
    const last = heard.get(this.keyValue) ?? 0;
    if (Date.now() - last < AGAIN) return;
    heard.set(this.keyValue, Date.now());
    ring();
  }
}
