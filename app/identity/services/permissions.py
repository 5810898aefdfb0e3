"""The authority on what somebody may do: what the tier includes, of that what the role grants, of that the scopes.

The tiers are subscriptions' own; it registers their filter when the application starts.
"""

from collections.abc import Callable

from app.identity.services import roles
from app.kernel.permissions import Permission

TierFilter = Callable[[str], frozenset[Permission]]

_filters: dict[str, TierFilter] = {}


class NoTierFilter(RuntimeError):
    """Nobody said what tiers include: a bug in the wiring. Nothing is granted."""


def register_filter(permitted: TierFilter) -> None:
    """Say what a tier, by its name, includes. The last word counts."""
    _filters["tier"] = permitted


def effective(*, tier: str, role: str, scopes: str | None = None) -> frozenset[Permission]:
    """What a member of `role` in an organization on `tier` may do.

    scopes:  a token's permissions separated by spaces; None narrows nothing, unknown words grant nothing
    raises:  NoTierFilter
    """
    return _granted(role, scopes) & _permitted(tier)


def beyond_plan(*, tier: str, role: str, scopes: str | None = None) -> frozenset[Permission]:
    """What the role and the scopes grant, and only the tier withholds: asking for it is answered with the plans."""
    return _granted(role, scopes) - _permitted(tier)


def _granted(role: str, scopes: str | None) -> frozenset[Permission]:
    granted = roles.permissions_of(role)
    return granted if scopes is None else granted & frozenset(scopes.split())


def _permitted(tier: str) -> frozenset[Permission]:
    permitted = _filters.get("tier")
    if permitted is None:
        raise NoTierFilter
    return permitted(tier)
