"""The one gate: whether an organization's plan has room for more. Commands ask it before they make what is counted."""

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Organization
from app.identity.services import seats
from app.kernel.actor import Actor
from app.kernel.errors import LimitReached
from app.platform.database import db
from app.subscriptions.services import tiers
from app.subscriptions.services.tiers import Limit

_WORDS = {
    Limit.ASSISTANT_REQUESTS_A_MONTH: "questions to the assistant a month",
    Limit.BATCHES_A_MONTH: "batches a month",
    Limit.PRODUCTS: "products",
    Limit.RECIPES: "recipes",
    Limit.USERS: "people",
}


def check(actor: Actor, limit: Limit, *, used: Callable[[], int], adding: int = 1) -> None:
    """Pass when `adding` more fit into the actor's plan.

    used:    counts what there is; asked only when the plan has a limit
    raises:  LimitReached `upgrade_required`, with the drawer that shows the plans
    """
    tier = tiers.load()[_tier_of(actor.organization_id)]
    allowed = tier.limits[limit]
    if allowed is None:
        return
    count = used()
    if count + adding > allowed:
        raise LimitReached(
            f"Your plan, {tier.title}, has room for {allowed} {_WORDS[limit]}.",
            drawer={"redirect_url": "plans", "success_event": "plan.changed"},
            limit=str(limit),
            allowed=allowed,
            used=count,
            tier=tier.name,
        )


def require_seat(actor: Actor) -> None:
    """Pass when one more person fits: members who are active, and invitations that are open."""
    check(actor, Limit.USERS, used=lambda: seats.taken(actor.organization_id))


def _tier_of(organization_id: UUID) -> str:
    found = db.session.scalar(sa.select(Organization.tier).where(Organization.id == organization_id))
    return found if found is not None and found in tiers.load() else "free"
