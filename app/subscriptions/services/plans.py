"""The authority on which plan an organization has: from what it pays for or was given to its tier and standing.

Stripe's word comes through services.stripe_sync; the pages ask here. Changes claim the next version of the row.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Organization
from app.identity.services import audit
from app.identity.services.audit import By, Subject
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.ids import uuid7
from app.platform.database import db
from app.subscriptions.models import Subscription
from app.subscriptions.services import asides, tiers
from app.subscriptions.services.asides import Moved
from app.subscriptions.services.counted import House

PAID = frozenset({"active", "past_due", "trialing"})
"""Stripe's words for a subscription that is in force; past_due asks for payment and still is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from a subscription: the tier, and whether the organization can only be read."""

    tier: str
    read_only: bool


def find(organization_id: UUID) -> Subscription | None:
    """The organization's subscription as it stands in the database now; None when it never had one."""
    found: Subscription | None = db.session.scalar(
        sa.select(Subscription)
        .where(Subscription.organization_id == organization_id)
        .execution_options(populate_existing=True)
    )
    return found


def begin(organization_id: UUID) -> Subscription:
    """The organization's subscription, made empty when there is none."""
    known = find(organization_id)
    if known is None:
        known = Subscription(organization_id=organization_id, id=uuid7(), version=0, trial_used=False, then_free=False)
        db.session.add(known)
        db.session.flush()
    return known


def write(organization_id: UUID, **values: object) -> Subscription:
    """Change columns of the subscription, made when there is none, and claim its next version.

    values: such as then_free=True
    """
    row = begin(organization_id)
    db.session.execute(
        sa.update(Subscription)
        .where(Subscription.organization_id == organization_id, Subscription.id == row.id)
        .values(**values, version=Subscription.version + 1)
        .execution_options(synchronize_session=False)
    )
    return begin(organization_id)


def standing(subscription: Subscription, now: datetime) -> Standing:
    """What follows from the row alone: the larger of a gift and what is paid for; Free where it was chosen; else it
    lapsed."""
    paid = subscription.tier if subscription.status in PAID else None
    has = gift(subscription.comped_tier, subscription.comped_until, paid, now) or paid
    if has:
        return Standing(has, read_only=False)
    if subscription.status in {None, "incomplete"} or subscription.then_free:
        return Standing("free", read_only=False)
    return Standing(subscription.tier or "free", read_only=True)


def gift(given: str | None, until: datetime | None, paid: str | None, now: datetime) -> str | None:
    """The plan that is given, where that counts: its time runs, and it is no smaller than what is `paid` for."""
    runs = until is None or until > now
    return given if runs and given and tiers.rank(given) >= tiers.rank(paid) else None


def settle(by: Actor | By, subscription: Subscription) -> Standing:
    """Make the organization's tier what follows from its subscription; a change is written to the audit log.

    A smaller plan puts aside what does not fit into it, as the owner chose; a larger one brings it back. A plan that
    lapsed changes nothing but that nothing can be written.
    """
    now = clock.now()
    follows = standing(subscription, now)
    organization = db.session.scalars(
        sa.select(Organization)
        .where(Organization.id == subscription.organization_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    was = Standing(organization.tier, organization.read_only_since is not None)
    if was == follows or not _says_anything(subscription):
        return was
    organization.tier = follows.tier
    organization.read_only_since = (organization.read_only_since or now) if follows.read_only else None
    db.session.flush()
    moved = [] if follows.read_only else _level(organization, subscription)
    for each in moved:
        after = {"kind": str(each.limit), "ids": [str(thing) for thing in each.ids]}
        audit.record(by, each.action, Subject("plan", organization.id), after=after)
    audit.record(
        by,
        "plan.changed",
        Subject("plan", organization.id),
        before={"tier": was.tier, "read_only": was.read_only},
        after={"tier": follows.tier, "read_only": follows.read_only},
    )
    return follows


def _says_anything(subscription: Subscription) -> bool:
    """Where nothing was ever paid or given, an organization keeps the plan that it was made with."""
    return subscription.status is not None or subscription.comped_tier is not None


def _level(organization: Organization, subscription: Subscription) -> list[Moved]:
    kept = (subscription.kept or "").split() if subscription.kept_for == organization.tier else []
    tenant = House(organization.id, organization.time_zone)
    return asides.level(tenant, tiers.known(organization.tier), frozenset(UUID(said) for said in kept))
