"""How a plan stands, in plain words; and what pages say after something was done."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.numbers import get_currency_precision

from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.subscriptions.models import Subscription
from app.subscriptions.services import plans, tiers
from app.subscriptions.services.plans import PAID

CHANGED = "The plan is changed."
RESUMED = "The plan goes on."
CANCELLED = "The plan is cancelled."
LATER = "Stripe has not answered yet. This page shows the plan as soon as it does."
PERIODS = {"monthly": "by the month", "yearly": "by the year"}
EACH = {"monthly": "a month", "yearly": "a year"}


@dataclass(frozen=True, slots=True)
class Stands:
    """How the plan stands. `kind`: good, warn or bad; `tag` in a word or two, `words` in a sentence or two."""

    kind: str
    tag: str
    words: str
    owes: bool = False
    can_resume: bool = False
    can_cancel: bool = False


def thanks(title: str) -> str:
    """After buying."""
    return f"Thank you. Your plan is {title}."


def day_of(instant: datetime, zone: str) -> str:
    """As people write it: March 3, 2027."""
    day = clock.local_date(instant, zone)
    return f"{day:%B} {day.day}, {day.year}"


def in_whole(amount: int, currency: str) -> Decimal:
    """An amount in the smallest unit of `currency`, as the currency's own number: for the filter `money`."""
    return Decimal(amount).scaleb(-get_currency_precision(currency.upper()))


def stands(organization: OrganizationFacts, subscription: Subscription | None, now: datetime) -> Stands:
    """The sentence at the head of the page."""
    row = subscription or Subscription(status=None, then_free=False)
    runs = row.status in PAID
    if plans.gift(row.comped_tier, row.comped_until, row.tier if runs else None, now):
        return _given(row, organization.time_zone)
    if runs:
        return _running(row, organization.time_zone)
    if organization.tier == "exempt":
        return Stands("good", "Free of charge", "This organization has everything without paying.")
    return _over(row, organization)


def _given(row: Subscription, zone: str) -> Stands:
    until = f" until {day_of(row.comped_until, zone)}" if row.comped_until else ""
    running = row.status in PAID
    return Stands(
        "good", "Given to you", f"This plan was given to you{until}.", can_cancel=running and row.cancels_at is None
    )


def _running(row: Subscription, zone: str) -> Stands:
    title = tiers.known(row.tier).title
    if row.status == "past_due":
        words = "The last payment did not go through. Pay it, or change the card, and everything goes on as it was."
        return Stands("bad", "Payment due", words, owes=True, can_cancel=row.cancels_at is None)
    if row.cancels_at is not None:
        then = "goes on with Free" if row.then_free else "can only be read and exported; nothing is lost"
        words = f"{title} ends on {day_of(row.cancels_at, zone)}. After that the workshop {then}."
        return Stands("warn", "Cancelled", words, can_resume=True)
    if row.status == "trialing" and row.trial_ends_at:
        words = f"You are trying {title} until {day_of(row.trial_ends_at, zone)}. The first payment is taken then."
        return Stands("good", "Trial", words, can_cancel=True)
    renews = f" Renews on {day_of(row.period_ends_at, zone)}." if row.period_ends_at else ""
    return Stands("good", "Active", f"Paid {PERIODS.get(row.period or '', '')}.{renews}", can_cancel=True)


def _over(row: Subscription, organization: OrganizationFacts) -> Stands:
    if row.status in {None, "incomplete"}:
        return Stands("", "Free", "Nothing is paid. Larger plans can be tried first.")
    if row.then_free:
        return Stands("", "Free", "The paid plan has ended; the workshop goes on with Free.")
    if row.status == "unpaid":
        words = "Payment failed several times. Everything can be read and exported; pay to write again."
        return Stands("bad", "Lapsed", words, owes=True, can_cancel=True)
    if row.status == "paused":
        words = "The trial ended without a card. Everything can be read and exported; add a card to write again."
        return Stands("bad", "Lapsed", words, owes=True, can_cancel=True)
    ended = f" on {day_of(row.cancels_at, organization.time_zone)}" if row.cancels_at else ""
    words = f"The plan ended{ended}. Everything can be read and exported; choose a plan to write again."
    return Stands("bad", "Lapsed", words, can_cancel=True)
