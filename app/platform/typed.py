"""How people type numbers: as their locale writes them. Pages alone read so; the API reads plain decimals.

A plain decimal (1.5) is read in every locale. What could mean two things is refused, never guessed: a German who types
`1.234` may mean one and a bit or over a thousand.
"""

import re

from babel.numbers import get_decimal_symbol

from app.kernel.words import phrase
from app.platform import words

_NUMBER = re.compile(r"(?<![0-9.,])(?:[0-9]+(?:[.,][0-9]+)*|(?<![^\s*x×/])[.,][0-9]+)(?![0-9])", re.ASCII)
_PLAIN = re.compile(r"(?<![0-9.,])[0-9]+\.[0-9]+(?![0-9]|[.,][0-9])", re.ASCII)
_THREES = re.compile(r"[0-9]*|[1-9][0-9]{0,2}(?:[.,][0-9]{3})+", re.ASCII)
_COMMA, _DOT = ",", "."


class CanMeanTwoThings(ValueError):
    """A number in the text is read in two ways; the message, a Phrase, says how to write each."""


def plain(text: str) -> str:
    """`text` with its numbers as plain decimals: `1.234,5 g` in German is `1234.5 g`. What is no number stays.

    raises: CanMeanTwoThings
    """
    return _NUMBER.sub(lambda found: _read(found.group()), text)


def written(text: str) -> str:
    """Plain text of ours as the reader's locale writes it in a field, without grouping: `1234,5 g`."""
    return _PLAIN.sub(lambda found: found.group().replace(_DOT, _decimal()), text)


def _decimal() -> str:
    return _COMMA if get_decimal_symbol(words.locale()) == _COMMA else _DOT


def _read(typed: str) -> str:
    decimal = _decimal()
    group = _DOT if decimal == _COMMA else _COMMA
    whole, point, part = typed.partition(decimal)
    if not _THREES.fullmatch(whole) or decimal in part or group in part:
        return typed  # nobody writes so: whoever reads it next says that it is no number
    grouped = whole.count(group)
    if grouped == 1 and not point:
        raise CanMeanTwoThings(_complaint(typed, group, decimal))
    return (whole.replace(group, "") or "0") + (_DOT + part if point else "")


def _complaint(typed: str, group: str, decimal: str) -> str:
    return phrase(
        "%(typed)s can mean two things: write %(whole)s or %(broken)s.",
        typed=typed,
        whole=typed.replace(group, ""),
        broken=typed.replace(group, decimal),
    )
