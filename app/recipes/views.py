"""The pages of recipes: the list, one at a scale, writing one and its next version, and where an item is used."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

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
from app.recipes.queries import compare, draft, finding, listing, pages, sheet
from app.recipes.queries.sheet import Tree
from app.recipes.services import references, structure, versions
from app.recipes.services.references import Found

bp = Blueprint("recipes", __name__, url_prefix="/o/<slug>", template_folder="templates")

_LONGEST = 200


@bp.get("/recipes")
@requires(Permission.RECIPES_VIEW)
def index() -> ResponseReturnValue:
    """Every live recipe by name: what it costs, what the shelf gives, when it was made."""
    return render_template("recipes/index.html", rows=listing.rows(current_actor()))


@bp.get("/recipes/<recipe>")
@requires(Permission.RECIPES_VIEW)
def recipe(recipe: str) -> ResponseReturnValue:
    """One version of a recipe, at the scale that is asked for."""
    actor, form = current_actor(), ScaleForm(request.args)
    found = references.find(actor, recipe)
    number = _asked_version(found)
    tree, rows = _tree(actor, found, number), pages.versions(actor, found.id)
    base = pages.base_of(rows, number)
    return render_template(
        "recipes/recipe.html",
        recipe=found,
        sheet=form.sheet(actor, tree),
        versions=rows,
        comparison=compare.of(actor, _tree(actor, found, base), tree) if base else None,
        uses=pages.uses(actor, recipe_id=found.id),
        form=form,
    )


@bp.get("/recipes/<recipe>/compare")
@requires(Permission.RECIPES_VIEW)
def compared(recipe: str) -> ResponseReturnValue:
    """`?version=` beside `?base=`: what differs, and what that costs."""
    actor = current_actor()
    found = references.find(actor, recipe)
    number, rows = _asked_version(found), pages.versions(actor, found.id)
    base = _number(request.args.get("base") or str(pages.base_of(rows, number) or number))
    comparison = compare.of(actor, _tree(actor, found, base), _tree(actor, found, number))
    return render_template("recipes/compare.html", recipe=found, versions=rows, comparison=comparison)


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


@bp.get("/recipes/find")
@requires(Permission.RECIPES_EDIT)
def find() -> ResponseReturnValue:
    """What a line that is being typed may mean: the list below its field."""
    said, field = (request.args.get(name, "").strip()[:_LONGEST] for name in ("q", "field"))
    found = finding.matches(current_actor(), said)
    return render_template("recipes/_found.html", matches=found, said=said, field=field)


@bp.route("/recipes/<recipe>/versions/new", methods=["GET", "POST"])
@requires(Permission.RECIPES_EDIT)
def new_version(recipe: str) -> ResponseReturnValue:
    """Write the next version; it begins as the latest one is."""
    actor = current_actor()
    found = references.find(actor, recipe)
    latest = _tree(actor, found, _asked_version(found, found.latest_version))
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
    if version.published_at is None:
        return went(url, _("%(recipe)s: kept as a draft.", recipe=version.name))
    return went(url, _("%(recipe)s: version %(number)s is in use.", recipe=version.name, number=version.number))


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
    return _number(said)


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise NotFound("That recipe has no such version.")
    return int(said)


def _tree(actor: Actor, found: Found, number: int) -> Tree:
    return sheet.tree(actor, references.version(actor, found.id, number))
