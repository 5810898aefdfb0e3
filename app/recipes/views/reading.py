"""Pages that show recipes: the list, one recipe at a scale, and the slot on an item's page that says where it is used."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.catalog.services import items
from app.kernel.permissions import Permission
from app.platform.web import current_actor, requires
from app.recipes.forms.scale import ScaleForm
from app.recipes.queries import pages, sheet
from app.recipes.services import references

bp = Blueprint("recipes", __name__, url_prefix="/o/<slug>", template_folder="../templates")


@bp.get("/recipes")
@requires(Permission.RECIPES_VIEW)
def index() -> ResponseReturnValue:
    """Every live recipe by name."""
    return render_template("recipes/index.html", recipes=pages.live(current_actor()))


@bp.get("/recipes/<recipe>")
@requires(Permission.RECIPES_VIEW)
def recipe(recipe: str) -> ResponseReturnValue:
    """One version of a recipe, at the scale that is asked for."""
    actor = current_actor()
    found = references.find(actor, recipe)
    versions = pages.versions(actor, found.id)
    number = pages.asked_version(request.args.get("version"), found, versions)
    form = ScaleForm(request.args)
    shown = sheet.read(actor, references.version(actor, found.id, number), form.read, form.refuse)
    return render_template("recipes/recipe.html", recipe=found, sheet=shown, versions=versions, form=form)


@bp.get("/items/<item>/used-in")
@requires(Permission.RECIPES_VIEW)
def used_in(item: str) -> ResponseReturnValue:
    """The slot on an item's page: recipes that take it."""
    actor = current_actor()
    return render_template("recipes/_used_in.html", uses=pages.uses(actor, items.find(actor, item).id))
