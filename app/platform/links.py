"""The authority on links that prove something: the id of a row, signed for one purpose with the installation's secret.

The row says whether the link is still good; neither a copy of the database nor another purpose's link opens it.
"""

import hashlib
from urllib.parse import quote
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.kernel.ids import parse

_LENGTH = 200


def text(purpose: str, link_id: UUID) -> str:
    """What stands in the address: URL-safe, and the same whenever it is asked."""
    return str(_signer(purpose).dumps(link_id.hex))


def read(purpose: str, said: str) -> UUID | None:
    """The id that was signed for this purpose; None for anything else."""
    try:
        return parse(str(UUID(_signer(purpose).loads(said[:_LENGTH]))))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def address(path: str, purpose: str, link_id: UUID) -> str:
    """The whole address of a link: BASE_URL, never the Host that a request claims, then `path` and the signature."""
    base: str = current_app.config["BASE_URL"]
    return f"{base}{path}/{quote(text(purpose, link_id))}"


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"],
        salt=f"batchtrack link {purpose}",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
