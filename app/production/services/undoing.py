"""Takes a batch back: cancelled before it is done, reversed after, or one step. Every lot returns as it was."""

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.inventory.services import adjustment
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.kernel.permissions import Permission
from app.platform.database import execute
from app.production.models import Batch, BatchLine
from app.production.services import records, states, ticks
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


class TakenOnTop(Conflict):
    """More was taken since it started: it can be cancelled, not put back to planned."""

    code = "taken_on_top"


_STEPS = {states.IN_PROGRESS: states.PLANNED, states.COMPLETED: states.IN_PROGRESS, states.FAILED: states.IN_PROGRESS}
_POSTED = {states.IN_PROGRESS: "production_use", states.COMPLETED: "production"}


def step_back(actor: Actor, batch_id: UUID) -> Header:
    """Undo the last step: a start (what was taken goes back), a finish (what came in goes out), a failure.

    raises: NotFound, WrongState, TakenOnTop; CannotReverse `has_dependents` when some of the output was used
    """
    actor.require(Permission.BATCHES_MAKE)
    header = records.lock(actor, batch_id)
    states.require(header.label, header.status, *_STEPS)
    back = replace(header, status=_STEPS[header.status], completed_at=None, ended_reason=None)
    if back.status == states.PLANNED:
        _forget_start(actor, header)
    kind = _POSTED.get(header.status)
    if kind:
        adjustment.undo(actor, source=header.source, reason="undone", kind=kind)
    _write_back(actor, back)
    _record(actor, header, back, action="batches.reopened")
    return back


def _forget_start(actor: Actor, header: Header) -> None:
    if records.extras(actor, [header.id]).get(header.id):
        raise TakenOnTop("More was taken since it started: cancel it instead.")
    ticks.undo(actor, header.id)
    asked = {"o": actor.organization_id, "batch": header.id}
    execute(_NOTHING_SKIPPED, asked)


_NOTHING_SKIPPED = (
    sa.update(BatchLine)
    .where(BatchLine.organization_id == sa.bindparam("o"), BatchLine.batch_id == sa.bindparam("batch"))
    .values(skipped=False)
)


def _write_back(actor: Actor, back: Header) -> None:
    """As if the last step had never been; the ledger and the audit log keep that it was."""
    started = {"started_at": None} if back.status == states.PLANNED else {}
    ended = ("completed_at", "ended_reason", "loss_quantity", "loss_category", "loss_note", "variance_reason")
    execute(
        sa.update(Batch)
        .where(Batch.organization_id == actor.organization_id, Batch.id == back.id)
        .values(status=back.status, **dict.fromkeys(ended), **started)
    )


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


def _record(actor: Actor, was: Header, ended: Header, *, action: str | None = None) -> None:
    """The audit log's event. After the ledger's head, so the last lock."""
    said = {"number": ended.label, "status": ended.status}
    before, subject = {"status": was.status}, Subject("batch", ended.id)
    done = action or f"batches.{ended.status}"
    audit.record(actor, done, subject, before=before, after=said, reason=ended.ended_reason)


def _write(actor: Actor, header: Header) -> None:
    execute(
        sa.update(Batch)
        .where(Batch.organization_id == actor.organization_id, Batch.id == header.id)
        .values(status=header.status, completed_at=header.completed_at, ended_reason=header.ended_reason)
    )
