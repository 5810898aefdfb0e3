"""`scripts/bench --pages`: how long the pages of a full workshop take, beside a page that shows nothing.

A thousand materials with two lots each, half of one used up; a batch of twelve lines; a lot that went into forty.
All pages are asked for in turn, many times, so that whatever else the machine does touches all of them alike.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.inventory.models import Lot
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import db, execute
from app.production.models import Batch
from scripts._bench import product, stage
from tests import cast

AIM = 3.0
_ITEMS, _LINES, _BATCHES, _ROUNDS = 1_000, 12, 40, 40
_HUGE = 10**12
_AGE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Timed:
    """A page: the median of its answers in milliseconds, and how many times the empty page's that is."""

    dialect: str
    name: str
    milliseconds: float
    ratio: float


def measure(dialect: str, app: Flask) -> list[Timed]:
    """Fill a workshop and ask for its pages."""
    cast._stage[:] = [app]  # the cast plays here without pytest
    with clock.set_to(clock.now() - _AGE):  # a new one would be told how to begin
        house = cast.make_organization("The bench")
    actor = cast.owner_of(house)
    tenancy.bind(actor.organization_id)
    lot, batch = _fill(actor)
    home = f"/o/{house.slug}"
    pages = {
        "an empty page": f"{home}/shortcuts",
        "Today": f"{home}/",
        "Stock, 1,000 items": f"{home}/stock",
        "Batch, 12 lines": f"{home}/batches/{batch}",
        "Trace, 40 batches": f"{home}/lots/{lot}",
    }
    browser = cast.signed_in(actor)
    times: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(_ROUNDS + 3):
        for name, path in pages.items():
            took = _timed(lambda path=path: browser.get(path))  # type: ignore[misc]
            if number >= 3:
                times[name].append(took)
    medians = {name: statistics.median(each) for name, each in times.items()}
    empty = medians["an empty page"]
    return [Timed(dialect, name, took, took / empty) for name, took in medians.items()]


def _fill(actor: Actor) -> tuple[str, str]:
    """The codes of the lot that is traced and of the batch that is shown."""
    items = stage.make_items(actor, _ITEMS, "Material")
    for item in items:
        stage.add_lots(actor, item, 2)
        stage.take(actor, item, stage.LOT // 2)
    parts, made = stage.make_items(actor, _LINES, "Part"), stage.make_items(actor, 1, "Bar")[0]
    for part in parts:
        stage.add_lots(actor, part, 3, quantity=_HUGE, cost=_HUGE)
    recipe = product.make_recipe(actor, parts, 3 * stage.MICRO, made)
    batches = [product.plan(actor, recipe) for _ in range(_BATCHES)]
    for batch in batches:
        product.start(actor, batch)
        product.finish(actor, batch)
    stage.settle(actor)
    lot = execute(
        sa.select(Lot.fifo_code)
        .where(Lot.organization_id == actor.organization_id, Lot.item_id == parts[0])
        .order_by(Lot.sequence, Lot.line)
        .limit(1)
    ).scalar_one()
    label = execute(
        sa.select(Batch.label).where(Batch.organization_id == actor.organization_id, Batch.id == batches[-1])
    ).scalar_one()
    db.session.rollback()
    return lot, label


def _timed(ask: Callable[[], cast.Reply]) -> float:
    began = time.perf_counter()
    answer = ask()
    took = 1000 * (time.perf_counter() - began)
    assert answer.status_code == 200, answer.text  # noqa: S101 - nothing to measure
    return took
