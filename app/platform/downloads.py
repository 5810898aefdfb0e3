"""Files that people take away: written to disk first, so that neither memory nor a transaction waits for the reader."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from flask import Response

_FORMULA = "=+-@\t\r\n＝＋－＠"
"""How a cell begins that a spreadsheet would work out instead of showing."""

_CHUNK = 64 * 1024


def cell(value: Any) -> Any:
    """A value for a CSV file: text that a spreadsheet would take for a formula gets a ' before it; numbers stay."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff")[:1] in tuple(_FORMULA):
        return f"'{value}"
    return value


def write_lines(file: IO[bytes], lines: Iterable[str]) -> None:
    """Each line, and its end."""
    for line in lines:
        file.write(line.encode() + b"\n")


def write_csv(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file as RFC 4180 says, UTF-8, every cell safe to open."""
    writer = csv.writer(_Encoded(file))
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(value) for value in row])


def sent(name: str, mimetype: str, fill: Callable[[IO[bytes]], object]) -> Response:
    """What `fill` writes, as an attachment of that name. All of it is written before the first byte goes out."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    try:
        fill(file)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    answer = Response(_chunks(file), mimetype=mimetype)
    answer.content_length = size
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.call_on_close(file.close)
    return answer


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


class _Encoded:
    """Text written to a file of bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())
