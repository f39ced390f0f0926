"""
Calls: they begin on a ticket or open one, agents are rung, one picks up, and they end.

The desk makes no calls: whatever does, such as a telephone system, tells it so from the system's seat; or agents do, of
calls that they make.
"""

from collections.abc import Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand, AddingTicketCommand
from ticketcore.commands.eligibility import Eligibility, may_have
from ticketcore.commands.on_behalf import agent_meant
from ticketcore.commands.opening import new_customer_ticket, open_ticket
from ticketcore.commands.talks import CALL, begin, check_nothing_goes_on, customers_part, end, pick_up, talk_on
from ticketcore.errors import OutOfPlace
from ticketcore.events import AgentsRung
from ticketcore.model import checks
from ticketcore.model.checks import IS_ID
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId, CallId, ContactId, DepartmentId
from ticketcore.model.kinds import CALLS
from ticketcore.model.permissions import Permission
from ticketcore.model.talks import Call
from ticketcore.model.tickets import AnyTicket, Channel, Ticket

MOST_RUNG = 100
"""How many agents are rung for one call at most."""


@attrs.frozen
class StartCall(AddingDeskCommand[Call]):
    """
    A call begins, and opens a ticket.

    Args:
        contact: With whom; `recognise` of a seat knows callers by their number.
        subject: What it is about, in a line.
        incoming: Whether the customer calls.
        department: Which department is called.

    Raises:
        NotFound: There is no such contact or department.
    """

    permission: ClassVar[Permission] = Permission.OPEN

    contact: ContactId = checks.identifier()
    subject: str = checks.line(default="Call")
    incoming: bool = checks.flag(default=True, kw_only=True)
    department: DepartmentId | None = checks.identifier(default=None, kw_only=True)

    def decide(self, draft: Draft) -> Call:
        """The call, on a new ticket."""
        contact = draft.contact(self.contact).id
        new = new_customer_ticket(draft, (contact,), self.subject, "", source=Channel.CALL)
        ticket = open_ticket(draft, new, self.department, None, self.asked)
        return _begin(draft, ticket, contact, incoming=self.incoming)


@attrs.frozen
class StartCallOnTicket(AddingTicketCommand[Call]):
    """
    A call begins on a ticket that is there already: the customer calls about it, or an agent calls the customer.

    Args:
        contact: With whom; by default the main requester.
        incoming: Whether the customer calls.

    Raises:
        NotFound: There is no such contact.
        OutOfPlace: The ticket is internal, closed or set aside; or a call goes on already.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    contact: ContactId | None = checks.identifier(default=None)
    incoming: bool = checks.flag(default=True, kw_only=True)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Call:
        """The call."""
        theirs = customers_part(ticket, self.asked)
        contact = draft.contact(self.contact).id if self.contact is not None else theirs.requester
        check_nothing_goes_on(draft, CALL, theirs, self.asked)
        return _begin(draft, theirs, contact, incoming=self.incoming)


@attrs.frozen
class RingAgents(AddingTicketCommand[Call]):
    """
    Notes who is rung to pick up a call. Customers never see it.

    Args:
        call: Which call.
        agents: Whom; by default all who could be assigned the ticket and are available for the phone.

    Raises:
        NotFound: The ticket has no such call; or there is no such agent.
        OutOfPlace: It was picked up, or is over; or one of the agents is not active, or does not see the ticket.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    call: CallId = checks.identifier()
    agents: Sequence[AgentId] = checks.several(IS_ID, default=(), at_most=MOST_RUNG)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Call:
        """The call with those who were rung."""
        call = talk_on(draft, CALL, ticket, self.call)
        if call.picked_up_at is not None or call.ended_at is not None:
            raise OutOfPlace(self.asked, "the call was picked up, or is over", ("StartCallOnTicket",))
        for agent in self.agents:
            verdict = may_have(draft, ticket, agent)
            if not verdict.allowed:
                raise OutOfPlace(self.asked, verdict.reason)
        rung = tuple(dict.fromkeys(self.agents)) or _available(draft, ticket)
        if not rung:
            return call
        draft.occur(ticket, AgentsRung, call=call.id, agents=rung)
        return draft.put(CALLS, copy_with(call, rung=tuple(dict.fromkeys((*call.rung, *rung)))[-MOST_RUNG:]))


@attrs.frozen
class PickUpCall(AddingTicketCommand[Call]):
    """
    A call is picked up. A ticket that nobody has is the agent's then.

    Args:
        call: Which call.
        agent: Who talks; by default who asks. For others it takes the permission to configure the desk.

    Raises:
        NotFound: The ticket has no such call.
        AccessDenied: It is said of somebody else, without that permission.
        Conflict: Another agent has picked it up.
        OutOfPlace: It is over; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    call: CallId = checks.identifier()
    agent: AgentId | None = checks.identifier(default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Call:
        """The call, picked up."""
        call = talk_on(draft, CALL, ticket, self.call)
        return pick_up(draft, CALL, ticket, call, agent_meant(draft, self.agent, self.asked), asked=self.asked)


@attrs.frozen
class EndCall(AddingTicketCommand[Call]):
    """
    A call ends. If it was picked up, its ticket is answered then; if it was missed, the ticket goes on waiting.

    Args:
        call: Which call.

    Raises:
        NotFound: The ticket has no such call.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    call: CallId = checks.identifier()

    def decide(self, draft: Draft, ticket: AnyTicket) -> Call:
        """The call, which is over."""
        return end(draft, CALL, ticket, talk_on(draft, CALL, ticket, self.call), asked=self.asked)


def _begin(draft: Draft, ticket: Ticket, contact: ContactId, *, incoming: bool) -> Call:
    call = Call(
        id=CallId(draft.new_id()),
        ticket=ticket.id,
        contact=contact,
        department=ticket.department,
        incoming=incoming,
        started_at=draft.now,
        answered_by=None if incoming else draft.principal.agent,
    )
    return begin(draft, CALL, ticket, call)


def _available(draft: Draft, ticket: AnyTicket) -> tuple[AgentId, ...]:
    """Who could be assigned the ticket, had it come by phone."""
    called = copy_with(ticket, source=Channel.CALL)
    return tuple(sorted(it.agent for it in Eligibility(draft, called).candidates()))[:MOST_RUNG]
