"""
Lines: how statements reach the database.

They go through SQLAlchemy wherever somebody is there to hear them: a host's log, its events, its transaction. Where
nobody is, the driver is given them straight, which takes a fifth of the time. What comes of them is the same.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, ResourceClosedError

R = TypeVar("R")

Parameters: TypeAlias = tuple[Any, ...] | Mapping[str, Any]
"""By their places, or by their names: as the driver has them in its statements."""

Rows: TypeAlias = list[tuple[Any, ...]]
"""What a driver takes for a statement that is to be run many times."""

_HEARD_BY_ENGINES: Final = (
    "before_execute",
    "after_execute",
    "before_cursor_execute",
    "after_cursor_execute",
    "begin",
    "commit",
    "rollback",
)
_HEARD_BY_DIALECTS: Final = ("do_execute", "do_executemany", "do_execute_no_params", "handle_error")
"""The events of SQLAlchemy's that tell of statements."""


class Line(Protocol):
    """What statements are said on."""

    def ask(self, text: str, parameters: Parameters) -> Sequence[Any]:
        """The rows that a statement gives."""
        ...

    def tell(self, text: str, rows: Rows) -> int:
        """Runs a statement for each of some rows, of which there is one at least, and gives how many it wrote."""
        ...

    def say(self, text: str) -> None:
        """Runs a statement that has no parameters and gives nothing."""
        ...


def line_on(connection: Connection) -> Line:
    """The line on a connection of a storage's own: straight to the driver, unless somebody listens."""
    return HeardLine(connection) if is_heard(connection.engine) else StraightLine(connection)


def is_heard(engine: Engine) -> bool:
    """Whether anybody is told of an engine's statements, or they are written to a log."""
    on_engine, on_dialect = engine.dispatch, engine.dialect.dispatch
    return (
        any(getattr(on_engine, event) for event in _HEARD_BY_ENGINES)
        or any(getattr(on_dialect, event) for event in _HEARD_BY_DIALECTS)
        or engine.logger.isEnabledFor(logging.INFO)
    )


class HeardLine:
    """
    A line through SQLAlchemy.

    Args:
        connection: The connection; a host's takes notice of what is said on it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, text: str, parameters: Parameters) -> Sequence[Any]:
        """The rows that a statement gives."""
        rows: Sequence[Any] = self._connection.exec_driver_sql(text, parameters).all()
        return rows

    def tell(self, text: str, rows: Rows) -> int:
        """Runs a statement for each row."""
        return self._connection.exec_driver_sql(text, rows if len(rows) > 1 else rows[0]).rowcount

    def say(self, text: str) -> None:
        """Runs a statement."""
        self._connection.exec_driver_sql(text)


class StraightLine:
    """
    A line to the driver.

    Args:
        connection: The connection, which is in autocommit, so that SQLAlchemy needs to know of no transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection
        self._errors: type[Exception] = connection.dialect.loaded_dbapi.Error

    def ask(self, text: str, parameters: Parameters) -> Sequence[Any]:
        """The rows that a statement gives."""

        def ask(cursor: Any) -> Sequence[Any]:  # noqa: ANN401 - a driver's cursor
            cursor.execute(text, parameters)
            rows: Sequence[Any] = cursor.fetchall()
            return rows

        return self._with_cursor(ask)

    def tell(self, text: str, rows: Rows) -> int:
        """Runs a statement for each row."""

        def tell(cursor: Any) -> int:  # noqa: ANN401 - as above
            if len(rows) > 1:
                cursor.executemany(text, rows)
            else:
                cursor.execute(text, rows[0])
            written: int = cursor.rowcount
            return written

        return self._with_cursor(tell)

    def say(self, text: str) -> None:
        """Runs a statement."""
        self._with_cursor(lambda cursor: cursor.execute(text))

    def _with_cursor(self, work: Callable[[Any], R]) -> R:
        if self._connection.invalidated:
            raise ResourceClosedError("the connection was lost")
        cursor = self._driver.cursor()
        try:
            done = work(cursor)
        except self._errors as error:
            raise self._refused(error, cursor) from error
        except BaseException as error:
            if not isinstance(error, Exception):  # somebody lost patience: who knows what the database is doing
                self._connection.invalidate(error)
            raise
        cursor.close()
        return done

    def _refused(self, error: Exception, cursor: Any) -> DBAPIError:  # noqa: ANN401 - as above
        """The error as SQLAlchemy raises it, which then has given up a connection that is lost."""
        dialect = self._connection.dialect
        failed: Any = error
        is_lost = dialect.is_disconnect(failed, self._connection.connection.dbapi_connection, cursor)
        if is_lost:
            self._find_lost(error)
        else:
            with suppress(self._errors):
                cursor.close()
        refused: DBAPIError = DBAPIError.instance(
            None, None, failed, self._errors, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
        )
        return refused

    def _find_lost(self, error: Exception) -> None:
        """Has SQLAlchemy find for itself that the connection is lost, and with it all that are as old."""
        with suppress(DBAPIError):
            self._connection.exec_driver_sql("SELECT 1")
        if not self._connection.invalidated:
            self._connection.invalidate(error)
