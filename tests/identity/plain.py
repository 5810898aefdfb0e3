"""A page without what is new each time it is drawn, so that two can be compared."""

import re

_TOKEN = re.compile(r'(name="csrf[_-]token"[^>]*?(?:value|content)=")[^"]*')


def plain(page: str, *said: str) -> str:
    """Without CSRF tokens, and without the words that somebody typed."""
    text = _TOKEN.sub(r"\1", page)
    for word in said:
        text = text.replace(word, "")
    return text
