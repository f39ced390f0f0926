"""What becomes of a desk whose disk is full, or may not be written to."""

import pytest
from sqlalchemy import create_engine, event

from tests.storage.sql.databases import SQLITE, new_url
from ticketcore.commands import AddContact, SubmitTicket
from ticketcore.desk import HelpDesk
from ticketcore.errors import OutcomeUnknown, StorageError
from ticketcore.storage.sql import SqlStorage

TEXT = "It came in two halves. " * 4_000


@pytest.fixture
def url():
    """The URL of a file of SQLite's, in which Mia has a ticket."""
    url = new_url(SQLITE)
    storage = SqlStorage.open(url)
    desk = HelpDesk(storage)
    mia = desk.as_system().do(AddContact("Mia", email="mia@example.org"))
    desk.as_customer(mia.id).do(SubmitTicket("Before"))
    storage.close()
    return url


def subjects(storage):
    """The subjects of all tickets."""
    return sorted(it.subject for it in HelpDesk(storage).as_system().tickets(limit=None).items)


def mias_seat(storage):
    """Mia's seat."""
    desk = HelpDesk(storage)
    return desk.as_customer(desk.as_system().recognise(address="mia@example.org").id)


def fill_up(seat):
    """Opens more tickets than there is room for."""
    for _ in range(100):
        seat.do(SubmitTicket("Too much", TEXT))


def is_whole(storage):
    """Whether SQLite finds nothing wrong with the file."""
    with storage.engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_full_disk_is_a_clear_error_and_loses_nothing(url):
    """Where there is no room for a ticket, it is not there at all, the error says why, and reading goes on."""
    storage = SqlStorage.open(url)
    limit_pages(storage.engine, 1)
    seat = mias_seat(storage)

    with pytest.raises(StorageError, match="full") as refused:
        fill_up(seat)

    assert not isinstance(refused.value, OutcomeUnknown)
    assert refused.value.__cause__ is not None
    written = subjects(storage)
    assert written[0] == "Before"
    assert set(written[1:]) <= {"Too much"}
    assert all(len(seat.thread(it.id)) == 1 for it in seat.tickets(limit=None).items if it.subject == "Too much")
    assert is_whole(storage)
    storage.close()


def test_work_goes_on_when_there_is_room_again(url):
    """A storage that found the disk full needs nobody to open it anew."""
    storage = SqlStorage.open(url)
    limit_pages(storage.engine, 1)
    seat = mias_seat(storage)
    with pytest.raises(StorageError, match="full"):
        fill_up(seat)
    before = subjects(storage)

    limit_pages(storage.engine, 1_000_000)
    seat.do(SubmitTicket("After", TEXT))

    assert subjects(storage) == sorted([*before, "After"])
    storage.close()


def limit_pages(engine, number):
    """Lets the file have so many pages, or as many as it has."""
    engine.dispose()  # of the connections that know another limit
    event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {number}").close())


def test_file_that_may_only_be_read_is_read(url):
    """A desk on a file that may not be written to can be looked at; what would write is a clear error."""
    storage = SqlStorage(create_engine(f"{url.replace('///', '///file:')}?mode=ro&uri=true"))

    assert subjects(storage) == ["Before"]
    with pytest.raises(StorageError, match="readonly"):
        mias_seat(storage).do(SubmitTicket("Never"))

    assert subjects(storage) == ["Before"]
    storage.close()


def test_file_that_may_only_be_read_can_be_opened(url):
    """Opening a storage writes nothing where its tables are those of this version already."""
    storage = SqlStorage.open(f"{url.replace('///', '///file:')}?mode=ro&uri=true")

    assert subjects(storage) == ["Before"]
    storage.close()
