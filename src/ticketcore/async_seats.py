"""
The seats of an `AsyncHelpDesk`: those of `ticketcore.seats`, to be awaited.

Every method has the name, the arguments and the meaning of its twin there; the long docstrings are there, too.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar, overload

from ticketcore import _reading
from ticketcore._bulk import Bulk
from ticketcore._draft import Draft
from ticketcore._reading import BY_DUE_TIME, PAGE
from ticketcore._request import Request, seen_by_agent
from ticketcore._steps import Steps, get_blob
from ticketcore.assignment import CandidateVerdict
from ticketcore.automation.explaining import Happening
from ticketcore.automation.explanation import RulesExplanation
from ticketcore.automation.lint import Finding, Saving, lint
from ticketcore.automation.rules import RULES, Rule
from ticketcore.automation.simulating import SIMULATED, Change, Wanted
from ticketcore.automation.simulation import Progress, Simulation
from ticketcore.bulk import BulkProgress, BulkReport, Tickets, Versions
from ticketcore.business_time import CALENDARS, Calendar
from ticketcore.commands.choosing import explain_next
from ticketcore.commands.command import (
    ANY,
    AddingDeskCommand,
    AddingTicketCommand,
    AnyVersion,
    Command,
    CustomerCommand,
    CustomerTicketCommand,
    DeskCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    Seen,
    SystemCommand,
    TicketCommand,
)
from ticketcore.commands.macros import Macro
from ticketcore.commands.to_solve import count_to_solve
from ticketcore.conditions import Condition, Explanation, always
from ticketcore.errors import NotFound
from ticketcore.events import Event
from ticketcore.model.actors import Actor
from ticketcore.model.canned import CannedResponse
from ticketcore.model.departments import Department, Membership
from ticketcore.model.dues import Due
from ticketcore.model.fields import CustomField
from ticketcore.model.ids import (
    AgentId,
    AttachmentId,
    CannedResponseId,
    ChatId,
    CompanyId,
    ContactId,
    DepartmentId,
    TicketId,
)
from ticketcore.model.kinds import AGENTS, COMPANIES, CUSTOM_FIELDS, DEPARTMENTS
from ticketcore.model.notes import CompanyNote, ContactNote, TicketNote
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.presence import Presence
from ticketcore.model.public import (
    PublicChat,
    PublicChatMessage,
    PublicContact,
    PublicMessage,
    PublicTicket,
    Publishable,
)
from ticketcore.model.ratings import Rating
from ticketcore.model.talks import Call, Chat, ChatMessage
from ticketcore.model.thread import Entry, Written
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.time_entries import TimeEntry, Timer
from ticketcore.notifications import LEASE, DeliveryReport, DeliveryState, Notification, outbox
from ticketcore.query import Cursor, Order, Page
from ticketcore.sla import SlaPolicy, TargetReport
from ticketcore.sweep import Sweep, next_due
from ticketcore.time_tracking import Timesheet, TimesheetBy

R = TypeVar("R")
P = TypeVar("P")


class AsyncWay(Protocol):
    """What a seat reaches the desk by."""

    async def ask(self, request: Request[R]) -> R:
        """Does what somebody asks for."""
        ...

    async def read(self, actor: Actor, reading: Callable[[Draft], R]) -> R:
        """Lets somebody read."""
        ...

    async def do_on_each(self, bulk: Bulk) -> BulkReport:
        """Does a command on many tickets."""
        ...

    async def deliver(self, limit: int, lease: timedelta) -> DeliveryReport:
        """Sends what waits in the outbox."""
        ...

    async def explain_rules(self, actor: Actor, on: TicketId, event: Happening) -> RulesExplanation:
        """Tells what every rule made of an event."""
        ...

    async def simulate(self, actor: Actor, wanted: Wanted, progress: Progress | None) -> Simulation:
        """Tells what other rules would have done."""
        ...

    async def sweep_blobs(self, older_than: timedelta) -> int:
        """Removes bytes that nothing names."""
        ...

    async def take(self, steps: Steps[R]) -> R:
        """Performs steps that need no session."""
        ...


class _AsyncSeat:
    """What the seats have in common: who sits there, and the way to the desk."""

    def __init__(self, way: AsyncWay, actor: Actor) -> None:
        self._way = way
        self.actor = actor

    async def _ask(self, command: Command[R], on: TicketId | None, seen: Seen, key: str | None) -> R:
        return await self._way.ask(Request(actor=self.actor, command=command, on=on, seen=seen, key=key))

    async def _read(self, reading: Callable[..., R], *arguments: Any, **named: Any) -> R:
        return await self._way.read(self.actor, lambda draft: reading(draft, *arguments, **named))

    async def _download(self, id: AttachmentId, on: TicketId, *, public: bool) -> bytes:
        found = await self._read(_reading.attachment, id, on, public=public)
        content = await self._way.take(get_blob(found.digest))
        if content is None:
            raise NotFound("attachment", id)
        return content


class _AsyncDeskSeat(_AsyncSeat):
    """What agents and the host's program read."""

    async def ticket(self, id_or_reference: str) -> AnyTicket:
        """A ticket by its id, or by its reference as somebody quotes it."""
        return await self._read(_reading.ticket, id_or_reference)

    async def tickets(
        self,
        where: Condition[Any] = always,
        *,
        order: Sequence[Order] = BY_DUE_TIME,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[AnyTicket]:
        """A page of tickets."""
        return await self._read(_reading.tickets, where, tuple(order), limit, after)

    async def count(self, where: Condition[Any] = always) -> int:
        """How many tickets a condition holds of."""
        return await self._read(_reading.count, where)

    async def tally(self, by: str, where: Condition[Any] = always) -> Mapping[Hashable, int]:
        """How many tickets a condition holds of, for each value of a field."""
        return await self._read(_reading.tally, by, where)

    async def to_solve(self, agent: AgentId | None = None) -> Mapping[Hashable, int]:
        """How many tickets wait for an agent to take them with `TakeNext`, by department."""
        return await self._read(count_to_solve, agent)

    async def thread(self, on: TicketId) -> tuple[Entry, ...]:
        """A ticket's whole thread: messages, inline notes and events, in order."""
        return await self._read(_reading.thread, on)

    async def conversation(self, on: TicketId) -> tuple[Written, ...]:
        """What people wrote in a ticket's thread, messages and inline notes: `is_note` tells them apart."""
        return await self._read(_reading.conversation, on)

    async def sub_tickets(self, on: TicketId) -> tuple[AnyTicket, ...]:
        """The tickets that are parts of a ticket, oldest first (requirement FL-13)."""
        return await self._read(_reading.sub_tickets, on)

    async def explain(self, where: Condition[Any], *, on: TicketId) -> Explanation:
        """Why a condition holds of a ticket, or does not: every part with the value it saw."""
        return await self._read(_reading.explain, where, on)

    async def notes(self, on: TicketId) -> tuple[TicketNote, ...]:
        """The notes beside a ticket."""
        return await self._read(_reading.notes, on)

    async def ratings(self, on: TicketId) -> tuple[Rating, ...]:
        """What customers think of a ticket, and of its answers, in the order in which they said it."""
        return await self._read(_reading.ratings, on)

    async def calls(self, on: TicketId) -> tuple[Call, ...]:
        """The calls of a ticket, in the order in which they began (requirement DP-12)."""
        return await self._read(_reading.calls, on)

    async def chats(self, on: TicketId) -> tuple[Chat, ...]:
        """The chats of a ticket, in the order in which they began (requirement DP-12)."""
        return await self._read(_reading.chats, on)

    async def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[ChatMessage, ...]:
        """What was written in a chat, in order."""
        return await self._read(_reading.chat_messages, chat, on)

    async def timers(self, on: TicketId) -> tuple[Timer, ...]:
        """The timers that run on a ticket, or are paused (requirement FL-8)."""
        return await self._read(_reading.timers, on)

    async def time_entries(self, on: TicketId) -> tuple[TimeEntry, ...]:
        """The time that was spent on a ticket, in the order in which the work began (requirement FL-13)."""
        return await self._read(_reading.time_entries, on)

    async def timesheet(
        self,
        since: datetime,
        until: datetime,
        by: Collection[TimesheetBy] = (TimesheetBy.AGENT,),
        *,
        agent: AgentId | None = None,
        department: DepartmentId | None = None,
        on: TicketId | None = None,
    ) -> Timesheet:
        """The time that was spent, summed up."""
        return await self._read(
            _reading.timesheet_of, since, until, frozenset(by), agent=agent, department=department, on=on
        )

    async def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a ticket."""
        return await self._download(attachment, on, public=False)

    async def history(self, contact: ContactId) -> tuple[AnyTicket, ...]:
        """All that a customer has ever asked, newest first (requirement TK-16)."""
        return await self._read(_reading.history, contact)

    async def contact(self, id: ContactId) -> Contact:
        """A customer."""
        return await self._read(_reading.contact, id)

    async def contacts(
        self, where: Condition[Any] = always, *, limit: int | None = PAGE, after: Cursor | None = None
    ) -> Page[Contact]:
        """A page of customers; `where` is a condition on contacts."""
        return await self._read(_reading.contacts, where, limit, after)

    async def recognise(self, *, address: str | None = None, phone: str | None = None) -> Contact | None:
        """The customer who is known by an e-mail address or a phone number; None if nobody is (requirement TK-4)."""
        return await self._read(_reading.recognised, address, phone)

    async def contact_notes(self, contact: ContactId) -> tuple[ContactNote, ...]:
        """The notes about a customer."""
        return await self._read(_reading.contact_notes, contact)

    async def company(self, id: CompanyId) -> Company:
        """A company."""
        return await self._read(lambda draft: _reading.one_of_desk(draft, COMPANIES, id))

    async def companies(self) -> tuple[Company, ...]:
        """All companies."""
        return await self._read(_reading.all_of_desk, COMPANIES)

    async def company_notes(self, company: CompanyId) -> tuple[CompanyNote, ...]:
        """The notes about a company."""
        return await self._read(_reading.company_notes, company)

    async def agents(self) -> tuple[Agent, ...]:
        """All agents, inactive ones included."""
        return await self._read(_reading.all_of_desk, AGENTS)

    async def presences(self) -> tuple[Presence, ...]:
        """What agents are available for, of those who ever said so (requirement DP-5)."""
        return await self._read(_reading.presences)

    async def departments(self) -> tuple[Department, ...]:
        """All departments."""
        return await self._read(_reading.all_of_desk, DEPARTMENTS)

    async def members(self, department: DepartmentId) -> tuple[Membership, ...]:
        """The memberships of a department."""
        return await self._read(_reading.members, department)

    async def calendars(self) -> tuple[Calendar, ...]:
        """All calendars: the hours of departments and agents."""
        return await self._read(_reading.all_of_desk, CALENDARS)

    async def custom_fields(self) -> tuple[CustomField, ...]:
        """The definitions of all custom fields."""
        return await self._read(_reading.all_of_desk, CUSTOM_FIELDS)

    async def canned_responses(self) -> tuple[CannedResponse, ...]:
        """The canned responses that can be used here: those of restricted departments by members alone."""
        return await self._read(_reading.canned_responses)

    async def filled_response(self, response: CannedResponseId, *, on: TicketId) -> str:
        """What a canned response says on a ticket: to be looked at before it is sent (requirement TK-8)."""
        return await self._read(_reading.filled_response, response, on)

    async def macros(self) -> tuple[Macro, ...]:
        """The macros that can be applied here: those of restricted departments by members alone."""
        return await self._read(_reading.macros)

    async def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they run."""
        rules = await self._read(_reading.all_of_desk, RULES)
        return tuple(sorted(rules, key=lambda rule: (rule.place, rule.id)))

    async def lint(self, saving: Saving | None = None) -> tuple[Finding, ...]:
        """What may be wrong with the desk's rules, or with one that a command would save."""
        return await self._read(lint, saving)

    async def explain_rules(self, *, on: TicketId, event: Happening) -> RulesExplanation:
        """What every rule made of an event of a ticket, or would make of one."""
        return await self._way.explain_rules(self.actor, on, event)

    async def simulate(
        self,
        changes: Sequence[Change] = (),
        *,
        where: Condition[Any] = always,
        as_if: type[Event] | None = None,
        since: datetime | None = None,
        limit: int | None = SIMULATED,
        progress: Progress | None = None,
    ) -> Simulation:
        """What other rules would have done to tickets, and what of that is otherwise than with today's."""
        wanted = Wanted(changes=changes, where=where, as_if=as_if, since=since, limit=limit)
        return await self._way.simulate(self.actor, wanted, progress)

    async def sla_policies(self) -> tuple[SlaPolicy, ...]:
        """All policies of the SLA, in the order in which they are asked."""
        return await self._read(_reading.sla_policies)

    async def explain_deadlines(self, on: TicketId) -> tuple[TargetReport, ...]:
        """How a ticket stands with each of its targets, and why each deadline is what it is (requirement TK-7)."""
        return await self._read(_reading.explain_deadlines, on)

    async def explain_assignment(self, on: TicketId) -> Sequence[CandidateVerdict]:
        """Who would be assigned a ticket next, and why each of the others would not."""
        return await self._read(lambda draft: explain_next(draft, draft.ticket(on)))


class AsyncSystemSeat(_AsyncDeskSeat):
    """The host's program: it may do everything but what only a person can."""

    @overload
    async def do(self, command: TicketCommand[R], *, on: TicketId, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    async def do(self, command: DeskCommand[R], *, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    async def do(self, command: SystemCommand[R]) -> R: ...
    async def do(
        self, command: Command[R], *, on: TicketId | None = None, seen: Seen = ANY, key: str | None = None
    ) -> R:
        """Does what a command says."""
        return await self._ask(command, on, seen, key)

    async def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion = ANY,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets."""
        return await self._way.do_on_each(
            Bulk(actor=self.actor, command=command, on=on, seen=seen, key=key, progress=progress)
        )

    async def sweep(self, limit: int = 100) -> tuple[Due, ...]:
        """Does what time has made due, the oldest first, and gives what that was; nothing once all is done."""
        return (await self._ask(Sweep(limit), None, ANY, None)).dues

    async def next_due(self) -> datetime | None:
        """When to sweep next; None if nothing is foreseen."""
        return await self._read(next_due)

    async def sweep_blobs(self, older_than: timedelta = timedelta(days=1)) -> int:
        """Removes bytes of attachments that no entry of any thread names, say because their tickets were purged."""
        return await self._way.sweep_blobs(older_than)

    async def deliver(self, limit: int = 100, *, lease: timedelta = LEASE) -> DeliveryReport:
        """Has the desk's notifier send what waits in the outbox, in order for each ticket and recipient."""
        return await self._way.deliver(limit, lease)

    async def notifications(
        self,
        state: DeliveryState = DeliveryState.WAITING,
        *,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[Notification]:
        """A page of the outbox, those due first before others."""
        return await self._read(outbox, state, limit, after)


class AsyncAgentSeat(_AsyncDeskSeat):
    """An agent, who sees and does what the access policy allows."""

    @overload
    async def do(self, command: AddingTicketCommand[R], *, on: TicketId, key: str | None = None) -> R: ...
    @overload
    async def do(
        self, command: OverwritingTicketCommand[R], *, on: TicketId, seen: Seen, key: str | None = None
    ) -> R: ...
    @overload
    async def do(self, command: AddingDeskCommand[R], *, key: str | None = None) -> R: ...
    @overload
    async def do(self, command: OverwritingDeskCommand[R], *, seen: Seen, key: str | None = None) -> R: ...
    async def do(
        self, command: Command[R], *, on: TicketId | None = None, seen: Seen | None = None, key: str | None = None
    ) -> R:
        """Does what a command says."""
        return await self._ask(command, on, seen_by_agent(command, seen), key)

    @overload
    async def do_on_each(
        self,
        command: AddingTicketCommand[Any],
        *,
        on: Tickets,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    @overload
    async def do_on_each(
        self,
        command: OverwritingTicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    async def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion | None = None,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets."""
        return await self._way.do_on_each(
            Bulk(
                actor=self.actor,
                command=command,
                on=on,
                seen=seen_by_agent(command, seen),
                key=key,
                progress=progress,
            )
        )


class AsyncCustomerSeat(_AsyncSeat):
    """A customer, who sees their own tickets, and of those what is public."""

    @overload
    async def do(
        self, command: CustomerTicketCommand[Publishable[P]], *, on: TicketId, key: str | None = None
    ) -> P: ...
    @overload
    async def do(self, command: CustomerCommand[Publishable[P]], *, key: str | None = None) -> P: ...
    async def do(self, command: Command[Publishable[P]], *, on: TicketId | None = None, key: str | None = None) -> P:
        """Does what a customer's command says."""
        return (await self._ask(command, on, ANY, key)).public()

    async def ticket(self, id_or_reference: str) -> PublicTicket:
        """One of the customer's tickets, by its id or its reference."""
        return (await self._read(_reading.public_ticket, id_or_reference)).public()

    async def tickets(self, *, limit: int | None = PAGE, after: Cursor | None = None) -> Page[PublicTicket]:
        """A page of the customer's tickets, newest first."""
        page = await self._read(_reading.public_tickets, limit, after)
        return Page(tuple(it.public() for it in page.items), page.next)

    async def thread(self, on: TicketId) -> tuple[PublicMessage, ...]:
        """The messages of a ticket that customers see, in order."""
        return tuple(entry.public() for entry in await self._read(_reading.public_thread, on))

    async def chats(self, on: TicketId) -> tuple[PublicChat, ...]:
        """The chats of a ticket, in the order in which they began."""
        return tuple(it.public() for it in await self._read(_reading.public_chats, on))

    async def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[PublicChatMessage, ...]:
        """What was written in a chat, in order."""
        return tuple(it.public() for it in await self._read(_reading.public_chat_messages, chat, on))

    async def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a public message of a ticket."""
        return await self._download(attachment, on, public=True)

    async def profile(self) -> PublicContact:
        """The customer's own data."""
        return (await self._read(_reading.contact, ContactId(self.actor.id or ""))).public()
