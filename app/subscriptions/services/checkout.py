"""The authority on buying a plan: Stripe's Checkout and its customer portal. What is paid comes back through the sync.

Asks Stripe between two transactions, never inside one; hence they are opened here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import Permission
from app.platform import commands
from app.platform.commands import Answer
from app.subscriptions.services import payers, stripe_api, stripe_prices, stripe_sync, tiers
from app.subscriptions.services.payers import Payer
from app.subscriptions.services.tiers import Price


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan and how it is paid: "monthly" or "yearly"."""

    tier: str
    period: str

    @property
    def price(self) -> Price:
        """What it costs. raises: Invalid on tier or period"""
        tier = tiers.load().get(self.tier)
        if tier is None or not tier.prices:
            raise Invalid.field("tier", "There is no such plan.")
        if self.period not in tier.prices:
            raise Invalid.field("period", "A plan is paid by the month or by the year.")
        return tier.prices[self.period]


@dataclass(frozen=True, slots=True)
class Back:
    """Where Stripe sends the browser afterwards: whole addresses. `done` has its session's id put in."""

    done: str
    away: str


def begin(actor: Actor, choice: Choice, *, key: str, back: Back) -> str:
    """The address at Stripe where the organization buys its plan; what was begun there before ends.

    key:     the form's: sent twice it begins once
    raises:  Invalid; Conflict where there is a plan in force, nothing to buy, another window was later, or
             `choose_what_stays`; Unavailable
    """
    actor.require(Permission.BILLING_MANAGE)
    price = choice.price
    _require_buyer(payers.find(actor.organization_id))
    stripe_sync.sync(actor.organization_id)  # it may have been bought a moment ago, in another window
    payer = payers.find(actor.organization_id)
    if payer.is_paying:
        raise Conflict("A plan is in force already: change that one.", code="already_paying")
    payers.require_room(payer, choice.tier)
    customer = payers.customer_of(actor, payer)
    mark = stripe_api.digest("checkout", payer.organization_id, key)
    price_id = stripe_prices.price_id(price)
    _end_others(customer, mark)
    params = _params(payer, customer, price_id, back, mark)
    session = stripe_api.ask(lambda at: at.v1.checkout.sessions.create(params, options={"idempotency_key": mark}))
    _require_newest(customer, str(session["id"]))
    _write_down(actor, key, "billing.checkout_started", {"tier": choice.tier, "period": choice.period})
    return str(session["url"])


def open_portal(actor: Actor, *, key: str, back: str) -> str:
    """The address of Stripe's pages for cards and invoices of this organization.

    key:    the form's: sent twice it opens once
    raises: Conflict `nothing_paid`, Unavailable
    """
    actor.require(Permission.BILLING_MANAGE)
    customer = payers.require_customer(payers.find(actor.organization_id))
    params: Any = {"customer": customer, "return_url": back}
    configuration = stripe_prices.portal()
    if configuration:
        params["configuration"] = configuration
    options = stripe_api.once("portal session", actor.organization_id, key)
    session = stripe_api.ask(lambda at: at.v1.billing_portal.sessions.create(params, options=options))
    _write_down(actor, key, "billing.portal_opened", {})
    return str(session["url"])


def offered_trial(payer: Payer) -> int:
    """How many days it can try a plan: none after the first time."""
    return 0 if payer.trial_used else tiers.trial_days()


def _require_buyer(payer: Payer) -> None:
    if payer.tier == payers.UNLIMITED:
        raise Conflict("This organization has everything without paying.", code="nothing_to_buy")
    if not payer.is_open:
        raise Conflict("This organization is closed.", code="organization_closed")


def _end_others(customer: str, mark: str) -> None:
    """End what was begun in other windows, so that nobody pays twice."""
    for session in _open(customer):
        if (session.get("metadata") or {}).get("mark") != mark:
            _end(str(session["id"]))


def _require_newest(customer: str, own: str) -> None:
    """Of several that were begun at the same moment, and saw nothing of each other, the newest stays open.

    raises: Conflict `begun_elsewhere` when that is another
    """
    sessions = sorted(_open(customer), key=lambda each: (each["created"], each["id"]))
    for session in sessions[:-1]:
        _end(str(session["id"]))
    if not sessions or sessions[-1]["id"] != own:
        raise Conflict("This was begun in another window a moment ago: go on there.", code="begun_elsewhere")


def _open(customer: str) -> list[Any]:
    """What can be paid."""
    answer = stripe_api.ask(
        lambda at: at.v1.checkout.sessions.list({"customer": customer, "status": "open", "limit": 100})
    )
    return list(answer["data"])


def _end(session_id: str) -> None:
    stripe_api.ask(lambda at: at.v1.checkout.sessions.expire(session_id, options=stripe_api.once("expire", session_id)))


def _params(payer: Payer, customer: str, price_id: str, back: Back, mark: str) -> Any:
    named = {"organization_id": str(payer.organization_id)}
    days = offered_trial(payer)
    return {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": str(payer.organization_id),
        "line_items": [{"price": price_id, "quantity": 1}],
        "success_url": f"{back.done}?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": back.away,
        "metadata": {**named, "mark": mark},
        "subscription_data": {"metadata": named, **({"trial_period_days": days} if days else {})},
    }


def _write_down(actor: Actor, key: str, action: str, after: Mapping[str, str]) -> None:
    def record() -> Answer:
        audit.record(actor, action, Subject("plan", actor.organization_id), after=after)
        return Answer(200, {})

    commands.run(actor, key, {action: dict(after)}, record)
