"""Agents who open a ticket to work on it, and leave it: what others can be told, and rules be set off by."""

from typing import ClassVar, TypeVar

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.errors import OutOfPlace
from ticketcore.events import AgentEntered, AgentLeft, Event
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket

V = TypeVar("V", bound=Event)


class EnterTicket(AddingTicketCommand[AgentEntered]):
    """
    An agent has opened a ticket, in whatever the host shows it with.

    Nothing is asked of the ticket but that it tells of it: whether an agent is there already is the host's to know.

    Raises:
        OutOfPlace: It is not an agent who asks.
    """

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.NOTE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AgentEntered:
        """The event."""
        return _told(draft, ticket, AgentEntered, self.asked)


class LeaveTicket(AddingTicketCommand[AgentLeft]):
    """
    An agent has closed a ticket that was open before them, or has turned to another one.

    Raises:
        OutOfPlace: It is not an agent who asks.
    """

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.NOTE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AgentLeft:
        """The event."""
        return _told(draft, ticket, AgentLeft, self.asked)


def _told(draft: Draft, ticket: AnyTicket, event: type[V], asked: str) -> V:
    if draft.principal.agent is None:
        raise OutOfPlace(asked, "only agents come and go", ("ask it from an agent's seat",))
    return draft.occur(ticket, event)
