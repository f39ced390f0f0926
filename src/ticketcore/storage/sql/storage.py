"""
Storage in a database through SQLAlchemy: SQLite and PostgreSQL.

There are three ways in, and their names say who owns what: `SqlStorage.open` makes its own engine and tables;
`SqlStorage(engine)` uses the host's engine, with connections and transactions of its own; `storage.joined(connection)`
works inside the host's transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import attrs
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session as OrmSession

from ticketcore.errors import Fault, InvalidInput
from ticketcore.serialization import Codec
from ticketcore.storage.protocols import RecordCodec
from ticketcore.storage.sql.blobs import SqlBlobs
from ticketcore.storage.sql.border import errors_of_ours
from ticketcore.storage.sql.dialects import dialect_of
from ticketcore.storage.sql.engines import make_engine, make_ready
from ticketcore.storage.sql.questions import Questions
from ticketcore.storage.sql.rows import Rows
from ticketcore.storage.sql.schema import PREFIX, TENANT, all_tables, check_version, checked_tenant
from ticketcore.storage.sql.sessions import SqlSession
from ticketcore.storage.sql.statements import Statements
from ticketcore.storage.sql.transactions import JoinedTransaction, OwnTransaction, Transaction, connection_of


class SqlStorage:
    """
    Records in a database, and beside them, in `blobs`, the bytes of attachments.

    Args:
        engine: The engine of a SQLite or PostgreSQL database. Sessions take connections from its pool.
        tenant: Whose records; nothing of another tenant is ever read or written.
        prefix: What the names of tables begin with.
        schema: The database schema that they are in; by default whichever the connections use.

    Raises:
        InvalidInput: The engine is none, the database is of another sort, or the tenant or the prefix is none.
    """

    def __init__(
        self, engine: Engine, *, tenant: str = TENANT, prefix: str = PREFIX, schema: str | None = None
    ) -> None:
        if not isinstance(engine, Engine):
            wanted = "an engine of SQLAlchemy; with a URL, use SqlStorage.open(url)"
            raise InvalidInput("SqlStorage", [Fault("engine", wanted, type(engine).__name__)])
        self.engine = engine
        self.tenant = checked_tenant(tenant)
        self.blobs = SqlBlobs(engine, tenant=tenant, prefix=prefix, schema=schema)
        self._dialect = dialect_of(engine.dialect)
        self._tables = all_tables(prefix, schema)
        self._statements = Statements(self._tables, self._dialect, engine.dialect)
        self._questions = Questions(self._tables, self._dialect, engine.dialect, tenant=self.tenant)
        # Reading needs no transaction; whoever writes begins one in the words that the database needs.
        self._connections = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._rows = Rows(Codec(), self._dialect)
        self._rows_of_desk = self._rows
        self._is_checked = False

    @classmethod
    def open(cls, url: str, *, tenant: str = TENANT, prefix: str = PREFIX, schema: str | None = None) -> Self:
        """
        The storage in a database, which it makes ready: it makes tables, or brings them to the present version.

        Args:
            url: Such as `"sqlite:///desk.db"` or `"postgresql://user@host/desk"`.
            tenant: Whose records.
            prefix: What the names of tables begin with.
            schema: The database schema that they are in.

        Raises:
            InvalidInput: The URL is none of a SQLite file or a PostgreSQL database; or the tenant or prefix is none.
            StorageError: The database cannot be reached, or its tables are of a newer version.
        """
        storage = cls(make_engine(url), tenant=tenant, prefix=prefix, schema=schema)
        storage.create()
        return storage

    def create(self) -> None:
        """
        Makes the tables that are missing, and brings those of an older version to the present one.

        Raises:
            StorageError: They are of a newer version, or cannot be made.
        """
        with errors_of_ours(), self._connections.connect() as connection:
            self.create_on(connection)

    def close(self) -> None:
        """Closes the connections that wait in the engine's pool."""
        self.engine.dispose()

    @contextmanager
    def session(self, codec: RecordCodec | None = None) -> Iterator[SqlSession]:
        """
        A new session.

        Args:
            codec: Writes and reads its records; one that knows the library's own, if not given.
        """
        with errors_of_ours():
            connection = self._connections.connect()
        try:
            session = self.session_of_own(connection, codec)
            try:
                yield session
            finally:
                session.end()
        finally:
            connection.close()

    def joined(self, host: Connection | OrmSession) -> "JoinedStorage":
        """
        This storage inside the host's transaction, for `desk.using`.

        Everything happens on the host's connection, bytes of attachments included. Nothing is begun, committed, rolled
        back or closed: what must be undone is undone to a savepoint, and what is asked of the desk is there if and when
        the host commits.

        Args:
            host: The host's connection, or its ORM session.
        """
        return JoinedStorage(self, host, self.blobs.joined(host))

    # What the storages beside this one call.

    def create_on(self, connection: Connection) -> None:
        """The same as `create`, on a connection in autocommit."""
        make_ready(connection, self._dialect, self._tables)

    def session_of_own(self, connection: Connection, codec: RecordCodec | None) -> SqlSession:
        """A session that begins and ends its own transaction on a connection in autocommit."""
        return self._session(OwnTransaction(connection, self._dialect), codec)

    def session_within(self, connection: Connection, codec: RecordCodec | None) -> SqlSession:
        """A session in the transaction of a connection of the host's."""
        touch = None if self._dialect.for_share else self._statements.touch()
        return self._session(JoinedTransaction(connection, touch), codec)

    def _session(self, transaction: Transaction, codec: RecordCodec | None) -> SqlSession:
        self._check_once(transaction.connection)
        rows = self._rows if codec is None else self._rows_for(codec)
        return SqlSession(transaction, self._statements, self._questions, rows=rows, tenant=self.tenant)

    def _rows_for(self, codec: RecordCodec) -> Rows:
        """What makes rows with a desk's codec; kept, for nearly always one desk works on a storage."""
        rows = self._rows_of_desk
        if rows.codec is not codec:
            rows = self._rows_of_desk = Rows(codec, self._dialect)
        return rows

    def _check_once(self, connection: Connection) -> None:
        if not self._is_checked:
            with errors_of_ours():
                check_version(connection, self._tables)
            self._is_checked = True


@attrs.frozen(eq=False)
class JoinedStorage:
    """
    A storage inside the host's transaction; `SqlStorage.joined` makes it.

    Args:
        storage: The storage.
        host: The host's connection, or its ORM session.
        blobs: The storage's bytes, inside the host's transaction.
    """

    storage: SqlStorage
    host: Connection | OrmSession
    blobs: SqlBlobs

    @contextmanager
    def session(self, codec: RecordCodec | None = None) -> Iterator[SqlSession]:
        """A new session in the host's transaction."""
        with errors_of_ours():
            connection = connection_of(self.host)
        session = self.storage.session_within(connection, codec)
        try:
            yield session
        finally:
            session.end()
