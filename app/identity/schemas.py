"""The shapes of identity's API: what comes in, and what answers are made of."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.kernel.ids import parse
from app.kernel.permissions import Permission
from app.platform.schemas import IsoInstant, Name, PageQuery, Shape


class NewToken(Shape):
    """`POST /tokens`. Scopes left out: all that the asking token may do now."""

    name: Name
    scopes: Annotated[list[Permission], Field(min_length=1)] | None = None
    expires_at: IsoInstant | None = None


def _token_id(value: Any) -> UUID:
    found = parse(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("is not a cursor of this list")
    return found


class TokenPage(PageQuery):
    """`GET /tokens`."""

    cursor: Annotated[UUID, BeforeValidator(_token_id)] | None = None  # type: ignore[assignment]


class Answered(BaseModel):
    """An answer's shape; strict, so that tests find what the contract does not name."""

    model_config = ConfigDict(extra="forbid")


class HealthOut(Answered):
    """Of `GET /health`."""

    status: str
    database: str


class PersonOut(Answered):
    """Who is asking."""

    id: UUID
    name: str
    email: str


class OrganizationOut(Answered):
    """For which organization."""

    id: UUID
    slug: str
    name: str
    time_zone: str
    currency: str
    locale: str
    tier: str


class MeOut(Answered):
    """Of `GET /me`. `permissions`: what this token may do: tier, role and scopes together."""

    person: PersonOut
    organization: OrganizationOut
    role: str
    permissions: list[str]


class TokenPersonOut(Answered):
    """For whom a token speaks."""

    id: UUID
    name: str


class TokenOut(Answered):
    """A token; `scopes` null: all that its person may. The secret is in the first answer of `POST /tokens` alone."""

    id: UUID
    name: str
    person: TokenPersonOut
    scopes: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewTokenOut(TokenOut):
    """The new token with its text; null when the same key asks again."""

    token: str | None


class TokensOut(Answered):
    """Of `GET /tokens`."""

    data: list[TokenOut]
    next_cursor: str | None


class AuditPage(PageQuery):
    """`GET /audit-events`."""


class AuditPersonOut(Answered):
    """Who did it; `name` null: somebody who was forgotten."""

    id: UUID
    name: str | None


class AuditSubjectOut(Answered):
    """What an event is about."""

    kind: str
    id: str | None


class AuditEventOut(Answered):
    """One event. `person` null: nobody did it but Stripe, the clock or whoever runs the installation.

    `before` and `after`: what changed, people and things by id.
    """

    id: UUID
    sequence: int
    at: datetime
    action: str
    person: AuditPersonOut | None
    entry_point: str
    address: str | None
    developer_access: UUID | None
    subject: AuditSubjectOut
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    hash: str


class AuditEventsOut(Answered):
    """Of `GET /audit-events`."""

    data: list[AuditEventOut]
    next_cursor: str | None
