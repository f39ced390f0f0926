"""Storages in databases keep the contract."""

from functools import partial

import pytest

from tests.storage.sql.databases import POSTGRESQL, SQLITE, a_tenant, url_of
from ticketcore.conformance import Capability, StorageLaws
from ticketcore.storage.sql import SqlStorage

CAPABLE_OF = {Capability.THREADS, Capability.REOPENING, Capability.PROCESSES, Capability.TENANTS}


class TestSqlite(StorageLaws):
    """A file of SQLite's."""

    capabilities = CAPABLE_OF
    deviations = {"LOCK-5": "who has locked one record may write, and of writers SQLite has one at a time"}

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(SqlStorage.open, url_of(SQLITE), tenant=a_tenant())


class TestPostgresql(StorageLaws):
    """A PostgreSQL server."""

    capabilities = CAPABLE_OF

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(SqlStorage.open, url_of(POSTGRESQL), tenant=a_tenant())
