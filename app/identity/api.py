"""Identity's part of API v1: health, who is asking, tokens, the audit log."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint

from app.identity import schemas
from app.identity.models import ApiToken
from app.identity.queries import audit as audit_queries
from app.identity.queries import health as health_queries
from app.identity.queries import me as me_queries
from app.identity.queries import people as people_queries
from app.identity.queries import tokens as token_queries
from app.identity.queries.audit import EventFilter, EventRow
from app.identity.queries.people import MemberRow
from app.identity.queries.tokens import TokenRow
from app.identity.services import invitations, members, tokens
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer

bp = Blueprint("identity_api", __name__, url_prefix="/api/v1")


@bp.get("/health")
@operation(permission=None, summary="Whether the service answers", answer=schemas.HealthOut)
def health(_actor: Actor) -> Answer:
    """Reading the token asked the database already."""
    health_queries.database_answers()
    return Answer(200, {"status": "ok", "database": "connected"})


@bp.get("/me")
@operation(permission=None, summary="Who this token speaks for", answer=schemas.MeOut)
def me(actor: Actor) -> Answer:
    """The person, the organization, and what the token may do."""
    row = me_queries.me(actor)
    return Answer(
        200,
        {
            "person": {"id": str(row.person_id), "name": row.person_name, "email": row.email},
            "organization": {
                "id": str(row.organization_id),
                "slug": row.slug,
                "name": row.organization_name,
                "time_zone": row.time_zone,
                "currency": row.currency,
                "locale": row.locale,
                "tier": row.tier,
            },
            "role": row.role,
            "permissions": sorted(actor.permissions),
        },
    )


@bp.post("/tokens")
@operation(
    permission=Permission.TOKENS_MANAGE,
    summary="Make a token; its text is shown once",
    answer=schemas.NewTokenOut,
    status=201,
    body=schemas.NewToken,
)
def create_token(actor: Actor, *, body: schemas.NewToken) -> Answer:
    """A token of the asking person's own."""
    token, text = tokens.create(actor, name=body.name, scopes=body.scopes, expires_at=body.expires_at)
    shown = _shown(token_queries.token(actor, token.id))
    return Answer(201, {**shown, "token": None}, shown_once={"token": text})


@bp.get("/tokens")
@operation(
    permission=Permission.TOKENS_MANAGE,
    summary="The organization's tokens, newest first",
    answer=schemas.TokensOut,
    whatever_plan=True,
    query=schemas.TokenPage,
)
def list_tokens(actor: Actor, *, query: schemas.TokenPage) -> Answer:
    """Live, ended and revoked ones."""
    rows = token_queries.tokens(actor, limit=query.limit + 1, after=query.cursor)
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return Answer(200, {"data": [_shown(row) for row in rows], "next_cursor": str(rows[-1].id) if more else None})


@bp.delete("/tokens/<token>")
@operation(
    permission=Permission.TOKENS_MANAGE,
    summary="Revoke a token: it opens nothing from now on",
    answer=schemas.TokenOut,
    whatever_plan=True,
    path={"token": tokens.find},
)
def revoke_token(actor: Actor, *, token: ApiToken) -> Answer:
    """Final: a revoked token does not come back."""
    tokens.revoke(actor, token)
    return Answer(200, _shown(token_queries.token(actor, token.id)))


@bp.get("/audit-events")
@operation(
    permission=Permission.AUDIT_VIEW,
    summary="The organization's audit log, newest first",
    answer=schemas.AuditEventsOut,
    query=schemas.AuditPage,
)
def list_audit_events(actor: Actor, *, query: schemas.AuditPage) -> Answer:
    """Who did what, from where, what was before and after, and why."""
    page = audit_queries.page(actor, EventFilter(), limit=query.limit, cursor=query.cursor)
    return Answer(200, {"data": [_event(row) for row in page.rows], "next_cursor": page.next_cursor})


def _event(row: EventRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "sequence": row.sequence,
        "at": _instant(row.at),
        "action": row.action,
        "person": {"id": str(row.person_id), "name": row.person_name} if row.person_id else None,
        "entry_point": row.entry_point,
        "address": row.address,
        "developer_access": str(row.developer_access_id) if row.developer_access_id else None,
        "subject": {"kind": row.subject_kind, "id": row.subject_id},
        "before": row.before or None,
        "after": row.after or None,
        "reason": row.reason,
        "hash": row.hash,
    }


@bp.get("/members")
@operation(
    permission=Permission.MEMBERS_MANAGE,
    summary="Members and former ones, by name",
    answer=schemas.MembersOut,
    whatever_plan=True,
)
def list_members(actor: Actor) -> Answer:
    """Who belongs to the organization, and as what."""
    return Answer(200, {"data": [_member(row) for row in people_queries.members(actor)]})


@bp.patch("/members/<member>")
@operation(
    permission=Permission.MEMBERS_MANAGE,
    summary="Give a member another role",
    answer=schemas.MemberOut,
    body=schemas.MemberChange,
    path={"member": members.find},
)
def change_member(actor: Actor, *, member: UUID, body: schemas.MemberChange) -> Answer:
    """Counts from their next request on. Nobody gives more than they hold."""
    members.change_role(actor, person_id=member, role=body.role)
    return Answer(200, _member(people_queries.member(actor, member)))


@bp.delete("/members/<member>")
@operation(
    permission=Permission.MEMBERS_MANAGE,
    summary="End a member's place; their tokens are revoked",
    answer=schemas.MemberOut,
    whatever_plan=True,
    path={"member": members.find},
)
def deactivate_member(actor: Actor, *, member: UUID) -> Answer:
    """What they did stays."""
    members.deactivate(actor, person_id=member)
    return Answer(200, _member(people_queries.member(actor, member)))


@bp.post("/invitations")
@operation(
    permission=Permission.MEMBERS_MANAGE,
    summary="Invite somebody by mail",
    answer=schemas.InvitationOut,
    status=201,
    body=schemas.NewInvitation,
)
def create_invitation(actor: Actor, *, body: schemas.NewInvitation) -> Answer:
    """A link that works once, within seven days. It is in the mail alone."""
    made = invitations.invite(actor, email=body.email, role=body.role)
    shown = {"id": str(made.id), "email": made.email, "role": made.role, "expires_at": _instant(made.expires_at)}
    return Answer(201, shown)


@bp.get("/roles")
@operation(permission=Permission.MEMBERS_MANAGE, summary="Roles that can be given", answer=schemas.RolesOut)
def list_roles(actor: Actor) -> Answer:
    """Ready ones first, then the organization's own."""
    return Answer(200, {"data": [asdict(row) for row in people_queries.roles_with_permissions(actor)]})


def _member(row: MemberRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "email": row.email,
        "role": row.role,
        "role_name": row.role_name,
        "since": _instant(row.created_at),
        "deactivated_at": _instant(row.deactivated_at),
        "second_factor": row.second_factor,
    }


def _shown(row: TokenRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "person": {"id": str(row.person_id), "name": row.person_name},
        "scopes": None if row.scopes is None else list(row.scopes),
        "created_at": _instant(row.created_at),
        "expires_at": _instant(row.expires_at),
        "revoked_at": _instant(row.revoked_at),
        "last_used_at": _instant(row.last_used_at),
    }


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
