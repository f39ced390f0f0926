"""
What becomes of calls and chats alike: they begin, are picked up, and end, picked up or missed.

Both are on a ticket, which tells since when a customer waits for somebody to pick up: what was agreed on goes by it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic, TypeVar

import attrs

from ticketcore import events
from ticketcore._draft import Draft
from ticketcore.commands.choosing import hand_to
from ticketcore.commands.eligibility import may_have
from ticketcore.commands.messages import moves_to_answered
from ticketcore.commands.status import move, reopen
from ticketcore.conditions import RecordF
from ticketcore.errors import Conflict, NotFound, OutOfPlace
from ticketcore.events import CallWaits, ChatWaits, Event
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import CALLS, CHAT_MESSAGES, CHATS, TICKETS, Kind
from ticketcore.model.lifecycle import AWAITS_AGENT, SET_ASIDE, Category
from ticketcore.model.talks import Call, Chat, Talk
from ticketcore.model.tickets import AnyTicket, InternalTicket, Ticket
from ticketcore.query import Query

K = TypeVar("K", bound=Talk)


@attrs.frozen(eq=False)
class TalkKind(Generic[K]):
    """
    What is different between calls and chats.

    Args:
        kind: The kind of their records.
        noun: What they are called.
        waiting: The field of the ticket that tells since when a customer waits.
        picked_up: The field that tells when one was last picked up.
        started: The event that tells of the beginning; so with the others.
    """

    kind: Kind[K]
    noun: str
    waiting: str
    picked_up: str
    started: type[events.CallStarted | events.ChatStarted]
    answered: type[Event]
    waits: type[CallWaits | ChatWaits]
    missed: type[Event]
    ended: type[Event]

    def names(self, talk: Talk) -> Mapping[str, str]:
        """How its events name a talk."""
        return {self.noun: talk.id}  # type: ignore[attr-defined]  # calls and chats have one, each of its own type


CALL: Final = TalkKind[Call](
    CALLS,
    "call",
    "call_waiting_since",
    "call_picked_up_at",
    events.CallStarted,
    events.CallPickedUp,
    events.CallWaits,
    events.CallMissed,
    events.CallEnded,
)
CHAT: Final = TalkKind[Chat](
    CHATS,
    "chat",
    "chat_waiting_since",
    "chat_picked_up_at",
    events.ChatStarted,
    events.ChatPickedUp,
    events.ChatWaits,
    events.ChatMissed,
    events.ChatEnded,
)
TALKS: Final[tuple[TalkKind[Any], ...]] = (CALL, CHAT)


def talk_on(draft: Draft, of: TalkKind[K], ticket: AnyTicket, id: str) -> K:
    """
    A call or chat that a command names.

    Raises:
        NotFound: The ticket has no such one.
    """
    found = draft.peek(of.kind, id)
    if found is None or found.ticket not in (ticket.id, *ticket.merged_from):
        raise NotFound(of.noun, id)
    return found


def customers_part(ticket: AnyTicket, asked: str) -> Ticket:
    """
    The ticket, if there is a customer to talk with.

    Raises:
        OutOfPlace: It is internal.
    """
    if isinstance(ticket, InternalTicket):
        raise OutOfPlace(asked, "no customer is talked with on an internal ticket", ("SendInternalMessage",))
    return ticket


def check_nothing_goes_on(draft: Draft, of: TalkKind[Any], ticket: Ticket, asked: str) -> None:
    """
    Makes sure that a talk can begin on a ticket.

    Raises:
        OutOfPlace: The ticket is set aside or closed; or one of the kind goes on already.
    """
    category = ticket.status.category
    is_over = category in SET_ASIDE or category is Category.CLOSED
    if is_over or (category is Category.RESOLVED and not draft.setup.reopen_resolved):
        raise OutOfPlace(asked, f"the ticket is {ticket.status}", (f"begin a {of.noun} without naming a ticket",))
    open_ones = (RecordF.id("ticket") == ticket.id) & RecordF.instant("ended_at").is_missing()
    if draft.find(Query(of.kind, open_ones)).items:
        raise OutOfPlace(asked, f"a {of.noun} goes on already", ("end it first",))


def begin(draft: Draft, of: TalkKind[K], ticket: Ticket, talk: K) -> K:
    """Begins a call or chat. If the customer began it, the ticket waits for an agent."""
    draft.occur(ticket, of.started, contact=talk.contact, incoming=talk.incoming, **of.names(talk))
    if talk.incoming:
        ticket = draft.change(ticket, **{of.waiting: draft.now})
        reopen(draft, ticket)
    return draft.put(of.kind, talk)


def pick_up(draft: Draft, of: TalkKind[K], ticket: AnyTicket, talk: K, agent: AgentId, *, asked: str) -> K:
    """
    An agent picks up a call or chat. A ticket that nobody has is the agent's then.

    Raises:
        OutOfPlace: It is over; or the agent is not active, or does not see the ticket.
        Conflict: Another agent has picked it up.
    """
    if talk.ended_at is not None:
        raise OutOfPlace(asked, f"the {of.noun} is over", ("SendAnswer",))
    if talk.picked_up_at is not None:
        if talk.answered_by == agent:
            return talk
        holder = draft.configuration.roster.agents.get(talk.answered_by) if talk.answered_by else None
        raise Conflict(asked, f"{holder.name if holder else 'somebody'} has picked it up already", talk.version)
    verdict = may_have(draft, ticket, agent)
    if not verdict.allowed:
        raise OutOfPlace(asked, verdict.reason)
    draft.occur(ticket, of.answered, agent=agent, waited=draft.now - talk.started_at, **of.names(talk))
    ticket = draft.change(
        draft.get(TICKETS, ticket.id),
        first_answer_at=ticket.first_answer_at or draft.now,
        last_answer_at=draft.now,
        **{of.waiting: None, of.picked_up: draft.now},
    )
    if ticket.assignee is None:
        hand_to(draft, ticket, agent)
    _look_for_others(draft, of, ticket, talk)
    return draft.put(of.kind, copy_with(talk, answered_by=agent, picked_up_at=draft.now))


def end(draft: Draft, of: TalkKind[K], ticket: AnyTicket, talk: K, *, asked: str) -> K:
    """Ends a call or chat. If it was picked up, the ticket is answered then; if it was missed, it goes on waiting."""
    if talk.ended_at is not None:
        return talk
    ended = copy_with(talk, ended_at=draft.now)
    if ended.is_missed:
        draft.occur(ticket, of.missed, **of.names(talk))
        draft.change(ticket, **{of.waiting: None})
        _look_for_others(draft, of, ticket, talk)
    else:
        draft.occur(ticket, of.ended, lasted=ended.lasted, **of.names(talk))
        if ticket.status.category in AWAITS_AGENT and moves_to_answered(draft, ticket):
            move(draft, ticket, Category.ANSWERED, asked)
    return draft.put(of.kind, ended)


def move_talks(draft: Draft, merged: AnyTicket, survivor: AnyTicket) -> None:
    """
    Has the calls and chats of a ticket go over to the one that took it over, with what was said.

    Whoever waits in one waits there from now on, since they began to.
    """
    theirs = RecordF.id("ticket") == merged.id
    for of in TALKS:
        talks = draft.find(Query(of.kind, theirs)).items
        for talk in talks:
            draft.put(of.kind, copy_with(talk, ticket=survivor.id))
        draft.change(merged, **{of.waiting: None})
        _wait(draft, of, survivor, talks)
    for message in draft.find(Query(CHAT_MESSAGES, theirs)).items:
        draft.put(CHAT_MESSAGES, copy_with(message, ticket=survivor.id))


def _look_for_others(draft: Draft, of: TalkKind[Any], ticket: AnyTicket, over: Talk) -> None:
    """Has a ticket go on waiting where another call or chat waits beside one that does no more."""
    if ticket.merged_from:  # or else it is the only one
        open_ones = (RecordF.id("ticket") == ticket.id) & RecordF.instant("ended_at").is_missing()
        _wait(draft, of, ticket, [it for it in draft.find(Query(of.kind, open_ones)).items if it != over])


def _wait(draft: Draft, of: TalkKind[Any], ticket: AnyTicket, talks: Iterable[Any]) -> None:
    """Has a ticket wait for the first of some calls or chats that waits, if none waits longer on it already."""
    first = min((it for it in talks if it.is_waiting), key=lambda it: it.started_at, default=None)
    since = getattr(draft.get(TICKETS, ticket.id), of.waiting)
    if first is not None and (since is None or first.started_at < since):
        draft.occur(ticket, of.waits, since=first.started_at, **of.names(first))
        draft.change(ticket, **{of.waiting: first.started_at})
