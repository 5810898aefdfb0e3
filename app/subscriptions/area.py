"""Registers subscriptions: the tier's filter on what people may do, the page of plans."""

from flask import Flask

from app.identity.services import permissions, seats
from app.subscriptions import views
from app.subscriptions.services import gates, tiers


def register(app: Flask) -> None:
    """Wire subscriptions into `app`. A seed file that makes no sense stops the start."""
    tiers.load()
    permissions.register_filter(tiers.permitted)
    seats.register_check(gates.require_seat)
    app.register_blueprint(views.bp)
