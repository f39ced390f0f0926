"""Storages in databases keep the contract: synchronous ones, asynchronous ones, those in transactions of a host's."""

from contextlib import contextmanager
from functools import partial

import attrs
import pytest

from tests.storage.sql.databases import POSTGRESQL, SQLITE, a_tenant, url_of
from ticketcore.conformance import (
    AsyncBlobStoreLaws,
    AsyncStorageLaws,
    BlobStoreLaws,
    Capability,
    StorageLaws,
)
from ticketcore.storage.sql import AsyncSqlBlobs, AsyncSqlStorage, SqlBlobs, SqlStorage

CAPABLE_OF = {Capability.THREADS, Capability.REOPENING, Capability.PROCESSES, Capability.TENANTS}
MANY = 5
"""How many examples each database is tried with: fewer than memory, for one example costs as much as ten there."""
FEW = 2
"""How many are enough where the statements are those of another storage, which was tried with more."""
UNTIL_THE_HOST_ENDS = {"SESSION-3": "what was applied is there to stay when the host has committed, and not before"}
ONE_WRITER = {"LOCK-5": "who has locked one record may write, and of writers SQLite has one at a time"}


class TestSqlite(StorageLaws):
    """A file of SQLite's; each property is tried with `MANY` examples, to save time."""

    examples = MANY
    capabilities = CAPABLE_OF
    deviations = ONE_WRITER

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(SqlStorage.open, url_of(SQLITE), tenant=a_tenant())


class TestPostgresql(StorageLaws):
    """A PostgreSQL server; with as many examples as SQLite."""

    examples = MANY
    capabilities = CAPABLE_OF

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(SqlStorage.open, url_of(POSTGRESQL), tenant=a_tenant())


class TestAsyncSqlite(AsyncStorageLaws):
    """A file of SQLite's, asynchronously; with `FEW` examples, as everything below."""

    examples = FEW
    capabilities = CAPABLE_OF
    deviations = ONE_WRITER

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(AsyncSqlStorage.open, url_of(SQLITE), tenant=a_tenant())


class TestAsyncPostgresql(AsyncStorageLaws):
    """A PostgreSQL server, asynchronously."""

    examples = FEW
    capabilities = CAPABLE_OF

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(AsyncSqlStorage.open, url_of(POSTGRESQL), tenant=a_tenant())


@attrs.frozen(eq=False)
class InHostsTransactions:
    """A storage whose every session works in a transaction of a host's, which the host then commits."""

    storage: SqlStorage

    @classmethod
    def open(cls, url, tenant):
        """The storage of a tenant."""
        return cls(SqlStorage.open(url, tenant=tenant))

    @contextmanager
    def session(self, codec):
        """A session in a transaction of its own."""
        with self.storage.engine.begin() as connection, self.storage.joined(connection).session(codec) as session:
            yield session

    def close(self):
        """Closes the storage."""
        self.storage.close()


class TestJoinedOnSqlite(StorageLaws):
    """A host's transactions on a file of SQLite's."""

    examples = FEW
    capabilities = CAPABLE_OF
    deviations = ONE_WRITER | UNTIL_THE_HOST_ENDS

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(InHostsTransactions.open, url_of(SQLITE), tenant=a_tenant())


class TestJoinedOnPostgresql(StorageLaws):
    """A host's transactions on a PostgreSQL server."""

    examples = FEW
    capabilities = CAPABLE_OF
    deviations = UNTIL_THE_HOST_ENDS

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(InHostsTransactions.open, url_of(POSTGRESQL), tenant=a_tenant())


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


class TestAsyncBlobsInPostgresql(AsyncBlobStoreLaws):
    """Bytes on a PostgreSQL server, asynchronously."""

    capabilities = {Capability.THREADS, Capability.REOPENING}

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(AsyncBlobs.open, url_of(POSTGRESQL), tenant=a_tenant())
