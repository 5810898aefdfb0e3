"""The migrations go up, down and up again on both databases, and leave what the models say."""

from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

from app.platform.database import db
from tests.databases import Databases, application, dispose


@pytest.fixture
def migrated(dialect: str, databases: Databases, tmp_path: Path) -> Flask:
    """An application over a database that nobody else uses, fully migrated."""
    return application(databases.fresh(dialect), tmp_path)


def tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names())


def test_up_down_up_and_no_drift(migrated: Flask) -> None:
    with migrated.app_context():
        before = tables()
        flask_migrate.downgrade(revision="base")
        assert tables() <= {"alembic_version"}
        flask_migrate.upgrade()
        assert tables() == before
        flask_migrate.check()  # exits when models and database differ
    dispose(migrated)


def test_the_history_is_one_line(migrated: Flask) -> None:
    with migrated.app_context():
        config = migrated.extensions["migrate"].migrate.get_config()
        script = ScriptDirectory.from_config(config)
        assert len(script.get_heads()) == 1
        assert len(script.get_bases()) == 1
    dispose(migrated)
