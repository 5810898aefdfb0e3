"""What a batch's label says, and where its QR code leads."""

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import Lot
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.database import execute
from app.production.services import label_sheet, qr, records
from app.production.services.label_sheet import LabelText
from app.production.services.records import BatchRecord

Address = Callable[[str], str]
"""Makes the whole URL of a token: only an entry point knows the host."""


def pdf(actor: Actor, batch_id: UUID, address: Address) -> bytes:
    """An A4 sheet of the batch's labels. raises: NotFound"""
    actor.require(Permission.BATCHES_VIEW)
    return label_sheet.sheet(text(actor, records.read(actor, batch_id), address))


def svg(actor: Actor, batch_id: UUID, address: Address) -> str:
    """The batch's QR code."""
    actor.require(Permission.BATCHES_VIEW)
    return qr.svg(address(qr.token(actor.organization_id, batch_id)))


def text(actor: Actor, record: BatchRecord, address: Address) -> LabelText:
    """Made on: the day it was completed. Use by: what its lot says now."""
    header = record.header
    made_at = header.completed_at if record.outputs else None
    lot_id = next((output.lot_id for output in record.outputs), None)
    use_by = None
    if lot_id is not None:
        wanted = sa.select(Lot.expires_on).where(Lot.organization_id == actor.organization_id, Lot.id == lot_id)
        use_by = execute(wanted).scalar_one()
    return LabelText(
        name=header.output.name,
        label=header.label,
        made_on=clock.local_date(made_at, actor.zone) if made_at else None,
        use_by=use_by,
        address=address(qr.token(actor.organization_id, header.id)),
    )
