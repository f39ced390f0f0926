"""What every event is, and what caused it."""

from typing import ClassVar

import attrs

from ticketcore.model.actors import Actor
from ticketcore.model.ids import EntryId, RuleId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.thread import Entry
from ticketcore.model.values import FrozenValue


@attrs.frozen
class Cause(FrozenValue):
    """
    Why something happened.

    Args:
        command: The name of the command that did it.
        rule: The rule that gave the command; None where the actor asked for it.
        rule_name: The rule's name at that time.
        told: What the command declares that events should tell of it, such as `silently`.
        event: The event that set the rule off.
        happened: The name of that event's class, such as `"CustomerMessageAdded"`.
        macro: The name, at that time, of the macro that gave the command; None where no macro did.
    """

    command: str
    rule: RuleId | None = None
    rule_name: str | None = None
    told: FrozenMap[str, bool] = FrozenMap()
    event: EntryId | None = None
    happened: str | None = None
    macro: str | None = None


@attrs.frozen(kw_only=True)
class Event(Entry):
    """
    Something that happened to a ticket.

    Args:
        actor: Who did it.
        cause: By which command, and which rule.
        ticket_version: The version of the ticket that has it.
    """

    label: ClassVar[str] = "event"

    actor: Actor
    cause: Cause
    ticket_version: int
