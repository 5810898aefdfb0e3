"""The authority on organizations: making one with its owner, and the facts that others need of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies

from app.identity.models import Membership, Organization
from app.identity.services import first_steps, members
from app.identity.services.roles import Role
from app.kernel import clock, text
from app.kernel.errors import Invalid
from app.kernel.ids import uuid7
from app.kernel.words import phrase
from app.platform import tenancy
from app.platform.database import db

NAME_LENGTH = 120

CRAFTS = {
    "soap": "Soap",
    "candles": "Candles",
    "cosmetics": "Cosmetics",
    "food": "Food",
    "other": "Something else",
}
"""What workshops make, as organizations keep it and as pages say it."""


@dataclass(frozen=True, slots=True)
class OrganizationFacts:
    """What pages and answers say of an organization. `steps`: the first steps that were seen, see `first_steps`."""

    id: UUID
    slug: str
    name: str
    time_zone: str
    currency: str
    locale: str
    tier: str
    created_at: datetime
    craft: str | None = None
    read_only: bool = False
    closed: bool = False
    two_factor: bool = False
    sample: bool = False
    steps: frozenset[str] = frozenset()


def create(
    *,
    name: str,
    owner_id: UUID,
    time_zone: str = "UTC",
    currency: str = "USD",
    locale: str = "en",
    tier: str = "exempt",
    craft: str | None = None,
    sample: bool = False,
) -> OrganizationFacts:
    """A new organization and its owner; the session is bound to it from here on.

    time_zone:  IANA name · currency: ISO 4217 code · locale: a language tag such as en, de-DE
    sample:     made to play with, and never anything else: see services.erasing
    raises:     Invalid on name, timezone, currency or locale
    """
    organization = Organization(
        id=uuid7(),
        slug=_free_slug(name),
        name=known_name(name),
        time_zone=known_zone(time_zone),
        currency=_known_currency(currency),
        locale=known_locale(locale),
        cost_method="fifo",
        tier=tier,
        craft=craft,
        sample=sample,
        created_at=clock.now(),
    )
    tenancy.bind(organization.id)  # before the insert: triggers make the books of the organization with it
    db.session.add(organization)
    db.session.flush()
    members.add(organization_id=organization.id, person_id=owner_id, role=Role.OWNER)
    return facts(organization)


def facts(organization: Organization) -> OrganizationFacts:
    """The row, frozen."""
    return OrganizationFacts(
        id=organization.id,
        slug=organization.slug,
        name=organization.name,
        time_zone=organization.time_zone,
        currency=organization.currency,
        locale=organization.locale,
        tier=organization.tier,
        created_at=organization.created_at,
        craft=organization.craft,
        read_only=organization.read_only_since is not None or organization.closed_at is not None,
        closed=organization.closed_at is not None,
        two_factor=organization.two_factor_since is not None,
        sample=organization.sample,
        steps=first_steps.seen(organization),
    )


def of_person(person_id: UUID) -> list[OrganizationFacts]:
    """Where the person is an active member and can enter, by name: a closed one is its owners' alone."""
    rows = db.session.scalars(
        sa.select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(
            Membership.person_id == person_id,
            Membership.deactivated_at.is_(None),
            sa.or_(Organization.closed_at.is_(None), Membership.role == Role.OWNER),
        )
        .order_by(Organization.name, Organization.id)
    )
    return [facts(row) for row in rows]


def named(said: str) -> list[OrganizationFacts]:
    """Organizations of this slug or this name: for whoever holds the machine."""
    rows = db.session.scalars(
        sa.select(Organization)
        .where((Organization.slug == said) | (Organization.name == said))
        .order_by(Organization.slug)
    )
    return [facts(row) for row in rows]


def everyone() -> list[OrganizationFacts]:
    """Every organization, by name: for whoever holds the machine, and for nightly work."""
    return [
        facts(row) for row in db.session.scalars(sa.select(Organization).order_by(Organization.name, Organization.id))
    ]


def _free_slug(name: str) -> str:
    base = text.slug(name) or "workshop"
    taken = set(db.session.scalars(sa.select(Organization.slug).where(Organization.slug.startswith(base))))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes."""
    return frozenset(list_currencies())


def known_name(said: str) -> str:
    """The name as it is kept.

    raises: Invalid on `name`
    """
    if not 1 <= len(said.strip()) <= NAME_LENGTH or not said.isprintable():
        raise Invalid.field("name", phrase("Must be 1 to %(most)s characters.", most=NAME_LENGTH))
    return said.strip()


def known_craft(said: str) -> str:
    """One of `CRAFTS`.

    raises: Invalid on `craft`
    """
    if said not in CRAFTS:
        raise Invalid.field("craft", "Choose what you make.")
    return said


def zones() -> list[str]:
    """Every time zone's IANA name."""
    return sorted(_zones())


def known_zone(name: str) -> str:
    """The time zone of this IANA name.

    raises: Invalid on `timezone`
    """
    if name not in _zones():
        raise Invalid.field("timezone", "Must be a time zone such as UTC or Europe/Berlin.")
    return name


def _known_currency(code: str) -> str:
    if code.upper() not in currencies():
        raise Invalid.field("currency", "Must be an ISO 4217 code such as USD or EUR.")
    return code.upper()


def known_locale(tag: str) -> str:
    """The language tag as it is kept: `pt_BR`.

    raises: Invalid on `locale`
    """
    try:
        return str(Locale.parse(tag.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise Invalid.field("locale", "Must be a language such as en, de or pt-BR.") from None
