"""A film for Chromium's fake camera: a code held still before a grey wall. Ten frames of Y4M, played over and over."""

from pathlib import Path

import zxingcpp

_WIDTH, _HEIGHT, _FRAMES = 640, 480, 10
_WALL, _NO_COLOUR = b"\xb4", b"\x80"


def of_qr(file: Path, text: str) -> Path:
    """A film of a QR code."""
    return _film(file, zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=6)


def of_ean(file: Path, number: str) -> Path:
    """A film of the barcode on a package."""
    return _film(file, zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.EAN13), scale=4)


def _film(file: Path, code: zxingcpp.Barcode, *, scale: int) -> Path:
    picture = memoryview(code.to_image(scale=scale))  # type: ignore[arg-type]
    height, width = picture.shape or (0, 0)
    pixels, left = picture.tobytes(), (_WIDTH - width) // 2
    middle = [
        _WALL * left + pixels[row * width : (row + 1) * width] + _WALL * (_WIDTH - width - left)
        for row in range(height)
    ]
    above = (_HEIGHT - height) // 2
    light = _WALL * (_WIDTH * above) + b"".join(middle) + _WALL * (_WIDTH * (_HEIGHT - height - above))
    frame = b"FRAME\n" + light + _NO_COLOUR * (_WIDTH * _HEIGHT // 2)
    head = f"YUV4MPEG2 W{_WIDTH} H{_HEIGHT} F10:1 Ip A1:1 C420jpeg\n"
    file.write_bytes(head.encode() + frame * _FRAMES)
    return file
