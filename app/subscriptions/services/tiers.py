"""The authority on what plans include: reads the seed file once and checks it. Knows nothing of any organization."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.identity.services.permissions import Plan
from app.kernel.permissions import Permission

SEED = Path(__file__).parents[1] / "data" / "tiers.yaml"


class Limit(StrEnum):
    """What a plan counts."""

    ASSISTANT_REQUESTS_A_MONTH = "assistant_requests_a_month"
    BATCHES_A_MONTH = "batches_a_month"
    PRODUCTS = "products"
    RECIPES = "recipes"
    USERS = "users"


@dataclass(frozen=True, slots=True)
class Tier:
    """A plan. A limit of None is none."""

    name: str
    title: str
    permissions: frozenset[Permission]
    limits: Mapping[Limit, int | None]


class BadSeed(ValueError):
    """The seed file makes no sense; the message says where."""


@cache
def load(path: Path = SEED) -> Mapping[str, Tier]:
    """Every tier by name, in the order of the file: smallest first.

    raises: BadSeed
    """
    seed = yaml.safe_load(path.read_text(encoding="utf-8"))
    always = _permissions(seed["never_behind_a_tier"], "never_behind_a_tier")
    return {row["name"]: _tier(row, always) for row in seed["tiers"]}


@cache
def while_lapsed(path: Path = SEED) -> frozenset[Permission]:
    """What stays open when a plan lapsed.

    raises: BadSeed
    """
    seed = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _permissions(seed["open_while_lapsed"], "open_while_lapsed")


def permitted(plan: Plan) -> frozenset[Permission]:
    """What the plan includes; of an unknown tier, what every tier includes. Of a lapsed one, what stays open."""
    included = _included(plan.tier)
    return included & while_lapsed() if plan.read_only else included


def _included(tier: str) -> frozenset[Permission]:
    tiers = load()
    if tier in tiers:
        return tiers[tier].permissions
    return frozenset.intersection(*(known.permissions for known in tiers.values()))


def _tier(row: Mapping[str, Any], always: frozenset[Permission]) -> Tier:
    name, said = row["name"], row["permissions"]
    return Tier(
        name=name,
        title=row["title"],
        permissions=frozenset(Permission) if said == "all" else always | _permissions(said, name),
        limits=_limits(row["limits"], name),
    )


def _permissions(words: list[str], where: str) -> frozenset[Permission]:
    try:
        return frozenset(Permission(word) for word in words)
    except ValueError as error:
        raise BadSeed(f"{where}: {error}") from None


def _limits(said: Mapping[str, Any], where: str) -> dict[Limit, int | None]:
    if set(said) != {str(limit) for limit in Limit}:
        raise BadSeed(f"{where}: limits must be exactly {', '.join(sorted(Limit))}")
    wrong = [name for name, count in said.items() if not (count is None or (type(count) is int and count >= 0))]
    if wrong:
        raise BadSeed(f"{where}: {wrong[0]} must be a whole number or null")
    return {Limit(name): count for name, count in said.items()}
