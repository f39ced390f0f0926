"""
Simulations: what other rules would have done, and what of that is otherwise than with today's.

This module says what a simulation tells and how it reads; how one comes about is in `simulating`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.events.sentences import Names, no_names
from ticketcore.model.ids import RuleId, TicketId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.values import FrozenValue

Progress: TypeAlias = Callable[[int, int], object]
"""Is told now and then how many tickets are done, and how many there are."""


@attrs.frozen(kw_only=True)
class Course(FrozenValue):
    """
    What came of a case with some rules.

    Args:
        acted: The rules that did their work, in order.
        failed: The rules that failed.
        changed: The fields of the ticket that were changed, and what they are in the end.
        written: What else happened, in order: what was written, or the name of the event.
        purged: Whether the ticket is gone.
    """

    acted: Sequence[RuleId] = ()
    failed: Sequence[RuleId] = ()
    changed: Mapping[str, Any] = FrozenMap()
    written: Sequence[str] = ()
    purged: bool = False

    @property
    def effect(self) -> tuple[object, ...]:
        """What comes of it for the ticket and its customers, whichever rules did it."""
        return self.changed, self.written, self.purged


@attrs.frozen(kw_only=True)
class Difference(FrozenValue):
    """
    A case that goes otherwise than with today's rules.

    Args:
        ticket: Which ticket.
        reference: Its reference, as people quote it.
        at: When it happened; None if it is asked about as if it happened now.
        happened: The names of the events that rules answered.
        fields: The fields that end otherwise: what each is with today's rules, and with the others.
        today: What comes of it with today's rules.
        then: What would come of it with the others.
    """

    ticket: TicketId
    reference: str
    at: datetime | None
    happened: Sequence[str]
    fields: Mapping[str, tuple[Any, Any]] = FrozenMap()
    today: Course
    then: Course

    def to_json(self) -> dict[str, object]:
        """The same as JSON: ids, texts and lists; of fields their names."""
        return {
            "ticket": self.ticket,
            "reference": self.reference,
            "at": None if self.at is None else self.at.isoformat(),
            "happened": list(self.happened),
            "fields": list(self.fields),
            "today": _course_json(self.today),
            "then": _course_json(self.then),
        }

    def text(self, names: Names = no_names) -> str:
        """
        The difference in a line.

        Args:
            names: Gives names to ids, such as the `get` of a dictionary; what it does not know stays an id.
        """
        when = "" if self.at is None else f", {self.at.isoformat(' ', 'minutes')}"
        parts = [
            f"{name} {_shown(then, names)} instead of {_shown(today, names)}"
            for name, (today, then) in self.fields.items()
        ]
        if self.today.written != self.then.written:
            parts.append(f"{_listed(self.then.written)} instead of {_listed(self.today.written)}")
        if self.today.purged != self.then.purged:
            parts.append("purged" if self.then.purged else "not purged")
        if self.today.failed != self.then.failed:
            parts.append(f"{_counted(len(self.then.failed), 'failure')} instead of {len(self.today.failed)}")
        return f"{self.reference}, {', '.join(self.happened)}{when}: {'; '.join(parts)}"

    def __str__(self) -> str:
        return self.text()


@attrs.frozen(kw_only=True)
class RuleTally(FrozenValue):
    """
    How often a rule would act.

    Args:
        rule: Which one.
        name: Its name.
        today: In how many cases it acts with today's rules.
        then: In how many it would act with the others.
        failed: In how many of these it would fail.
    """

    rule: RuleId
    name: str
    today: int
    then: int
    failed: int

    def __str__(self) -> str:
        failed = f", fails {_counted(self.failed, 'time')}" if self.failed else ""
        return f"{self.name!r} acts {_counted(self.then, 'time')}, today {self.today}{failed}"


@attrs.frozen(kw_only=True)
class Simulation(FrozenValue):
    """
    What other rules would have done.

    Args:
        tickets: How many tickets were looked at.
        cases: In how many cases rules were asked: one for each command in a ticket's past, or one for each ticket.
        rules: How often each rule would act, in the order in which they run; those that are removed last.
        differences: The cases that go otherwise than with today's rules.
        of_today: The fields that were asked as they are today, because nobody knows what they were then.
        left_out: How many tickets more there are than were looked at.
    """

    tickets: int
    cases: int
    rules: Sequence[RuleTally]
    differences: Sequence[Difference]
    of_today: Sequence[str] = ()
    left_out: int = 0

    def of(self, rule: RuleId) -> RuleTally | None:
        """How often a certain rule would act; None if there is no such rule."""
        return next((it for it in self.rules if it.rule == rule), None)

    def to_json(self) -> dict[str, object]:
        """The same as JSON: ids, texts, numbers and lists."""
        return {
            "tickets": self.tickets,
            "cases": self.cases,
            "rules": [attrs.asdict(it) for it in self.rules],
            "differences": [it.to_json() for it in self.differences],
            "of_today": list(self.of_today),
            "left_out": self.left_out,
        }

    def text(self, names: Names = no_names) -> str:
        """
        What is printed: the figures, how often each rule acts, and a line for each difference.

        Args:
            names: Gives names to the ids of departments, agents and others that fields hold, such as the `get` of a
                dictionary; what it does not know stays an id.
        """
        return "\n".join(self._lines(names))

    def __str__(self) -> str:
        return self.text()

    def _lines(self, names: Names) -> Iterator[str]:
        looked_at = f"{_counted(self.tickets, 'ticket')}, {_counted(self.cases, 'case')}"
        yield f"{looked_at}, {len(self.differences)} of them otherwise than today"
        yield from map(str, self.rules)
        yield from (it.text(names) for it in self.differences)
        if self.of_today:
            yield f"as of today: {', '.join(self.of_today)}"
        if self.left_out:
            yield f"not looked at: {_counted(self.left_out, 'more ticket')}"


def _course_json(course: Course) -> dict[str, object]:
    return {
        "acted": list(course.acted),
        "failed": list(course.failed),
        "changed": list(course.changed),
        "written": list(course.written),
        "purged": course.purged,
    }


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _shown(value: object, names: Names) -> str:
    """A value of a field as people read it."""
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, Collection) and not isinstance(value, str):
        return f"({', '.join(sorted(_named(it, names) for it in value))})"
    return "nothing" if value is None else _named(value, names)


def _named(value: object, names: Names) -> str:
    return names(str(value)) or str(value)


def _listed(written: Sequence[str]) -> str:
    return ", ".join(it if len(it) <= _SHOWN else f"{it[: _SHOWN - 1]}…" for it in written) or "nothing"


_SHOWN: Final = 60
"""How much of what was written is printed."""
