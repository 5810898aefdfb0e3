"""Registers the catalog. Its pages and its API show stock, so they live in inventory."""

from flask import Flask

from app.catalog.models import Item
from app.subscriptions.services import counted
from app.subscriptions.services.counted import Archivable, Counted
from app.subscriptions.services.tiers import Limit


def register(_app: Flask) -> None:
    """The catalog brings no routes of its own; it says how plans count products."""
    shelf = Archivable(Item, newest=Item.created_at, detail=Item.code, counts=Item.type == "product")
    counted.register(Counted(Limit.PRODUCTS, shelf.used, shelf))
