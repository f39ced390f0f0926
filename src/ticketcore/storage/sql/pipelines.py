"""
Pipelines: a line to PostgreSQL on which statements do not wait for one another's answers.

What is told is sent together with what is asked next, or with all that a commit writes. Where the database is some
network away, and others wait for a lock meanwhile, what counts is how often an answer is waited for.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from ticketcore.storage.sql.lines import HeardLine, Line, Parameters, StraightLine, Told, is_heard

_DRIVERS: Final = frozenset({"psycopg", "psycopg_async"})
"""The drivers that know of pipelines, by SQLAlchemy's names."""


def line_on(connection: Connection) -> Line:
    """The line on a connection of a storage's own: straight to the driver, unless somebody listens."""
    if is_heard(connection.engine):
        return HeardLine(connection)
    return PipelinedLine(connection) if _can_send_ahead(connection) else StraightLine(connection)


def _can_send_ahead(connection: Connection) -> bool:
    if connection.dialect.driver not in _DRIVERS:
        return False
    from psycopg import Pipeline  # noqa: PLC0415 - the driver in use, of an extra that others have not installed

    return Pipeline.is_supported()


class PipelinedLine(StraightLine):
    """
    A line to psycopg, by its pipelines.

    Args:
        connection: The connection, which is in autocommit.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._waiting: list[Told] = []

    def ask(self, text: str, parameters: Parameters) -> Sequence[Any]:
        """The rows that a statement gives."""
        if not self._waiting:
            return super().ask(text, parameters)
        asked = Told(text, (parameters,), gives_rows=True)
        self.tell(asked)
        self.flush()
        rows: Sequence[Any] = asked.answer
        return rows

    def tell(self, told: Told) -> None:
        """Has a statement wait for the next one."""
        self._waiting.append(told)

    def flush(self) -> None:
        """Runs what waits."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._guarded(self._run_all, waiting)

    def say(self, text: str) -> None:
        """Runs a statement."""
        self.flush()
        self._guarded(self._run, Told(text))

    def _run_all(self, several: Sequence[Told]) -> None:
        connection: Any = self._driver.dbapi_connection
        if hasattr(connection, "run_async"):
            connection.run_async(lambda driver: _await_all(driver, several))
            return
        cursors = [connection.cursor() for _ in several]
        with connection.pipeline():
            for told, cursor in zip(several, cursors, strict=True):
                told.run(cursor)
        for told, cursor in zip(several, cursors, strict=True):
            told.hear(cursor)


async def _await_all(driver: Any, several: Sequence[Told]) -> None:  # noqa: ANN401 - an asynchronous connection
    cursors = [driver.cursor() for _ in several]
    async with driver.pipeline():
        for told, cursor in zip(several, cursors, strict=True):
            if len(told.rows) > 1:
                await cursor.executemany(told.text, told.rows)
            else:
                await cursor.execute(told.text, told.rows[0])
    for told, cursor in zip(several, cursors, strict=True):
        told.answer = await cursor.fetchall() if told.gives_rows else cursor.rowcount
