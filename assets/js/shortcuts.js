// Keys without a modifier: whatever carries data-keys="g s" is clicked when g and s are pressed one after the other, a
// field is focused. Never while somebody types or something lies over the page; turned off on the page of shortcuts.

const PAUSE = 1200; // ms between two keys of one shortcut
const STORED = "shortcuts";
let pressed = [];
let timer;

export function areOff() {
  try {
    return localStorage.getItem(STORED) === "off";
  } catch {
    return false; // storage is switched off
  }
}

export function turn(on) {
  if (on) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "off");
}

function typing(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return true;
  return Boolean(document.querySelector("dialog[open]"));
}

function seen(element) {
  return element.checkVisibility?.() ?? true;
}

/** The page's own filter; where there is none, the palette. */
function toFilter() {
  const filter = [...document.querySelectorAll("main input[type=search]")].find(seen);
  if (filter) filter.select();
  filter ? filter.focus() : document.querySelector("[data-palette]")?.click();
}

function act(element) {
  if (element.matches("input, select, textarea")) element.focus();
  else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.key.length !== 1 || areOff() || typing(event)) return;
  if (event.key === "/") {
    event.preventDefault();
    return toFilter();
  }
  clearTimeout(timer);
  pressed.push(event.key);
  const found = (keys) => document.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
  const element = found(pressed.join(" ")) ?? found(event.key);
  if (element) {
    event.preventDefault();
    act(element);
  }
  pressed = element ? [] : pressed.slice(-1);
  timer = setTimeout(() => (pressed = []), PAUSE);
});
