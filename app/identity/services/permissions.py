"""The authority on what somebody may do: what the plan includes, of that what the role grants, of that the scopes.

The plans are subscriptions' own; it registers their filter when the application starts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Plan:
    """What of an organization's plan decides: its tier's name, and whether it lapsed."""

    tier: str
    read_only: bool = False


PlanFilter = Callable[[Plan], frozenset[Permission]]

_filters: dict[str, PlanFilter] = {}


class NoPlanFilter(RuntimeError):
    """Nobody said what plans include: a bug in the wiring. Nothing is granted."""


def register_filter(permitted: PlanFilter) -> None:
    """Say what a plan includes. The last word counts."""
    _filters["plan"] = permitted


def effective(plan: Plan, granted: frozenset[Permission], scopes: str | None = None) -> frozenset[Permission]:
    """What a member whose role grants `granted` may do in an organization on `plan`.

    scopes:  a token's permissions separated by spaces; None narrows nothing, unknown words grant nothing
    raises:  NoPlanFilter
    """
    return _scoped(granted, scopes) & _permitted(plan)


def beyond_plan(plan: Plan, granted: frozenset[Permission], scopes: str | None = None) -> frozenset[Permission]:
    """What role and scopes grant, and only the plan withholds: asking for it is answered with the plans."""
    return _scoped(granted, scopes) - _permitted(plan)


def _scoped(granted: frozenset[Permission], scopes: str | None) -> frozenset[Permission]:
    return granted if scopes is None else granted & frozenset(scopes.split())


def _permitted(plan: Plan) -> frozenset[Permission]:
    permitted = _filters.get("plan")
    if permitted is None:
        raise NoPlanFilter
    return permitted(plan)
