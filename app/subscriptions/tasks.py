"""Background work of subscriptions, every night: gifts end, and what Stripe says is compared with what is here."""

import logging
from uuid import UUID

from celery import shared_task
from flask import Flask

from app.identity.services import organizations
from app.platform import commands, jobs
from app.subscriptions.services import gifts, payers, stripe_api, stripe_sync

END_GIFTS = "subscriptions.end_gifts"
RECONCILE_ALL, RECONCILE_ONE = "subscriptions.reconcile_all", "subscriptions.reconcile"
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
    """Write down what Stripe says now; a difference means that an event was lost, and is logged. Safe to repeat."""
    before = payers.find(UUID(organization_id))
    stripe_sync.sync(UUID(organization_id))
    after = payers.find(UUID(organization_id))
    if before != after:
        _log.warning("the plan of %s was not as Stripe says: %s, now %s", organization_id, before.status, after.status)
    return before != after


@shared_task(name=END_GIFTS, ignore_result=False)
def end_gifts() -> int:
    """Put into effect that plans were given until a day that is over; answers how many. Safe to repeat."""
    ended = 0
    for organization in organizations.everyone():
        with commands.transaction():
            ended += gifts.end_if_over(organization.id)
    return ended


def register(app: Flask) -> None:
    """Every night: gifts at three, Stripe at four."""
    jobs.every_night(app, RECONCILE_ALL, hour=4)
    jobs.every_night(app, END_GIFTS, hour=3)
