"""How an organization stands with its plan, as every page may say it; and what it costs in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from babel.numbers import get_currency_precision

from app.kernel.actor import Actor
from app.platform import filters
from app.platform.database import db
from app.platform.tenancy import select_for
from app.subscriptions.models import Subscription
from app.subscriptions.services import plans, tiers
from app.subscriptions.services.plans import PAID
from app.subscriptions.services.tiers import Price, Tier

_MONTHS = 12
_OVER = frozenset({"canceled", "incomplete", "incomplete_expired"})


@dataclass(frozen=True, slots=True)
class Paid:
    """What of the subscription pages speak of."""

    status: str | None
    tier: str | None
    period: str | None
    period_ends_at: datetime | None
    trial_ends_at: datetime | None
    cancels_at: datetime | None
    then_free: bool
    comped_tier: str | None
    comped_until: datetime | None

    @property
    def runs(self) -> bool:
        """Whether there is something at Stripe that has not ended."""
        return self.status is not None and self.status not in _OVER

    def is_gift(self, now: datetime) -> bool:
        """Whether the plan is given: a gift smaller than what is paid for does not count."""
        paid = self.tier if self.status in PAID else None
        return plans.gift(self.comped_tier, self.comped_until, paid, now) is not None


def paid(actor: Actor) -> Paid | None:
    """The organization's subscription, in one statement; None where it never had one."""
    s = Subscription
    row = db.session.execute(
        select_for(
            actor,
            s.status,
            s.tier,
            s.period,
            s.period_ends_at,
            s.trial_ends_at,
            s.cancels_at,
            s.then_free,
            s.comped_tier,
            s.comped_until,
        )
    ).one_or_none()
    return Paid(*row) if row else None


def is_past_due(actor: Actor, tier_name: str) -> bool:
    """Whether a payment failed. A plan that nobody pays for is not asked about."""
    if not tiers.known(tier_name).prices:
        return False
    status = db.session.scalar(
        sa.select(Subscription.status).where(Subscription.organization_id == actor.organization_id)
    )
    return status == "past_due"


def price_words(price: Price) -> str:
    """What a period costs, without noughts that say nothing: $19, $19.50."""
    exact = Decimal(price.amount).scaleb(-get_currency_precision(price.currency.upper()))
    said = str(filters.money(exact, price.currency.upper()))
    return said.removesuffix(".00")


def months_free(tier: Tier) -> int:
    """How many months a year costs nothing when it is paid at once."""
    if not tier.prices:
        return 0
    return _MONTHS - tier.prices["yearly"].amount // tier.prices["monthly"].amount
