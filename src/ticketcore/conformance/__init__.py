"""
The conformance kit: what shows that a storage keeps the contract of `ticketcore.storage.protocols`.

Inherit `StorageLaws`, or `AsyncStorageLaws`, declare what your storage is capable of, and say how it is opened:

    class TestMyStorage(StorageLaws):
        capabilities = {Capability.REOPENING, Capability.THREADS}

        @pytest.fixture
        def opener(self, tmp_path):
            return partial(MyStorage, tmp_path)

pytest does the rest. Every law has the name of the sentence that it shows; what the storage cannot keep goes into
`deviations`, with the reason.
"""

from ticketcore.conformance.blob_laws import AsyncBlobStoreLaws, BlobStoreLaws
from ticketcore.conformance.contract import SENTENCES, Level, Sentence
from ticketcore.conformance.laws import Capability, Law
from ticketcore.conformance.storage_laws import AsyncStorageLaws, StorageLaws
from ticketcore.storage.protocols import CONTRACT_VERSION

__all__ = [
    "CONTRACT_VERSION",
    "SENTENCES",
    "AsyncBlobStoreLaws",
    "AsyncStorageLaws",
    "BlobStoreLaws",
    "Capability",
    "Law",
    "Level",
    "Sentence",
    "StorageLaws",
]
