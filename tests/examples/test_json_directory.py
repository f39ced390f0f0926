"""The storage that the how-to for authors of adapters writes keeps the contract."""

import shutil
from functools import partial

import pytest
from json_directory import JsonDirectory

from ticketcore.conformance import Capability, StorageLaws


class TestJsonDirectory(StorageLaws):
    """Records in JSON files."""

    capabilities = {*Capability} - {Capability.WORD_SEARCH}
    deviations = {"LOCK-5": "one session at a time"}
    examples = 5

    @pytest.fixture
    def opener(self, tmp_path):
        """A directory of its own for each law."""
        return partial(JsonDirectory, tmp_path)

    def break_store(self, opener):
        """Removes the directory."""
        shutil.rmtree(*opener.args)
