"""The authority on API tokens: `bt_<organization>_<secret>`, kept as a hash, scoped, expiring, revocable.

A token carries its organization, so that this is set before the owned row is read.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import ApiToken, Membership, Organization, Person
from app.identity.services import access, audit, second_factors
from app.identity.services.audit import By, Subject
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.ids import parse, uuid7
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.database import db

NOTED_EVERY = timedelta(days=1)
_SECRET_BYTES = 32
_ORGANIZATION_LENGTH, _SECRET_LENGTH = 32, 64  # in hexadecimal
_HEX = frozenset("0123456789abcdef")


def create(
    actor: Actor, *, name: str, scopes: Iterable[Permission] | None = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token for the actor's own person, and its text, which is shown once and kept nowhere.

    Made by another token it ends when that one does, at the latest, and is revoked with it.
    scopes:  None: all that the actor may do now. Never more than that
    raises:  Forbidden for a scope that the actor does not hold, and where the asking token was revoked in this moment;
             Invalid for an end in the past
    """
    actor.require(Permission.TOKENS_MANAGE)
    asked = frozenset(scopes) if scopes is not None else actor.permissions
    beyond = sorted(asked - actor.permissions)
    if beyond:
        raise Forbidden("A token cannot do more than who makes it.", permission=beyond[0])
    return _make(actor, actor.person_id, name, asked, _end(actor, expires_at), made_by=actor.token_id)


def issue(
    *,
    organization_id: UUID,
    person_id: UUID,
    name: str,
    scopes: Iterable[Permission] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A token for a member, on the word of whoever holds the machine: the command line. Binds the organization.

    scopes:  None: all that the person may do, whenever it is used
    """
    return _make(By(organization_id, "cli"), person_id, name, scopes, expires_at)


def find(actor: Actor, reference: str) -> ApiToken:
    """The organization's token of this id.

    raises: NotFound
    """
    token_id = parse(reference)
    token: ApiToken | None = db.session.scalar(tenancy.select_for(actor, ApiToken).where(ApiToken.id == token_id))
    if token_id is None or token is None:
        raise NotFound("That token does not exist.")
    return token


def revoke(actor: Actor, token: ApiToken) -> ApiToken:
    """From now on the token opens nothing, nor does any that was made with it. Never behind a plan.

    raises: Conflict `wrong_state` when it was revoked before
    """
    actor.require(Permission.TOKENS_MANAGE, whatever_plan=True)
    if token.revoked_at is not None:
        raise Conflict("This token was revoked before.", code="wrong_state", status="revoked")
    _revoke(actor, [token])
    return token


def revoke_of(*, organization_id: UUID, person_id: UUID, name: str | None = None) -> int:
    """Revoke a member's live tokens, on the word of whoever holds the machine; how many were. Binds the organization.

    name: only those of this name, and what was made with them
    """
    tenancy.bind(organization_id)
    called = ApiToken.name == name if name is not None else sa.true()
    theirs = db.session.scalars(_unrevoked(organization_id).where(ApiToken.person_id == person_id, called))
    return _revoke(By(organization_id, "cli"), list(theirs))


def _revoke(by: Actor | By, wanted: list[ApiToken]) -> int:
    """These and, generation after generation, those that were made with them."""
    ended: list[ApiToken] = []
    while wanted:
        for token in wanted:
            token.revoked_at = clock.now()
        db.session.flush()
        ended += wanted
        made = ApiToken.made_by_token.in_([token.id for token in wanted])
        wanted = list(db.session.scalars(_unrevoked(by.organization_id).where(made)))
    for token in ended:
        audit.record(by, "tokens.revoked", Subject("token", token.id), before={"person": str(token.person_id)})
    return len(ended)


def _unrevoked(organization_id: UUID) -> sa.Select[ApiToken]:
    query: sa.Select[ApiToken] = (
        sa.select(ApiToken)
        .where(ApiToken.organization_id == organization_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
        .execution_options(populate_existing=True)
    )
    return query


def authenticate(text: str) -> Actor | None:
    """Who a token's text speaks for, or None. Binds the organization that the text names.

    raises: Forbidden `second_factor_required` where the organization asks for two-factor and the person has none
    """
    named = _read(text)
    if named is None:
        return None
    organization_id, secret = named
    tenancy.bind(organization_id)
    asked = {"o": organization_id, "secret_hash": _hash(secret), "now": clock.now()}
    row = db.session.execute(_LIVE, asked).one_or_none()
    if row is None:
        return None
    person, organization, role, token_id, scopes, last_used_at, lacks_factor = row
    if lacks_factor:
        raise Forbidden(
            "This workshop requires two-factor: whose token this is has to turn it on first.",
            code="second_factor_required",
        )
    actor = access.actor(person, organization, role, entry_point="api", scopes=scopes)
    actor = replace(actor, token_id=token_id)
    if last_used_at is None or last_used_at <= clock.now() - NOTED_EVERY:
        _note_use(organization_id, token_id)
    return actor


def _end(actor: Actor, asked: datetime | None) -> datetime | None:
    """When a new token ends: as asked, and never after the token with which it is made.

    That one's row is locked: whoever revokes it waits, and then finds the new one too.
    raises: Forbidden when it was revoked in this moment
    """
    if actor.token_id is None:
        return asked
    maker: ApiToken | None = db.session.scalar(
        _unrevoked(actor.organization_id).where(ApiToken.id == actor.token_id).with_for_update(key_share=True)
    )
    if maker is None:
        raise Forbidden("The token with which this one would be made is revoked.")
    return min((at for at in (asked, maker.expires_at) if at is not None), default=None)


def _make(
    by: Actor | By,
    person_id: UUID,
    name: str,
    scopes: Iterable[Permission] | None,
    expires_at: datetime | None,
    *,
    made_by: UUID | None = None,
) -> tuple[ApiToken, str]:
    if expires_at is not None and expires_at <= clock.now():
        raise Invalid.field("expires_at", "Must be in the future.")
    tenancy.bind(by.organization_id)
    secret = secrets.token_hex(_SECRET_BYTES)
    token = ApiToken(
        organization_id=by.organization_id,
        id=uuid7(),
        person_id=person_id,
        name=name,
        secret_hash=_hash(secret),
        scopes=None if scopes is None else " ".join(sorted(scopes)),
        created_at=clock.now(),
        expires_at=expires_at,
        made_by_token=made_by,
    )
    db.session.add(token)
    db.session.flush()
    audit.record(by, "tokens.created", Subject("token", token.id), after=_said(token))
    return token, f"bt_{by.organization_id.hex}_{secret}"


def _said(token: ApiToken) -> dict[str, object]:
    """What the audit log keeps of a token."""
    return {
        "person": str(token.person_id),
        "scopes": None if token.scopes is None else token.scopes.split(),
        "expires_at": None if token.expires_at is None else audit.plain(token.expires_at),
    }


def _read(text: str) -> tuple[UUID, str] | None:
    prefix, _, rest = text.partition("_")
    organization, _, secret = rest.partition("_")
    lengths = (len(organization), len(secret))
    if prefix != "bt" or lengths != (_ORGANIZATION_LENGTH, _SECRET_LENGTH) or not _HEX.issuperset(organization):
        return None
    return UUID(hex=organization), secret


def _live() -> sa.Select[Person, Organization, str, UUID, str | None, datetime | None, bool]:
    lacks_factor = Organization.two_factor_since.is_not(None) & ~second_factors.of(Person.id)
    return (
        sa.select(
            Person, Organization, Membership.role, ApiToken.id, ApiToken.scopes, ApiToken.last_used_at, lacks_factor
        )
        .join(ApiToken, ApiToken.person_id == Person.id)
        .join(
            Membership,
            (Membership.organization_id == ApiToken.organization_id) & (Membership.person_id == ApiToken.person_id),
        )
        .join(Organization, Organization.id == ApiToken.organization_id)
        .where(
            ApiToken.organization_id == sa.bindparam("o"),
            ApiToken.secret_hash == sa.bindparam("secret_hash"),
            ApiToken.revoked_at.is_(None),
            sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > sa.bindparam("now")),
            Membership.deactivated_at.is_(None),
            Person.deactivated_at.is_(None),
            Organization.closed_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )


_LIVE = _live()  # every request asks for it: to write it each time would take longer than to read the row


def _note_use(organization_id: UUID, token_id: UUID) -> None:
    at = clock.now()
    with commands.transaction():
        db.session.execute(
            sa.update(ApiToken)
            .where(
                ApiToken.organization_id == organization_id,
                ApiToken.id == token_id,
                sa.or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= at - NOTED_EVERY),
            )
            .values(last_used_at=at)
            .execution_options(synchronize_session=False)
        )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
