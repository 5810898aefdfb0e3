"""Recipes' part of API v1: recipes, their versions, cost and materials; and whether there is enough."""

from fractions import Fraction

from flask import Blueprint

from app.inventory.schemas import stock_check
from app.inventory.schemas.answers import StockCheckOut
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer
from app.recipes import schemas
from app.recipes.queries import recipes as queries
from app.recipes.schemas import answers, bodies
from app.recipes.services import checking, costing, explosion, references, versions
from app.recipes.services.references import Found

bp = Blueprint("recipes_api", __name__, url_prefix="/api/v1")


def _number(_actor: Actor, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound("That recipe has no such version.")
    return int(text)


@bp.post("/recipes")
@operation(
    permission=Permission.RECIPES_EDIT,
    summary="Write a recipe",
    answer=answers.RecipeOut,
    status=201,
    body=bodies.RecipeIn,
)
def create(actor: Actor, *, body: bodies.RecipeIn) -> Answer:
    """A recipe and its version 1."""
    version_id = versions.create(
        actor, name=body.name, prefix=body.prefix, kind=body.kind, making=body.making(), draft=body.draft
    )
    return Answer(201, schemas.recipe(queries.recipe(actor, version_id)))


@bp.get("/recipes")
@operation(
    permission=Permission.RECIPES_VIEW,
    summary="Recipes by name",
    answer=answers.RecipesOut,
    query=bodies.RecipePage,
)
def list_recipes(actor: Actor, *, query: bodies.RecipePage) -> Answer:
    """Each by its version in force, else its latest draft."""
    page = queries.page(actor, q=query.q, limit=query.limit, cursor=query.cursor)
    return Answer(200, {"data": [schemas.recipe(row) for row in page.rows], "next_cursor": page.next_cursor})


@bp.get("/recipes/<recipe>")
@operation(
    permission=Permission.RECIPES_VIEW,
    summary="One recipe, as it is made now",
    answer=answers.RecipeOut,
    query=bodies.ScaleQuery,
    path={"recipe": references.find},
)
def show(actor: Actor, *, recipe: Found, query: bodies.ScaleQuery) -> Answer:
    """The version in force, else the latest draft."""
    row = queries.recipe(actor, queries.shown_version(actor, recipe.id))
    return Answer(200, schemas.recipe(row, Fraction(query.scale)))


@bp.post("/recipes/<recipe>/versions")
@operation(
    permission=Permission.RECIPES_EDIT,
    summary="Write the next version; the ones before stay as they are",
    answer=answers.RecipeOut,
    status=201,
    body=bodies.VersionIn,
    path={"recipe": references.find},
)
def revise(actor: Actor, *, recipe: Found, body: bodies.VersionIn) -> Answer:
    """In force at once, unless it is a draft."""
    version_id = versions.revise(
        actor, recipe.id, name=body.name, prefix=body.prefix, making=body.making(), draft=body.draft
    )
    return Answer(201, schemas.recipe(queries.recipe(actor, version_id)))


@bp.get("/recipes/<recipe>/versions/<number>")
@operation(
    permission=Permission.RECIPES_VIEW,
    summary="One version",
    answer=answers.RecipeOut,
    query=bodies.ScaleQuery,
    path={"recipe": references.find, "number": _number},
)
def show_version(actor: Actor, *, recipe: Found, number: int, query: bodies.ScaleQuery) -> Answer:
    """As it was published, for ever."""
    row = queries.recipe(actor, references.version(actor, recipe.id, number))
    return Answer(200, schemas.recipe(row, Fraction(query.scale)))


@bp.get("/recipes/<recipe>/cost")
@operation(
    permission=Permission.RECIPES_VIEW,
    summary="What it would cost as of now, by FIFO",
    answer=answers.CostOut,
    query=bodies.ScaleQuery,
    path={"recipe": references.find},
)
def show_cost(actor: Actor, *, recipe: Found, query: bodies.ScaleQuery) -> Answer:
    """What is short or cannot be measured is named beside the sum."""
    found = costing.cost(actor, references.current(recipe), Fraction(query.scale))
    return Answer(200, schemas.cost(found))


@bp.get("/recipes/<recipe>/explosion")
@operation(
    permission=Permission.RECIPES_VIEW,
    summary="Its materials, every level flat",
    answer=answers.ExplosionOut,
    query=bodies.ScaleQuery,
    path={"recipe": references.find},
)
def show_explosion(actor: Actor, *, recipe: Found, query: bodies.ScaleQuery) -> Answer:
    """In stock units, each with the recipes through which it is needed."""
    needs = explosion.of_version(actor, references.current(recipe), Fraction(query.scale))
    return Answer(200, schemas.explosion(needs))


@bp.post("/stock-checks")
@operation(
    permission=Permission.INVENTORY_VIEW,
    summary="Whether there is enough, for a recipe or a list",
    answer=StockCheckOut,
    body=bodies.StockCheckIn,
    reads=True,
)
def check_stock(actor: Actor, *, body: bodies.StockCheckIn) -> Answer:
    """What would be taken, at what cost, and all that is missing at once. Changes nothing."""
    if body.recipe is not None:
        return Answer(200, stock_check(checking.of_recipe(actor, body.recipe, Fraction(body.scale or 1))))
    lines = [(line.item, Quantity(line.quantity, line.unit)) for line in body.lines or ()]
    return Answer(200, stock_check(checking.of_lines(actor, lines)))
