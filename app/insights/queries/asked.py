"""What somebody typed into the palette, taken apart: "use 250g shea" is a verb, an amount and a thing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.catalog.services import unit_conversion
from app.kernel import text
from app.kernel.errors import Invalid
from app.platform.navigation import Shown

_SHORTEST_VERB = 2
_AMOUNT = re.compile(r"(?P<number>\d[\d.,/]*)\s*(?P<unit>[^\W\d_]+\b)?\s*(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Asked:
    """`amount` as a form takes it, "250 g"; "" when none was typed. `thing`: the words left."""

    action: Shown
    amount: str
    thing: str


def read(said: str, actions: Iterable[Shown]) -> Asked | None:
    """The action whose first letters come first in `said`, with what it is done to; None when there is neither."""
    verb, _, rest = said.strip().partition(" ")
    key = text.search_key(verb)
    action = next((one for one in actions if one.on and _begins(one, key)), None)
    if action is None or not rest.strip():
        return None
    amount, thing = _amount(rest.strip())
    return Asked(action, amount, thing) if thing else None


def _begins(action: Shown, key: str) -> bool:
    return len(key) >= _SHORTEST_VERB and text.search_key(action.action).startswith(key)


def _amount(said: str) -> tuple[str, str]:
    """The amount and what follows it: `250g shea`, `3 red tins`, `1/2 cup of oats`."""
    found = _AMOUNT.fullmatch(said)
    if found is None:
        return "", said
    number, unit, rest = found["number"], found["unit"], found["rest"]
    if unit and not _is_unit(unit):
        return number, f"{unit} {rest}".strip()
    return f"{number} {unit}" if unit else number, rest


def _is_unit(word: str) -> bool:
    try:
        unit_conversion.known(word)
    except Invalid:
        return False
    return True
