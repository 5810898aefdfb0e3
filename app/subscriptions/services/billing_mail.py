"""The authority on mails about billing: what its owners are told, when the state of things still asks for it."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Membership, Organization, Person
from app.identity.services.roles import Role
from app.kernel import clock
from app.platform import mail
from app.platform.database import db
from app.subscriptions.services import tiers
from app.subscriptions.services.stripe_state import State

_WHEN = {
    "customer.subscription.trial_will_end": ("trialing", "subscriptions/mail/trial_will_end"),
    "invoice.payment_failed": ("past_due", "subscriptions/mail/payment_failed"),
}
"""By Stripe's event: the status that it must still have, and the mail. A late event tells of nothing that is over."""


def tell(organization_id: UUID, event_type: str, state: State) -> None:
    """Queue what the owners should know, in the transaction that remembers the event."""
    status, template = _WHEN.get(event_type, (None, ""))
    if status is None or state.status != status:
        return
    organization = _organization(organization_id)
    day = state.trial_ends_at and clock.local_date(state.trial_ends_at, organization.time_zone)
    path = f"/o/{organization.slug}/settings/billing"
    _queue(
        organization,
        template,
        plan=tiers.known(state.tier).title,
        path=path,
        trial_ends=day.isoformat() if day else None,
    )


def tell_given(organization_id: UUID, *, tier: str, last_day: date | None, reason: str) -> None:
    """Queue that a plan was given, until when and why."""
    organization = _organization(organization_id)
    said = {"plan": tiers.known(tier).title, "until": last_day.isoformat() if last_day else None, "reason": reason}
    _queue(organization, "subscriptions/mail/plan_given", path=f"/o/{organization.slug}/plans", **said)


def tell_taken_back(organization_id: UUID, *, tier: str | None, now: str, reason: str) -> None:
    """Queue that a plan that was given was taken back, which one there is `now`, and why."""
    organization = _organization(organization_id)
    said = {"plan": tiers.known(tier).title, "now": tiers.known(now).title, "reason": reason}
    _queue(organization, "subscriptions/mail/plan_taken_back", path=f"/o/{organization.slug}/plans", **said)


def _organization(organization_id: UUID) -> Organization:
    return db.session.scalars(sa.select(Organization).where(Organization.id == organization_id)).one()


def _queue(organization: Organization, template: str, **said: str | None) -> None:
    for email, locale in _owners(organization.id):
        context = {"organization": organization.name, **said}
        mail.queue(email, template, context, locale=locale or organization.locale)


def _owners(organization_id: UUID) -> list[tuple[str, str | None]]:
    rows = db.session.execute(
        sa.select(Person.email, Person.locale)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == Role.OWNER,
            Membership.deactivated_at.is_(None),
            Person.deactivated_at.is_(None),
        )
        .order_by(Person.id)
    )
    return [(email, locale) for email, locale in rows]
