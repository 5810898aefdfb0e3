"""Processes that the tests of this folder start, and end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.architecture.rules import ROOT

PATIENCE = 60
"""Seconds that a test waits for another process."""


@contextmanager
def running(arguments: list[str], environ: dict[str, str]) -> Iterator[None]:
    """`python -m arguments` inside the block."""
    process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env={**os.environ, **environ})
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
