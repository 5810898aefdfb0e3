"""The stage of the journeys: the server as it is run, and headless Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parents[2]
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 120
expect.set_options(timeout=_PATIENCE * 1000 / 4)  # a busy machine is no broken page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_ARGUMENTS))
        yield chromium
        chromium.close()


Serve = Callable[..., str]


@pytest.fixture
def serve(database_url: str, tmp_path: Path) -> Iterator[Serve]:
    """Starts a gunicorn over the test's database, told more by its environment, and gives its address."""
    processes = []

    def start(**environ: str) -> str:
        port = _free_port()
        said = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(tmp_path), "SECRET_KEY": "of a test"}
        address = f"http://localhost:{port}"
        command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "--threads", "4", "wsgi:app"]
        processes.append(
            subprocess.Popen(command, cwd=ROOT, env={**said, "BASE_URL": address, **environ}, stderr=subprocess.DEVNULL)
        )
        _wait_for(f"{address}/healthz")
        return address

    yield start
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(_PATIENCE)


@pytest.fixture
def server(serve: Serve) -> str:
    """The address of the application as it is run."""
    return serve()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where the pictures of a journey go; SCREENSHOTS names another folder."""
    folder = Path(os.environ.get("SCREENSHOTS", ROOT / "build" / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            opener.open(url, timeout=2)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
