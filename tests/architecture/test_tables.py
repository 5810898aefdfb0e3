"""The tenant in every key, and no type but ours: read from each real database, as the migrations left it."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Inspector

from app.platform import types
from app.platform.database import Base, db
from app.platform.tenancy import GLOBAL_TABLES
from tests.architecture import keys
from tests.databases import on_postgresql_only, on_sqlite_only

OWN_TYPES = (types.Id, types.Instant, types.Day, types.Flag, sa.BigInteger, sa.Text, sa.LargeBinary)


@pytest.fixture
def catalogue(database: Flask) -> Iterator[Inspector]:
    with db.engine.connect() as connection:
        yield sa.inspect(connection)


@pytest.fixture
def careless() -> Inspector:
    """A database that breaks every rule about keys once."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE jars (id INTEGER PRIMARY KEY, organization_id BLOB, code TEXT UNIQUE)",
            "CREATE TABLE lids (organization_id, jar_id REFERENCES jars (id), PRIMARY KEY (organization_id, jar_id))",
            "CREATE UNIQUE INDEX one_lid ON lids (jar_id)",
        ):
            connection.exec_driver_sql(statement)
    return sa.inspect(engine)


def test_the_database_has_the_tables_of_the_models_and_no_other(catalogue: Inspector) -> None:
    assert set(catalogue.get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_every_global_table_is_there(catalogue: Inspector) -> None:
    assert set(catalogue.get_table_names()) >= GLOBAL_TABLES


def test_every_table_that_is_not_global_has_the_organization_first_in_its_key(catalogue: Inspector) -> None:
    assert keys.bare_primary_keys(catalogue) == []


def test_every_foreign_key_between_owned_tables_carries_the_organization(catalogue: Inspector) -> None:
    assert keys.bare_foreign_keys(catalogue) == []


def test_every_unique_constraint_begins_with_the_organization(catalogue: Inspector) -> None:
    assert keys.bare_uniques(catalogue) == []


def test_careless_keys_are_seen(careless: Inspector) -> None:
    assert keys.bare_primary_keys(careless) == ["jars"]
    assert keys.bare_foreign_keys(careless) == ["lids: ['jar_id'] -> jars"]
    assert keys.bare_uniques(careless) == ["jars: ['code']", "lids: ['jar_id']"]


@on_postgresql_only
def test_row_level_security_is_forced_on_every_owned_table(catalogue: Inspector) -> None:
    forced = sa.text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    with db.engine.connect() as connection:
        assert set(keys.owned(catalogue)) <= set(connection.scalars(forced))


@on_sqlite_only
def test_every_table_is_strict(catalogue: Inspector) -> None:
    with db.engine.connect() as connection:
        tables = connection.exec_driver_sql("PRAGMA table_list").mappings().all()
    loose = {table["name"] for table in tables if table["type"] == "table" and not table["strict"]}
    assert loose <= {"alembic_version", "sqlite_schema", "sqlite_temp_schema", "sqlite_sequence"}


def test_every_column_has_one_of_our_types() -> None:
    foreign = [
        f"{column.table.name}.{column.name}: {column.type!r}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if type(column.type) not in OWN_TYPES
    ]
    assert foreign == []


def test_every_whole_number_is_wide_enough_on_both_databases() -> None:
    narrow = [
        f"{column.table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Integer) and column.type is not types.Micro
    ]
    assert narrow == []


def test_relationships_only_look_and_never_load_by_surprise() -> None:
    loose = [
        str(relationship)
        for mapper in Base.registry.mappers
        for relationship in mapper.relationships
        if not (relationship.viewonly and relationship.lazy == "raise")
    ]
    assert loose == []
