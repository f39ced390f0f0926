"""Simulating, batch by batch, as steps."""

from functools import partial

import attrs

from ticketcore import _reading
from ticketcore._draft import Draft
from ticketcore._flow import Flow
from ticketcore._steps import Steps
from ticketcore.automation.rules import RuleBook
from ticketcore.automation.simulating import BATCH, Batch, Books, Summary, batch
from ticketcore.automation.simulation import Progress, Simulation
from ticketcore.automation.wanted import Wanted, check_wanted
from ticketcore.model.actors import Actor
from ticketcore.model.kinds import TICKETS
from ticketcore.query import Cursor, Query


def simulate(flow: Flow, actor: Actor, wanted: Wanted, progress: Progress | None) -> Steps[Simulation]:
    """
    What other rules would have done to stored tickets, and what of that is otherwise than with today's.

    Args:
        flow: The way of the desk.
        actor: Who wants to know.
        wanted: What is to be simulated.
        progress: Is told after each batch how many tickets are done, and how many there are.

    Raises:
        InvalidInput: What is wanted is not what it should be.
        AccessDenied: Who asks may not configure the desk.
        NotFound: There is no such rule to be changed or removed.
    """
    check_wanted(wanted)
    books, wanted, there = yield from flow.read(actor, lambda draft: _begun(draft, wanted))
    total = there if wanted.limit is None else min(there, wanted.limit)
    found, after = Summary(), None
    while found.tickets < total:
        size = min(BATCH, total - found.tickets)
        played = yield from flow.rehearse(actor, partial(_batch, books, wanted, size, after))
        found.add(played)
        after = played.next
        if progress is not None:
            progress(found.tickets, total)
        if after is None:
            break
    return found.simulation(books, there)


def _begun(draft: Draft, wanted: Wanted) -> tuple[Books, Wanted, int]:
    """The rules, the tickets that may be seen, and how many these are."""
    books = Books.of(draft, wanted.changes)
    visible = _reading.visible(draft, wanted.where)
    return (
        books,
        attrs.evolve(wanted, where=visible),
        draft.count(Query(TICKETS, visible, viewer=draft.principal.agent)),
    )


def _batch(books: Books, wanted: Wanted, size: int, after: Cursor | None, draft: Draft, _book: RuleBook) -> Batch:
    return batch(draft, books, wanted, size, after)
