"""Registers recipes: its pages, its part of the API, and its answer to the catalog's question about units in use."""

from flask import Flask

from app.catalog.services import own_units
from app.kernel.permissions import Permission
from app.platform import navigation, web
from app.platform.navigation import Way
from app.recipes import api, views
from app.recipes.models import Recipe
from app.recipes.queries import sheet
from app.recipes.services import units_in_use
from app.subscriptions.services import counted
from app.subscriptions.services.counted import Archivable, Counted
from app.subscriptions.services.tiers import Limit

_WAYS = (
    Way(
        "Recipes",
        "notebook",
        "recipes.index",
        Permission.RECIPES_VIEW,
        30,
        covers=("recipes.recipe", "recipes.new", "recipes.new_version"),
        keys="g r",
    ),
    Way(
        "Recipe",
        "notebook",
        "recipes.new",
        Permission.RECIPES_EDIT,
        50,
        place="plus",
        does="Write a recipe",
        keys="n w",
    ),
)


def register(app: Flask) -> None:
    """Wire recipes into `app`."""
    shelf = Archivable(Recipe, newest=Recipe.created_at, detail=Recipe.prefix)
    counted.register(Counted(Limit.RECIPES, shelf.used, shelf))
    own_units.asks_before_removal(units_in_use.recipe_in_unit)
    web.csrf.exempt(api.bp)
    for blueprint in (api.bp, views.bp):
        app.register_blueprint(blueprint)
    app.add_template_global(sheet.readable, "readable")
    app.add_template_global(web.rooted, "rooted")
    navigation.add(app, *_WAYS)
