"""A sample organization is erased whole, and nothing else ever is: by the service, and by raw SQL as anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.identity.queries import audit
from app.identity.services import erasing, organizations, roles
from app.inventory.services import proof
from app.kernel.errors import NotFound
from app.platform import commands, tenancy
from app.platform.database import Base, execute
from app.platform.types import Id
from migrations import guards
from tests.databases import on_postgresql_only, on_sqlite_only
from tests.ledger import raw
from tests.sweeps import belongings
from tests.sweeps.belongings import Belongings
from tests.sweeps.test_row_level_security import _furnish_more

REFUSED = r"append-only|permission denied|never changes|born|only a sample|answered once|row-level security"
TABLES = [table for table in Base.metadata.sorted_tables if "organization_id" in table.columns]


@contextmanager
def making_samples(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Organizations that are made meanwhile are samples, in which their owners may do everything."""
    with monkeypatch.context() as changed:
        changed.setattr(organizations, "create", partial(organizations.create, sample=True))
        changed.setattr(roles, "NOT_IN_SAMPLES", frozenset())
        yield


@pytest.fixture
def own(fresh_app: Flask) -> Belongings:
    """A real organization with a row in every table."""
    return _furnished(fresh_app, "own")


@pytest.fixture
def sample(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Belongings:
    """A sample with a row in every table."""
    with making_samples(monkeypatch):
        return _furnished(fresh_app, "sample")


@pytest.fixture
def erase(fresh_app: Flask) -> Any:
    def carried_out(organization_id: UUID) -> None:
        with fresh_app.app_context():
            commands.carry_out(lambda: erasing.erase(organization_id))

    return carried_out


def test_a_sample_leaves_no_row_and_others_keep_theirs(
    fresh_app: Flask, own: Belongings, sample: Belongings, erase: Any
) -> None:
    url = fresh_app.config["SQLALCHEMY_DATABASE_URI"]
    before = _rows(url, own.facts.id)
    held = {table: len(rows) for table, rows in _rows(url, sample.facts.id).items()}
    owned = {table.name for table in raw.owned_tables()}
    assert {table for table in owned if not held[table]} == set(), "tables without a row prove nothing"

    erase(sample.facts.id)

    assert {table: rows for table, rows in _rows(url, sample.facts.id).items() if rows} == {}
    assert _rows(url, own.facts.id) == before
    with raw.as_owner(url) as connection:
        organization = Base.metadata.tables["organizations"]
        assert connection.scalars(sa.select(organization.c.id)).all() == [own.facts.id]


def test_the_books_of_others_are_proved_afterwards(
    fresh_app: Flask, own: Belongings, sample: Belongings, erase: Any
) -> None:
    erase(sample.facts.id)

    with fresh_app.app_context():
        tenancy.bind(own.facts.id)
        assert proof.prove(own.facts.id).ok
        assert audit.proof(own.facts.id).ok


def test_a_real_organization_is_not_erased_by_the_service(fresh_app: Flask, own: Belongings, erase: Any) -> None:
    url = fresh_app.config["SQLALCHEMY_DATABASE_URI"]
    before = _rows(url, own.facts.id)

    with pytest.raises(NotFound):
        erase(own.facts.id)

    assert _rows(url, own.facts.id) == before


def test_a_real_organization_is_not_erased_by_raw_sql(fresh_app: Flask, own: Belongings) -> None:
    for statement in (
        "UPDATE organizations SET sample = NOT sample WHERE id = :o",
        "UPDATE organizations SET erasing_since = created_at WHERE id = :o",
        "UPDATE organizations SET erasing_since = created_at, sample = true WHERE id = :o",
        "DELETE FROM organizations WHERE id = :o",
        *_deletions(),
    ):
        refused(fresh_app, own.facts.id, statement)


@on_postgresql_only
def test_the_function_refuses_a_real_organization_and_a_sample_that_is_not_marked(
    fresh_app: Flask, own: Belongings, sample: Belongings
) -> None:
    for house in (own, sample):
        refused(fresh_app, house.facts.id, "SELECT erase_sample()")


@on_sqlite_only
def test_replacing_an_organization_makes_no_sample_of_it(fresh_app: Flask, own: Belongings) -> None:
    columns = [column.name for column in Base.metadata.tables["organizations"].columns]
    for born in ({"sample": "1"}, {"sample": "1", "erasing_since": "created_at"}):
        values = [born.get(name, name) for name in columns]
        refused(
            fresh_app,
            own.facts.id,
            f"INSERT OR REPLACE INTO organizations ({', '.join(columns)}) "
            f"SELECT {', '.join(values)} FROM organizations WHERE id = :o",
        )


def test_a_sample_keeps_its_rows_until_it_is_erased(fresh_app: Flask, sample: Belongings) -> None:
    for statement in ("DELETE FROM organizations WHERE id = :o", *_deletions()):
        refused(fresh_app, sample.facts.id, statement)


def test_no_row_goes_over_to_a_sample_to_be_erased_with_it(
    fresh_app: Flask, own: Belongings, sample: Belongings
) -> None:
    for table in ("batch_lines", "batches", "commands", "recipes"):
        said = f"UPDATE {table} SET organization_id = :s WHERE organization_id = :o"
        refused(fresh_app, own.facts.id, said, sample.facts.id)


def _deletions() -> list[str]:
    return [f"DELETE FROM {table} WHERE organization_id = :o" for table in guards.NEVER_DELETED]


def refused(app: Flask, organization_id: UUID, statement: str, sample_id: UUID | None = None) -> None:
    """Whoever says it: the application inside that organization, or the owner of the tables."""
    known = {"o": organization_id, "s": sample_id}
    said = {name: value for name, value in known.items() if f":{name}" in statement}
    typed = sa.text(statement).bindparams(*(sa.bindparam(name, type_=Id()) for name in said))
    with pytest.raises(DBAPIError, match=REFUSED):
        _as_application(app, organization_id, typed, said)
    with raw.as_owner(app.config["SQLALCHEMY_DATABASE_URI"]) as connection, pytest.raises(DBAPIError, match=REFUSED):
        connection.execute(typed, said)


def _as_application(app: Flask, organization_id: UUID, statement: sa.TextClause, said: dict[str, Any]) -> None:
    with app.app_context(), commands.transaction():
        tenancy.bind(organization_id)
        execute(statement, said)


def _furnished(app: Flask, canary: str) -> Belongings:
    its = belongings.furnish(canary)
    _furnish_more(app, its)
    return its


def _rows(url: str, organization_id: UUID) -> dict[str, list[Any]]:
    """Every row of the organization in every table, read past every policy."""
    with raw.as_owner(url) as connection:
        return {
            table.name: sorted(
                map(repr, connection.execute(sa.select(table).where(table.c.organization_id == organization_id)))
            )
            for table in TABLES
        }
