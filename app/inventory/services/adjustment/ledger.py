"""Writes the ledger: locks items, claims what each movement leaves, chains the hash, inserts. Decides nothing.

Lock order: command, document, items in id order, head. The head is the last lock of every command.
"""

import json
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import LedgerHead, Lot, LotChange, PostingNote, StockBalance, StockMovement, StockPosting
from app.inventory.services.adjustment import rows
from app.inventory.services.adjustment.claims import Claimed, claim
from app.inventory.services.adjustment.draft import Draft, NewLot
from app.inventory.services.adjustment.posted import ItemFacts, Posted, PostedLine
from app.inventory.services.chain import posting_hash
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.numbers import ROW_LIMIT
from app.platform.database import table
from app.platform.prepared import Prepared

BALANCE_LIMIT = 10**18


def lock_items(actor: Actor, item_ids: Iterable[UUID], *, dry_run: bool = False) -> dict[UUID, ItemFacts]:
    """Lock the balance rows of all items of a command, in one statement and in id order; a dry run only reads.

    raises: NotFound when one is not there
    """
    wanted = sorted(set(item_ids))
    statement = _READ_ITEMS if dry_run else _LOCK_ITEMS
    rows = statement.rows({"o": actor.organization_id, "ids": wanted}) if wanted else []
    if len(rows) < len(wanted):
        raise NotFound.field("item", "That item does not exist.")
    return {row.id: ItemFacts(*row) for row in rows}


_ITEMS = (
    sa.select(
        Item.id,
        Item.code,
        Item.name,
        Item.unit,
        Item.tracked,
        Item.perishable,
        Item.shelf_life_days,
        Item.archived_at.is_not(None).label("archived"),
        StockBalance.on_hand,
        StockBalance.value,
        StockBalance.version,
    )
    .join(Item, sa.and_(Item.organization_id == StockBalance.organization_id, Item.id == StockBalance.item_id))
    .select_from(StockBalance)
    .where(
        StockBalance.organization_id == sa.bindparam("o"),
        StockBalance.item_id.in_(sa.bindparam("ids", expanding=True)),
    )
    .order_by(StockBalance.item_id)
)
_READ_ITEMS = Prepared(_ITEMS)
# The item too: its unit may change until the first movement, and what is not locked is as it was before the wait.
_LOCK_ITEMS = Prepared(_ITEMS.with_for_update(of=[StockBalance, Item], key_share=True))


def post(actor: Actor, draft: Draft, *, dry_run: bool = False) -> Posted:
    """Write `draft` at the end of the organization's ledger, or show what that would give.

    raises: Invalid when a line or a balance would pass its limit
    """
    claimed = claim(draft.lines)
    _refuse_too_large(claimed)
    if dry_run:
        return _shown(actor, draft, claimed, None, [])
    place = _lock_head(actor, draft.kind)
    return _shown(actor, draft, claimed, place, _insert(actor, draft, claimed, place))


def _refuse_too_large(claimed: list[Claimed]) -> None:
    if any(abs(line.quantity) > ROW_LIMIT or abs(line.cost) > ROW_LIMIT for line in claimed):
        raise Invalid.field("quantity", "That is more than one lot can hold.")
    if any(line.item_on_hand_after > BALANCE_LIMIT or line.item_value_after > BALANCE_LIMIT for line in claimed):
        raise Invalid.field("quantity", "That is more than one item can hold.")


def _lock_head(actor: Actor, kind: str) -> rows.Place:
    (head,) = _LOCK_HEAD.rows({"o": actor.organization_id})
    now = clock.now()
    return rows.Place(
        id=ids.uuid7(),
        count=json.loads(head.numbers).get(kind, 0) + 1,
        sequence=head.sequence + 1,
        recorded_at=now if head.recorded_at is None else max(now, head.recorded_at),
        previous_hash=bytes(head.hash),
    )


_LOCK_HEAD = Prepared(
    sa.select(LedgerHead.sequence, LedgerHead.hash, LedgerHead.recorded_at, LedgerHead.numbers)
    .where(LedgerHead.organization_id == sa.bindparam("o"))
    .with_for_update(key_share=True)
)


def _insert(actor: Actor, draft: Draft, claimed: list[Claimed], place: rows.Place) -> list[UUID]:
    """Posting, notes, lots, movements, changes: set-wise, in the order that foreign keys ask for."""
    note = rows.note(actor, draft, place)
    posting = rows.posting(actor, draft, place, note)
    lots = rows.lots(actor, draft, claimed, place)
    movements = rows.movements(actor, claimed, place)
    changes = rows.changes(actor, draft, place)
    posting["hash"] = posting_hash(posting, lots, movements, changes)
    _INSERT[StockPosting].write(posting)
    for model, written in (
        (PostingNote, [note] if note else []),
        (Lot, lots),
        (StockMovement, movements),
        (LotChange, changes),
    ):
        if written:
            _INSERT[model].write_each(written)
    return [row["id"] for row in movements]


_INSERT = {
    model: Prepared(sa.insert(table(model)).values({column.key: sa.bindparam(column.key) for column in table(model).c}))
    for model in (StockPosting, PostingNote, Lot, StockMovement, LotChange)
}


def _shown(
    actor: Actor, draft: Draft, claimed: list[Claimed], place: rows.Place | None, movement_ids: list[UUID]
) -> Posted:
    return Posted(
        id=place.id if place else None,
        kind=draft.kind,
        count=place.count if place else None,
        occurred_at=draft.when.occurred_at or (place.recorded_at if place else None),
        business_date=draft.when.business_date,
        recorded_at=place.recorded_at if place else None,
        late=draft.when.late,
        actor_id=actor.person_id,
        actor_name=actor.person_name,
        entry_point=actor.entry_point,
        source=draft.source,
        reverses=draft.reverses,
        entered=draft.entered,
        reason=draft.reason,
        note=draft.note,
        recipient=draft.recipient,
        reference=draft.reference,
        lines=tuple(_shown_line(line, movement_ids[n] if place else None) for n, line in enumerate(claimed)),
    )


def _shown_line(line: Claimed, movement_id: UUID | None) -> PostedLine:
    born = movement_id is None and isinstance(line.lot, NewLot)  # in a dry run: a lot that only a write would make
    has_code = not born or (isinstance(line.lot, NewLot) and line.lot.code_is_said)
    return PostedLine(
        id=movement_id,
        line=line.line,
        item=line.item,
        lot_id=line.lot.id if line.lot and not born else None,
        fifo_code=line.lot.fifo_code if line.lot and has_code else None,
        quantity=line.quantity,
        cost=line.cost,
        lot_quantity_after=line.lot_quantity_after,
        lot_cost_after=line.lot_cost_after,
        pinned=line.pinned,
        reverses=line.reverses,
        left_to_reverse=0 if line.reverses else abs(line.quantity),
    )
