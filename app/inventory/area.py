"""Registers inventory: items, lots and the ledger, for people, programs and the command line."""

from flask import Flask

from app.inventory import api, cli, tasks, views
from app.platform import navigation, web


def register(app: Flask) -> None:
    """Wire inventory into `app`."""
    for blueprint in api.BLUEPRINTS:
        web.csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    app.register_blueprint(views.bp)
    navigation.add(app, *views.WAYS)
    app.cli.add_command(cli.ledger)
    tasks.register(app)
