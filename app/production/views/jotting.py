"""What is kept beside the weighing: timers, and notes."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform.commands import Answer
from app.platform.pages import PageForm, cured, done, draw, perform, went
from app.platform.web import current_actor, is_htmx, requires
from app.production.forms import NoteForm, TimerForm
from app.production.queries import bench as benches
from app.production.queries import timers as running
from app.production.services import notes, records, timers
from app.production.views.batches import bp

_SEE_OTHER = 303


@bp.route("/batches/<batch>/timers", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def timer(batch: str) -> ResponseReturnValue:
    """Start one."""
    actor, form = current_actor(), TimerForm()
    batch_id = records.find(actor, batch)

    def command() -> Answer:
        timers.start(actor, batch_id, name=form.name.value or _("Timer"), minutes=form.lasts)
        return went(url_for("production.bench", batch=batch))

    answer = perform(form, command) if request.method == "POST" else None
    if answer:
        return cured("timers:changed") if is_htmx() else redirect(answer.body["url"], _SEE_OTHER)
    part = "production/_timer_form.html"
    record = records.read(actor, batch_id)
    return draw(form, "production/act.html", part, batch=record, deed=request.endpoint, part=part)


@bp.get("/batches/<batch>/timers/running")
@requires(Permission.BATCHES_VIEW)
def running_timers(batch: str) -> ResponseReturnValue:
    """Those that run, with the server's time: for a page that stands open."""
    return _running(current_actor(), batch)


@bp.post("/batches/<batch>/timers/<timer>/stop")
@requires(Permission.BATCHES_MAKE)
def stop_timer(batch: str, timer: str) -> ResponseReturnValue:
    """It was heard, or is not waited for any longer."""
    actor, form = current_actor(), PageForm()
    batch_id, timer_id = records.find(actor, batch), ids.parse(timer)
    if timer_id is None:
        raise NotFound("That timer does not exist.")

    def command() -> Answer:
        timers.stop(actor, batch_id, timer_id)
        return went(url_for("production.bench", batch=batch))

    answer = perform(form, command)
    if answer is None:
        raise form.problem or NotFound("That timer does not exist.")
    return _running(actor, batch) if is_htmx() else redirect(answer.body["url"], _SEE_OTHER)


@bp.route("/batches/<batch>/notes", methods=["GET", "POST"])
@requires(Permission.BATCHES_MAKE)
def note(batch: str) -> ResponseReturnValue:
    """Write something down, and read what was written before."""
    actor, form = current_actor(), NoteForm()
    batch_id = records.find(actor, batch)
    record = records.read(actor, batch_id)

    def command() -> Answer:
        notes.write(actor, batch_id, text=form.note.value)
        return went(url_for("production.batch", batch=batch, _anchor="notes"), _("Written down."))

    answer = perform(form, command) if request.method == "POST" else None
    if answer:
        return cured("notes:changed") if is_htmx() and request.form.get("then") == "stay" else done(answer)
    part = "production/_note_form.html"
    written = benches.written(actor, batch_id)
    return draw(form, "production/act.html", part, batch=record, deed=request.endpoint, part=part, written=written)


def _running(actor: Actor, batch: str) -> str:
    found = running.running(actor, records.find(actor, batch))
    return render_template("production/_timers.html", timers=found, now=clock.now(), label=batch)
