// Every htmx request that changes something carries the page's CSRF token.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && ctx.request.method?.toUpperCase() !== "GET") ctx.request.headers["X-CSRFToken"] = token;
});
