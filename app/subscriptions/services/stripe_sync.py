"""The authority on writing down what Stripe says: asks for the state as it is now, never takes it from an event.

So the order in which events come does not matter, nor how often. Each write claims the next version of the row that
was read before Stripe was asked: whoever asked earlier and writes later finds the version gone and asks again. Asking
and writing are two transactions with the network between them, never inside one; hence they are opened here.
"""

import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Organization
from app.identity.services import audit
from app.identity.services.audit import By, Subject
from app.kernel import clock
from app.kernel.errors import Unavailable
from app.platform import commands, tenancy
from app.platform.database import db
from app.subscriptions.models import StripeEvent, Subscription
from app.subscriptions.services import billing_mail, plans, stripe_api, stripe_state
from app.subscriptions.services.stripe_state import State

TRIES = 12
_TOLD = ("status", "tier", "period", "cancels_at", "trial_ends_at")
"""What is written into the audit log when it changes."""
ENTRY_POINT = "stripe"
_PAGE = 100  # Stripe gives no more at once; nobody has as many subscriptions
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """What Stripe told: a hint that something changed. `kind` and `object_id` name the thing; nothing else is taken."""

    id: str
    type: str
    kind: str = ""
    object_id: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the row said before Stripe was asked."""

    version: int
    customer: str | None


def sync(organization_id: UUID, *, customer: str | None = None, event: Event | None = None) -> None:
    """Write down how the organization's subscription stands at Stripe now, and what follows from it.

    customer:  Stripe's customer that names this organization; taken where the row names none yet, ignored where it
               names another
    event:     remembered in the same transaction; one that was handled changes nothing
    raises:    Unavailable when others keep writing; what `stripe_api.ask` and `stripe_state.read` raise
    """
    for number in range(TRIES):
        known = _known(organization_id, customer)
        state = _at_stripe(known.customer)
        if _write(organization_id, known, state, event):
            return
        time.sleep(random.random() * min(0.02 * 2**number, 0.5))  # noqa: S311 - jitter, not a secret
    raise Unavailable("This is being changed from several sides at once. Try again.", retry_after=1)


def is_handled(event_id: str) -> bool:
    """Whether an event was handled before. Leaves no transaction open."""
    try:
        return _is_handled(event_id)
    finally:
        db.session.rollback()


def remember(event: Event) -> None:
    """Write down an event that concerns nobody here."""
    with commands.transaction():
        if not _is_handled(event.id):
            _remember(event)


def exists(organization_id: UUID) -> bool:
    """Whether there is such an organization. Leaves no transaction open."""
    try:
        return db.session.scalar(sa.select(sa.exists().where(Organization.id == organization_id))) is True
    finally:
        db.session.rollback()


def is_customer(customer: str, organization_id: UUID) -> bool:
    """Whether the organization's row names this customer of Stripe's. Leaves no transaction open."""
    tenancy.bind(organization_id)
    try:
        row = plans.find(organization_id)
        return row is not None and row.stripe_customer_id == customer
    finally:
        db.session.rollback()


def forget(before: datetime) -> int:
    """Delete what is remembered of events that were handled before then; how many."""
    with commands.transaction():
        gone = db.session.execute(
            sa.delete(StripeEvent).where(StripeEvent.handled_at < before).returning(StripeEvent.id)
        )
        return len(gone.all())


def _known(organization_id: UUID, customer: str | None) -> Known:
    tenancy.bind(organization_id)
    row = plans.find(organization_id)
    if row is None:
        with commands.transaction():
            _lock(organization_id)
            row = plans.begin(organization_id)
    known = Known(row.version, row.stripe_customer_id or customer)
    db.session.rollback()
    return known


def _lock(organization_id: UUID) -> None:
    """Two that begin the organization's row wait for each other here."""
    db.session.execute(
        sa.select(Organization.id).where(Organization.id == organization_id).with_for_update(key_share=True)
    )


def _at_stripe(customer: str | None) -> State:
    if customer is None:
        return State()
    answer = stripe_api.ask(
        lambda stripe: stripe.v1.subscriptions.list({"customer": customer, "status": "all", "limit": _PAGE})
    )
    return stripe_state.read(answer["data"])


def _write(organization_id: UUID, known: Known, state: State, event: Event | None) -> bool:
    """Write `state`, unless somebody wrote since `known` was read: then False, and nothing is changed."""
    with commands.transaction():
        tenancy.bind(organization_id)
        if event is not None and _is_handled(event.id):
            return True
        before = _claim(organization_id, known, state)
        if before is None:
            return False
        row = _row(organization_id)
        if before.stripe_subscription_id or row.stripe_subscription_id:  # who never had one keeps what was given
            plans.settle(By(organization_id, ENTRY_POINT), row)
        if event is not None:
            billing_mail.tell(organization_id, event.type, state)
            _remember(event)
        _record(organization_id, before, state)
        return True


def _record(organization_id: UUID, before: State, after: State) -> None:
    """Write what changed of it into the audit log; another period of the same is no change."""
    was, now = _told(before), _told(after)
    changed = sorted(name for name in _TOLD if was[name] != now[name])
    if changed:
        audit.record(
            By(organization_id, ENTRY_POINT),
            "billing.changed",
            Subject("plan", organization_id),
            before={name: was[name] for name in changed},
            after={name: now[name] for name in changed},
        )


def _told(state: State) -> Mapping[str, Any]:
    return {name: audit.plain(value) for name, value in state.columns().items() if name in _TOLD}


def _claim(organization_id: UUID, known: Known, state: State) -> State | None:
    """Claim the next version with this state; gives what stood there before, None when the version is gone."""
    row = _row(organization_id)
    before = State(**{name: getattr(row, name) for name in state.columns()})
    columns = {**state.columns(), "trial_used": state.trial_used or before.trial_used}
    if state.goes_on:
        columns["then_free"] = False
    claimed = db.session.execute(
        sa.update(Subscription)
        .where(Subscription.organization_id == organization_id, Subscription.version == known.version)
        .values(**columns, stripe_customer_id=known.customer, synced_at=clock.now(), version=Subscription.version + 1)
        .execution_options(synchronize_session=False)
    )
    return before if claimed.rowcount == 1 else None  # type: ignore[attr-defined]


def _row(organization_id: UUID) -> Subscription:
    row = plans.find(organization_id)
    if row is None:
        raise LookupError(organization_id)
    return row


def _is_handled(event_id: str) -> bool:
    return db.session.scalar(sa.select(sa.exists().where(StripeEvent.id == event_id))) is True


def _remember(event: Event) -> None:
    db.session.add(StripeEvent(id=event.id, type=event.type, handled_at=clock.now()))
    db.session.flush()
