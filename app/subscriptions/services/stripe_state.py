"""What Stripe's answer means for an organization: its subscriptions, as they are now, to one state. Pure.

Of several subscriptions of one customer the newest that is in force counts. Where none is in force, the newest that
ever was; one that was begun and never paid counts last, and one that ran out unpaid not at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from app.subscriptions.services import tiers
from app.subscriptions.services.plans import PAID

_NEVER_PAID = "incomplete"
_RAN_OUT = "incomplete_expired"
Answer = Mapping[str, Any]


class UnknownPrice(RuntimeError):
    """Somebody pays a price of which nobody knows the plan: its metadata must say tier and period. Loud on purpose."""


@dataclass(frozen=True, slots=True)
class State:
    """The columns of a subscription that are Stripe's to say. Empty: there never was one."""

    stripe_subscription_id: str | None = None
    status: str | None = None
    tier: str | None = None
    period: str | None = None
    period_ends_at: datetime | None = None
    trial_ends_at: datetime | None = None
    cancels_at: datetime | None = None
    trial_used: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether it is in force and nobody ended it: then what was chosen for its end is over."""
        return self.status in PAID and self.cancels_at is None

    def columns(self) -> dict[str, Any]:
        """By the names of the table's columns."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def read(subscriptions: Iterable[Answer]) -> State:
    """The state that follows from all of a customer's subscriptions, ended ones included.

    raises: UnknownPrice
    """
    known = [each for each in subscriptions if each["status"] != _RAN_OUT]
    if not known:
        return State()
    chosen = max(known, key=_standing)
    return _state(chosen, trial_used=any(each.get("trial_start") for each in known))


def item_of(subscription: Answer) -> Answer:
    """The one thing that is paid for: plan and period."""
    item: Answer = subscription["items"]["data"][0]
    return item


def _standing(subscription: Answer) -> tuple[int, int, str]:
    """What counts more is larger."""
    status = subscription["status"]
    rank = 2 if status in PAID else 0 if status == _NEVER_PAID else 1
    return rank, subscription["created"], subscription["id"]


def _state(subscription: Answer, *, trial_used: bool) -> State:
    item = item_of(subscription)
    tier, period = _plan_of(item["price"])
    ends = item.get("current_period_end") or subscription.get("current_period_end")
    over = subscription["status"] == "canceled"
    ended = subscription.get("ended_at") or subscription.get("canceled_at")
    return State(
        stripe_subscription_id=subscription["id"],
        status=subscription["status"],
        tier=tier,
        period=period,
        period_ends_at=moment(ends),
        trial_ends_at=moment(subscription.get("trial_end")),
        cancels_at=moment(ended if over else leaves_at(subscription)),
        trial_used=trial_used,
    )


def _plan_of(price: Answer) -> tuple[str, str]:
    """The plan and period of a price: by its metadata, which an older price keeps when a newer takes its key."""
    said = price.get("metadata") or {}
    if said.get("tier") in tiers.load() and said.get("period") in tiers.PERIODS:
        return said["tier"], said["period"]
    for tier in tiers.load().values():
        for period, own in tier.prices.items():
            if price.get("lookup_key") == own.lookup_key:
                return tier.name, period
    raise UnknownPrice(f"The price {price.get('id')} of Stripe names no plan: set its metadata tier and period.")


def leaves_at(subscription: Answer) -> int | None:
    """When a cancelled subscription that still runs will end, in seconds of Unix; None where nobody cancelled it."""
    if subscription.get("cancel_at"):
        return int(subscription["cancel_at"])
    item = item_of(subscription)
    return item.get("current_period_end") if subscription.get("cancel_at_period_end") else None


def moment(seconds: int | None) -> datetime | None:
    """A time of Stripe's."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
