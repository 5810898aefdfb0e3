"""The authority on a batch's QR code: a short address that names organization and batch, and nothing else.

It holds no secret and opens nothing by itself: whoever follows it must be signed in, and be a member there. The
organization stands in it so that the session is bound before the batch's row is read.
"""

import base64
import binascii
import io
from dataclasses import dataclass
from uuid import UUID

import segno

_BYTES = 16
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Target:
    """Where a code leads."""

    organization_id: UUID
    batch_id: UUID


def token(organization_id: UUID, batch_id: UUID) -> str:
    """What stands behind `/q/`."""
    return base64.urlsafe_b64encode(organization_id.bytes + batch_id.bytes).decode().rstrip("=")


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
    return target if token(target.organization_id, target.batch_id) == text else None


def svg(address: str) -> str:
    """The code as an SVG that grows with its box."""
    out = io.BytesIO()
    _code(address).save(out, kind="svg", scale=4, omitsize=True, xmldecl=False, svgclass=None, lineclass=None)
    return out.getvalue().decode()


def modules(address: str) -> tuple[tuple[bool, ...], ...]:
    """The squares, row by row from the top: dark or not, without the white around them."""
    return tuple(tuple(bool(bit) for bit in row) for row in _code(address).matrix)


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)
