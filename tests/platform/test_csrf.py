"""Nothing that another site sends has an effect; nothing that is only looked at writes; no cookie opens the API."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.actor import Actor
from app.platform.database import db
from app.platform.web import csrf
from tests import cast
from tests.databases import on_sqlite_only
from tests.platform import walk
from tests.sweeps import belongings, slots
from tests.sweeps.doors import Door, doors

SIGNED_BY_THE_SENDER = {"webhooks.stripe"}
"""Doors where no browser comes: what is sent there carries its sender's signature."""

ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]
HERE = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost:8000"},
]
_WRITES = re.compile(r"\s*(insert|update|delete|replace)\b", re.IGNORECASE)
_NOTED = re.compile(
    r"update (sign_in_sessions set last_seen_at|api_tokens set last_used_at"
    r"|organizations set (first_(?:printed|scanned|traced)_at)=[^,]+ where .* and organizations\.\2 is null$)",
    re.IGNORECASE,
)
"""That somebody was here, and once for each workshop that a label or a trace was looked at for the first time."""


def senders(app: Flask) -> list[Door]:
    """Every page that takes something."""
    return [door for door in walk.pages(app, walk.UNSAFE) if door.endpoint not in SIGNED_BY_THE_SENDER]


@on_sqlite_only
class TestFromAnotherSite:
    def test_no_page_takes_anything_without_its_token(self, app: Flask, owner: Actor) -> None:
        browser, slug = cast.signed_in(owner), walk.slug_of(app, owner)
        for headers in ({}, {"HX-Request": "true"}):
            taken = [door for door in senders(app) if self._status(browser, door, slug, headers) != 400]
            assert [str(door) for door in taken] == []

    def test_no_page_takes_anything_that_another_site_sends(self, app: Flask, owner: Actor) -> None:
        browser, slug = cast.signed_in(owner), walk.slug_of(app, owner)
        for headers in ELSEWHERE:
            taken = [door for door in senders(app) if self._status(browser, door, slug, headers, csrf=True) != 403]
            assert [str(door) for door in taken] == [], headers

    def test_what_this_site_sends_is_taken(self, app: Flask, owner: Actor) -> None:
        for headers in HERE:
            answer = cast.signed_in(owner).post("/sign-out", headers=headers)
            assert (answer.status_code, answer.location) == (302, "/sign-in"), headers

    def test_behind_a_proxy_the_address_of_the_site_is_its_own(
        self, app: Flask, owner: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "BASE_URL", "https://batchtrack.example")
        answer = cast.signed_in(owner).post("/sign-out", headers={"Origin": "https://batchtrack.example"})
        assert answer.status_code == 302

    def test_another_site_s_link_still_leads_here(self, app: Flask) -> None:
        assert cast.anonymous().get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200

    def test_only_what_needs_no_cookie_is_exempt(self, app: Flask) -> None:
        exempt = {blueprint.name for blueprint in csrf._exempt_blueprints}
        unguarded = {door for door in doors(app) if door.endpoint.partition(".")[0] in exempt and not door.is_api}
        assert {door.endpoint for door in unguarded} <= SIGNED_BY_THE_SENDER
        assert csrf._exempt_views == set()

    def test_a_page_that_lay_open_too_long_says_so(self, app: Flask) -> None:
        answer = cast.anonymous().post("/sign-in", csrf=False)
        assert answer.status_code == 400
        assert "lay open too long" in answer.text

    def _status(
        self, browser: cast.Browser, door: Door, slug: str, headers: dict[str, str], *, csrf: bool = False
    ) -> int:
        return walk.ask(browser, door, slug, headers=headers, csrf=csrf).status_code


@on_sqlite_only
class TestTheApi:
    def test_no_cookie_opens_it(self, app: Flask, owner: Actor) -> None:
        browser = cast.signed_in(owner)
        answers = {str(door): walk.ask(browser, door, "x").status_code for door in doors(app) if door.is_api}
        assert {door for door, status in answers.items() if status != 401} == set()

    def test_no_token_opens_a_page(self, app: Flask, owner: Actor) -> None:
        headers = {"Authorization": f"Bearer {cast.token_for(owner)}"}
        signed = [door for door in walk.pages(app, {"GET"}) if door.permission is not None]
        for door in signed:
            answer = walk.ask(cast.anonymous(), door, walk.slug_of(app, owner), headers=headers)
            assert answer.status_code == 302, door
            assert str(answer.location).startswith("/sign-in"), door


@pytest.mark.heavy
def test_nothing_that_is_only_looked_at_writes(fresh_app: Flask) -> None:
    cast._stage[:] = [fresh_app]
    its = belongings.furnish("mine0000")
    browser = cast.signed_in(its.owner)
    wrong = []
    for door in doors(fresh_app):
        if door.method != "GET" or door.endpoint == "static":
            continue
        headers = {"Authorization": f"Bearer {its.shop.api.token}"} if door.is_api else {}
        with _written(fresh_app) as written:
            browser.get(door.url(slots.own(door, its)), headers=headers).close()
        wrong += [f"{door}: {each}" for each in written if not _NOTED.match(each)]
    assert wrong == []


@contextmanager
def _written(app: Flask) -> Iterator[list[str]]:
    """Statements that change something, while the block runs."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if _WRITES.match(statement):
            found.append(" ".join(statement.split()))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
