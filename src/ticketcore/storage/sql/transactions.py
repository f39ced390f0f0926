"""
Transactions: who begins and ends them.

A session of a storage's own has one of its own. A joined one works in the host's, and never begins, commits or rolls
back that; what it must undo it undoes to a savepoint.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as OrmSession

from ticketcore.storage.sql.border import commit_errors_of_ours
from ticketcore.storage.sql.dialects import Dialect
from ticketcore.storage.sql.lines import HeardLine, Line, Told
from ticketcore.storage.sql.pipelines import line_on


class Transaction(Protocol):
    """What a session writes in."""

    connection: Connection
    line: Line

    @property
    def is_alone(self) -> bool:
        """Whether nobody else can write anything before it ends."""
        ...

    def begin(self) -> None:
        """Makes sure that from now on what is locked stays locked, and what is read to write on can be written."""
        ...

    def all_or_nothing(self) -> AbstractContextManager[None]:
        """What is written inside is there to stay afterwards, or, after an error, was never there."""
        ...

    def end(self) -> None:
        """Gives back what it held. The connection is whose it was."""
        ...


def connection_of(host: Connection | OrmSession) -> Connection:
    """The connection that a host works on."""
    return host if isinstance(host, Connection) else host.connection()


class OwnTransaction:
    """
    A transaction on a connection of a storage's own, which is in autocommit until then.

    Args:
        connection: The connection.
        dialect: The database's words.
    """

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.line = line_on(connection)
        self._dialect = dialect
        self._is_open = False

    @property
    def is_alone(self) -> bool:
        """Whether it has begun to write where there is one writer at a time."""
        return self._is_open and not self._dialect.for_share

    def begin(self) -> None:
        """Begins, unless it has."""
        if not self._is_open:
            self.line.tell(Told(self._dialect.begin))
            self._is_open = True

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Commits at the end, or rolls back."""
        self.begin()
        try:
            yield
            self.line.flush()
            with commit_errors_of_ours():
                self.line.say("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._is_open = False

    def end(self) -> None:
        """Rolls back what was not committed."""
        self._roll_back()

    def _roll_back(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        try:
            self.line.say("ROLLBACK")
        except SQLAlchemyError:
            # It may still be open there: nobody else must get this connection.
            with suppress(SQLAlchemyError):
                self.connection.invalidate()


class JoinedTransaction:
    """
    The host's transaction.

    Args:
        connection: The host's connection.
        touch: The statement that makes the transaction one that writes; None where any is.
    """

    def __init__(self, connection: Connection, touch: str | None) -> None:
        self.connection = connection
        self.line: Line = HeardLine(connection)
        self._touch = touch

    @property
    def is_alone(self) -> bool:
        """No: whatever else the host does on its connection is done in it, too."""
        return False

    def begin(self) -> None:
        """
        Has SQLite begin to write.

        Its driver has not begun what the host has begun before something is written, so that a savepoint before that
        would be a transaction of its own.
        """
        if self._touch is not None:
            self.line.say(self._touch)
            self._touch = None

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Goes back to a savepoint after an error."""
        self.begin()
        with self.connection.begin_nested():
            yield

    def end(self) -> None:
        """Nothing: all of it is the host's."""
