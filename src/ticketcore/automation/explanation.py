"""
Explanations of rules: what each rule made of an event of a ticket, and why.

This module says what can be asked about, what an explanation is, and how it reads; how one comes about is in
`explaining`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

import attrs

from ticketcore.conditions import Explanation
from ticketcore.events import Event
from ticketcore.events.sentences import Names, no_names
from ticketcore.model.checks import Check
from ticketcore.model.ids import RuleId, TicketId
from ticketcore.model.values import FrozenValue

Happening: TypeAlias = Event | type[Event]
"""An event of a ticket's thread, or a class of events: as if one happened now."""

IS_HAPPENING: Final = Check(
    "an event of the ticket's thread, or a class of events",
    lambda value: isinstance(value, Event) or (isinstance(value, type) and issubclass(value, Event)),
)


class Outcome(Enum):
    """What became of a rule."""

    ACTED = "acted"
    FAILED = "failed"
    CUT_OFF = "cut off"
    DID_NOT_HOLD = "did not hold"
    HAD_ACTED = "had acted"
    NOT_REACHED = "not reached"
    NOT_SET_OFF = "not set off"
    PAUSED = "paused"


@attrs.frozen(kw_only=True)
class RuleExplanation(FrozenValue):
    """
    What one rule made of an event.

    Args:
        rule: Which one.
        name: Its name; of a rule that is there no more, its name then.
        outcome: What became of it.
        because: Why, in a few words, where the outcome alone does not say it.
        why: Its condition with the values that it saw; None where it was not asked. The length of a queue that whoever
            wants to know may not see counts as missing.
        events: What it did to the ticket, or would do.
        of_today: The fields that it was asked about as they are today, because nobody knows what they were then.
        differs: Whether the thread tells otherwise than today's rules: the rule, or what it asks, has changed since.
    """

    rule: RuleId
    name: str
    outcome: Outcome
    because: str = ""
    why: Explanation | None = None
    events: Sequence[Event] = ()
    of_today: Sequence[str] = ()
    differs: bool = False

    def to_json(self) -> dict[str, object]:
        """The same as JSON: ids, texts and lists; of the events their names."""
        return {
            "rule": self.rule,
            "name": self.name,
            "outcome": self.outcome.value,
            "because": self.because,
            "why": None if self.why is None else self.why.to_json(),
            "events": [type(it).__name__ for it in self.events],
            "of_today": list(self.of_today),
            "differs": self.differs,
        }

    def lines(self, names: Names = no_names) -> Iterator[str]:
        """
        What is printed: the outcome, and below it what the condition saw.

        Args:
            names: Gives names to ids; what it does not know stays an id.
        """
        because = f": {self.because}" if self.because else ""
        yield f"{self.outcome.value:<12} {self.name!r}{because}"
        if self.why is not None:
            yield from (_with_names(line, names) for line in self.why.lines(1))
        if self.events:
            yield f"  then {', '.join(type(it).__name__ for it in self.events)}"
        if self.of_today:
            yield f"  as of today: {', '.join(self.of_today)}"
        if self.differs:
            yield "  the thread tells otherwise: the rule, or what it asks, has changed since"


@attrs.frozen(kw_only=True)
class RulesExplanation(FrozenValue):
    """
    What all rules made of an event of a ticket.

    Args:
        ticket: Which one.
        event: The event.
        at: When it happened; None if it is asked about as if it happened now.
        rules: Every rule, in the order in which they run.
        unknown: What cannot be known, each in a sentence.
    """

    ticket: TicketId
    event: Event
    at: datetime | None
    rules: Sequence[RuleExplanation]
    unknown: Sequence[str] = ()

    def of(self, rule: RuleId) -> RuleExplanation | None:
        """What a certain rule made of it; None if there is no such rule."""
        return next((it for it in self.rules if it.rule == rule), None)

    def to_json(self) -> dict[str, object]:
        """The same as JSON: ids, texts and lists."""
        return {
            "ticket": self.ticket,
            "event": type(self.event).__name__,
            "at": None if self.at is None else self.at.isoformat(),
            "rules": [it.to_json() for it in self.rules],
            "unknown": list(self.unknown),
        }

    def text(self, names: Names = no_names) -> str:
        """
        What is printed: every rule in its line, and below it what its condition saw.

        Args:
            names: Gives names to the ids that conditions hold and see, such as the `get` of a dictionary; what it does
                not know stays an id.
        """
        when = "as if it happened now" if self.at is None else self.at.isoformat(" ", "minutes")
        lines = [f"{type(self.event).__name__}, {when}"]
        lines += [line for rule in self.rules for line in rule.lines(names)]
        return "\n".join([*lines, *self.unknown])

    def __str__(self) -> str:
        return self.text()


def _with_names(line: str, names: Names) -> str:
    """A line with names in place of the ids in it, which stand in quotes."""
    return _QUOTED.sub(lambda quoted: names(quoted[1]) or quoted[0], line)


_QUOTED: Final = re.compile(r'"([^"\\]+)"')
