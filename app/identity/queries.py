"""What identity's pages and answers show: frozen rows, one statement each. Also whether the database is well."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import ApiToken, Membership, Organization, Person
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform import database
from app.platform.database import APPLICATION_ROLE, db


@dataclass(frozen=True, slots=True)
class Me:
    """Who is asking, and where."""

    person_id: UUID
    person_name: str
    email: str
    role: str
    organization_id: UUID
    slug: str
    organization_name: str
    time_zone: str
    currency: str
    locale: str
    tier: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as lists show it; its secret is kept nowhere."""

    id: UUID
    name: str
    person_id: UUID
    person_name: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def me(actor: Actor) -> Me:
    """The actor's person, role and organization."""
    row = db.session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.email,
            Membership.role,
            Organization.id,
            Organization.slug,
            Organization.name,
            Organization.time_zone,
            Organization.currency,
            Organization.locale,
            Organization.tier,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.organization_id == actor.organization_id, Membership.person_id == actor.person_id)
    ).one()
    return Me(*row)


def tokens(actor: Actor, *, limit: int, after: UUID | None = None) -> list[TokenRow]:
    """The organization's tokens, newest first, at most `limit`; those that are older than `after`, when given."""
    older = ApiToken.id < after if after is not None else sa.true()
    rows = db.session.execute(_tokens(actor).where(older).order_by(ApiToken.id.desc()).limit(limit))
    return [_token_row(row) for row in rows]


def token(actor: Actor, token_id: UUID) -> TokenRow:
    """One token of the organization.

    raises: NotFound
    """
    row = db.session.execute(_tokens(actor).where(ApiToken.id == token_id)).one_or_none()
    if row is None:
        raise NotFound("That token does not exist.")
    return _token_row(row)


def database_answers() -> bool:
    """Whether the database answers at all; errors travel."""
    return bool(db.session.execute(sa.select(sa.literal(1))).scalar_one() == 1)


def application_role_in_force() -> bool | None:
    """Whether this connection wears the role that cannot pass row-level security; None where there are no roles."""
    if database.dialect() != "postgresql":
        return None
    return bool(db.session.execute(sa.select(sa.func.current_user())).scalar_one() == APPLICATION_ROLE)


def _tokens(actor: Actor) -> sa.Select[ApiToken, str]:
    return (
        sa.select(ApiToken, Person.name)
        .join(Person, Person.id == ApiToken.person_id)
        .where(ApiToken.organization_id == actor.organization_id)
    )


def _token_row(row: sa.Row[ApiToken, str]) -> TokenRow:
    token, person_name = row
    return TokenRow(
        id=token.id,
        name=token.name,
        person_id=token.person_id,
        person_name=person_name,
        scopes=None if token.scopes is None else tuple(token.scopes.split()),
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )
