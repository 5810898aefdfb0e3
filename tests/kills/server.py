"""The product as it is served: gunicorn with two workers, on a free port, over a given database."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.databases import ROOT

_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn."""

    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[int]:
        """The process ids of the workers that live now."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in children.read_text(encoding="ascii").split() if _lives(int(word))]

    def kill_worker(self, chance: random.Random) -> int:
        """`kill -9` one of two workers, whatever it does; then wait until there are two again. Which one died."""
        victim = chance.choice(self.workers())
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + _START_SECONDS
        while victim in (living := self.workers()) or len(living) < 2:
            assert time.monotonic() < deadline, "The worker was not replaced."
            time.sleep(0.005)
        return victim


@contextmanager
def served(url: str, folder: Path) -> Iterator[Server]:
    """Serve the product over `url` for the length of the block."""
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "tests only",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "API_REQUESTS_PER_MINUTE": "1000000",
        "REDIS_URL": "",
        "LOG_LEVEL": "critical",
    }
    with (folder / "gunicorn.log").open("wb") as log:
        command = [sys.executable, "-m", "gunicorn"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_alive(process, port, folder / "gunicorn.log")
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_alive(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError(f"gunicorn did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _lives(pid: int) -> bool:
    """There, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
