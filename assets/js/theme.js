// Runs before the first paint. The page follows the system unless somebody chose a theme: by ?theme=, or earlier here.
const CHOICES = new Set(["dark", "light"]);
const asked = new URLSearchParams(location.search).get("theme");

function remembered() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null; // storage is switched off: the system decides
  }
}

const wanted = asked ?? remembered();
if (CHOICES.has(wanted)) document.documentElement.dataset.theme = wanted;
if (window.PublicKeyCredential) document.documentElement.dataset.passkeys = ""; // their buttons' place is kept
