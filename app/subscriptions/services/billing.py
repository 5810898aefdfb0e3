"""The authority on what an owner does about a plan that was bought: changing it, ending it, taking that back.

Each asks Stripe first, under a key that makes it happen once, and writes down after: what is done at Stripe is done,
whatever happens here, and the next sync finds it. Hence transactions are opened here, between the questions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.identity.services import audit
from app.identity.services.audit import By, Subject
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.commands import Answer
from app.subscriptions.services import downgrade, payers, stripe_api, stripe_prices, stripe_state, stripe_sync
from app.subscriptions.services.checkout import Choice
from app.subscriptions.services.payers import Payer
from app.subscriptions.services.tiers import FREE

PRORATION = "create_prorations"
_OVER = frozenset({"canceled", "incomplete_expired"})
_PAID_UP = frozenset({"active", "trialing"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice that is to come; `amount` in the currency's smallest unit, negative for a credit."""

    words: str
    amount: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change costs, as Stripe reckons it: the next invoice, and when it comes."""

    lines: tuple[Line, ...]
    total: int
    currency: str
    at: datetime | None


def change(actor: Actor, choice: Choice, *, key: str) -> None:
    """Change to another plan or period, at once; what was paid and not used is counted towards it.

    A cancellation that was waiting is taken back: who chooses a plan stays.
    key:     the form's: sent twice it changes once
    raises:  Invalid; Conflict `nothing_paid`, `payment_due`, `choose_what_stays`; Unavailable
    """
    actor.require(Permission.BILLING_MANAGE)
    price = choice.price
    payer = payers.find(actor.organization_id)
    live = _changeable(payer)
    payers.require_room(payer, choice.tier)
    item, price_id = stripe_state.item_of(live), stripe_prices.price_id(price)
    if item["price"]["id"] != price_id:
        params: Any = {"items": [{"id": item["id"], "price": price_id}], "proration_behavior": PRORATION, **_stay(live)}
        _update(live["id"], params, "change", payer.organization_id, key)
        before = {"tier": payer.paid_tier, "period": payer.period}
        after = {"tier": choice.tier, "period": choice.period}
        _write_down(actor, key, "billing.plan_changed", before, after)
    stripe_sync.sync(payer.organization_id)


def preview(actor: Actor, choice: Choice) -> Preview:
    """What `change` would cost; changes nothing.

    raises: as `change`
    """
    actor.require(Permission.BILLING_MANAGE)
    price = choice.price
    live = _changeable(payers.find(actor.organization_id))
    items = [{"id": stripe_state.item_of(live)["id"], "price": stripe_prices.price_id(price)}]
    params: Any = {
        "subscription": live["id"],
        "subscription_details": {"items": items, "proration_behavior": PRORATION},
    }
    answer = stripe_api.ask(lambda at: at.v1.invoices.create_preview(params))
    return Preview(
        lines=tuple(Line(each["description"] or "", each["amount"]) for each in answer["lines"]["data"]),
        total=answer["amount_due"],
        currency=answer["currency"],
        at=stripe_state.moment(answer.get("next_payment_attempt") or answer.get("period_end")),
    )


def cancel(actor: Actor, *, then_free: bool, key: str) -> None:
    """End the plan with the period that is paid or tried; one that is owed for ends at once.

    then_free:  the organization goes on with Free; otherwise it can only be read from then on
    raises:     Conflict `nothing_paid`, `choose_what_stays`; Unavailable
    """
    actor.require(Permission.BILLING_MANAGE)
    payer = payers.find(actor.organization_id)
    live = _live(payer)
    if then_free:
        payers.require_room(payer, FREE)
    if live["status"] in _PAID_UP:
        if not stripe_state.leaves_at(live):
            _update(live["id"], {"cancel_at_period_end": True}, "cancel", payer.organization_id, key)
    elif live["status"] not in _OVER:
        _end(live["id"])

    def record() -> Answer:
        if then_free:
            payers.lock(payer.organization_id)
            downgrade.continue_on_free(actor)
        after = {"then_free": then_free}
        audit.record(actor, "billing.cancelled", _subject(payer.organization_id), after=after)
        return Answer(200, {})

    commands.run(actor, key, {"cancel": then_free}, record)
    stripe_sync.sync(payer.organization_id)


def resume(actor: Actor, *, key: str) -> None:
    """Take a cancellation back while the plan still runs.

    raises: Conflict `nothing_paid`, `plan_over`; Unavailable
    """
    actor.require(Permission.BILLING_MANAGE)
    payer = payers.find(actor.organization_id)
    live = _live(payer)
    if live["status"] in _OVER:
        raise Conflict("This plan has ended: choose one anew.", code="plan_over")
    stay = _stay(live)
    if stay:
        _update(live["id"], stay, "resume", payer.organization_id, key)
        _write_down(actor, key, "billing.resumed", None, {"tier": payer.paid_tier, "period": payer.period})
    stripe_sync.sync(payer.organization_id)


def end_now(by: Actor | By) -> None:
    """End the plan at once, because the organization closes. Nothing is done where nothing is paid, or billing is off.

    raises: Unavailable
    """
    payer = payers.find(by.organization_id)
    if payer.subscription is None or payer.status in _OVER or not stripe_api.is_on():
        return
    _end(payer.subscription)
    with commands.transaction():
        tenancy.bind(by.organization_id)
        audit.record(by, "billing.cancelled", _subject(by.organization_id), reason="the organization was closed")
    stripe_sync.sync(by.organization_id)


def _live(payer: Payer) -> dict[str, Any]:
    """The subscription as Stripe knows it now. raises: Conflict `nothing_paid`"""
    subscription = payer.subscription
    if subscription is None:
        raise Conflict("Nothing is paid for here.", code="nothing_paid")
    return stripe_api.ask(lambda at: at.v1.subscriptions.retrieve(subscription))


def _changeable(payer: Payer) -> dict[str, Any]:
    live = _live(payer)
    if live["status"] in _PAID_UP:
        return live
    if live["status"] in _OVER:
        raise Conflict("This plan has ended: choose one anew.", code="plan_over")
    raise Conflict("A payment is due: pay it first, then change the plan.", code="payment_due")


def _stay(live: Mapping[str, Any]) -> Any:
    """What takes a cancellation back: ours, or one that was made in the portal; nothing where there is none."""
    if live.get("cancel_at_period_end"):
        return {"cancel_at_period_end": False}
    return {"cancel_at": ""} if live.get("cancel_at") else {}


def _update(subscription: str, params: Any, *parts: object) -> None:
    options = stripe_api.once(*parts)
    stripe_api.ask(lambda at: at.v1.subscriptions.update(subscription, params, options=options))


def _end(subscription: str) -> None:
    stripe_api.ask(lambda at: at.v1.subscriptions.cancel(subscription, options=stripe_api.once("end", subscription)))


def _write_down(
    actor: Actor, key: str, action: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    def record() -> Answer:
        audit.record(actor, action, _subject(actor.organization_id), before=before, after=after)
        return Answer(200, {})

    commands.run(actor, key, {action: dict(after)}, record)


def _subject(organization_id: UUID) -> Subject:
    return Subject("plan", organization_id)
