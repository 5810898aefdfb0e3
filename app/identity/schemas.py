"""The shapes of identity's API: what comes in, and what answers are made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.identity.services import members
from app.identity.services.people import EMAIL_LENGTH
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.ids import parse
from app.kernel.permissions import Permission
from app.platform.references import Refers
from app.platform.schemas import IsoInstant, Name, PageQuery, Shape, clean_text


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


def _look_up_roles(actor: Actor, said: Mapping[str, str]) -> None:
    missing = members.missing_roles(actor, said.values())
    if missing:
        errors = {field: ["That role does not exist."] for field, role in said.items() if role in missing}
        raise NotFound("That role does not exist.", errors=errors)


RoleReference = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(clean_text), Refers(_look_up_roles)]
"""A template's name, or the id of an own role."""


class NewInvitation(Shape):
    """`POST /invitations`."""

    email: Annotated[str, Field(min_length=3, max_length=EMAIL_LENGTH), BeforeValidator(clean_text)]
    role: RoleReference


class MemberChange(Shape):
    """`PATCH /members/{member}`."""

    role: RoleReference


class InvitationOut(Answered):
    """An open invitation. Its link is in the mail alone."""

    id: UUID
    email: str
    role: str
    expires_at: datetime


class MemberOut(Answered):
    """A member, or a former one. `role`: a template's name, or the id of an own role."""

    id: UUID
    name: str
    email: str
    role: str
    role_name: str
    since: datetime
    deactivated_at: datetime | None
    second_factor: bool | None


class MembersOut(Answered):
    """Of `GET /members`."""

    data: list[MemberOut]


class RoleOut(Answered):
    """A role: `id` is what members and invitations say. `own`: made by the organization."""

    id: str
    name: str
    own: bool
    permissions: list[str]


class RolesOut(Answered):
    """Of `GET /roles`."""

    data: list[RoleOut]
