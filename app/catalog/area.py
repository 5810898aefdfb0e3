"""Registers the catalog. Its pages and its API show stock, so they live in inventory."""

from flask import Flask, g

from app.catalog.models import Item
from app.catalog.services import crafts
from app.catalog.services.crafts import Craft
from app.subscriptions.services import counted
from app.subscriptions.services.counted import Archivable, Counted
from app.subscriptions.services.tiers import Limit


def register(app: Flask) -> None:
    """The catalog brings no routes of its own; it says how plans count products, and gives `craft()` to templates."""
    app.add_template_global(craft)
    shelf = Archivable(Item, newest=Item.created_at, detail=Item.code, counts=Item.type == "product")
    counted.register(Counted(Limit.PRODUCTS, shelf.used, shelf))


def craft() -> Craft:
    """What follows from the craft of the organization whose page is drawn."""
    organization = g.get("organization")
    return crafts.of(organization.craft if organization else None)
