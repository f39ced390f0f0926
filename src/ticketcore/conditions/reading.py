"""
Reading: where the value of a field is found, starting from the facts.

A field is an attribute of the record itself or of something that the facts lead to from there: the requester, the message
that came. What is not there is missing; nothing here raises.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, NamedTuple

import attrs

from ticketcore.conditions.facts import Facts
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS

Read = Callable[[Facts[Any]], Any]
"""From facts to a value, None for a missing one."""


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
    """What a field was before the event, and what it is since; None for missing."""

    before: object
    after: object


def reader(origin: Origin, attribute: str, *, always: bool) -> Read:
    """
    The way to a value.

    Args:
        origin: What it is an attribute of.
        attribute: Its name, or several with dots between them.
        always: Whether the origin and the attribute always exist, which makes reading it several times faster.
    """
    if always and origin is RECORD:
        return attrgetter(f"record.{attribute}")
    return _Reader(origin.find, attrgetter(attribute))


@attrs.frozen
class _Reader:
    find: Read
    attribute: Callable[[Any], Any]

    def __call__(self, facts: Facts[Any]) -> Any:
        found = self.find(facts)
        try:
            return None if found is None else self.attribute(found)
        except AttributeError:
            return None


@attrs.frozen
class CustomReader:
    """
    Reads a custom field.

    Args:
        origin: Whose it is.
        key: Its key.
        types: What its value must be; another one counts as missing.
    """

    find: Read
    key: str
    types: tuple[type, ...]

    def __call__(self, facts: Facts[Any]) -> Any:
        """The value, None for a missing one."""
        found = self.find(facts)
        value = None if found is None else found.custom.get(self.key)
        return value if type(value) in self.types else None


def change_of(facts: Facts[Any], name: str, attribute: str) -> Change | None:
    """
    How the event changed a field, if it did.

    Args:
        facts: What has just happened.
        name: The field's name.
        attribute: The field's attribute, with dots; the event tells about the first part.
    """
    event = getattr(facts, "event", None)
    changed, _, rest = attribute.partition(".")
    if getattr(event, "field", None) not in (changed, name):
        return None
    return Change(_part(getattr(event, "before", None), rest), _part(getattr(event, "after", None), rest))


def _part(value: object, attribute: str) -> object:
    return getattr(value, attribute, value) if attribute else value


def _record(facts: Facts[Any]) -> Any:
    return facts.record


def _requester(facts: Facts[Any]) -> Any:
    requesters = getattr(facts.record, "requesters", None)
    return facts.get(CONTACTS, requesters[0]) if requesters else None


def _company(facts: Facts[Any]) -> Any:
    company = getattr(facts.record, "company", None)
    return None if company is None else facts.get(COMPANIES, company)


def _assignee(facts: Facts[Any]) -> Any:
    assignee = facts.record.assignee
    return None if assignee is None else facts.get(AGENTS, assignee)


def _department(facts: Facts[Any]) -> Any:
    department = facts.record.department
    return None if department is None else facts.get(DEPARTMENTS, department)


def _message(facts: Facts[Any]) -> Any:
    return facts.message  # type: ignore[attr-defined] # only fields of the scope event are read through this


def _event(facts: Facts[Any]) -> Any:
    return facts.event  # type: ignore[attr-defined] # likewise


def _actor(facts: Facts[Any]) -> Any:
    return getattr(facts.event, "actor", None)  # type: ignore[attr-defined] # likewise


RECORD: Final = Origin("", _record)
REQUESTER: Final = Origin("requester", _requester)
COMPANY: Final = Origin("company", _company)
ASSIGNEE: Final = Origin("assignee", _assignee)
DEPARTMENT: Final = Origin("department", _department)
MESSAGE: Final = Origin("message", _message)
EVENT: Final = Origin("event", _event)
ACTOR: Final = Origin("actor", _actor)


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
    """Whether no public message came before this one."""
    message = _message(facts)
    if message is None:
        return None
    return message.is_public and facts.record.customer_messages + facts.record.answers <= 1  # type: ignore[no-any-return]


def event_name(facts: Facts[Any]) -> str | None:
    """The name of what happened."""
    event = _event(facts)
    return None if event is None else type(event).__name__


def is_assignee(facts: Facts[Any]) -> bool | None:
    """Whether the ticket's assignee caused the event."""
    actor = _actor(facts)
    return None if actor is None else actor.id is not None and actor.id == facts.record.assignee


def is_requester(facts: Facts[Any]) -> bool | None:
    """Whether one of the ticket's requesters caused the event."""
    actor = _actor(facts)
    return None if actor is None else actor.id in getattr(facts.record, "requesters", ())
