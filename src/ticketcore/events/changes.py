"""
Events of changes: one class for each field of a ticket that changes, and the table from the field to its event.

They tell ids, numbers and choices, never free text: of texts they carry a digest, so that what is deleted is gone.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

import attrs

from ticketcore.events.event import Event
from ticketcore.model.ids import AgentId, ContactId, DepartmentId, SlaPolicyId, TicketId
from ticketcore.model.lifecycle import Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.tickets import Priority


@attrs.frozen(kw_only=True)
class FieldChanged(Event):
    """
    A field of the ticket changed. Every event of this family has `before` and `after`.

    Args:
        before: The value before; of text, addresses and custom fields the digest.
        after: The value now, likewise.
    """

    field: ClassVar[str]

    before: Any
    after: Any


@attrs.frozen(kw_only=True)
class StatusChanged(FieldChanged):
    """The ticket moved to another status."""

    field: ClassVar[str] = "status"
    before: Status
    after: Status


@attrs.frozen(kw_only=True)
class PriorityChanged(FieldChanged):
    """The priority changed."""

    field: ClassVar[str] = "priority"
    before: Priority
    after: Priority


@attrs.frozen(kw_only=True)
class Transferred(FieldChanged):
    """The ticket went to another department."""

    field: ClassVar[str] = "department"
    before: DepartmentId | None
    after: DepartmentId | None


@attrs.frozen(kw_only=True)
class Assigned(FieldChanged):
    """The ticket got another assignee, or none."""

    field: ClassVar[str] = "assignee"
    before: AgentId | None
    after: AgentId | None


@attrs.frozen(kw_only=True)
class TypeChanged(FieldChanged):
    """The ticket's type changed."""

    field: ClassVar[str] = "type"
    before: str | None
    after: str | None


@attrs.frozen(kw_only=True)
class TagsChanged(FieldChanged):
    """Tags were added or removed."""

    field: ClassVar[str] = "tags"
    before: frozenset[str]
    after: frozenset[str]


@attrs.frozen(kw_only=True)
class SubjectChanged(FieldChanged):
    """The subject was edited."""

    field: ClassVar[str] = "subject"
    before: str
    after: str


@attrs.frozen(kw_only=True)
class DescriptionChanged(FieldChanged):
    """The description was edited."""

    field: ClassVar[str] = "description"
    before: str
    after: str


@attrs.frozen(kw_only=True)
class CustomFieldsChanged(FieldChanged):
    """Values of custom fields changed; they are told by digest, per key."""

    field: ClassVar[str] = "custom"
    before: FrozenMap[str, str]
    after: FrozenMap[str, str]


@attrs.frozen(kw_only=True)
class RequestersChanged(FieldChanged):
    """Customers were added to those who ask, or taken away."""

    field: ClassVar[str] = "requesters"
    before: tuple[ContactId, ...]
    after: tuple[ContactId, ...]


@attrs.frozen(kw_only=True)
class FollowersChanged(FieldChanged):
    """Customers began or ceased to follow."""

    field: ClassVar[str] = "followers"
    before: tuple[ContactId, ...]
    after: tuple[ContactId, ...]


@attrs.frozen(kw_only=True)
class CopiesChanged(FieldChanged):
    """The addresses that get copies changed; they are told by digest."""

    field: ClassVar[str] = "cc"
    before: tuple[str, ...]
    after: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CopiesProposed(FieldChanged):
    """A sender who is no party of the ticket wanted others copied; an agent decides. Told by digest."""

    field: ClassVar[str] = "proposed_cc"
    before: tuple[str, ...]
    after: tuple[str, ...]


@attrs.frozen(kw_only=True)
class PostponedUntilChanged(FieldChanged):
    """The time at which the ticket comes back changed."""

    field: ClassVar[str] = "postponed_until"
    before: datetime | None
    after: datetime | None


@attrs.frozen(kw_only=True)
class SlaChanged(FieldChanged):
    """Another policy says what is agreed on for the ticket."""

    field: ClassVar[str] = "sla"
    before: SlaPolicyId | None
    after: SlaPolicyId | None


@attrs.frozen(kw_only=True)
class SlaLevelChanged(FieldChanged):
    """Another policy was picked by hand, or none any more."""

    field: ClassVar[str] = "sla_level"
    before: SlaPolicyId | None
    after: SlaPolicyId | None


@attrs.frozen(kw_only=True)
class ParentChanged(FieldChanged):
    """The ticket became a sub-ticket of another one, or ceased to be."""

    field: ClassVar[str] = "parent"
    before: TicketId | None
    after: TicketId | None


@attrs.frozen(kw_only=True)
class LinksChanged(FieldChanged):
    """Links to other tickets were added or removed."""

    field: ClassVar[str] = "links"
    before: frozenset[TicketId]
    after: frozenset[TicketId]


@attrs.frozen(kw_only=True)
class MergedInto(FieldChanged):
    """Another ticket took this one over."""

    field: ClassVar[str] = "merged_into"
    before: TicketId | None
    after: TicketId | None


@attrs.frozen(kw_only=True)
class MergedFrom(FieldChanged):
    """This ticket took over others."""

    field: ClassVar[str] = "merged_from"
    before: tuple[TicketId, ...]
    after: tuple[TicketId, ...]


@attrs.frozen(kw_only=True)
class AboutChanged(FieldChanged):
    """The customer whom an internal ticket is about changed."""

    field: ClassVar[str] = "about"
    before: ContactId | None
    after: ContactId | None


# From a changed field to its event.


def digest(text: str) -> str:
    """What an event carries instead of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _digests(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(digest(text) for text in texts)


def _value_digests(values: Mapping[str, object]) -> FrozenMap[str, str]:
    return FrozenMap({key: digest(repr(value)) for key, value in values.items()})


_CHANGES: tuple[type[FieldChanged], ...] = (
    StatusChanged,
    PriorityChanged,
    Transferred,
    Assigned,
    TypeChanged,
    TagsChanged,
    SubjectChanged,
    DescriptionChanged,
    CustomFieldsChanged,
    RequestersChanged,
    FollowersChanged,
    CopiesChanged,
    CopiesProposed,
    PostponedUntilChanged,
    SlaChanged,
    SlaLevelChanged,
    ParentChanged,
    LinksChanged,
    MergedInto,
    MergedFrom,
    AboutChanged,
)

EVENT_OF_FIELD: Mapping[str, type[FieldChanged]] = {event.field: event for event in _CHANGES}
"""Which event tells of which field of a ticket."""

TOLD_BY_DIGEST: Mapping[str, Callable[[Any], Any]] = {
    "subject": digest,
    "description": digest,
    "custom": _value_digests,
    "cc": _digests,
    "proposed_cc": _digests,
}
"""The fields that hold free text or addresses, and what is told instead."""

SILENT_FIELDS: Mapping[str, str] = {
    "id": "never changes",
    "version": "bookkeeping",
    "reference": "never changes",
    "source": "never changes",
    "created_at": "never changes",
    "raised_by": "never changes",
    "company": "set when the ticket is opened, and told by that event",
    "language": "set when the ticket is opened, and told by that event",
    "invited": "set when the ticket is opened, and told by that event",
    "referrer": "free text, set when the ticket is opened",
    "status_before": "follows from the events of the status",
    "postponed_from": "follows from the events of the status",
    "status_changed_at": "follows from the events of the status",
    "changed_at": "the time of the last event",
    "public_changed_at": "the time of the last event that customers can see",
    "entries": "the position of the last entry",
    "answers": "counts the answers added",
    "customer_messages": "counts the customers' messages added",
    "reopenings": "follows from the events of the status",
    "first_answer_at": "the time of the first answer added, or chat or call picked up",
    "last_answer_at": "the time of the last answer added, or chat or call picked up",
    "last_customer_message_at": "the time of the last customer's message added",
    "last_message": "the entry of the last message added",
    "chat_waiting_since": "follows from the events of its chats, and of merging",
    "chat_picked_up_at": "the time of the last chat picked up",
    "call_waiting_since": "follows from the events of its calls, and of merging",
    "call_picked_up_at": "the time of the last call picked up",
    "in_backlog_since": "follows from the events of the assignment, the department and the status",
    "waiting_since": "follows from the events of the status",
    "targets": "told by an event for each thing that happens to one of them",
    "due_at": "the earliest deadline of the targets that run, or else derived from the events of the status",
}
"""The fields whose changes have no event of their own, each with what makes one superfluous."""


def changed_value(field: str, value: Any) -> Any:  # noqa: ANN401 - whatever the field holds
    """What an event tells of a field's value."""
    return TOLD_BY_DIGEST.get(field, _same)(value)


def _same(value: Any) -> Any:  # noqa: ANN401 - whatever the field holds
    return value
