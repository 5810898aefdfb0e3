// The service worker: keeps the shell (hashed files and a page that says "offline"), and nothing else. No page with
// anybody's data is ever kept, and what changes something always goes to the server. `SHELL` and `VERSION` come from the
// build: a new build is a new worker, which takes over at once and forgets what the old one kept.
const OFFLINE = "/offline";
const CACHE = `shell ${VERSION}`;

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...SHELL, new Request(OFFLINE, { cache: "reload", credentials: "omit" })]);
  await self.skipWaiting();
}

async function sweep() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

async function kept(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

/** The server's answer, whatever it is; without a server, the page that says so. */
async function asked(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE, { cacheName: CACHE })) ?? Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(sweep()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(asked(request));
  else if (SHELL.includes(pathname)) event.respondWith(kept(request));
});
