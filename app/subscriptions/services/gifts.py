"""The authority on plans that are given: a developer user gives one to an organization, for a reason; takes it back.

Of a gift and what is paid the larger counts. When it is over, the organization has what it pays for, else Free.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.identity.models import Membership, Organization
from app.identity.services import audit
from app.identity.services.audit import By, Subject
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid
from app.kernel.words import phrase
from app.platform import tenancy
from app.platform.database import db
from app.subscriptions.models import Subscription
from app.subscriptions.services import billing_mail, plans, tiers
from app.subscriptions.services.plans import Standing

REASON_LENGTH = (10, 1_000)
ENTRY_POINT = "task"


def give(by: By, *, tier: str, reason: str, last_day: date | None = None) -> Standing:
    """Give a plan until the end of `last_day` in the organization's time zone, or without an end.

    raises: Invalid on tier, last_day or reason; Conflict `own_organization`
    """
    _check(reason)
    _require_outsider(by)
    if tier not in tiers.load():
        raise Invalid.field("tier", "There is no such plan.")
    until = None if last_day is None else _end_of(by.organization_id, last_day)
    if until is not None and until <= clock.now():
        raise Invalid.field("last_day", "This day is over.")
    tenancy.bind(by.organization_id)
    row = plans.write(by.organization_id, comped_tier=tier, comped_until=until)
    follows = plans.settle(by, row)
    billing_mail.tell_given(by.organization_id, tier=tier, last_day=last_day, reason=reason)
    after = {"tier": tier, "until": until and until.isoformat()}
    audit.record(by, "plan.comped", Subject("plan", by.organization_id), after=after, reason=reason)
    return follows


def take_back(by: By, *, reason: str) -> Standing:
    """End a gift now.

    raises: Invalid on reason; Conflict `no_gift`
    """
    _check(reason)
    tenancy.bind(by.organization_id)
    row, now = plans.find(by.organization_id), clock.now()
    if row is None or not is_given(row, now):
        raise Conflict("Nothing is given to this organization.", code="no_gift")
    was, before = row.comped_tier, {"tier": row.comped_tier}
    row = plans.write(by.organization_id, comped_until=now)
    follows = plans.settle(by, row)
    billing_mail.tell_taken_back(by.organization_id, tier=was, now=follows.tier, reason=reason)
    audit.record(by, "plan.comp_ended", Subject("plan", by.organization_id), before=before, reason=reason)
    return follows


def end_if_over(organization_id: UUID) -> bool:
    """Put into effect that a gift's time is over; gives whether that changed anything. Safe to repeat."""
    tenancy.bind(organization_id)
    row, now = plans.find(organization_id), clock.now()
    if row is None or row.comped_tier is None or is_given(row, now):
        return False
    was = db.session.scalar(sa.select(Organization.tier).where(Organization.id == organization_id))
    return plans.settle(By(organization_id, ENTRY_POINT), row).tier != was


def is_given(row: Subscription, now: datetime) -> bool:
    """Whether a gift stands."""
    return row.comped_tier is not None and (row.comped_until is None or row.comped_until > now)


def _require_outsider(by: By) -> None:
    """Nobody gives to themselves."""
    tenancy.bind(by.organization_id)
    is_member = sa.exists().where(
        Membership.organization_id == by.organization_id,
        Membership.person_id == by.person_id,
        Membership.deactivated_at.is_(None),
    )
    if db.session.scalar(sa.select(is_member)):
        raise Conflict("You are a member there: somebody else has to give it.", code="own_organization")


def _check(reason: str) -> None:
    if not REASON_LENGTH[0] <= len(reason.strip()) <= REASON_LENGTH[1]:
        raise Invalid.field(
            "reason",
            phrase(
                "Say why, in %(least)s to %(most)s characters.",
                least=REASON_LENGTH[0],
                most=f"{REASON_LENGTH[1]:,}",
            ),
        )


def _end_of(organization_id: UUID, day: date) -> datetime:
    zone = db.session.scalars(sa.select(Organization.time_zone).where(Organization.id == organization_id)).one()
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
