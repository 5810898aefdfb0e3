"""Counts API requests per token and minute, in this process. Passwords have a guard of their own, in the database."""

import hashlib
from threading import Lock

from flask import current_app

from app.kernel import clock

_lock = Lock()
_counts: dict[bytes, tuple[int, int]] = {}
_MAX_TOKENS = 10_000


def take(token: str) -> int:
    """Count one request; 0 when it may pass, else the seconds until the next minute."""
    limit: int = current_app.config["API_REQUESTS_PER_MINUTE"]
    seconds = int(clock.now().timestamp())
    minute, name = seconds // 60, hashlib.sha256(token.encode()).digest()[:16]
    with _lock:
        if len(_counts) > _MAX_TOKENS:
            _counts.clear()
        since, count = _counts.get(name, (minute, 0))
        count = count + 1 if since == minute else 1
        _counts[name] = (minute, count)
    return 60 - seconds % 60 if count > limit else 0
