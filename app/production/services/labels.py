"""What the label of a batch or of a lot says, and the paper that it is printed on."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import Lot
from app.inventory.queries import lots
from app.kernel import clock, numbers
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import codes
from app.platform.database import execute
from app.production.services import label_papers, label_sheet, qr, records
from app.production.services.label_layout import LabelText
from app.production.services.label_sheet import Print
from app.production.services.records import BatchRecord

_EACH = "each"


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What is known of the thing that gets a label.

    made_on, received_on: one of them, or neither for a batch that is not finished
    quantity:             what is in it, in millionths of `unit`; None where pieces are counted: each weighs something
                          that only its maker knows
    pieces:               how many labels it likely needs
    """

    name: str
    code: str
    address: str
    made_on: date | None
    received_on: date | None
    use_by: date | None
    quantity: int | None
    unit: str
    pieces: int


def of_batch(actor: Actor, batch_id: UUID) -> LabelFacts:
    """Made on: the day it was completed. Use by: what its lot says now. raises: NotFound"""
    actor.require(Permission.BATCHES_VIEW)
    return _of_record(actor, records.read(actor, batch_id))


def of_lot(actor: Actor, reference: str) -> LabelFacts:
    """The label of the lot with this id or code; of a lot that a batch made, the batch's. raises: NotFound"""
    actor.require(Permission.INVENTORY_VIEW)
    lot = lots.one(actor, reference)
    counted = lot.unit == _EACH
    return LabelFacts(
        name=lot.item_name,
        code=lot.fifo_code,
        address=codes.address(actor.organization_id, lot.id),
        made_on=lot.received_on if lot.source_type == "batch" else None,
        received_on=None if lot.source_type == "batch" else lot.received_on,
        use_by=lot.expires_on,
        quantity=None if counted else lot.initial_quantity,
        unit=lot.unit,
        pieces=_pieces(lot.remaining_quantity) if counted else 1,
    )


def pdf(actor: Actor, batch_id: UUID) -> bytes:
    """A whole A4 sheet of the batch's labels, dates as programs write them. raises: NotFound"""
    facts = of_batch(actor, batch_id)
    lines = (
        *((f"Made on {facts.made_on.isoformat()}",) if facts.made_on else ()),
        *((f"Use by {facts.use_by.isoformat()}",) if facts.use_by else ()),
    )
    paper = label_papers.PAPERS[label_papers.DEFAULT]
    return label_sheet.pdf(LabelText(facts.name, facts.code, facts.address, facts=lines), Print(paper, paper.places))


def svg(actor: Actor, batch_id: UUID) -> str:
    """The batch's QR code."""
    actor.require(Permission.BATCHES_VIEW)
    return qr.svg(codes.address(actor.organization_id, batch_id))


def _of_record(actor: Actor, record: BatchRecord) -> LabelFacts:
    header = record.header
    made_at = header.completed_at if record.outputs else None
    lot_id = next((output.lot_id for output in record.outputs), None)
    counted = header.output.unit == _EACH
    made = record.made if record.outputs else header.expected
    return LabelFacts(
        name=header.output.name,
        code=header.label,
        address=codes.address(actor.organization_id, header.id),
        made_on=clock.local_date(made_at, actor.zone) if made_at else None,
        received_on=None,
        use_by=_use_by(actor, lot_id) if lot_id else None,
        quantity=None,
        unit=header.output.unit,
        pieces=_pieces(made) if counted else 1,
    )


def _use_by(actor: Actor, lot_id: UUID) -> date | None:
    wanted = sa.select(Lot.expires_on).where(Lot.organization_id == actor.organization_id, Lot.id == lot_id)
    found: date | None = execute(wanted).scalar_one()
    return found


def _pieces(micro: int) -> int:
    return max(1, min(label_papers.MOST, micro // numbers.MICRO))
