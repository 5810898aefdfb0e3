"""Registers subscriptions: the tier's filter on what people may do, how people are counted, the pages of plans."""

from flask import Flask

from app.identity.services import closing, permissions, seats
from app.platform import navigation, web
from app.subscriptions import cli, tasks, views
from app.subscriptions.services import billing, counted, gates, people, tiers
from app.subscriptions.services.counted import Counted
from app.subscriptions.services.tiers import Limit


def register(app: Flask) -> None:
    """Wire subscriptions into `app`. A seed file that makes no sense stops the start."""
    tiers.load()
    permissions.register_filter(tiers.permitted)
    seats.register_check(gates.require_seat)
    seats.register_waiting(people.waiting)
    counted.register(Counted(Limit.USERS, people.Seats().used, people.Seats()))
    views.notices.register(app)
    closing.register(billing.end_now)
    web.csrf.exempt(views.webhooks.bp)  # Stripe signs what it sends
    for blueprint in (views.bp, views.billing.bp, views.developer.bp, views.webhooks.bp):
        app.register_blueprint(blueprint)
    navigation.add(app, *views.WAYS, views.billing.WAY)
    app.cli.add_command(cli.billing)
    tasks.register(app)
