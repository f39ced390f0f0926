"""
`SqlStorage` for asynchronous programs (extra `async`).

Nothing is written twice: SQLAlchemy runs the synchronous sessions, and awaits for them whenever the database is asked.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

import attrs
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.ext.asyncio import AsyncSession as AsyncOrmSession

from ticketcore.errors import Fault, InvalidInput
from ticketcore.query import Page, Query
from ticketcore.storage.protocols import Changes, Found, Key, RecordCodec, Tally
from ticketcore.storage.sql.blobs import AsyncSqlBlobs
from ticketcore.storage.sql.border import errors_of_ours
from ticketcore.storage.sql.engines import make_async_engine
from ticketcore.storage.sql.schema import PREFIX, TENANT
from ticketcore.storage.sql.sessions import SqlSession
from ticketcore.storage.sql.storage import SqlStorage
from ticketcore.storage.sql.transactions import connection_of

T = TypeVar("T")


class RunSync(Protocol):
    """What runs a synchronous function, awaiting for it whatever it asks of the database."""

    def __call__(self, function: Callable[[Any], T], /) -> Awaitable[T]:
        """Runs it with what it is a method of, as synchronous programs have that."""
        ...


class AsyncSqlStorage:
    """
    Records in a database, and beside them, in `blobs`, the bytes of attachments, for asynchronous programs.

    Args:
        engine: The engine of a SQLite or PostgreSQL database. Sessions take connections from its pool.
        tenant: Whose records; nothing of another tenant is ever read or written.
        prefix: What the names of tables begin with.
        schema: The database schema that they are in; by default whichever the connections use.

    Raises:
        InvalidInput: The engine is not asynchronous, the database of another sort, or the tenant or prefix is none.
    """

    def __init__(
        self, engine: AsyncEngine, *, tenant: str = TENANT, prefix: str = PREFIX, schema: str | None = None
    ) -> None:
        if not isinstance(engine, AsyncEngine):
            wanted = "an asynchronous engine of SQLAlchemy; with a URL, use await AsyncSqlStorage.open(url)"
            raise InvalidInput("AsyncSqlStorage", [Fault("engine", wanted, type(engine).__name__)])
        self.engine = engine
        self._storage = SqlStorage(engine.sync_engine, tenant=tenant, prefix=prefix, schema=schema)
        self.tenant = self._storage.tenant
        self.blobs = AsyncSqlBlobs(engine, tenant=tenant, prefix=prefix, schema=schema)
        self._connections = engine.execution_options(isolation_level="AUTOCOMMIT")

    @classmethod
    async def open(cls, url: str, *, tenant: str = TENANT, prefix: str = PREFIX, schema: str | None = None) -> Self:
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
        storage = cls(make_async_engine(url), tenant=tenant, prefix=prefix, schema=schema)
        await storage.create()
        return storage

    async def create(self) -> None:
        """
        Makes the tables that are missing, and brings those of an older version to the present one.

        Raises:
            StorageError: They are of a newer version, or cannot be made.
        """
        with errors_of_ours():
            async with self._connections.connect() as connection:
                await connection.run_sync(self._storage.create_on)

    async def close(self) -> None:
        """Closes the connections that wait in the engine's pool."""
        await self.engine.dispose()

    @asynccontextmanager
    async def session(self, codec: RecordCodec | None = None) -> "AsyncIterator[AsyncSqlSession]":
        """
        A new session.

        Args:
            codec: Writes and reads its records; one that knows the library's own, if not given.
        """
        async with self._connected() as connection:
            run = connection.run_sync
            session = await run(lambda it: self._storage.session_of_own(it, codec))
            try:
                yield AsyncSqlSession(session, run)
            finally:
                await run(lambda _: session.end())

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection that is given back wherever the task is cancelled, be it while it is lent or given back."""
        lent = asyncio.ensure_future(self._connections.connect())
        try:
            with errors_of_ours():
                connection = await asyncio.shield(lent)
        except asyncio.CancelledError:
            with suppress(SQLAlchemyError):
                await (await lent).close()
            raise
        try:
            yield connection
        finally:
            await asyncio.shield(asyncio.ensure_future(connection.close()))

    def joined(self, host: AsyncConnection | AsyncOrmSession) -> "AsyncJoinedStorage":
        """
        This storage inside the host's transaction, for `desk.using`: as `SqlStorage.joined`.

        Args:
            host: The host's connection, or its ORM session.
        """
        return AsyncJoinedStorage(self._storage, host, self.blobs.joined(host))


@attrs.frozen(eq=False)
class AsyncJoinedStorage:
    """
    A storage inside the host's transaction; `AsyncSqlStorage.joined` makes it.

    Args:
        storage: The storage.
        host: The host's connection, or its ORM session.
        blobs: The storage's bytes, inside the host's transaction.
    """

    storage: SqlStorage
    host: AsyncConnection | AsyncOrmSession
    blobs: AsyncSqlBlobs

    @asynccontextmanager
    async def session(self, codec: RecordCodec | None = None) -> "AsyncIterator[AsyncSqlSession]":
        """A new session in the host's transaction."""
        run: RunSync = self.host.run_sync
        with errors_of_ours():
            connection: Connection = await run(connection_of)
        session = await run(lambda _: self.storage.session_within(connection, codec))
        try:
            yield AsyncSqlSession(session, run)
        finally:
            await run(lambda _: session.end())


@attrs.frozen(eq=False)
class AsyncSqlSession:
    """
    One piece of work on a storage in a database.

    Args:
        session: The synchronous session that does it.
        run: What runs that.
    """

    _session: SqlSession
    _run: RunSync

    async def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        return await self._run(lambda _: self._session.get(keys))

    async def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        return await self._run(lambda _: self._session.find(query, now=now))

    async def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of; its limit and cursor do not matter."""
        return await self._run(lambda _: self._session.count(query, now=now))

    async def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        return await self._run(lambda _: self._session.tally(query, by, now=now))

    async def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        await self._run(lambda _: self._session.apply(changes))
