"""Rules about keys, read from a database's own catalogue: the tenant stands first in every one of them."""

from collections.abc import Iterator

from sqlalchemy.engine import Inspector

from app.platform.tenancy import GLOBAL_TABLES

TENANT = "organization_id"


def owned(catalogue: Inspector) -> list[str]:
    """Tables whose rows belong to an organization: all that are not listed as global."""
    return sorted(table for table in catalogue.get_table_names() if table not in GLOBAL_TABLES)


def bare_primary_keys(catalogue: Inspector) -> list[str]:
    """Owned tables whose primary key does not begin with the organization."""
    return [table for table in owned(catalogue) if _primary_key(catalogue, table)[:1] != [TENANT]]


def bare_foreign_keys(catalogue: Inspector) -> list[str]:
    """References between owned tables that do not carry the organization."""
    return [
        f"{table}: {key['constrained_columns']} -> {key['referred_table']}"
        for table in owned(catalogue)
        for key in catalogue.get_foreign_keys(table)
        if key["referred_table"] not in GLOBAL_TABLES
        and (key["constrained_columns"][0], key["referred_columns"][0]) != (TENANT, TENANT)
    ]


def bare_uniques(catalogue: Inspector) -> list[str]:
    """Unique constraints and indexes of owned tables that do not begin with the organization."""
    return [
        f"{table}: {columns}"
        for table in owned(catalogue)
        for columns in _uniques(catalogue, table)
        if columns[:1] != [TENANT]
    ]


def _primary_key(catalogue: Inspector, table: str) -> list[str]:
    return list(catalogue.get_pk_constraint(table)["constrained_columns"])


def _uniques(catalogue: Inspector, table: str) -> Iterator[list[str | None]]:
    for constraint in catalogue.get_unique_constraints(table):
        yield list(constraint["column_names"])
    for index in catalogue.get_indexes(table):
        if index["unique"]:
            yield list(index["column_names"])
