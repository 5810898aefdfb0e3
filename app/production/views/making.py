"""Making a batch: start it, take more for it, finish it; each with what it would do before it does it."""

from fractions import Fraction
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import items, unit_conversion
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.numbers import MICRO
from app.kernel.permissions import Permission
from app.platform.commands import Answer
from app.platform.pages import PageForm, done, perform, preview, status_of
from app.platform.web import current_actor, requires
from app.production.forms import EXTRA_FIELDS, FINISH_FIELDS, ExtraForm, FinishForm, StartForm
from app.production.queries import pages
from app.production.services import amending, finishing, making, planning, records, undoing
from app.production.services.making import SaidExtra
from app.production.services.records import BatchRecord
from app.production.views.acting import act, back, moved
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
    answer = perform(form, lambda: _started(_start(actor, batch_id, form)))
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
        _took,
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
        _finished,
        part="finish",
        fields=FINISH_FIELDS,
    )


@bp.post("/batches/<batch>/extras/<posting>/undo")
@requires(Permission.BATCHES_MAKE)
def put_back(batch: str, posting: str) -> ResponseReturnValue:
    """What was taken on top goes back to its lots."""
    actor, form = current_actor(), PageForm()
    batch_id, posting_id = records.find(actor, batch), ids.parse(posting)
    if posting_id is None:
        raise NotFound("That posting does not exist.")

    def command() -> Answer:
        return moved(amending.untake(actor, batch_id, posting_id), _("Put back."))

    answer = perform(form, command)
    if isinstance(form.problem, NotFound):
        raise form.problem
    return done(answer) if answer else (batch_page(actor, batch, form), status_of(form))


@bp.post("/batches/<batch>/back")
@requires(Permission.BATCHES_MAKE)
def step_back(batch: str) -> ResponseReturnValue:
    """Undo the last step: as if it had not been started, finished or given up."""
    actor, form = current_actor(), PageForm()
    batch_id = records.find(actor, batch)

    def command() -> Answer:
        undoing.step_back(actor, batch_id)
        return moved(records.read(actor, batch_id), _("Undone. Everything is as it was."))

    answer = perform(form, command)
    return done(answer) if answer else (batch_page(actor, batch, form), status_of(form))


@bp.post("/batches/<batch>/finish/preview")
@requires(Permission.BATCHES_MAKE)
def preview_finish(batch: str) -> ResponseReturnValue:
    """What would come in, and what one of it would cost."""
    actor, form = current_actor(), FinishForm()
    batch_id = records.find(actor, batch)
    plan, troubles = preview(form, lambda: _finish(actor, batch_id, form, dry_run=True))
    use_by = pages.use_by(actor, plan, said=form.use_by.value) if plan else None
    return render_template("production/_will_finish.html", plan=plan, troubles=troubles, use_by=use_by)


def _started(record: BatchRecord) -> Answer:
    return moved(record, _("%(batch)s is on the bench.", batch=record.header.label), undo=back(record))


def _took(record: BatchRecord) -> Answer:
    extra = record.extras[-1]
    undo = url_for("production.put_back", batch=record.header.label, posting=extra.row.posting_id)
    return moved(record, _("Took more %(item)s.", item=extra.row.item.name), undo=undo)


def _finished(record: BatchRecord) -> Answer:
    return moved(record, _("%(batch)s is finished.", batch=record.header.label), undo=back(record))


def _start(actor: Actor, batch_id: UUID, form: StartForm) -> BatchRecord:
    if form.make.data:
        made = records.read(actor, batch_id).header.output
        units = items.units_of(actor, items.find(actor, str(made.id)))
        less = unit_conversion.to_stock_unit(amounts.read(form.make.data, units, field="make"), units, field="make")
        planning.make_less(actor, batch_id, Fraction(less, MICRO))
    return making.start(actor, batch_id, skip=form.skip.data or ())


def _take(actor: Actor, batch_id: UUID, form: ExtraForm, *, dry_run: bool = False) -> BatchRecord:
    thing = amounts.Known(recipe_pages.things(actor), {}).named(form.item.value, kinds=("item",))
    if thing is None:
        raise Invalid.field("item", _("Nothing here is called %(value)s.", value=form.item.value))
    units = items.units_of(actor, items.find(actor, str(thing.id)))
    extra = SaidExtra(str(thing.id), amounts.read(form.amount.value, units), form.reason.value)
    return making.take_extras(actor, batch_id, [extra], dry_run=dry_run)


def _finish(actor: Actor, batch_id: UUID, form: FinishForm, *, dry_run: bool = False) -> BatchRecord:
    made = records.read(actor, batch_id).header.output
    units = items.units_of(actor, items.find(actor, str(made.id)))
    return finishing.finish(actor, batch_id, form.said(units), dry_run=dry_run)
