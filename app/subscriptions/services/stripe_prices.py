"""The authority on our plans as Stripe's products and prices: found by lookup key, made by `flask billing set-up`."""

from collections.abc import Iterator
from typing import Any

from app.kernel.errors import Unavailable
from app.subscriptions.services import stripe_api, tiers
from app.subscriptions.services.tiers import Price, Tier

_INTERVALS = {"monthly": "month", "yearly": "year"}
_OURS = {"made_by": "batchtrack"}


class NoPrice(Unavailable):
    """Stripe has no price for a plan of ours: billing was not set up, or not since the plans changed."""

    def __init__(self, price: Price) -> None:
        super().__init__(f"This plan has no price yet: run `flask billing set-up`. ({price.lookup_key})")


def price_id(price: Price) -> str:
    """Stripe's id of the price that is asked for now.

    raises: NoPrice, and what `stripe_api.ask` raises
    """
    found = _found(price)
    if found is None or found["unit_amount"] != price.amount or found["currency"] != price.currency:
        raise NoPrice(price)
    return str(found["id"])


def set_up() -> Iterator[str]:
    """Make what Stripe lacks, one line for each thing made. Safe to repeat: what is there and right stays.

    A price never changes at Stripe: where the amount differs, a new one takes over the lookup key. Who pays the old
    one goes on paying it, and its metadata still say which plan it is.
    """
    for tier in tiers.load().values():
        if tier.prices:
            yield from _product(tier)
            for price in tier.prices.values():
                yield from _price(price)
    yield from _portal()


def portal() -> str | None:
    """Stripe's id of our configuration of the portal; None before set-up: then Stripe's default serves."""
    answer = stripe_api.ask(lambda at: at.v1.billing_portal.configurations.list({"active": True, "limit": 100}))
    ours = [each["id"] for each in answer["data"] if (each.get("metadata") or {}).get("made_by") == _OURS["made_by"]]
    return ours[0] if ours else None


def _product_id(tier_name: str) -> str:
    return f"batchtrack_{tier_name}"


def _product(tier: Tier) -> Iterator[str]:
    product = _product_id(tier.name)
    try:
        stripe_api.ask(lambda at: at.v1.products.retrieve(product))
    except stripe_api.Missing:
        stripe_api.ask(
            lambda at: at.v1.products.create(
                {"id": product, "name": f"BatchTrack {tier.title}", "metadata": {**_OURS, "tier": tier.name}},
                options=stripe_api.once("product", product, tier.title),
            )
        )
        yield f"product {product}"


def _price(price: Price) -> Iterator[str]:
    found = _found(price)
    if found is not None and found["unit_amount"] == price.amount and found["currency"] == price.currency:
        return
    stripe_api.ask(
        lambda at: at.v1.prices.create(
            {
                "product": _product_id(price.tier),
                "lookup_key": price.lookup_key,
                "transfer_lookup_key": True,
                "unit_amount": price.amount,
                "currency": price.currency,
                "recurring": {"interval": _INTERVALS[price.period]},
                "metadata": {**_OURS, "tier": price.tier, "period": price.period},
            },
            options=stripe_api.once("price", price, found and found["id"]),
        )
    )
    yield f"price {price.lookup_key}: {price.amount} {price.currency}"


def _portal() -> Iterator[str]:
    if portal() is not None:
        return
    stripe_api.ask(
        lambda at: at.v1.billing_portal.configurations.create(
            {
                "features": {
                    "customer_update": {"enabled": True, "allowed_updates": ["address", "email", "name", "tax_id"]},
                    "invoice_history": {"enabled": True},
                    "payment_method_update": {"enabled": True},
                    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
                    "subscription_update": {"enabled": False},  # a smaller plan asks first what stays active: here
                },
                "metadata": _OURS,
            },
            options=stripe_api.once("portal", sorted(_OURS)),
        )
    )
    yield "configuration of the customer portal"


def _found(price: Price) -> dict[str, Any] | None:
    answer = stripe_api.ask(
        lambda at: at.v1.prices.list({"lookup_keys": [price.lookup_key], "active": True, "limit": 1})
    )
    return answer["data"][0] if answer["data"] else None
