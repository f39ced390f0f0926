"""The desk as a host makes it: with its own commands, statuses, clock and ids."""

import asyncio
from datetime import datetime
from typing import Any, ClassVar

import attrs
import pytest

from tests.fakes import Clock, seeded_ids
from ticketcore import (
    AccessDenied,
    AsyncHelpDesk,
    Category,
    F,
    HelpDesk,
    InvalidInput,
    LifeCycle,
    NotFound,
    Priority,
    Setup,
    Upload,
)
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, MoveTo, OpenInternalTicket, SetPriority, SubmitTicket
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.events import Event, TicketOpened
from ticketcore.extensions import Extensions
from ticketcore.model.ids import AgentId, ContactId, TicketId
from ticketcore.model.lifecycle import ANSWERED, CLOSED, DELETED, NEW, OPEN, POSTPONED, RESOLVED, SPAM, Status
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import InternalMessage
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage.memory import AsyncMemoryBlobs, AsyncMemoryStorage, MemoryBlobs, MemoryStorage


@attrs.frozen(kw_only=True)
class Escalated(Event):
    """The host's own event."""

    level: int


@attrs.frozen
class Escalate(AddingTicketCommand[AnyTicket]):
    """The host's own command."""

    permission: ClassVar[Permission] = Permission.CHANGE

    level: int = 1

    def decide(self, draft, ticket):
        """Makes it urgent, and says so in the thread."""
        draft.occur(ticket, Escalated, level=self.level)
        return draft.change(ticket, priority=Priority.URGENT)


WAITING = Status("waiting for parts", Category.POSTPONED)
WITH_PARTS = LifeCycle(
    {
        NEW: (ANSWERED, POSTPONED, WAITING, RESOLVED, DELETED, SPAM),
        ANSWERED: (OPEN, POSTPONED, WAITING, RESOLVED, DELETED, SPAM),
        OPEN: (ANSWERED, POSTPONED, WAITING, RESOLVED, DELETED, SPAM),
        POSTPONED: (NEW, OPEN, ANSWERED, RESOLVED, DELETED, SPAM),
        WAITING: (OPEN, ANSWERED, RESOLVED),
        RESOLVED: (OPEN, ANSWERED, CLOSED, DELETED, SPAM),
        CLOSED: (DELETED,),
        DELETED: (),
        SPAM: (),
    }
)


def a_ticket(desk):
    """A ticket of a new customer."""
    mia = desk.as_system().do(AddContact("Mia"))
    return desk.as_customer(mia.id).do(SubmitTicket("Broken bowl"))


def test_a_host_s_commands_and_events_are_like_the_desk_s_own():
    """They can be asked, be a rule's action, be a trigger, be told in threads, and be written as JSON."""
    desk = HelpDesk(extensions=Extensions(commands=[Escalate], events=[Escalated]))
    system = desk.as_system()
    system.do(AddRule("Angry", trigger=TicketOpened, when=F.subject.contains("broken"), then=[Escalate(2)]))

    ticket = system.ticket(a_ticket(desk).id)

    told = next(entry for entry in system.thread(ticket.id) if isinstance(entry, Escalated))
    assert (ticket.priority, told.level, told.cause.rule_name) == (Priority.URGENT, 2, "Angry")
    (rule,) = system.rules()
    assert desk.codec.unpack(desk.codec.kind("rule"), desk.codec.pack(rule)) == rule
    assert desk.codec.unpack_command(desk.codec.pack_command(Escalate(3))) == Escalate(3)


def test_a_desk_does_not_know_the_extensions_of_another():
    """Nothing is registered anywhere: what one desk reads, another refuses."""
    document = HelpDesk(extensions=Extensions(commands=[Escalate])).codec.pack_command(Escalate())

    with pytest.raises(InvalidInput, match="Escalate"):
        HelpDesk().codec.unpack_command(document)


def test_a_host_s_statuses_map_onto_the_categories():
    """A status of the host's is moved to by its key, and means to the library what its category means."""
    desk = HelpDesk(setup=Setup(life_cycle=WITH_PARTS))
    system = desk.as_system()
    ticket = a_ticket(desk)

    moved = system.do(MoveTo("waiting for parts"), on=ticket.id)

    assert moved.status == WAITING
    assert system.count(F.category == Category.POSTPONED) == 1
    assert desk.codec.unpack(desk.codec.kind("ticket"), desk.codec.pack(moved)) == moved


def test_a_life_cycle_that_could_get_stuck_is_refused_with_all_its_faults():
    """A category without a status, and a status that a customer's message could not open again."""
    with pytest.raises(InvalidInput) as refused:
        LifeCycle({NEW: (ANSWERED,), OPEN: (), ANSWERED: (), RESOLVED: (OPEN,), CLOSED: (), DELETED: (OPEN,)})

    expected = [fault.expected for fault in refused.value.faults]
    assert expected == [
        "a status of category postponed",
        "a status of category spam",
        "no moves: it returns to the status before",
        "a move to open",
    ]


@pytest.mark.parametrize("seat", ["as_agent", "as_customer"])
def test_nobody_sits_at_the_desk(seat):
    """A seat of somebody who does not exist reads nothing and asks nothing."""
    nobody = getattr(HelpDesk(), seat)({"as_agent": AgentId, "as_customer": ContactId}[seat]("nobody"))

    with pytest.raises(NotFound):
        nobody.tickets()
    with pytest.raises(NotFound):
        nobody.ticket(TicketId("any"))


def test_a_parsed_command_from_the_wrong_seat_is_denied():
    """What the type checker finds in programs, the desk finds in what was parsed: nothing changes."""
    desk = HelpDesk(clock=Clock(), new_id=seeded_ids(1))
    ticket = a_ticket(desk)
    mia = desk.as_system().contacts().items[0]
    parsed = desk.codec.unpack_command(desk.codec.pack_command(SetPriority(Priority.URGENT)))

    with pytest.raises(AccessDenied, match="customer"):
        desk.as_customer(mia.id).do(parsed, on=ticket.id)

    assert desk.as_system().ticket(ticket.id).priority is Priority.NORMAL


def test_a_forgotten_ticket_is_told():
    """A ticket command without its ticket says which argument is missing."""
    desk = HelpDesk()
    ana = desk.as_system().do(AddAgent("Ana"))

    with pytest.raises(InvalidInput, match="on: expected the id of the ticket"):
        desk.as_agent(ana.id).do(SetPriority(Priority.HIGH))


class Writing(MemoryStorage):
    """A storage that remembers what it was told to write records with."""

    def __init__(self):
        super().__init__()
        self.codecs = set()

    def session(self, codec=None):
        """A new session."""
        self.codecs.add(codec)
        return super().session(codec)


def test_storages_are_given_the_codec_of_the_desk():
    """A storage that writes records as JSON needs not be told of the host's own: each session gets the desk's codec."""
    storage = Writing()
    desk = HelpDesk(storage, extensions=Extensions(events=[Escalated]))
    a_ticket(desk)

    assert storage.codecs == {desk.codec}


def test_what_is_no_storage_is_refused_when_the_desk_is_made():
    """The URL of a database is no storage; what makes one of it is named."""
    url: Any = "sqlite:///desk.db"

    for make in (HelpDesk, AsyncHelpDesk):
        with pytest.raises(InvalidInput, match=r"storage: expected a storage, such as SqlStorage\.open\(url\)"):
            make(url)
        with pytest.raises(InvalidInput, match=r"using: storage: expected a storage"):
            make().using(url)


@pytest.mark.parametrize("make", [HelpDesk, AsyncHelpDesk])
def test_what_cannot_send_or_keep_is_refused_when_the_desk_is_made(make):
    """A function is no notifier, and a folder's name no blob store: both are refused before anything can be lost."""
    for wrong in (print, "smtp://localhost", 5):
        with pytest.raises(InvalidInput, match="HelpDesk: notifier: expected a notifier, which has a method send"):
            make(notifier=wrong)
    for wrong in ("/var/attachments", {}, MemoryStorage()):
        with pytest.raises(InvalidInput, match="HelpDesk: blobs: expected a blob store"):
            make(blobs=wrong)
        with pytest.raises(InvalidInput, match="using: blobs: expected a blob store"):
            make().using(MemoryStorage(), blobs=wrong)


class RecordsAlone:
    """A storage that brings no place for bytes."""

    def __init__(self):
        self.session = MemoryStorage().session


@pytest.mark.parametrize(
    ("make", "blobs"), [(HelpDesk, MemoryBlobs()), (AsyncHelpDesk, AsyncMemoryBlobs())], ids=["plain", "awaited"]
)
def test_bytes_are_nowhere_but_where_somebody_said(make, blobs):
    """What brings no place for bytes is used with one that is given: bytes in memory would be gone before records."""
    with pytest.raises(InvalidInput, match=r"blobs: expected a blob store, for the storage brings none: such as Dir"):
        make(RecordsAlone())

    make(RecordsAlone(), blobs=blobs)
    make().using(RecordsAlone())


def test_desks_on_one_storage_share_its_bytes():
    """A desk made anew on a storage in memory, or an asynchronous one beside it, finds the bytes, too."""
    upload = Upload("till.txt", "text/plain", b"100")
    storage = MemoryStorage()
    ana = HelpDesk(storage).as_system().do(AddAgent("Ana")).id
    ticket = HelpDesk(storage).as_agent(ana).do(OpenInternalTicket("The till", "It is short.", attachments=[upload]))
    again, awaited = HelpDesk(storage).as_agent(ana), AsyncHelpDesk(AsyncMemoryStorage(storage)).as_agent(ana)
    (message,) = (it for it in again.thread(ticket.id) if isinstance(it, InternalMessage))

    assert again.download(message.attachments[0].id, on=ticket.id) == b"100"
    assert asyncio.run(awaited.download(message.attachments[0].id, on=ticket.id)) == b"100"


def test_what_is_to_be_awaited_belongs_to_the_asynchronous_desk():
    """A storage, or a blob store, that belongs to the other desk is refused in words, before anything is done."""
    upload = Upload("till.txt", "text/plain", b"100")

    def opened(**given: Any) -> None:
        desk = HelpDesk(**given)
        ana = desk.as_agent(desk.as_system().do(AddAgent("Ana")).id)
        ana.do(OpenInternalTicket("The till", "It is short.", attachments=[upload]))

    async def opened_by_the_other(**given: Any) -> None:
        desk = AsyncHelpDesk(**given)
        ana = desk.as_agent((await desk.as_system().do(AddAgent("Ana"))).id)
        await ana.do(OpenInternalTicket("The till", "It is short.", attachments=[upload]))

    with pytest.raises(InvalidInput, match="HelpDesk: storage: expected one that is not to be awaited"):
        opened(storage=AsyncMemoryStorage())
    with pytest.raises(InvalidInput, match="HelpDesk: blobs: expected one that is not to be awaited"):
        opened(blobs=AsyncMemoryBlobs())
    with pytest.raises(InvalidInput, match="AsyncHelpDesk: storage: expected one that is to be awaited"):
        asyncio.run(opened_by_the_other(storage=MemoryStorage()))
    with pytest.raises(InvalidInput, match="AsyncHelpDesk: blobs: expected one that is to be awaited"):
        asyncio.run(opened_by_the_other(blobs=MemoryBlobs()))


def test_a_record_in_place_of_its_id_is_refused():
    """Seats are taken with ids; whoever gives the record is told so, and not that there is no such person."""
    desk: Any = HelpDesk()
    ana, mia = desk.as_system().do(AddAgent("Ana")), desk.as_system().do(AddContact("Mia"))

    with pytest.raises(InvalidInput, match="as_agent: id: expected the id of a record"):
        desk.as_agent(ana)
    with pytest.raises(InvalidInput, match="as_customer: id: expected the id of a record"):
        desk.as_customer(mia)


def test_a_class_of_commands_is_no_command():
    """Whoever forgets the parentheses of a command is told what was expected."""
    seat: Any = HelpDesk().as_system()

    with pytest.raises(InvalidInput, match=r"do: command: expected a command, such as TakeNext\(\)"):
        seat.do(AddAgent)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"where": "status == 'new'"}, "where: expected a condition on tickets, got \"status == 'new'\""),
        ({"order": "due_at"}, r"tickets: order: expected criteria, such as \[Order"),
        ({"after": "eyJ"}, "after: expected a cursor that a page of the same order gave, got 'eyJ'"),
        ({"limit": "20"}, r"limit: expected a number from 1 to 2\*\*53, or None, got '20'"),
    ],
)
def test_what_a_page_is_asked_with_is_refused_in_words(asked, expected):
    """Text as it came with a web request is no condition, order, cursor or number, and that is said."""
    seat: Any = HelpDesk().as_system()

    with pytest.raises(InvalidInput, match=expected):
        seat.tickets(**asked)


def test_the_assigner_of_the_setup_is_one():
    """Departments and commands name an assigner; a desk is made with one, and a name is refused then and there."""
    named: Any = "least_busy"

    with pytest.raises(InvalidInput, match=r"Setup: assigner: expected an assigner, such as LeastBusyAssigner\(\)"):
        Setup(assigner=named)


def test_changes_to_be_simulated_are_a_list():
    """A single change is refused in words; it belongs in a list."""
    seat: Any = HelpDesk().as_system()

    with pytest.raises(InvalidInput, match="simulate: changes: expected a list of AddRule, ChangeRule and RemoveRule"):
        seat.simulate(AddRule("Urgent", trigger=TicketOpened, then=[SetPriority(Priority.URGENT)]))


def test_a_timesheet_is_of_a_span_with_zones():
    """Times without a zone are refused under the names that the caller knows."""
    seat = HelpDesk().as_system()

    with pytest.raises(InvalidInput, match=r"timesheet: since: .*; until: "):
        seat.timesheet(datetime(2026, 1, 1), datetime(2026, 2, 1))  # noqa: DTZ001 - that is what is tried
