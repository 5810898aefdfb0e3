"""Counting: the book follows the shelf. More than the book becomes a found lot, less leaves the oldest lots first."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import Lot
from app.inventory.models.kinds import Takes
from app.inventory.services import expiration, fifo
from app.inventory.services.adjustment import amounts, issues, ledger
from app.inventory.services.adjustment.draft import Draft, Line, NewLot, When, lines_of, when
from app.inventory.services.adjustment.posted import ItemFacts, Posted
from app.inventory.services.adjustment.receipts import LOT_PREFIX, in_line
from app.kernel import ids, numbers
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.numbers import Money, Quantity
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import execute


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted. `expected` is the book that the counter saw, in the same unit."""

    item_id: UUID
    counted: Quantity
    reason: str
    lot_id: UUID | None = None
    expected: Decimal | None = None
    unit_cost: Money | None = None  # of what was found, per unit as given


def count(actor: Actor, said: Count, *, dry_run: bool = False) -> Posted | None:
    """Bring the book to what was counted; None when it says so already.

    raises: Invalid (also `cost_required`), Conflict `stale_count` with `details.on_hand`, NotFound for a foreign lot
    """
    actor.require(Permission.INVENTORY_COUNT)
    times = when(actor)
    item = ledger.lock_items(actor, [said.item_id], dry_run=dry_run)[said.item_id]
    if not item.tracked:
        raise Invalid.field("item", "This item is not tracked, so there is nothing to count.")
    if said.counted.amount < 0:
        raise Invalid.field("counted", "Must not be less than zero.")
    counted = amounts.stock_quantity(actor, item, said.counted, field="counted")
    book = _book(actor, said, item)
    _refuse_stale(actor, said, item, book)
    if counted == book:
        return None
    lines = (
        _fewer(actor, said, item, book - counted, times)
        if counted < book
        else _more(actor, said, item, book, counted - book, times)
    )
    draft = Draft(
        kind="count", when=times, lines=lines, entered=amounts.entered(item, said.counted), reason=said.reason
    )
    return ledger.post(actor, draft, dry_run=dry_run)


def count_each(actor: Actor, counts: Sequence[Count]) -> list[Posted | None]:
    """A stocktake: every count of it, or none.

    raises: as `count`, each field named with its line: `lines.0.counted`
    """
    actor.require(Permission.INVENTORY_COUNT)
    # All items at once, in id order: the first posting locks the head, and nothing may be locked after that.
    ledger.lock_items(actor, [said.item_id for said in counts])
    posted = []
    for n, said in enumerate(counts):
        try:
            posted.append(count(actor, said))
        except (Invalid, Conflict) as error:
            error.errors = in_line(n, error)
            raise
    return posted


def _book(actor: Actor, said: Count, item: ItemFacts) -> int:
    if said.lot_id is None:
        return item.on_hand
    issues.refuse_foreign_lot(actor, item, said.lot_id)
    return fifo.read_lots(actor, [said.lot_id])[said.lot_id].remaining_quantity


def _refuse_stale(actor: Actor, said: Count, item: ItemFacts, book: int) -> None:
    if said.expected is None:
        return
    expected = amounts.stock_quantity(actor, item, Quantity(said.expected, said.counted.unit), field="expected")
    if expected != book:
        raise Conflict(
            phrase(
                "The book has changed since you counted: it says %(plain)s %(unit)s now.",
                plain=numbers.plain(book),
                unit=item.unit,
            ),
            code="stale_count",
            on_hand=numbers.plain(book),
        )


def _fewer(actor: Actor, said: Count, item: ItemFacts, missing: int, times: When) -> tuple[Line, ...]:
    plan = issues.take(actor, item, missing, takes=Takes.ALL, times=times, lot_id=said.lot_id)
    return lines_of(item, plan.draws)


def _more(actor: Actor, said: Count, item: ItemFacts, book: int, found: int, times: When) -> tuple[Line, ...]:
    lot = NewLot(
        id=ids.uuid7(),
        fifo_code=LOT_PREFIX + ids.code(),
        received_on=times.business_date,
        expires_on=expiration.expiry_for(
            perishable=item.perishable,
            shelf_life_days=item.shelf_life_days,
            received_on=times.business_date,
            said=None,
        ),
    )
    return (Line(item, found, _cost_of_found(actor, said, item, book, found), lot),)


def _cost_of_found(actor: Actor, said: Count, item: ItemFacts, book: int, found: int) -> int:
    """At the unit cost given, else at that of the item's newest lot.

    raises: Invalid, also for more than a total may be
    """
    if said.unit_cost is None:
        cost = round(_price_of_newest(actor, item) * found)
    elif said.unit_cost.amount < 0:
        raise Invalid.field("unit_cost", "Must not be less than zero.")
    else:
        cost = numbers.to_micro(Fraction(said.unit_cost.amount) * _found_as_counted(actor, said, item, book))
    if cost > numbers.TYPED_LIMIT:
        raise Invalid.field("unit_cost", "The total must not be more than 999,999,999.")
    return cost


def _found_as_counted(actor: Actor, said: Count, item: ItemFacts, book: int) -> Fraction:
    """How many more than the book were counted, in the unit of the counting: per that the cost was said. Exact."""
    in_one = amounts.stock_units_in_one(actor, item, said.counted.unit)
    return max(Fraction(said.counted.amount) - Fraction(book, numbers.MICRO) / in_one, Fraction(0))


def _price_of_newest(actor: Actor, item: ItemFacts) -> Fraction:
    newest = execute(_NEWEST, {"o": actor.organization_id, "i": item.id}).first()
    if newest is None:
        return Fraction(amounts.required(None))
    return Fraction(newest.initial_cost, newest.initial_quantity)


_NEWEST = (
    sa.select(Lot.initial_quantity, Lot.initial_cost)
    .where(Lot.organization_id == sa.bindparam("o"), Lot.item_id == sa.bindparam("i"))
    .order_by(Lot.received_on.desc(), Lot.sequence.desc(), Lot.line.desc())
    .limit(1)
)
