"""What tests of people, roles and settings ask for: a desk in settings, the audit log, an open invitation."""

import json
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import AuditEvent, Authenticator, Membership, Organization, OwnRole, Person
from app.identity.services import access, invitations, own_roles
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError
from app.kernel.permissions import Permission
from app.platform import commands, links, tenancy
from app.platform.database import db
from tests import cast
from tests.inventory.desk import Desk, at_desk

T = TypeVar("T")
SAID = {"name": "Ada Oat", "password": "lavender-and-oat"}


@dataclass(frozen=True, slots=True)
class Noted:
    """One event of the audit log."""

    action: str
    person_id: UUID | None
    entry_point: str
    subject: tuple[str, str | None]
    before: Any
    after: Any


def noted(app: Flask, actor: Actor, area: str = "") -> list[Noted]:
    """The organization's events whose action begins with `area`, oldest first."""
    with app.app_context():
        tenancy.bind(actor.organization_id)
        rows = db.session.scalars(
            sa.select(AuditEvent).where(AuditEvent.action.startswith(area)).order_by(AuditEvent.sequence)
        )
        return [
            Noted(
                row.action,
                row.person_id,
                row.entry_point,
                (row.subject_kind, row.subject_id),
                json.loads(row.before) if row.before else None,
                json.loads(row.after) if row.after else None,
            )
            for row in rows
        ]


def did(app: Flask, work: Callable[[], T]) -> T:
    """Run and commit a service's work."""
    with app.app_context(), commands.transaction():
        return work()


def invited(app: Flask, by: Actor, *, email: str | None = None, role: str = "maker") -> str:
    """What stands in the address of a new invitation."""
    made = did(app, lambda: invitations.invite(by, email=email or new_email(), role=role).id)
    with app.app_context():
        return links.text(invitations.PURPOSE, made)


def role_made(app: Flask, by: Actor, *permissions: Permission, name: str | None = None) -> str:
    """The id of a new own role."""
    called = name or f"Role {ids.code()}"
    return str(did(app, lambda: own_roles.create(by, name=called, permissions=permissions).id))


def with_role(app: Flask, organization: OrganizationFacts, role: str) -> Actor:
    """A member with this own role, as they act from the next request on."""
    member = cast.actor_of(organization, role)
    with app.app_context():
        entry = access.by_id(member.person_id, organization.id, entry_point="web")
        assert entry
        return entry.actor


def role_of(app: Flask, organization_id: UUID, person_id: UUID) -> str | None:
    """The role of an active member; None for nobody's."""
    with app.app_context():
        return db.session.scalar(
            sa.select(Membership.role).where(
                Membership.organization_id == organization_id,
                Membership.person_id == person_id,
                Membership.deactivated_at.is_(None),
            )
        )


def require_two_factor(app: Flask, organization: OrganizationFacts) -> None:
    """As an owner does who has a second factor."""
    which = sa.update(Organization).where(Organization.id == organization.id)
    did(app, lambda: db.session.execute(which.values(two_factor_since=clock.now())))


def give_second_factor(app: Flask, actor: Actor) -> None:
    """An authenticator app."""

    def add() -> None:
        at = clock.now()
        db.session.add(Authenticator(person_id=actor.person_id, secret=b"x", created_at=at, confirmed_at=at))

    did(app, add)


def own_roles_of(app: Flask, actor: Actor) -> dict[str, str]:
    """Live own roles: name to permissions."""
    with app.app_context():
        tenancy.bind(actor.organization_id)
        live = db.session.scalars(sa.select(OwnRole).where(OwnRole.archived_at.is_(None)))
        return {row.name: row.permissions for row in live}


def settings(actor: Actor, organization: OrganizationFacts) -> Desk:
    """The actor's browser; paths are written from the organization on."""
    return at_desk(actor, organization.slug)


def new_email() -> str:
    """Of somebody without an account."""
    return f"new-{ids.code(12).lower()}@fernandtallow.example"


def at_once(app: Flask, works: Iterable[Callable[[], T]]) -> list[T | BatchTrackError]:
    """What each of the works came to, all begun in the same moment, each in a transaction of its own."""
    tasks = list(works)
    gate = Barrier(len(tasks))

    def one(work: Callable[[], T]) -> T | BatchTrackError:
        with app.app_context():
            gate.wait()
            try:
                with commands.transaction():
                    return work()
            except BatchTrackError as error:
                return error

    with ThreadPoolExecutor(len(tasks)) as hands:
        return list(hands.map(one, tasks))


def said_alike(link: str) -> str:
    """The page behind a link, without the link itself and what is new in every answer."""
    text = open_page(link).text.replace(link, "LINK")
    return re.sub(r'(name="csrf[_-]token"[^>]*(?:value|content)=")[^"]*', r"\1", text)


@pytest.fixture
def mailing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail is on: links are shown nowhere."""
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:1")


def open_page(link: str, browser: cast.Browser | None = None) -> cast.Reply:
    return (browser or cast.anonymous()).get(f"/invitation/{link}")


def join(link: str, browser: cast.Browser | None = None, **said: Any) -> cast.Reply:
    return (browser or cast.anonymous()).post(f"/invitation/{link}/join", data={**SAID, **said})


def accept(link: str, browser: cast.Browser) -> cast.Reply:
    return browser.post(f"/invitation/{link}/accept")


def somebody(app: Flask) -> tuple[Actor, str]:
    """A person of another organization, and their email."""
    other = cast.owner_of(cast.make_organization("Elsewhere"))
    return other, cast.email_of(other)


def person_of(app: Flask, email: str) -> Person | None:
    with app.app_context():
        return db.session.scalar(sa.select(Person).where(Person.email == email))
