"""The sample workshop beside the real one: what it is, making it, how far it is, wiping it; its sign on each page."""

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.demo.queries import samples as rows
from app.demo.services import samples
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.permissions import Permission
from app.platform import commands, jobs, pages, tenancy
from app.platform.commands import Answer
from app.platform.web import current_actor, is_htmx, requires

bp = Blueprint("sample", __name__, url_prefix="/o/<slug>/sample", template_folder="../templates")

_SEE_OTHER = 303


def register(app: Flask) -> None:
    """Bring the pages, and give `sample_sign()` to every template."""
    app.register_blueprint(bp)
    app.add_template_global(sample_sign)


@bp.get("")
@requires(Permission.ORGANIZATION_MANAGE)
def show() -> ResponseReturnValue:
    """What a sample is, or how far it is, or the ways into it and out of it. To htmx the part that changes."""
    sample = rows.of_person(current_actor().person_id)
    if g.organization.sample and sample:
        return redirect(f"/o/{sample.beside}/sample")
    return _draw(pages.PageForm(), sample)


@bp.post("/make")
@requires(Permission.ORGANIZATION_MANAGE)
def make() -> ResponseReturnValue:
    """Ask for one."""
    actor, form = current_actor(), pages.PageForm()
    answer = pages.perform(form, lambda: _ask(actor))
    if answer:
        jobs.ring(current_app, samples.FILL)
        return pages.done(answer)
    return _draw(form, rows.of_person(actor.person_id))


@bp.post("/wipe")
@requires(Permission.ORGANIZATION_MANAGE)
def wipe() -> ResponseReturnValue:
    """Erase it. Sent twice, there is nothing left to erase, which is just as well."""
    actor, form = current_actor(), pages.PageForm()
    if form.validate():
        try:
            commands.carry_out(lambda: samples.wipe(actor))
        except Conflict as refusal:
            form.refuse(refusal)
        except NotFound:
            return redirect(url_for("sample.show"), _SEE_OTHER)
        else:
            flash(_("The sample workshop is gone. Nothing of it is left."), "done")
            return redirect(url_for("insights.today"), _SEE_OTHER)
    tenancy.bind(actor.organization_id)
    return _draw(form, rows.of_person(actor.person_id))


def sample_sign() -> Markup:
    """On every page of a sample: that it is one, until when, and the ways out. Elsewhere nothing."""
    organization, actor = g.get("organization"), g.get("actor")
    if actor is None or organization is None or not organization.sample:
        return Markup()
    sample = rows.of_person(actor.person_id)
    return Markup(render_template("demo/_sign.html", sample=sample)) if sample else Markup()  # noqa: S704 - ours


def _ask(actor: Actor) -> Answer:
    samples.ask(actor)
    return pages.went(url_for("sample.show"))


def _draw(form: pages.PageForm, sample: rows.Sample | None) -> ResponseReturnValue:
    template = "demo/_sample.html" if is_htmx() else "demo/sample.html"
    return render_template(template, form=form, sample=sample), pages.status_of(form)
