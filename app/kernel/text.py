"""Text as people search it: one folding for names, codes and search words."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[^a-z0-9]+")


def search_key(text: str) -> str:
    """`text` without case and accents, single spaces: what names are compared and searched by."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def slug(text: str, *, limit: int = 48) -> str:
    """A code made from a name: `Classic Granola` gives `classic-granola`; empty when no letter survives."""
    return _SEPARATORS.sub("-", search_key(text)).strip("-")[:limit].rstrip("-")
