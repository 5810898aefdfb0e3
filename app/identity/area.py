"""Registers identity: who is at the door, its pages, its part of the API, its commands."""

from flask import Flask

from app.identity import api, cli
from app.identity.services import tokens
from app.identity.views import doors, health, sign_in
from app.platform import web
from app.platform.api import authenticator


def register(app: Flask) -> None:
    """Wire identity into `app`."""
    doors.init_app(app)
    authenticator(app, tokens.authenticate)
    web.csrf.exempt(api.bp)
    for blueprint in (sign_in.bp, health.bp, api.bp):
        app.register_blueprint(blueprint)
    for group in cli.GROUPS:
        app.cli.add_command(group)
