"""
Settling: rules answer events, until nothing more happens.

For each event in order, each rule in order; what a rule does raises events that queue behind. A rule is asked at its
turn, on the event as it was and the ticket as it now is: all rules are matched at once, and the later ones again after
one that changed something. It acts at most once per ticket in one settling. A rule that fails leaves nothing but the
record that it failed; one that fails too often in a row is paused (see `failures`).
"""

from collections import deque
from collections.abc import Callable, Collection, Container, Generator, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final, TypeAlias

import attrs

from ticketcore._draft import Draft, Mark
from ticketcore.access import THE_SYSTEM
from ticketcore.automation.failures import count_failure, end_row
from ticketcore.automation.queues import queue_length, tell_queues
from ticketcore.automation.rules import Chapter, Rule, RuleBook, Stop
from ticketcore.commands.automatic import is_withheld
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import EventFacts, compile_condition
from ticketcore.errors import OutOfPlace
from ticketcore.events import Cause, ChainStopped, EntryAdded, Event, RuleFailed
from ticketcore.model.ids import RuleId, TicketId
from ticketcore.model.kinds import ENTRIES, TICKETS
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.thread import Written
from ticketcore.model.values import FrozenValue

LONGEST_CHAIN = 10
"""How many rules may set each other off in a row."""


@attrs.frozen
class Turn(FrozenValue):
    """
    A rule whose condition held.

    Args:
        rule: Which one.
        acted: Whether it did its work; if not, the thread tells why.
    """

    rule: Rule
    acted: bool


Part: TypeAlias = Callable[[], Turn | None]
"""A piece of settling that runs, or runs again once what it needs is loaded; gives the rule whose turn it was."""


@attrs.frozen
class Asking(FrozenValue):
    """
    The part in which the rules that an event may set off are asked, until one has its turn.

    Args:
        event: The event.
        turns: Whose turn it is.
        ask: Asks them.
    """

    event: Event
    turns: "Turns"
    ask: Part

    @property
    def left(self) -> Sequence[Rule]:
        """The rules that have had no turn yet, in their order."""
        return self.turns.chapter.rules[self.turns.first :]

    def __call__(self) -> Turn | None:
        """The turn of the first of them whose condition holds."""
        return self.ask()


Settling: TypeAlias = Generator[Part, Turn | None, None]


@attrs.frozen
class Begun(FrozenValue):
    """
    Where settling begins.

    Args:
        events: What rules are to answer; None for all that happened in the draft.
        done: The rules that have had their turn already, each with the ticket.
    """

    events: Sequence[Event] | None = None
    done: Collection[tuple[RuleId, TicketId]] = ()


FROM_THE_DRAFT: Final = Begun()


@attrs.frozen
class _Happened(FrozenValue):
    """
    An event that rules may answer.

    Args:
        event: The event.
        chapter: The rules.
        depth: How many rules in a row led to it.
    """

    event: Event
    chapter: Chapter
    depth: int


def _answered(book: RuleBook, events: Iterable[Event], depth: int) -> list[_Happened]:
    """Those events that rules may answer."""
    return [_Happened(it, chapter, depth) for it in events if (chapter := book.chapter(it)).rules]


def settle(draft: Draft, book: RuleBook, begun: Begun = FROM_THE_DRAFT) -> Settling:
    """
    The parts in which rules answer what happened. The caller runs each part and sends back what it gave.

    Args:
        draft: The unit of work.
        book: The rules.
        begun: What happened; by default all that the draft's command did.
    """
    if book.watches_queues:
        yield partial(tell_queues, draft, tuple(draft.events))
    queue = deque(_answered(book, draft.events if begun.events is None else begun.events, 0))
    done = {*begun.done}
    stopped: set[TicketId] = set()
    while queue:
        happened = queue.popleft()
        ticket, turns = happened.event.ticket, Turns(happened.chapter)
        while turns.are_left and ticket not in stopped:
            seen = len(draft.events)
            turn = yield Asking(happened.event, turns, partial(_next_rule, draft, turns, happened, done))
            if turn is None:
                break
            turns.next_one()
            done.add((turn.rule.id, ticket))
            if turn.acted and turn.rule.stop is Stop.ALL:
                return
            if turn.acted and book.watches_queues:
                yield partial(tell_queues, draft, tuple(draft.events[seen:]))
            if turn.acted and turn.rule.stop is Stop.TICKET:
                stopped.add(ticket)
            queue += _answered(book, draft.events[seen:], happened.depth + 1)


@attrs.define
class Turns:
    """The rules that an event may set off, and whose turn it is."""

    chapter: Chapter
    first: int = 0
    """The place of the first rule that had no turn yet."""

    matching: deque[int] = attrs.field(factory=deque)
    """The places of those that match, from there on."""

    as_of: Mark | None = None
    """The state of the draft on which they did."""

    @property
    def are_left(self) -> bool:
        """Whether a rule is left that had no turn yet."""
        return self.first < len(self.chapter.rules)

    def match(self, facts: EventFacts, mark: Mark) -> None:
        """Finds those that match, if the draft has changed since that was last done."""
        if self.as_of != mark:
            self.matching = deque(place for place in self.chapter.matching(facts) if place >= self.first)
            self.as_of = mark

    def next_one(self) -> None:
        """Ends the turn of the first that matches."""
        self.first = self.matching.popleft() + 1


def _next_rule(
    draft: Draft, turns: Turns, happened: _Happened, done: Container[tuple[RuleId, TicketId]]
) -> Turn | None:
    """
    Lets the first rule act that matches and is not done, and gives its turn; those before it are taken out.

    Should the rule first need something loaded, those before it are not asked again. Whatever goes wrong in a rule
    concerns this rule alone: a customer's message is never lost because of one.
    """
    mark = draft.mark()
    ticket = happened.event.ticket
    if draft.peek(TICKETS, ticket) is None:  # a rule purged it
        return None
    facts = event_facts(draft, happened.event)
    turns.match(facts, mark)
    while turns.matching:
        rule = turns.chapter.rules[turns.matching[0]]
        try:
            if (rule.id, ticket) in done or not compile_condition(rule.when)(facts):
                turns.matching.popleft()
                continue
            if happened.depth < LONGEST_CHAIN:
                _act(draft, rule, happened.event)
                return Turn(rule, acted=True)
            with _in_its_name(draft, rule, happened.event):
                draft.occur(draft.get(TICKETS, ticket), ChainStopped, **_named(rule), depth=happened.depth)
        except Exception as error:  # noqa: BLE001 - any error at all; it is recorded in the thread
            draft.rollback(mark)
            with _in_its_name(draft, rule, happened.event):
                _record_failure(draft, rule, ticket, error)
        return Turn(rule, acted=False)
    return None


def event_facts(draft: Draft, event: Event) -> EventFacts:
    """What a rule's condition is asked about: the event as it was, and the ticket as it now is."""
    ticket = draft.get(TICKETS, event.ticket)
    return EventFacts(
        ticket,
        now=draft.now,
        get=draft.peek,
        event=event,
        message=_message_of(draft, event),
        queue_length=partial(queue_length, draft, event),
    )


def _message_of(draft: Draft, event: Event) -> Written | None:
    entry = draft.peek(ENTRIES, event.entry) if isinstance(event, EntryAdded) else None
    return entry if isinstance(entry, Written) else None


class _ActionFailedError(Exception):
    """One of a rule's commands raised an error, which is the cause of this one."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


def _act(draft: Draft, rule: Rule, event: Event) -> None:
    for command in rule.then:
        with _in_its_name(draft, rule, event, command):
            try:
                ticket = draft.get(TICKETS, event.ticket)
                if not is_withheld(draft, command, ticket):
                    command.decide(draft, ticket)
            except Exception as error:
                raise _ActionFailedError(command.asked) from error
    end_row(draft, rule.id)


def _in_its_name(
    draft: Draft, rule: Rule, event: Event, action: TicketCommand[Any] | None = None
) -> AbstractContextManager[None]:
    """What happens inside is done by the desk itself, because of a rule that an event set off."""
    command, told = ("rule", _NOTHING_TOLD) if action is None else (action.asked, action.told())
    return draft.acting(THE_SYSTEM, Cause(command, rule.id, rule.name, told, event.id, type(event).__name__))


_NOTHING_TOLD: Final[FrozenMap[str, bool]] = FrozenMap()


def _record_failure(draft: Draft, rule: Rule, ticket: TicketId, error: Exception) -> None:
    """Records in the thread that a rule failed, and counts it."""
    action, failed = None, error
    if isinstance(error, _ActionFailedError) and isinstance(error.__cause__, Exception):
        action, failed = error.action, error.__cause__
    there = draft.get(TICKETS, ticket)
    draft.occur(there, RuleFailed, **_named(rule), error=_name(failed), action=action)
    count_failure(draft, rule, there)


def _named(rule: Rule) -> dict[str, str]:
    return {"rule": rule.id, "rule_name": rule.name}


def _name(error: Exception) -> str:
    """What an event tells of an error: its class, and of a command out of place which command."""
    return f"{type(error).__name__} ({error.asked})" if isinstance(error, OutOfPlace) else type(error).__name__
