"""Statements of the write path, compiled once. SQLAlchemy writes the SQL and knows the types; the driver runs it.

Between call and driver stands nothing but the types' processors: a posting takes eight statements, and SQLAlchemy's
own execution cost more than they did. Errors are SQLAlchemy's, as everywhere. It must carry its organization itself.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from app.platform.database import connection as current

_Processor = Callable[[Any], Any]
Values = Mapping[str, Any]
_T = TypeVar("_T")
_PARAMETER, _PLACE = re.compile(r"%\((\w+)\)s"), re.compile(r"\$([0-9]+)")
_TOGETHER = 32
"""So many rows at most make one statement: each number of rows is a text of its own, prepared by itself."""


class Prepared:
    """A select, or an insert or update without RETURNING; every value a named parameter or written out.

    A parameter that expands takes a list; the statement is compiled once for each length that is asked for.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[tuple[Any, ...], _Compiled] = {}

    def rows(self, values: Values) -> list[Any]:
        """The rows as named tuples."""
        connection = current()
        compiled = self._for(connection.dialect, values)
        return _run(connection, compiled.sql, compiled.bound(values), lambda cursor: compiled.shaped(cursor.fetchall()))

    def write(self, values: Values) -> int:
        """How many rows were written."""
        connection = current()
        compiled = self._for(connection.dialect, values)
        return _run(connection, compiled.sql, compiled.bound(values), lambda cursor: int(cursor.rowcount))

    def write_each(self, rows: Sequence[Values]) -> None:
        """Insert several rows, in this order, in one go: on PostgreSQL in one statement, so that it travels once."""
        connection = current()
        compiled = self._for(connection.dialect, {})
        bound = [compiled.bound(row) for row in rows]
        if connection.dialect.name == "postgresql" and len(rows) <= _TOGETHER:
            together = [value for row in bound for value in row]
            _run(connection, compiled.sql_of(len(rows)), together, lambda _: None)
        else:
            _run(connection, compiled.sql, bound, lambda _: None, many=True)

    def _for(self, dialect: Dialect, values: Values) -> "_Compiled":
        lists = {name: len(value) for name, value in values.items() if isinstance(value, list)}
        key = (dialect.name, *lists.values())
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _Compiled(self._statement, dialect, lists)
        return found


class _Compiled:
    """One statement for one dialect and one length of each list."""

    def __init__(self, statement: Any, dialect: Dialect, lists: Mapping[str, int]) -> None:
        compiled = _compile(statement, dialect, lists)
        self.sql, self._names = str(compiled), list(compiled.positiontup or ())
        if dialect.name == "postgresql":
            self.sql, self._names = _numbered(self.sql)
        self._several: dict[int, str] = {}
        self._binds: list[tuple[str, _Processor | None, Any]] = []
        self._lists: list[tuple[str, _Processor | None]] = []
        for name, bind in compiled.binds.items():
            processor = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if name in lists:
                self._lists.append((name, processor))
            elif bind.expanding:  # a list that is written out: each of its values is a constant of its own
                self._binds += [(f"{name}_{n}", processor, value) for n, value in enumerate(bind.value, start=1)]
            else:
                self._binds.append((name, processor, None if bind.required else bind.value))
        columns = statement.selected_columns if statement.is_select else ()
        self._row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        self._processors = [
            (place, processor)
            for place, column in enumerate(columns)
            if (processor := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def sql_of(self, rows: int) -> str:
        """The same insert for so many rows: their values one after the other."""
        found = self._several.get(rows)
        if found is None:
            into, _, values = self.sql.partition(" VALUES ")
            each = [_shifted(values, row * len(self._names)) for row in range(rows)]
            found = self._several[rows] = f"{into} VALUES {', '.join(each)}"
        return found

    def bound(self, values: Values) -> list[Any]:
        """The values as the driver takes them, in order."""
        given = {
            name: value if (value := values.get(name, constant)) is None or processor is None else processor(value)
            for name, processor, constant in self._binds
        }
        for name, processor in self._lists:
            for number, value in enumerate(values[name], start=1):
                given[f"{name}_{number}"] = processor(value) if processor else value
        return [given[name] for name in self._names]

    def shaped(self, fetched: Iterable[Sequence[Any]]) -> list[Any]:
        """Named tuples of Python's values."""
        make, processors = self._row._make, self._processors
        if not processors:
            return [make(row) for row in fetched]
        rows = []
        for row in fetched:
            values = list(row)
            for place, processor in processors:
                values[place] = processor(values[place])
            rows.append(make(values))
        return rows


def _compile(statement: Any, dialect: Dialect, lists: Mapping[str, int]) -> Any:
    if not statement.is_select:
        return statement.compile(dialect=dialect)
    named = {name for name, bind in statement.compile(dialect=dialect).binds.items() if bind.required}
    values = dict.fromkeys(named) | {name: [None] * length for name, length in lists.items()}
    return statement.params(values).compile(dialect=dialect, compile_kwargs={"render_postcompile": True})


def _numbered(sql: str) -> tuple[str, list[str]]:
    """psycopg's `%(name)s` as the server's own `$1`, so that the driver has nothing to read; the names in order."""
    names = list(dict.fromkeys(_PARAMETER.findall(sql)))
    return _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql).replace("%%", "%"), names


def _shifted(sql: str, by: int) -> str:
    return _PLACE.sub(lambda found: f"${int(found[1]) + by}", sql)


def _run(connection: Connection, sql: str, bound: Any, take: Callable[[Any], _T], *, many: bool = False) -> _T:
    """Run it and take from the cursor. What the driver raises leaves as SQLAlchemy's error."""
    cursor = _cursor(connection)
    for listener in connection.engine.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, bound, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(sql, bound)
        return take(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(connection, sql, bound, cursor, error) from error
    finally:
        cursor.close()


def say(connection: Connection, sql: str) -> None:
    """Send PostgreSQL a text that differs from call to call; it is not prepared."""
    cursor = _cursor(connection)
    for listener in connection.engine.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, (), None, False)
    try:
        cursor.execute(sql, prepare=False)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(connection, sql, (), cursor, error) from error
    finally:
        cursor.close()


def _cursor(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    return psycopg.RawCursor(driver) if isinstance(driver, psycopg.Connection) else driver.cursor()  # type: ignore[union-attr]


def _translated(connection: Connection, sql: str, bound: Any, cursor: Any, error: Exception) -> Exception:
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    base: Any = dialect.loaded_dbapi.Error
    return sa.exc.DBAPIError.instance(sql, bound, error, base, connection_invalidated=lost, dialect=dialect)
