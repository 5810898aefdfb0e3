"""Draws QR codes: as an SVG for pages, as squares for printed labels. Where one leads is platform/codes.py's to say."""

import io

import segno


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
