"""The authority on what Stripe tells: which events concern us, and which organization each is about.

An event is a hint. Its object is fetched again, and what Stripe answers names a customer. That one is an organization's
when its row names the customer, or when the customer itself names the organization, as we wrote when it was made. What
a session or a subscription says is not enough: whoever sends a browser to Stripe by a link of their own makes it say
anything. The event's own words are believed in nothing.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import stripe
from stripe import StripeClient

from app.kernel.ids import parse
from app.subscriptions.services import stripe_api, stripe_sync
from app.subscriptions.services.stripe_sync import Event

HANDLED = frozenset(
    {
        "checkout.session.completed",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.trial_will_end",
        "customer.subscription.updated",
        "invoice.paid",
        "invoice.payment_failed",
    }
)
"""The types that Stripe is asked to send. Any other is remembered and changes nothing."""

TOLERANCE_SECONDS = 300
_LONGEST_ID = 255
_log = logging.getLogger(__name__)
_Fetch = Callable[[StripeClient, str], Any]
_FETCH: Mapping[str, _Fetch] = {
    "checkout.session": lambda at, said: at.v1.checkout.sessions.retrieve(said),
    "invoice": lambda at, said: at.v1.invoices.retrieve(said),
    "subscription": lambda at, said: at.v1.subscriptions.retrieve(said),
}


class Forged(ValueError):
    """The signature is missing, wrong or too old; or it signs something that is no event."""


@dataclass(frozen=True, slots=True)
class _Place:
    organization_id: UUID
    customer: str


def read(body: bytes, signature: str | None, secret: str) -> Event:
    """The event in a body as it came over the wire.

    raises: Forged
    """
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
        return _event(json.loads(body))
    except (stripe.SignatureVerificationError, ValueError, TypeError, KeyError, AttributeError):
        raise Forged from None


def handle(event: Event) -> None:
    """Do what follows from an event, once.

    raises: whatever stands in the way; Stripe sends the event again then
    """
    if stripe_sync.is_handled(event.id):
        return
    place = _place(event) if event.type in HANDLED else None
    if place is None:
        stripe_sync.remember(event)
    else:
        stripe_sync.sync(place.organization_id, customer=place.customer, event=event)


def _event(said: Mapping[str, Any]) -> Event:
    thing = said["data"]["object"]
    words: tuple[Any, ...] = (said["id"], said["type"], thing.get("object") or "", thing.get("id") or "")
    if not all(isinstance(word, str) and len(word) <= _LONGEST_ID for word in words) or not (words[0] and words[1]):
        raise Forged
    return Event(id=words[0], type=words[1], kind=words[2], object_id=words[3])


def _place(event: Event) -> _Place | None:
    """Whom the event is about; None for what is not ours."""
    fetch = _FETCH.get(event.kind)
    if fetch is None or not event.object_id:
        return None
    try:
        thing = stripe_api.ask(lambda at: fetch(at, event.object_id))
        customer = _id_of(thing.get("customer"))
        named = _owner_of(customer, thing) if customer else None
    except stripe_api.Missing:
        return None
    if named is None or customer is None or not stripe_sync.exists(named):
        _log.info("Stripe: %s is about no organization of this installation", event.id)
        return None
    return _Place(named, customer)


def _owner_of(customer: str, thing: Mapping[str, Any]) -> UUID | None:
    """Whose customer it is, by our own books or else by what we wrote at Stripe."""
    named = _named_by(thing)
    if named is not None and stripe_sync.is_customer(customer, named):
        return named
    answer = stripe_api.ask(lambda at: at.v1.customers.retrieve(customer))
    return parse((answer.get("metadata") or {}).get("organization_id") or "")


def _named_by(thing: Mapping[str, Any]) -> UUID | None:
    """The organization that a session, subscription or invoice speaks of: a claim."""
    parent = (thing.get("parent") or {}).get("subscription_details") or {}
    said = (thing.get("metadata") or {}, parent.get("metadata") or {})
    return parse(said[0].get("organization_id") or said[1].get("organization_id") or "")


def _id_of(said: Any) -> str | None:
    """The id of a thing that Stripe may write out."""
    return said.get("id") if isinstance(said, dict) else said
