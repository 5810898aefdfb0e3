"""The pages of recipes: the list, one at a scale, writing one and its next version, and where an item is used."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog.services import items
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform.commands import Answer
from app.platform.pages import done, perform, status_of, went
from app.platform.web import current_actor, requires
from app.recipes.forms import reading
from app.recipes.forms.recipe import RecipeForm
from app.recipes.forms.scale import ScaleForm
from app.recipes.queries import draft, pages, sheet
from app.recipes.services import references, structure, versions
from app.recipes.services.references import Found

bp = Blueprint("recipes", __name__, url_prefix="/o/<slug>", template_folder="templates")


@bp.get("/recipes")
@requires(Permission.RECIPES_VIEW)
def index() -> ResponseReturnValue:
    """Every live recipe by name."""
    return render_template("recipes/index.html", recipes=pages.live(current_actor()))


@bp.get("/recipes/<recipe>")
@requires(Permission.RECIPES_VIEW)
def recipe(recipe: str) -> ResponseReturnValue:
    """One version of a recipe, at the scale that is asked for."""
    actor, form = current_actor(), ScaleForm(request.args)
    found = references.find(actor, recipe)
    version_id = references.version(actor, found.id, _asked_version(found))
    return render_template(
        "recipes/recipe.html",
        recipe=found,
        sheet=form.sheet(actor, sheet.tree(actor, version_id)),
        versions=pages.versions(actor, found.id),
        uses=pages.uses(actor, recipe_id=found.id),
        form=form,
    )


@bp.route("/recipes/new", methods=["GET", "POST"])
@requires(Permission.RECIPES_EDIT)
def new() -> ResponseReturnValue:
    """Write a recipe."""
    actor, form = current_actor(), RecipeForm()
    answer = perform(form, lambda: _create(actor, form)) if form.is_submitted() else None
    return done(answer) if answer else _form_page(actor, form, None)


@bp.post("/recipes/preview")
@requires(Permission.RECIPES_EDIT)
def preview() -> ResponseReturnValue:
    """What the recipe that is being typed would cost, and how far the shelf reaches."""
    actor, form = current_actor(), RecipeForm()
    form.validate()  # reads the fields; what is wrong is said when the form is sent
    tree = draft.tree(actor, reading.so_far(actor, form))
    return render_template("recipes/_live.html", sheet=tree and ScaleForm().sheet(actor, tree))


@bp.route("/recipes/<recipe>/versions/new", methods=["GET", "POST"])
@requires(Permission.RECIPES_EDIT)
def new_version(recipe: str) -> ResponseReturnValue:
    """Write the next version; it begins as the latest one is."""
    actor = current_actor()
    found = references.find(actor, recipe)
    latest = sheet.tree(actor, references.version(actor, found.id, _asked_version(found, found.latest_version)))
    form = RecipeForm(data=reading.filled(latest))
    answer = perform(form, lambda: _revise(actor, found, form)) if form.is_submitted() else None
    return done(answer) if answer else _form_page(actor, form, found)


@bp.get("/items/<item>/used-in")
@requires(Permission.RECIPES_VIEW)
def used_in(item: str) -> ResponseReturnValue:
    """The slot on an item's page: recipes that take it."""
    actor = current_actor()
    return render_template("recipes/_used_in.html", uses=pages.uses(actor, item_id=items.find(actor, item).id))


def _create(actor: Actor, form: RecipeForm) -> Answer:
    version_id = versions.create(
        actor,
        name=form.name.value,
        prefix=form.prefix.value,
        kind=form.kind.data,
        making=reading.making(actor, form),
        draft=_is_draft(),
    )
    return _written(actor, version_id)


def _revise(actor: Actor, found: Found, form: RecipeForm) -> Answer:
    version_id = versions.revise(
        actor,
        found.id,
        name=form.name.value,
        prefix=form.prefix.value,
        making=reading.making(actor, form),
        draft=_is_draft(),
    )
    return _written(actor, version_id)


def _written(actor: Actor, version_id: UUID) -> Answer:
    version = structure.read(actor, [version_id])[version_id]
    url = url_for("recipes.recipe", recipe=version.recipe_id, version=version.number)
    kept_as = "kept as a draft" if version.published_at is None else f"version {version.number} is in use"
    return went(url, f"{version.name}: {kept_as}.")


def _form_page(actor: Actor, form: RecipeForm, found: Found | None) -> ResponseReturnValue:
    things = pages.things(actor)
    page = render_template("recipes/edit.html", form=form.with_blank_lines(), things=things, recipe=found)
    return page, status_of(form)


def _is_draft() -> bool:
    return "draft" in request.form


def _asked_version(found: Found, otherwise: int | None = None) -> int:
    """`?version=`, else the one in force, else the latest. raises: NotFound"""
    said = request.args.get("version")
    if not said:
        return otherwise or found.current_version or found.latest_version
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise NotFound("That recipe has no such version.")
    return int(said)
