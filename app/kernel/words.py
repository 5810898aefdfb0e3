"""Text that knows how it was made, so that the edge can say it in the reader's language. English is the text itself."""

from collections.abc import Mapping
from typing import Any


class Phrase(str):
    """English text with values in it. Where people read it, `platform.words.said` says it in their language.

    msgid:  the sentence with named places: "%(item)s is %(missing)s short."
    plural: the same for more than one, where `values["num"]` counts
    """

    __slots__ = ("msgid", "plural", "values")
    msgid: str
    plural: str | None
    values: Mapping[str, Any]


def phrase(msgid: str, /, **values: Any) -> Phrase:
    """A sentence with values: phrase("%(item)s is %(missing)s short.", item="Lye", missing="20 g")."""
    return _made(msgid, None, values)


def phrases(one: str, many: str, /, num: int, **values: Any) -> Phrase:
    """A sentence that counts: phrases("%(num)s lot", "%(num)s lots", 3)."""
    return _made(one, many, {"num": num, **values})


def _made(msgid: str, plural: str | None, values: Mapping[str, Any]) -> Phrase:
    english = plural if plural is not None and values["num"] != 1 else msgid
    made = Phrase(english % values)
    made.msgid, made.plural, made.values = msgid, plural, values
    return made
