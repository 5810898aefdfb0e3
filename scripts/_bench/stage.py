"""The workshop that is measured: a database from the migrations, an organization, items, queues of lots, a history."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import flask_migrate
import psycopg
from flask import Flask

from app.catalog.services import items
from app.catalog.services.items import NewItem
from app.identity.models import Organization
from app.inventory.models.kinds import Takes
from app.inventory.services import fifo
from app.inventory.services.adjustment import ledger
from app.inventory.services.adjustment.draft import Draft, Line, NewLot, lines_of, when
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.commands import Answer
from app.platform.config import database_url
from app.platform.database import db
from tests import servers
from tests.databases import application

MICRO = 1_000_000
LOT = 2 * MICRO
"""What a lot of the queue holds, at a cost that does not divide evenly."""
LOT_COST = 3_333_333
_PER_POSTING = 500


class Databases:
    """Databases of one server, or files of one folder; dropped at the end."""

    def __init__(self, server: str | None, folder: Path) -> None:
        self._server, self._folder = server, folder
        self._made: list[str] = []

    def make(self, copy_of: str | None = None) -> str:
        """The URL of an empty database, or of a copy of one that nobody is connected to."""
        name = f"batchtrack_bench_{os.getpid()}_{len(self._made)}"
        self._made.append(name)
        if self._server is None:
            if copy_of:
                shutil.copyfile(copy_of.removeprefix("sqlite:///"), self._folder / name)
            return f"sqlite:///{self._folder / name}"
        template = copy_of.rpartition("/")[2] if copy_of else "template1"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template}")
        return database_url(f"{self._server.rpartition('/')[0]}/{name}")

    def drop(self) -> None:
        """Remove all that were made."""
        for name in self._made if self._server else []:
            self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self._server or "", autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def databases(dialect: str) -> Iterator[Databases]:
    """Where databases can be made: a folder, or a server whose fsync is on."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="batchtrack-bench-")))
        made = Databases(stack.enter_context(_server()) if dialect == "postgresql" else None, folder)
        stack.callback(made.drop)
        yield made


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("BENCH_DATABASE_URL")
    if given:
        yield given
        return
    with servers.postgresql(durable=True) as url:
        yield url


@contextmanager
def opened(url: str) -> Iterator[Flask]:
    """The application over a freshly migrated database, its context open."""
    with tempfile.TemporaryDirectory(prefix="batchtrack-bench-") as folder:
        app = application(url, Path(folder))
        with app.app_context():
            with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
                flask_migrate.upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()


def make_organization() -> Actor:
    """A new organization and somebody who may do everything in it; the session is bound to it."""
    organization_id = ids.uuid7()
    tenancy.bind(organization_id)
    with commands.transaction():
        db.session.add(
            Organization(
                id=organization_id,
                slug=str(organization_id),
                name="The bench",
                time_zone="UTC",
                currency="USD",
                locale="en",
                created_at=clock.now(),
            )
        )
    return Actor(ids.uuid7(), "Bench", organization_id, frozenset(Permission), "cli")


def in_command(actor: Actor, work: Any) -> Any:
    """Run `work` as one command; what it gives comes back."""
    given: list[Any] = []

    def call() -> Answer:
        given.append(work())
        return Answer(200, {})

    commands.run(actor, None, {}, call)
    return given[-1]


def make_items(actor: Actor, count: int, name: str = "Oats") -> list[UUID]:
    """New ingredients in grams, and their ids."""
    said = [NewItem(name=f"{name} {ids.code()}", type="ingredient", unit="g") for _ in range(count)]
    return [in_command(actor, lambda one=one: items.create(actor, one).id) for one in said]


def add_lots(actor: Actor, item_id: UUID, count: int, *, quantity: int = LOT, cost: int = LOT_COST) -> None:
    """So many more lots at the end of the item's queue, in postings of at most 500 lines."""
    for begin in range(0, count, _PER_POSTING):
        lots = min(_PER_POSTING, count - begin)
        in_command(actor, lambda lots=lots: _receive(actor, item_id, lots, quantity, cost))


def _receive(actor: Actor, item_id: UUID, count: int, quantity: int, cost: int) -> None:
    item = ledger.lock_items(actor, [item_id])[item_id]
    times = when(actor)
    lines = tuple(Line(item, quantity, cost, _new_lot(times.business_date)) for _ in range(count))
    ledger.post(actor, Draft(kind="receipt", when=times, lines=lines))


def _new_lot(on: date) -> NewLot:
    return NewLot(ids.uuid7(), f"LOT-{ids.code(10)}", on, None)


def take(actor: Actor, item_id: UUID, quantity: int) -> None:
    """Use so much of an item, over as many lots as it needs."""

    def use() -> None:
        item = ledger.lock_items(actor, [item_id])[item_id]
        times = when(actor)
        plan = fifo.choose(actor, {item_id: quantity}, takes=Takes.USABLE, on=times.business_date)[item_id]
        ledger.post(actor, Draft(kind="use", when=times, lines=lines_of(item, plan.draws)))

    in_command(actor, use)


def add_history(actor: Actor, item_id: UUID, movements: int) -> None:
    """Lots that came in and were used up, until the item has so many movements more."""
    lots = movements // 2
    for begin in range(0, lots, _PER_POSTING):
        count = min(_PER_POSTING, lots - begin)
        add_lots(actor, item_id, count)
        take(actor, item_id, count * LOT)


def settle(actor: Actor) -> None:
    """What a database that has run for a while has done: statistics, a checkpoint. Every connection is closed."""
    db.session.remove()
    tenancy.bind(actor.organization_id)
    if db.engine.dialect.name == "postgresql":
        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("VACUUM ANALYZE")
            server.execute("CHECKPOINT")
        db.engine.dispose()
        return
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as connection:
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()


def quantity_of(micro: int) -> Decimal:
    """The plain amount."""
    return Decimal(micro) / MICRO
