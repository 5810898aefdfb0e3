"""The authority on secrets that must be read again: encrypted with a key made from the installation's secret.

A copy of the database alone opens none of them. What need not be read again is hashed instead.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_KEY_BYTES = 32
_PURPOSE = b"batchtrack secrets box 1"


class WrongSecret(RuntimeError):
    """What was sealed does not open: SECRET_KEY is not the one of then. Loud, since nobody can mend it here."""


def seal(secret: bytes) -> bytes:
    """What may be kept: differs each time, and shows when it was tampered with."""
    return _box().encrypt(secret)


def open_(sealed: bytes) -> bytes:
    """What was sealed.

    raises: WrongSecret
    """
    try:
        return _box().decrypt(sealed)
    except InvalidToken as error:
        raise WrongSecret("SECRET_KEY has changed: what was encrypted with the former one cannot be read.") from error


def _box() -> Fernet:
    secret: str = current_app.config["SECRET_KEY"]
    key = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE).derive(secret.encode())
    return Fernet(urlsafe_b64encode(key))
