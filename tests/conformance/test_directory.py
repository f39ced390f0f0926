"""The blob stores in a directory keep the contract."""

from functools import partial

import pytest

from ticketcore.conformance import AsyncBlobStoreLaws, BlobStoreLaws, Capability
from ticketcore.storage.directory import AsyncDirectoryBlobs, DirectoryBlobs


class TestDirectoryBlobs(BlobStoreLaws):
    """Bytes in a directory."""

    capabilities = {Capability.REOPENING, Capability.THREADS}

    @pytest.fixture
    def opener(self, tmp_path):
        """A directory of its own for each law."""
        return partial(DirectoryBlobs, tmp_path)


class TestAsyncDirectoryBlobs(AsyncBlobStoreLaws):
    """The same for asynchronous programs."""

    capabilities = {Capability.REOPENING, Capability.THREADS}

    @pytest.fixture
    def opener(self, tmp_path):
        """A directory of its own for each law."""
        return partial(AsyncDirectoryBlobs, tmp_path)
