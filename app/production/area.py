"""Registers production: its pages, its part of the API, and where QR codes lead."""

from flask import Flask

from app.kernel.permissions import Permission
from app.platform import navigation, web
from app.platform.navigation import Way
from app.production import api
from app.production.views import codes, pages

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
    web.csrf.exempt(api.bp)
    for blueprint in (api.bp, codes.bp, pages.bp):
        app.register_blueprint(blueprint)
    navigation.add(app, *_WAYS)
