"""The authority on what plans include and cost: reads the seed file once and checks it. Knows no organization."""

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
FREE = "free"
PERIODS = ("monthly", "yearly")
_LONGEST_TRIAL = 730  # Stripe takes no longer one


class Limit(StrEnum):
    """What a plan counts."""

    ASSISTANT_REQUESTS_A_MONTH = "assistant_requests_a_month"
    BATCHES_A_MONTH = "batches_a_month"
    PRODUCTS = "products"
    RECIPES = "recipes"
    USERS = "users"


@dataclass(frozen=True, slots=True)
class Price:
    """What one period of a plan costs: `amount` in the currency's smallest unit, and how Stripe's price is found."""

    tier: str
    period: str
    amount: int
    currency: str

    @property
    def lookup_key(self) -> str:
        """Stripe's name for it."""
        return f"batchtrack_{self.tier}_{self.period}"


@dataclass(frozen=True, slots=True)
class Tier:
    """A plan. A limit of None is none; without prices it cannot be bought."""

    name: str
    title: str
    permissions: frozenset[Permission]
    limits: Mapping[Limit, int | None]
    prices: Mapping[str, Price]

    @property
    def is_public(self) -> bool:
        """Whether it is shown to choose: Free, and what can be bought."""
        return self.name == FREE or bool(self.prices)


@dataclass(frozen=True, slots=True)
class Book:
    """The whole seed: every tier by name, smallest first."""

    tiers: Mapping[str, Tier]
    trial_days: int
    while_lapsed: frozenset[Permission]


class BadSeed(ValueError):
    """The seed file makes no sense; the message says where."""


@cache
def book(path: Path = SEED) -> Book:
    """Everything that the seed file says.

    raises: BadSeed
    """
    seed = yaml.safe_load(path.read_text(encoding="utf-8"))
    always = _permissions(seed["never_behind_a_tier"], "never_behind_a_tier")
    currency = _currency(seed.get("currency"))
    return Book(
        tiers={row["name"]: _tier(row, always, currency) for row in seed["tiers"]},
        trial_days=_trial(seed.get("trial_days")),
        while_lapsed=_permissions(seed["open_while_lapsed"], "open_while_lapsed"),
    )


def load(path: Path = SEED) -> Mapping[str, Tier]:
    """Every tier by name, in the order of the file: smallest first.

    raises: BadSeed
    """
    return book(path).tiers


def public() -> list[Tier]:
    """The tiers that people can choose, smallest first."""
    return [tier for tier in load().values() if tier.is_public]


def known(name: str | None) -> Tier:
    """The tier of this name; of one that nobody knows, the smallest."""
    return load().get(name or FREE) or load()[FREE]


def rank(name: str | None) -> int:
    """What is larger has more: the place in the seed. Below all: no plan, and one that nobody knows."""
    names = list(load())
    return names.index(name) if name in names else -1


def trial_days(path: Path = SEED) -> int:
    """How many days a paid plan is tried before anything is paid."""
    return book(path).trial_days


def while_lapsed(path: Path = SEED) -> frozenset[Permission]:
    """What stays open when a plan lapsed.

    raises: BadSeed
    """
    return book(path).while_lapsed


def permitted(plan: Plan) -> frozenset[Permission]:
    """What the plan includes; of an unknown tier, what every tier includes. Of a lapsed one, what stays open."""
    included = _included(plan.tier)
    return included & while_lapsed() if plan.read_only else included


def _included(tier: str) -> frozenset[Permission]:
    tiers = load()
    if tier in tiers:
        return tiers[tier].permissions
    return frozenset.intersection(*(each.permissions for each in tiers.values()))


def _tier(row: Mapping[str, Any], always: frozenset[Permission], currency: str) -> Tier:
    name, said = row["name"], row["permissions"]
    return Tier(
        name=name,
        title=row["title"],
        permissions=frozenset(Permission) if said == "all" else always | _permissions(said, name),
        limits=_limits(row["limits"], name),
        prices=_prices(row.get("prices") or {}, name, currency),
    )


def _permissions(words: list[str], where: str) -> frozenset[Permission]:
    try:
        return frozenset(Permission(word) for word in words)
    except ValueError as error:
        raise BadSeed(f"{where}: {error}") from None


def _limits(said: Mapping[str, Any], where: str) -> dict[Limit, int | None]:
    if set(said) != {str(limit) for limit in Limit}:
        raise BadSeed(f"{where}: limits must be exactly {', '.join(sorted(Limit))}")
    wrong = [name for name, count in said.items() if not (count is None or _is_whole(count))]
    if wrong:
        raise BadSeed(f"{where}: {wrong[0]} must be a whole number or null")
    return {Limit(name): count for name, count in said.items()}


def _prices(said: Mapping[str, Any], where: str, currency: str) -> dict[str, Price]:
    if said and set(said) != set(PERIODS):
        raise BadSeed(f"{where}: prices must be exactly {' and '.join(PERIODS)}")
    wrong = [period for period, amount in said.items() if not (_is_whole(amount) and amount > 0)]
    if wrong:
        raise BadSeed(f"{where}: the {wrong[0]} price must be a whole number above zero")
    return {period: Price(where, period, amount, currency) for period, amount in said.items()}


def _currency(said: Any) -> str:
    if not (isinstance(said, str) and len(said) == 3 and said.isascii() and said.islower()):
        raise BadSeed("currency must be three small letters, such as usd")
    return said


def _trial(said: Any) -> int:
    if not (_is_whole(said) and said <= _LONGEST_TRIAL):
        raise BadSeed(f"trial_days must be a whole number, at most {_LONGEST_TRIAL}")
    return int(said)


def _is_whole(said: Any) -> bool:
    return type(said) is int and said >= 0
