"""
Seats: the desk as somebody sees it. All asking and reading goes through one; nothing is ever asked by nobody.

`SystemSeat` is the host's program itself, `AgentSeat` an agent, `CustomerSeat` a customer, who is given public values
only. Their asynchronous twins are in `ticketcore.async_seats`; every method has the same name there.
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


class Way(Protocol):
    """What a seat reaches the desk by."""

    def ask(self, request: Request[R]) -> R:
        """Does what somebody asks for."""
        ...

    def read(self, actor: Actor, reading: Callable[[Draft], R]) -> R:
        """Lets somebody read."""
        ...

    def do_on_each(self, bulk: Bulk) -> BulkReport:
        """Does a command on many tickets."""
        ...

    def deliver(self, limit: int, lease: timedelta) -> DeliveryReport:
        """Sends what waits in the outbox."""
        ...

    def explain_rules(self, actor: Actor, on: TicketId, event: Happening) -> RulesExplanation:
        """Tells what every rule made of an event."""
        ...

    def simulate(self, actor: Actor, wanted: Wanted, progress: Progress | None) -> Simulation:
        """Tells what other rules would have done."""
        ...

    def sweep_blobs(self, older_than: timedelta) -> int:
        """Removes bytes that nothing names."""
        ...

    def take(self, steps: Steps[R]) -> R:
        """Performs steps that need no session."""
        ...


class _Seat:
    """What the seats have in common: who sits there, and the way to the desk."""

    def __init__(self, way: Way, actor: Actor) -> None:
        self._way = way
        self.actor = actor

    def _ask(self, command: Command[R], on: TicketId | None, seen: Seen, key: str | None) -> R:
        return self._way.ask(Request(actor=self.actor, command=command, on=on, seen=seen, key=key))

    def _read(self, reading: Callable[..., R], *arguments: Any, **named: Any) -> R:
        return self._way.read(self.actor, lambda draft: reading(draft, *arguments, **named))

    def _download(self, id: AttachmentId, on: TicketId, *, public: bool) -> bytes:
        found = self._read(_reading.attachment, id, on, public=public)
        content = self._way.take(get_blob(found.digest))
        if content is None:
            raise NotFound("attachment", id)
        return content


class _DeskSeat(_Seat):
    """What agents and the host's program read."""

    def ticket(self, id_or_reference: str) -> AnyTicket:
        """
        A ticket by its id, or by its reference as somebody quotes it.

        Raises:
            NotFound: There is none, or it may not be seen.
        """
        return self._read(_reading.ticket, id_or_reference)

    def tickets(
        self,
        where: Condition[Any] = always,
        *,
        order: Sequence[Order] = BY_DUE_TIME,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[AnyTicket]:
        """
        A page of tickets.

        Args:
            where: Which ones: a condition on tickets.
            order: Criteria, the most important first; by default what is due first.
            limit: How many at most.
            after: The `next` of the page before.
        """
        return self._read(_reading.tickets, where, tuple(order), limit, after)

    def count(self, where: Condition[Any] = always) -> int:
        """How many tickets a condition holds of."""
        return self._read(_reading.count, where)

    def tally(self, by: str, where: Condition[Any] = always) -> Mapping[Hashable, int]:
        """
        How many tickets a condition holds of, for each value of a field.

        Args:
            by: The name of the field, such as `"department"`.
            where: Which tickets.
        """
        return self._read(_reading.tally, by, where)

    def to_solve(self, agent: AgentId | None = None) -> Mapping[Hashable, int]:
        """
        How many tickets wait for an agent to take them with `TakeNext`, by department (requirement DP-8).

        Args:
            agent: Which agent; by default the one whose seat it is.
        """
        return self._read(count_to_solve, agent)

    def thread(self, on: TicketId) -> tuple[Entry, ...]:
        """A ticket's whole thread: messages, inline notes and events, in order."""
        return self._read(_reading.thread, on)

    def conversation(self, on: TicketId) -> tuple[Written, ...]:
        """What people wrote in a ticket's thread, messages and inline notes: `is_note` tells them apart."""
        return self._read(_reading.conversation, on)

    def sub_tickets(self, on: TicketId) -> tuple[AnyTicket, ...]:
        """The tickets that are parts of a ticket, oldest first (requirement FL-13)."""
        return self._read(_reading.sub_tickets, on)

    def explain(self, where: Condition[Any], *, on: TicketId) -> Explanation:
        """
        Why a condition holds of a ticket, or does not: every part with the value it saw.

        Args:
            where: The condition, such as that of a rule.
            on: The ticket.
        """
        return self._read(_reading.explain, where, on)

    def notes(self, on: TicketId) -> tuple[TicketNote, ...]:
        """The notes beside a ticket."""
        return self._read(_reading.notes, on)

    def ratings(self, on: TicketId) -> tuple[Rating, ...]:
        """What customers think of a ticket, and of its answers, in the order in which they said it."""
        return self._read(_reading.ratings, on)

    def calls(self, on: TicketId) -> tuple[Call, ...]:
        """The calls of a ticket, in the order in which they began (requirement DP-12)."""
        return self._read(_reading.calls, on)

    def chats(self, on: TicketId) -> tuple[Chat, ...]:
        """The chats of a ticket, in the order in which they began (requirement DP-12)."""
        return self._read(_reading.chats, on)

    def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[ChatMessage, ...]:
        """What was written in a chat, in order."""
        return self._read(_reading.chat_messages, chat, on)

    def timers(self, on: TicketId) -> tuple[Timer, ...]:
        """The timers that run on a ticket, or are paused (requirement FL-8)."""
        return self._read(_reading.timers, on)

    def time_entries(self, on: TicketId) -> tuple[TimeEntry, ...]:
        """The time that was spent on a ticket, in the order in which the work began (requirement FL-13)."""
        return self._read(_reading.time_entries, on)

    def timesheet(
        self,
        since: datetime,
        until: datetime,
        by: Collection[TimesheetBy] = (TimesheetBy.AGENT,),
        *,
        agent: AgentId | None = None,
        department: DepartmentId | None = None,
        on: TicketId | None = None,
    ) -> Timesheet:
        """
        The time that was spent, summed up (requirement FL-8). On tickets that may not be seen, no time was spent.

        Args:
            since: From when the work began.
            until: Before when it began.
            by: What the rows are kept apart by; nothing makes one row of all.
            agent: Of whom; by default of everybody.
            department: For which department the work was done.
            on: On which ticket.

        Raises:
            NotFound: There is no such agent, department or ticket, or it may not be seen.
        """
        return self._read(_reading.timesheet_of, since, until, frozenset(by), agent=agent, department=department, on=on)

    def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a ticket."""
        return self._download(attachment, on, public=False)

    def history(self, contact: ContactId) -> tuple[AnyTicket, ...]:
        """All that a customer has ever asked, newest first (requirement TK-16)."""
        return self._read(_reading.history, contact)

    def contact(self, id: ContactId) -> Contact:
        """A customer."""
        return self._read(_reading.contact, id)

    def contacts(
        self, where: Condition[Any] = always, *, limit: int | None = PAGE, after: Cursor | None = None
    ) -> Page[Contact]:
        """A page of customers; `where` is a condition on contacts."""
        return self._read(_reading.contacts, where, limit, after)

    def recognise(self, *, address: str | None = None, phone: str | None = None) -> Contact | None:
        """
        The customer who is known by an e-mail address or a phone number; None if nobody is (requirement TK-4).

        Args:
            address: The address, in any case. It is looked for first.
            phone: The number, however it is written.
        """
        return self._read(_reading.recognised, address, phone)

    def contact_notes(self, contact: ContactId) -> tuple[ContactNote, ...]:
        """The notes about a customer."""
        return self._read(_reading.contact_notes, contact)

    def company(self, id: CompanyId) -> Company:
        """A company."""
        return self._read(lambda draft: _reading.one_of_desk(draft, COMPANIES, id))

    def companies(self) -> tuple[Company, ...]:
        """All companies."""
        return self._read(_reading.all_of_desk, COMPANIES)

    def company_notes(self, company: CompanyId) -> tuple[CompanyNote, ...]:
        """The notes about a company."""
        return self._read(_reading.company_notes, company)

    def agents(self) -> tuple[Agent, ...]:
        """All agents, inactive ones included."""
        return self._read(_reading.all_of_desk, AGENTS)

    def presences(self) -> tuple[Presence, ...]:
        """What agents are available for, of those who ever said so (requirement DP-5)."""
        return self._read(_reading.presences)

    def departments(self) -> tuple[Department, ...]:
        """All departments."""
        return self._read(_reading.all_of_desk, DEPARTMENTS)

    def members(self, department: DepartmentId) -> tuple[Membership, ...]:
        """The memberships of a department."""
        return self._read(_reading.members, department)

    def calendars(self) -> tuple[Calendar, ...]:
        """All calendars: the hours of departments and agents."""
        return self._read(_reading.all_of_desk, CALENDARS)

    def custom_fields(self) -> tuple[CustomField, ...]:
        """The definitions of all custom fields."""
        return self._read(_reading.all_of_desk, CUSTOM_FIELDS)

    def canned_responses(self) -> tuple[CannedResponse, ...]:
        """The canned responses that can be used here: those of restricted departments by members alone."""
        return self._read(_reading.canned_responses)

    def filled_response(self, response: CannedResponseId, *, on: TicketId) -> str:
        """What a canned response says on a ticket: to be looked at before it is sent (requirement TK-8)."""
        return self._read(_reading.filled_response, response, on)

    def macros(self) -> tuple[Macro, ...]:
        """The macros that can be applied here: those of restricted departments by members alone."""
        return self._read(_reading.macros)

    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they run."""
        rules = self._read(_reading.all_of_desk, RULES)
        return tuple(sorted(rules, key=lambda rule: (rule.place, rule.id)))

    def lint(self, saving: Saving | None = None) -> tuple[Finding, ...]:
        """
        What may be wrong with the desk's rules: contradictions, cycles, what they name that is not there.

        Args:
            saving: An `AddRule` or `ChangeRule`, not yet done: then what concerns that rule, as if it were.

        Raises:
            AccessDenied: The agent may not configure the desk.
            NotFound: There is no such rule to be changed.
        """
        return self._read(lint, saving)

    def explain_rules(self, *, on: TicketId, event: Happening) -> RulesExplanation:
        """
        What every rule made of an event of a ticket: it acted, did not hold and what it saw, was not reached and why.

        Nothing is changed. What an explanation of the past cannot know, it says.

        Args:
            on: The ticket.
            event: An event of its thread: what became of it then, on the ticket as it stood. Or a class of events, such
                as `TicketOpened`: what would become of it now; asked of the last such event in the thread, if any.

        Raises:
            NotFound: The ticket or the event does not exist, or may not be seen.
            InvalidInput: It is no event.
        """
        return self._way.explain_rules(self.actor, on, event)

    def simulate(
        self,
        changes: Sequence[Change] = (),
        *,
        where: Condition[Any] = always,
        as_if: type[Event] | None = None,
        since: datetime | None = None,
        limit: int | None = SIMULATED,
        progress: Progress | None = None,
    ) -> Simulation:
        """
        What other rules would have done to tickets, and what of that is otherwise than with today's.

        It tells how often each rule acts, and every case that goes otherwise.

        Nothing is changed. Rules run by the same code as ever, once with today's and once with the others, batch by
        batch. Of the past, what nobody knows any more is asked as it is today, and the answer says what that is.

        Args:
            changes: What makes other rules of today's, in this order: `AddRule`, `ChangeRule`, `RemoveRule`.
            where: Which tickets.
            as_if: A class of events, such as `TicketOpened`, of which one is to happen on each ticket now; None for
                everything that happened in the past.
            since: From when on the past counts; None for all of it.
            limit: How many tickets at most, the newest first; None for all.
            progress: Is told after each batch how many tickets are done, and how many there are.

        Raises:
            AccessDenied: The agent may not configure the desk.
            NotFound: There is no such rule to be changed or removed.
            InvalidInput: An argument is not what it should be; with all faults.
        """
        wanted = Wanted(changes=changes, where=where, as_if=as_if, since=since, limit=limit)
        return self._way.simulate(self.actor, wanted, progress)

    def sla_policies(self) -> tuple[SlaPolicy, ...]:
        """All policies of the SLA, in the order in which they are asked."""
        return self._read(_reading.sla_policies)

    def explain_deadlines(self, on: TicketId) -> tuple[TargetReport, ...]:
        """How a ticket stands with each of its targets, and why each deadline is what it is (requirement TK-7)."""
        return self._read(_reading.explain_deadlines, on)

    def explain_assignment(self, on: TicketId) -> Sequence[CandidateVerdict]:
        """Who would be assigned a ticket next, and why each of the others would not."""
        return self._read(lambda draft: explain_next(draft, draft.ticket(on)))


class SystemSeat(_DeskSeat):
    """The host's program: it may do everything but what only a person can."""

    @overload
    def do(self, command: TicketCommand[R], *, on: TicketId, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    def do(self, command: DeskCommand[R], *, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    def do(self, command: SystemCommand[R]) -> R: ...
    def do(self, command: Command[R], *, on: TicketId | None = None, seen: Seen = ANY, key: str | None = None) -> R:
        """
        Does what a command says.

        Args:
            command: What.
            on: The ticket, for a ticket command.
            seen: The version that was seen of what the command overwrites; the host's program need not say.
            key: The same request under the same key is done once.

        Returns:
            What the command's decision gives, as it is stored.

        Raises:
            NotFound, InvalidInput, OutOfPlace, Conflict: As the command says.
        """
        return self._ask(command, on, seen, key)

    def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion = ANY,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """
        Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets.

        Each ticket is a unit of work of its own: what goes wrong on one stops no other. Tickets that are opened
        meanwhile are not among them; one that the condition does not hold of any more is left as it is. It needs no
        more memory for many tickets than for few.

        Args:
            command: What.
            on: The ids of the tickets, or a condition on tickets; of those, the ones that may be seen.
            seen: The version of each ticket that was seen, by its id; the host's program need not say.
            key: The same under the same key is done once on each ticket: for going on after something broke.
            progress: Is told after each ticket what came of it, how many had their turn, and how many there were at the
                beginning. What it raises stops everything; what was done remains.

        Returns:
            How many came out how, and what was wrong.

        Raises:
            InvalidInput: The command is none for tickets, or what is said beside it is not what it should be.
            StorageError: The storage failed; what was done before remains.
        """
        return self._way.do_on_each(
            Bulk(actor=self.actor, command=command, on=on, seen=seen, key=key, progress=progress)
        )

    def sweep(self, limit: int = 100) -> tuple[Due, ...]:
        """Does what time has made due, the oldest first, and gives what that was; nothing once all is done."""
        return self._ask(Sweep(limit), None, ANY, None).dues

    def next_due(self) -> datetime | None:
        """When to sweep next; None if nothing is foreseen."""
        return self._read(next_due)

    def sweep_blobs(self, older_than: timedelta = timedelta(days=1)) -> int:
        """
        Removes bytes of attachments that no entry of any thread names, say because their tickets were purged.

        It looks at all entries, batch by batch, without holding up anybody.

        Args:
            older_than: How long ago the bytes must have been stored: longer than any command takes, at least an hour.

        Returns:
            How many were removed.

        Raises:
            InvalidInput: It is less than an hour.
        """
        return self._way.sweep_blobs(older_than)

    def deliver(self, limit: int = 100, *, lease: timedelta = LEASE) -> DeliveryReport:
        """
        Has the desk's notifier send what waits in the outbox, in order for each ticket and recipient.

        Any number of processes may deliver at once. Each notice is sent at least once, always under the same key.

        Args:
            limit: How many notifications at most in one go.
            lease: How long nobody else tries those that are being sent.

        Raises:
            OutOfPlace: The desk was made without a notifier.
        """
        return self._way.deliver(limit, lease)

    def notifications(
        self,
        state: DeliveryState = DeliveryState.WAITING,
        *,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[Notification]:
        """
        A page of the outbox, those due first before others.

        Args:
            state: Those that wait, or those that were given up; `Redeliver` has one of these tried again.
            limit: How many at most.
            after: The `next` of the page before.
        """
        return self._read(outbox, state, limit, after)


class AgentSeat(_DeskSeat):
    """An agent, who sees and does what the access policy allows."""

    @overload
    def do(self, command: AddingTicketCommand[R], *, on: TicketId, key: str | None = None) -> R: ...
    @overload
    def do(self, command: OverwritingTicketCommand[R], *, on: TicketId, seen: Seen, key: str | None = None) -> R: ...
    @overload
    def do(self, command: AddingDeskCommand[R], *, key: str | None = None) -> R: ...
    @overload
    def do(self, command: OverwritingDeskCommand[R], *, seen: Seen, key: str | None = None) -> R: ...
    def do(
        self, command: Command[R], *, on: TicketId | None = None, seen: Seen | None = None, key: str | None = None
    ) -> R:
        """
        Does what a command says.

        Args:
            command: What.
            on: The ticket, for a ticket command.
            seen: The version that the agent saw of what the command overwrites, or `ANY`.
            key: The same request under the same key is done once.

        Returns:
            What the command's decision gives, as it is stored.

        Raises:
            NotFound: The ticket, or something that the command names, does not exist or may not be seen.
            AccessDenied: The agent may not do this.
            Conflict: Somebody changed meanwhile what the command overwrites.
            InvalidInput, OutOfPlace: As the command says.
        """
        return self._ask(command, on, seen_by_agent(command, seen), key)

    @overload
    def do_on_each(
        self,
        command: AddingTicketCommand[Any],
        *,
        on: Tickets,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    @overload
    def do_on_each(
        self,
        command: OverwritingTicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion | None = None,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """
        Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets.

        Each ticket is a unit of work of its own: what goes wrong on one stops no other. Tickets that are opened
        meanwhile are not among them; one that the condition does not hold of any more is left as it is. It needs no
        more memory for many tickets than for few.

        Args:
            command: What.
            on: The ids of the tickets, or a condition on tickets; of those, the ones that may be seen.
            seen: The version of each ticket that the agent saw, by its id, or `ANY`; with a condition, `ANY`.
            key: The same under the same key is done once on each ticket: for going on after something broke.
            progress: Is told after each ticket what came of it, how many had their turn, and how many there were at the
                beginning. What it raises stops everything; what was done remains.

        Returns:
            How many came out how, and what was wrong.

        Raises:
            InvalidInput: The command is none for tickets, or what is said beside it is not what it should be.
            StorageError: The storage failed; what was done before remains.
        """
        return self._way.do_on_each(
            Bulk(
                actor=self.actor,
                command=command,
                on=on,
                seen=seen_by_agent(command, seen),
                key=key,
                progress=progress,
            )
        )


class CustomerSeat(_Seat):
    """A customer, who sees their own tickets, and of those what is public."""

    @overload
    def do(self, command: CustomerTicketCommand[Publishable[P]], *, on: TicketId, key: str | None = None) -> P: ...
    @overload
    def do(self, command: CustomerCommand[Publishable[P]], *, key: str | None = None) -> P: ...
    def do(self, command: Command[Publishable[P]], *, on: TicketId | None = None, key: str | None = None) -> P:
        """
        Does what a customer's command says.

        Args:
            command: What.
            on: The ticket, for a command on one.
            key: The same request under the same key is done once.

        Returns:
            The public part of what the command's decision gives.

        Raises:
            NotFound: The ticket does not exist, or is not this customer's.
            InvalidInput, OutOfPlace: As the command says.
        """
        return self._ask(command, on, ANY, key).public()

    def ticket(self, id_or_reference: str) -> PublicTicket:
        """One of the customer's tickets, by its id or its reference."""
        return self._read(_reading.public_ticket, id_or_reference).public()

    def tickets(self, *, limit: int | None = PAGE, after: Cursor | None = None) -> Page[PublicTicket]:
        """A page of the customer's tickets, newest first."""
        page = self._read(_reading.public_tickets, limit, after)
        return Page(tuple(it.public() for it in page.items), page.next)

    def thread(self, on: TicketId) -> tuple[PublicMessage, ...]:
        """The messages of a ticket that customers see, in order."""
        return tuple(entry.public() for entry in self._read(_reading.public_thread, on))

    def chats(self, on: TicketId) -> tuple[PublicChat, ...]:
        """The chats of a ticket, in the order in which they began."""
        return tuple(it.public() for it in self._read(_reading.public_chats, on))

    def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[PublicChatMessage, ...]:
        """What was written in a chat, in order."""
        return tuple(it.public() for it in self._read(_reading.public_chat_messages, chat, on))

    def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a public message of a ticket."""
        return self._download(attachment, on, public=True)

    def profile(self) -> PublicContact:
        """The customer's own data."""
        return self._read(_reading.contact, ContactId(self.actor.id or "")).public()
