"""How a plan came to be as a test needs it, and what was written down about it."""

import json
from typing import Any

import sqlalchemy as sa

from app.identity.models import AuditEvent
from app.platform import tenancy
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests import cast
from tests.subscriptions.till import Till


def bought(till: Till, tier: str = "solo") -> Any:
    """A plan that was bought, tried and paid; everything delivered."""
    subscription = till.buy(tier)
    till.stripe.engine.renew(subscription)
    till.deliver()
    assert till.row().status == "active"
    return subscription


def owing(till: Till) -> Any:
    """A plan whose last payment failed."""
    subscription = bought(till)
    till.stripe.books.declined.add(subscription["customer"])
    till.stripe.engine.renew(subscription)
    till.deliver()
    assert till.row().status == "past_due"
    return subscription


def begun(till: Till, tier: str) -> Any:
    """Another subscription of the same customer."""
    customer = till.stripe.books.all("customer")[0]["id"]
    return till.stripe.engine.begin(customer, till.price(tier), metadata={}, trial_days=0)


def actions(till: Till) -> list[str]:
    """What the audit log says was done."""
    with till.app.app_context():
        tenancy.bind(till.house.id)
        return list(db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.organization_id == till.house.id)))


def changes(till: Till, action: str) -> list[tuple[Any, Any]]:
    """What was before and after, of each event of this action."""
    with till.app.app_context():
        tenancy.bind(till.house.id)
        rows = db.session.execute(
            sa.select(AuditEvent.before, AuditEvent.after)
            .where(AuditEvent.organization_id == till.house.id, AuditEvent.action == action)
            .order_by(AuditEvent.sequence)
        )
        return [(json.loads(row.before or "null"), json.loads(row.after or "null")) for row in rows]


def mails(till: Till) -> list[str]:
    """Templates of the mails to the owner."""
    email = cast.email_of(till.owner)
    with till.app.app_context():
        return list(db.session.scalars(sa.select(OutgoingMail.template).where(OutgoingMail.recipient == email)))
