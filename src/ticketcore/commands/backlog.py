"""
The backlog: tickets that should have been assigned when nobody was available.

Each keeps its place until somebody is available again, and is then given out, the most urgent first and of these the
oldest; a newer ticket never gets an agent whom an older one waits for. Everything that looks at a backlog, or makes
agents available to it, holds the rotation of its queue: so nobody becomes available behind the back of a ticket that
just begins to wait.
"""

from collections.abc import Collection, Iterator
from contextlib import nullcontext
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.access import THE_SYSTEM
from ticketcore.assignment import ROTATIONS, rotation_id
from ticketcore.assignment.backlog import BACKLOG, BacklogPlace, place_of
from ticketcore.assignment.intake import INTAKES
from ticketcore.business_time import CALENDARS_PART
from ticketcore.commands.choosing import assign, choose
from ticketcore.commands.eligibility import EVERYBODY
from ticketcore.conditions import RecordF
from ticketcore.configuration import ROSTER, Roster
from ticketcore.events import Cause, LeftBacklog, NobodyAvailable, OccasionFailed
from ticketcore.model.dues import DUES, Due, due_id
from ticketcore.model.ids import AgentId, DepartmentId, TicketId
from ticketcore.model.kinds import PRESENCES, TICKETS
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.people import Agent
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Order, Query
from ticketcore.storage.protocols import Key

W = TypeVar("W", bound=AnyTicket)

GIVE_OUT: Final = "backlog"
"""The occasion on which time gives out a backlog."""

MOST_GIVEN: Final = 50
"""How many tickets are given out in one piece of work; the next sweep goes on."""

PAGE: Final = 20
"""How many places are looked at together."""

_FIRST: Final = (Order("rank"),)
_PLACING: Final = ("priority", "tags", "department")
"""The fields of a ticket on which its place depends."""


def assign_or_wait(
    draft: Draft, ticket: AnyTicket, by: str | None = None, excluding: Collection[AgentId] = ()
) -> AnyTicket:
    """
    The ticket with an assignee, or in the backlog, and with an event that says so once, if nobody is available.

    While others wait for the same agents, it waits behind them.
    """
    queue = rotation_id(ticket.department)
    draft.want(Key(ROTATIONS, queue), _first_of(queue), EVERYBODY)  # the rotation first, because it is read under lock
    waits = ticket.assignee is None and ticket.status.category in IN_WORK
    if waits and _others_wait(draft, ticket):
        _place(draft, ticket, by, excluding)
        give_out(draft, [queue], asked_for=ticket.id)
        now = draft.get(TICKETS, ticket.id)
        return now if now.assignee is not None else _wait(draft, now)
    choice = choose(draft, ticket, by, excluding).choice
    if choice.agent is not None:
        return assign(draft, ticket, choice)
    if waits:
        _place(draft, ticket, by, excluding)
        _foresee(draft, queue)
        return _wait(draft, ticket)
    draft.occur(ticket, NobodyAvailable, department=ticket.department)
    return draft.get(TICKETS, ticket.id)


def leave_backlog(draft: Draft, ticket: W) -> W:
    """Has a ticket wait for nobody any more, because nobody is to have it."""
    if draft.get(TICKETS, ticket.id).in_backlog_since is None:
        return ticket
    draft.occur(ticket, LeftBacklog)
    return draft.change(ticket, in_backlog_since=None)


def give_out(draft: Draft, queues: Collection[str], *, asked_for: TicketId | None = None) -> None:
    """
    Gives tickets of some queues to whoever is available now, in the order of their places.

    Args:
        draft: The unit of work.
        queues: Whose backlogs.
        asked_for: The ticket that somebody just asks to be assigned; others are assigned by the desk itself.
    """
    _hold(draft, queues)
    given, seen, blocked = 0, set[TicketId](), set[str]()
    while given < MOST_GIVEN and (places := _unseen(draft, queues, seen, blocked)):
        for place in places:
            if place.group in blocked or given == MOST_GIVEN:
                continue
            seen.add(place.id)
            with nullcontext() if place.id == asked_for else draft.acting(THE_SYSTEM, Cause("AssignNext")):
                outcome = _try(draft, place)
            given += outcome is _GIVEN
            if outcome is _NOBODY:
                blocked.add(place.group)
    if given == MOST_GIVEN:
        for queue in sorted(queues):
            _put_due(draft, queue, draft.now)
    elif blocked:
        for queue in sorted(queues):
            _foresee(draft, queue)


_GIVEN: Final = "given"
_SKIPPED: Final = "skipped"
_NOBODY: Final = "nobody"


def _try(draft: Draft, place: BacklogPlace) -> str:
    """What becomes of a ticket of the backlog. Whatever fails concerns this ticket alone, and stands in its thread."""
    ticket = draft.peek(TICKETS, place.id)
    if ticket is None:
        draft.remove(BACKLOG, place.id)
        return _SKIPPED
    mark = draft.mark()
    try:
        outcome = choose(draft, ticket, place.by, place.excluding)
        if outcome.choice.agent is None:
            return _SKIPPED if outcome.anybody else _NOBODY
        assign(draft, ticket, outcome.choice)
    except Exception as error:  # noqa: BLE001 - any error at all, as in rules
        draft.rollback(mark)
        draft.occur(draft.get(TICKETS, place.id), OccasionFailed, occasion=GIVE_OUT, error=type(error).__name__)
        return _SKIPPED
    draft.remove(BACKLOG, place.id)
    return _GIVEN


# What a change of a ticket, of somebody's presence, or of the configuration means for backlogs.


def follow(draft: Draft, before: AnyTicket | None, after: AnyTicket) -> Collection[str]:
    """
    Brings the place of a ticket up to date, after a change of the ticket.

    Returns:
        The queues in which something may be given out now.
    """
    freed = _freed(draft, before, after)
    was_there = before is not None and before.in_backlog_since is not None
    if after.in_backlog_since is None:
        if was_there or draft.knows(Key(BACKLOG, after.id)):
            draft.remove(BACKLOG, after.id)
        return freed
    if was_there and before is not None and any(getattr(before, it) != getattr(after, it) for it in _PLACING):
        present = draft.get(BACKLOG, after.id)
        place = _place(draft, after, present.by, present.excluding)
        return {*freed, place.queue} if place.group != present.group else freed
    return freed


def returned(draft: Draft) -> Collection[str]:
    """The queues of agents who are available for something for which they were not before."""
    changed = draft.changed(PRESENCES)
    if not changed:
        return ()
    roster = draft.configuration.roster
    back = [
        after.id for before, after in changed if after is not None and before is not None and after.media - before.media
    ]
    return {queue for agent in back for queue in _queues_of(roster, agent)}


def foresee_after_configuration(draft: Draft) -> None:
    """Has the next sweep look at all backlogs, if a change of people, departments or calendars may let them go on."""
    if not draft.changed_parts.isdisjoint((ROSTER, CALENDARS_PART)) and draft.count(Query(BACKLOG)):
        _put_due(draft, "", draft.now)


def give_out_in_time(draft: Draft, due: Due) -> None:
    """Gives out a backlog because it is time; all of them, if it is about none."""
    give_out(draft, [due.about] if due.about else [*map(str, draft.tally(Query(BACKLOG), "queue"))])


def _freed(draft: Draft, before: AnyTicket | None, after: AnyTicket) -> Collection[str]:
    """The queues of the agent who has room again, if one has."""
    agent = None if before is None or before.status.category not in IN_WORK else before.assignee
    if agent is None or (after.assignee == agent and after.status.category in IN_WORK):
        return ()
    record = draft.configuration.roster.agents.get(agent)
    is_limited = record is not None and record.active and record.capacity is not None
    return _queues_of(draft.configuration.roster, agent) if is_limited else ()


def _queues_of(roster: Roster, agent: AgentId) -> Collection[str]:
    return {rotation_id(None), *map(rotation_id, roster.departments_of(agent))}


# Places.


def _hold(draft: Draft, queues: Collection[str]) -> None:
    """Takes the locks of these queues, in the order in which all take them."""
    draft.want(*(Key(ROTATIONS, it) for it in sorted(queues)))


def _others_wait(draft: Draft, ticket: AnyTicket) -> bool:
    return any(it.id != ticket.id for it in draft.find(_first_of(rotation_id(ticket.department))).items)


@lru_cache(maxsize=1024)
def _first_of(queue: str) -> Query[BacklogPlace]:
    """The first places of a queue. Every assignment asks for them, and building a condition takes its time."""
    return Query(BACKLOG, RecordF.id("queue") == queue, _FIRST, limit=2)


def _unseen(draft: Draft, queues: Collection[str], seen: set[TicketId], blocked: set[str]) -> list[BacklogPlace]:
    """The next places, but for those that were looked at, and for groups of which nobody can have any."""
    where = RecordF.id("queue").is_in(sorted(queues))
    if blocked:
        where &= ~RecordF.key("group").is_in(sorted(blocked))
    found = draft.find(Query(BACKLOG, where, _FIRST, limit=PAGE + len(seen))).items
    return [it for it in found if it.id not in seen]


def _wait(draft: Draft, ticket: W) -> W:
    if ticket.in_backlog_since is not None:
        return ticket
    draft.occur(ticket, NobodyAvailable, department=ticket.department)
    return draft.change(ticket, in_backlog_since=draft.now)


def _place(draft: Draft, ticket: AnyTicket, by: str | None, excluding: Collection[AgentId]) -> BacklogPlace:
    place = place_of(ticket, draft.configuration.roster.skills, by, excluding)
    present = None if draft.is_new(ticket) else draft.peek(BACKLOG, ticket.id)
    return draft.put(BACKLOG, place if present is None else attrs.evolve(place, version=present.version))


# What time will do.


def _foresee(draft: Draft, queue: str) -> None:
    """Has the sweep look at a backlog when the next agent comes to work, or may be given tickets again."""
    roster = draft.configuration.roster
    department = None if queue == rotation_id(None) else DepartmentId(queue)
    agents = [roster.agents[it.agent] for it in roster.pool(department).candidates]
    draft.want(*(Key(INTAKES, it.id) for it in agents if it.pace is not None))
    at = min((at for it in agents for at in _comes_back(draft, it)), default=None)
    if at is not None:
        _put_due(draft, queue, at)


def _comes_back(draft: Draft, agent: Agent) -> Iterator[datetime]:
    if agent.calendar is not None:
        opening = draft.configuration.calendar(agent.calendar).next_opening(draft.now)
        if opening > draft.now:
            yield opening
    intake = draft.peek(INTAKES, agent.id) if agent.pace is not None else None
    if agent.pace is not None and intake is not None:
        given = intake.within(agent.pace, draft.now)
        if len(given) >= agent.pace.tickets:
            yield given[-agent.pace.tickets] + agent.pace.within


def _put_due(draft: Draft, queue: str, at: datetime) -> None:
    """Has the sweep look at a backlog at a time, if it will not do so before."""
    id = due_id(GIVE_OUT, queue)
    present = draft.peek(DUES, id)
    if present is None or at < present.at:
        draft.put(DUES, Due(id=id, at=at, occasion=GIVE_OUT, about=queue))
