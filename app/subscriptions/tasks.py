"""Background work of subscriptions, every night: gifts end, what Stripe says is compared with what is here, and events
that Stripe can no longer send again are forgotten."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from flask import Flask

from app.identity.services import organizations
from app.identity.services.audit import By
from app.kernel import clock
from app.platform import commands, jobs
from app.subscriptions.services import billing, gifts, payers, stripe_api, stripe_sync

END_GIFTS = "subscriptions.end_gifts"
FORGET_EVENTS = "subscriptions.forget_events"
RECONCILE_ALL, RECONCILE_ONE = "subscriptions.reconcile_all", "subscriptions.reconcile"
EVENTS_KEPT = timedelta(days=180)
"""Stripe sends an event again for three days, and whoever asks it by hand for thirty."""

ENTRY_POINT = "task"
_log = logging.getLogger(__name__)


@shared_task(name=RECONCILE_ALL, ignore_result=False)
def reconcile_all() -> int:
    """Ask for each paying organization's sync, one task each; answers how many."""
    if not stripe_api.is_on():
        return 0
    paying = [each.id for each in organizations.everyone() if payers.find(each.id).subscription is not None]
    for organization_id in paying:
        reconcile.delay(str(organization_id))
    return len(paying)


@shared_task(name=RECONCILE_ONE, ignore_result=False)
def reconcile(organization_id: str) -> bool:
    """Write down what Stripe says now; a difference means that an event was lost, and is logged. Safe to repeat.

    What a closed organization still pays for ends: Stripe could not be asked when it was closed.
    """
    before = payers.find(UUID(organization_id))
    stripe_sync.sync(UUID(organization_id))
    after = payers.find(UUID(organization_id))
    if before != after:
        _log.warning("the plan of %s was not as Stripe says: %s, now %s", organization_id, before.status, after.status)
    if not after.is_open:
        billing.end_now(By(after.organization_id, ENTRY_POINT))
    return before != after


@shared_task(name=FORGET_EVENTS, ignore_result=False)
def forget_events() -> int:
    """Delete what is remembered of old events; answers how many. Safe to repeat."""
    return stripe_sync.forget(clock.now() - EVENTS_KEPT)


@shared_task(name=END_GIFTS, ignore_result=False)
def end_gifts() -> int:
    """Put into effect that plans were given until a day that is over; answers how many. Safe to repeat."""
    ended = 0
    for organization in organizations.everyone():
        with commands.transaction():
            ended += gifts.end_if_over(organization.id)
    return ended


def register(app: Flask) -> None:
    """Every night: gifts at three, Stripe at four, old events at a quarter to five."""
    jobs.every_night(app, RECONCILE_ALL, hour=4)
    jobs.every_night(app, END_GIFTS, hour=3)
    jobs.every_night(app, FORGET_EVENTS, hour=4, minute=45)
