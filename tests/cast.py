"""The cast: people of a fresh organization, each with a role, and how they speak to the application.

The owner's workshop has a maker, a helper (storekeeper) and a viewer; the stranger owns another organization. Everybody
is made through the services that make them in life, in a context of their own: a test may have one open or not.
"""

import contextvars
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask, Response, current_app, has_app_context
from flask.globals import _cv_app
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app.identity.models import Membership, OwnRole, Person
from app.identity.services import access, members, organizations, people, sessions, tokens
from app.identity.services.audit import By
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.database import db
from app.subscriptions.services import plans
from tests import contract

PASSWORD = "lavender-and-oat"
_T = TypeVar("_T")
_CSRF = "csrf of a test"
_stage: list[Flask] = []

people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # a thousand people, not a thousand waits
_PASSWORD_HASH = people.hash_password(PASSWORD)


@pytest.fixture(autouse=True)
def _set_stage(request: pytest.FixtureRequest) -> Iterator[None]:
    """The functions below play on the application that the test asked for."""
    asked = [name for name in ("fresh_app", "app") if name in request.fixturenames]
    _stage[:] = [request.getfixturevalue(asked[0])] if asked else []
    for app in _stage:
        app.extensions.pop("batchtrack_rate", None)  # what other tests asked is not counted here
    yield
    _stage.clear()


@pytest.fixture
def organization(app: Flask) -> OrganizationFacts:
    """A fresh workshop."""
    return make_organization()


@pytest.fixture
def owner(organization: OrganizationFacts) -> Actor:
    """May do everything."""
    return owner_of(organization)


@pytest.fixture
def maker(organization: OrganizationFacts) -> Actor:
    """Buys, writes recipes, makes."""
    return actor_of(organization, Role.MAKER)


@pytest.fixture
def helper(organization: OrganizationFacts) -> Actor:
    """Keeps the store."""
    return actor_of(organization, Role.STOREKEEPER)


@pytest.fixture
def viewer(organization: OrganizationFacts) -> Actor:
    """Reads all but costs."""
    return actor_of(organization, Role.VIEWER)


@pytest.fixture
def lapsed(app: Flask) -> Actor:
    """Owns a workshop whose plan lapsed: may read all, and pay."""
    return owner_of(lapse(make_organization("The Lapsed Workshop", tier="team")))


@pytest.fixture
def stranger(app: Flask) -> Actor:
    """Owns another organization; must see nothing."""
    return owner_of(make_organization("The Other Workshop"))


def make_organization(
    name: str = "Fern & Tallow", *, zone: str = "UTC", currency: str = "USD", tier: str = "exempt"
) -> OrganizationFacts:
    """A new organization with its owner."""

    def make() -> OrganizationFacts:
        person = people.create(email=_email(), name="Ines Fernandes", password_hash=_PASSWORD_HASH)
        called = f"{name} {ids.code()}"
        return organizations.create(name=called, owner_id=person.id, time_zone=zone, currency=currency, tier=tier)

    return _written(make)


def lapse(organization: OrganizationFacts, *, tier: str = "team") -> OrganizationFacts:
    """Nobody paid for the organization's plan, and Stripe gave up asking."""
    pays(organization, status="unpaid", tier=tier)
    return organization


def pays(organization: OrganizationFacts, **said: object) -> None:
    """What Stripe last said of the organization's subscription, such as status="active", tier="team"."""

    def settle() -> None:
        tenancy.bind(organization.id)
        plans.settle(By(organization.id, "stripe"), plans.write(organization.id, **said))

    _written(settle)


def actor_of(organization: OrganizationFacts, role: str, *, entry_point: str = "web") -> Actor:
    """A new person with this role."""

    def join() -> Actor:
        person = people.create(email=_email(), name=f"Some {role}", password_hash=_PASSWORD_HASH)
        members.add(organization_id=organization.id, person_id=person.id, role=role)
        entry = access.by_id(person.id, organization.id, entry_point=entry_point)
        assert entry is not None
        return entry.actor

    return _written(join)


def own_role(organization: OrganizationFacts, permissions: Iterable[Permission], name: str = "Packer") -> str:
    """A role of the organization's own, as memberships keep it."""

    def make() -> str:
        tenancy.bind(organization.id)
        role = OwnRole(
            organization_id=organization.id,
            id=ids.uuid7(),
            name=name,
            name_key=f"{name} {ids.code()}".lower(),
            permissions=" ".join(sorted(permissions)),
            created_at=clock.now(),
        )
        db.session.add(role)
        db.session.flush()
        return str(role.id)

    return _written(make)


def owner_of(organization: OrganizationFacts) -> Actor:
    """The owner with whom `make_organization` made it."""

    def look() -> Actor:
        person_id = db.session.scalars(
            sa.select(Membership.person_id)
            .where(Membership.organization_id == organization.id, Membership.role == Role.OWNER)
            .order_by(Membership.person_id)
        ).first()
        entry = person_id and access.by_id(person_id, organization.id, entry_point="web")
        assert entry
        return entry.actor

    return _written(look)


def email_of(actor: Actor) -> str:
    """With which the actor signs in; the password is PASSWORD."""
    return _written(lambda: db.session.scalars(sa.select(Person.email).filter_by(id=actor.person_id)).one())


def token_for(actor: Actor) -> str:
    """The text of an API token that may do all that the actor's role may."""

    def issue() -> str:
        _, text = tokens.issue(organization_id=actor.organization_id, person_id=actor.person_id, name="A test's")
        return text

    return _written(issue)


def api(actor: Actor) -> "Api":
    """A program that speaks API v1 for the actor."""
    return Api(token_for(actor), Browser(_app(), use_cookies=False))


def signed_in(actor: Actor) -> "Browser":
    """A browser in which the actor signed in."""
    browser = anonymous()
    secret = _written(lambda: sessions.begin(actor.person_id))
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = secret, True
        session.permanent = True
    return browser


def anonymous() -> "Browser":
    """A browser in which nobody signed in."""
    browser = Browser(_app(), use_cookies=True)
    with browser.session_transaction() as session:
        session["csrf_token"] = _CSRF
    return browser


class Reply(TestResponse, Response):  # type: ignore[misc]
    """What came back; `json` is taken as there."""

    @property
    def json(self) -> Any:
        """The parsed body."""
        return self.get_json()


class Browser(FlaskClient):
    """A client whose every request has a context of its own, and whose forms carry the CSRF token."""

    def __init__(self, app: Flask, *, use_cookies: bool) -> None:
        super().__init__(app, Reply, use_cookies=use_cookies)

    def open(self, *arguments: Any, csrf: bool = True, **said: Any) -> Reply:
        """`csrf=False` leaves the token out."""
        if csrf and isinstance(arguments[0], str):
            said["headers"] = {"X-CSRFToken": _csrf_token(self.application), **dict(said.get("headers") or {})}
        return cast("Reply", _outside(lambda: super(Browser, self).open(*arguments, **said)))

    def get(self, *arguments: Any, **said: Any) -> Reply:
        """GET."""
        return self.open(*arguments, method="GET", **said)

    def post(self, *arguments: Any, **said: Any) -> Reply:
        """POST."""
        return self.open(*arguments, method="POST", **said)


@dataclass(frozen=True, slots=True)
class Api:
    """API v1 with one token. Paths are written without `/api/v1`."""

    token: str
    browser: Browser

    def get(self, path: str, **query: Any) -> Reply:
        """GET; the query as keywords."""
        return self.call("GET", path, query_string=query)

    def post(self, path: str, json: Any = None, key: str | None = None, **query: Any) -> Reply:
        """POST with an `Idempotency-Key`, when given."""
        return self.call("POST", path, json=json, key=key, query_string=query)

    def put(self, path: str, json: Any = None) -> Reply:
        """PUT."""
        return self.call("PUT", path, json=json)

    def patch(self, path: str, json: Any = None) -> Reply:
        """PATCH."""
        return self.call("PATCH", path, json=json)

    def delete(self, path: str, json: Any = None) -> Reply:
        """DELETE."""
        return self.call("DELETE", path, json=json)

    def call(self, method: str, path: str, *, key: str | None = None, **said: Any) -> Reply:
        """Any method; `data` instead of `json` sends raw bytes. Each answer is held against the contract."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if said.get("json") is None:
            said.pop("json", None)
        answer = self.browser.open(f"/api/v1{path}", method=method, headers=headers, csrf=False, **said)
        contract.held(self.browser.application, answer)
        return answer


def _written(work: Callable[[], _T]) -> _T:
    """Run and commit `work` in a context and a session of its own."""
    with _app().app_context(), commands.transaction():
        return work()


def _outside(call: Callable[[], _T]) -> _T:
    """Run `call` as if no application context were open here, so that a request makes its own, as in life."""

    def run() -> _T:
        _cv_app.set(None)  # type: ignore[arg-type]
        return call()

    return contextvars.copy_context().run(run)


def _app() -> Flask:
    if has_app_context():
        return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]
    assert _stage, "Ask for `app`, `database` or `fresh_app`, or for one of the cast."
    return _stage[0]


def _csrf_token(app: Flask) -> str:
    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    return str(signer.dumps(_CSRF))


def _email() -> str:
    return f"{ids.code(12).lower()}@fernandtallow.example"
