// A short sound and a tap of the phone when a code was read, unless somebody asked for quiet.
import { remember, remembered } from "./stream.js";

let audio = null;

/** Browsers let sound out only after a touch: call this in what a touch does. */
export function wake() {
  try {
    audio ??= new AudioContext();
    audio.resume();
  } catch {
    audio = null; // no sound here: the phone still taps
  }
}

export function isQuiet() {
  return remembered("quiet") === "yes";
}

export function setQuiet(quiet) {
  remember("quiet", quiet ? "yes" : "no");
}

export function signal() {
  if (isQuiet()) return;
  navigator.vibrate?.(60);
  if (audio?.state !== "running") return;
  const tone = new OscillatorNode(audio, { frequency: 1320 });
  const loud = new GainNode(audio, { gain: 0.12 });
  loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.14);
  tone.connect(loud).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.15);
}
