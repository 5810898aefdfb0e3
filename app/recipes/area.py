"""Registers recipes: its part of the API, and its answer to the catalog's question about units in use."""

from flask import Flask

from app.catalog.services import own_units
from app.platform import web
from app.recipes import api
from app.recipes.services import units_in_use


def register(app: Flask) -> None:
    """Wire recipes into `app`."""
    own_units.asks_before_removal(units_in_use.recipe_in_unit)
    web.csrf.exempt(api.bp)
    app.register_blueprint(api.bp)
