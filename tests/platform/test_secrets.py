"""No secret is written down: not in the log, whatever goes wrong, and not in the database."""

import io
import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask, request

from app.factory import create_app
from app.kernel.actor import Actor
from app.platform import logs
from tests import cast
from tests.databases import Databases, config_for, dispose, on_sqlite_only
from tests.identity.test_doors import fill
from tests.mails import PostBox

NEW_PASSWORD = "thyme-and-tallow-at-noon"
CONFIGURED = {
    "secret_key": "the-key-that-signs-everything",
    "smtp_url": "smtp://me:mail%2Fpassword@127.0.0.1:1",
    "stripe_secret_key": "sk_test_" + "51NotReal" * 3,
    "stripe_webhook_secret": "whsec_" + "NotReal" * 4,
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the application's handler writes, at its most talkative."""
    stream = io.StringIO()
    handler = logs.handler(stream)
    before = logging.getLogger("app").level
    logging.root.addHandler(handler)
    logging.getLogger("app").setLevel(logging.DEBUG)
    yield stream
    logging.getLogger("app").setLevel(before)
    logging.root.removeHandler(handler)


@pytest.fixture
def fresh_app(databases: Databases, dialect: str, tmp_path: Path) -> Iterator[Flask]:
    """An application with a secret of every kind, where errors are caught as in life."""
    made = create_app(replace(config_for(databases.fresh(dialect), tmp_path), **CONFIGURED))  # type: ignore[arg-type]
    made.config["PROPAGATE_EXCEPTIONS"] = False
    logging.getLogger("app").setLevel(logging.DEBUG)
    yield made
    dispose(made)


@on_sqlite_only
class TestNoSecret:
    def test_is_written_down_by_what_people_do(
        self, fresh_app: Flask, owner: Actor, post_box: PostBox, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cast._stage[:] = [fresh_app]
        used = Used(fresh_app, owner, post_box)
        used.sign_in()
        used.call_the_api()
        used.reset_the_password()
        used.forge_what_stripe_says()
        used.break_everything(monkeypatch)

        said = written.getvalue()
        assert said.count("\n") > 12
        assert "Traceback" in said
        assert {name for name, secret in used.secrets.items() if secret in said} == set()
        assert {name for name, secret in used.secrets.items() if secret in dump(fresh_app)} == set()

    def test_is_left_in_a_line_that_repeats_it(self, fresh_app: Flask, written: io.StringIO) -> None:
        cast._stage[:] = [fresh_app]
        for secret in (*CONFIGURED.values(), "mail/password", "mail%2Fpassword", f"bt_{'a' * 32}_{'b' * 43}"):
            with fresh_app.app_context():
                logging.getLogger("app.anything").warning("we were told %s", secret)
        lines = [json.loads(line)["message"] for line in written.getvalue().splitlines()]
        assert all(logs.BLOT in line for line in lines)
        assert "password" not in written.getvalue()


@on_sqlite_only
class TestARequest:
    def test_is_one_line_that_says_who_where_and_what_came_of_it(
        self, app: Flask, owner: Actor, written: io.StringIO
    ) -> None:
        browser = cast.signed_in(owner)
        place = str(browser.get("/").location)
        written.truncate(0)
        written.seek(0)
        answer = browser.get(f"{place}stock?q=a-private-word")
        (line,) = [json.loads(each) for each in written.getvalue().splitlines()]
        assert isinstance(line.pop("ms"), int)
        assert re.match(r"\d{4}-\d\d-\d\dT", line.pop("at"))
        assert line == {
            "level": "info",
            "logger": "app.requests",
            "message": f"GET {place}stock 200",
            "method": "GET",
            "path": f"{place}stock",
            "status": 200,
            "organization": str(owner.organization_id),
            "person": str(owner.person_id),
            "request_id": answer.headers["X-Request-Id"],
        }

    @pytest.mark.parametrize(
        ("asked", "path"), [("/reset/a-link-s-text", "/reset/<link>"), (f"/rest/{'a' * 60}", "/rest/…")]
    )
    def test_never_names_the_text_of_a_link(self, app: Flask, written: io.StringIO, asked: str, path: str) -> None:
        cast.anonymous().get(asked)
        assert [json.loads(line)["path"] for line in written.getvalue().splitlines()] == [path]


class Used:
    """Somebody's day. `secrets`: what they typed, were shown, or carried."""

    def __init__(self, app: Flask, person: Actor, post_box: PostBox) -> None:
        self.app, self.person, self.post_box = app, person, post_box
        self.email = cast.email_of(person)
        self.secrets = {"password": cast.PASSWORD, "new password": NEW_PASSWORD}
        self.secrets |= {"SECRET_KEY": app.config["SECRET_KEY"], "SMTP": "mail%2Fpassword"}
        self.secrets |= {name: CONFIGURED[name] for name in ("stripe_secret_key", "stripe_webhook_secret")}

    def sign_in(self) -> None:
        """With a wrong password, then the right one."""
        browser = cast.anonymous()
        self.secrets["wrong password"] = "rosemary-and-rue"
        assert fill(browser, self.email, "rosemary-and-rue").status_code == 401
        assert fill(browser, self.email).status_code == 302
        with browser.session_transaction() as session:
            self.secrets["session"] = session["_user_id"]
        cookie = browser.get_cookie("session")
        assert cookie
        self.secrets["cookie"] = cookie.value
        browser.get("/")

    def call_the_api(self) -> None:
        """With a token that is good, and one that is not."""
        api = cast.api(self.person)
        self.secrets["token"] = api.token.rpartition("_")[2]
        issued = api.post("/tokens", {"name": "Shop"})
        assert issued.status_code == 201
        self.secrets["issued token"] = issued.json["token"].rpartition("_")[2]
        self.secrets["wrong token"] = "bt_" + "0" * 32 + "_" + "W" * 43
        cast.anonymous().get("/api/v1/me", headers={"Authorization": f"Bearer {self.secrets['wrong token']}"})

    def reset_the_password(self) -> None:
        """Through the mail."""
        cast.anonymous().post("/reset", data={"email": self.email})
        path = self.post_box.link_in(self.post_box.to(self.email))
        self.secrets["link"] = unquote(path.rpartition("/")[2])
        browser = cast.anonymous()
        assert browser.get(path).status_code == 200
        assert browser.post(path, data={"password": NEW_PASSWORD, "again": NEW_PASSWORD}).status_code == 303

    def forge_what_stripe_says(self) -> None:
        """A signature that does not fit."""
        self.secrets["signature"] = "5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd"
        said = {"Stripe-Signature": f"t=1614556800,v1={self.secrets['signature']}"}
        cast.anonymous().post("/webhooks/stripe", data="{}", headers=said, csrf=False)

    def break_everything(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every page that was sent a secret breaks, and says what it was sent."""

        def broken(**named: str) -> str:
            raise RuntimeError(f"{named} {dict(request.form)} {dict(request.headers)} {request.url}")

        for endpoint in self.app.view_functions:
            monkeypatch.setitem(self.app.view_functions, endpoint, broken)
        typed: dict[str, Any] = {"email": self.email, "password": cast.PASSWORD, "new_password": NEW_PASSWORD}
        browser = cast.anonymous()
        browser.set_cookie("session", self.secrets["cookie"])
        self.secrets["code"] = "738 201"
        assert browser.post("/sign-in", data={**typed, "code": "738 201"}, csrf=False).status_code in {400, 500}
        for path in ("/sign-in", "/sign-in/second"):
            assert cast.anonymous().post(path, data={**typed, "code": "738 201"}).status_code == 500
        assert cast.anonymous().get(f"/reset/{self.secrets['link']}").status_code == 500
        header = {"Authorization": f"Bearer {self.secrets['wrong token']}", "Stripe-Signature": "t=1,v1=" + "f" * 64}
        assert cast.anonymous().get("/api/v1/me", headers=header).status_code == 500


def dump(app: Flask) -> str:
    """Everything in the database, as SQL, and its bytes as text where they are text."""
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    connection = sqlite3.connect(path)
    try:
        lines = "\n".join(connection.iterdump())
    finally:
        connection.close()
    held = (bytes.fromhex(found) for found in re.findall(r"X'([0-9A-Fa-f]*)'", lines) if len(found) % 2 == 0)
    return lines + "\n".join(each.decode("latin-1") for each in held)
