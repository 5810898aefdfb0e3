"""The areas of the product, lowest first. Each registers its own blueprints, commands and tasks."""

from flask import Flask

from app.catalog import area as catalog
from app.demo import area as demo
from app.identity import area as identity
from app.insights import area as insights
from app.inventory import area as inventory
from app.production import area as production
from app.recipes import area as recipes
from app.subscriptions import area as subscriptions

AREAS = (identity, subscriptions, catalog, inventory, recipes, production, insights, demo)


def register(app: Flask) -> None:
    """Register every area with `app`."""
    for area in AREAS:
        area.register(app)
