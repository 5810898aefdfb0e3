"""The nightly proof: a real Celery worker takes it from a real Redis and proves the books of a real database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
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

ROOT = Path(__file__).parents[2]
_PATIENCE = 60


def _receive(actor: Actor) -> None:
    def work() -> Answer:
        oats = items.create(actor, NewItem(name="Oats", type="ingredient", unit="kg"))
        said = Receipt(oats.id, Quantity(Decimal(3)), unit_cost=Money(Decimal("0.5")))
        return Answer(201, {"id": str(adjustment.receive(actor, said).id)})

    tenancy.bind(actor.organization_id)
    commands.run(actor, None, {}, work)


@contextmanager
def _worker(arguments: list[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env={**os.environ, **environ})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)


@pytest.mark.heavy
def test_a_worker_proves_an_organization_s_books(
    database: Flask, owner: Actor, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    _receive(owner)
    asker = Celery(broker=redis_url, backend=redis_url)
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DATA_DIR": str(tmp_path), "SECRET_KEY": "test"}
    worker = ["celery", "-A", "app.worker:celery_app", "worker", "--pool", "solo", "--loglevel", "ERROR"]

    with _worker(worker, environ):
        answer: dict[str, Any] = asker.send_task(tasks.PROVE_ONE, [str(owner.organization_id)]).get(timeout=_PATIENCE)

    assert answer["ok"] is True
    assert answer["postings"] == 1
    assert answer["organization"] == str(owner.organization_id)


@pytest.mark.heavy
def test_the_whole_night_s_work_asks_for_every_organization(
    database: Flask, owner: Actor, stranger: Actor, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    asker = Celery(broker=redis_url, backend=redis_url)
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DATA_DIR": str(tmp_path), "SECRET_KEY": "test"}
    worker = ["celery", "-A", "app.worker:celery_app", "worker", "--pool", "solo", "--loglevel", "ERROR"]

    with _worker(worker, environ):
        asked: int = asker.send_task(tasks.PROVE_ALL).get(timeout=_PATIENCE)

    assert asked >= 2


def test_it_is_due_every_night(database: Flask) -> None:
    schedule = jobs.make_celery(database).conf.beat_schedule

    assert schedule[tasks.PROVE_ALL]["schedule"].hour == {3}
