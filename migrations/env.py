"""Runs migrations as the tables' owner: never through the application's role."""

import logging

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.platform.config import Config
from app.platform.database import db

config = context.config
logging.getLogger("alembic").setLevel(logging.WARNING)
_LOCK = 7_203_114  # any number: one migration at a time per server


def _url() -> str:
    said: Config = current_app.extensions["batchtrack_config"]
    return said.migration_database_url or said.database_url


def run() -> None:
    """Upgrade, downgrade or compare, in one transaction."""
    engine = sa.create_engine(_url(), poolclass=sa.pool.NullPool)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=False,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            context.run_migrations()
    engine.dispose()


run()
