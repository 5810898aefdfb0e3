"""The API edge: one decorator carries a route's whole contract, so that every call is checked in the same order.

401, 413, 415, 400, 403, 402, 404, 422, 409. A route is a function `(actor, **path) -> Answer` that also receives
`body` and `query` where its operation declares them, and `dry_run` where it changes stock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, TooManyRequests, Unauthorized, UnsupportedMediaType

from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError, Invalid, NotFound
from app.kernel.permissions import Permission
from app.platform import commands, costs, rate, references, schemas, strict_json, web
from app.platform.commands import Answer
from app.platform.database import db

MAX_BODY = 1024 * 1024
Authenticate = Callable[[str], Actor | None]
Resolve = Callable[[Actor, str], Any]
_KEY_LENGTH = 255
_WRONG_TOKENS = {"limit": 60, "seconds": 60}  # of one address
_EXTENSION = "batchtrack_authenticate"


@dataclass(frozen=True, slots=True)
class Operation:
    """What the contract says of one route; the OpenAPI document is made of these."""

    permission: Permission | None  # None: any live token, whatever its scopes
    summary: str
    status: int
    answer: Any
    body: type[schemas.Shape] | None = None
    query: type[schemas.Shape] | None = None
    path: Mapping[str, Resolve] = field(default_factory=dict)
    stock_changing: bool = False
    reads: bool = False  # a POST that only answers: without a key, no command row
    media_type: str = "application/json"
    whatever_plan: bool = False  # takes access away, or is on the way there: never behind a plan


class InvalidJson(BadRequest):
    """400 `invalid_json`."""

    name = "invalid_json"


def authenticator(app: Flask, authenticate: Authenticate) -> None:
    """Say who a bearer token belongs to; identity registers this at start."""
    app.extensions[_EXTENSION] = authenticate


def operation(  # noqa: PLR0913 - a route's whole contract stands in one place
    *,
    permission: Permission | None,
    summary: str,
    answer: Any,
    status: int = 200,
    body: type[schemas.Shape] | None = None,
    query: type[schemas.Shape] | None = None,
    path: Mapping[str, Resolve] | None = None,
    stock_changing: bool = False,
    reads: bool = False,
    media_type: str = "application/json",
    whatever_plan: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Declare a route's contract and wrap its view in it."""
    said = Operation(
        permission,
        summary,
        status,
        answer,
        body,
        query,
        path or {},
        stock_changing,
        reads,
        media_type,
        whatever_plan,
    )

    def declare(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def route(**named: str) -> Response:
            return _serve(said, view, named)

        if permission is not None:
            route._requires = permission  # type: ignore[attr-defined]
            route._whatever_plan = whatever_plan  # type: ignore[attr-defined]
        route._operation = said  # type: ignore[attr-defined]
        return route

    return declare


def _serve(said: Operation, view: Callable[..., Any], named: dict[str, str]) -> Response:
    actor = _authenticated()
    raw = _body() if request.method in {"POST", "PUT", "PATCH", "DELETE"} else {}
    try:
        if said.permission is not None:
            actor.require(said.permission, whatever_plan=said.whatever_plan)
        dry_run = _dry_run(said)
        call = _call(said, view, actor, named, raw, dry_run)
        given = _run(said, actor, raw, call, dry_run)
    except Invalid as error:
        db.session.rollback()
        return _shown(actor, _not_there(said, actor, named, raw) or error)
    except BatchTrackError as error:
        db.session.rollback()
        return _shown(actor, error)
    return given if isinstance(given, Response) else _answer(actor, given)


def _not_there(said: Operation, actor: Actor, named: dict[str, str], raw: Any) -> NotFound | None:
    """What is not there is told before what is wrong, wherever it is named."""
    try:
        _found(said, actor, named)
        references.refuse_missing(actor, said.query, request.args.to_dict())
        references.refuse_missing(actor, said.body, raw)
    except NotFound as error:
        return error
    finally:
        db.session.rollback()
    return None


def _found(said: Operation, actor: Actor, named: dict[str, str]) -> dict[str, Any]:
    return {name: said.path[name](actor, text) if name in said.path else text for name, text in named.items()}


def _authenticated() -> Actor:
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    token = said.strip() if scheme.lower() == "bearer" else ""
    actor = _owner_of(token) if token else None
    if actor is None:
        raise Unauthorized("A valid bearer token is needed.", www_authenticate=None)
    wait = rate.take(token)
    if wait:
        raise TooManyRequests("Too many requests with this token.", retry_after=wait)
    g.actor = actor = replace(actor, address=request.remote_addr)
    return actor


def _owner_of(token: str) -> Actor | None:
    """Whose token it is. An address that keeps sending wrong ones waits, before anything is looked up.

    raises: TooManyRequests
    """
    wait = rate.wait_for("wrong_token", rate.sender(), **_WRONG_TOKENS)
    if wait:
        raise TooManyRequests("Too many wrong tokens came from this address.", retry_after=wait)
    authenticate: Authenticate = current_app.extensions[_EXTENSION]
    actor = authenticate(token)
    if actor is None:
        rate.take_for("wrong_token", rate.sender(), **_WRONG_TOKENS)
    return actor


def _body() -> Any:
    if (request.content_length or 0) > MAX_BODY:
        raise RequestEntityTooLarge("The body is larger than 1 MB.")
    request.max_content_length = MAX_BODY + 1  # of a body that does not say its length, what is too much is read
    raw = request.get_data(cache=False)
    if len(raw) > MAX_BODY:
        raise RequestEntityTooLarge("The body is larger than 1 MB.")
    if not raw.strip():
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The body must be application/json.")
    try:
        return strict_json.loads(raw)
    except strict_json.InvalidJson as error:
        raise InvalidJson(str(error)) from None


def _dry_run(said: Operation) -> bool:
    text = request.args.get("dry_run")
    if text is None or (said.query is not None and "dry_run" in said.query.model_fields):
        return False
    if not said.stock_changing or text not in {"true", "false"}:
        raise Invalid.field("dry_run", "Must be true or false, on calls that change stock.")
    return text == "true"


def _call(
    said: Operation, view: Callable[..., Any], actor: Actor, named: dict[str, str], raw: Any, dry_run: bool
) -> Callable[[], Any]:
    """The work itself, to be run inside its transaction: 404 for the path first, then 422, then the view."""

    def work() -> Any:
        arguments = _found(said, actor, named)
        if said.query is not None:
            arguments["query"] = schemas.read(said.query, request.args.to_dict())
        if said.body is not None:
            arguments["body"] = schemas.read(said.body, raw)
        if said.stock_changing:
            arguments["dry_run"] = dry_run
        return view(actor, **arguments)

    return work


def _run(said: Operation, actor: Actor, raw: Any, call: Callable[[], Any], dry_run: bool) -> Any:
    only_reads = said.reads and _key() is None
    if request.method in {"GET", "HEAD"} or only_reads or dry_run:
        given = call()
        db.session.rollback()
        if dry_run and isinstance(given, Answer):
            return Answer(200, {**given.body, "dry_run": True})
        return given
    asked = {
        "method": request.method,
        "path": request.path,
        "query": sorted(request.args.items(multi=True)),
        "body": raw,
    }
    return commands.run(actor, _key(), asked, call)


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return None
    if not 1 <= len(key) <= _KEY_LENGTH or not all(32 <= ord(letter) < 127 for letter in key):
        raise Invalid.field("Idempotency-Key", "Must be 1 to 255 printable ASCII characters.")
    return key


def _answer(actor: Actor, given: Answer) -> Response:
    body = {**given.body, **given.shown_once} if given.shown_once else given.body
    response = Response(web.json_text(costs.shown_to(actor, body)), given.status, mimetype="application/json")
    if given.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _shown(actor: Actor, error: BatchTrackError) -> Response:
    return web.problem(error, costs.shown_to(actor, error.problem()))
