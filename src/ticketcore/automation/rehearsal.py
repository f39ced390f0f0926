"""
Rehearsals: letting rules answer what happened, or might, without anything coming of it.

A scene says what rules are asked about, and has a draft of its own that is never committed: no event is stored, no
notification waits, no rotation moves. Rules run in it by the same code as ever; whoever wants to know watches.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import attrs

from ticketcore._draft import Draft
from ticketcore.access import THE_SYSTEM
from ticketcore.automation.rules import RuleBook
from ticketcore.automation.settling import Begun, Part, Turn
from ticketcore.events import Cause
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.storage.protocols import Key


class Watch(Protocol):
    """Sees what becomes of a scene. It changes nothing, and may be told the same twice before a part runs."""

    def before(self, draft: Draft, part: Part) -> None:
        """A part is about to run."""
        ...

    def after(self, part: Part, turn: Turn) -> None:
        """A rule has had its turn."""
        ...

    def ended(self, draft: Draft) -> None:
        """All is quiet."""
        ...


@attrs.frozen(kw_only=True)
class Scene(FrozenValue):
    """
    What rules are asked about.

    Args:
        ticket: The ticket as it stands at the beginning.
        now: The time.
        begun: What happened.
        book: The rules.
        watch: Who wants to know what comes of it.
    """

    ticket: AnyTicket
    now: datetime
    begun: Begun
    book: RuleBook
    watch: Watch

    def draft(self, of: Draft) -> Draft:
        """A draft to play it on, in which the ticket stands as it should, and the desk as it is in another draft."""
        draft = of.apart(principal=THE_SYSTEM, cause=Cause("rehearse"), now=self.now)
        key = Key(TICKETS, self.ticket.id)
        draft.loaded.take_records([key], {key: self.ticket})
        return draft


class Plan(Protocol):
    """What is rehearsed in one go."""

    @property
    def scenes(self) -> Sequence[Scene]:
        """The scenes, in the order in which they are played. None knows of another."""
        ...
