"""Registers identity: who is at the door, its pages, its part of the API, its commands."""

from flask import Flask

from app.identity import api, cli, tasks
from app.identity.services import tokens
from app.identity.views import (
    audit,
    developer,
    doors,
    health,
    invitation,
    not_me,
    organization,
    passkeys,
    people,
    proof,
    reset,
    roles,
    second_step,
    security,
    sign_in,
    sign_up,
    tokens_page,
)
from app.platform import navigation, web
from app.platform.api import authenticator


def register(app: Flask) -> None:
    """Wire identity into `app`."""
    doors.init_app(app)
    authenticator(app, tokens.authenticate)
    web.csrf.exempt(api.bp)
    for blueprint in (
        sign_in.bp,
        second_step.bp,
        passkeys.bp,
        security.bp,
        sign_up.bp,
        reset.bp,
        not_me.bp,
        proof.bp,  # with the rest of the account's pages
        health.bp,
        audit.bp,
        developer.bp,
        invitation.bp,
        people.bp,
        roles.bp,
        organization.bp,
        tokens_page.bp,
        api.bp,
    ):
        app.register_blueprint(blueprint)
    for group in cli.GROUPS:
        app.cli.add_command(group)
    navigation.add(app, *audit.WAYS, *organization.WAYS, *people.WAYS, *roles.WAYS, *tokens_page.WAYS)
    tasks.register(app)
