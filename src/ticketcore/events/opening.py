"""The event with which every ticket begins."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

import attrs

from ticketcore.events.event import Event
from ticketcore.model.ids import AgentId, CompanyId, ContactId, DepartmentId, TicketId
from ticketcore.model.lifecycle import Status
from ticketcore.model.tickets import AnyTicket, Channel, Priority


@attrs.frozen(kw_only=True)
class TicketOpened(Event):
    """A ticket was opened. Carries what it began with, so that its events give its state at any time."""

    internal: bool
    reference: str
    source: Channel
    status: Status
    priority: Priority
    department: DepartmentId | None = None
    assignee: AgentId | None = None
    type: str | None = None
    tags: frozenset[str] = frozenset()
    language: str | None = None
    requesters: tuple[ContactId, ...] = ()
    followers: tuple[ContactId, ...] = ()
    company: CompanyId | None = None
    invited: bool = False
    raised_by: AgentId | None = None
    about: ContactId | None = None
    parent: TicketId | None = None


def opening_of(ticket: AnyTicket) -> dict[str, Any]:
    """The fields that `TicketOpened` takes over from the ticket."""
    names, read = _opening_fields(type(ticket))  # type: ignore[arg-type]  # a class can be hashed; mypy thinks of its instances
    return dict(zip(names, read(ticket), strict=True))


@cache
def _opening_fields(kind: type[AnyTicket]) -> tuple[tuple[str, ...], Callable[[AnyTicket], tuple[Any, ...]]]:
    """Those that tickets of a class have, and the way to their values."""
    own = {field.name for field in attrs.fields(Event)}
    names = tuple(it.name for it in attrs.fields(TicketOpened) if it.name not in own and hasattr(kind, it.name))
    return names, attrgetter(*names)
