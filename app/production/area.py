"""Registers production: its pages, its part of the API, and where QR codes lead."""

from flask import Flask

from app.kernel.permissions import Permission
from app.platform import navigation, web
from app.platform.navigation import Way
from app.production import api
from app.production.queries import batches, choosing
from app.production.services import planning
from app.production.views import codes, pages, scan
from app.recipes.services import last_made
from app.subscriptions.services import counted
from app.subscriptions.services.counted import Counted
from app.subscriptions.services.tiers import Limit

_PAGES = (
    "production.batch",
    "production.bench",
    "production.cancel",
    "production.extras",
    "production.fail",
    "production.finish",
    "production.note",
    "production.plan",
    "production.reverse",
    "production.scan_lot",
    "production.start",
    "production.timer",
    "production.weigh",
)
_WAYS = (
    Way("Scan", "scan", "scan.show", Permission.INVENTORY_VIEW, 20, place="dock"),
    Way("Scan", "scan", "scan.show", Permission.INVENTORY_VIEW, 55, keys="g f"),
    Way(
        "Batches",
        "flame",
        "production.index",
        Permission.BATCHES_VIEW,
        40,
        covers=_PAGES,
        keys="g b",
        counts=batches.on_the_bench,
    ),
    Way("Labels", "tag", "production.print_labels", Permission.INVENTORY_VIEW, 45, keys="g p"),
    Way("Make", "flame", "production.index", Permission.BATCHES_VIEW, 30, place="dock", covers=_PAGES),
    Way(
        "Batch",
        "flame",
        "production.plan",
        Permission.BATCHES_PLAN,
        40,
        place="plus",
        does="Plan a batch",
        keys="n b",
    ),
)


def register(app: Flask) -> None:
    """Wire production into `app`."""
    counted.register(Counted(Limit.BATCHES_A_MONTH, planning.this_month))
    last_made.answers(choosing.made_last)
    web.csrf.exempt(api.bp)
    for blueprint in (api.bp, codes.bp, pages.bp, scan.bp):
        app.register_blueprint(blueprint)
    navigation.add(app, *_WAYS)
