"""The authority on talking to Stripe: the official client, its patience, and what its refusals mean in plain words.

Never inside a database transaction: Stripe may take seconds, and a connection would be held all that while. No secret
of Stripe's is logged, nor what it answers; only which kind of error it was, and Stripe's name for the request.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import stripe
from stripe import HTTPClient, StripeClient

from app.kernel.errors import BatchTrackError, Conflict, NotFound, Unavailable
from app.platform import settings
from app.platform.database import db

TIMEOUT_SECONDS, RETRIES = 5, 2
_RETRY_AFTER_SECONDS = 5
_log = logging.getLogger(__name__)


class BillingOff(Conflict):
    """This installation has no key of Stripe's: nothing can be bought here, and everything else works."""

    code = "billing_off"

    def __init__(self) -> None:
        super().__init__("Billing is off on this installation.")


class InsideTransaction(RuntimeError):
    """Stripe was asked while a transaction was open: a bug."""


class Missing(NotFound):
    """Stripe knows no such thing."""


def is_on() -> bool:
    """Whether this installation can bill."""
    return bool(settings.text("STRIPE_SECRET_KEY"))


def ask(call: Callable[[StripeClient], Any]) -> dict[str, Any]:
    """What Stripe answers, as plain dicts and lists.

    raises: BillingOff, Missing, Conflict where it refuses, Unavailable where it does not answer; InsideTransaction
    """
    if db.session().in_transaction():
        raise InsideTransaction
    try:
        answer: dict[str, Any] = call(client()).to_dict()
    except stripe.StripeError as error:
        raise _in_plain_words(error) from None  # its own text may quote what was sent
    return answer


def once(*parts: object) -> stripe.RequestOptions:
    """The key under which Stripe does a thing once, however often it is asked."""
    return {"idempotency_key": digest(*parts)}


def digest(*parts: object) -> str:
    """Of `parts`: short, the same whenever they are, and telling nobody what they were."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def client() -> StripeClient:
    """The official client, told of this installation's key.

    raises: BillingOff
    """
    key = settings.text("STRIPE_SECRET_KEY")
    if not key:
        raise BillingOff
    return _client(key, settings.text("STRIPE_API_BASE"))


def transport() -> HTTPClient:
    """What carries requests: gives up after five seconds."""
    return stripe.RequestsClient(timeout=TIMEOUT_SECONDS)


@cache
def _client(key: str, base: str | None) -> StripeClient:
    return StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        max_network_retries=RETRIES,
        http_client=transport(),
    )


def _in_plain_words(error: stripe.StripeError) -> BatchTrackError:
    if isinstance(error, stripe.InvalidRequestError) and error.code == "resource_missing":
        return Missing("Stripe does not know this any more.", code="missing_at_stripe")
    _log.warning("Stripe: %s %s, request %s", type(error).__name__, error.code or "", error.request_id or "unknown")
    if isinstance(error, stripe.CardError):
        return Conflict(f"The card was not accepted. {error.user_message or ''}".strip(), code="card_declined")
    if isinstance(error, stripe.IdempotencyError):
        return Conflict("This was sent before with another choice. Look once more, then send it again.")
    if isinstance(error, stripe.InvalidRequestError):
        return Conflict("Stripe did not accept this. Nothing was changed.", code="refused_by_stripe")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Unavailable("Stripe does not accept this installation's key: whoever runs it must look at it.")
    return Unavailable("Stripe does not answer. Try again in a moment.", retry_after=_RETRY_AFTER_SECONDS)
