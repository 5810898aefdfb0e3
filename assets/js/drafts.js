// What was typed and not sent yet, per person and page, on this device alone. A draft is typed, waiting (for a
// connection) or sent; a sent one is forgotten when the next page of the house shows that it was taken.
const PREFIX = "draft ";
const WEEK = 7 * 24 * 3600 * 1000;

let leaving = false; // somebody signs out: nothing more is kept

const person = () => document.querySelector('meta[name="person"]')?.content;

/** The name of the draft of this page, or null where nobody is signed in. */
export function nameOf(place) {
  return person() ? `${PREFIX}${person()} ${place}` : null;
}

export function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(name));
    return draft && Date.now() - draft.at < WEEK ? draft : null;
  } catch {
    return null; // storage is switched off, or holds something else
  }
}

export function write(name, draft) {
  try {
    if (name && !leaving) localStorage.setItem(name, JSON.stringify({ ...draft, path: location.pathname, at: Date.now() }));
  } catch {
    // storage is switched off or full: the page itself still holds what was typed
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // storage is switched off
  }
}

function each(what) {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) what(name, read(name));
  } catch {
    // storage is switched off
  }
}

/** A page that is not of the house (an error, signing in, no connection) means that what was sent was not taken. */
function settle() {
  const isHouse = Boolean(person());
  each((name, draft) => {
    if (!draft) forget(name);
    else if (draft.state !== "sent") return;
    else if (!isHouse) localStorage.setItem(name, JSON.stringify({ ...draft, state: "typed" }));
    else if (draft.path !== location.pathname) forget(name);
  });
}

settle();
document.addEventListener("submit", ({ target }) => {
  if (!new URL(target.action).pathname.endsWith("/sign-out")) return;
  leaving = true;
  each(forget);
});
