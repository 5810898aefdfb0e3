"""The first steps of a new workshop: the list, choosing a craft, typical materials; and where steps are seen."""

import logging
from datetime import timedelta

import sqlalchemy.exc
from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.catalog.services import crafts, items
from app.demo.forms.beginning import CraftForm, StartersForm
from app.demo.queries import beginning
from app.identity.services import first_steps, settings
from app.identity.services.first_steps import Step
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import commands, pages
from app.platform.commands import Answer
from app.platform.navigation import Way
from app.platform.web import current_actor, requires

bp = Blueprint("begin", __name__, url_prefix="/o/<slug>/begin", template_folder="../templates")

WAYS = (
    Way("First steps", "list-check", "begin.show", Permission.CATALOG_EDIT, 15, "settings", covers=("begin.starters",)),
)

_BEGINNER = timedelta(days=60)  # as old as that, nobody has to be told how to begin
_LOOKED_AT = frozenset({"inventory.lot", "inventory.trace"})
_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Bring the pages, give `first_steps()` to every template, and see the steps that only a door can see."""
    app.register_blueprint(bp)
    app.add_template_global(listed, "first_steps")
    app.after_request(_see)


@bp.get("")
@requires(Permission.CATALOG_EDIT)
def show() -> ResponseReturnValue:
    """The list, whether or not it was put aside."""
    return _draw(pages.PageForm())


@bp.post("/craft")
@requires(Permission.ORGANIZATION_MANAGE)
def craft() -> ResponseReturnValue:
    """Say what the workshop makes."""
    actor, form = current_actor(), CraftForm()
    answer = pages.perform(form, lambda: _choose(actor, form.craft.data))
    return pages.done(answer) if answer else _draw(form)


@bp.route("/materials", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def starters() -> ResponseReturnValue:
    """Typical materials of the craft: tick, add."""
    actor, form = current_actor(), StartersForm()
    offered = crafts.starters(g.organization.craft)
    form.offer(offered)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _add(actor, form.starters.data or []))
        if answer:
            return pages.done(answer)
    kept = beginning.kept(actor, offered)
    return render_template("demo/starters.html", form=form, offered=offered, kept=kept), pages.status_of(form)


@bp.post("/aside")
@requires(Permission.CATALOG_EDIT)
def aside() -> ResponseReturnValue:
    """Put the list aside, or bring it back to Today."""
    actor, form, back = current_actor(), pages.PageForm(), "back" in request.form
    answer = pages.perform(form, lambda: _put_aside(actor, back=back))
    return pages.done(answer) if answer else _draw(form)


def listed() -> Markup:
    """The list on Today: for whoever may begin something, while the workshop is new, unless it was put aside."""
    actor, organization = g.get("actor"), g.get("organization")
    if actor is None or organization is None or organization.sample or Step.ASIDE in organization.steps:
        return Markup()
    if not actor.may(Permission.CATALOG_EDIT) or clock.now() - organization.created_at >= _BEGINNER:
        return Markup()
    now = beginning.read(actor)
    return Markup(render_template("demo/_first_steps.html", **_shown(now)))  # noqa: S704 - ours


def _see(response: Response) -> Response:
    """Keep the first label that was printed, the first that was scanned, and the first trace that was looked at."""
    actor, organization = g.get("actor"), g.get("organization")
    if actor is None or organization is None or actor.read_only or actor.developer_access is not None:
        return response
    step = _seen_in(response)
    if step is None or step in organization.steps:
        return response
    try:
        with commands.transaction():
            first_steps.see(actor, step)
    except sqlalchemy.exc.DBAPIError as error:  # the page is right all the same, and the next one tells it again
        _log.warning("a first step was not kept: %s", type(error).__name__)
    return response


def _seen_in(response: Response) -> Step | None:
    if request.blueprint == "codes" and response.status_code in {301, 302, 303}:
        return Step.SCANNED
    if response.status_code != 200 or request.method != "GET":
        return None
    if response.mimetype == "application/pdf":
        return Step.PRINTED
    return Step.TRACED if request.endpoint in _LOOKED_AT else None


def _choose(actor: Actor, said: str) -> Answer:
    settings.choose_craft(actor, said)
    return pages.went(url_for("insights.today"), _("Units, categories and examples follow your craft now."))


def _add(actor: Actor, codes: list[str]) -> Answer:
    offered, kept = crafts.starters(g.organization.craft), beginning.kept(actor, codes)
    added = [items.create(actor, offered[code]) for code in codes if code not in kept]
    text = ngettext("%(num)s material is on the list.", "%(num)s materials are on the list.", len(added))
    first = added[0].code if len(added) == 1 else None
    there = url_for("inventory.receive", item=first) if first else url_for("inventory.pick_receive")
    return pages.went(there, text + " " + _("Now receive what is on your shelf."))


def _put_aside(actor: Actor, *, back: bool) -> Answer:
    if back:
        first_steps.forget(actor, Step.ASIDE)
        return pages.went(url_for("insights.today"))
    first_steps.see(actor, Step.ASIDE)
    return pages.went(url_for("insights.today"), _("Put aside. You find the first steps under Settings."))


def _draw(form: pages.PageForm) -> ResponseReturnValue:
    return render_template("demo/begin.html", form=form, **_shown(beginning.read(current_actor()))), pages.status_of(
        form
    )


def _shown(now: beginning.Beginning) -> dict[str, object]:
    form = CraftForm(formdata=None, data={"craft": g.organization.craft})
    return {"now": now, "steps": beginning.STEPS, "crafts": form}
