"""The audit log's pages: the log itself, whether it is whole, and taking it away."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.forms.audit import AuditExportForm, AuditFilterForm
from app.identity.queries import audit as audit_queries
from app.identity.queries.audit import EventFilter, EventRow
from app.identity.services import audit
from app.identity.services.audit import Subject
from app.identity.views import audit_words
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform import commands, downloads
from app.platform.navigation import Way
from app.platform.web import current_actor, is_htmx, reauthenticated, requires

bp = Blueprint("audit", __name__, url_prefix="/o/<slug>/settings/audit", template_folder="../templates")

WAYS = (Way("Audit log", "history", "audit.log", Permission.AUDIT_VIEW, 60, place="settings", covers=("audit.proof",)),)

_PAGE = 50
_UNPROCESSABLE, _SEE_OTHER = 422, 303
_HEADER = (
    *("number", "at", "who", "what", "door", "address", "reason", "action", "subject_kind", "subject_id", "before"),
    *("after", "person_id", "developer_access_id", "hash"),
)


@bp.get("")
@requires(Permission.AUDIT_VIEW)
def log() -> ResponseReturnValue:
    """The log, filtered, newest first; to htmx its further rows."""
    actor = current_actor()
    form = AuditFilterForm(request.args)
    people = audit_queries.people(actor)
    form.offer(people, audit_words.AREAS)
    if form.person.data and form.person.data not in people:
        raise NotFound.field("person", "That person does not exist.")
    wanted = _wanted(form) if form.validate() else EventFilter()
    found = audit_queries.page(actor, wanted, limit=_PAGE, cursor=request.args.get("cursor"))
    asked = {name: value for name, value in request.args.items() if name != "cursor" and value}
    shown = {"found": found, "names": audit_queries.names(actor, found.rows), "asked": asked, "words": audit_words}
    if is_htmx():
        return render_template("identity/audit/_events.html", **shown)
    context = {"form": form, "export": AuditExportForm(), "head": audit_queries.head(actor), "proof": None}
    return render_template("identity/audit/log.html", **context, **shown), _UNPROCESSABLE if form.errors else 200


@bp.get("/proof")
@requires(Permission.AUDIT_VIEW)
def proof() -> ResponseReturnValue:
    """Whether the chain is whole: every hash worked out again."""
    actor = current_actor()
    found = audit_queries.proof(actor.organization_id)
    template = "identity/audit/_chain.html" if is_htmx() else "identity/audit/proof.html"
    return render_template(template, proof=found, head=audit_queries.head(actor))


@bp.post("/export")
@requires(Permission.DATA_EXPORT)
@reauthenticated
def export() -> ResponseReturnValue:
    """The whole log as a file; that it was taken stands in the log."""
    actor, form = current_actor(), AuditExportForm()
    if not form.validate() or not actor.may(Permission.AUDIT_VIEW):
        return redirect(url_for("audit.log"), _SEE_OTHER)
    kind = form.format.data
    with commands.transaction():
        audit.record(actor, "exports.audit", Subject("organization", actor.organization_id), after={"format": kind})
    name = f"audit-{g.slug}-{clock.local_date(clock.now(), actor.zone)}.{kind}"
    if kind == "csv":
        return downloads.sent(name, "text/csv", lambda file: downloads.write_csv(file, _HEADER, _rows(actor)))
    lines = audit_queries.exported(actor.organization_id)
    return downloads.sent(name, "application/jsonl", lambda file: downloads.write_lines(file, lines))


def _wanted(form: AuditFilterForm) -> EventFilter:
    return EventFilter(
        person_id=UUID(form.person.data) if form.person.data else None,
        area=form.area.data or None,
        since=form.since.value,
        until=form.until.value,
    )


def _rows(actor: Actor) -> Iterator[tuple[Any, ...]]:
    for events in audit_queries.whole(actor):
        yield from _named(actor, events)


def _named(actor: Actor, events: list[EventRow]) -> Iterator[tuple[Any, ...]]:
    names = audit_queries.names(actor, events)
    for event in events:
        yield (
            event.sequence,
            audit.plain(event.at),
            audit_words.who(event),
            audit_words.sentence(event, names),
            audit_words.DOORS.get(event.entry_point, event.entry_point),
            event.address,
            event.reason,
            event.action,
            event.subject_kind,
            event.subject_id,
            json.dumps(event.before, ensure_ascii=False) if event.before else None,
            json.dumps(event.after, ensure_ascii=False) if event.after else None,
            event.person_id,
            event.developer_access_id,
            event.hash,
        )
