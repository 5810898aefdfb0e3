"""Takes a batch back: cancelled before it is done, reversed after. Every lot returns as it was, at its cost."""

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.inventory.services import adjustment
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.database import execute
from app.production.models import Batch
from app.production.services import records, states
from app.production.services.records import BatchRecord, Header


def cancel(actor: Actor, batch_id: UUID, *, reason: str | None = None, dry_run: bool = False) -> BatchRecord:
    """Call off a batch that is planned or in progress; what was taken goes back. raises: NotFound, WrongState"""
    actor.require(Permission.BATCHES_CANCEL)
    header = records.lock(actor, batch_id, dry_run=dry_run)
    states.require(header.label, header.status, states.PLANNED, states.IN_PROGRESS)
    return _take_back(actor, header, states.CANCELLED, reason or f"{header.label} was cancelled", dry_run=dry_run)


def reverse(actor: Actor, batch_id: UUID, *, reason: str, dry_run: bool = False) -> BatchRecord:
    """Undo a batch that was completed, or given up by mistake: outputs out, inputs back, in one command.

    raises: NotFound, WrongState; CannotReverse `has_dependents` when some of the output was used
    """
    actor.require(Permission.BATCHES_REVERSE)
    header = records.lock(actor, batch_id, dry_run=dry_run)
    states.require(header.label, header.status, states.COMPLETED, states.FAILED)
    return _take_back(actor, header, states.REVERSED, reason, dry_run=dry_run)


def _take_back(actor: Actor, header: Header, status: str, reason: str, *, dry_run: bool) -> BatchRecord:
    before = records.read(actor, header.id)
    undone = adjustment.undo(actor, source=header.source, reason=reason, dry_run=dry_run)
    ended = replace(
        header,
        status=status,
        completed_at=header.completed_at or (None if dry_run else clock.now()),
        ended_reason=reason,
    )
    if not dry_run:
        _write(actor, ended)
        _record(actor, header, ended)
    rows = [line.row for line in before.lines], [extra.row for extra in before.extras]
    return records.compose(ended, *rows, [*before.entries, *(records.entry_of(posted) for posted in undone)])


def _record(actor: Actor, was: Header, ended: Header) -> None:
    """The audit log's event. After the ledger's head, so the last lock."""
    said = {"number": ended.label, "status": ended.status}
    before, subject = {"status": was.status}, Subject("batch", ended.id)
    audit.record(actor, f"batches.{ended.status}", subject, before=before, after=said, reason=ended.ended_reason)


def _write(actor: Actor, header: Header) -> None:
    execute(
        sa.update(Batch)
        .where(Batch.organization_id == actor.organization_id, Batch.id == header.id)
        .values(status=header.status, completed_at=header.completed_at, ended_reason=header.ended_reason)
    )
