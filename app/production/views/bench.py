"""The bench: one ingredient at a time. Ticked, unticked, weighed otherwise, taken out of another lot."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import items
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform.commands import Answer
from app.platform.pages import PageForm, done, draw, perform, preview, status_of, went
from app.platform.web import current_actor, requires, runs_wasm
from app.production.forms import WEIGH_FIELDS, FinishForm, LotForm, TickForm, WeighForm
from app.production.queries import bench as benches
from app.production.queries import hand, ruler
from app.production.queries.bench import Step
from app.production.services import amending, records, states, ticks
from app.production.services.amending import Amended
from app.production.views.acting import would
from app.production.views.batches import bp
from app.recipes.forms import amounts
from app.recipes.queries.sheet import readable

_SEE_OTHER, _DIGITS = 303, 5


@bp.get("/batches/<batch>/bench")
@requires(Permission.BATCHES_MAKE)
def bench(batch: str) -> ResponseReturnValue:
    """What to weigh next. `line`: that one instead; `after`: the one that was ticked a moment ago."""
    return _bench(current_actor(), batch, TickForm(formdata=None), line=_number("line"), after=_number("after"))


@bp.post("/batches/<batch>/bench/<int:number>/tick")
@requires(Permission.BATCHES_MAKE)
def tick(batch: str, number: int) -> ResponseReturnValue:
    """It is weighed: on to the next."""
    form = TickForm()
    return _sent(
        batch,
        number,
        form,
        lambda actor, id_: ticks.tick(actor, id_, line=number, lot=form.lot.data or None),
        after=number,
    )


@bp.post("/batches/<batch>/bench/<int:number>/untick")
@requires(Permission.BATCHES_MAKE)
def untick(batch: str, number: int) -> ResponseReturnValue:
    """It was not: back to it."""
    return _sent(batch, number, PageForm(), lambda actor, id_: ticks.untick(actor, id_, line=number), line=number)


@bp.route("/batches/<batch>/bench/<int:number>/amount", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def weigh(batch: str, number: int) -> ResponseReturnValue:
    """Another amount went in: more is taken on top, less goes back to its lot."""
    actor = current_actor()
    batch_id = records.find(actor, batch)
    step = _step(actor, batch_id, number)
    form = WeighForm(data={"amount": amounts.said(readable(step.used), step.unit)})

    def command() -> Answer:
        _weigh(actor, batch_id, number, form)
        return went(url_for("production.bench", batch=batch, after=number))

    answer = perform(form, command, WEIGH_FIELDS) if request.method == "POST" else None
    if answer:
        return done(answer)
    part = "production/_weigh.html"
    record = records.read(actor, batch_id)
    return draw(form, "production/act.html", part, batch=record, deed=request.endpoint, part=part, step=step)


@bp.post("/batches/<batch>/bench/<int:number>/amount/preview")
@requires(Permission.BATCHES_MAKE)
def preview_weigh(batch: str, number: int) -> ResponseReturnValue:
    """What that would take or put back."""
    actor, form = current_actor(), WeighForm()
    form.reason.data = form.reason.data or "–"
    batch_id = records.find(actor, batch)
    plan, troubles = preview(form, lambda: _weigh(actor, batch_id, number, form, dry_run=True))
    return render_template("production/_will_weigh.html", plan=plan, troubles=troubles)


@bp.route("/batches/<batch>/bench/<int:number>/lot", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
@runs_wasm
def scan_lot(batch: str, number: int) -> ResponseReturnValue:
    """Is the lot in the hand the one to take? Sent: take it out of that lot instead."""
    actor = current_actor()
    batch_id = records.find(actor, batch)
    form = LotForm(data={"lot": request.args.get("lot")})

    def command() -> Answer:
        amending.use_lot(actor, batch_id, line=number, lot=form.lot.value)
        return went(
            url_for("production.bench", batch=batch, after=number), _("Taken out of %(lot)s.", lot=form.lot.value)
        )

    answer = perform(form, command) if request.method == "POST" else None
    return done(answer) if answer else (_lot_page(actor, batch_id, number, form), status_of(form))


def _sent(
    batch: str,
    number: int,
    form: PageForm,
    command: Callable[[Actor, UUID], None],
    *,
    after: int | None = None,
    line: int | None = None,
) -> ResponseReturnValue:
    """The command, and back to the bench; htmx follows there and gets the bench alone."""
    actor = current_actor()
    batch_id = records.find(actor, batch)

    def work() -> Answer:
        command(actor, batch_id)
        if request.form.get("then") == "page":
            return went(url_for("production.batch", batch=batch))
        return went(url_for("production.bench", batch=batch, after=after, line=line))

    answer = perform(form, work)
    return redirect(answer.body["url"], _SEE_OTHER) if answer else _bench(actor, batch, form, line=number)


def _bench(
    actor: Actor, batch: str, form: PageForm, *, line: int | None = None, after: int | None = None
) -> ResponseReturnValue:
    """The bench; a batch that is not on it has its own page."""
    at = benches.read(actor, records.find(actor, batch), number=line, after=after)
    head = at.record.header
    if head.status != states.IN_PROGRESS:
        return done(went(url_for("production.batch", batch=head.label)))
    finish = FinishForm(formdata=None, data={"made": amounts.said(readable(head.expected), head.output.unit)})
    drawn = ruler.draw([benches.reading(pour.until) for pour in at.current.pours]) if at.current else None
    return draw(form, "production/bench.html", "production/_bench.html", at=at, head=head, ruler=drawn, finish=finish)


def _step(actor: Actor, batch_id: UUID, number: int) -> Step:
    """The line. raises: NotFound, for one that was left out too"""
    steps = benches.weighed(actor, records.read(actor, batch_id))
    found = next((step for step in steps if step.number == number), None)
    if found is None:
        raise NotFound("That line does not exist.")
    return found


def _number(name: str) -> int | None:
    """A line in the address; nonsense is none."""
    said = request.args.get(name) or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < _DIGITS else None


def _lot_page(actor: Actor, batch_id: UUID, number: int, form: LotForm) -> str:
    step = _step(actor, batch_id, number)
    held = hand.look(actor, step, form.lot.data) if form.lot.data else None
    plan, troubles = None, list[str]()
    if held and held.may_be_taken:
        lot = held.fifo_code or ""
        plan, troubles = would(lambda: amending.use_lot(actor, batch_id, line=number, lot=lot, dry_run=True))
    head = records.read(actor, batch_id).header
    return render_template(
        "production/lot_check.html", form=form, step=step, held=held, plan=plan, troubles=troubles, head=head
    )


def _weigh(actor: Actor, batch_id: UUID, number: int, form: WeighForm, *, dry_run: bool = False) -> Amended:
    step = _step(actor, batch_id, number)
    units = items.units_of(actor, items.find(actor, str(step.item.id)))
    quantity = amounts.read(form.amount.value, units)
    return amending.weigh(actor, batch_id, line=number, quantity=quantity, reason=form.reason.value, dry_run=dry_run)
