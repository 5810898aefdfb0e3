"""Registers production: its pages, its part of the API, and where QR codes lead."""

from flask import Flask

from app.kernel.permissions import Permission
from app.platform import navigation, web
from app.platform.navigation import Way
from app.production import api
from app.production.services import planning
from app.production.views import codes, pages
from app.subscriptions.services import counted
from app.subscriptions.services.counted import Counted
from app.subscriptions.services.tiers import Limit

_PAGES = (
    "production.batch",
    "production.cancel",
    "production.extras",
    "production.fail",
    "production.finish",
    "production.plan",
    "production.reverse",
    "production.start",
)
_WAYS = (
    Way("Batches", "flame", "production.index", Permission.BATCHES_VIEW, 40, covers=_PAGES),
    Way("Make", "flame", "production.index", Permission.BATCHES_VIEW, 30, place="dock", covers=_PAGES),
    Way("Batch", "flame", "production.plan", Permission.BATCHES_PLAN, 40, place="plus"),
)


def register(app: Flask) -> None:
    """Wire production into `app`."""
    counted.register(Counted(Limit.BATCHES_A_MONTH, planning.this_month))
    web.csrf.exempt(api.bp)
    for blueprint in (api.bp, codes.bp, pages.bp):
        app.register_blueprint(blueprint)
    navigation.add(app, *_WAYS)
