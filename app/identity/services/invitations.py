"""The authority on invitations: a place offered by mail, taken by whoever opens the link, once, within seven days.

An open invitation keeps a seat. Whoever invites never learns whether the email has an account.
"""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import AuditEvent, Invitation, Membership, Organization, Person
from app.identity.services import access, audit, granting, members, people, plain_words, roles, seats, sessions
from app.identity.services.audit import By, Subject
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.ids import parse, uuid7
from app.kernel.permissions import Permission
from app.platform import links, mail
from app.platform.database import db
from app.platform.mail import Link
from app.platform.models import OutgoingMail

PURPOSE, PATH = "invitation", "/invitation"
KEPT = timedelta(days=7)
MAILS_A_DAY, MAILS_A_DAY_EACH, MAILS_A_DAY_TO_ONE = 100, 5, 15
"""Of an organization, of those to one email, and of all organizations' to one email: nobody makes BatchTrack fill a
stranger's letterbox, whether by sending again, by withdrawing and inviting anew, or from several workshops."""


class InvitationOver(Conflict):
    """The link opens nothing any more, or never did.

    `code`: invitation_used, _withdrawn, _expired, _unknown or _unbacked (whoever sent it may no longer give the role);
    workshop_closed, workshop_lapsed.
    """

    code = "invitation_unknown"

    def __init__(self, detail: str, *, code: str | None = None, invitation: Invitation | None = None) -> None:
        super().__init__(detail, code=code)
        self.invitation = invitation


def invite(actor: Actor, *, email: str, role: str) -> Invitation:
    """Offer a place to whoever reads this email's mail.

    role:    a template's name, or the id of an own role; nothing that may do more than the actor
    raises:  Forbidden, Invalid on `email` or `role`; LimitReached
             Conflict `already_exists`, `already_invited`, `enough_mail`
    """
    actor.require(Permission.MEMBERS_MANAGE)
    people.check_email(email)
    organization = granting.lock(actor.organization_id)
    members.require_role(actor.organization_id, role)
    granting.require_gives(actor, role)
    key = people.email_key(email)
    _refuse_known(actor, key)
    seats.require_room(actor)
    now = clock.now()
    invitation = Invitation(
        id=uuid7(),
        organization_id=actor.organization_id,
        email=email.strip(),
        email_key=key,
        role=role,
        invited_by=actor.person_id,
        created_at=now,
        expires_at=now + KEPT,
    )
    db.session.add(invitation)
    db.session.flush()
    _send(actor, invitation, organization)
    audit.record(actor, "members.invited", Subject("invitation", invitation.id), after={"role": role})
    return invitation


def find(actor: Actor, reference: str) -> UUID:
    """The organization's invitation of this id.

    raises: NotFound
    """
    invitation_id = parse(reference)
    if invitation_id is None or _own(actor, invitation_id) is None:
        raise NotFound("That invitation does not exist.")
    return invitation_id


def send_again(actor: Actor, *, invitation_id: UUID) -> None:
    """Mail it once more; it is open for another seven days.

    raises: Forbidden, NotFound, LimitReached, Invalid on `role`
            Conflict `already_exists`, `already_invited`, `wrong_state`, `enough_mail`
    """
    actor.require(Permission.MEMBERS_MANAGE)
    organization = granting.lock(actor.organization_id)
    invitation = _offered(actor, invitation_id)
    members.require_role(actor.organization_id, invitation.role)
    granting.require_gives(actor, invitation.role)
    if invitation.expires_at <= clock.now():
        _refuse_known(actor, invitation.email_key)
        seats.require_room(actor)
    invitation.expires_at = clock.now() + KEPT
    invitation.invited_by = actor.person_id  # who answers for it from now on
    db.session.flush()
    _send(actor, invitation, organization)
    audit.record(
        actor,
        "members.invited",
        Subject("invitation", invitation.id),
        after={"role": invitation.role, "again": True},
    )


def withdraw(actor: Actor, *, invitation_id: UUID) -> None:
    """The link opens nothing any more. Never behind a plan.

    raises: Forbidden, NotFound; Conflict `wrong_state`
    """
    actor.require(Permission.MEMBERS_MANAGE, whatever_plan=True)
    granting.lock(actor.organization_id)
    invitation = _offered(actor, invitation_id)
    granting.require_gives(actor, invitation.role)
    invitation.withdrawn_at = clock.now()
    db.session.flush()
    audit.record(
        actor, "members.invitation_withdrawn", Subject("invitation", invitation.id), before={"role": invitation.role}
    )


def opened(said: str) -> Invitation:
    """The invitation that this link opens, still to be taken.

    raises: InvitationOver, saying why
    """
    invitation_id = links.read(PURPOSE, said)
    invitation = None if invitation_id is None else db.session.get(Invitation, invitation_id, populate_existing=True)
    return _still_open(invitation)


def accept(said: str, *, person_id: UUID, address: str | None, proven: bool) -> str:
    """Give the place to the person, whose email must be the one that was invited; the organization's slug.

    By somebody who took it before: nothing more happens. Binds the organization.

    proven:  the link can only have come by mail, so the email is the person's own
    raises:  InvitationOver; Conflict `another_email`; LimitReached when the plan has no seat left
    """
    organization = granting.lock(opened_or_used_by(said, person_id).organization_id)
    invitation = opened_or_used_by(said, person_id)
    if invitation.accepted_at is not None:
        return organization.slug
    person = db.session.scalars(
        sa.select(Person)
        .where(Person.id == person_id, Person.deactivated_at.is_(None))
        .execution_options(populate_existing=True)
    ).one()
    if person.email_key != invitation.email_key:
        raise Conflict("This invitation is for another email.", code="another_email")
    _take(invitation, organization, person, address, proven=proven)
    return organization.slug


def join(
    said: str, *, name: str, password_hash: str, address: str | None, browser: str | None, proven: bool
) -> tuple[str, str]:
    """Make an account for the email that was invited, and give it the place; the organization's slug, and the secret of
    a first session. Binds the organization.

    raises: InvitationOver; Invalid on `name`; Conflict `already_exists` for an email that has an account; LimitReached
    """
    organization = granting.lock(opened(said).organization_id)
    invitation = opened(said)
    person = people.create(email=invitation.email, name=name, password_hash=password_hash)
    _take(invitation, organization, person, address, proven=proven)
    return organization.slug, sessions.begin(person.id, address=address, browser=browser)


def opened_or_used_by(said: str, person_id: UUID | None) -> Invitation:
    """As `opened`, and one that this person took before.

    raises: InvitationOver
    """
    try:
        return opened(said)
    except InvitationOver as over:
        if person_id is None or over.invitation is None or over.invitation.accepted_by != person_id:
            raise
        return over.invitation


def _take(
    invitation: Invitation, organization: Organization, person: Person, address: str | None, *, proven: bool
) -> None:
    """The new member's place. What held when it was offered is asked again: the house is open, whoever sent it may
    still give the role, and there is room."""
    if organization.closed_at is not None:
        raise InvitationOver("This workshop was closed.", code="workshop_closed")
    if access.is_read_only(organization):
        raise InvitationOver("This workshop’s plan has lapsed: nobody joins until it is paid.", code="workshop_lapsed")
    _require_backed(invitation)
    members.require_role(organization.id, invitation.role)
    if proven and person.email_verified_at is None:
        person.email_verified_at = clock.now()
    invitation.accepted_at, invitation.accepted_by = clock.now(), person.id
    db.session.flush()
    if _is_member(organization.id, person.id):
        return
    seats.require_room(access.actor(person, organization, invitation.role, entry_point="web"))
    by = By(organization.id, "web", person_id=person.id, address=address)
    members.add(organization_id=organization.id, person_id=person.id, role=invitation.role, by=by)


def _require_backed(invitation: Invitation) -> None:
    """Under the organization's lock: no invitation outlives the power of whoever sent it."""
    inviter = granting.holder_of(invitation.organization_id, invitation.invited_by)
    grants = roles.granted(invitation.organization_id, invitation.role)
    closed = db.session.scalar(sa.select(Person.deactivated_at).where(Person.id == invitation.invited_by))
    manages = closed is None and Permission.MEMBERS_MANAGE in inviter.permissions
    if not manages or not inviter.may_give(invitation.role, grants):
        raise InvitationOver("Whoever sent this invitation can no longer give this place.", code="invitation_unbacked")


def _still_open(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise InvitationOver("This link is not whole.")
    if invitation.accepted_at is not None:
        raise InvitationOver("This invitation was used.", code="invitation_used", invitation=invitation)
    if invitation.withdrawn_at is not None:
        raise InvitationOver("This invitation was withdrawn.", code="invitation_withdrawn", invitation=invitation)
    if invitation.expires_at <= clock.now():
        raise InvitationOver("This invitation has run out.", code="invitation_expired", invitation=invitation)
    return invitation


def _own(actor: Actor, invitation_id: UUID) -> Invitation | None:
    found: Invitation | None = db.session.scalar(
        sa.select(Invitation)
        .where(Invitation.organization_id == actor.organization_id, Invitation.id == invitation_id)
        .execution_options(populate_existing=True)
    )
    return found


def _offered(actor: Actor, invitation_id: UUID) -> Invitation:
    invitation = _own(actor, invitation_id)
    if invitation is None:
        raise NotFound("That invitation does not exist.")
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise Conflict("This invitation was used or withdrawn before.", code="wrong_state")
    return invitation


def _refuse_known(actor: Actor, email_key: str) -> None:
    """Of the organization's own people and invitations alone: of anybody else nothing is told."""
    known = db.session.execute(
        sa.select(
            sa.exists().where(
                Person.email_key == email_key,
                Membership.person_id == Person.id,
                Membership.organization_id == actor.organization_id,
                Membership.deactivated_at.is_(None),
            ),
            sa.exists().where(
                Invitation.organization_id == actor.organization_id,
                Invitation.email_key == email_key,
                seats.is_open(),
            ),
        )
    ).one()
    if known[0]:
        raise Conflict("This person is a member.", code="already_exists", field="email")
    if known[1]:
        raise Conflict("This email is invited. Send that invitation again.", code="already_invited", field="email")


def _is_member(organization_id: UUID, person_id: UUID) -> bool:
    return bool(
        db.session.scalar(
            sa.select(sa.literal(1)).where(
                Membership.organization_id == organization_id,
                Membership.person_id == person_id,
                Membership.deactivated_at.is_(None),
            )
        )
    )


def _refuse_flood(actor: Actor, email_key: str) -> None:
    """An organization's mails are counted in its audit log, where each stands; those to one email among the mails."""
    since = clock.now() - timedelta(days=1)
    mailed = db.session.scalars(
        sa.select(sa.func.count()).where(
            AuditEvent.organization_id == actor.organization_id,
            AuditEvent.action == "members.invited",
            AuditEvent.at > since,
        )
    ).one()
    from_here = Invitation.organization_id == actor.organization_id
    to_one, to_one_from_here = db.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(from_here))
        .select_from(Invitation)
        .join(OutgoingMail, (OutgoingMail.link_id == Invitation.id) & (OutgoingMail.link_purpose == PURPOSE))
        .where(Invitation.email_key == email_key, OutgoingMail.created_at > since)
    ).one()
    if mailed >= MAILS_A_DAY or to_one_from_here >= MAILS_A_DAY_EACH or to_one >= MAILS_A_DAY_TO_ONE:
        raise Conflict("That is enough mail for a day. Try again tomorrow.", code="enough_mail")


def _send(actor: Actor, invitation: Invitation, organization: Organization) -> None:
    _refuse_flood(actor, invitation.email_key)
    mail.queue(
        invitation.email,
        "identity/mail/invitation",
        {
            "organization": organization.name,
            "inviter": actor.person_name,
            "role": plain_words.role_name(organization.id, invitation.role),
            "days": KEPT.days,
        },
        link=Link(PATH, PURPOSE, invitation.id),
    )
