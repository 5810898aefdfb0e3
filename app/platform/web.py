"""The web edge: who is asking, the sign on each route's door, errors as pages, headers of every answer."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import uuid4

import sqlalchemy.exc
from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, Unauthorized

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError, NotFound, Unavailable
from app.kernel.permissions import Permission
from app.platform import origin
from app.platform.database import db

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])

PUBLIC_ENDPOINTS: set[str] = {"static"}
"""Endpoints without a sign: anyone may call them. Filled by `public`; a test reads the list."""

API_PREFIX = "/api/"
_PROOF_OPENS, _PROOF_SENDS = timedelta(minutes=10), timedelta(minutes=30)
_WASM = ("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


_LAY_OPEN = "This page lay open too long. Load it again, then send it once more."
_WORDS = {
    400: "What came makes no sense here. Go back and send it once more.",
    404: "That page does not exist. It may have been moved, or the link was cut short.",
    405: "This address does not take that. Go back and try from the page.",
    413: "That is more than one page can take. Send less at once.",
    500: "Something broke on our side. Nothing was changed. Go back: what you typed may still stand there.",
}
"""What pages say of Werkzeug's own errors, which speak to programmers."""


def current_actor() -> Actor:
    """Who is asking, in the organization of the URL.

    raises: Unauthorized when nobody is signed in
    """
    actor = g.get("actor")
    if actor is None:
        raise Unauthorized
    return cast("Actor", actor)


def requires(permission: Permission, *, whatever_plan: bool = False) -> Callable[[View], View]:
    """The sign on a page's door.

    whatever_plan: here access is taken away, or it is on the way there: never behind a plan, nor a lapse
    """

    def sign(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            current_actor().require(permission, whatever_plan=whatever_plan)
            return view(*args, **kwargs)

        guarded._requires = permission  # type: ignore[attr-defined]
        guarded._whatever_plan = whatever_plan  # type: ignore[attr-defined]
        return cast("View", guarded)

    return sign


def reauthenticated(view: View) -> View:
    """The second sign, below `requires`, where money, roles, tokens or exports are at stake: prove again who you are.

    A page opens for ten minutes after the last proof; what it sends is taken for thirty, so that no typing is lost.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        lasts = _PROOF_OPENS if request.method in {"GET", "HEAD"} else _PROOF_SENDS
        proved_at = g.get("confirmed_at")
        if proved_at is None or clock.now() - proved_at > lasts:
            return _to_confirm()
        return view(*args, **kwargs)

    guarded._reauthenticated = True  # type: ignore[attr-defined]
    return cast("View", guarded)


def public(endpoint: str) -> Callable[[View], View]:
    """Declare that anyone may call the route of this endpoint (`blueprint.view`)."""
    PUBLIC_ENDPOINTS.add(endpoint)
    return lambda view: view


def runs_wasm(view: View) -> View:
    """The sign on a page whose script may compile WebAssembly (the camera's decoder). Every other page forbids it."""
    view._runs_wasm = True  # type: ignore[attr-defined]
    return view


def has_permission(actor: Actor | None, name: str) -> bool:
    """For templates: `{% if has_permission(actor, "inventory.receive") %}`."""
    return actor is not None and Permission(name) in actor.permissions


def init_app(app: Flask) -> None:
    """Register headers, error pages and template globals."""
    app.before_request(_name_request)
    origin.init_app(app, besides=API_PREFIX)
    csrf.init_app(app)
    app.after_request(_finish)
    app.register_error_handler(BatchTrackError, _page_of_error)
    app.register_error_handler(HTTPException, _page_of_http_error)
    app.register_error_handler(sqlalchemy.exc.TimeoutError, _busy)
    app.register_error_handler(sqlalchemy.exc.OperationalError, _busy)
    app.register_error_handler(sqlalchemy.exc.DataError, _nowhere)
    app.jinja_env.globals["has_permission"] = has_permission


def _name_request() -> None:
    g.request_id = str(uuid4())


def _finish(response: Response) -> Response:
    if getattr(current_app.view_functions.get(request.endpoint or ""), "_runs_wasm", False):
        response.headers["Content-Security-Policy"] = _HEADERS["Content-Security-Policy"].replace(*_WASM)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def json_text(body: Any) -> str:
    """The text of an answer."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def problem(error: BatchTrackError, body: Any = None) -> Response:
    """The error as `application/problem+json`; `body` where it is not the error's own."""
    answer = Response(json_text(body or error.problem()), error.status, mimetype="application/problem+json")
    if error.status == Unavailable.status:
        answer.headers["Retry-After"] = str(error.details.get("retry_after", 2))
    if getattr(error, "replayed", False):
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _page_of_error(error: BatchTrackError) -> ResponseReturnValue:
    db.session.rollback()
    if request.path.startswith(API_PREFIX):
        return problem(error)
    error.drawer = rooted(error.drawer)
    return _page_or_fragment(error, error.status)


def _page_or_fragment(error: BatchTrackError | HTTPException, status: int) -> ResponseReturnValue:
    """A page; to htmx the problem alone, for the place that every page keeps for it."""
    if not is_htmx():
        return render_template("platform/error.html", error=error), status
    answer = make_response(render_template("platform/_problem.html", error=error), status)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#problem", "innerHTML"
    answer.headers["HX-Reselect"] = ".err-b"  # whatever the element that asked would select
    return answer


def safe_path(target: str | None) -> str | None:
    """`target` when it is a path on this site, else None: no open redirect."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if not target.isprintable() or any(letter.isspace() for letter in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def is_htmx() -> bool:
    """Whether htmx asks, and so wants a fragment."""
    return request.headers.get("HX-Request") == "true"


def rooted(drawer: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A drawer's payload with its addresses, which are relative to the organization, written out."""
    if not drawer:
        return None
    slug = g.get("slug")
    placed = dict(drawer)
    for name in ("modal_url", "redirect_url"):
        url = placed.get(name)
        if slug and url and not url.startswith("/") and not urlsplit(url).scheme:
            placed[name] = f"/o/{slug}/{url}"
    return placed


def _nowhere(error: sqlalchemy.exc.DataError) -> ResponseReturnValue:
    """PostgreSQL cannot be asked for text with a NUL in it: nothing is called so. Other bad data is our bug."""
    if "NUL" not in str(error.orig):
        raise error
    return _page_of_error(NotFound("That page does not exist."))


def _busy(_error: Exception) -> ResponseReturnValue:
    return _page_of_error(Unavailable("The books are busy. Try again in a moment.", retry_after=2))


def http_problem(error: HTTPException) -> Response:
    """Werkzeug's own errors (404, 405, 413, 415 ...) as `application/problem+json`."""
    status, code = error.code or 500, error.name.lower().replace(" ", "_")
    body = {
        "type": f"urn:batchtrack:{code}",
        "title": error.name,
        "status": status,
        "code": code,
        "detail": error.description or error.name,
        "errors": {},
        "details": {},
    }
    answer = Response(json_text(body), status, mimetype="application/problem+json")
    answer.headers.extend(_said_beside(error))
    return answer


def _said_beside(error: HTTPException) -> list[tuple[str, str]]:
    return [(name, value) for name, value in error.get_headers() if name != "Content-Type"]


def _page_of_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None:  # a redirect that was raised
        return error
    db.session.rollback()
    if request.path.startswith(API_PREFIX):
        return http_problem(error)
    if error.code == Unauthorized.code:
        return _to_sign_in()
    error.description = _LAY_OPEN if isinstance(error, CSRFError) else _WORDS.get(error.code, error.description)
    answer = make_response(_page_or_fragment(error, error.code))
    answer.headers.extend(_said_beside(error))  # Allow, Retry-After
    return answer


def _to_confirm() -> ResponseReturnValue:
    """To the page that asks for the password or a passkey again, and from there back to the page."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "/").path
    there = url_for("account.confirm", next=asked)
    if not is_htmx():
        return redirect(there, 303)
    answer = make_response("", Unauthorized.code)
    answer.headers["HX-Redirect"] = there
    return answer


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and from there back to the page that was asked for, or on which htmx was asked."""
    if not is_htmx():
        return redirect(url_for("identity.sign_in", next=request.full_path.rstrip("?")))
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    answer = make_response("", Unauthorized.code)
    answer.headers["HX-Redirect"] = url_for(
        "identity.sign_in", next=page.path + ("?" + page.query if page.query else "")
    )
    return answer
