"""Sixteen writers on PostgreSQL and four processes on SQLite, all in one storeroom."""

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.actor import Actor
from app.platform.database import db
from tests import cast
from tests.databases import application, dispose, on_postgresql_only, on_sqlite_only
from tests.ledger.workshop import Workshop
from tests.races.clerks import Clerk, Diary, assert_books_stand

SECONDS = 30
TWINS = [f"twin-{number}" for number in range(6)]


@pytest.fixture
def owner(fresh_app: Flask) -> Actor:
    """Of a workshop in a database of its own: the server counts deadlocks by database."""
    return cast.owner_of(cast.make_organization())


@pytest.fixture
def opening(fresh_app: Flask, owner: Actor) -> tuple[list[UUID], Diary]:
    """Six items with three lots each, and the diary of who received them."""
    with fresh_app.app_context():
        shop = Workshop(owner)
        items = [shop.item(f"Thing {number}", "g") for number in range(6)]
        clerk = Clerk(owner, items, seed=0)
        for number, item in enumerate(items * 3):
            clerk._enter(f"opening-{number}", clerk._receive(item, "25"))
        return items, clerk.diary


def in_thread(app: Flask, actor: Actor, items: Sequence[UUID], entries: int, seed: int) -> Diary:
    with app.app_context():
        return Clerk(actor, items, seed, twins=TWINS).work(entries)


def in_process(
    url: str, folder: Path, actor: Actor, items: Sequence[UUID], entries: int, seed: int
) -> tuple[Diary, float]:
    """The diary, and how many seconds the work took once the program had started."""
    app = application(url, folder / str(seed))
    began = time.monotonic()
    try:
        return in_thread(app, actor, items, entries, seed), time.monotonic() - began
    finally:
        dispose(app)


def deadlocks() -> int:
    query = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    with db.engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


@pytest.mark.heavy
@on_postgresql_only
def test_sixteen_people_write_into_the_same_items(
    fresh_app: Flask, owner: Actor, opening: tuple[list[UUID], Diary]
) -> None:
    items, first = opening
    began = time.monotonic()
    with ThreadPoolExecutor(16) as threads:
        diaries = list(threads.map(partial(in_thread, fresh_app, owner, items, 14), range(1, 17)))
    assert time.monotonic() - began < SECONDS
    with fresh_app.app_context():
        assert_books_stand(owner, [first, *diaries])
        assert deadlocks() == 0
    assert_it_was_busy(diaries)


@pytest.mark.heavy
@on_sqlite_only
def test_four_processes_write_into_the_same_file(
    fresh_app: Flask, owner: Actor, opening: tuple[list[UUID], Diary], tmp_path: Path
) -> None:
    items, first = opening
    url = fresh_app.config["SQLALCHEMY_DATABASE_URI"]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["app.factory", "tests.races.clerks"])  # the program is loaded once, not four times
    with context.Pool(4) as processes:
        done = processes.map(partial(in_process, url, tmp_path, owner, items, 30), range(1, 5))
    diaries = [diary for diary, _ in done]
    assert max(seconds for _, seconds in done) < SECONDS
    with fresh_app.app_context():
        assert_books_stand(owner, [first, *diaries])
    assert_it_was_busy(diaries)


def assert_it_was_busy(diaries: Sequence[Diary]) -> None:
    """Every clerk wrote, and all heard of the twins: else the test would say little."""
    assert all(len(diary.postings) > 5 for diary in diaries)
    assert all(set(TWINS) <= set(diary.answers) for diary in diaries)
    assert any(diary.refusals for diary in diaries)
