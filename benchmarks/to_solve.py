"""
To solve: agents who take the next ticket, one after the other, in a large archive and in a small one.

One ticket in five waits, and half of these are nobody's; all of them are late, as where nobody looked.
"""

import gc
from collections.abc import Iterator
from itertools import islice

from benchmarks.core import Size
from benchmarks.desks import AGENTS_IN_EACH, BATCH, Office, bare_tickets
from benchmarks.figures import Figure
from benchmarks.timing import in_turns, per_call
from ticketcore import MemoryStorage
from ticketcore.commands import ANY, ChangeDepartment, Resolve, TakeNext
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import AWAITS_AGENT
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.storage.protocols import Changes, Put


def measure(size: Size) -> Iterator[Figure]:
    """All figures of the order of work."""
    samples = {number: Taking(number) for number in (size.swept, size.swept_part)}
    gc.collect()
    taken = in_turns({str(number): it.sample for number, it in samples.items()}, size.repeats)
    for name, microseconds in taken.items():
        yield Figure(f"to_solve.{name}", microseconds, "us")
    growth = taken[str(size.swept)] / taken[str(size.swept_part)]
    yield Figure("to_solve.growth", growth, "x", "<= 2")


class Taking:
    """
    A desk on which every agent takes a ticket, and resolves it before the next turn.

    Args:
        tickets: How many there are.
    """

    def __init__(self, tickets: int) -> None:
        storage = MemoryStorage()
        office = Office.on(storage)
        self._system = office.desk.as_system()
        for department in office.departments:
            self._system.do(ChangeDepartment(department.id, to_solve=True), seen=ANY)
        archive = _of_nobody_or(office.agents[-1].id, bare_tickets(office, tickets))
        while batch := [Put(TICKETS, ticket, None) for ticket in islice(archive, BATCH)]:
            with storage.session() as session:
                session.apply(Changes(puts=batch))
        self._seats = [office.desk.as_agent(it.id) for it in office.agents[:-AGENTS_IN_EACH]]

    def sample(self) -> float:
        """What it takes to take a ticket, on the average."""
        taken: list[AnyTicket | None] = []
        seats = iter(self._seats)
        microseconds = per_call(lambda: taken.append(next(seats).do(TakeNext())), len(self._seats))
        for ticket in taken:
            if ticket is None:
                raise RuntimeError("there should be a ticket for every agent")
            self._system.do(Resolve(), on=ticket.id)
        return microseconds


def _of_nobody_or(other: AgentId, tickets: Iterator[Ticket]) -> Iterator[Ticket]:
    """The tickets, of which half of those that wait are nobody's, and the others those of one who takes none."""
    for number, ticket in enumerate(tickets):
        if ticket.status.category in AWAITS_AGENT:
            yield copy_with(ticket, assignee=other if number % 2 else None)
        else:
            yield ticket
