"""The authority on who pays: an organization as Stripe's customer, and what is known of it before Stripe is asked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Organization, Person
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.platform import commands, tenancy
from app.platform.database import db
from app.subscriptions.models import Subscription
from app.subscriptions.services import downgrade, plans, stripe_api
from app.subscriptions.services.plans import PAID

UNLIMITED = "exempt"
MUST_CHOOSE = "choose_what_stays"
"""Code of the refusal that the page of choosing cures."""


@dataclass(frozen=True, slots=True)
class Payer:
    """An organization and its subscription as they stand in the database."""

    organization_id: UUID
    name: str
    tier: str
    is_open: bool
    customer: str | None = None
    subscription: str | None = None
    status: str | None = None
    paid_tier: str | None = None
    period: str | None = None
    cancels_at: datetime | None = None
    trial_used: bool = False
    kept_for: str | None = None

    @property
    def is_paying(self) -> bool:
        """Whether a subscription is in force, be it on trial or owing."""
        return self.status in PAID


def find(organization_id: UUID) -> Payer:
    """The payer. Leaves no transaction open, so that Stripe can be asked next."""
    tenancy.bind(organization_id)
    try:
        organization = db.session.scalars(
            sa.select(Organization).where(Organization.id == organization_id).execution_options(populate_existing=True)
        ).one()
        row = plans.find(organization_id)
        return _payer(organization, row) if row else _stranger(organization)
    finally:
        db.session.rollback()


def customer_of(actor: Actor, payer: Payer) -> str:
    """Stripe's customer for the organization, made when there is none; its row names it from then on.

    raises: what `stripe_api.ask` raises
    """
    if payer.customer:
        return payer.customer
    email = _email(actor.person_id)
    said = {"organization_id": str(payer.organization_id)}
    made = stripe_api.ask(
        lambda at: at.v1.customers.create(
            {"name": payer.name, "email": email, "metadata": said},
            options=stripe_api.once("customer", payer.organization_id, payer.name, email),
        )
    )
    with commands.transaction():
        tenancy.bind(payer.organization_id)
        return _named(payer.organization_id, str(made["id"]))


def require_room(payer: Payer, tier: str) -> None:
    """Pass when everything fits into the plan, or its owner has chosen what stays. Leaves no transaction open.

    raises: Conflict `choose_what_stays`
    """
    tenancy.bind(payer.organization_id)
    try:
        excess = downgrade.fits(payer.organization_id, tier)
    finally:
        db.session.rollback()
    if excess and payer.kept_for != tier:
        raise Conflict("There is more here than that plan has room for: choose what stays.", code=MUST_CHOOSE)


def lock(organization_id: UUID) -> None:
    """Hold the organization's row until the transaction ends: what is read of it next is what will be changed."""
    db.session.execute(
        sa.select(Subscription.id).where(Subscription.organization_id == organization_id).with_for_update()
    )


def require_customer(payer: Payer) -> str:
    """Stripe's customer of an organization that bought before.

    raises: Conflict `nothing_paid`
    """
    if payer.customer is None:
        raise Conflict("Nothing was ever bought here.", code="nothing_paid")
    return payer.customer


def _payer(organization: Organization, row: Subscription) -> Payer:
    return Payer(
        organization_id=organization.id,
        name=organization.name,
        tier=organization.tier,
        is_open=organization.closed_at is None,
        customer=row.stripe_customer_id,
        subscription=row.stripe_subscription_id,
        status=row.status,
        paid_tier=row.tier,
        period=row.period,
        cancels_at=row.cancels_at,
        trial_used=row.trial_used,
        kept_for=row.kept_for,
    )


def _stranger(organization: Organization) -> Payer:
    return Payer(organization.id, organization.name, organization.tier, organization.closed_at is None)


def _named(organization_id: UUID, customer: str) -> str:
    """Write the customer into the row, unless another was first; gives the one that stands there."""
    row = plans.begin(organization_id)
    db.session.execute(
        sa.update(Subscription)
        .where(Subscription.organization_id == organization_id, Subscription.stripe_customer_id.is_(None))
        .values(stripe_customer_id=customer, version=Subscription.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(row)
    return row.stripe_customer_id or customer


def _email(person_id: UUID) -> str:
    try:
        return db.session.scalars(sa.select(Person.email).where(Person.id == person_id)).one()
    finally:
        db.session.rollback()
