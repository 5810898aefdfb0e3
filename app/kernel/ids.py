"""Makes identifiers: UUIDv7 (RFC 9562), so that keys made later sort later."""

import os
import uuid
from datetime import datetime

from app.kernel import clock

_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: read aloud and typed at a bench


def uuid7() -> uuid.UUID:
    """A new UUIDv7 of the present millisecond."""
    millis = int(clock.now().timestamp() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    rand_a, rand_b = (random >> 64) & 0xFFF, random & ((1 << 62) - 1)
    return uuid.UUID(int=(millis & (1 << 48) - 1) << 80 | _VERSION_7 | rand_a << 64 | _VARIANT | rand_b)


def first_of(moment: datetime) -> uuid.UUID:
    """The lowest id that can have been made at `moment` or later: a place to begin reading from."""
    return uuid.UUID(int=(int(moment.timestamp() * 1000) & (1 << 48) - 1) << 80)


def parse(text: str) -> uuid.UUID | None:
    """The UUID that `text` writes in its canonical lower-case form, else None."""
    try:
        value = uuid.UUID(text)
    except ValueError:
        return None
    return value if str(value) == text else None


def code(length: int = 8) -> str:
    """A random code that people can read aloud: `length` letters of 5 bits each."""
    return "".join(_CODE_LETTERS[byte & 31] for byte in os.urandom(length))
