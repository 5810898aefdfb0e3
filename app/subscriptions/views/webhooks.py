"""The door for what Stripe tells. Anyone may knock; only what Stripe signed is heard."""

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from app.kernel.errors import NotFound
from app.platform.web import public
from app.subscriptions.services import stripe_api, stripe_events

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")

LARGEST = 256 * 1024


@bp.post("/stripe")
@public("webhooks.stripe")
def stripe() -> ResponseReturnValue:
    """Take an event. 400: not Stripe's, or too old. 5xx: something failed here, and Stripe sends it again."""
    secret = current_app.config["STRIPE_WEBHOOK_SECRET"]
    if not stripe_api.is_on() or not secret:
        raise NotFound("Billing is off on this installation.")
    request.max_content_length = LARGEST
    try:
        event = stripe_events.read(request.get_data(cache=False), request.headers.get("Stripe-Signature"), secret)
    except stripe_events.Forged:
        return {"error": "The signature does not fit."}, 400
    stripe_events.handle(event)
    return {"received": True}
