"""What developer users see of plans: how many organizations have each, and how one stands. Nothing that is theirs."""

from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Organization
from app.platform import tenancy
from app.platform.database import db
from app.subscriptions.models import Subscription
from app.subscriptions.services import plans


def by_tier() -> dict[str, int]:
    """How many open organizations there are of each tier's name."""
    rows = db.session.execute(
        sa.select(Organization.tier, sa.func.count())
        .where(Organization.closed_at.is_(None))
        .group_by(Organization.tier)
    )
    return {row[0]: row[1] for row in rows}


def subscription(organization_id: UUID) -> Subscription | None:
    """The subscription of one organization; the session is bound to it from here on."""
    tenancy.bind(organization_id)
    return plans.find(organization_id)
