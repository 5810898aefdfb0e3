"""Registers inventory: items, lots and the ledger, for people, programs and the command line."""

from flask import Flask

from app.inventory import api
from app.platform import web


def register(app: Flask) -> None:
    """Wire inventory into `app`."""
    for blueprint in api.BLUEPRINTS:
        web.csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
