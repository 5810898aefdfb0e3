"""The one gate: whether an organization's plan has room for more. Commands ask it before they make what is counted.

Right for two at once: where the plan has a limit, the organization's row is locked by the statement that reads the
plan, and counted is in the next one, which sees what the other made. So whoever asks holds that row to the end of the
command: it is asked first, before any item, recipe or balance is locked. A plan without the limit locks nothing.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from app.identity.models import Organization
from app.kernel.actor import Actor
from app.kernel.errors import LimitReached
from app.kernel.words import phrase
from app.platform.database import db
from app.subscriptions.services import counted, tiers
from app.subscriptions.services.tiers import Limit, Tier

WORDS = {
    Limit.ASSISTANT_REQUESTS_A_MONTH: "questions to the assistant a month",
    Limit.BATCHES_A_MONTH: "batches a month",
    Limit.PRODUCTS: "products",
    Limit.RECIPES: "recipes",
    Limit.USERS: "people",
}
_NEAR_PERCENT = 80


@dataclass(frozen=True, slots=True)
class Used:
    """How much of one limit is used. `words`: what is counted, in the plural."""

    limit: Limit
    words: str
    used: int
    allowed: int

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits."""
        return self.used >= self.allowed

    @property
    def is_near(self) -> bool:
        """Whether it is time to say so: from 80 % on."""
        return self.used * 100 >= self.allowed * _NEAR_PERCENT

    @property
    def percent(self) -> int:
        """From 0 to 100, for a bar."""
        return min(100, self.used * 100 // self.allowed) if self.allowed else 100


def check(actor: Actor, limit: Limit, *, adding: int = 1) -> None:
    """Pass when `adding` more fit into the actor's plan; from here on nobody else adds any, where there is a limit.

    raises:  LimitReached `upgrade_required`, with the drawer that shows the plans
    """
    tier = _limited_tier(actor, limit)
    allowed = tier.limits[limit] if tier else None
    if tier is None or allowed is None:
        return
    used = counted.count(actor, limit)
    if used + adding > allowed:
        raise LimitReached(
            phrase(
                "Your plan, %(title)s, has room for %(allowed)s %(words)s.",
                title=tier.title,
                allowed=allowed,
                words=phrase(WORDS[limit]),
            ),
            drawer={
                "modal_url": f"plans/drawer?limit={limit}",
                "redirect_url": "plans",
                "success_event": "plan.changed",
            },
            limit=str(limit),
            allowed=allowed,
            used=used,
            tier=tier.name,
        )


def require_seat(actor: Actor) -> None:
    """Pass when one more person fits: members who are active, and invitations that are open."""
    check(actor, Limit.USERS)


def usage(actor: Actor, tier_name: str) -> dict[Limit, Used]:
    """What is used of every limit that this plan has, in one statement; of a plan without limits, none at all."""
    limits = tiers.known(tier_name).limits
    asked = [each for each in counted.every() if limits[each.limit] is not None]
    if not asked:
        return {}
    row = db.session.execute(sa.select(*(each.used(actor).label(each.limit) for each in asked))).one()
    return {
        each.limit: Used(each.limit, WORDS[each.limit], used, limits[each.limit] or 0)
        for each, used in zip(asked, row, strict=True)
    }


def _limited_tier(actor: Actor, limit: Limit) -> Tier | None:
    """The organization's plan, its row locked; None, and nothing locked, where the plan has no such limit."""
    without = [tier.name for tier in tiers.load().values() if tier.limits[limit] is None]
    found = db.session.scalar(
        sa.select(Organization.tier)
        .where(Organization.id == actor.organization_id, Organization.tier.not_in(without))
        .with_for_update(key_share=True)
    )
    return None if found is None else tiers.known(found)
