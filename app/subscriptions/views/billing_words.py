"""How a plan stands, in plain words; and what pages say after something was done."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.numbers import get_currency_precision
from flask_babel import gettext as _

from app.identity.services.organizations import OrganizationFacts
from app.platform import filters
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
    return str(_("Thank you. Your plan is %(plan)s.", plan=title))


def day_of(instant: datetime, zone: str) -> str:
    """As people write it: Mar 3, 2027."""
    return filters.local_day(instant, zone)


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
        return Stands("good", _("Free of charge"), _("This organization has everything without paying."))
    return _over(row, organization)


def _given(row: Subscription, zone: str) -> Stands:
    running = row.status in PAID
    words = _("This plan was given to you.")
    if row.comped_until:
        words = _("This plan was given to you until %(day)s.", day=day_of(row.comped_until, zone))
    return Stands("good", _("Given to you"), words, can_cancel=running and row.cancels_at is None)


def _running(row: Subscription, zone: str) -> Stands:
    title = tiers.known(row.tier).title
    if row.status == "past_due":
        words = _("The last payment did not go through. Pay it, or change the card, and everything goes on as it was.")
        return Stands("bad", _("Payment due"), words, owes=True, can_cancel=row.cancels_at is None)
    if row.cancels_at is not None:
        return Stands("warn", _("Cancelled"), _ends(row, title, day_of(row.cancels_at, zone)), can_resume=True)
    if row.status == "trialing" and row.trial_ends_at:
        until = day_of(row.trial_ends_at, zone)
        words = _("You are trying %(plan)s until %(day)s. The first payment is taken then.", plan=title, day=until)
        return Stands("good", _("Trial"), words, can_cancel=True)
    return Stands("good", _("Active"), _renews(row, zone), can_cancel=True)


def _ends(row: Subscription, title: str, day: str) -> str:
    if row.then_free:
        return str(_("%(plan)s ends on %(day)s. After that the workshop goes on with Free.", plan=title, day=day))
    words = _("%(plan)s ends on %(day)s. After that the workshop can only be read and exported; nothing is lost.")
    return str(words % {"plan": title, "day": day})


def _renews(row: Subscription, zone: str) -> str:
    paid = _("Paid by the year.") if row.period == "yearly" else _("Paid by the month.")
    if row.period_ends_at is None:
        return str(paid)
    return f"{paid} {_('Renews on %(day)s.', day=day_of(row.period_ends_at, zone))}"


def _over(row: Subscription, organization: OrganizationFacts) -> Stands:
    if row.status in {None, "incomplete"}:
        return Stands("", _("Free"), _("Nothing is paid. Larger plans can be tried first."))
    if row.then_free:
        return Stands("", _("Free"), _("The paid plan has ended; the workshop goes on with Free."))
    if row.status == "unpaid":
        words = _("Payment failed several times. Everything can be read and exported; pay to write again.")
        return Stands("bad", _("Lapsed"), words, owes=True, can_cancel=True)
    if row.status == "paused":
        words = _("The trial ended without a card. Everything can be read and exported; add a card to write again.")
        return Stands("bad", _("Lapsed"), words, owes=True, can_cancel=True)
    words = _("The plan ended. Everything can be read and exported; choose a plan to write again.")
    if row.cancels_at:
        words = _("The plan ended on %(day)s. Everything can be read and exported; choose a plan to write again.")
        words %= {"day": day_of(row.cancels_at, organization.time_zone)}
    return Stands("bad", _("Lapsed"), words, can_cancel=True)
