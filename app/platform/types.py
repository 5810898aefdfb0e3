"""Column types: the only ones that models and migrations use.

SQLite's tables are STRICT and refuse SQLAlchemy's own BOOLEAN, DATETIME and BIGINT; PostgreSQL keeps its natural types,
which its driver reads and writes by itself. A processor is None where there is nothing to do: a posting has 80 values.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Micro = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Millionths of a unit or of a currency unit, and every other whole number."""

Text = sa.Text()
Bytes = sa.LargeBinary()


_Processor = Callable[[Any], Any]


class Id(TypeDecorator[uuid.UUID]):
    """A UUID: `uuid` on PostgreSQL, 16 bytes on SQLite."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.LargeBinary(16) if dialect.name == "sqlite" else sa.Uuid())

    def bind_processor(self, dialect: Dialect) -> _Processor | None:
        return _bytes_of_id if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> _Processor | None:
        return _id_of_bytes if dialect.name == "sqlite" else None


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: `timestamptz` on PostgreSQL, ISO text with six digits and Z on SQLite."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> _Processor | None:
        return _text_of_instant if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> _Processor | None:
        return _instant_of_text if dialect.name == "sqlite" else _in_utc


class Day(TypeDecorator[date]):
    """A calendar day: `date` on PostgreSQL, ISO text on SQLite."""

    impl = sa.Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.Date())

    def bind_processor(self, dialect: Dialect) -> _Processor | None:
        return _text_of_day if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> _Processor | None:
        return _day_of_text if dialect.name == "sqlite" else None


class Flag(TypeDecorator[bool]):
    """Yes or no: `boolean` on PostgreSQL, 0 or 1 on SQLite."""

    impl = sa.Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Integer() if dialect.name == "sqlite" else sa.Boolean())

    def bind_processor(self, dialect: Dialect) -> _Processor | None:
        return _whole_of_flag if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> _Processor | None:
        return _flag_of_whole if dialect.name == "sqlite" else None


def _bytes_of_id(value: uuid.UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _id_of_bytes(value: bytes | None) -> uuid.UUID | None:
    return None if value is None else uuid.UUID(bytes=value)


def _text_of_instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _instant_of_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _text_of_day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _day_of_text(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _whole_of_flag(value: bool | None) -> int | None:
    return None if value is None else int(value)


def _flag_of_whole(value: int | None) -> bool | None:
    return None if value is None else bool(value)
