"""Sweeping: doing what time has made due, in the order of time, in batches, each thing once."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.rules import RULES, Rule
from ticketcore.commands.command import SystemCommand
from ticketcore.events import OccasionFailed
from ticketcore.model import checks
from ticketcore.model.dues import DUES, SWEEPS, Due
from ticketcore.model.kinds import TICKETS
from ticketcore.model.permissions import Permission
from ticketcore.model.values import FrozenValue
from ticketcore.query import Order, Query
from ticketcore.storage.protocols import Key
from ticketcore.sweep.occasions import OCCASIONS, TIME_OF_RULE

_SOONEST_FIRST: Final = (Order("at"),)
_TURN: Final = Key(SWEEPS, "*")
"""What sweepers take turns by. Its id comes before those of all rotations, because locks are taken in that order."""


@attrs.frozen
class Swept(FrozenValue):
    """
    What a sweep did.

    It is no record, and so stays as it was: much of what is done is due again, under the same id, at another time.

    Args:
        dues: What was due.
    """

    dues: tuple[Due, ...]


@attrs.frozen
class Sweep(SystemCommand[Swept]):
    """
    Does what time has made due, the oldest first: all of it in one commit, so that a crash loses nothing.

    Postponed tickets come back (requirement TK-14), targets of the SLA warn and are missed, time rules run. Any number
    of processes may sweep at once: they take turns, and each occasion is acted on once.

    Args:
        limit: How many occasions at most in one go.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    limit: int = checks.number(at_least=1, at_most=10_000, default=100)

    def decide(self, draft: Draft) -> Swept:
        """What was due; nothing once all is done."""
        draft.want(_TURN)
        first = draft.find(Query(DUES, order=_SOONEST_FIRST, limit=self.limit)).items
        due = [*_together(takewhile(lambda it: it.at <= draft.now, first))]
        draft.want(*_named(due))
        rules = [rule for it in due if (rule := _rule(draft, it)) is not None]
        for it in due:
            _act(draft, it, rules)
        return Swept(tuple(due))


def next_due(draft: Draft) -> datetime | None:
    """When there is something for a sweep to do; None if nothing is foreseen."""
    first = draft.find(Query(DUES, order=_SOONEST_FIRST, limit=1)).items
    return first[0].at if first else None


def _together(due: Iterable[Due]) -> Iterator[Due]:
    """What may be done in one go: nothing behind an occasion that goes alone."""
    for it in due:
        yield it
        if it.occasion in OCCASIONS and OCCASIONS[it.occasion].goes_alone:
            return


def _named(due: Iterable[Due]) -> Iterator[Key]:
    for it in due:
        yield Key(DUES, it.id)
        if it.ticket is not None:
            yield Key(TICKETS, it.ticket)
        if it.occasion == TIME_OF_RULE.name:
            yield Key(RULES, it.about)


def _rule(draft: Draft, due: Due) -> Rule | None:
    return draft.peek(RULES, due.about) if due.occasion == TIME_OF_RULE.name else None


def _act(draft: Draft, due: Due, rules: list[Rule]) -> None:
    """
    Does what is due, if it still is; what fails is recorded, and holds up nothing else.

    It is due no more, or later, if what it depends on moved: by what was done just before in this sweep, or without a
    word, say because the program of the host changed.
    """
    draft.remove(DUES, due.id)
    occasion = OCCASIONS.get(due.occasion)
    if occasion is None:  # of a later version of the library, or of none any more
        return
    if due.ticket is not None:
        ticket = draft.peek(TICKETS, due.ticket)
        at = None if ticket is None else occasion.times(ticket, rules).get(due.about)
        if at is None:
            return
        if at > draft.now:
            draft.put(DUES, attrs.evolve(due, at=at))
            return
    mark = draft.mark()
    try:
        occasion.happen(draft, due)
    except Exception as error:  # any error at all, as in rules
        if due.ticket is None:
            raise
        draft.rollback(mark)
        ticket = draft.get(TICKETS, due.ticket)
        draft.occur(ticket, OccasionFailed, occasion=due.occasion, error=type(error).__name__)
