"""Another organization does not exist, in any table; and the application's role can do nothing about it."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform import tenancy
from app.platform.database import Base, db, execute
from migrations import guards
from tests.databases import on_postgresql_only
from tests.ledger import raw
from tests.ledger.test_guards import EMPTY
from tests.ledger.workshop import Workshop, lot_of


class TestTenants:
    """Another organization does not exist, in any table."""

    @on_postgresql_only
    def test_with_another_organization_bound_no_table_shows_a_row(self, books: Workshop, stranger: Actor) -> None:
        theirs = Workshop(stranger)

        for table in raw.owned_tables():
            mine = sa.select(sa.func.count()).where(table.c.organization_id == books.actor.organization_id)
            assert theirs.look(lambda mine=mine: execute(mine).scalar_one()) == 0, table.name  # type: ignore[misc]

    @on_postgresql_only
    def test_with_none_bound_no_table_shows_a_row(self, books: Workshop) -> None:
        with db.engine.connect() as connection:
            for table in raw.owned_tables():
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0, table.name

    @on_postgresql_only
    def test_an_organization_that_was_bound_does_not_leak_into_the_next_transaction(self, books: Workshop) -> None:
        with db.engine.connect() as connection:
            for told in (True, False):
                with connection.begin():
                    if told:
                        tenancy._tell_database(connection, books.actor.organization_id)
                    seen = connection.execute(sa.text("SELECT count(*) FROM lots")).scalar_one()
                    assert (seen > 0) is told

    @on_postgresql_only
    @pytest.mark.parametrize("table", ["commands", "items", "lots", "stock_postings", "suppliers"])
    def test_nothing_is_inserted_for_another_organization(
        self, books: Workshop, stranger: Actor, table: str, database_url: str
    ) -> None:
        books.receive(books.item("Lye"), "1", supplier="Acme")
        with raw.as_owner(database_url) as owner:
            row = raw.row_of(owner, table, books.actor.organization_id)
        row |= {"id": ids.uuid7()} if "id" in row else {"key": "mine"}
        row |= dict.fromkeys(row.keys() & EMPTY, 0)

        with pytest.raises(DBAPIError, match="row-level security"):
            Workshop(stranger).look(lambda: execute(sa.insert(Base.metadata.tables[table]).values(row)))

    @pytest.mark.parametrize(
        ("table", "column"),
        [("lots", "item_id"), ("stock_balances", "item_id"), ("stock_movements", "posting_id"),
         ("stock_movements", "lot_id"), ("stock_movements", "reverses"), ("stock_postings", "reverses"),
         ("item_units", "item_id"), ("lot_changes", "lot_id"), ("posting_notes", "posting_id")],
    )  # fmt: skip
    def test_every_reference_carries_the_organization(self, database: Flask, table: str, column: str) -> None:
        inspector = sa.inspect(db.engine)

        (key,) = [key for key in inspector.get_foreign_keys(table) if column == key["constrained_columns"][-1]]

        assert key["constrained_columns"][0] == key["referred_columns"][0] == "organization_id"

    def test_a_lot_of_anothers_item_cannot_exist(self, books: Workshop, stranger: Actor, database_url: str) -> None:
        theirs = Workshop(stranger).item("Theirs")
        with raw.as_owner(database_url) as owner:
            if owner.dialect.name == "sqlite":
                owner.exec_driver_sql("PRAGMA foreign_keys = ON")
            row = raw.row_of(owner, "lots", books.actor.organization_id)
            row |= {**dict.fromkeys(EMPTY, 0), "id": ids.uuid7(), "item_id": theirs, "fifo_code_key": "another"}

            with pytest.raises(DBAPIError, match=r"foreign key|FOREIGN KEY"):
                owner.execute(sa.insert(Base.metadata.tables["lots"]).values(row))

    def test_anothers_lot_cannot_be_used_held_or_received_into(self, books: Workshop, stranger: Actor) -> None:
        theirs = Workshop(stranger)
        received = theirs.receive(theirs.item("Theirs"), "5")
        mine = books.item("Mine")
        books.receive(mine, "5")

        foreign = received.lines[0].item.id
        attempts: list[Callable[[], Any]] = [
            lambda: books.issue(mine, "1", lot_id=lot_of(received)),
            lambda: books.hold(received),
            lambda: books.reverse(received),
            lambda: books.issue(foreign, "1"),
            lambda: books.receive(foreign, "1"),
        ]
        for attempt in attempts:
            with pytest.raises(NotFound, match="does not exist"):
                attempt()
        assert theirs.stock(received.lines[0].item.id)[0] == "5"


@on_postgresql_only
def test_the_application_takes_a_role_that_no_policy_lets_through(database: Flask) -> None:
    with db.engine.connect() as connection:
        role = connection.execute(
            sa.text("SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = current_user")
        ).one()
        owns = connection.execute(
            sa.text(
                "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
            )
        ).scalar_one()

    assert tuple(role) == (guards.ROLE, False, False, False)
    assert owns == 0


@on_postgresql_only
def test_the_application_cannot_take_the_guards_off(database: Flask) -> None:
    for statement in (
        "ALTER TABLE stock_movements DISABLE TRIGGER ALL",
        "ALTER TABLE lots NO FORCE ROW LEVEL SECURITY",
        "DROP TRIGGER guard_lot ON lots",
        "SET session_replication_role = replica",
        "CREATE TABLE notes (id int)",
    ):
        with db.engine.connect() as connection, pytest.raises(DBAPIError) as refusal:
            connection.exec_driver_sql(statement)
        assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege), statement
