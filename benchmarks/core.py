"""The core: a command through the whole way, a listing in a large archive, the import, the size of the package."""

from collections.abc import Iterator
from itertools import count
from time import perf_counter

import attrs

from benchmarks.desks import WORDS, Office, filled
from benchmarks.figures import Figure, Remark
from benchmarks.imports import DEPENDENCIES, DESK, EVERYTHING, FIRST_TICKET, import_times
from benchmarks.package import lines_per_package
from benchmarks.timing import MICROSECONDS, in_turns, per_call
from ticketcore import F, MemoryStorage
from ticketcore.commands import SendAnswer, SubmitTicket
from ticketcore.model.ids import TicketId
from ticketcore.model.lifecycle import AWAITS_AGENT
from ticketcore.seats import AgentSeat

PAGE = 50


@attrs.frozen
class Size:
    """
    How much is measured.

    Args:
        archive: Tickets in the large archive.
        part: Tickets in the small one.
        tickets: Opened, and answered, per sample.
        listings: Per sample.
        rules: Numbers of rules, ascending.
        customers: Numbers of rules of which each is about one customer: few, and many.
        events: Tickets that rules are matched on, per sample.
        compared: Of these, those that slower ways are measured on, too.
        agents: How many agents are many.
        choices: Choices of an agent, per sample.
        swept: Tickets in the large archive that is swept.
        swept_part: Tickets in the small one.
        kept: Tickets in archives in memory: few, and many.
        stored: Tickets in archives in databases: few, and many.
        writers: How many processes are several.
        turns: Tickets that each of them opens.
        repeats: Samples of each.
        imports: Processes of each.
    """

    archive: int = 100_000
    part: int = 10_000
    tickets: int = 1_000
    listings: int = 200
    rules: tuple[int, ...] = (10, 100, 1_000, 10_000)
    customers: tuple[int, int] = (1_000, 100_000)
    events: int = 100
    compared: int = 20
    agents: int = 1_000
    choices: int = 10_000
    swept: int = 1_000_000
    swept_part: int = 10_000
    kept: tuple[int, int] = (100_000, 1_000_000)
    stored: tuple[int, int] = (10_000, 1_000_000)
    writers: int = 8
    turns: int = 250
    repeats: int = 5
    imports: int = 7


FULL = Size()
SMALLEST = Size(
    archive=200,
    part=100,
    tickets=5,
    listings=2,
    rules=(5, 20),
    customers=(70, 140),
    events=5,
    compared=2,
    agents=20,
    choices=10,
    kept=(100, 200),
    stored=(100, 200),
    writers=2,
    turns=3,
    swept=400,
    swept_part=250,
    repeats=1,
    imports=1,
)


def measure(size: Size) -> Iterator[Figure | Remark]:
    """All figures of the group."""
    yield from commands(size)
    yield from listings(size)
    yield from imports(size)
    yield from map(Remark, lines_per_package())


# Commands.


class Work:
    """A desk at work: customers open tickets, and an agent answers them."""

    def __init__(self, tickets: int) -> None:
        self.office = Office.on(MemoryStorage())
        self.office.add_rules()
        self.tickets = tickets
        self._number = count()
        self._waiting: list[TicketId] = []
        self._agent = self.office.desk.as_agent(self.office.agents[0].id)

    def open_tickets(self) -> float:
        """What it takes to open a ticket, with twenty rules of which two act, one of them round robin."""
        return per_call(self._open_one, self.tickets)

    def answer_tickets(self) -> float:
        """What it takes to answer one of those."""
        return per_call(self._answer_one, self.tickets)

    def _open_one(self) -> None:
        number = next(self._number)
        customer = self.office.customers[number % len(self.office.customers)]
        asked = SubmitTicket(f"Question about the {WORDS[number % len(WORDS)]} no. {number}", "It is not there.")
        self._waiting.append(self.office.desk.as_customer(customer.id).do(asked).id)

    def _answer_one(self) -> None:
        self._agent.do(SendAnswer("It is on its way."), on=self._waiting.pop())


def commands(size: Size) -> Iterator[Figure]:
    """Opening and answering tickets, in memory."""
    work = Work(size.tickets)
    taken = in_turns({"open": work.open_tickets, "answer": work.answer_tickets}, size.repeats)
    yield Figure("core.open_ticket_with_20_rules", taken["open"], "us")
    yield Figure("core.answer", taken["answer"], "us")


# Listings.


def listings(size: Size) -> Iterator[Figure]:
    """A page of what waits in a department, by due time, as an agent sees it; in a large archive and in a small one."""
    start = perf_counter()
    large = filled(size.archive)
    taken_to_fill = perf_counter() - start
    small = filled(size.part)
    taken = in_turns(
        {name: _listing_of(office, size.listings) for name, office in {"large": large, "small": small}.items()},
        size.repeats,
    )
    yield Figure(f"core.fill_{size.archive}", taken_to_fill * 1_000, "ms")
    yield Figure("core.fill_per_ticket", taken_to_fill / size.archive * MICROSECONDS, "us")
    yield Figure(f"core.list_{PAGE}_of_{size.archive}", taken["large"], "us", "<= 20")
    yield Figure(f"core.list_{PAGE}_of_{size.part}", taken["small"], "us", "<= 20")
    yield Figure("core.list_growth", taken["large"] / taken["small"], "x", "<= 1.5")


class _Listing:
    """Asks for one page again and again."""

    def __init__(self, seat: AgentSeat, department: str, times: int) -> None:
        self.seat = seat
        self.where = (F.department == department) & F.category.is_in(AWAITS_AGENT)
        self.times = times

    def __call__(self) -> float:
        return per_call(self._once, self.times)

    def _once(self) -> None:
        self.seat.tickets(self.where, limit=PAGE)


def _listing_of(office: Office, times: int) -> _Listing:
    return _Listing(office.desk.as_agent(office.agents[0].id), office.departments[0].id, times)


# The import.


def imports(size: Size) -> Iterator[Figure]:
    """What a program waits for until it has a desk, and until it has a ticket, beside the import of what both need."""
    taken = import_times(size.imports)
    dependencies = taken[DEPENDENCIES]
    yield Figure("core.import_dependencies", dependencies, "ms")
    yield Figure("core.import_desk", taken[DESK], "ms")
    yield Figure("core.import_desk_ratio", taken[DESK] / dependencies, "x", "<= 1.5")
    yield Figure("core.import_first_ticket", taken[FIRST_TICKET], "ms")
    yield Figure("core.import_first_ticket_ratio", taken[FIRST_TICKET] / dependencies, "x")
    yield Figure("core.import_everything", taken[EVERYTHING], "ms")
    yield Figure("core.import_everything_ratio", taken[EVERYTHING] / dependencies, "x")
