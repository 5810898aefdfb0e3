"""Makes databases for tests: one template per dialect, made by the migrations alone, and cheap copies of it."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import psycopg
import pytest
from flask import Flask
from psycopg import sql

from app.platform.config import Config
from app.platform.config import database_url as as_sqlalchemy
from app.platform.database import db

ROOT = Path(__file__).resolve().parents[1]
DIALECTS = ("sqlite", "postgresql")

on_sqlite_only = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
on_postgresql_only = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
"""For locks, triggers' wording and row-level security: `@on_postgresql_only` above a test that uses `app`."""


def config_for(url: str, folder: Path, *, redis_url: str | None = None) -> Config:
    """The configuration of a tested application."""
    folder.mkdir(parents=True, exist_ok=True)
    return Config(database_url=url, data_dir=folder, secret_key="tests only", redis_url=redis_url, testing=True)


def application(url: str, folder: Path, *, redis_url: str | None = None) -> Flask:
    """The application over a database."""
    from app.factory import create_app  # here, so that tests of pure rules start without it

    return create_app(config_for(url, folder, redis_url=redis_url))


def migrate(url: str, folder: Path) -> None:
    """Bring an empty database up with the migrations."""
    app = application(url, folder)
    with app.app_context():
        flask_migrate.upgrade()
    dispose(app)


def dispose(app: Flask) -> None:
    """Close every connection of `app`."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Databases:
    """Copies of the templates, each with a name of its own; dropped at the end.

    shared:  a folder that all workers of this run see
    own:     a folder of this worker
    server:  gives the URL of a PostgreSQL superuser's database; asked only when one is needed
    """

    def __init__(self, shared: Path, own: Path, server: Callable[[], str]) -> None:
        self._shared, self._own, self._server = shared, own, server
        self._made = 0

    def fresh(self, dialect: str) -> str:
        """The URL of a new database: every table, no row of anybody's."""
        self._made += 1
        name = f"batchtrack_{os.getpid()}_{self._made}"
        return self._fresh_sqlite(name) if dialect == "sqlite" else self._fresh_postgresql(name)

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` made."""
        if url.startswith("sqlite"):
            for file in Path(url.removeprefix("sqlite:///")).parent.glob(f"{Path(url).name}*"):
                file.unlink()
            return
        with _administration(self._server()) as connection:
            name = sql.Identifier(url.rpartition("/")[2])
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _fresh_sqlite(self, name: str) -> str:
        template = self._shared / "template.db"
        with _one_at_a_time(template):
            if not template.exists():
                draft = self._shared / "draft.db"
                migrate(f"sqlite:///{draft}", self._own / "migration")
                draft.rename(template)
        copy = self._own / f"{name}.db"
        shutil.copyfile(template, copy)
        return f"sqlite:///{copy}"

    def _fresh_postgresql(self, name: str) -> str:
        server = self._server()
        template = f"batchtrack_template_{_code_version()}"
        with _one_at_a_time(self._shared / "postgresql"), _administration(server) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
                self._make_template(connection, server, template)
            _create(connection, name, template)
        return as_sqlalchemy(_sibling(server, name))

    def _make_template(self, connection: psycopg.Connection, server: str, template: str) -> None:
        draft = f"{template}_{os.getpid()}"
        _create(connection, draft, "template0")
        migrate(as_sqlalchemy(_sibling(server, draft)), self._own / "migration")
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(draft), sql.Identifier(template)))


def _create(connection: psycopg.Connection, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    connection.execute(statement)


def _sibling(server: str, name: str) -> str:
    """The URL of another database on the same server."""
    return f"{server.rpartition('/')[0]}/{name}"


@contextmanager
def _administration(server: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server, autocommit=True) as connection:
        yield connection


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Workers wait here for each other."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _code_version() -> str:
    """Changes with anything that a migration may read, so that no template of older code is used."""
    digest = hashlib.sha256()
    for folder in ("migrations", "app/platform", "app/kernel"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".sql"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
