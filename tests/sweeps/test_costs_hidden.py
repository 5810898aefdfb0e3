"""Who may not see costs sees none: on no page, in no answer, label, export or refusal.

An organization whose material costs a figure that nothing else is; every figure that can follow from it is known. All
doors are walked by people without `inventory.view_costs`: first looking, then sending what the sweeps know to be sound,
then looking again. The owner walks the same doors: the sweep must see costs there, or it is blind.
"""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from flask import Flask

from app.identity.services import roles
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.subscriptions.services import tiers
from tests import cast
from tests.inventory.storeroom import Body, Storeroom, ok
from tests.sweeps import belongings
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door
from tests.sweeps.walking import Walk

COST = Decimal("31415.926535")
SEEN_BY_THE_OWNER = 12
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9a-f]{32,64}\b|\d{4}-\d\d-\d\dT[\d:.]+")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MONEY = re.compile(r"(?:\$|USD\s?)([\d,]+(?:\.\d+)?)")
_PLACES = (0, 1, 2, 3, 4, 6)
_SMALL, _BY_CHANCE = 100, 100_000


def figures() -> frozenset[Decimal]:
    """What so many grams cost, or a part of one, rounded in each way; and the same in millionths."""
    exact = {COST * grams for grams in (*range(1, 601), 1000)} | {COST / parts for parts in range(2, 13)}
    exact |= {COST * grams / parts for grams in (1, 9, 10, 30, 40) for parts in range(2, 13)}
    rounded = {round(cost, places) for cost in exact for places in _PLACES}
    return frozenset(rounded | {round(cost * 1_000_000, 0) for cost in exact})


FIGURES = figures()
PRICES = {
    Decimal(0),
    *(Decimal(price.amount).scaleb(-2) for tier in tiers.public() for price in tier.prices.values()),
}
"""What plans cost is no secret."""


@pytest.fixture
def house(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Belongings:
    """One of everything, bought dear."""
    monkeypatch.setattr(Storeroom, "receive", _dear)
    return belongings.furnish("costs777")


def _dear(self: Storeroom, item: Body, quantity: str, unit_cost: str | None = None, **said: Any) -> Body:
    body = {"quantity": quantity, "unit_cost": str(COST), **said}
    return ok(self.api.post(f"/items/{item['id']}/receipts", body), 201)


def everything_but_costs(its: Belongings) -> Actor:
    """Somebody who may do all that a role can be given, and see no cost."""
    given = frozenset(Permission) - roles.OWNERS_ALONE - {Permission.INVENTORY_VIEW_COSTS}
    return cast.actor_of(its.facts, cast.own_role(its.facts, given))


def test_the_owner_sees_them_nearly_everywhere(app: Flask, house: Belongings) -> None:
    walk = Walk(house, house.owner)
    assert len(leaks(walk.looks(app))) >= SEEN_BY_THE_OWNER


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES])
def test_who_only_looks_sees_none(app: Flask, house: Belongings, role: Role) -> None:
    walk = Walk(house, cast.actor_of(house.facts, role))
    assert leaks(walk.looks(app)) == []


@pytest.mark.heavy
def test_who_does_everything_sees_none_either(app: Flask, house: Belongings) -> None:
    walk = Walk(house, everything_but_costs(house))
    assert leaks(walk.looks(app)) == []
    assert leaks(walk.sends(app)) == []
    assert leaks(walk.looks(app)) == []


def leaks(answers: Iterator[tuple[Door, Any]]) -> list[str]:
    """Doors whose answers hold a cost."""
    found = []
    for door, answer in answers:
        assert answer.status_code < 500, door
        shown = {figure for text in texts(answer) for figure in costs_in(text)}
        if shown:
            found.append(f"{door} shows {', '.join(sorted(map(str, shown))[:4])}")
    return found


def texts(answer: Any) -> Iterator[str]:
    """What the answer says: a page, JSON, a PDF's words, every file of a ZIP."""
    kind, body = answer.mimetype, answer.get_data()
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(body)) as files:
            for name in files.namelist():
                yield files.read(name).decode("utf-8", "replace")
    elif kind == "application/pdf":
        document = pypdfium2.PdfDocument(body)
        for page in document:
            yield page.get_textpage().get_text_range()
        document.close()
    else:
        yield html.unescape(body.decode("utf-8", "replace"))


def costs_in(text: str) -> set[Decimal]:
    """Figures that follow from the cost, and anything in money that is no plan's price."""
    said = _IDS.sub(" ", text)
    numbers = {Decimal(found[0].replace(",", "")) for found in _NUMBER.finditer(said)}
    money = {Decimal(found[1].replace(",", "")) for found in _MONEY.finditer(said)}
    return {figure for figure in numbers & FIGURES if _is_no_chance(figure)} | (money - PRICES)


def _is_no_chance(figure: Decimal) -> bool:
    """Whether it is too long a number to stand there for another reason, as a part of an id may."""
    return figure > _BY_CHANCE or (figure != figure.to_integral_value() and figure > _SMALL)


def test_the_sweep_knows_a_cost_when_it_sees_one() -> None:
    assert costs_in("It costs $31,415.93 /g") == {Decimal("31415.93")}
    assert costs_in(json.dumps({"value": "15707963.2675", "micro": 31415926535})) == {
        Decimal("15707963.2675"),
        Decimal(31415926535),
    }
    assert costs_in("a $5.00 slip") == {Decimal("5.00")}
    assert costs_in("Solo costs $19 a month; 500 g of 2,000 g on 2026-11-20T09:31:41.592653Z") == set()
