"""Ways in which a batch ends that nobody planned: it failed, it is called off, it is taken back. Each asks why."""

from flask.typing import ResponseReturnValue

from app.kernel.permissions import Permission
from app.platform.web import requires
from app.production.forms import CancelForm, ReasonForm
from app.production.services import finishing, undoing
from app.production.views.acting import act
from app.production.views.batches import bp


@bp.route("/batches/<batch>/fail", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def fail(batch: str) -> ResponseReturnValue:
    """Give it up: what went in stays used."""
    form = ReasonForm()
    return act(
        batch, form, lambda actor, id_: finishing.fail(actor, id_, reason=form.reason.value), "failed", part="reason"
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
        "is cancelled",
        part="reason",
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
        "is taken back",
        part="reason",
    )
