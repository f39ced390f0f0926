"""
Facts: what a condition is asked about, one class per scope.

Facts hold the record, and what else a condition may look at: the time, a way to the records that the record names,
who is looking. They decide nothing and load nothing themselves.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from ticketcore.model.departments import Department
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS, ENTRIES, TICKETS, Kind
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.thread import Entry, Written
from ticketcore.model.tickets import AnyTicket

T = TypeVar("T")
R = TypeVar("R")


class Getter(Protocol):
    """The way from an id to its record, such as from a ticket's requester to the contact."""

    def __call__(self, kind: Kind[T], id: str, /) -> T | None:
        """The record of that kind and id, or None."""
        ...


def get_nothing(_kind: Kind[T], _id: str, /) -> T | None:
    """The way to no record: whatever is named is missing."""
    return None


class Facts(Generic[R]):
    """
    What every condition can look at.

    Args:
        record: What is asked about.
        now: The time; only conditions that name it need it.
        get: The way to the records that the record names: requester, company, assignee, department.
        viewer: The agent who is looking: the value of the placeholder `current_agent`.
    """

    # Not attrs, because a listing makes one of these per record: a plain class takes the least time.
    __slots__ = ("get", "now", "record", "viewer")

    record: R
    now: datetime | None
    get: Getter
    viewer: AgentId | None

    def __init__(
        self,
        record: R,
        *,
        now: datetime | None = None,
        get: Getter = get_nothing,
        viewer: AgentId | None = None,
    ) -> None:
        self.record = record
        self.now = now
        self.get = get
        self.viewer = viewer


class TicketFacts(Facts[AnyTicket]):
    """A ticket of either kind."""

    __slots__ = ()


class EventFacts(TicketFacts):
    """
    A ticket to which something has just happened.

    Args:
        event: What happened. Its class's name, `actor`, and for changes `field`, `before` and `after` can be asked.
        message: The message that came with it, if one did.
        queue_length: How many tickets wait where it happened; or what counts them, once it is asked.
    """

    __slots__ = ("event", "message", "queue_length")

    event: object | None
    message: Written | None
    queue_length: int | Callable[[], int] | None

    def __init__(
        self,
        record: AnyTicket,
        *,
        event: object | None = None,
        message: Written | None = None,
        queue_length: int | Callable[[], int] | None = None,
        now: datetime | None = None,
        get: Getter = get_nothing,
        viewer: AgentId | None = None,
    ) -> None:
        self.record = record
        self.now = now
        self.get = get
        self.viewer = viewer
        self.event = event
        self.message = message
        self.queue_length = queue_length


class EntryFacts(Facts[Entry]):
    """An entry of a thread."""

    __slots__ = ()


class ContactFacts(Facts[Contact]):
    """A contact."""

    __slots__ = ()


class CompanyFacts(Facts[Company]):
    """A company."""

    __slots__ = ()


class AgentFacts(Facts[Agent]):
    """An agent."""

    __slots__ = ()


class DepartmentFacts(Facts[Department]):
    """A department."""

    __slots__ = ()


class RecordFacts(Facts[Any]):  # records of kinds that this package does not know
    """A record of any other kind."""

    __slots__ = ()


_FACTS: Final[Mapping[str, type[Facts[Any]]]] = {
    TICKETS.name: TicketFacts,
    ENTRIES.name: EntryFacts,
    CONTACTS.name: ContactFacts,
    COMPANIES.name: CompanyFacts,
    AGENTS.name: AgentFacts,
    DEPARTMENTS.name: DepartmentFacts,
}


def facts_class(kind: Kind[Any]) -> type[Facts[Any]]:
    """The class of facts by which a condition judges records of a kind."""
    return _FACTS.get(kind.name, RecordFacts)


def facts_of(
    kind: Kind[T], record: T, now: datetime | None, get: Getter = get_nothing, viewer: AgentId | None = None
) -> Facts[T]:
    """
    The facts by which a condition judges a record of a kind.

    Args:
        kind: The record's kind.
        record: The record.
        now: The time that relative conditions count from.
        get: The way to the records that it names.
        viewer: Whom the placeholder `current_agent` stands for.
    """
    return facts_class(kind)(record, now=now, get=get, viewer=viewer)
