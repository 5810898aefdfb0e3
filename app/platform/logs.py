"""What is written down of each request: one JSON line on stderr, and of each error its traceback, without secrets.

No query, body, header or cookie is ever written. What a request brought that opens something (a token, a password, a
link's signature) is blotted out of every line that is written while it runs, and so are the installation's own secrets
and whatever looks like one.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Iterable, Iterator
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from werkzeug.exceptions import HTTPException

from app.kernel import clock
from app.platform.web import PUBLIC_ENDPOINTS

BLOT = "[secret]"
_requests = logging.getLogger("app.requests")
_LOOKS_SECRET = re.compile(
    r"bt_[\w-]{16,}"  # an API token
    r"|\b(?:sk|rk|whsec)_[\w-]{12,}"  # Stripe's
    r"|\bBearer\s+[^\s\"']+|\bv[01]=[0-9a-f]{32,}"
    r"|\b[\w-]{20,}\.[\w-]{20,}(?:\.[\w-]{20,})?"  # a link's signature, a session, a CSRF token
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # user and password of an address
    r"|otpauth://[^\s\"']+",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(r"password|token|secret|code|signature|otp", re.IGNORECASE)
_CONFIGURED = ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
_LEAST = 6  # shorter texts are no secrets, and blotting them out would spoil the line
_LONG_SEGMENT = 40


class Lines(logging.Formatter):
    """A record as one line of JSON, blotted."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, words, request, and where something broke the traceback."""
        said: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "said", {}),
        }
        if has_app_context() and "request_id" in g:
            said.setdefault("request_id", g.request_id)
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        secrets = tuple(_known())
        return json.dumps({name: _blotted(value, secrets) for name, value in said.items()}, ensure_ascii=False)


def init_app(app: Flask, *, level: str) -> None:
    """Write a line for each request; where `app` serves (and is not tested), to stderr."""
    app.before_request(_begin)
    app.after_request(_end)
    logging.getLogger("app").setLevel(level.upper())
    if not app.testing and not any(isinstance(each.formatter, Lines) for each in logging.root.handlers):
        logging.root.addHandler(handler(sys.stderr))


def handler(stream: IO[str]) -> logging.Handler:
    """Writes lines to `stream`."""
    made = logging.StreamHandler(stream)
    made.setFormatter(Lines())
    return made


def _begin() -> None:
    g.began = time.monotonic()


def _end(response: Response) -> Response:
    actor = g.get("actor")
    person_id = actor.person_id if actor else g.get("person_id")
    said = {
        "method": request.method,
        "path": _path(),
        "status": response.status_code,
        "ms": round((time.monotonic() - g.get("began", time.monotonic())) * 1000),
        "organization": str(actor.organization_id) if actor else None,
        "person": str(person_id) if person_id else None,
    }
    _requests.info("%s %s %s", request.method, said["path"], response.status_code, extra={"said": said})
    return response


def _path() -> str:
    """The path. Where anyone may come in, its parameters may be secrets: the rule stands for them.

    Of a path that leads nowhere, long parts are left out: somebody may have mistyped the rest of a link.
    """
    if request.url_rule is not None and request.endpoint in PUBLIC_ENDPOINTS - {"static"}:
        return request.url_rule.rule
    if request.url_rule is not None:
        return request.path
    return "/".join("…" if len(part) > _LONG_SEGMENT else part for part in request.path.split("/"))


def _blotted(value: Any, secrets: Iterable[str]) -> Any:
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = value.replace(secret, BLOT)
    return _LOOKS_SECRET.sub(BLOT, value)


def _known() -> Iterator[str]:
    """The secrets of this installation and of this request, longest first, so that no part of one is left."""
    found = {*_of_installation(), *_of_request()}
    yield from sorted((each for each in found if len(each) >= _LEAST), key=len, reverse=True)


def _of_installation() -> Iterator[str]:
    if not has_app_context():
        return
    yield from (str(current_app.config[name]) for name in _CONFIGURED if current_app.config.get(name))
    for name in ("SMTP_URL", "SQLALCHEMY_DATABASE_URI", "REDIS_URL"):
        password = urlsplit(current_app.config.get(name) or "").password
        if password:
            yield from (password, unquote(password))


def _of_request() -> Iterator[str]:
    if not has_request_context():
        return
    yield request.headers.get("Authorization", "").partition(" ")[2].strip()
    yield request.headers.get("Stripe-Signature", "")
    yield from request.cookies.values()
    if request.endpoint in PUBLIC_ENDPOINTS:
        yield from map(str, (request.view_args or {}).values())
    yield from _of_form()


def _of_form() -> Iterator[str]:
    try:
        typed = [*request.form.items(multi=True), *request.args.items(multi=True)]
    except HTTPException:  # a body that is too large is read by nobody
        return
    yield from (text for name, text in typed if _SECRET_FIELD.search(name))
