// The camera itself: opening it, its light, which others there are, and why it would not open.
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** Why there is no picture, as the name of a state. */
export function whyNot(error) {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) return window.isSecureContext ? "missing" : "insecure";
  if (["NotAllowedError", "SecurityError"].includes(error.name)) return "denied";
  if (["NotFoundError", "OverconstrainedError"].includes(error.name)) return "missing";
  return error.name === "NotReadableError" || error.name === "AbortError" ? "busy" : "broken";
}

/** The camera chosen last, else the one that looks away from the face. */
export async function open() {
  const device = remembered("device");
  const ask = (which) => navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...which }, audio: false });
  if (!device) return ask({ facingMode: { ideal: "environment" } });
  try {
    return await ask({ deviceId: { exact: device } });
  } catch (error) {
    if (error.name !== "OverconstrainedError" && error.name !== "NotFoundError") throw error;
    remember("device", "");
    return ask({ facingMode: { ideal: "environment" } });
  }
}

export async function cameras() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return all.filter((each) => each.kind === "videoinput").map((each) => each.deviceId);
}

/** Light on or off; says whether it did. */
export async function torch(stream, lit) {
  try {
    await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: lit }] });
    return true;
  } catch {
    return false;
  }
}

export function remembered(name) {
  try {
    return localStorage.getItem(`camera ${name}`);
  } catch {
    return null; // storage is switched off
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`camera ${name}`, value);
  } catch {
    // storage is switched off: asked again next time
  }
}
