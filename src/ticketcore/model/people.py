"""People and organisations: agents, who work on the desk; contacts, who are its customers; companies."""

from datetime import datetime, timedelta
from enum import IntEnum

import attrs

from ticketcore.model.checks import Checked, checked, is_duration, number
from ticketcore.model.fields import FieldValue
from ticketcore.model.ids import AgentId, CalendarId, CompanyId, ContactId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.model.public import PublicContact
from ticketcore.model.values import FrozenValue


class Role(IntEnum):
    """What an agent may do on the whole desk; each role may all that the ones before it may."""

    AGENT = 10
    ADMIN = 20
    OWNER = 30


@attrs.frozen
class Pace(Checked):
    """
    How fast automatic assignment may give an agent tickets.

    Args:
        tickets: So many at most…
        within: … in any span of this length.
    """

    tickets: int = number(at_least=1, at_most=1_000)
    within: timedelta = checked(is_duration(at_least=timedelta(seconds=1), at_most=timedelta(days=366)))

    def __str__(self) -> str:
        return f"{self.tickets} within {self.within}"


@attrs.frozen(kw_only=True)
class Agent(FrozenValue):
    """
    Somebody who works on the desk.

    Args:
        name: As colleagues see it.
        public_name: As customers see it.
        email: Never shown to customers.
        active: Whether the agent can still log in and be assigned tickets.
        capacity: The most tickets in work that automatic assignment lets the agent have; None for no limit.
        pace: How fast automatic assignment may give the agent tickets; None for no limit.
        skills: Tags of tickets that only those can work on who have them.
        calendar: The agent's working hours; None for no set ones.
    """

    id: AgentId
    version: int = 1
    name: str
    public_name: str
    email: str | None = None
    role: Role = Role.AGENT
    active: bool = True
    capacity: int | None = None
    pace: Pace | None = None
    skills: frozenset[str] = frozenset()
    calendar: CalendarId | None = None
    created_at: datetime


@attrs.frozen(kw_only=True)
class Contact(FrozenValue):
    """
    A customer.

    Args:
        name: Full name, if known.
        visitor: How somebody without a name is called.
        emails: Addresses the contact is recognised by; the first one is written to.
        phones: Phone numbers the contact is recognised by.
        groups: Such as `"vip"`; SLA and rules can depend on them.
        erased: Whether the person was erased; the record stays, empty.
    """

    id: ContactId
    version: int = 1
    name: str | None = None
    visitor: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    location: str | None = None
    language: str | None = None
    groups: frozenset[str] = frozenset()
    company: CompanyId | None = None
    custom: FrozenMap[str, FieldValue] = FrozenMap()
    created_at: datetime
    erased: bool = False

    @property
    def shown_name(self) -> str:
        """The name, or the visitor id of somebody without one."""
        return self.name or self.visitor

    def passage(self) -> Passage:
        """What the contact is called and reached by, which agents alone see."""
        return Passage(FoundBy.REQUESTER, self.id, private=(self.name or "", self.visitor, *self.emails, *self.phones))

    def public(self) -> PublicContact:
        """The contact's own data, without what the desk keeps for itself (groups, company, custom fields)."""
        return PublicContact(
            id=self.id,
            name=self.name,
            emails=self.emails,
            phones=self.phones,
            location=self.location,
            language=self.language,
        )


@attrs.frozen(kw_only=True)
class Company(FrozenValue):
    """
    An organisation whose people are contacts.

    Args:
        domains: The e-mail domains by which its people are recognised.
    """

    id: CompanyId
    version: int = 1
    name: str
    domains: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    custom: FrozenMap[str, FieldValue] = FrozenMap()
    created_at: datetime
