"""The storages and blob stores in memory keep the contract."""

import pytest

from ticketcore.conformance import AsyncBlobStoreLaws, AsyncStorageLaws, BlobStoreLaws, Capability, StorageLaws
from ticketcore.storage.memory import AsyncMemoryBlobs, AsyncMemoryStorage, MemoryBlobs, MemoryStorage

ONE_TURN = {"LOCK-5": "one turn for all locked records: coarser than the contract asks for, and cannot deadlock"}


class TestMemoryStorage(StorageLaws):
    """Records in memory."""

    capabilities = {Capability.THREADS, Capability.WORD_SEARCH}
    deviations = ONE_TURN

    @pytest.fixture
    def opener(self):
        """A storage of its own for each law."""
        return MemoryStorage


class TestAsyncMemoryStorage(AsyncStorageLaws):
    """The same for asynchronous programs."""

    capabilities = {Capability.THREADS, Capability.WORD_SEARCH}
    deviations = ONE_TURN

    @pytest.fixture
    def opener(self):
        """A storage of its own for each law."""
        return AsyncMemoryStorage


class TestMemoryBlobs(BlobStoreLaws):
    """Bytes in memory."""

    capabilities = {Capability.THREADS}

    @pytest.fixture
    def opener(self):
        """A store of its own for each law."""
        return MemoryBlobs


class TestAsyncMemoryBlobs(AsyncBlobStoreLaws):
    """The same for asynchronous programs."""

    capabilities = {Capability.THREADS}

    @pytest.fixture
    def opener(self):
        """A store of its own for each law."""
        return AsyncMemoryBlobs
