"""The nightly proof: a real Celery worker takes it from a real Redis and proves the books of a real database."""

from decimal import Decimal
from typing import Any

import celery
import pytest
from flask import Flask

from app.catalog.services import items
from app.catalog.services.items import NewItem
from app.inventory import tasks
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Receipt
from app.kernel.actor import Actor
from app.kernel.numbers import Money, Quantity
from app.platform import commands, jobs, tenancy
from app.platform.commands import Answer
from tests.jobs.conftest import Workers
from tests.jobs.processes import PATIENCE


def _receive(actor: Actor) -> None:
    def work() -> Answer:
        oats = items.create(actor, NewItem(name="Oats", type="ingredient", unit="kg"))
        said = Receipt(oats.id, Quantity(Decimal(3)), unit_cost=Money(Decimal("0.5")))
        return Answer(201, {"id": str(adjustment.receive(actor, said).id)})

    tenancy.bind(actor.organization_id)
    commands.run(actor, None, {}, work)


@pytest.mark.heavy
def test_a_worker_proves_an_organization_s_books(database: Flask, owner: Actor, workers: Workers) -> None:
    _receive(owner)

    asked = workers.asker.send_task(tasks.PROVE_ONE, [str(owner.organization_id)])
    answer: dict[str, Any] = asked.get(timeout=PATIENCE)

    assert answer["ok"] is True
    assert answer["postings"] == 1
    assert answer["organization"] == str(owner.organization_id)


@pytest.mark.heavy
def test_the_whole_night_s_work_asks_for_every_organization(
    database: Flask, owner: Actor, stranger: Actor, workers: Workers
) -> None:
    asked: int = workers.asker.send_task(tasks.PROVE_ALL).get(timeout=PATIENCE)

    assert asked >= 2


def test_it_is_due_every_night(database: Flask) -> None:
    made = jobs.make_celery(database)

    assert made.conf.beat_schedule[tasks.PROVE_ALL]["schedule"].hour == {3}
    assert celery.current_app._get_current_object() is not made  # else other tests' tasks ran over this database
