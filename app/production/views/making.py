"""Making a batch: start it, take more for it, finish it; each with what it would do before it does it."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from app.catalog.services import items
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.permissions import Permission
from app.platform.pages import done, perform, preview, status_of
from app.platform.web import current_actor, requires
from app.production.forms import EXTRA_FIELDS, FINISH_FIELDS, ExtraForm, FinishForm, StartForm
from app.production.services import finishing, making, records
from app.production.services.making import SaidExtra
from app.production.services.records import BatchRecord
from app.production.views.acting import act, moved
from app.production.views.batches import batch_page, bp
from app.recipes.forms import amounts
from app.recipes.queries import pages as recipe_pages
from app.recipes.queries import sheet


@bp.post("/batches/<batch>/start")
@requires(Permission.BATCHES_MAKE)
def start(batch: str) -> ResponseReturnValue:
    """Take everything that was not left out; refused, the batch's page says what is missing."""
    actor, form = current_actor(), StartForm()
    batch_id = records.find(actor, batch)
    answer = perform(form, lambda: moved(making.start(actor, batch_id, skip=form.skip.data or ()), "is on the bench"))
    return done(answer) if answer else (batch_page(actor, batch, form), status_of(form))


@bp.route("/batches/<batch>/extras", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def extras(batch: str) -> ResponseReturnValue:
    """Take more of something."""
    form = ExtraForm()
    things = recipe_pages.things(current_actor())
    return act(
        batch,
        form,
        lambda actor, batch_id: _take(actor, batch_id, form),
        f"took more {form.item.data}",
        part="extras",
        fields=EXTRA_FIELDS,
        things=things,
    )


@bp.post("/batches/<batch>/extras/preview")
@requires(Permission.BATCHES_MAKE)
def preview_extras(batch: str) -> ResponseReturnValue:
    """Which lots more would come from, and at what cost."""
    actor, form = current_actor(), ExtraForm()
    batch_id = records.find(actor, batch)
    plan, troubles = preview(form, lambda: _take(actor, batch_id, form, dry_run=True))
    return render_template("production/_will_take.html", extra=plan.extras[-1] if plan else None, troubles=troubles)


@bp.route("/batches/<batch>/finish", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def finish(batch: str) -> ResponseReturnValue:
    """What came out becomes a lot."""
    actor = current_actor()
    header = records.read(actor, records.find(actor, batch)).header
    form = FinishForm(data={"made": amounts.said(sheet.readable(header.expected), header.output.unit)})
    return act(
        batch,
        form,
        lambda actor, batch_id: _finish(actor, batch_id, form),
        "is finished",
        part="finish",
        fields=FINISH_FIELDS,
    )


@bp.post("/batches/<batch>/finish/preview")
@requires(Permission.BATCHES_MAKE)
def preview_finish(batch: str) -> ResponseReturnValue:
    """What would come in, and what one of it would cost."""
    actor, form = current_actor(), FinishForm()
    batch_id = records.find(actor, batch)
    plan, troubles = preview(form, lambda: _finish(actor, batch_id, form, dry_run=True))
    return render_template("production/_will_finish.html", plan=plan, troubles=troubles)


def _take(actor: Actor, batch_id: UUID, form: ExtraForm, *, dry_run: bool = False) -> BatchRecord:
    thing = amounts.Known(recipe_pages.things(actor), {}).named(form.item.value, kinds=("item",))
    if thing is None:
        raise Invalid.field("item", f"Nothing here is called {form.item.value}.")
    units = items.units_of(actor, items.find(actor, str(thing.id)))
    extra = SaidExtra(str(thing.id), amounts.read(form.amount.value, units), form.reason.value)
    return making.take_extras(actor, batch_id, [extra], dry_run=dry_run)


def _finish(actor: Actor, batch_id: UUID, form: FinishForm, *, dry_run: bool = False) -> BatchRecord:
    made = records.read(actor, batch_id).header.output
    units = items.units_of(actor, items.find(actor, str(made.id)))
    return finishing.finish(actor, batch_id, form.said(units), dry_run=dry_run)
