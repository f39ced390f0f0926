"""What the seats read, as functions of a draft that change nothing; each asks the access policy."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.canned_responses import canned_text, finds
from ticketcore.commands.contacts import contact_of_address, contact_of_phone
from ticketcore.commands.macros import MACROS, Macro
from ticketcore.commands.sla import terms_of
from ticketcore.conditions import Condition, ContactF, EntryF, Explanation, F, RecordF, TicketFacts, all_of, always
from ticketcore.conditions.statuses import faults_of_statuses
from ticketcore.errors import AccessDenied, Fault, InvalidInput, NotFound, listed, shown
from ticketcore.model.attachments import Attachment
from ticketcore.model.canned import CannedResponse
from ticketcore.model.checks import IS_INSTANT
from ticketcore.model.copying import copy_with
from ticketcore.model.departments import Membership
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
from ticketcore.model.kinds import (
    CALLS,
    CANNED_RESPONSES,
    CHAT_MESSAGES,
    CHATS,
    COMPANIES,
    COMPANY_NOTES,
    CONTACT_NOTES,
    CONTACTS,
    DEPARTMENTS,
    ENTRIES,
    PRESENCES,
    RATINGS,
    REFERENCES,
    TICKET_NOTES,
    TICKETS,
    TIME_ENTRIES,
    TIMERS,
    Kind,
)
from ticketcore.model.notes import CompanyNote, ContactNote, TicketNote
from ticketcore.model.people import Contact
from ticketcore.model.presence import Presence
from ticketcore.model.ratings import Rating
from ticketcore.model.references import parse_reference
from ticketcore.model.talks import Call, Chat, ChatMessage
from ticketcore.model.targets import Target
from ticketcore.model.thread import Answer, CustomerMessage, Entry, Written
from ticketcore.model.tickets import AnyTicket, InternalTicket, Ticket
from ticketcore.model.time_entries import TimeEntry, Timer
from ticketcore.query import Cursor, Order, Page, Query
from ticketcore.sla import SLA_POLICIES, SlaPolicy, TargetReport, report
from ticketcore.storage.protocols import Key
from ticketcore.time_tracking import Timesheet, TimesheetBy, timesheet
from ticketcore.words import Words

T = TypeVar("T")

PAGE = 50
"""How many records a page has, where the caller does not say."""


BY_DUE_TIME = (Order("due_at"),)
BY_NAME = (Order("name"),)
BY_BEGINNING = (Order("began"),)
BY_START = (Order("started_at"),)
BY_POSITION = (Order("position"),)
NEWEST_FIRST = (Order("created_at", descending=True),)


def ticket(draft: Draft, id_or_reference: str) -> AnyTicket:
    """A ticket by its id, or by its reference as somebody quotes it (requirement TK-1)."""
    reference = parse_reference(id_or_reference)
    if reference is None:
        return draft.ticket(TicketId(id_or_reference))
    key = draft.peek(REFERENCES, reference)
    found = draft.peek(TICKETS, key.holder) if key else None
    if found is None or not draft.sees(found):
        raise NotFound("ticket", id_or_reference)
    return found


def visible(draft: Draft, where: Condition[Any]) -> Condition[Any]:
    """
    A condition on tickets, narrowed to what the principal may see.

    Raises:
        InvalidInput: It is no condition on tickets, or names a status that there is not.
    """
    _check_where(draft, where)
    return draft.setup.access.visible_tickets(draft.principal) & where


def tickets(
    draft: Draft, where: Condition[Any], order: tuple[Order, ...], limit: int | None, after: Cursor | None
) -> Page[AnyTicket]:
    """A page of the tickets that the principal may see."""
    _check_fields("order", (getattr(it, "field", it) for it in order))
    return draft.find(Query(TICKETS, visible(draft, where), order, limit, after, draft.principal.agent))


def search(draft: Draft, words: str, where: Condition[Any], limit: int | None, after: Cursor | None) -> Page[AnyTicket]:
    """A page of the tickets that the principal may see of which words are said, newest first."""
    return draft.find(_query(draft, where, words, order=NEWEST_FIRST, limit=limit, after=after))


def count(draft: Draft, where: Condition[Any], words: str | None = None) -> int:
    """How many tickets the principal sees of those."""
    return draft.count(_query(draft, where, words))


def tally(draft: Draft, by: str, where: Condition[Any], words: str | None) -> Mapping[Hashable, int]:
    """How many tickets the principal sees, for each value of a field."""
    _check_fields("by", (by,))
    return draft.tally(_query(draft, where, words), by)


def thread(draft: Draft, id: TicketId) -> tuple[Entry, ...]:
    """The whole thread of a ticket and of those merged into it, in the order of time."""
    parts = [draft.find(Query(ENTRIES, EntryF.ticket == it, BY_POSITION)).items for it in thread_tickets(draft, id)]
    if len(parts) == 1:
        return parts[0]
    return tuple(sorted((entry for part in parts for entry in part), key=lambda entry: entry.at))


def thread_tickets(draft: Draft, id: TicketId) -> tuple[TicketId, ...]:
    """The tickets whose entries make up a ticket's thread."""
    found = draft.ticket(id)
    return (*found.merged_from, found.id)


def public_thread(draft: Draft, id: TicketId) -> tuple[CustomerMessage | Answer, ...]:
    """The messages of a ticket that its customers see, as its own, be they of a ticket that was merged into it."""
    theirs = _of_customers(draft.ticket(id), id)
    public = (entry for entry in thread(draft, theirs.id) if isinstance(entry, (CustomerMessage, Answer)))
    return tuple(entry if entry.ticket == theirs.id else copy_with(entry, ticket=theirs.id) for entry in public)


def conversation(draft: Draft, id: TicketId) -> tuple[Written, ...]:
    """What people wrote in a ticket's thread."""
    return tuple(entry for entry in thread(draft, id) if isinstance(entry, Written))


def sub_tickets(draft: Draft, id: TicketId) -> tuple[AnyTicket, ...]:
    """The tickets that are parts of a ticket, or of one merged into it, as far as the principal sees them."""
    below = F.parent.is_in(thread_tickets(draft, id))
    return draft.find(Query(TICKETS, visible(draft, below), (Order("created_at"),))).items


def explain(draft: Draft, where: Condition[Any], id: TicketId) -> Explanation:
    """Why a condition holds of a ticket, or does not."""
    _check_where(draft, where)
    found = draft.ticket(id)
    return where.explain(TicketFacts(found, now=draft.now, get=draft.peek, viewer=draft.principal.agent))


def notes(draft: Draft, id: TicketId) -> tuple[TicketNote, ...]:
    """The notes beside a ticket."""
    return draft.find(Query(TICKET_NOTES, RecordF.id("ticket") == draft.ticket(id).id, (Order("created_at"),))).items


def attachment(draft: Draft, id: AttachmentId, on: TicketId, *, public: bool) -> Attachment:
    """An attachment of an entry of a ticket that the principal sees."""
    entries = public_thread(draft, on) if public else thread(draft, on)
    for entry in entries:
        for found in _attachments(entry, public=public):
            if found.id == id:
                return found
    raise NotFound("attachment", id)


def contact(draft: Draft, id: ContactId) -> Contact:
    """A contact that the principal may see."""
    return draft.contact(id)


def contacts(draft: Draft, where: Condition[Any], limit: int | None, after: Cursor | None) -> Page[Contact]:
    """A page of the contacts that the principal may see, erased ones left out."""
    seen = draft.setup.access.visible_contacts(draft.principal) & (ContactF.erased == False)  # noqa: E712 - a condition
    return draft.find(Query(CONTACTS, seen & where, (), limit, after, draft.principal.agent))


def recognised(draft: Draft, address: str | None, phone: str | None) -> Contact | None:
    """The contact who has an address, or else a phone number, if the principal may see them (requirement TK-4)."""
    found = contact_of_address(draft, address) if address else None
    if found is None and phone:
        found = contact_of_phone(draft, phone)
    seen = draft.setup.access.visible_contacts(draft.principal)
    return found if found is not None and draft.holds(seen, CONTACTS, found) else None


def history(draft: Draft, id: ContactId) -> tuple[AnyTicket, ...]:
    """All that a contact has ever asked, as far as the principal sees it, newest first (requirement TK-16)."""
    asked = F.requesters.has(draft.contact(id).id)
    return draft.find(Query(TICKETS, visible(draft, asked), NEWEST_FIRST)).items


def contact_notes(draft: Draft, id: ContactId) -> tuple[ContactNote, ...]:
    """The notes about a contact."""
    return draft.find(Query(CONTACT_NOTES, RecordF.id("contact") == draft.contact(id).id, (Order("created_at"),))).items


def company_notes(draft: Draft, id: CompanyId) -> tuple[CompanyNote, ...]:
    """The notes about a company."""
    company = one_of_desk(draft, COMPANIES, id)
    return draft.find(Query(COMPANY_NOTES, RecordF.id("company") == company.id, (Order("created_at"),))).items


def one_of_desk(draft: Draft, kind: Kind[T], id: str) -> T:
    """A record that every agent may see."""
    if not draft.setup.access.sees_the_desk(draft.principal):
        raise NotFound(kind.name, id)
    return draft.get(kind, id)


def all_of_desk(draft: Draft, kind: Kind[T]) -> tuple[T, ...]:
    """All records of a kind that every agent may see, by name."""
    if not draft.setup.access.sees_the_desk(draft.principal):
        raise AccessDenied("read", "only agents see the desk's own records")
    return draft.find(Query(kind, order=BY_NAME)).items


def presences(draft: Draft) -> tuple[Presence, ...]:
    """What agents are available for."""
    if not draft.setup.access.sees_the_desk(draft.principal):
        raise AccessDenied("read", "only agents see who is there")
    return draft.find(Query(PRESENCES)).items


def members(draft: Draft, id: DepartmentId) -> tuple[Membership, ...]:
    """The memberships of a department."""
    department = one_of_desk(draft, DEPARTMENTS, id)
    return tuple(draft.configuration.roster.members(department.id).values())


def canned_responses(draft: Draft) -> tuple[CannedResponse, ...]:
    """The canned responses that the principal finds: those of restricted departments only as a member."""
    return tuple(it for it in all_of_desk(draft, CANNED_RESPONSES) if finds(draft, it.department))


def macros(draft: Draft) -> tuple[Macro, ...]:
    """The macros that the principal finds: those of restricted departments only as a member."""
    return tuple(it for it in all_of_desk(draft, MACROS) if finds(draft, it.department))


def filled_response(draft: Draft, id: CannedResponseId, on: TicketId) -> str:
    """What a canned response says on a ticket."""
    return canned_text(draft, id, draft.ticket(on))


def ratings(draft: Draft, on: TicketId) -> tuple[Rating, ...]:
    """What customers think of a ticket, and of its answers."""
    return draft.find(Query(RATINGS, _of_thread(draft, on), (Order("at"),))).items


def calls(draft: Draft, on: TicketId) -> tuple[Call, ...]:
    """The calls of a ticket."""
    return draft.find(Query(CALLS, _of_thread(draft, on), BY_START)).items


def chats(draft: Draft, on: TicketId) -> tuple[Chat, ...]:
    """The chats of a ticket."""
    return draft.find(Query(CHATS, _of_thread(draft, on), BY_START)).items


def chat_messages(draft: Draft, id: ChatId, on: TicketId) -> tuple[ChatMessage, ...]:
    """What was written in a chat of a ticket."""
    tickets, chat = thread_tickets(draft, on), draft.peek(CHATS, id)
    if chat is None or chat.ticket not in tickets:
        raise NotFound("chat", id)
    return draft.find(Query(CHAT_MESSAGES, RecordF.id("chat") == chat.id, BY_POSITION)).items


def public_chats(draft: Draft, on: TicketId) -> tuple[Chat, ...]:
    """The chats of one of a customer's tickets."""
    return chats(draft, _of_customers(draft.ticket(on), on).id)


def public_chat_messages(draft: Draft, id: ChatId, on: TicketId) -> tuple[ChatMessage, ...]:
    """What was written in a chat of one of a customer's tickets."""
    return chat_messages(draft, id, _of_customers(draft.ticket(on), on).id)


def timers(draft: Draft, on: TicketId) -> tuple[Timer, ...]:
    """The timers on a ticket, paused ones included."""
    return draft.find(Query(TIMERS, _of_thread(draft, on), BY_BEGINNING)).items


def time_entries(draft: Draft, on: TicketId) -> tuple[TimeEntry, ...]:
    """The time spent on a ticket, by when the work began."""
    return draft.find(Query(TIME_ENTRIES, _of_thread(draft, on), BY_BEGINNING)).items


def timesheet_of(
    draft: Draft,
    since: datetime,
    until: datetime,
    by: Collection[TimesheetBy],
    *,
    agent: AgentId | None,
    department: DepartmentId | None,
    on: TicketId | None,
) -> Timesheet:
    """
    The time spent in a span on tickets that the principal sees.

    Raises:
        InvalidInput: The span does not begin and end at instants.
    """
    ends = {"since": since, "until": until}
    if faults := [fault for name, it in ends.items() for fault in IS_INSTANT.faults(name, it)]:
        raise InvalidInput("timesheet", faults)
    where = [RecordF.instant("began") >= since, RecordF.instant("began") < until]
    if agent is not None:
        where.append(RecordF.id("agent") == draft.configuration.roster.agent(agent).id)
    if department is not None:
        where.append(RecordF.id("department") == draft.configuration.roster.department(department).id)
    if on is not None:
        where.append(RecordF.id("ticket").is_in(thread_tickets(draft, on)))
    entries = draft.find(Query(TIME_ENTRIES, all_of(*where), BY_BEGINNING)).items
    worked_on = {it.ticket for it in entries}
    draft.want(*(Key(TICKETS, it) for it in worked_on))
    seen = {it for it in worked_on if (found := draft.peek(TICKETS, it)) is not None and draft.sees(found)}
    return timesheet((it for it in entries if it.ticket in seen), by, draft.setup.calendar.zone)


def sla_policies(draft: Draft) -> tuple[SlaPolicy, ...]:
    """All policies, in their order."""
    return tuple(sorted(all_of_desk(draft, SLA_POLICIES), key=lambda it: (it.place, it.id)))


def explain_deadlines(draft: Draft, on: TicketId) -> tuple[TargetReport, ...]:
    """How a ticket stands with each of its targets, and why."""
    found = draft.ticket(on)
    facts = TicketFacts(found, now=draft.now, get=draft.peek)
    reports: list[TargetReport] = []
    for target in Target:
        state = found.targets.get(target.value)
        if state is not None:
            policy = draft.configuration.policies.policy(state.policy)
            by_hand = policy is None or found.sla_level == policy.id
            why = None if policy is None or by_hand else policy.when.explain(facts)
            terms = terms_of(draft, policy, found).get(target)
            reports.append(report(target, state, draft.now, policy=policy, terms=terms, why=why))
    return tuple(reports)


def public_ticket(draft: Draft, id_or_reference: str) -> Ticket:
    """One of a customer's tickets."""
    return _of_customers(ticket(draft, id_or_reference), id_or_reference)


def public_tickets(draft: Draft, limit: int | None, after: Cursor | None) -> Page[Ticket]:
    """
    A page of a customer's tickets, newest first.

    Customers cannot give conditions: those could ask for private fields.
    """
    page = tickets(draft, always, NEWEST_FIRST, limit, after)
    return Page(tuple(it for it in page.items if isinstance(it, Ticket)), page.next)


def public_search(draft: Draft, words: str, limit: int | None, after: Cursor | None) -> Page[Ticket]:
    """A page of a customer's tickets of which words are said where the customer sees them, newest first."""
    theirs = visible(draft, F.internal.is_false)
    looked_for = Words.parse(words, public=True)
    page = draft.find(Query(TICKETS, theirs, NEWEST_FIRST, limit, after, words=looked_for))
    return Page(tuple(it for it in page.items if isinstance(it, Ticket)), page.next)


def _query(draft: Draft, where: Condition[Any], words: str | None, **more: Any) -> Query[AnyTicket]:
    """
    The query for tickets that the principal may see.

    What requesters are called and reached by is looked through only for those who may see every contact.
    """
    looked_for = None
    if words is not None:
        looked_for = Words.parse(words, people=draft.setup.access.visible_contacts(draft.principal) is always)
    return Query(TICKETS, visible(draft, where), viewer=draft.principal.agent, words=looked_for, **more)


def _of_thread(draft: Draft, on: TicketId) -> Condition[Any]:
    """What holds of the records of a ticket, and of those merged into it."""
    return RecordF.id("ticket").is_in(thread_tickets(draft, on))


def _of_customers(found: AnyTicket, asked: str) -> Ticket:
    """The ticket, if it is a customer's: for customers no other exists, whatever the access policy says."""
    if not isinstance(found, Ticket):
        raise NotFound("ticket", asked)
    return found


def _attachments(entry: Entry, *, public: bool) -> tuple[Attachment, ...]:
    if not isinstance(entry, Written):
        return ()
    original = entry.original if isinstance(entry, CustomerMessage) and not public else None
    return entry.attachments if original is None else (*entry.attachments, original)


_TICKET_FIELDS = frozenset(field.name for kind in (Ticket, InternalTicket) for field in attrs.fields(kind))


def _check_fields(argument: str, names: Iterable[object]) -> None:
    """Makes sure that all of these name fields of tickets."""
    unknown = [name for name in names if name not in _TICKET_FIELDS]
    if unknown:
        wanted = f"fields of tickets: {listed(sorted(_TICKET_FIELDS))}"
        raise InvalidInput("tickets", [Fault(argument, wanted, shown(name)) for name in unknown])


def _check_where(draft: Draft, where: Condition[Any]) -> None:
    """Makes sure that a condition can be asked of a ticket alone, without an event, and of statuses that there are."""
    if where.scope not in ("ticket", None):
        raise InvalidInput("where", [Fault("", "a condition on tickets", f"one on {where.scope}s: {where}")])
    if faults := faults_of_statuses(where, draft.setup.life_cycle):
        raise InvalidInput("where", faults)
