"""Reads the postings that are to be reversed, and how much of each movement is left. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.inventory.models import PostingNote, StockMovement, StockPosting
from app.inventory.models.kinds import number as short_number
from app.inventory.services.adjustment.posted import Source
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.database import execute
from app.platform.types import Micro

_Back = aliased(StockMovement, name="back")


@dataclass(frozen=True, slots=True)
class Original:
    """A posting that is to be reversed."""

    id: UUID
    kind: str
    number: str
    source: Source
    item_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OriginalLine:
    """One of its movements; `back` is what earlier reversals took, `asked` what this one takes."""

    id: UUID
    line: int
    item_id: UUID
    lot_id: UUID | None
    quantity: int
    cost: int
    back: int
    back_cost: int
    asked: int = 0

    @property
    def left(self) -> int:
        """How much is left to reverse."""
        return abs(self.quantity) - abs(self.back)

    @property
    def left_cost(self) -> int:
        """What that cost."""
        return abs(self.cost) - abs(self.back_cost)


def read(actor: Actor, posting_id: UUID) -> Original:
    """The posting.

    raises: NotFound
    """
    rows = execute(_BY_ID, {"o": actor.organization_id, "id": posting_id}).all()
    if not rows:
        raise NotFound("That posting does not exist.")
    return _grouped(rows)[0]


def of_source(actor: Actor, source: Source) -> list[Original]:
    """The postings of a document that have something left to reverse, the latest first."""
    return _grouped(execute(_OF_SOURCE, {"o": actor.organization_id, "type": source.type, "id": source.id}).all())


def written_with(actor: Actor, posting_id: UUID) -> list[Original]:
    """What was written by the command that wrote a posting and has something left to reverse, the latest first."""
    return _grouped(execute(_OF_COMMAND, {"o": actor.organization_id, "id": posting_id}).all())


def read_lines(actor: Actor, posting_id: UUID) -> dict[UUID, OriginalLine]:
    """The movements of a posting by id, in order, as they stand after its items were locked."""
    rows = execute(_LINES, {"o": actor.organization_id, "id": posting_id})
    return {row.id: OriginalLine(*tuple(row)) for row in rows}


def users_of(actor: Actor, lot_id: UUID) -> Sequence[Any]:
    """The postings that took from a lot and were not taken back, oldest first, with what they took and for whom."""
    return execute(_USERS, {"o": actor.organization_id, "lot": lot_id}).all()


def _grouped(rows: Sequence[Any]) -> list[Original]:
    found: dict[UUID, Original] = {}
    items: dict[UUID, list[UUID]] = {}
    for row in rows:
        items.setdefault(row.id, [])
        if row.item_id is not None:
            items[row.id].append(row.item_id)
        source = Source(row.source_type, row.source_id, row.source_label)
        found[row.id] = Original(row.id, row.kind, short_number(row.kind, row.number), source, tuple(items[row.id]))
    return list(found.values())


_SAME_POSTING = sa.and_(
    StockMovement.organization_id == StockPosting.organization_id, StockMovement.posting_id == StockPosting.id
)
_POSTINGS = sa.select(
    StockPosting.id,
    StockPosting.kind,
    StockPosting.number,
    StockPosting.source_type,
    StockPosting.source_id,
    StockPosting.source_label,
    StockMovement.item_id,
).where(StockPosting.organization_id == sa.bindparam("o"))
_BY_ID = _POSTINGS.outerjoin(StockMovement, _SAME_POSTING).where(StockPosting.id == sa.bindparam("id"))
_BACK_OF = sa.and_(_Back.organization_id == StockMovement.organization_id, _Back.reverses == StockMovement.id)
_TAKEN_BACK = sa.select(sa.func.coalesce(sa.func.sum(_Back.quantity), 0)).where(_BACK_OF).scalar_subquery()
_OF_SOURCE = (
    _POSTINGS.join(StockMovement, _SAME_POSTING)
    .where(
        StockPosting.source_type == sa.bindparam("type"),
        StockPosting.source_id == sa.bindparam("id"),
        StockPosting.kind != "reversal",
        sa.func.abs(StockMovement.quantity) > sa.func.abs(_TAKEN_BACK),
    )
    .order_by(StockPosting.sequence.desc(), StockMovement.line)
)
_One = aliased(StockPosting, name="one")
_MOST_TOGETHER = 1_000
_OF_COMMAND = (
    _POSTINGS.join(StockMovement, _SAME_POSTING)
    .join(
        _One,
        sa.and_(
            _One.organization_id == StockPosting.organization_id,
            _One.command_key == StockPosting.command_key,
            # One command's postings follow each other: so the ledger's own order finds them.
            StockPosting.sequence.between(_One.sequence - _MOST_TOGETHER, _One.sequence + _MOST_TOGETHER),
        ),
    )
    .where(
        _One.id == sa.bindparam("id"),
        StockPosting.kind != "reversal",
        sa.func.abs(StockMovement.quantity) > sa.func.abs(_TAKEN_BACK),
    )
    .order_by(StockPosting.sequence.desc(), StockMovement.line)
)
_LINES = (
    sa.select(
        StockMovement.id,
        StockMovement.line,
        StockMovement.item_id,
        StockMovement.lot_id,
        StockMovement.quantity,
        StockMovement.cost,
        sa.cast(sa.func.coalesce(sa.func.sum(_Back.quantity), 0), Micro).label("back"),
        sa.cast(sa.func.coalesce(sa.func.sum(_Back.cost), 0), Micro).label("back_cost"),
    )
    .outerjoin(_Back, _BACK_OF)
    .where(StockMovement.organization_id == sa.bindparam("o"), StockMovement.posting_id == sa.bindparam("id"))
    .group_by(
        StockMovement.id,
        StockMovement.line,
        StockMovement.item_id,
        StockMovement.lot_id,
        StockMovement.quantity,
        StockMovement.cost,
    )
    .order_by(StockMovement.line)
)
_USERS = (
    sa.select(
        StockPosting.id,
        StockPosting.kind,
        StockPosting.number,
        StockPosting.source_type,
        StockPosting.source_id,
        StockPosting.source_label,
        PostingNote.recipient,
        sa.cast(-StockMovement.quantity - _TAKEN_BACK, Micro).label("taken"),
    )
    .join(StockMovement, _SAME_POSTING)
    .outerjoin(
        PostingNote,
        sa.and_(PostingNote.organization_id == StockPosting.organization_id, PostingNote.posting_id == StockPosting.id),
    )
    .where(
        StockPosting.organization_id == sa.bindparam("o"),
        StockMovement.lot_id == sa.bindparam("lot"),
        StockMovement.quantity < 0,
        StockMovement.reverses.is_(None),
        -StockMovement.quantity > _TAKEN_BACK,
    )
    .order_by(StockPosting.sequence)
)
