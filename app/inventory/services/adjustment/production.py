"""Production's postings: materials go in together, one output comes out at what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.inventory.models.kinds import Takes
from app.inventory.services import expiration, fifo
from app.inventory.services.adjustment import ledger
from app.inventory.services.adjustment.draft import Draft, Line, NewLot, When, lines_of, when
from app.inventory.services.adjustment.issues import take
from app.inventory.services.adjustment.posted import ItemFacts, Posted, Source
from app.inventory.services.adjustment.receipts import refuse_taken_code
from app.inventory.services.adjustment.shortages import InsufficientStock, Shortage, unusable
from app.inventory.services.fifo import Plan
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Need:
    """So much of one item, in millionths of its stock unit; `paths` say through which recipes."""

    item_id: UUID
    quantity: int
    paths: tuple[tuple[str, ...], ...] = ()


def consume(
    actor: Actor, *, needs: Sequence[Need], source: Source, reason: str | None = None, dry_run: bool = False
) -> Posted:
    """Take all of `needs` in one posting, or nothing. An item on two lines needs the sum of both.

    raises: InsufficientStock, naming every shortage at once
    """
    actor.require(Permission.BATCHES_MAKE)
    times = when(actor)
    wanted = together(needs)
    items = ledger.lock_items(actor, wanted, dry_run=dry_run)
    plans = plan_all(actor, items, wanted, on=times.business_date)
    short = shortages(actor, items, wanted, plans, needs=needs, on=times.business_date)
    if short:
        raise InsufficientStock(short)
    lines = _lines(items, wanted, plans)
    draft = Draft(kind="production_use", when=times, lines=lines, source=source, reason=reason)
    return ledger.post(actor, draft, dry_run=dry_run)


def consume_from(
    actor: Actor, *, need: Need, lot_id: UUID, source: Source, reason: str, dry_run: bool = False
) -> Posted:
    """Take one need from the lot that somebody holds in the hand, and from no other.

    raises: NotFound for a lot of another item, InsufficientStock
    """
    actor.require(Permission.BATCHES_MAKE)
    times = when(actor)
    item = ledger.lock_items(actor, [need.item_id], dry_run=dry_run)[need.item_id]
    plan = take(actor, item, need.quantity, takes=Takes.USABLE, times=times, lot_id=lot_id)
    draft = Draft(kind="production_use", when=times, lines=lines_of(item, plan.draws), source=source, reason=reason)
    return ledger.post(actor, draft, dry_run=dry_run)


def together(needs: Sequence[Need]) -> dict[UUID, int]:
    """What each item is needed for in all, in the order first named."""
    wanted: dict[UUID, int] = {}
    for need in needs:
        wanted[need.item_id] = wanted.get(need.item_id, 0) + need.quantity
    return wanted


def plan_all(actor: Actor, items: dict[UUID, ItemFacts], wanted: dict[UUID, int], *, on: date) -> dict[UUID, Plan]:
    """FIFO for every tracked item of a list, from one reading of their queues."""
    tracked = {item_id: quantity for item_id, quantity in wanted.items() if items[item_id].tracked}
    return fifo.choose(actor, tracked, takes=Takes.USABLE, on=on) if tracked else {}


def shortages(
    actor: Actor,
    items: dict[UUID, ItemFacts],
    wanted: dict[UUID, int],
    plans: dict[UUID, Plan],
    *,
    needs: Sequence[Need],
    on: date,
) -> list[Shortage]:
    """Everything that is short, in the order it was asked for."""
    short = [item_id for item_id in wanted if item_id in plans and plans[item_id].shortfall]
    if not short:
        return []
    lying_there = unusable(actor, short, on=on)
    return [
        Shortage(
            items[item_id],
            needed=wanted[item_id],
            available=plans[item_id].quantity,
            expired=lying_there.get(item_id, (0, 0))[0],
            on_hold=lying_there.get(item_id, (0, 0))[1],
            paths=tuple(path for need in needs if need.item_id == item_id for path in need.paths),
        )
        for item_id in short
    ]


def available(actor: Actor, items: dict[UUID, ItemFacts], *, on: date) -> dict[UUID, int]:
    """On hand, less what is expired or on hold, of each tracked item."""
    lying_there = unusable(actor, items, on=on)
    return {
        item_id: item.on_hand - sum(lying_there.get(item_id, (0, 0))) for item_id, item in items.items() if item.tracked
    }


def _lines(items: dict[UUID, ItemFacts], wanted: dict[UUID, int], plans: dict[UUID, Plan]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for item_id, quantity in wanted.items():
        if item_id in plans:
            lines += lines_of(items[item_id], plans[item_id].draws)
        elif quantity:
            lines.append(Line(items[item_id], -quantity, 0, None))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Output:
    """What was made, in millionths of the item's stock unit, at what everything cost."""

    item_id: UUID
    quantity: int
    cost: int
    fifo_code: str
    expires_on: date | None = None


def produce(actor: Actor, made: Output, *, source: Source, dry_run: bool = False) -> Posted:
    """Post an output: one new lot at the cost of what went in. An untracked output is recorded without a lot.

    raises: Conflict `already_exists` for a taken lot code
    """
    actor.require(Permission.BATCHES_MAKE)
    times = when(actor)
    item = ledger.lock_items(actor, [made.item_id], dry_run=dry_run)[made.item_id]
    refuse_taken_code(actor, made.fifo_code)
    line = (
        Line(item, made.quantity, made.cost, _output_lot(made, item, times, source))
        if item.tracked
        else Line(item, made.quantity, 0, None)
    )
    return ledger.post(actor, Draft(kind="production", when=times, lines=(line,), source=source), dry_run=dry_run)


def _output_lot(made: Output, item: ItemFacts, times: When, source: Source) -> NewLot:
    return NewLot(
        id=ids.uuid7(),
        fifo_code=made.fifo_code,
        received_on=times.business_date,
        expires_on=expiration.expiry_for(
            perishable=item.perishable,
            shelf_life_days=item.shelf_life_days,
            received_on=times.business_date,
            said=made.expires_on,
        ),
        source=source,
    )
