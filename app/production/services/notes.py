"""Notes made while a batch is made. They stand in the organization's chain of events: nobody can change them later."""

from uuid import UUID

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.production.services import records

ACTION = "batches.noted"


def write(actor: Actor, batch_id: UUID, *, text: str) -> None:
    """Put a note into the batch's record, whatever its state. raises: NotFound"""
    actor.require(Permission.BATCHES_MAKE)
    header = records.lock(actor, batch_id)
    audit.record(actor, ACTION, Subject("batch", header.id), after={"number": header.label}, reason=text)
