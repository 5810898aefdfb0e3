"""What lists of API tokens show: frozen rows, one statement each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import ApiToken, Person
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.database import db


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
