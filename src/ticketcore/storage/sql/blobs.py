"""The bytes of attachments in the database, beside the records that name them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.ext.asyncio import AsyncSession as AsyncOrmSession
from sqlalchemy.orm import Session as OrmSession

from ticketcore.storage.sql.border import errors_of_ours
from ticketcore.storage.sql.dialects import dialect_of
from ticketcore.storage.sql.schema import PREFIX, TENANT, all_tables, checked_tenant
from ticketcore.storage.sql.transactions import connection_of

R = TypeVar("R")


class SqlBlobs:
    """
    Bytes in a database.

    Every `SqlStorage` brings one, for its own tenant and beside its records: `storage.blobs`. One made by itself is for
    bytes in another database than the records are in. Give each desk a tenant of its own there: a desk that sweeps
    bytes removes those that none of its own records names.

    Args:
        engine: The engine; or, to work in a transaction of the host's, its connection or ORM session.
        tenant: Whose bytes.
        prefix: What the names of tables begin with.
        schema: The database schema that they are in; by default whichever the connections use.
    """

    def __init__(
        self,
        engine: Engine | Connection | OrmSession,
        *,
        tenant: str = TENANT,
        prefix: str = PREFIX,
        schema: str | None = None,
    ) -> None:
        self._engine = engine
        self._work = BlobWork(tenant, prefix, schema)

    def joined(self, host: Connection | OrmSession) -> "SqlBlobs":
        """
        These bytes inside the host's transaction: what is put is there if and when the host commits.

        Args:
            host: The host's connection, or its ORM session.
        """
        joined = copy(self)
        joined._engine = host  # noqa: SLF001 - a store of our own
        return joined

    def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        with self._connection() as connection:
            self._work.put(connection, digest, content, now)

    def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        with self._connection() as connection:
            return self._work.get(connection, digest)

    def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        with self._connection() as connection:
            return self._work.stored_before(connection, limit)

    def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        with self._connection() as connection:
            self._work.remove(connection, digest, before)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """A connection whose transaction is committed at the end; or the host's, which the host commits."""
        with errors_of_ours():
            if isinstance(self._engine, Engine):
                with self._engine.begin() as connection:
                    yield connection
            else:
                yield connection_of(self._engine)


class AsyncSqlBlobs:
    """
    `SqlBlobs` for asynchronous programs.

    Args:
        engine: The engine; or, to work in a transaction of the host's, its connection or ORM session.
        tenant: Whose bytes.
        prefix: What the names of tables begin with.
        schema: The database schema that they are in; by default whichever the connections use.
    """

    def __init__(
        self,
        engine: AsyncEngine | AsyncConnection | AsyncOrmSession,
        *,
        tenant: str = TENANT,
        prefix: str = PREFIX,
        schema: str | None = None,
    ) -> None:
        self._engine = engine
        self._work = BlobWork(tenant, prefix, schema)

    def joined(self, host: AsyncConnection | AsyncOrmSession) -> "AsyncSqlBlobs":
        """
        These bytes inside the host's transaction: as `SqlBlobs.joined`.

        Args:
            host: The host's connection, or its ORM session.
        """
        joined = copy(self)
        joined._engine = host  # noqa: SLF001 - a store of our own
        return joined

    async def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        await self._run(lambda connection: self._work.put(connection, digest, content, now))

    async def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        return await self._run(lambda connection: self._work.get(connection, digest))

    async def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        return await self._run(lambda connection: self._work.stored_before(connection, limit))

    async def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        await self._run(lambda connection: self._work.remove(connection, digest, before))

    async def _run(self, work: Callable[[Connection], R]) -> R:
        with errors_of_ours():
            if isinstance(self._engine, AsyncEngine):
                async with self._engine.begin() as connection:
                    return await connection.run_sync(work)
            run: Any = self._engine.run_sync
            result: R = await run(lambda host: work(connection_of(host)))
            return result


class BlobWork:
    """What is done with bytes on a connection, whoever has it."""

    def __init__(self, tenant: str, prefix: str, schema: str | None) -> None:
        self._tenant = checked_tenant(tenant)
        self._table = all_tables(prefix, schema).blobs

    def put(self, connection: Connection, digest: str, content: bytes, now: datetime) -> None:
        """Stores bytes; those that are there already are as new."""
        dialect = dialect_of(connection.dialect)
        at = dialect.instant(now)
        insert: Any = postgresql_insert if dialect.for_share else sqlite_insert
        added = insert(self._table).values(tenant=self._tenant, digest=digest, content=content, at=at)
        connection.execute(added.on_conflict_do_update(index_elements=["tenant", "digest"], set_={"at": at}))

    def get(self, connection: Connection, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        found: bytes | None = connection.execute(select(self._table.c.content).where(*self._one(digest))).scalar()
        return found

    def stored_before(self, connection: Connection, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        at = dialect_of(connection.dialect).instant(limit)
        old = select(self._table.c.digest).where(self._table.c.tenant == self._tenant, self._table.c.at < at)
        digests: Sequence[str] = connection.execute(old).scalars().all()
        return digests

    def remove(self, connection: Connection, digest: str, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        at = dialect_of(connection.dialect).instant(before)
        connection.execute(delete(self._table).where(*self._one(digest), self._table.c.at < at))

    def _one(self, digest: str) -> list[Any]:
        return [self._table.c.tenant == self._tenant, self._table.c.digest == digest]
