"""Who is at the door: the browser's session to a person, `/o/<slug>/` to the person's place there.

A slug that never was and one where the person is no member get the same answer. Flask-Login loads the person; its
user id is the secret of a session of ours, so that nothing in the cookie opens a session that was ended.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

import flask_login
from flask import Flask, current_app, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from app.identity.services import access, developers, organizations, second_factors, sessions
from app.identity.services.access import Entry
from app.identity.services.sessions import SignedIn
from app.kernel.errors import NotFound
from app.platform import commands, tenancy, words
from app.platform.web import is_htmx

View = TypeVar("View", bound=Callable[..., Any])
_PREFIX = "/o/<slug>"
_PATH_LENGTH = 500


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


def own_account(view: View) -> View:
    """The sign on the doors of people's own accounts: somebody is signed in. Stands above `reauthenticated`."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if visitor() is None:
            raise Unauthorized
        return view(*args, **kwargs)

    return cast("View", guarded)


def signed_in() -> SignedIn:
    """Who is signed in, for pages that belong to no organization.

    raises: Unauthorized
    """
    known = visitor()
    if known is None:
        raise Unauthorized
    return known.signed_in


def address() -> str:
    """From where the request comes."""
    return request.remote_addr or "unknown"


def browser() -> str | None:
    """What the browser calls itself."""
    return request.user_agent.string or None


def let_in(secret: str) -> None:
    """Begin the browser's session afresh, so that nothing that was in the cookie before counts."""
    known = visitor()
    if known is not None:
        with commands.transaction():
            sessions.end(known.signed_in.session_id)
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
    g.confirmed_at, g.person_id = signed_in.confirmed_at, signed_in.person_id
    g.locale = signed_in.locale
    if signed_in.stale:
        with commands.transaction():
            sessions.touch(signed_in.session_id)
    return Visitor(signed_in, secret)


def _take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.slug = g.actor = g.organization = g.visit = g.elsewhere = None
    if values and request.url_rule is not None and request.url_rule.rule.startswith(_PREFIX):
        g.slug = values.pop("slug")


def _enter() -> ResponseReturnValue | None:
    if g.get("slug") is None:
        return None
    known = visitor()
    if known is None:
        raise Unauthorized
    entry = access.by_slug(known.signed_in.person_id, g.slug) or _visiting(known.signed_in.person_id)
    if lacks_second_factor(entry):
        return to_security()
    tenancy.bind(entry.organization.id)
    g.actor, g.organization = replace(entry.actor, address=request.remote_addr), entry.organization
    words.speak_anew()
    g.elsewhere = None if entry.several else ()
    return None


def lacks_second_factor(entry: Entry) -> bool:
    """Whether the organization asks for a second factor that the person does not have."""
    return entry.organization.two_factor and not second_factors.has_any(entry.actor.person_id)


def to_security() -> ResponseReturnValue:
    """Where a second factor is turned on; the page says which organization asks for it."""
    there = url_for("security.show")
    if not is_htmx():
        return redirect(there, 303)
    answer = make_response("", Unauthorized.code)
    answer.headers["HX-Redirect"] = there
    return answer


def _visiting(person_id: UUID) -> Entry:
    """A developer user's open visit. What is asked for is written to the organization's log before it is answered."""
    visit = developers.visit(person_id, g.slug)
    if visit is None:
        raise NotFound("That page does not exist.")
    with commands.transaction():
        tenancy.bind(visit.entry.organization.id)
        actor = replace(visit.entry.actor, address=request.remote_addr)
        developers.note(actor, method=request.method, path=request.full_path.rstrip("?")[:_PATH_LENGTH])
    g.visit = visit
    return visit.entry


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
            "elsewhere": _elsewhere,
            "account_url": url_for("account.profile"),
            "sign_out_url": url_for("identity.sign_out"),
        }
    return {"actor": actor, "organization": organization, "me": me, "visit": g.get("visit")}


def _elsewhere() -> tuple[dict[str, str], ...]:
    """The person's other organizations, for the menu: asked for by whole pages only, once."""
    if g.elsewhere is None:
        places = organizations.of_person(g.actor.person_id)
        g.elsewhere = tuple({"name": at.name, "url": f"/o/{at.slug}/"} for at in places if at.slug != g.slug)
    found: tuple[dict[str, str], ...] = g.elsewhere
    return found
