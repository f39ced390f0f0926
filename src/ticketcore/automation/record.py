"""
The record: which rules answered an event, as the thread tells it.

Every event that a rule raised names the rule, and the event that set it off. A rule whose work changed nothing left no
trace.
"""

from collections.abc import Iterable, Mapping, Sequence

import attrs

from ticketcore.events import ChainStopped, Event, RuleFailed
from ticketcore.model.ids import EntryId, RuleId, TicketId


@attrs.frozen
class Acted:
    """
    What a rule left in the thread in answer to an event.

    Args:
        rule: Which one.
        name: Its name at that time.
        events: What it left, at least one.
    """

    rule: RuleId
    name: str
    events: Sequence[Event]

    @property
    def is_done(self) -> bool:
        """Whether it did its work."""
        return not any(isinstance(it, (RuleFailed, ChainStopped)) for it in self.events)


@attrs.frozen
class Record:
    """
    What the thread tells of the settling in which an event was answered.

    Args:
        begins: The place in the thread after which the rules began to answer the event.
        acted: The rules that left something in answer to it, in order.
        earlier: Those that left something in answer to the events before it.
    """

    begins: int
    acted: Sequence[Acted]
    earlier: Sequence[Acted]

    def done(self, ticket: TicketId) -> frozenset[tuple[RuleId, TicketId]]:
        """The rules that had had their turn before, each with the ticket."""
        return frozenset((it.rule, ticket) for it in self.earlier)


def record_of(event: Event, events: Iterable[Event]) -> Record:
    """
    What the thread tells of who answered an event.

    Args:
        event: The event.
        events: All events of the ticket's own thread, in their order.
    """
    together = [it for it in events if it.ticket_version == event.ticket_version]  # they were committed together
    places = {it.id: it.position for it in together}
    answers = [it for it in together if it.cause.rule is not None and it.cause.event in places]
    since = [it for it in answers if _place(it, places) >= event.position]
    begins = min((it.position for it in since), default=together[-1].position + 1) - 1
    own = [it for it in answers if it.cause.event == event.id]
    return Record(begins, _by_rule(own), _by_rule(it for it in answers if _place(it, places) < event.position))


def _place(answer: Event, places: Mapping[EntryId, int]) -> int:
    """The place of what set off the rule that raised an event."""
    return places.get(answer.cause.event, 0) if answer.cause.event else 0


def _by_rule(answers: Iterable[Event]) -> Sequence[Acted]:
    found: dict[RuleId, list[Event]] = {}
    for answer in answers:
        if answer.cause.rule is not None:
            found.setdefault(answer.cause.rule, []).append(answer)
    return tuple(Acted(rule, events[0].cause.rule_name or "", tuple(events)) for rule, events in found.items())
