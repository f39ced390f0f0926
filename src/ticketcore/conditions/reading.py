"""
Reading: where the value of a field is found, starting from the facts.

A field is an attribute of the record itself or of something that the facts lead to from there: the requester, the
message that came. What is not there is missing; nothing here raises.
"""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from ticketcore.conditions.facts import Facts
from ticketcore.conditions.values import Value
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS, ENTRIES, PRESENCES
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.thread import Answer

Read: TypeAlias = Callable[[Facts[Any]], Any]
"""The way from facts to a value, None for a missing one."""


@attrs.frozen
class Origin:
    """
    What a field is an attribute of.

    Args:
        name: What it is called in the names of its fields; empty for the record itself.
        find: The way to it; None where it is missing.
    """

    name: str
    find: Read = attrs.field(repr=False)


class Change(NamedTuple):
    """What a field was before the event, and what it is since; None for missing, a digest where events tell no more."""

    before: object
    after: object


@attrs.frozen
class Reader:
    """
    The way to the value of an attribute that may not be there.

    Args:
        find: The way to what should have it.
        attribute: The way from there.
    """

    find: Read
    attribute: Callable[[Any], Any] = attrs.field(eq=False)

    def __call__(self, facts: Facts[Any]) -> Value:
        """The value, None for a missing one."""
        found = self.find(facts)
        try:
            return None if found is None else self.attribute(found)
        except (AttributeError, IndexError):
            return None


def reader(origin: Origin, attribute: str, *, always: bool) -> Read:
    """
    The way to a value.

    Args:
        origin: What it is an attribute of.
        attribute: Its name, or several with dots between them.
        always: Whether every record has the attribute; it is read several times faster then.
    """
    if always and origin is RECORD:
        return attrgetter(f"record.{attribute}")
    return Reader(origin.find, attrgetter(attribute))


def way_of(read: Read) -> object:
    """What tells a way to a value from others to the same attribute; ways of one kind are equal."""
    return attrgetter if isinstance(read, attrgetter) else read


def own_attribute(read: Read) -> str | None:
    """The attribute of the record that a way leads to, with dots; None if it is another way."""
    if not isinstance(read, attrgetter):
        return None
    paths: tuple[str, ...] = tuple(read.__reduce__()[1])
    owner, _, attribute = paths[0].partition(".")
    return attribute if owner == "record" and attribute and len(paths) == 1 else None


@attrs.frozen
class CustomReader:
    """
    The way to the value of a custom field.

    Args:
        find: The way to the record that has it.
        key: Its key.
        types: What its value must be; another one counts as missing.
    """

    find: Read
    key: str
    types: tuple[type, ...]

    def __call__(self, facts: Facts[Any]) -> Value:
        """The value, None for a missing one."""
        found = self.find(facts)
        value = None if found is None else found.custom.get(self.key)
        return value if type(value) in self.types else None


def change_of(facts: Facts[Any], attribute: str) -> Change | None:
    """
    How the event changed a field, if it did.

    Args:
        facts: What has just happened.
        attribute: The field's attribute, with dots; events tell about its first part as a whole.
    """
    event = getattr(facts, "event", None)
    told, _, part = attribute.partition(".")
    if getattr(event, "field", None) != told:
        return None
    before, after = (_part(getattr(event, when, None), part) for when in ("before", "after"))
    return None if before == after else Change(before, after)


def _part(value: Value, name: str) -> Value:
    if isinstance(value, FrozenMap):
        return value.get(name)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return getattr(value, name, value) if name else value


def _record(facts: Facts[Any]) -> Value:
    return facts.record


def _requester(facts: Facts[Any]) -> Value:
    requesters = getattr(facts.record, "requesters", None)
    return facts.get(CONTACTS, requesters[0]) if requesters else None


def _company(facts: Facts[Any]) -> Value:
    company = getattr(facts.record, "company", None)
    return facts.get(COMPANIES, company) if company else None


def _assignee(facts: Facts[Any]) -> Value:
    assignee = facts.record.assignee
    return facts.get(AGENTS, assignee) if assignee else None


def _department(facts: Facts[Any]) -> Value:
    department = facts.record.department
    return facts.get(DEPARTMENTS, department) if department else None


# Only fields of the scope event are read from here on; a ticket without an event has none of their values.


def _message(facts: Facts[Any]) -> Value:
    return getattr(facts, "message", None)


def _last_message(facts: Facts[Any]) -> Value:
    last = facts.record.last_message
    return facts.get(ENTRIES, last) if last else None


def _event(facts: Facts[Any]) -> Value:
    return getattr(facts, "event", None)


def _actor(facts: Facts[Any]) -> Value:
    return getattr(_event(facts), "actor", None)


RECORD: Final = Origin("", _record)
REQUESTER: Final = Origin("requester", _requester)
COMPANY: Final = Origin("company", _company)
ASSIGNEE: Final = Origin("assignee", _assignee)
DEPARTMENT: Final = Origin("department", _department)
MESSAGE: Final = Origin("message", _message)
LAST_MESSAGE: Final = Origin("last_message", _last_message)
EVENT: Final = Origin("event", _event)
ACTOR: Final = Origin("actor", _actor)


# Values that are no attributes, but follow from some.


@attrs.frozen
class OnlineReader:
    """
    The way to an agent's online status. Who never said anything counts as available.

    Args:
        find: The way to the agent.
    """

    find: Read

    def __call__(self, facts: Facts[Any]) -> bool | None:
        """Whether the agent is active, and was not said to be away; None where there is no agent."""
        agent = self.find(facts)
        if agent is None:
            return None
        presence = facts.get(PRESENCES, agent.id)
        return agent.active and (presence is None or presence.online)


def is_merged(facts: Facts[Any]) -> bool:
    """Whether another ticket took this one over."""
    return facts.record.merged_into is not None


def attachments(facts: Facts[Any]) -> int | None:
    """How many files came with the message."""
    message = _message(facts)
    return None if message is None else len(message.attachments)


def has_attachment(facts: Facts[Any]) -> bool | None:
    """Whether a file came with the message."""
    message = _message(facts)
    return None if message is None else bool(message.attachments)


def is_first_message(facts: Facts[Any]) -> bool | None:
    """Whether the message is the ticket's first one of a customer, or its first answer."""
    message = _message(facts)
    if message is None or not message.is_public:
        return None if message is None else False
    if isinstance(message, Answer):
        return facts.record.first_answer_at in {None, message.at}
    # The event says it, because a rule may have been at work on the ticket since.
    return bool(getattr(_event(facts), "first", facts.record.customer_messages <= 1))


def event_name(facts: Facts[Any]) -> str | None:
    """The name of what happened."""
    event = _event(facts)
    return None if event is None else type(event).__name__


def now(facts: Facts[Any]) -> datetime | None:
    """The time at which something happened."""
    return facts.now


def target(facts: Facts[Any]) -> Value:
    """The target of the ticket's SLA to which something happened."""
    return getattr(_event(facts), "target", None)


def queue_length(facts: Facts[Any]) -> int | None:
    """How many tickets wait where something happened."""
    length: int | Callable[[], int] | None = getattr(facts, "queue_length", None)
    return length() if callable(length) else length


def is_assignee(facts: Facts[Any]) -> bool | None:
    """Whether the ticket's assignee caused the event."""
    actor = _actor(facts)
    return None if actor is None else actor.id is not None and actor.id == facts.record.assignee


def is_requester(facts: Facts[Any]) -> bool | None:
    """Whether one of the ticket's requesters caused the event."""
    actor = _actor(facts)
    return None if actor is None else actor.id in getattr(facts.record, "requesters", ())
