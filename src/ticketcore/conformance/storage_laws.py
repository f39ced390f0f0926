"""All laws of storages, for those who write one to inherit."""

from ticketcore.conformance.counting_laws import CountingLaws
from ticketcore.conformance.desk_laws import DeskLaws
from ticketcore.conformance.finding_laws import FindingLaws
from ticketcore.conformance.getting_laws import GettingLaws, LockLaws
from ticketcore.conformance.machine_laws import MachineLaws
from ticketcore.conformance.paging_laws import PagingLaws
from ticketcore.conformance.record_laws import RecordLaws
from ticketcore.conformance.search_laws import SearchLaws
from ticketcore.conformance.session_laws import SessionLaws, WholeStorageLaws
from ticketcore.conformance.trial import opened_on_a_loop
from ticketcore.conformance.writing_laws import WritingLaws


# Pytest asks the last class first: so the simplest laws come before those that need all the others to hold.
class StorageLaws(
    DeskLaws,
    MachineLaws,
    WholeStorageLaws,
    SessionLaws,
    WritingLaws,
    SearchLaws,
    CountingLaws,
    PagingLaws,
    FindingLaws,
    LockLaws,
    GettingLaws,
    RecordLaws,
):
    """
    All laws of storages.

    Inherit them, declare `capabilities`, and give a fixture `opener`: a function that opens your storage, empty when it
    is first called for a test. It must be possible to pickle it where several processes are to use the storage. If what
    it opens has a method `close`, that is called in the end.
    """


class AsyncStorageLaws(StorageLaws):
    """
    All laws of storages, asked of an asynchronous one.

    As `StorageLaws`; `opener` is called on the event loop, and what it gives is awaited if need be, as `close` is.
    """

    adapt = staticmethod(lambda: opened_on_a_loop)
