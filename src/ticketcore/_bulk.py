"""Doing one command on many tickets, as steps: each ticket a unit of work of its own."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from ticketcore import _reading
from ticketcore._flow import Flow
from ticketcore._request import NoneOfThem, Request
from ticketcore._steps import Steps
from ticketcore.bulk import (
    MOST_PROBLEMS,
    BulkOutcome,
    BulkProgress,
    BulkReport,
    TicketOutcome,
    Tickets,
    Versions,
)
from ticketcore.commands.command import ANY, AnyVersion, TicketCommand
from ticketcore.conditions import Condition, F
from ticketcore.errors import Fault, InvalidInput, NotFound, StorageError, TicketcoreError, shown
from ticketcore.model.actors import Actor
from ticketcore.model.checks import IS_ID, is_line, optional
from ticketcore.model.ids import TicketId
from ticketcore.model.values import FrozenValue
from ticketcore.query import Cursor, Order

BATCH: Final = 100
"""How many tickets are looked for at once."""

_OLDEST_FIRST: Final = (Order("created_at"),)
"""An order that nothing changes which is done on the way."""

_IS_KEY: Final = optional(is_line(at_most=150))  # each ticket's own key has its id besides


@attrs.frozen(kw_only=True)
class Bulk(FrozenValue):
    """
    Somebody's asking for something on many tickets.

    Args:
        actor: Who.
        command: For what.
        on: On which tickets.
        seen: The versions of the tickets that they saw, of a command that overwrites something.
        key: Under which the same may be asked again, and is then done once on each ticket.
        progress: Is told after each ticket.
    """

    actor: Actor
    command: TicketCommand[Any]
    on: Tickets
    seen: Versions | AnyVersion = ANY
    key: str | None = None
    progress: BulkProgress | None = None

    @property
    def where(self) -> Condition[Any] | None:
        """The condition, if the tickets are given by one."""
        return self.on if isinstance(self.on, Condition) else None

    def request(self, ticket: TicketId) -> Request[Any]:
        """What is asked on one ticket."""
        return Request(
            actor=self.actor,
            command=self.command,
            on=ticket,
            seen=self.seen[ticket] if isinstance(self.seen, Mapping) else ANY,
            key=None if self.key is None else f"{self.key}/{ticket}",
            where=self.where,
        )


def do_on_each(flow: Flow, bulk: Bulk) -> Steps[BulkReport]:
    """
    Does a command on each of many tickets.

    Tickets that are opened meanwhile are not among them, and those that a condition does not hold of any more when it
    is their turn are left as they are.

    Args:
        flow: The way of the desk.
        bulk: What is asked for.

    Raises:
        InvalidInput: What is asked for is not what it should be; nothing was done.
        StorageError: The storage failed: what was done so far remains.
    """
    check_bulk(bulk)
    total = yield from _total(flow, bulk)
    begun, after = flow.clock(), None
    counts: Counter[BulkOutcome] = Counter()
    problems: list[TicketOutcome] = []
    while True:
        batch, after = yield from _batch(flow, bulk, begun, after)
        for ticket in batch:
            outcome = yield from _done(flow, bulk.request(ticket), ticket)
            counts[outcome.outcome] += 1
            if outcome.error is not None and len(problems) < MOST_PROBLEMS:
                problems.append(outcome)
            if bulk.progress is not None:
                bulk.progress(outcome, counts.total(), total)
        if after is None:
            return BulkReport(problems=tuple(problems), **{it.value: number for it, number in counts.items()})


def check_bulk(bulk: Bulk) -> None:
    """
    Makes sure that what is asked for is what it should be.

    Raises:
        InvalidInput: It is not; all faults are listed.
    """
    faults = _IS_KEY.faults("key", bulk.key)
    if not isinstance(bulk.command, TicketCommand):
        faults.append(Fault("command", "a ticket command", shown(bulk.command)))
    if isinstance(bulk.on, Condition):
        if bulk.seen is not ANY:
            faults.append(Fault("seen", "ANY, where a condition says on which tickets", shown(bulk.seen)))
    else:
        faults += _faults_of_ids(bulk.on, bulk.seen)
    if faults:
        raise InvalidInput("do_on_each", faults)


def _faults_of_ids(on: object, seen: object) -> list[Fault]:
    if not isinstance(on, Collection) or isinstance(on, (str, bytes)):
        return [Fault("on", "ids of tickets, or a condition on tickets", shown(on))]
    faults = [fault for place, id in enumerate(on) for fault in IS_ID.faults(f"on[{place}]", id)]
    if isinstance(seen, Mapping):
        unseen = [id for id in on if id not in seen]
        faults += [Fault("seen", f"the version that was seen of {id!r}", "nothing") for id in unseen]
    elif seen is not ANY:
        faults.append(Fault("seen", "the version that was seen of each ticket, by its id, or ANY", shown(seen)))
    return faults


def _total(flow: Flow, bulk: Bulk) -> Steps[int]:
    """How many tickets there are to begin with."""
    where = bulk.where
    if where is None:
        return len(_ids(bulk))
    return (yield from flow.read(bulk.actor, lambda draft: _reading.count(draft, where)))


def _batch(
    flow: Flow, bulk: Bulk, begun: datetime, after: Cursor | None
) -> Steps[tuple[Sequence[TicketId], Cursor | None]]:
    """The next tickets, and from where to go on; None at the end."""
    if bulk.where is None:
        return _ids(bulk), None
    where = bulk.where & (F.created_at <= begun)
    page = yield from flow.read(bulk.actor, lambda draft: _reading.tickets(draft, where, _OLDEST_FIRST, BATCH, after))
    return [it.id for it in page.items], page.next


def _ids(bulk: Bulk) -> Sequence[TicketId]:
    """The tickets that are named, each once."""
    return () if isinstance(bulk.on, Condition) else tuple(dict.fromkeys(bulk.on))


def _done(flow: Flow, request: Request[Any], ticket: TicketId) -> Steps[TicketOutcome]:
    """What comes of one ticket. Should the storage fail, there is no sense in trying the next."""
    try:
        done = yield from flow.carry_out(request)
    except NoneOfThem:
        return TicketOutcome(ticket, BulkOutcome.NOTHING_TO_DO)
    except StorageError:
        raise
    except TicketcoreError as error:
        is_missing = isinstance(error, NotFound) and (error.what, error.id) == ("ticket", ticket)
        outcome = BulkOutcome.NOT_FOUND if is_missing else BulkOutcome.REFUSED
        return TicketOutcome(ticket, outcome, _without_frames(error))
    return TicketOutcome(ticket, BulkOutcome.DONE if done.has_changed else BulkOutcome.NOTHING_TO_DO)


def _without_frames(error: TicketcoreError) -> TicketcoreError:
    """The error without what it keeps alive of where it was raised: all that its ticket's unit of work had loaded."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
