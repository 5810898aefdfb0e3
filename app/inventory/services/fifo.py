"""The authority on FIFO: which lots are taken, in which order, and what they cost. Never writes anything.

Order: received date, then the posting that made the lot, then its line. Check and do are one calculation: stock
checks, previews and the ledger's writer all come through `choose` and `plan`.
source: docs/domain/ledger.md, "Which lots"
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import Lot, StockMovement, StockPosting
from app.inventory.models.kinds import Takes
from app.inventory.services import expiration
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.prepared import Prepared
from app.platform.types import Day, Micro

FIRST_PAGE, NEXT_PAGE = 16, 1000
_WHOLE_QUEUE = 10**30  # more than any balance holds


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A lot as the planner sees it. Quantities and costs in millionths."""

    id: UUID
    item_id: UUID
    fifo_code: str
    received_on: date
    sequence: int
    line: int
    expires_on: date | None
    on_hold: bool
    remaining_quantity: int
    remaining_cost: int
    basis_quantity: int
    basis_cost: int
    version: int
    limit: int | None = None  # of a late use: what the lot never fell below since that day

    @property
    def order(self) -> tuple[date, int, int]:
        """Its place in the queue."""
        return (self.received_on, self.sequence, self.line)

    @property
    def takeable(self) -> int:
        """How much of it may be taken."""
        return self.remaining_quantity if self.limit is None else max(0, min(self.limit, self.remaining_quantity))


@dataclass(frozen=True, slots=True)
class Draw:
    """What is taken from one lot; both amounts above zero (the cost may be zero)."""

    lot: OpenLot
    quantity: int
    cost: int
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Draws in the order taken, and how much is missing."""

    draws: tuple[Draw, ...]
    shortfall: int

    @property
    def quantity(self) -> int:
        """What the draws come to."""
        return sum(draw.quantity for draw in self.draws)

    @property
    def cost(self) -> int:
        """What the draws cost."""
        return sum(draw.cost for draw in self.draws)


def cost_of_piece(*, basis_quantity: int, basis_cost: int, quantity: int, cost: int, taken: int) -> int:
    """What `taken` of (`quantity`, `cost`) costs: the last piece takes the rest, so nothing is ever lost.

    basis: what the lot held after the last movement that added to it. Part of a receipt taken back may leave a lot a
           few millionths below its basis: then a piece costs nothing rather than less
    source: docs/domain/ledger.md, "Cost of a piece"
    """
    if taken == quantity:
        return cost
    return max(0, cost - basis_cost * (quantity - taken) // basis_quantity)


def plan(lots: Iterable[OpenLot], needed: int) -> Plan:
    """Take from `lots`, oldest first, until `needed` (millionths of the stock unit) is covered.

    lots:    in any order; only such as may be taken
    returns: draws whose amounts and shortfall sum to `needed` exactly
    """
    draws: list[Draw] = []
    left = needed
    for lot in sorted(lots, key=lambda lot: lot.order):
        taken = min(lot.takeable, left)
        if taken > 0:
            draws.append(Draw(lot, taken, _cost(lot, taken)))
            left -= taken
    return Plan(tuple(draws), left)


def _cost(lot: OpenLot, taken: int) -> int:
    return cost_of_piece(
        basis_quantity=lot.basis_quantity,
        basis_cost=lot.basis_cost,
        quantity=lot.remaining_quantity,
        cost=lot.remaining_cost,
        taken=taken,
    )


def choose(actor: Actor, needs: Mapping[UUID, int], *, takes: Takes, on: date, late: bool = False) -> dict[UUID, Plan]:
    """Read the queues of the needed items, afresh, and plan each.

    needs: millionths of the stock unit by item
    on:    the business date of use
    late:  that date is past; then a lot gives only what it never fell below since
    """
    if late:
        lots = _limited(actor, _read_queues(actor, dict.fromkeys(needs, _WHOLE_QUEUE), takes=takes, on=on), on)
    else:
        lots = _read_queues(actor, needs, takes=takes, on=on)
    return {item_id: plan(lots[item_id], needed) for item_id, needed in needs.items()}


def choose_each(actor: Actor, needs: Sequence[Mapping[UUID, int]], *, on: date) -> list[dict[UUID, Plan]]:
    """Plan several lists of needs from one reading of what may be used, each as if it were the only one."""
    lots: _Queues = {item_id: [] for wanted in needs for item_id in wanted}
    for row in execute(_USABLE, {"o": actor.organization_id, "ids": sorted(lots), "d": on}):
        if row.received_on <= on:
            lots[row.item_id].append(OpenLot(*tuple(row)))
    return [{item_id: plan(lots[item_id], needed) for item_id, needed in wanted.items()} for wanted in needs]


def choose_from(actor: Actor, lot_id: UUID, needed: int, *, takes: Takes, on: date, late: bool = False) -> Plan:
    """Take from the named lot alone, never spilling over; `pinned` when it was not the next in order."""
    named = read_lots(actor, [lot_id])[lot_id]
    usable = [named] if _may_take(named, takes, on) else []
    queue = {named.item_id: usable}
    chosen = plan((_limited(actor, queue, on) if late else queue)[named.item_id], needed)
    first = _read_queues(actor, {named.item_id: 1}, takes=takes, on=on)[named.item_id][:1]
    pinned = bool(first) and first[0].id != lot_id
    return Plan(tuple(replace(draw, pinned=pinned) for draw in chosen.draws), chosen.shortfall)


def _may_take(lot: OpenLot, takes: Takes, on: date) -> bool:
    if lot.received_on > on:
        return False
    good = expiration.is_good(lot.expires_on, on)
    return {Takes.USABLE: good and not lot.on_hold, Takes.ALL: True, Takes.EXPIRED: not good}[takes]


_COLUMNS = tuple(getattr(Lot, name) for name in OpenLot.__dataclass_fields__ if name != "limit")
_Queues = dict[UUID, list[OpenLot]]


def _read_queues(actor: Actor, needs: Mapping[UUID, int], *, takes: Takes, on: date) -> _Queues:
    """The first lots of each queue in one statement; more of those whose need is not covered, page by page."""
    queues: _Queues = {item_id: [] for item_id in needs}
    waiting, limit = sorted(needs), FIRST_PAGE
    while waiting:
        statement = _queue_statement(len(waiting), takes, limit)
        found = dict.fromkeys(waiting, 0)
        for row in statement.rows(_asked(actor, queues, waiting, on)):
            if row.received_on <= on:  # not asked of the database: no lot is received after today
                queues[row.item_id].append(OpenLot(*row))
                found[row.item_id] += 1
        waiting = [i for i in waiting if found[i] == limit and _held(queues[i]) < needs[i]]
        limit = NEXT_PAGE
    return queues


def _held(lots: list[OpenLot]) -> int:
    return sum(lot.remaining_quantity for lot in lots)


def _asked(actor: Actor, queues: _Queues, waiting: list[UUID], on: date) -> dict[str, Any]:
    asked: dict[str, Any] = {"o": actor.organization_id, "d": on}
    for n, item_id in enumerate(waiting):
        asked[f"i{n}"] = item_id
        if queues[item_id]:
            asked[f"r{n}"], asked[f"s{n}"], asked[f"l{n}"] = queues[item_id][-1].order
    return asked


@lru_cache(maxsize=256)
def _queue_statement(items: int, takes: Takes, limit: int) -> Prepared:
    """A UNION ALL of limited selects, one per item, each in queue order."""
    parts = [_one_queue(n, takes, limit).subquery(f"q{n}") for n in range(items)]
    return Prepared(sa.union_all(*(sa.select(part) for part in parts)) if items > 1 else _one_queue(0, takes, limit))


def _one_queue(n: int, takes: Takes, limit: int) -> sa.Select[Any]:
    """One item's queue from its beginning, or from where the first page ended.

    What is the same in every call is written out: so PostgreSQL keeps one plan and uses the index of open lots.
    """
    on: sa.BindParameter[date] = sa.bindparam("d", type_=Day())
    place = sa.tuple_(Lot.received_on, Lot.sequence, Lot.line)
    after = sa.tuple_(
        sa.bindparam(f"r{n}", type_=Day()), sa.bindparam(f"s{n}", type_=Micro), sa.bindparam(f"l{n}", type_=Micro)
    )
    wanted = {
        Takes.USABLE: sa.and_(sa.not_(_HELD), expiration.good_on(on)),
        Takes.ALL: sa.true(),
        Takes.EXPIRED: sa.not_(expiration.good_on(on)),
    }[takes]
    return (
        sa.select(*_COLUMNS)
        .where(Lot.organization_id == sa.bindparam("o"), Lot.item_id == sa.bindparam(f"i{n}"))
        .where(
            Lot.remaining_quantity > sa.literal_column("0"), wanted, sa.true() if limit == FIRST_PAGE else place > after
        )
        .order_by(Lot.received_on, Lot.sequence, Lot.line)
        .limit(sa.literal_column(str(limit)))
    )


def read_lots(actor: Actor, lot_ids: Iterable[UUID]) -> dict[UUID, OpenLot]:
    """Lots as they are now, by id, whatever is left in them."""
    asked = {"o": actor.organization_id, "ids": sorted(set(lot_ids))}
    return {row.id: OpenLot(*row) for row in _BY_ID.rows(asked)}


_HELD = Lot.on_hold == sa.true()
_BY_ID = Prepared(
    sa.select(*_COLUMNS).where(
        Lot.organization_id == sa.bindparam("o"), Lot.id.in_(sa.bindparam("ids", expanding=True))
    )
)
_USABLE = sa.select(*_COLUMNS).where(
    Lot.organization_id == sa.bindparam("o"),
    Lot.item_id.in_(sa.bindparam("ids", expanding=True)),
    Lot.remaining_quantity > 0,
    sa.not_(_HELD),
    expiration.good_on(sa.bindparam("d", type_=Day())),
)


def _limited(actor: Actor, queues: _Queues, on: date) -> _Queues:
    """The same queues, each lot limited to what it never fell below from the end of `on` until now."""
    lot_ids = [lot.id for lots in queues.values() for lot in lots]
    later: dict[UUID, list[int]] = {}
    for row in execute(_MOVED_AFTER, {"o": actor.organization_id, "ids": lot_ids, "d": on}):
        later.setdefault(row.lot_id, []).append(int(row.moved))
    return {
        item_id: [replace(lot, limit=_lowest(lot.remaining_quantity, later.get(lot.id, []))) for lot in lots]
        for item_id, lots in queues.items()
    }


def _lowest(remaining: int, moved_backwards: list[int]) -> int:
    """The least a lot held, walking back from now through the sums of its later days."""
    lowest = held = remaining
    for moved in moved_backwards:
        held -= moved
        lowest = min(lowest, held)
    return lowest


_MOVED_AFTER = (
    sa.select(StockMovement.lot_id, StockPosting.business_date, sa.func.sum(StockMovement.quantity).label("moved"))
    .join(
        StockPosting,
        sa.and_(
            StockPosting.organization_id == StockMovement.organization_id, StockPosting.id == StockMovement.posting_id
        ),
    )
    .where(
        StockMovement.organization_id == sa.bindparam("o"),
        StockMovement.lot_id.in_(sa.bindparam("ids", expanding=True)),
        StockPosting.business_date > sa.bindparam("d", type_=Day()),
    )
    .group_by(StockMovement.lot_id, StockPosting.business_date)
    .order_by(StockMovement.lot_id, StockPosting.business_date.desc())
)
