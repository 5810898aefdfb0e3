"""The stage: applications over real databases, real servers, and what no test may do."""

import gc
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import servers
from tests.databases import DIALECTS, Databases, application, dispose

pytest_plugins = ["tests.cast", "tests.mails"] if (Path(__file__).parent / "cast.py").exists() else []

hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, print_blob=True)
hypothesis.settings.load_profile("house")

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}  # noqa: S104 - compared, not bound
_connect = socket.socket.connect


class NetworkTouched(AssertionError):
    """A test reached beyond this machine."""


def _connect_here_only(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and address[0] not in _LOOPBACK:
        raise NetworkTouched(f"A test tried to reach {address!r}.")
    _connect(self, address)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--no-skips`: a skipped test fails the run."""
    parser.addoption("--no-skips", action="store_true", help="fail when any test was skipped")


def pytest_configure(config: pytest.Config) -> None:
    """Guard the network. With several workers, start PostgreSQL here once, for all of them."""
    gc.set_threshold(100_000, 50, 50)  # thousands of short tests leave little behind; looking for it takes a tenth
    socket.socket.connect = _connect_here_only  # type: ignore[method-assign, assignment]
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        stack = ExitStack()
        config.add_cleanup(stack.close)
        os.environ[servers.POSTGRESQL] = stack.enter_context(servers.postgresql())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey through a real browser is tried once more before it fails; the summary names it as RERUN.

    The longest tests begin: one that began last would keep one worker busy and the others waiting.
    """
    for item in items:
        if item.get_closest_marker("browser") and item.config.pluginmanager.hasplugin("rerunfailures"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=_lightness)


def _lightness(item: pytest.Item) -> int:
    heavy = item.get_closest_marker("heavy")
    return 0 if heavy is None else -heavy.kwargs.get("seconds", 1)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With `--no-skips`, nothing may have been skipped."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, and none may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def _stage() -> Iterator[ExitStack]:
    """What is open until the last test is over."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def postgresql_server(_stage: ExitStack) -> Callable[[], str]:
    """Gives the server's URL; starts one only when it is first asked and none is given."""

    def url() -> str:
        if servers.POSTGRESQL not in os.environ:
            os.environ[servers.POSTGRESQL] = _stage.enter_context(servers.postgresql())
            _stage.callback(os.environ.pop, servers.POSTGRESQL)
        return os.environ[servers.POSTGRESQL]

    return url


@pytest.fixture(scope="session")
def redis_url(_stage: ExitStack, worker_id: str) -> str:
    """A real Redis, a database of it for each worker."""
    url = _stage.enter_context(servers.redis())
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    return f"{url.rpartition('/')[0]}/{number}"


@pytest.fixture(scope="session")
def databases(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, postgresql_server: Callable[[], str]
) -> Databases:
    """Makes databases from the migrated templates."""
    own = tmp_path_factory.getbasetemp()
    return Databases(own if worker_id == "master" else own.parent, own, postgresql_server)


@pytest.fixture(scope="session", params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`: whatever builds on this is tried on both. `-k sqlite` chooses one."""
    return str(request.param)


@pytest.fixture(scope="session")
def _urls() -> dict[str, str]:
    return {}


@pytest.fixture(scope="session")
def database_url(dialect: str, databases: Databases, _urls: dict[str, str]) -> str:
    """The database that this worker's tests share. Each test brings its own organization."""
    if dialect not in _urls:
        _urls[dialect] = databases.fresh(dialect)
    return _urls[dialect]


@pytest.fixture(scope="session")
def _applications(_stage: ExitStack) -> dict[str, Flask]:
    return {}


@pytest.fixture(scope="session")
def app(
    database_url: str,
    _applications: dict[str, Flask],
    _stage: ExitStack,
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """The application over `database_url`. No context is open: for requests, use `client`; for services, `database`."""
    if database_url not in _applications:
        made = application(database_url, tmp_path_factory.mktemp("data"))
        _applications[database_url] = made
        _stage.callback(dispose, made)
    return _applications[database_url]


@pytest.fixture
def database(app: Flask) -> Iterator[Flask]:
    """The application with its context open, so that services and queries can be called directly.

    A request made meanwhile would share this context and its session: do not mix it with `client`.
    """
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def fresh_app(dialect: str, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application over an empty database of its own, on both dialects."""
    url = databases.fresh(dialect)
    made = application(url, tmp_path)
    yield made
    dispose(made)
    databases.drop(url)
