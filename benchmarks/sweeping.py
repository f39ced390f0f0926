"""
The sweep: a hundred tickets come back, in a large archive and in a small one.

A sweep should cost what is due, not what is stored. Every archive has the same tickets due, each at its hour; one in
five of the others waits for an agent, and has something due long after.
"""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from benchmarks.core import Size
from benchmarks.desks import BATCH, Office, bare_tickets
from benchmarks.figures import Figure
from benchmarks.timing import in_turns, per_call
from ticketcore import HelpDesk, MemoryStorage
from ticketcore.model.copying import copy_with
from ticketcore.model.dues import DUES, Due, due_id
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import AWAITS_AGENT, OPEN, POSTPONED
from ticketcore.model.tickets import Ticket
from ticketcore.storage.protocols import Changes, Put

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""When the first tickets come back."""

HOUR = timedelta(hours=1)
LATER = BEGIN + timedelta(days=3_650)
DUE = 100


def measure(size: Size) -> Iterator[Figure]:
    """All figures of the sweep."""
    archives = {"large": size.swept, "small": size.swept_part}
    hours = size.repeats + 1
    samples = {name: Sweeps(_archive(number, hours), hours) for name, number in archives.items()}
    gc.collect()
    taken = in_turns({name: it.sweep_one_hour for name, it in samples.items()}, size.repeats)
    for name, number in archives.items():
        yield Figure(f"sweep.{DUE}_of_{number}", taken[name], "us")
    yield Figure("sweep.growth", taken["large"] / taken["small"], "x", "<= 2")


class Sweeps:
    """
    A desk on which so many tickets come back every hour.

    Args:
        storage: Where they are.
        hours: For how many hours.
    """

    def __init__(self, storage: MemoryStorage, hours: int) -> None:
        self._now = BEGIN
        self._system = HelpDesk(storage, clock=lambda: self._now).as_system()
        self._hours = hours

    def sweep_one_hour(self) -> float:
        """What it takes to sweep once, with that hour's tickets due."""
        taken = per_call(self._sweep, 1)
        self._now += HOUR
        return taken

    def _sweep(self) -> None:
        done = self._system.sweep(limit=DUE)
        if len(done) != DUE:
            raise RuntimeError(f"{DUE} tickets should have come back, not {len(done)}")


def _archive(tickets: int, hours: int) -> MemoryStorage:
    """An archive of so many bare tickets, written as an import would: of the last ones some come back every hour."""
    storage = MemoryStorage()
    records = _records(bare_tickets(Office.on(storage), tickets), tickets - hours * DUE)
    while batch := [*islice(records, BATCH)]:
        with storage.session() as session:
            session.apply(Changes(puts=batch))
    return storage


def _records(tickets: Iterator[Ticket], lasting: int) -> Iterator[Put]:
    for place, ticket in enumerate(tickets):
        if place >= lasting:
            at = BEGIN + HOUR * ((place - lasting) // DUE)
            back = copy_with(ticket, status=POSTPONED, postponed_from=OPEN, postponed_until=at, due_at=None)
            yield from _both(back, "wake", at)
        elif ticket.status.category in AWAITS_AGENT:
            yield from _both(ticket, "sla", LATER)
        else:
            yield Put(TICKETS, ticket, None)


def _both(ticket: Ticket, occasion: str, at: datetime) -> tuple[Put, Put]:
    due: Any = Due(id=due_id(occasion, "", ticket.id), at=at, occasion=occasion, ticket=ticket.id)
    return Put(TICKETS, ticket, None), Put(DUES, due, None)
