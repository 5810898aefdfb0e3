"""Another organization's things do not exist: on every door, in every slot, in every form that a reference has.

Asked with the owner's own token and session, a thing of the other organization and one that never was get the same
answer; nothing of the other's is in it, and nothing of anybody's has changed. On PostgreSQL three times: as it is,
without row-level security, and without the scoped lookup and the session guard. Core statements name their organization
in a parameter, which no test can take out of them: the planted bugs do that, one statement at a time.
"""

import html
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app.platform import tenancy
from app.platform.database import db
from tests import cast
from tests.cast import Browser
from tests.databases import ROOT, on_postgresql_only, on_sqlite_only
from tests.sweeps import belongings, pages, slots
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door, doors
from tests.sweeps.slots import Slot

_OF_THIS_REQUEST = {"X-Request-Id", "Date", "Content-Length", "Set-Cookie"}
MANY = 150
_READ = re.compile(r'request\.(?:args|values|form)\.get\("(\w+)"')
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CSRF = re.compile(r'(name="csrf[_-]token"[^>]*(?:value|content)=")[^"]*')


@pytest.mark.heavy
def test_what_is_not_yours_never_was(fresh_app: Flask) -> None:
    assert sweep(fresh_app) == []


@pytest.mark.heavy
@on_postgresql_only
def test_even_without_row_level_security(fresh_app: Flask) -> None:
    url = fresh_app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute("SELECT relname FROM pg_class WHERE relrowsecurity").fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            connection.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    assert sweep(fresh_app) == []


@pytest.mark.heavy
@on_postgresql_only
def test_even_without_the_scoped_lookup(fresh_app: Flask, unscoped: None) -> None:
    assert sweep(fresh_app) == []


@on_sqlite_only
def test_the_sweep_sees_leaks_where_nothing_else_stands(fresh_app: Flask, unscoped: None) -> None:
    """SQLite has no row-level security: without lookup and guard it must leak, or the sweep is blind."""
    fresh_app.config["PROPAGATE_EXCEPTIONS"] = False  # what stumbles over a foreign row answers 500, and is seen too
    leaks = sweep(fresh_app)
    assert [kind for kind in ("items", "recipes", "batches") if any(f"/{kind}/<" in leak for leak in leaks)] != []
    assert any("shows" in leak for leak in leaks)


@pytest.fixture
def unscoped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`select_for` selects for everybody, and no guard narrows what it selects."""
    holders = [
        module for name, module in sys.modules.items() if name.startswith("app.") and hasattr(module, "select_for")
    ]
    assert len(holders) > 5
    for module in holders:
        monkeypatch.setattr(module, "select_for", lambda actor, *entities: sa.select(*entities))
    event.remove(db.session, "do_orm_execute", tenancy._narrow)
    yield
    event.listen(db.session, "do_orm_execute", tenancy._narrow)


def test_every_field_is_declared_to_be_a_reference_or_not(app: Flask) -> None:
    """A new field, parameter or form has to say what it is before anything is swept."""
    declared = slots.PLAIN | set(slots.REFERENCES) | slots.SEARCHES
    said = {name for form in slots.forms() for name in slots.form_fields(form)}
    for door in doors(app):
        for parameter in door.parameters:
            slots.kind_of(door, parameter)
        for shape in (door.operation.body, door.operation.query) if door.operation else ():
            said |= slots.fields_of(shape) if shape else set()
    assert said - declared == set()


def test_what_pages_read_from_addresses_is_declared_too() -> None:
    read = {
        name
        for file in (ROOT / "app").rglob("*.py")
        if "views" in {*file.parts, file.stem}
        for name in _READ.findall(file.read_text(encoding="utf-8"))
    }
    assert len(read) > 5
    assert read - (slots.PLAIN | set(slots.REFERENCES) | slots.SEARCHES) == set()
    queries = {name for names in pages.QUERIES.values() for name in names}
    assert read & set(slots.REFERENCES) <= queries


def test_every_reference_has_a_sound_request_around_it(app: Flask) -> None:
    its = belongings.furnish("sound")
    for door in doors(app):
        if door.operation and door.operation.body:
            asked = slots.fields_of(door.operation.body) & set(slots.REFERENCES)
            held = {slots.field_of(slot.name) for slot in slots.body_slots(door, its)}
            assert asked <= held, door
        elif not door.is_api and door.method == "POST":
            assert door.endpoint in pages.FORMS, door
    forms = {
        name: {slots.field_of(said) for said in page.typed(its)}
        for page in pages.FORMS.values()
        for name in (page.form, page.line)
    }
    for form in slots.forms():
        asked = slots.form_fields(form) & set(slots.REFERENCES)
        assert asked <= forms.get(form.__name__, set()) or form.__name__ in {"AuditFilterForm", "LogForm"}, form


def sweep(app: Flask) -> list[str]:
    """What leaks: every slot of every door, asked by the owner of one organization for another's things and ghosts."""
    cast._stage[:] = [app]
    mine, theirs = belongings.furnish("mine0000"), belongings.furnish("canary77")
    ghosts = belongings.ghosts(theirs)
    before = [belongings.digest(app, its.facts.id) for its in (mine, theirs)]
    askers = Askers(mine)
    leaks, asked = [], 0
    for slot in all_slots(app, mine):
        for foreign, ghost in zip(theirs.kinds[slot.kind], ghosts[slot.kind], strict=True):
            asked += 1
            leaks += leak(askers, slot, theirs, foreign, ghost)
    assert asked > MANY
    after = [belongings.digest(app, its.facts.id) for its in (mine, theirs)]
    return leaks + ["something was changed"] * (after != before)


def all_slots(app: Flask, mine: Belongings) -> Iterator[Slot]:
    """In paths, queries, bodies and forms."""
    for door in doors(app):
        if door.is_public and not door.parameters:
            continue
        for parameter in door.parameters:
            kind = slots.kind_of(door, parameter)
            if kind:
                yield Slot(door, "path", parameter, kind, sound_body(door, mine))
        if door.is_api and door.operation and door.operation.query:
            for name in slots.fields_of(door.operation.query) & (set(slots.REFERENCES) | slots.SEARCHES):
                yield Slot(door, "query", name, slots.REFERENCES.get(name, "lot"))
        yield from slots.body_slots(door, mine) if door.is_api else pages.slots(door, mine)


def sound_body(door: Door, mine: Belongings) -> Any:
    """What is sent where the slot is in the path."""
    if door.is_api:
        return slots.BODIES[door.endpoint][0](mine) if door.endpoint in slots.BODIES else {}
    return pages.FORMS[door.endpoint].typed(mine) if door.endpoint in pages.FORMS else {}


class Askers:
    """The owner's token and session."""

    def __init__(self, mine: Belongings) -> None:
        self.mine = mine
        self.session = cast.signed_in(mine.owner)
        self.plain: Browser = cast.anonymous()
        self.headers = {"Authorization": f"Bearer {mine.shop.api.token}"}

    def ask(self, slot: Slot, reference: str) -> Any:
        """The answer when `reference` stands in the slot."""
        door, body, query = slot.door, slot.body, {}
        path = slots.own(door, self.mine)
        if slot.where == "path":
            path[slot.name] = reference
        elif slot.where == "query":
            query[slot.name] = reference
        else:
            body = (
                slots.replaced(body, slot.name, reference) if slot.where == "body" else {**body, slot.name: reference}
            )
        if door.is_api:
            json = body if door.method != "GET" else None
            return self.plain.open(
                door.url(path), method=door.method, headers=self.headers, query_string=query, json=json, csrf=False
            )
        data = {**(body or {}), "command_key": "a key"} if door.method == "POST" else None
        return self.session.open(door.url(path), method=door.method, query_string=query, data=data)


def leak(askers: Askers, slot: Slot, theirs: Belongings, foreign: str, ghost: str) -> list[str]:
    """What is wrong with the answer, if anything."""
    heard, never = askers.ask(slot, foreign), askers.ask(slot, ghost)
    text = without(heard, foreign)
    found = []
    if heard.status_code not in expected(slot) or heard.status_code != never.status_code:
        found.append(f"{slot}: {heard.status_code}, for a ghost {never.status_code}")
    if masked(text) != masked(without(never, ghost)) or headers(heard, foreign) != headers(never, ghost):
        found.append(f"{slot}: tells a thing of theirs from a ghost")
    secrets = {theirs.canary, *(each for kind in theirs.kinds for each in theirs.kinds[kind])} - {"1", foreign}
    found += [f"{slot}: shows {secret}" for secret in secrets if secret in text]
    return found


def expected(slot: Slot) -> set[int]:
    """404; a search finds nothing; a page's form says so beside the field, a preview in its corner."""
    if slot.is_search:
        return {200}
    if slot.door.is_api or slot.where == "path":
        return {404}
    may_be_drawn = slot.where == "query" or slot.door.path.endswith("/preview")
    return {404, 200} if may_be_drawn else {404, 422}


def without(answer: Any, reference: str) -> str:
    """The body, with what was asked for taken out of it."""
    text: str = answer.get_data(as_text=True)
    for said in (reference, html.escape(reference), quote_plus(reference), quote(reference)):
        text = text.replace(said, "REFERENCE")
    return text


def masked(text: str) -> str:
    """Without what a page makes anew each time it is drawn: the form's key and token."""
    return _UUID.sub("UUID", _CSRF.sub(r"\1", text))


def headers(answer: Any, reference: str) -> list[tuple[str, str]]:
    """All but what belongs to this one request."""
    return sorted(
        (name, value.replace(reference, "REFERENCE")) for name, value in answer.headers if name not in _OF_THIS_REQUEST
    )
