"""The authority on going to a smaller plan: what would be too much there, and what the owner chooses to keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.subscriptions.models import Subscription
from app.subscriptions.services import asides, counted, gates, plans, tiers
from app.subscriptions.services.counted import House, Thing
from app.subscriptions.services.tiers import FREE, Limit, Tier


@dataclass(frozen=True, slots=True)
class Excess:
    """What is too much of one kind. `things` are all that are active, those first that would rather stay.

    words: what they are called, in the plural · allowed: so many stay
    """

    limit: Limit
    words: str
    allowed: int
    things: tuple[Thing, ...]

    def staying(self, kept: frozenset[UUID] = frozenset()) -> frozenset[UUID]:
        """What stays if these are chosen; a place that nobody was chosen for goes to the next in the list."""
        return frozenset(thing.id for thing in asides.stay(self.things, kept, self.allowed))

    def leaving(self, kept: frozenset[UUID] = frozenset()) -> list[Thing]:
        """What would be put aside."""
        stays = self.staying(kept)
        return [thing for thing in self.things if thing.id not in stays]


def fits(organization_id: UUID, tier_name: str) -> list[Excess]:
    """What is too much for this plan, by limit; nothing where everything fits. Batches are never too much."""
    tier, tenant = tiers.known(tier_name), House(organization_id, "UTC")
    found = []
    for limit, shelf in counted.shelves().items():
        allowed = tier.limits[limit]
        if allowed is None or counted.count(tenant, limit) <= allowed:
            continue
        found.append(Excess(limit, gates.WORDS[limit], allowed, tuple(shelf.active(tenant))))
    return found


def offered(actor: Actor, excess: Iterable[Excess]) -> list[Excess]:
    """Among what of it the actor chooses: among people only who manages them, however small or lapsed the plan is."""
    return [each for each in excess if each.limit != Limit.USERS or _manages_people(actor)]


def keep(actor: Actor, tier_name: str, kept: Iterable[UUID]) -> Subscription:
    """Remember what stays active when the organization comes to this plan; gives its subscription.

    It is put into effect when the plan changes: by Stripe's word, or at once by `continue_on_free`. What the actor is
    not `offered` stays as somebody else chose it for this plan.
    raises: Invalid on the kind (`recipes`, `products`, `users`) of which more are chosen than fit
    """
    actor.require(Permission.BILLING_MANAGE)
    tier, chosen = _public(tier_name), frozenset(kept)
    found = fits(actor.organization_id, tier.name)
    own = offered(actor, found)
    if not _manages_people(actor):
        things = frozenset(thing.id for excess in own for thing in excess.things)
        chosen = (chosen & things) | (_chosen_before(actor, tier) - things)
    for excess in own:
        count = sum(thing.stays or thing.id in chosen for thing in excess.things)
        if count > max(excess.allowed, sum(thing.stays for thing in excess.things)):
            raise Invalid.field(
                str(excess.limit),
                phrase(
                    "%(title)s has room for %(allowed)s %(words)s: you chose %(count)s.",
                    title=tier.title,
                    allowed=excess.allowed,
                    words=phrase(excess.words),
                    count=count,
                ),
            )
    ids = sorted(str(each) for each in chosen)
    subscription = plans.write(actor.organization_id, kept_for=tier.name, kept=" ".join(ids))
    subject = Subject("plan", actor.organization_id)
    audit.record(actor, "plan.keeps_chosen", subject, after={"tier": tier.name, "ids": ids})
    return subscription


def continue_on_free(actor: Actor) -> bool:
    """Choose Free for when nothing is paid any more; gives whether that is so already.

    raises: Conflict `nothing_paid` where nothing ever was
    """
    actor.require(Permission.BILLING_MANAGE)
    subscription = plans.find(actor.organization_id)
    if subscription is None or subscription.status is None:
        raise Conflict("Nothing is paid for here, so there is nothing to end.", code="nothing_paid")
    subscription = plans.write(actor.organization_id, then_free=True)
    follows = plans.settle(actor, subscription)
    audit.record(actor, "plan.then_free", Subject("plan", actor.organization_id))
    return follows.tier == FREE


def _manages_people(actor: Actor) -> bool:
    return Permission.MEMBERS_MANAGE in actor.permissions | actor.beyond_plan


def _chosen_before(actor: Actor, tier: Tier) -> frozenset[UUID]:
    row = plans.find(actor.organization_id)
    kept = (row.kept or "").split() if row and row.kept_for == tier.name else []
    return frozenset(UUID(said) for said in kept)


def _public(name: str) -> Tier:
    tier = tiers.load().get(name)
    if tier is None or not tier.is_public:
        raise Invalid.field("tier", "There is no such plan.")
    return tier
