"""
Storages: the whole way of a ticket, listings, and several processes on one desk, in memory and in databases.

What is measured beside ours is django-helpdesk, and the same statements through the bare driver.
"""

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from sys import getsizeof
from time import monotonic
from typing import Final

from benchmarks.core import PAGE, Size
from benchmarks.databases import Peer, Replay, a_folder, postgresql
from benchmarks.desks import BATCH, WORDS, Office, bare_tickets, write
from benchmarks.figures import Figure, Remark
from benchmarks.timing import in_turns, per_call
from ticketcore import F, HelpDesk, MemoryStorage, Priority
from ticketcore.automation import AddRule
from ticketcore.commands import AddSlaPolicy, AddTags, SubmitTicket
from ticketcore.events import TicketOpened
from ticketcore.model.ids import ContactId
from ticketcore.model.lifecycle import AWAITS_AGENT
from ticketcore.model.targets import Target
from ticketcore.seats import AgentSeat
from ticketcore.sla import Agreement
from ticketcore.storage.protocols import Storage
from ticketcore.storage.sql import SqlStorage

RULES: Final = 100
TEXT: Final = "It is not there."
PATIENCE: Final = 300.0
"""Seconds that processes wait for each other at most."""


def measure(size: Size) -> Iterator[Figure | Remark]:
    """All figures of storages."""
    if not Peer.is_installed:
        yield Remark("storage: django-helpdesk is not installed, and left out")
    yield from openings(size)
    yield from listings(size)
    with postgresql() as url:
        yield from beside_the_driver(size, url)
        yield from in_turn(size, url)
    yield from imports(size)
    yield memory(size)


# Opening tickets.


class Opening:
    """
    A desk with a hundred rules, round robin, and answer times that are agreed on, where customers open tickets.

    Args:
        storage: Where it keeps its records.
        tickets: Opened for a sample.
    """

    def __init__(self, storage: Storage, tickets: int) -> None:
        self.office = Office.on(storage)
        self.office.add_rules()
        self.tickets = tickets
        self._number = count()
        self._agree()

    def sample(self) -> float:
        """What it takes to open a ticket."""
        return per_call(self.open, self.tickets)

    def open(self) -> None:
        """Opens a ticket."""
        number = next(self._number)
        customer = self.office.customers[number % len(self.office.customers)]
        asked = SubmitTicket(f"Question about the {WORDS[number % len(WORDS)]} no. {number}", TEXT)
        self.office.desk.as_customer(customer.id).do(asked)

    def _agree(self) -> None:
        """Adds a policy with two targets, and rules that are tried on every ticket, and say nothing of these."""
        system = self.office.desk.as_system()
        targets = [Agreement(Target.FIRST_ANSWER, timedelta(hours=4)), Agreement(Target.RESOLUTION, timedelta(days=2))]
        system.do(AddSlaPolicy("Standard", targets))
        for number in range(len(system.rules()), RULES):
            when = (F.priority == Priority.URGENT) & F.subject.contains(f"order {number}")
            system.do(
                AddRule(f"About order {number}", trigger=TicketOpened, when=when, then=[AddTags({f"order-{number}"})])
            )


def openings(size: Size) -> Iterator[Figure]:
    """Opening a ticket through the whole way, in memory and in a file of SQLite's, beside what they do elsewhere."""
    with a_folder() as folder:
        storage = SqlStorage.open(f"sqlite:///{folder / 'desk.db'}")
        memory, sqlite = Opening(MemoryStorage(), size.tickets), Opening(storage, size.tickets)
        samples = {"memory": memory.sample, "sqlite": sqlite.sample}
        peer = Peer(folder, size.tickets) if Peer.is_installed else None
        if peer is not None:
            samples |= {name: peer.sample(name, size.compared) for name in ("model", "form")}
        taken = in_turns(samples, size.repeats)
        if peer is not None:
            peer.stop()
        storage.close()
    for name in samples:
        title = name if name in {"memory", "sqlite"} else f"django_helpdesk_{name}"
        yield Figure(f"open_ticket.{title}", taken[name], "us")
    if peer is not None:
        yield Figure("open_ticket.memory.vs_django_helpdesk_model", taken["model"] / taken["memory"], "x", ">= 8")
        yield Figure("open_ticket.memory.vs_django_helpdesk_form", taken["form"] / taken["memory"], "x", ">= 50")
        yield Figure("open_ticket.sqlite.vs_django_helpdesk_model", taken["model"] / taken["sqlite"], "x", ">= 2")
        yield Figure("open_ticket.sqlite.vs_django_helpdesk_form", taken["form"] / taken["sqlite"], "x", ">= 10")


def beside_the_driver(size: Size, url: str) -> Iterator[Figure]:
    """Opening a ticket on PostgreSQL, beside the very statements of it through psycopg alone."""
    storage = SqlStorage.open(url, tenant="driver")
    opening = Opening(storage, size.tickets)
    replay = Replay(storage, url)

    def ours() -> float:
        replay.copy()
        with replay.recorded():
            opening.sample()
        return opening.sample()  # nobody listens now: where somebody does, statements go another way

    taken = in_turns({"ours": ours, "bare": lambda: per_call(replay.again, 1) / size.tickets}, size.repeats)
    storage.close()
    yield Figure("open_ticket.postgres", taken["ours"], "us")
    yield Figure("open_ticket.postgres.bare_psycopg", taken["bare"], "us")
    yield Figure("open_ticket.postgres.statements", len(replay.statements) / size.tickets, "x")
    yield Figure("open_ticket.postgres.vs_bare_psycopg", taken["bare"] / taken["ours"], "x", ">= 0.75")


# Listings.


class Listing:
    """Asks for a page of what waits in a department, by due time, as an agent sees it."""

    def __init__(self, office: Office, times: int) -> None:
        self.seat: AgentSeat = office.desk.as_agent(office.agents[0].id)
        self.where = (F.department == office.departments[0].id) & F.category.is_in(AWAITS_AGENT)
        self.times = times

    def sample(self) -> float:
        """What it takes to ask for it."""
        return per_call(self._once, self.times)

    def _once(self) -> None:
        self.seat.tickets(self.where, limit=PAGE)


def listings(size: Size) -> Iterator[Figure]:
    """The same page of archives of different sizes; that of SQLite beside the list of django-helpdesk."""
    yield from _growth("memory", size.kept, size, lambda _: MemoryStorage())
    with a_folder() as folder:
        yield from _growth("sqlite", size.stored, size, partial(_file, folder))
        if Peer.is_installed:
            yield from _beside_the_list(folder, size)


def _growth(name: str, archives: tuple[int, int], size: Size, storage: Callable[[int], Storage]) -> Iterator[Figure]:
    few, many = archives
    offices = {str(tickets): _filled(storage(tickets), tickets) for tickets in archives}
    samples = {tickets: Listing(office, size.listings).sample for tickets, office in offices.items()}
    taken = in_turns(samples, size.repeats)
    for tickets, it in taken.items():
        yield Figure(f"listing.{name}.{PAGE}_of_{tickets}", it, "us")
    goal = "<= 1.5" if name == "memory" else None
    yield Figure(f"listing.{name}.growth_{_short(few)}_{_short(many)}", taken[str(many)] / taken[str(few)], "x", goal)
    # The index in memory holds all that is said once more: of many tickets that would be measuring the machine.
    yield from _searches(name, {it: offices[it] for it in offices if name != "memory" or it == str(few)}, size)


def _searches(name: str, offices: Mapping[str, Office], size: Size) -> Iterator[Figure]:
    """A ticket by its reference, and a page of those that have a word that one in eighteen has."""
    for tickets, office in offices.items():
        seat = office.desk.as_agent(office.agents[0].id)
        (one,) = seat.tickets(limit=1).items
        samples = {
            "one": partial(per_call, partial(seat.search, one.reference), size.compared),
            PAGE: partial(per_call, partial(seat.search, WORDS[0], limit=PAGE), size.compared),
        }
        for what, taken in in_turns({str(key): it for key, it in samples.items()}, size.repeats).items():
            yield Figure(f"search.{name}.{what}_of_{tickets}", taken, "us")


def _beside_the_list(folder: Path, size: Size) -> Iterator[Figure]:
    office = _filled(_file(folder, 0), size.stored[0])
    peer = Peer(folder, size.stored[0])
    samples = {"ours": Listing(office, size.listings).sample, "theirs": peer.sample("list", size.compared)}
    taken = in_turns(samples, size.repeats)
    peer.stop()
    yield Figure("listing.django_helpdesk", taken["theirs"], "us")
    yield Figure("listing.sqlite.vs_django_helpdesk_list", taken["theirs"] / taken["ours"], "x", ">= 10")


def _file(folder: Path, number: int) -> SqlStorage:
    return SqlStorage.open(f"sqlite:///{folder / f'{number}.db'}")


def _filled(storage: Storage, tickets: int) -> Office:
    office = Office.on(storage)
    write(storage, bare_tickets(office, tickets), BATCH)
    return office


def _short(number: int) -> str:
    """A number as people write it: `10k`, `1m`."""
    for sign, unit in (("m", 1_000_000), ("k", 1_000)):
        if number >= unit and number % unit == 0:
            return f"{number // unit}{sign}"
    return str(number)


# Several processes.


def in_turn(size: Size, url: str) -> Iterator[Figure]:
    """Tickets that are opened and assigned in turn, by one process and by eight."""
    rates: dict[int, float] = {}
    spread = 0
    for writers in (1, size.writers):
        tenant = f"{writers} writers"
        storage = SqlStorage.open(url, tenant=tenant)
        office = Office.on(storage)
        office.add_rules()
        rates[writers] = _rate(url, tenant, office, writers, size.turns)
        spread = _spread(office)
        storage.close()
        yield Figure(f"round_robin.postgres.{writers}", rates[writers], "per_s")
    yield Figure(f"round_robin.postgres.{size.writers}_vs_1", rates[size.writers] / rates[1], "x", ">= 0.7")
    yield Figure("round_robin.postgres.spread", spread, "x", "<= 1")


def _rate(url: str, tenant: str, office: Office, writers: int, turns: int) -> float:
    """How many tickets a second so many processes open and assign."""
    context = get_context("spawn")
    ready, spans = context.Barrier(writers), context.Queue()
    asked = SubmitTicket("Where is it?", department=office.departments[0].id)
    work = (url, tenant, office.customers[0].id, asked, turns, ready, spans)
    processes = [context.Process(target=_open_in_turn, args=work) for _ in range(writers)]
    for process in processes:
        process.start()
    taken: list[tuple[float, float]] = [spans.get(timeout=PATIENCE) for _ in processes]
    for process in processes:
        process.join()
    return writers * turns / (max(end for _, end in taken) - min(start for start, _ in taken))


def _open_in_turn(  # noqa: PLR0917 - what a process is told
    url: str,
    tenant: str,
    customer: ContactId,
    asked: SubmitTicket,
    turns: int,
    ready: Barrier,
    spans: "Queue[tuple[float, float]]",
) -> None:
    """Opens so many tickets when all the others are ready, and tells when it began and when it ended."""
    storage = SqlStorage.open(url, tenant=tenant)
    seat = HelpDesk(storage).as_customer(customer)
    seat.do(asked)
    ready.wait(PATIENCE)
    start = monotonic()
    for _ in range(turns):
        seat.do(asked)
    spans.put((start, monotonic()))
    storage.close()


def _spread(office: Office) -> int:
    """By how many tickets those who were given most and least differ."""
    given = office.desk.as_system().tally("assignee").values()
    return max(given) - min(given)


# Many records at once.


def imports(size: Size) -> Iterator[Figure]:
    """Tickets that an import writes in batches, beside as many that are written one by one."""
    with a_folder() as folder:
        batches, single = ((storage := _file(folder, number), Office.on(storage)) for number in range(2))
        in_batches = _taken_to_fill(*batches, size.part, BATCH)
        one_by_one = _taken_to_fill(*single, size.tickets, 1)
        for storage, _ in (batches, single):
            storage.close()
    yield Figure("bulk.sqlite.ticket", in_batches, "us")
    yield Figure("bulk.sqlite.vs_single", one_by_one / in_batches, "x")


def _taken_to_fill(storage: Storage, office: Office, tickets: int, batch: int) -> float:
    archive = [*bare_tickets(office, tickets)]
    return per_call(lambda: write(storage, archive, batch), 1) / tickets


# Memory.


def memory(size: Size) -> Figure:
    """What a bare ticket takes in memory with its index entries, beyond its texts."""
    storage = MemoryStorage()
    office = Office.on(storage)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    write(storage, bare_tickets(office, size.part), BATCH)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    texts = sum(getsizeof(it.subject) + getsizeof(it.reference) for it in bare_tickets(office, size.part))
    return Figure("memory.bytes_per_ticket", (after - before - texts) / size.part, "B", "<= 2000")
