"""The storage that the how-to for authors of adapters writes keeps the contract."""

import shutil
from functools import partial

import pytest
from json_directory import JsonDirectory

from ticketcore import HelpDesk, StorageError, Upload
from ticketcore.commands import AddContact, SubmitTicket
from ticketcore.conformance import BlobStoreLaws, Capability, StorageLaws


def blobs_in(path):
    """The place for bytes that a directory brings."""
    return JsonDirectory(path).blobs


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


class TestItsBlobs(BlobStoreLaws):
    """The bytes of attachments beside them."""

    capabilities = {Capability.THREADS, Capability.REOPENING}

    @pytest.fixture
    def opener(self, tmp_path):
        """A directory of its own for each law."""
        return partial(blobs_in, tmp_path)


def test_bytes_are_beside_the_records(tmp_path):
    """Who opens the directory again finds the bytes of attachments with the tickets."""
    scan = Upload("scan.txt", "text/plain", b"scanned")
    mia = HelpDesk(JsonDirectory(tmp_path)).as_system().do(AddContact("Mia")).id
    ticket = HelpDesk(JsonDirectory(tmp_path)).as_customer(mia).do(SubmitTicket("Invoice 7", attachments=[scan]))
    customer = HelpDesk(JsonDirectory(tmp_path)).as_customer(mia)
    (message,) = customer.thread(ticket.id)

    assert customer.download(message.attachments[0].id, on=ticket.id) == scan.content


@pytest.mark.parametrize("content", ["{", '{"mia": {}}', ""])
def test_damaged_file_is_an_error_of_the_storage(tmp_path, content):
    """A file that others have written over is not the fault of who asks."""
    storage = JsonDirectory(tmp_path)
    system = HelpDesk(storage).as_system()
    mia = system.do(AddContact("Mia"))
    (storage.folder / "contact.json").write_text(content, encoding="utf-8")

    with pytest.raises(StorageError, match="the directory cannot be used"):
        system.contact(mia.id)
