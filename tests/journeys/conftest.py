"""The stage of the journeys: the server as it is run, and headless Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from app.identity.services.organizations import OrganizationFacts
from app.inventory.queries import proofs
from app.kernel.actor import Actor
from tests.cast import email_of
from tests.databases import Databases
from tests.journeys.maker import Maker

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


@contextmanager
def _servers(folder: Path) -> Iterator[Serve]:
    processes = []

    def start(database_url: str, **environ: str) -> str:
        port = _free_port()
        said = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(folder), "SECRET_KEY": "of a test"}
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
def serve(database_url: str, tmp_path: Path) -> Iterator[Serve]:
    """Starts a gunicorn over the test's database, told more by its environment, and gives its address."""
    with _servers(tmp_path) as start:
        yield partial(start, database_url)


@pytest.fixture(scope="session")
def _standing(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """The address of a server over this database, which is started once."""
    with _servers(tmp_path_factory.mktemp("served")) as start:
        yield cache(start)


@pytest.fixture
def server(database_url: str, _standing: Serve) -> str:
    """The address of the application as it is run."""
    return _standing(database_url)


@pytest.fixture
def at_the_door(
    browser: Browser, server: str, organization: OrganizationFacts, screenshots: Path, width: int, theme: str
) -> Iterator[Maker]:
    """Somebody at a browser that nobody has signed in to."""
    made = Maker(browser, server, organization.slug, screenshots, width=width, theme=theme)
    yield made
    made.close()


@pytest.fixture
def maker(at_the_door: Maker, app: Flask, organization: OrganizationFacts, owner: Actor) -> Iterator[Maker]:
    """The owner at her browser, signed in. When she is done, the books prove themselves."""
    at_the_door.go("/")
    at_the_door.sign_in(email_of(owner))
    yield at_the_door
    with app.app_context():
        assert proofs.of(organization.id).findings == []


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
