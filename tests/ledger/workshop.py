"""A storeroom as tests speak of it: every entry goes through the real services, each in a command of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from app.catalog.services import items
from app.catalog.services.items import NewItem
from app.inventory.models import Lot, StockBalance
from app.inventory.services import adjustment, stock_check
from app.inventory.services.adjustment import Need, Output, Posted, ReversalLine, Source
from app.inventory.services.stock_check import StockCheck
from app.kernel import ids, numbers
from app.kernel.actor import Actor
from app.kernel.numbers import Money, Quantity
from app.platform import commands, tenancy
from app.platform.commands import Answer
from app.platform.database import db, execute

_T = TypeVar("_T")


def amount(text: str | int) -> Quantity:
    """`"3"` or `"500 g"`."""
    number, _, unit = str(text).partition(" ")
    return Quantity(Decimal(number), unit or None)


def micro(text: str | int) -> int:
    """Millionths."""
    return numbers.to_micro(Decimal(text))


def money(text: str | int | None) -> Money | None:
    """An amount of currency, or nothing said."""
    return None if text is None else Money(Decimal(text))


def at_noon(day: date) -> datetime:
    """That day's noon, UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def batch(label: str = "SOA-2026-001") -> Source:
    """A batch that is nowhere but here."""
    return Source("batch", ids.uuid7(), label)


@dataclass
class Workshop:
    """What one person does in one organization's storeroom. Amounts are text in the item's unit."""

    actor: Actor
    _names: list[str] = field(default_factory=list)

    def do(self, work: Callable[[], _T], *, key: str | None = None, body: Any = None) -> _T:
        """One command: all of `work` or nothing of it."""
        made: list[_T] = []

        def command() -> Answer:
            made.append(work())
            return Answer(200, {})

        tenancy.bind(self.actor.organization_id)
        commands.run(self.actor, key, body, command)
        return made[-1]

    def look(self, work: Callable[[], _T]) -> _T:
        """Read what is committed, and let go again."""
        db.session.rollback()
        tenancy.bind(self.actor.organization_id)
        try:
            return work()
        finally:
            db.session.rollback()

    def item(self, name: str = "Oats", unit: str = "kg", **said: Any) -> UUID:
        """A new thing to keep in stock."""
        self._names.append(name)
        called = name if self._names.count(name) == 1 else f"{name} {self._names.count(name)}"
        return self.do(lambda: items.create(self.actor, NewItem(called, "ingredient", unit, **said)).id)

    def receive(
        self, item: UUID, quantity: str | int, unit_cost: str | None = "1", *, total: str | None = None, **said: Any
    ) -> Posted:
        """Something comes in: one lot. `on` is the day it came."""
        said["received_on"] = said.pop("on", None)
        each = None if total is not None else money(unit_cost)
        receipt = adjustment.Receipt(item, amount(quantity), each, money(total), **said)
        return self.do(lambda: adjustment.receive(self.actor, receipt))

    def issue(
        self, item: UUID, quantity: str | int, kind: str = "use", *, on: date | None = None, **said: Any
    ) -> Posted:
        """Something leaves. `on` a day that is past makes it late."""
        issue = adjustment.Issue(item, amount(quantity), kind, occurred_at=at_noon(on) if on else None, **said)
        return self.do(lambda: adjustment.issue(self.actor, issue))

    def count(self, item: UUID, counted: str | int, **said: Any) -> Posted | None:
        """Somebody counted the shelf."""
        said.setdefault("reason", "counted")
        said["unit_cost"] = money(said.get("unit_cost"))
        return self.do(lambda: adjustment.count(self.actor, adjustment.Count(item, amount(counted), **said)))

    def consume(self, source: Source, **needs: Any) -> Posted:
        """Materials go into a batch: pass `needs=[(item, "3"), ...]`."""
        asked = [Need(item, micro(quantity)) for item, quantity in needs["needs"]]
        return self.do(lambda: adjustment.consume(self.actor, needs=asked, source=source))

    def produce(self, source: Source, item: UUID, quantity: str, cost: str, **said: Any) -> Posted:
        """A batch comes out as one lot."""
        made = Output(item, micro(quantity), micro(cost), said.pop("fifo_code", f"LOT-{ids.code()}"), **said)
        return self.do(lambda: adjustment.produce(self.actor, made, source=source))

    def undo(self, source: Source) -> list[Posted]:
        """A batch is taken back."""
        return self.do(lambda: adjustment.undo(self.actor, source=source, reason="undone"))

    def reverse(self, posted: Posted, *parts: tuple[int, str]) -> Posted:
        """Take a posting back: all that is left, or `(line, quantity)` of some movements."""
        assert posted.id
        lines: Sequence[ReversalLine] = [
            ReversalLine(line.id, amount(quantity)) for number, quantity in parts if (line := _line(posted, number)).id
        ]
        said = {"posting_id": posted.id, "reason": "a mistake", "lines": lines or None}
        return self.do(lambda: adjustment.reverse(self.actor, **said))  # type: ignore[arg-type]

    def hold(self, posted: Posted) -> Posted:
        """Set a received lot aside."""
        return self.do(lambda: adjustment.hold(self.actor, lot_id=lot_of(posted), reason="smells odd"))

    def release(self, posted: Posted) -> Posted:
        """Let it be used again."""
        return self.do(lambda: adjustment.release(self.actor, lot_id=lot_of(posted), reason="it is fine"))

    def check(self, *needs: tuple[UUID, str]) -> StockCheck:
        """Is there enough?"""
        asked = [Need(item, micro(quantity)) for item, quantity in needs]
        return self.look(lambda: stock_check.check(self.actor, asked))

    def lots(self, item: UUID) -> list[tuple[str, str]]:
        """(quantity, cost) left in each lot, in the order of the queue, empty ones too."""
        query = (
            sa.select(Lot.remaining_quantity, Lot.remaining_cost)
            .where(Lot.organization_id == self.actor.organization_id, Lot.item_id == item)
            .order_by(Lot.received_on, Lot.sequence, Lot.line)
        )
        rows = self.look(lambda: execute(query).all())
        return [(numbers.plain(row.remaining_quantity), numbers.plain(row.remaining_cost)) for row in rows]

    def stock(self, item: UUID) -> tuple[str, str]:
        """(on hand, value)."""
        query = sa.select(StockBalance.on_hand, StockBalance.value).where(
            StockBalance.organization_id == self.actor.organization_id, StockBalance.item_id == item
        )
        row = self.look(lambda: execute(query).one())
        return numbers.plain(row.on_hand), numbers.plain(row.value)


def _line(posted: Posted, number: int) -> Any:
    return next(line for line in posted.lines if line.line == number)


def lot_of(posted: Posted) -> UUID:
    """The lot that a receipt made."""
    lot_id = posted.lines[0].lot_id
    assert lot_id
    return lot_id


def taken(posted: Posted) -> list[tuple[str, str]]:
    """(quantity, cost) of each movement, without signs, in the order taken."""
    return [(numbers.plain(abs(line.quantity)), numbers.plain(abs(line.cost))) for line in posted.lines]


def cost_of(posted: Posted) -> str:
    """What a posting cost in all, without a sign."""
    return numbers.plain(abs(posted.total_cost))
