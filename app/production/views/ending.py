"""Ways in which a batch ends that nobody planned: it failed, it is called off, it is taken back. Each asks why.

What that does to the shelf is shown first; what cannot be done says so before it is tried.
"""

from collections.abc import Callable
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.web import current_actor, requires
from app.production.forms import CancelForm, ReasonForm
from app.production.services import finishing, records, undoing
from app.production.services.records import BatchRecord
from app.production.views.acting import act, back, moved, would
from app.production.views.batches import bp


@bp.route("/batches/<batch>/fail", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def fail(batch: str) -> ResponseReturnValue:
    """Give it up: what went in stays used."""
    form = ReasonForm()
    return act(
        batch,
        form,
        lambda actor, id_: finishing.fail(actor, id_, reason=form.reason.value),
        lambda record: moved(record, _("%(batch)s failed.", batch=record.header.label), undo=back(record)),
        part="reason",
        troubles=[],
    )


@bp.route("/batches/<batch>/cancel", methods=["GET", "POST"])
@requires(Permission.BATCHES_CANCEL)
def cancel(batch: str) -> ResponseReturnValue:
    """Call it off: what was taken goes back."""
    form = CancelForm()
    return act(
        batch,
        form,
        lambda actor, id_: undoing.cancel(actor, id_, reason=form.reason.value),
        lambda record: moved(record, _("%(batch)s is cancelled.", batch=record.header.label)),
        part="reason",
        troubles=_troubles(batch, lambda actor, id_: undoing.cancel(actor, id_, dry_run=True)),
    )


@bp.route("/batches/<batch>/reverse", methods=["GET", "POST"])
@requires(Permission.BATCHES_REVERSE)
def reverse(batch: str) -> ResponseReturnValue:
    """Take it back: outputs out, inputs back."""
    form = ReasonForm()
    return act(
        batch,
        form,
        lambda actor, id_: undoing.reverse(actor, id_, reason=form.reason.value),
        lambda record: moved(record, _("%(batch)s is taken back.", batch=record.header.label)),
        part="reason",
        troubles=_troubles(batch, lambda actor, id_: undoing.reverse(actor, id_, reason="–", dry_run=True)),
    )


def _troubles(batch: str, plan: Callable[[Actor, UUID], BatchRecord]) -> list[str]:
    """Why it cannot be done as things stand; nothing once it is sent, when the answer itself says so."""
    if request.method == "POST":
        return []
    actor = current_actor()
    batch_id = records.find(actor, batch)
    return would(lambda: plan(actor, batch_id))[1]
