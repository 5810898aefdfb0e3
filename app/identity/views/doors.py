"""Who is at the door: the browser's session to a person, `/o/<slug>/` to the person's place there.

A slug that never was and one where the person is no member get the same answer. Flask-Login loads the person; its
user id is the secret of a session of ours, so that nothing in the cookie opens a session that was ended.
"""

from dataclasses import dataclass, replace
from typing import Any

import flask_login
from flask import Flask, current_app, g, request, session, url_for
from werkzeug.exceptions import Unauthorized

from app.identity.services import access, sessions
from app.identity.services.sessions import SignedIn
from app.kernel.errors import NotFound
from app.platform import commands, tenancy

_PREFIX = "/o/<slug>"


@dataclass(frozen=True, slots=True)
class Visitor:
    """The signed-in person, as Flask-Login knows them."""

    signed_in: SignedIn
    secret: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the signed cookie carries."""
        return self.secret


def init_app(app: Flask) -> None:
    """Stand at every door of `app`."""
    manager = flask_login.LoginManager()
    manager.session_protection = None  # the session is in the database; phones change their address
    manager.user_loader(_load)
    manager.init_app(app)
    app.url_value_preprocessor(_take_slug)
    app.before_request(_enter)
    app.url_defaults(_give_slug)
    app.context_processor(_shown)


def visitor() -> Visitor | None:
    """Who is signed in in this browser."""
    user = flask_login.current_user
    return user._get_current_object() if user.is_authenticated else None


def let_in(secret: str) -> None:
    """Begin the browser's session afresh, so that nothing that was in the cookie before counts."""
    session.clear()
    session.permanent = True
    signed_in = sessions.find(secret)
    if signed_in is not None:
        flask_login.login_user(Visitor(signed_in, secret))


def let_out() -> None:
    """End the session, here and in the database."""
    known = visitor()
    if known is not None:
        with commands.transaction():
            sessions.end(known.signed_in.session_id)
    flask_login.logout_user()
    session.clear()


def _load(secret: str) -> Visitor | None:
    signed_in = sessions.find(secret)
    if signed_in is None:
        return None
    g.confirmed_at = signed_in.confirmed_at
    if signed_in.stale:
        with commands.transaction():
            sessions.touch(signed_in.session_id)
    return Visitor(signed_in, secret)


def _take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.slug = g.actor = g.organization = None
    if values and request.url_rule is not None and request.url_rule.rule.startswith(_PREFIX):
        g.slug = values.pop("slug")


def _enter() -> None:
    if g.get("slug") is None:
        return
    known = visitor()
    if known is None:
        raise Unauthorized
    entry = access.by_slug(known.signed_in.person_id, g.slug)
    if entry is None:
        raise NotFound("That page does not exist.")
    tenancy.bind(entry.organization.id)
    g.actor, g.organization = replace(entry.actor, address=request.remote_addr), entry.organization


def _give_slug(endpoint: str, values: dict[str, Any]) -> None:
    slug = g.get("slug")
    if slug and "slug" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "slug"):
        values["slug"] = slug


def _shown() -> dict[str, Any]:
    actor, organization = g.get("actor"), g.get("organization")
    me = None
    if actor is not None and organization is not None:
        me = {
            "name": actor.person_name,
            "organization": organization.name,
            "sign_out_url": url_for("identity.sign_out"),
        }
    return {"actor": actor, "organization": organization, "me": me}
