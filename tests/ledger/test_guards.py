"""The database keeps the books: whoever comes, and however, it refuses what is not a posting that adds up."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.inventory.services.adjustment import rows
from app.kernel import clock
from app.platform.database import Base, db, execute
from app.platform.types import Id
from migrations import guards
from tests.databases import on_postgresql_only, on_sqlite_only
from tests.ledger import raw
from tests.ledger.workshop import Workshop

REFUSED = (
    r"append-only|permission denied|answered once|never changes|movements|postings only|not rewritten|born|claim|begins"
)

EMPTY = ("remaining_quantity", "remaining_cost", "basis_quantity", "basis_cost", "version", "changes")


def tampering(table: str) -> str:
    """A harmless-looking change of one column."""
    column = {
        "commands": "answer = '{}'",
        "ledger_heads": "lock_token = 1",
        "lots": "remaining_cost = 0",
        "posting_notes": "note = 'dry sacks'",
        "stock_balances": "value = value + 1",
        "stock_movements": "cost = cost",
        "stock_postings": "late = late",
        "lot_changes": "number = number",
    }[table]
    return f"UPDATE {table} SET {column} WHERE organization_id = :o"


def refused(run: Callable[[str, dict[str, Any]], Any], statement: str, shop: Workshop) -> None:
    organization_id: Any = shop.actor.organization_id
    with pytest.raises(DBAPIError, match=REFUSED):
        run(statement, {"o": organization_id})


def as_application(shop: Workshop) -> Callable[[str, dict[str, Any]], Any]:
    """What the product's own connection may do."""

    def run(statement: str, said: dict[str, Any]) -> Any:
        return shop.look(lambda: execute(sa.text(statement).bindparams(sa.bindparam("o", type_=Id())), said))

    return run


def as_owner(url: str) -> Callable[[str, dict[str, Any]], Any]:
    """What the owner of the tables may do."""

    def run(statement: str, said: dict[str, Any]) -> Any:
        with raw.as_owner(url) as connection:
            return connection.execute(sa.text(statement).bindparams(sa.bindparam("o", type_=Id())), said)

    return run


class TestRewriting:
    """C40: nothing that was posted is changed, by the application's role or by the owner of the tables."""

    @pytest.mark.parametrize("table", raw.LEDGER)
    def test_the_application_cannot_change_it(self, books: Workshop, table: str) -> None:
        refused(as_application(books), tampering(table), books)

    @pytest.mark.parametrize("table", raw.LEDGER)
    def test_the_owner_cannot_change_it(self, books: Workshop, table: str, database_url: str) -> None:
        refused(as_owner(database_url), tampering(table), books)

    @pytest.mark.parametrize("table", raw.NEVER_DELETED)
    def test_the_application_cannot_delete_it(self, books: Workshop, table: str) -> None:
        refused(as_application(books), f"DELETE FROM {table} WHERE organization_id = :o", books)

    @pytest.mark.parametrize("table", raw.NEVER_DELETED)
    def test_the_owner_cannot_delete_it(self, books: Workshop, table: str, database_url: str) -> None:
        refused(as_owner(database_url), f"DELETE FROM {table} WHERE organization_id = :o", books)

    @on_postgresql_only
    @pytest.mark.parametrize("table", sorted({table for table, name in guards.TRIGGERS if name == "never_deleted"}))
    def test_nobody_can_empty_it(self, books: Workshop, table: str, database_url: str) -> None:
        for door in (db.engine.connect(), raw.as_owner(database_url)):
            with door as connection, pytest.raises(DBAPIError, match=REFUSED):
                connection.exec_driver_sql(f"TRUNCATE {table} CASCADE")

    @pytest.mark.parametrize(
        "change",
        ["fifo_code = 'X'", "received_on = '2020-01-01'", "initial_quantity = 9000000", "on_hold = NOT on_hold",
         "expires_on = '2020-01-01'", "supplier_lot = 'B'", "basis_cost = 1", "version = version + 1",
         "changes = changes + 1", "remaining_quantity = remaining_quantity - 1, version = version + 1"],
    )  # fmt: skip
    def test_a_lot_changes_by_movements_and_lot_changes_only(
        self, books: Workshop, change: str, database_url: str
    ) -> None:
        refused(as_owner(database_url), f"UPDATE lots SET {change} WHERE organization_id = :o", books)

    @pytest.mark.parametrize("change", ["sequence = sequence + 1", "hash = previous", "numbers = '{}'", "sequence = 0"])
    def test_the_head_moves_by_postings_only(self, books: Workshop, change: str, database_url: str) -> None:
        change = change.replace("previous", "(SELECT previous_hash FROM stock_postings LIMIT 1)")
        refused(as_owner(database_url), f"UPDATE ledger_heads SET {change} WHERE organization_id = :o", books)

    def test_notes_can_be_erased_whole(self, books: Workshop, database_url: str) -> None:
        texts = ("reason", "note", "recipient", "reference")
        for kept in texts:
            said = ", ".join(f"{text} = {chr(39) + chr(39) if text == kept else 'NULL'}" for text in texts)
            refused(as_owner(database_url), f"UPDATE posting_notes SET {said} WHERE organization_id = :o", books)

        erase = f"UPDATE posting_notes SET {', '.join(f'{text} = NULL' for text in texts)} WHERE organization_id = :o"
        as_owner(database_url)(erase, {"o": books.actor.organization_id})

    def test_a_commands_person_and_body_stay(self, books: Workshop, database_url: str) -> None:
        for change in ("person_id = organization_id", "body_hash = key", "status = 500"):
            column = change.replace("= key", "= (SELECT hash FROM ledger_heads LIMIT 1)")
            refused(as_owner(database_url), f"UPDATE commands SET {column} WHERE organization_id = :o", books)

    @on_sqlite_only
    @pytest.mark.parametrize("table", ["ledger_heads", "lots", "posting_notes", "stock_balances", "stock_movements"])
    def test_insert_or_replace_is_no_way_around(self, books: Workshop, table: str) -> None:
        columns = ", ".join(column.name for column in Base.metadata.tables[table].columns)

        refused(
            as_application(books),
            f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE organization_id = :o",
            books,
        )

    def test_the_stock_unit_is_fixed_at_the_first_movement(self, books: Workshop, database_url: str) -> None:
        for change, match in (("unit = 'g'", "stock unit is fixed"), ("tracked = NOT tracked", "stays tracked")):
            with pytest.raises(DBAPIError, match=match):
                as_owner(database_url)(
                    f"UPDATE items SET {change} WHERE organization_id = :o", {"o": books.actor.organization_id}
                )


def forge(monkeypatch: pytest.MonkeyPatch, shape: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Let the writer's rows of that shape go wrong before they are hashed and inserted."""
    true = getattr(rows, shape)

    def forged(*said: Any) -> Any:
        made = true(*said)
        for row in made if isinstance(made, list) else [made]:
            change(row)
        return made

    monkeypatch.setattr(rows, shape, forged)


def add(column: str, amount: int = 1) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.update({column: row[column] + amount})


class TestForging:
    """Whatever the services get wrong, a wrong claim is loud and writes nothing."""

    def post_and_fail(self, books: Workshop, match: str = r"claim|UNIQUE|unique") -> None:
        (item,) = {movement.item_id for movement in self.movements(books)}
        before = (books.lots(item), books.stock(item), len(self.movements(books)))

        with pytest.raises(DBAPIError, match=match):
            books.issue(item, "1")

        assert (books.lots(item), books.stock(item), len(self.movements(books))) == before

    @staticmethod
    def movements(books: Workshop) -> Any:
        table = Base.metadata.tables["stock_movements"]
        query = sa.select(table).where(table.c.organization_id == books.actor.organization_id)
        return books.look(lambda: execute(query).all())

    @pytest.mark.parametrize(
        "column",
        ["item_version", "item_on_hand_after", "item_value_after", "lot_version", "lot_quantity_after",
         "lot_cost_after", "quantity", "cost"],
    )  # fmt: skip
    @pytest.mark.parametrize("by", [-1, 1])
    def test_a_movement_that_does_not_add_up(
        self, books: Workshop, monkeypatch: pytest.MonkeyPatch, column: str, by: int
    ) -> None:
        forge(monkeypatch, "movements", add(column, by))

        self.post_and_fail(books)

    def test_a_movement_with_another_sign(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        def other_way(row: dict[str, Any]) -> None:
            row["quantity"], row["cost"] = -row["quantity"], -row["cost"]

        forge(monkeypatch, "movements", other_way)

        self.post_and_fail(books)

    def test_a_cost_against_its_quantity(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        def opposed(row: dict[str, Any]) -> None:
            wrong = -row["cost"] - row["cost"]
            row["cost"] = -row["cost"]
            row["item_value_after"] += wrong
            row["lot_cost_after"] += wrong

        forge(monkeypatch, "movements", opposed)

        self.post_and_fail(books, "signs|CHECK")

    def test_a_lot_taken_below_nothing(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        def more(row: dict[str, Any]) -> None:
            for column in ("quantity", "item_on_hand_after", "lot_quantity_after"):
                row[column] -= 10_000_000

        forge(monkeypatch, "movements", more)

        self.post_and_fail(books, r"remaining_quantity|on_hand|CHECK")

    def test_a_tracked_item_without_a_lot(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        def lotless(row: dict[str, Any]) -> None:
            row.update(lot_id=None, lot_version=None, lot_quantity_after=None, lot_cost_after=None)
            row["item_value_after"], row["item_on_hand_after"], row["cost"] = 3_000_000, 3_000_000, 0

        forge(monkeypatch, "movements", lotless)

        self.post_and_fail(books, "names no lot")

    @pytest.mark.parametrize("column", ["sequence", "number"])
    @pytest.mark.parametrize("by", [-1, 1])
    def test_a_gap_or_a_double(self, books: Workshop, monkeypatch: pytest.MonkeyPatch, column: str, by: int) -> None:
        forge(monkeypatch, "posting", add(column, by))

        self.post_and_fail(books, "claim|UNIQUE|unique")

    def test_a_posting_that_is_not_chained(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        forge(monkeypatch, "posting", lambda row: row.update(previous_hash=bytes(32)))

        self.post_and_fail(books)

    def test_a_posting_recorded_before_the_last(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        early = clock.now() - timedelta(days=1)
        forge(monkeypatch, "posting", lambda row: row.update(recorded_at=early))

        self.post_and_fail(books)

    @pytest.mark.parametrize("column", EMPTY)
    def test_a_lot_that_is_not_born_empty(self, shop: Workshop, monkeypatch: pytest.MonkeyPatch, column: str) -> None:
        oats = shop.item()
        forge(monkeypatch, "lots", lambda row: row.update({column: 1}))

        with pytest.raises(DBAPIError, match="born empty"):
            shop.receive(oats, "5")

    @pytest.mark.parametrize("column", ["initial_quantity", "initial_cost"])
    def test_a_lot_born_with_other_than_its_movement_brings(
        self, shop: Workshop, monkeypatch: pytest.MonkeyPatch, column: str
    ) -> None:
        oats = shop.item()
        forge(monkeypatch, "lots", add(column))

        with pytest.raises(DBAPIError, match="claim"):
            shop.receive(oats, "5")

    @pytest.mark.parametrize("by", [-1, 1])
    def test_a_change_of_a_lot_that_leaves_a_gap(
        self, books: Workshop, monkeypatch: pytest.MonkeyPatch, by: int
    ) -> None:
        received = books.receive(books.item("Flour"), "1")
        books.hold(received)
        forge(monkeypatch, "changes", add("number", by))

        with pytest.raises(DBAPIError, match=r"claim|UNIQUE|unique"):
            books.release(received)

    def test_a_reversal_of_more_than_is_left(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        used = books.issue(books.look(lambda: self.movements(books)[0].item_id), "1")

        def one_more(row: dict[str, Any]) -> None:
            for column in ("quantity", "item_on_hand_after", "lot_quantity_after"):
                row[column] += 1_000_000

        forge(monkeypatch, "movements", one_more)

        with pytest.raises(DBAPIError, match="reverses more than is left"):
            books.reverse(used)

    def test_a_reversal_of_another_postings_movement(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        item = self.movements(books)[0].item_id
        first, second = books.issue(item, "1"), books.issue(item, "1")
        forge(monkeypatch, "movements", lambda row: row.update(reverses=first.lines[0].id))

        with pytest.raises(DBAPIError, match="reverses more than is left"):
            books.reverse(second)

    def test_a_reversal_under_the_same_sign(self, books: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        item = self.movements(books)[0].item_id
        used = books.issue(item, "1")
        reverses = used.lines[0].id
        forge(monkeypatch, "movements", lambda row: row.update(reverses=reverses))
        forge(monkeypatch, "posting", lambda row: row.update(kind="reversal", reverses=used.id, number=1))

        with pytest.raises(DBAPIError, match="reverses more than is left"):
            books.issue(item, "1")


def test_the_storeroom_above_has_a_row_in_every_table_of_the_ledger(books: Workshop) -> None:
    for table in raw.LEDGER:
        assert books.look(partial(row_here, table, books))


def row_here(table: str, books: Workshop) -> dict[str, Any]:
    return raw.row_of(db.session.connection(), table, books.actor.organization_id)
