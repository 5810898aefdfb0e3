"""What people do to a batch: start it, take more for it, finish it, give it up, call it off, take it back."""

from collections.abc import Callable
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.catalog.services import items
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.permissions import Permission
from app.platform.commands import Answer
from app.platform.pages import PageForm, done, draw, perform, status_of, went
from app.platform.web import current_actor, requires
from app.production.forms import EXTRA_FIELDS, FINISH_FIELDS, CancelForm, ExtraForm, FinishForm, ReasonForm, StartForm
from app.production.services import finishing, making, records, undoing
from app.production.services.making import SaidExtra
from app.production.services.records import BatchRecord
from app.production.views.batches import batch_page, bp
from app.recipes.forms import amounts
from app.recipes.queries import pages as recipe_pages
from app.recipes.queries import sheet

Command = Callable[[Actor, UUID], BatchRecord]


@bp.post("/batches/<batch>/start")
@requires(Permission.BATCHES_MAKE)
def start(batch: str) -> ResponseReturnValue:
    """Take everything that was not left out; refused, the batch's page says what is missing."""
    actor, form = current_actor(), StartForm()
    batch_id = records.find(actor, batch)
    answer = perform(form, lambda: _went(making.start(actor, batch_id, skip=form.skip.data or ()), "is on the bench"))
    return done(answer) if answer else (batch_page(actor, batch, form), status_of(form))


@bp.route("/batches/<batch>/extras", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def extras(batch: str) -> ResponseReturnValue:
    """Take more of something."""
    actor, form = current_actor(), ExtraForm()
    things = recipe_pages.things(actor)

    def take(actor: Actor, batch_id: UUID) -> BatchRecord:
        thing = amounts.Known(things, {}).named(form.item.value, kinds=("item",))
        if thing is None:
            raise Invalid.field("item", f"Nothing here is called {form.item.value}.")
        quantity = amounts.read(form.amount.value, items.units_of(actor, items.find(actor, str(thing.id))))
        return making.take_extras(actor, batch_id, [SaidExtra(str(thing.id), quantity, form.reason.value)])

    return _acting(batch, form, take, "took more", fields=EXTRA_FIELDS, template="extras", things=things)


@bp.route("/batches/<batch>/finish", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def finish(batch: str) -> ResponseReturnValue:
    """What came out becomes a lot."""
    actor = current_actor()
    header = records.read(actor, records.find(actor, batch)).header
    form = FinishForm(data={"made": amounts.said(sheet.readable(header.expected), header.output.unit)})

    def end(actor: Actor, batch_id: UUID) -> BatchRecord:
        units = items.units_of(actor, items.find(actor, str(header.output.id)))
        return finishing.finish(actor, batch_id, form.said(units))

    return _acting(batch, form, end, "is finished", fields=FINISH_FIELDS, template="finish")


@bp.route("/batches/<batch>/fail", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def fail(batch: str) -> ResponseReturnValue:
    """Give it up: what went in stays used."""
    form = ReasonForm()
    return _acting(batch, form, lambda actor, id_: finishing.fail(actor, id_, reason=form.reason.value), "failed")


@bp.route("/batches/<batch>/cancel", methods=["GET", "POST"])
@requires(Permission.BATCHES_CANCEL)
def cancel(batch: str) -> ResponseReturnValue:
    """Call it off: what was taken goes back."""
    form = CancelForm()
    return _acting(batch, form, lambda actor, id_: undoing.cancel(actor, id_, reason=form.reason.value), "is cancelled")


@bp.route("/batches/<batch>/reverse", methods=["GET", "POST"])
@requires(Permission.BATCHES_REVERSE)
def reverse(batch: str) -> ResponseReturnValue:
    """Take it back: outputs out, inputs back."""
    form = ReasonForm()
    return _acting(
        batch, form, lambda actor, id_: undoing.reverse(actor, id_, reason=form.reason.value), "is taken back"
    )


def _acting(
    batch: str,
    form: PageForm,
    command: Command,
    did: str,
    *,
    fields: dict[str, str] | None = None,
    template: str = "reason",
    **context: object,
) -> ResponseReturnValue:
    """One of a batch's drawers: the form, and what it does."""
    actor = current_actor()
    batch_id = records.find(actor, batch)
    answer = perform(form, lambda: _went(command(actor, batch_id), did), fields) if request.method == "POST" else None
    if answer:
        return done(answer)
    shown = {
        "batch": records.read(actor, batch_id),
        "deed": request.endpoint,
        "part": f"production/_{template}.html",
    }
    return draw(form, "production/act.html", f"production/_{template}.html", **shown, **context)


def _went(record: BatchRecord, did: str) -> Answer:
    label = record.header.label
    return went(url_for("production.batch", batch=label), f"{label} {did}.")
