"""What every answer says to the browser, whatever it is an answer to; and that no error tells how we are made."""

import logging
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.factory import create_app
from app.kernel.actor import Actor
from app.platform import web
from app.platform.database import db
from app.platform.logs import Lines
from tests import cast
from tests.databases import config_for, dispose, on_sqlite_only
from tests.platform import walk
from tests.platform.proxies import gunicorn
from tests.servers import _free_port
from tests.sweeps.doors import doors

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WITH_CAMERA = {"scan.show", "production.scan_lot"}
KEPT = {"static", "shell.worker", "shell.manifest"}  # the same for everybody
INSIDES = re.compile(
    r"Traceback|File &#34;|File \"|/app/|site-packages|sqlalchemy|psycopg|sqlite3|SELECT |werkzeug|ZeroDivision|oh dear"
)


def assert_held(answer: Any, *, wasm: bool = False) -> None:
    """The headers of one answer. `wasm`: of a page whose camera needs a decoder."""
    said = answer.headers
    assert {name: said.get(name) for name in ALWAYS} == ALWAYS
    policy = dict(part.strip().partition(" ")[::2] for part in said["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["script-src"] == ("'self' 'wasm-unsafe-eval'" if wasm else "'self'")
    assert said["Content-Security-Policy"].count("unsafe") == wasm
    assert "geolocation=()" in said["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f-]{36}", said["X-Request-Id"])
    assert "Server" not in said or not re.search(r"\d", said["Server"])
    assert "X-Powered-By" not in said


@on_sqlite_only
class TestEveryAnswer:
    def test_of_every_route_asked_by_the_owner_and_by_nobody(self, app: Flask, owner: Actor) -> None:
        slug = walk.slug_of(app, owner)
        for browser in (cast.signed_in(owner), cast.anonymous()):
            for door in doors(app):
                answer = walk.ask(browser, door, slug)
                assert_held(answer, wasm=door.endpoint in WITH_CAMERA)
                if door.endpoint not in KEPT:
                    assert answer.headers["Cache-Control"] == "no-store", door
                answer.close()

    def test_of_what_is_not_there(self, app: Flask) -> None:
        for path in ("/nothing", "/api/v1/nothing", "/static/nothing.css", "/o/nobody/", "/static/../wsgi.py"):
            answer = cast.anonymous().get(path)
            assert answer.status_code in {401, 404, 302}
            assert_held(answer)

    def test_of_a_wrong_method_and_a_body_that_is_too_large(self, app: Flask, maker: Actor) -> None:
        assert cast.anonymous().open("/sign-in", method="DELETE").status_code == 405
        for path in ("/sign-in", "/api/v1/items"):
            answer = cast.anonymous().post(
                path,
                data=b"x" * (web_limit(app) + 1),
                content_type="application/json" if path.startswith("/api") else "application/x-www-form-urlencoded",
                headers={"Authorization": f"Bearer {cast.token_for(maker)}"},
            )
            assert answer.status_code == 413, path
            assert_held(answer)

    def test_of_more_form_fields_than_any_form_has(self, app: Flask) -> None:
        parts = "".join(f'--x\r\nContent-Disposition: form-data; name="a{n}"\r\n\r\n1\r\n' for n in range(2001))
        answer = cast.anonymous().post("/sign-in", data=parts + "--x--", content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 413
        assert_held(answer)

    def test_hashed_files_are_kept_and_nothing_else_is(self, app: Flask) -> None:
        style = re.search(r'href="(/static/dist/[^"]+\.css)"', cast.anonymous().get("/sign-in").text)
        assert style
        answer = cast.anonymous().get(style[1])
        assert_held(answer)
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()


def web_limit(app: Flask) -> int:
    """The most that a body may hold."""
    return int(app.config["MAX_CONTENT_LENGTH"])


@pytest.fixture
def live(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as it serves: errors are caught, cookies are for HTTPS alone."""
    made = create_app(replace(config_for(database_url, tmp_path), testing=False, secure_cookies=True))
    made.logger.disabled = True  # what breaks below breaks on purpose
    yield made
    made.logger.disabled = False
    logging.root.handlers = [each for each in logging.root.handlers if not isinstance(each.formatter, Lines)]
    dispose(made)


@on_sqlite_only
class TestWhenSomethingBreaks:
    @pytest.mark.parametrize("path", ["/sign-in", "/api/v1/me"])
    def test_the_answer_tells_nothing_of_the_insides(
        self, live: Flask, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(**_named: str) -> str:
            raise ZeroDivisionError("oh dear: SELECT password_hash FROM people")

        endpoint = {"/sign-in": "identity.sign_in", "/api/v1/me": "identity_api.me"}[path]
        monkeypatch.setitem(live.view_functions, endpoint, broken)
        answer = live.test_client().get(path)
        assert answer.status_code == 500
        assert not INSIDES.search(answer.text)
        assert_held(answer)
        assert answer.headers["Cache-Control"] == "no-store"

    def test_nor_does_a_broken_statement(self, live: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken() -> str:
            db.session.execute(sa.text("SELECT nothing FROM nowhere WHERE secret = :said"), {"said": "lavender"})
            return "unreachable"

        monkeypatch.setitem(live.view_functions, "identity.sign_in", broken)
        answer = live.test_client().get("/sign-in")
        assert answer.status_code in {500, 503}
        assert not INSIDES.search(answer.text)
        assert "nowhere" not in answer.text


@on_sqlite_only
class TestOverHttps:
    def test_the_session_s_cookie_is_for_this_site_alone_over_https_alone(self, live: Flask) -> None:
        answer = live.test_client().get("/sign-in", base_url="https://batchtrack.example")
        (cookie,) = answer.headers.getlist("Set-Cookie")
        parts = [part.strip() for part in cookie.split(";")]
        assert parts[0].startswith("__Host-session=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(parts)
        assert not any(part.startswith("Domain") for part in parts)
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")

    def test_without_https_no_promise_of_it_is_made(self, app: Flask) -> None:
        answer = app.test_client().get("/sign-in")
        assert "Strict-Transport-Security" not in answer.headers
        assert "HttpOnly" in answer.headers["Set-Cookie"]


def test_the_server_does_not_name_its_version() -> None:
    port = _free_port()
    with gunicorn(port):
        for request in (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"NONSENSE\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as asked:
                asked.sendall(request)
                head = b"".join(iter(lambda: asked.recv(65536), b"")).partition(b"\r\n\r\n")[0].decode()
            assert head.startswith("HTTP/1.1 ")
            said = [line for line in head.splitlines() if line.lower().startswith("server:")]
            assert not re.search(r"[\d/]", "".join(said)), said


def test_the_pages_that_may_compile_wasm_are_known(app: Flask) -> None:
    signed = {name for name, view in app.view_functions.items() if getattr(view, "_runs_wasm", False)}
    assert signed == WITH_CAMERA


def test_the_policy_is_written_once(app: Flask) -> None:
    assert web._HEADERS.keys() >= ALWAYS.keys()
    assert logging.getLogger("app").level <= logging.INFO
