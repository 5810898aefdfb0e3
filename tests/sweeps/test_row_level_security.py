"""Row-level security alone: raw SQL as the application's role, on every owned table that the metadata knows.

With another organization told, or none, no row shows; nothing can be inserted for another, nor moved to it. No service,
guard or scope stands in between here.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from app.identity.models import OwnRole
from app.identity.services import audit
from app.identity.services.audit import By, Subject
from app.kernel import clock, ids
from app.platform import commands, tenancy
from app.platform.database import APPLICATION_ROLE, db
from app.subscriptions.models import PlanArchive
from app.subscriptions.services import plans
from tests.databases import on_postgresql_only
from tests.inventory.storeroom import ok
from tests.ledger import raw
from tests.sweeps import belongings
from tests.sweeps.belongings import Belongings

pytestmark = [on_postgresql_only, pytest.mark.heavy]
_REFUSED = ("42501", "23")  # no right, or a policy; a trigger or constraint that stood before it


@dataclass(frozen=True, slots=True)
class Houses:
    """Two furnished organizations, and the database's address."""

    mine: UUID
    theirs: UUID
    address: str


@pytest.fixture
def houses(fresh_app: Flask) -> Houses:
    mine, theirs = (belongings.furnish(name) for name in ("mine", "theirs"))
    for house in (mine, theirs):
        _furnish_more(fresh_app, house)
    return Houses(mine.facts.id, theirs.facts.id, raw.address(fresh_app.config["SQLALCHEMY_DATABASE_URI"]))


def test_with_another_or_no_organization_told_no_table_shows_a_row(houses: Houses) -> None:
    with _application(houses.address) as connection:
        own = {table: _count(connection, table, houses.mine, houses.mine) for table in _tables()}
        others = {table: _count(connection, table, houses.mine, houses.theirs) for table in _tables()}
        none = {table: _count(connection, table, None, None) for table in _tables()}

    assert [table for table, rows in own.items() if rows == 0] == [], "tables without a row prove nothing"
    assert {table: rows for table, rows in others.items() if rows} == {}
    assert {table: rows for table, rows in none.items() if rows} == {}


def test_told_something_that_is_no_organization_nothing_shows(houses: Houses) -> None:
    with _application(houses.address) as connection:
        for said in ("", ids.uuid7()):
            with connection.transaction():
                _tell(connection, said)
                assert [table for table in _tables() if _rows(connection, table)] == []


def test_nothing_is_inserted_for_another_organization(houses: Houses) -> None:
    refused: dict[str, str] = {}
    with psycopg.connect(houses.address) as owner, _application(houses.address) as connection:
        for table in _tables():
            row = _row(owner, table, houses.theirs)
            refused[table] = _try(connection, houses.mine, _insert(table, row), list(row.values()))

    assert {table: state for table, state in refused.items() if not state.startswith(_REFUSED)} == {}
    assert sum(state == "42501" for state in refused.values()) > len(refused) // 2


def test_a_row_of_ones_own_is_inserted_where_that_is_allowed(houses: Houses) -> None:
    """The control: it is the policy that refuses, not the way of asking."""
    with psycopg.connect(houses.address) as owner, _application(houses.address) as connection:
        row = {**_row(owner, "suppliers", houses.mine), "id": ids.uuid7(), "name_key": "another mill"}

        assert _try(connection, houses.mine, _insert("suppliers", row), list(row.values())) == ""


def test_nothing_of_anothers_is_deleted(houses: Houses) -> None:
    with _application(houses.address) as connection:
        gone = {table: _deleted(connection, table, houses.mine, houses.theirs) for table in _tables()}

    assert {table: rows for table, rows in gone.items() if rows} == {}


def _furnish_more(app: Flask, its: Belongings) -> None:
    """What belongings leave out, so that every table has a row."""
    house = its.facts
    ok(its.shop.api.put(f"/lots/{its.one('lot')}/hold", {"reason": "a look"}), 200)
    ok(its.shop.api.delete(f"/lots/{its.one('lot')}/hold", {"reason": "it is well"}), 200)
    extra = {"item": its.one("item"), "quantity": "1", "reason": "spilled"}
    ok(its.shop.api.post(f"/batches/{its.one('batch in progress')}/extras", {"lines": [extra]}), 200)
    with app.app_context(), commands.transaction():
        tenancy.bind(house.id)
        now, mine = clock.now(), {"organization_id": house.id}
        plans.begin(house.id)
        db.session.add(PlanArchive(**mine, thing_kind="recipes", thing_id=ids.uuid7(), archived_at=now))
        db.session.add(OwnRole(**mine, name="Packer", name_key="packer", permissions="batches.view", created_at=now))
        audit.record(By(house.id, "cli"), "plan.changed", Subject("plan", house.id))


def _tables() -> list[str]:
    found = [table.name for table in raw.owned_tables()]
    assert len(found) > 20
    return found


class _Application:
    """A raw connection that wears the application's role."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APPLICATION_ROLE)))

    def __enter__(self) -> psycopg.Connection:
        return self._connection

    def __exit__(self, *_error: object) -> None:
        self._connection.close()


def _application(address: str) -> _Application:
    return _Application(address)


def _tell(connection: psycopg.Connection, organization: UUID | str | None) -> None:
    if organization is not None:
        connection.execute(f"SET LOCAL app.organization_id = '{organization}'".encode())


def _count(connection: psycopg.Connection, table: str, told: UUID | None, whose: UUID | None) -> int:
    """Rows of `whose` (None: of anybody) that show when `told` was told."""
    with connection.transaction():
        _tell(connection, told)
        if whose is None:
            return _rows(connection, table)
        query = sql.SQL("SELECT count(*) FROM {} WHERE organization_id = %s").format(sql.Identifier(table))
        return int(connection.execute(query, [whose]).fetchall()[0][0])


def _deleted(connection: psycopg.Connection, table: str, told: UUID, whose: UUID) -> int:
    """How many rows went; none where the role may not delete at all."""
    statement = sql.SQL("DELETE FROM {} WHERE organization_id = %s").format(sql.Identifier(table))
    try:
        with connection.transaction(force_rollback=True):
            _tell(connection, told)
            return connection.execute(statement, [whose]).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0


def _rows(connection: psycopg.Connection, table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchall()
    return int(found[0][0])


def _row(owner: psycopg.Connection, table: str, organization: UUID) -> dict[str, Any]:
    """Some row, with an id that is free."""
    query = sql.SQL("SELECT * FROM {} WHERE organization_id = %s LIMIT 1").format(sql.Identifier(table))
    found = owner.execute(query, [organization])
    (values,) = found.fetchall()
    row = dict(zip([column.name for column in found.description or ()], values, strict=True))
    return {**row, **({"id": ids.uuid7()} if "id" in row else {})}


def _insert(table: str, row: dict[str, Any]) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )


def _try(connection: psycopg.Connection, told: UUID, statement: sql.Composed, values: list[Any]) -> str:
    """The SQLSTATE with which it was refused; nothing where it was not. Leaves no trace."""
    try:
        with connection.transaction(force_rollback=True):
            _tell(connection, told)
            connection.execute(statement, values)
    except psycopg.Error as error:
        return error.sqlstate or "?"
    return ""
