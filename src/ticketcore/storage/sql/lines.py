"""
Lines: how statements reach the database.

They go through SQLAlchemy wherever somebody is there to hear them: a host's log, its events, its transaction. Where
nobody is, the driver is given them straight, which takes a fifth of the time. What comes of them is the same.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol, TypeAlias, TypeVar, cast

import attrs
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, ResourceClosedError

T = TypeVar("T")

Parameters: TypeAlias = tuple[Any, ...] | Mapping[str, Any]
"""By their places, or by their names: as the driver has them in its statements."""

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


@attrs.define(eq=False)
class Told:
    """
    A statement, and what came of it.

    Args:
        text: The statement.
        rows: What it is run for, one after the other; one at least.
        gives_rows: Whether it is asked for rows; then it is run once.
    """

    text: str
    rows: Sequence[Parameters] = ((),)
    gives_rows: bool = False
    answer: Any = attrs.field(init=False, default=None)
    """Once it was run: the rows that it gives, or how many it wrote."""

    def run(self, cursor: Any) -> None:  # noqa: ANN401 - a driver's cursor
        """Has a cursor run it."""
        if len(self.rows) > 1:
            cursor.executemany(self.text, self.rows)
        else:
            cursor.execute(self.text, self.rows[0])

    def hear(self, cursor: Any) -> None:  # noqa: ANN401 - as above
        """Takes the answer from a cursor that has run it."""
        self.answer = cursor.fetchall() if self.gives_rows else cursor.rowcount


class Line(Protocol):
    """What statements are said on."""

    def ask(self, text: str, parameters: Parameters) -> Sequence[Any]:
        """The rows that a statement gives; what was told before comes first."""
        ...

    def tell(self, told: Told) -> None:
        """Runs a statement, at the latest together with what is asked, said or flushed next."""
        ...

    def flush(self) -> None:
        """Runs what was told and still waits."""
        ...

    def say(self, text: str) -> None:
        """Runs a statement that has no parameters and gives nothing, after what was told before."""
        ...


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

    def tell(self, told: Told) -> None:
        """Runs a statement at once."""
        several: Any = [*told.rows] if len(told.rows) > 1 else told.rows[0]
        result = self._connection.exec_driver_sql(told.text, several)
        told.answer = result.all() if told.gives_rows else result.rowcount

    def flush(self) -> None:
        """Nothing waits."""

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
        self._driver = connection.connection
        self._errors: type[Exception] = connection.dialect.loaded_dbapi.Error

    def ask(self, text: str, parameters: Parameters) -> Sequence[Any]:
        """The rows that a statement gives."""
        asked = Told(text, (parameters,), gives_rows=True)
        self._guarded(self._run, asked)
        rows: Sequence[Any] = asked.answer
        return rows

    def tell(self, told: Told) -> None:
        """Runs a statement at once."""
        self._guarded(self._run, told)

    def flush(self) -> None:
        """Nothing waits."""

    def say(self, text: str) -> None:
        """Runs a statement."""
        self.tell(Told(text))

    def _run(self, told: Told) -> None:
        cursor = self._driver.cursor()
        try:
            told.run(cursor)
            told.hear(cursor)
        finally:
            cursor.close()

    def _guarded(self, work: Callable[[T], None], told: T) -> None:
        """Raises errors of the driver as SQLAlchemy does, and has it give up a connection that is of no use."""
        if self._connection.invalidated:
            raise ResourceClosedError("the connection was lost")
        try:
            work(told)
        except self._errors as error:
            raise self._refused(error) from error
        except BaseException as error:
            if not isinstance(error, Exception):  # somebody lost patience: who knows what the database is doing
                self._connection.invalidate(error)
            raise

    def _refused(self, error: Exception) -> DBAPIError:
        """The error as SQLAlchemy raises it, which then has given up a connection that is lost."""
        dialect, failed = self._connection.dialect, cast("Any", error)
        is_lost = dialect.is_disconnect(failed, self._driver.dbapi_connection, None)
        if is_lost:
            self._find_lost(error)
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
