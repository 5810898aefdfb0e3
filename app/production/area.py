"""Registers production: its part of the API, and where QR codes lead."""

from flask import Flask

from app.platform import web
from app.production import api
from app.production.views import codes


def register(app: Flask) -> None:
    """Wire production into `app`."""
    web.csrf.exempt(api.bp)
    for blueprint in (api.bp, codes.bp):
        app.register_blueprint(blueprint)
