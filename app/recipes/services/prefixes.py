"""The authority on the letters that a recipe's batch labels begin with."""

import re

from app.kernel import text
from app.kernel.errors import Invalid
from app.kernel.words import phrase

LONGEST = 12
_SAID = re.compile(r"[A-Za-z0-9._-]{1,12}", re.ASCII)
_NAMELESS = "BATCH"  # of a name without a letter that a label may hold
_WORDS_OF_INITIALS = 3


def prefix(said: str | None, name: str) -> str:
    """What was said, or made from the name: Soap SOA, Lavender Soap LAS, Rose Clay Soap Bar RCSB. Upper case.

    raises: Invalid on `prefix`
    """
    if said is None:
        return _from_name(name)
    if not _SAID.fullmatch(said):
        raise Invalid.field(
            "prefix", phrase("Must be 1 to %(longest)s letters, digits, dots, dashes or underscores.", longest=LONGEST)
        )
    return said.upper()


def _from_name(name: str) -> str:
    words = text.slug(name, limit=200).split("-")
    if len(words) >= _WORDS_OF_INITIALS:
        letters = "".join(word[0] for word in words)
    elif len(words) > 1:
        letters = words[0][:2] + words[1][:1]
    else:
        letters = words[0][:3]
    return letters[:LONGEST].upper() or _NAMELESS
