"""Plan a batch: what it needs against what is there, what it costs, what its label says; then plan it, or start it."""

from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.inventory.services.adjustment import InsufficientStock
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform.commands import Answer
from app.platform.pages import done, perform, status_of, went
from app.platform.web import current_actor, requires, rooted
from app.production.forms import PLAN_FIELDS, PlanForm
from app.production.queries import choosing, pages
from app.production.services import making, planning, records
from app.production.services.planning import Plan
from app.production.views.batches import bp
from app.recipes.queries import pages as recipe_pages
from app.recipes.queries import sheet
from app.recipes.queries.sheet import Sheet, Tree
from app.recipes.services import references

_SEE_OTHER, _NOT_THERE = 303, 404


@bp.route("/batches/plan", methods=["GET", "POST"])
@requires(Permission.BATCHES_PLAN)
def plan() -> ResponseReturnValue:
    """The form, and what it does. `then`: check (look again), plan, or start at once. Without a recipe: choose one."""
    actor = current_actor()
    form = PlanForm() if request.method == "POST" else PlanForm(formdata=request.args)
    form.prefer_scale()
    if request.method == "POST" and request.form.get("then") == "check":
        return redirect(url_for("production.plan", **_asked(form)), _SEE_OTHER)
    answer = perform(form, lambda: _plan(actor, form), PLAN_FIELDS) if request.method == "POST" else None
    return done(answer) if answer else _page(actor, form)


def _asked(form: PlanForm) -> dict[str, Any]:
    asked = {name: form[name].data for name in ("recipe", "version", "make", "scale", "planned_for", "note", "skip")}
    return {name: said for name, said in asked.items() if said}


def _plan(actor: Actor, form: PlanForm) -> Answer:
    tree = _tree(actor, form)
    batch_id = planning.plan(actor, _said(form, tree))
    starting = request.form.get("then") == "start"
    skip = form.skip.data or ()
    record = making.start(actor, batch_id, skip=skip) if starting else records.read(actor, batch_id)
    label = record.header.label
    text = _("%(batch)s is on the bench.", batch=label) if starting else _("%(batch)s is planned.", batch=label)
    undo_url = url_for("production.cancel", batch=label) if actor.may(Permission.BATCHES_CANCEL) else None
    return went(url_for("production.batch", batch=label), text, undo_url)


def _said(form: PlanForm, tree: Tree) -> Plan:
    makings = form.makings(tree)
    return Plan(
        recipe=str(tree.version.recipe_id),
        version=tree.version.number,
        scale=Decimal(makings.numerator) / Decimal(makings.denominator),
        planned_for=form.planned_for.value,
        note=form.note.value,
    )


def _tree(actor: Actor, form: PlanForm) -> Tree:
    """The version that was asked for, else the one in force, of the recipe of that id or name.

    raises: NotFound
    """
    found = references.find(actor, (form.recipe.data or "").strip(), field="recipe")
    number = int(form.version.data) if form.version.data else found.current_version or found.latest_version
    return sheet.tree(actor, references.version(actor, found.id, number))


def _page(actor: Actor, form: PlanForm) -> ResponseReturnValue:
    try:
        tree = _tree(actor, form)
    except NotFound:
        return _choose(actor, form)
    shown = form.sheet(actor, tree)
    page = render_template(
        "production/plan.html",
        form=form,
        sheet=shown,
        label=pages.label_preview(actor, tree.version),
        versions=[row for row in recipe_pages.versions(actor, tree.version.recipe_id) if row.published],
        **_short(form, shown),
    )
    return page, status_of(form)


def _short(form: PlanForm, shown: Sheet) -> dict[str, Any]:
    """What is short and not left out, and the drawer that puts it right."""
    short = [row for row in shown.check.shortages if str(row.item.id) not in (form.skip.data or ())]
    unit = shown.version.output.unit if shown.version.output else ""
    refusal = InsufficientStock(short, makes=numbers.plain(shown.makes), unit=unit, skip="1") if short else None
    drawer = rooted(refusal.drawer) if refusal else None
    return {"short": short, "cure": drawer and drawer["modal_url"]}


def _choose(actor: Actor, form: PlanForm) -> ResponseReturnValue:
    rows = choosing.makeable(actor)
    page = render_template("production/choose.html", form=form, recipes=rows, recent=choosing.recent(rows))
    return page, status_of(form) if form.errors else _NOT_THERE if form.recipe.data else 200
