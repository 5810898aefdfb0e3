"""Which batches are due on which day. Pure.

source: app/demo/data/demo_workshop.yaml, `rhythm.batches`
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.demo.services import workshop

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = len(WEEKDAYS)


@dataclass(frozen=True, slots=True)
class Due:
    """One making of a recipe, by its code; `scale` makings at once."""

    code: str
    scale: int = 1


def weekday(day: int) -> str:
    """The name of a day counted from the first Monday."""
    return WEEKDAYS[day % _WEEK]


def due(day: int) -> list[Due]:
    """What is to be made that day."""
    rules = workshop.facts()["rhythm"]["batches"]
    codes = [code for rule in rules["weekly"] if rule["weekday"] == weekday(day) for code in rule["make"]]
    rotation = rules["rotation"]
    named = [rotation["weeks"][day // _WEEK % len(rotation["weeks"])] if c == rotation["name"] else c for c in codes]
    return [Due(code) for code in named] + list(_every(rules["every"], day))


def _every(rules: list[dict[str, Any]], day: int) -> Iterator[Due]:
    for rule in rules:
        if falls(rule, day):
            yield Due(rule["make"], rule.get("units", 1))
            if rule["make"] == "lotion-lavender-base":
                yield from (Due(said["code"], said["units"]) for said in workshop.assemblies() if "units" in said)


def falls(rule: dict[str, Any], day: int) -> bool:
    """Whether a rule with weekday, every_weeks and first_week falls on that day."""
    if rule.get("weekday") != weekday(day):
        return False
    weeks = day // _WEEK + 1 - int(rule["first_week"])
    return weeks >= 0 and weeks % int(rule["every_weeks"]) == 0
