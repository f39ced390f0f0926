"""Storages in databases keep the contract: synchronous ones, asynchronous ones, those in transactions of a host's."""

from contextlib import asynccontextmanager, contextmanager
from functools import partial

import attrs
import pytest

from tests.storage.sql.databases import POSTGRESQL, SQLITE, a_tenant, new_url, url_of
from ticketcore.conformance import (
    AsyncBlobStoreLaws,
    AsyncStorageLaws,
    BlobStoreLaws,
    Capability,
    StorageLaws,
)
from ticketcore.conformance.laws import Laws, law_of
from ticketcore.storage.sql import AsyncSqlBlobs, AsyncSqlStorage, SqlBlobs, SqlStorage, tables
from ticketcore.storage.sql.engines import make_engine

MANY = 5
"""How many examples each database is tried with: fewer than memory, for one example costs as much as ten there."""
FEW = 1
"""How many are enough where the statements are those of another storage, which was tried with more."""
ONE_WRITER = {"LOCK-5": "who has locked one record may write, and of writers SQLite has one at a time"}


class OnDatabase(Laws):
    """What is said of all storages in databases: they are capable of everything."""

    capabilities = {*Capability}
    examples = FEW

    def break_store(self, opener):
        """Takes the tables away."""
        engine = make_engine(*opener.args)
        tables().drop_all(engine)
        engine.dispose()


def opening(request, database, opens):
    """Opens a tenant of its own for each law; in a database of its own, where a law is to break that."""
    law = law_of(request.function)
    is_broken = law is not None and Capability.BREAKING in law.needs
    return partial(opens, new_url(database) if is_broken else url_of(database), tenant=a_tenant())


class TestSqlite(OnDatabase, StorageLaws):
    """A file of SQLite's; each property is tried with `MANY` examples, to save time."""

    examples = MANY
    deviations = ONE_WRITER

    @pytest.fixture
    def opener(self, request):
        """A storage in SQLite."""
        return opening(request, SQLITE, SqlStorage.open)


class TestPostgresql(OnDatabase, StorageLaws):
    """A PostgreSQL server; with as many examples as SQLite."""

    examples = MANY

    @pytest.fixture
    def opener(self, request):
        """A storage in PostgreSQL."""
        return opening(request, POSTGRESQL, SqlStorage.open)


class TestAsyncSqlite(OnDatabase, AsyncStorageLaws):
    """A file of SQLite's, asynchronously; with `FEW` examples, as everything below."""

    deviations = ONE_WRITER

    @pytest.fixture
    def opener(self, request):
        """A storage in SQLite, to be awaited."""
        return opening(request, SQLITE, AsyncSqlStorage.open)


class TestAsyncPostgresql(OnDatabase, AsyncStorageLaws):
    """A PostgreSQL server, asynchronously."""

    @pytest.fixture
    def opener(self, request):
        """A storage in PostgreSQL, to be awaited."""
        return opening(request, POSTGRESQL, AsyncSqlStorage.open)


@attrs.frozen(eq=False)
class InHostsTransactions:
    """
    A storage whose every session works in a transaction of a host's.

    The host commits whatever becomes of the session: what a session leaves behind that failed would be there to stay.
    """

    storage: SqlStorage

    @classmethod
    def open(cls, url, tenant):
        """The storage of a tenant."""
        return cls(SqlStorage.open(url, tenant=tenant))

    @contextmanager
    def session(self, codec):
        """A session in a transaction of its own."""
        with self.storage.engine.connect() as host:
            try:
                with self.storage.joined(host).session(codec) as session:
                    yield session
            finally:
                host.commit()

    def close(self):
        """Closes the storage."""
        self.storage.close()


@attrs.frozen(eq=False)
class AsyncInHostsTransactions:
    """The same for asynchronous programs."""

    storage: AsyncSqlStorage

    @classmethod
    async def open(cls, url, tenant):
        """The storage of a tenant."""
        return cls(await AsyncSqlStorage.open(url, tenant=tenant))

    @asynccontextmanager
    async def session(self, codec):
        """A session in a transaction of its own."""
        async with self.storage.engine.connect() as host:
            try:
                async with self.storage.joined(host).session(codec) as session:
                    yield session
            finally:
                await host.commit()

    async def close(self):
        """Closes the storage."""
        await self.storage.close()


class TestJoinedOnSqlite(OnDatabase, StorageLaws):
    """A host's transactions on a file of SQLite's."""

    deviations = ONE_WRITER

    @pytest.fixture
    def opener(self, request):
        """A storage that works in transactions of a host's."""
        return opening(request, SQLITE, InHostsTransactions.open)


class TestJoinedOnPostgresql(OnDatabase, StorageLaws):
    """A host's transactions on a PostgreSQL server."""

    @pytest.fixture
    def opener(self, request):
        """A storage that works in transactions of a host's."""
        return opening(request, POSTGRESQL, InHostsTransactions.open)


class TestAsyncJoinedOnSqlite(OnDatabase, AsyncStorageLaws):
    """A host's transactions on a file of SQLite's, asynchronously."""

    deviations = ONE_WRITER

    @pytest.fixture
    def opener(self, request):
        """A storage that works in transactions of a host's, to be awaited."""
        return opening(request, SQLITE, AsyncInHostsTransactions.open)


class TestAsyncJoinedOnPostgresql(OnDatabase, AsyncStorageLaws):
    """A host's transactions on a PostgreSQL server, asynchronously."""

    @pytest.fixture
    def opener(self, request):
        """A storage that works in transactions of a host's, to be awaited."""
        return opening(request, POSTGRESQL, AsyncInHostsTransactions.open)


class Blobs(SqlBlobs):
    """A blob store with an engine of its own."""

    @classmethod
    def open(cls, url, tenant):
        """The blob store of a tenant."""
        return cls(SqlStorage.open(url).engine, tenant=tenant)

    def close(self):
        """Closes the engine."""
        self._engine.dispose()


class AsyncBlobs(AsyncSqlBlobs):
    """The same, for asynchronous programs."""

    @classmethod
    async def open(cls, url, tenant):
        """The blob store of a tenant."""
        return cls((await AsyncSqlStorage.open(url)).engine, tenant=tenant)

    async def close(self):
        """Closes the engine."""
        await self._engine.dispose()


class TestBlobsInSqlite(BlobStoreLaws):
    """Bytes in a file of SQLite's."""

    capabilities = {Capability.THREADS, Capability.REOPENING}

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(Blobs.open, url_of(SQLITE), tenant=a_tenant())


class TestBlobsInPostgresql(BlobStoreLaws):
    """Bytes on a PostgreSQL server."""

    capabilities = {Capability.THREADS, Capability.REOPENING}

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(Blobs.open, url_of(POSTGRESQL), tenant=a_tenant())


class TestAsyncBlobsInSqlite(AsyncBlobStoreLaws):
    """Bytes in a file of SQLite's, asynchronously."""

    capabilities = {Capability.THREADS, Capability.REOPENING}

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(AsyncBlobs.open, url_of(SQLITE), tenant=a_tenant())


class TestAsyncBlobsInPostgresql(AsyncBlobStoreLaws):
    """Bytes on a PostgreSQL server, asynchronously."""

    capabilities = {Capability.THREADS, Capability.REOPENING}

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(AsyncBlobs.open, url_of(POSTGRESQL), tenant=a_tenant())
