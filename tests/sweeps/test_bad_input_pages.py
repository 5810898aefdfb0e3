"""Junk in every field of every form: never a 500, a refusal changes nothing, and what was typed is still there."""

from typing import Any

import markupsafe
import pytest
from flask import Flask

from app.platform.form_fields import AmountField, DayField, MomentField, ReadField, WholeField
from tests import cast
from tests.cast import Browser
from tests.databases import DIALECTS
from tests.sweeps import belongings, junk, pages, slots
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door, doors

_SHORT = 100
_NEVER_TYPED = {("production.plan", "scale"), ("scan.attach", "item")}
"""Fields that are read and not drawn: a link names the scale where the page asks for an amount; the button beside each
item names it."""


@pytest.mark.heavy(seconds=90)
def test_no_form_takes_junk(fresh_app: Flask, dialect: str) -> None:
    cast._stage[:] = [fresh_app]
    its = belongings.furnish("mine0000")
    browser = cast.signed_in(its.owner)
    wrong: list[str] = []
    for door in with_a_form(fresh_app):
        before, refused = belongings.digest(fresh_app, its.facts.id), []
        for field, names in holes(door, its).items():
            for name in sorted(names if dialect == DIALECTS[0] else names & junk.FOR_A_DATABASE):
                typed = {**pages.FORMS[door.endpoint].typed(its), field: junk.AS_TEXT[name]}
                answer = send(browser, door, its, typed)
                wrong += [f"{door} {field} {name}: {said}" for said in faults(door, answer, field, typed)]
                refused += [typed] if answer.status_code >= 400 else []
        wrong += changes(fresh_app, browser, door, its, refused, before)
    assert "\n".join(wrong) == ""


@pytest.mark.heavy
def test_junk_in_an_address_is_no_server_error(fresh_app: Flask, dialect: str) -> None:
    cast._stage[:] = [fresh_app]
    its = belongings.furnish("mine0000")
    browser = cast.signed_in(its.owner)
    names = junk.IN_AN_ADDRESS if dialect == DIALECTS[0] else junk.IN_AN_ADDRESS & junk.FOR_A_DATABASE
    asked = sorted((slots.PLAIN | slots.SEARCHES | set(slots.REFERENCES)) - {"lines"})
    wrong = []
    for door in doors(fresh_app):
        if door.method != "GET" or door.endpoint in {"static", "health.readyz"}:
            continue
        headers = {"Authorization": f"Bearer {its.shop.api.token}"} if door.is_api else {}
        for name in sorted(names):
            query = dict.fromkeys(asked, junk.AS_TEXT[name])
            answer = browser.get(door.url(slots.own(door, its)), query_string=query, headers=headers)
            if answer.status_code >= 500:
                wrong.append(f"{door} {name}: {answer.status_code}")
    assert wrong == []


def with_a_form(app: Flask) -> list[Door]:
    """Every page that is sent something; not those by which people come and go."""
    return [
        door
        for door in doors(app)
        if not door.is_api and door.method == "POST" and not door.endpoint.startswith("identity.")
    ]


def fields(door: Door) -> dict[str, type]:
    """The fields of its form, and of what class each is."""
    forms = [form for form in slots.forms() if form.__name__ == pages.FORMS[door.endpoint].form]
    area = door.endpoint.split(".")[0]
    form: Any = next((each for each in forms if f".{area}." in each.__module__), forms[0] if forms else None)
    found = {name: getattr(getattr(form, name), "field_class", None) for name in dir(form)} if form else {}
    return {name: kind for name, kind in found.items() if kind}


def holes(door: Door, its: Belongings) -> dict[str, set[str]]:
    """Every field that can be typed into, and names of the junk that is worth trying there."""
    found = {}
    for name, kind in {**dict.fromkeys(pages.FORMS[door.endpoint].typed(its), ReadField), **fields(door)}.items():
        if issubclass(kind, AmountField | WholeField):
            found[name] = junk.FOR_NUMBERS
        elif issubclass(kind, DayField | MomentField):
            found[name] = junk.FOR_DAYS | {"a moment in year 9999"}
        else:
            found[name] = junk.FOR_WORDS | {"30 digits and a unit"}
    return {name: names & set(junk.AS_TEXT) for name, names in found.items() if name not in {"lines", "command_key"}}


def send(browser: Browser, door: Door, its: Belongings, typed: dict[str, Any]) -> Any:
    """As the owner. The key stays the same: what is refused is not remembered under it."""
    key = f"{door.endpoint}-{hash(repr(sorted(typed.items(), key=str)))}"
    data = {**typed, "command_key": typed.get("command_key", key)}
    return browser.post(door.url(slots.own(door, its)), data=data)


def faults(door: Door, answer: Any, field: str, typed: dict[str, Any]) -> list[str]:
    """A 500; or a form that forgot what was typed."""
    if answer.status_code >= 500:
        return [str(answer.status_code)]
    said = typed[field]
    is_drawn = not door.path.endswith("/preview") and (door.endpoint, field) not in _NEVER_TYPED
    kept = is_drawn and issubclass(fields(door).get(field, object), ReadField)
    redrawn = answer.status_code == 422 and kept
    if redrawn and isinstance(said, str) and "\0" not in said and len(said) < _SHORT:
        return [] if str(markupsafe.escape(said)) in answer.text else ["422, and what was typed is gone"]
    return []


def changes(
    app: Flask, browser: Browser, door: Door, its: Belongings, refused: list[dict[str, Any]], before: str
) -> list[str]:
    """Whether a refusal changed something: where anything has changed, all of them are sent once more."""
    now = belongings.digest(app, its.facts.id)
    if now == before:
        return []
    for typed in refused:
        if send(browser, door, its, typed).status_code < 400:  # what has been taken meanwhile made it possible
            now = belongings.digest(app, its.facts.id)
    return [f"{door}: a refusal changed something"] * (belongings.digest(app, its.facts.id) != now)
