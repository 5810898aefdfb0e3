"""Refuses what another site's page sends to ours: the second lock beside the CSRF token, which needs no token.

Browsers say where a request comes from (`Sec-Fetch-Site`, older ones `Origin`), and no page can make them lie. What
carries neither header comes from no browser that matters, and still meets the CSRF token. The API is left out: it
reads no cookie, so another site has nothing to ride on.
"""

from functools import partial
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import Forbidden

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OURS = {"same-origin", "none"}  # none: typed into the address bar, or opened from a bookmark


def init_app(app: Flask, *, besides: str) -> None:
    """Look at every request whose path does not begin with `besides`, before anything else does."""
    app.before_request(partial(_refuse_strangers, besides))


def _refuse_strangers(besides: str) -> None:
    if request.method in _SAFE or request.path.startswith(besides):
        return
    if not _is_ours():
        raise Forbidden("This was sent from another site. Open the page here, then try again.")


def _is_ours() -> bool:
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        return fetched_from in _OURS
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return origin == current_app.config["BASE_URL"] or urlsplit(origin).netloc == request.host
