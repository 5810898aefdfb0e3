"""The authority on the short address in a QR code: `/q/<token>` names an organization and a batch, lot or item of it.

It holds no secret and opens nothing by itself: whoever follows it must be signed in, and be a member there. The
organization stands in it so that the session is bound before a row of it is read; of which kind the thing is, its id
tells.
"""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from app.platform import site

_BYTES = 16
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Target:
    """Where a code leads: to a batch, a lot or an item."""

    organization_id: UUID
    thing_id: UUID


def address(organization_id: UUID, thing_id: UUID) -> str:
    """The whole address for the QR code of a batch, a lot or an item. Works in a phone's own camera."""
    return f"{site.origin()}/q/{token(organization_id, thing_id)}"


def token(organization_id: UUID, thing_id: UUID) -> str:
    """What stands behind `/q/`: 43 letters."""
    return base64.urlsafe_b64encode(organization_id.bytes + thing_id.bytes).decode().rstrip("=")


def read(text: str) -> Target | None:
    """What `token` wrote; None for anything else."""
    if len(text) > _LONGEST:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 2 * _BYTES:
        return None
    target = Target(UUID(bytes=raw[:_BYTES]), UUID(bytes=raw[_BYTES:]))
    return target if token(target.organization_id, target.thing_id) == text else None
