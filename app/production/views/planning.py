"""Plan a batch: what it needs against what is there, what it costs, what its label says; then plan it, or start it."""

from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform.commands import Answer
from app.platform.pages import done, perform, status_of, went
from app.platform.web import current_actor, requires
from app.production.forms import PLAN_FIELDS, PlanForm
from app.production.queries import pages
from app.production.services import making, planning, records
from app.production.services.planning import Plan
from app.production.views.batches import bp
from app.recipes.queries import pages as recipe_pages
from app.recipes.queries import sheet
from app.recipes.queries.sheet import Tree
from app.recipes.services import references

_SEE_OTHER = 303


@bp.route("/batches/plan", methods=["GET", "POST"])
@requires(Permission.BATCHES_PLAN)
def plan() -> ResponseReturnValue:
    """The form, and what it does. `then`: check (look again), plan, or start at once."""
    actor = current_actor()
    form = _form(actor)
    if request.method == "POST" and request.form.get("then") == "check":
        return redirect(url_for("production.plan", **_asked(form)), _SEE_OTHER)
    answer = perform(form, lambda: _plan(actor, form), PLAN_FIELDS) if request.method == "POST" else None
    return done(answer) if answer else (_page(actor, form), status_of(form))


def _form(actor: Actor) -> PlanForm:
    """Filled from what was sent, or from the address."""
    form = PlanForm() if request.method == "POST" else PlanForm(formdata=request.args)
    form.offer(pages.choices(actor))
    return form


def _asked(form: PlanForm) -> dict[str, Any]:
    asked = {name: form[name].data for name in ("recipe", "version", "make", "scale", "planned_for", "note")}
    if request.form.get("recipe") != request.form.get("shown"):  # another recipe: its own amount, its own version
        asked = {"recipe": asked["recipe"], "planned_for": asked["planned_for"]}
    return {name: said for name, said in asked.items() if said}


def _plan(actor: Actor, form: PlanForm) -> Answer:
    tree = _tree(actor, form)
    if tree is None:
        raise NotFound.field("recipe", "Which recipe?")
    batch_id = planning.plan(actor, _said(form, tree))
    starting = request.form.get("then") == "start"
    record = making.start(actor, batch_id) if starting else records.read(actor, batch_id)
    label = record.header.label
    text = f"{label} is on the bench." if starting else f"{label} is planned."
    return went(url_for("production.batch", batch=label), text)


def _said(form: PlanForm, tree: Tree) -> Plan:
    makings = form.makings(tree)
    return Plan(
        recipe=str(tree.version.recipe_id),
        version=tree.version.number,
        scale=Decimal(makings.numerator) / Decimal(makings.denominator),
        planned_for=form.planned_for.value,
        note=form.note.value,
    )


def _tree(actor: Actor, form: PlanForm) -> Tree | None:
    """The version that was asked for, else the one in force; None while no recipe is chosen.

    raises: NotFound
    """
    if not form.recipe.data:
        return None
    found = references.find(actor, form.recipe.data)
    number = int(form.version.data) if form.version.data else found.current_version or found.latest_version
    return sheet.tree(actor, references.version(actor, found.id, number))


def _page(actor: Actor, form: PlanForm) -> str:
    tree = _tree(actor, form)
    shown = form.sheet(actor, tree) if tree else None
    versions = [row for row in recipe_pages.versions(actor, tree.version.recipe_id) if row.published] if tree else []
    label = pages.label_preview(actor, tree.version) if tree else None
    return render_template("production/plan.html", form=form, sheet=shown, label=label, versions=versions)
