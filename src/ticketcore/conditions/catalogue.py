"""
The catalogue: every field that can be asked of tickets, events, entries, contacts, companies, agents and departments.

`F` holds those of tickets, `EventF` those of a ticket to which something has just happened, and so on. Fields of what a
ticket names hang on the name: `F.requester.groups`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from ticketcore.conditions import reading
from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.facts import (
    AgentFacts,
    CompanyFacts,
    ContactFacts,
    DepartmentFacts,
    EntryFacts,
    EventFacts,
    Facts,
    RecordFacts,
    TicketFacts,
)
from ticketcore.conditions.fields import IdField
from ticketcore.conditions.making import TOLD, TOLD_THAT, Fields
from ticketcore.conditions.placeholders import Placeholder
from ticketcore.conditions.reading import (
    ACTOR,
    ASSIGNEE,
    COMPANY,
    DEPARTMENT,
    EVENT,
    LAST_MESSAGE,
    MESSAGE,
    REQUESTER,
    Origin,
)
from ticketcore.model.actors import ActorKind
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.lifecycle import Category
from ticketcore.model.people import Role
from ticketcore.model.targets import Target
from ticketcore.model.tickets import Channel, Priority

S = TypeVar("S", bound=Facts[Any])


class Reference(Generic[S]):
    """
    Somebody or something by its id, with fields of its own: `F.requester == id`, `F.requester.name`.

    Args:
        id: The field that holds the id.
    """

    def __init__(self, id: IdField[S]) -> None:
        self.id = id

    # As for fields: what comes out is a condition.
    def __eq__(self, other: str | Placeholder | None) -> Condition[S]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.id == other

    def __ne__(self, other: str | Placeholder | None) -> Condition[S]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.id != other

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return repr(self.id)

    if not TYPE_CHECKING:  # type checkers shall miss these methods; the id refuses them in its own words

        def __getattr__(self, name: str) -> object:
            if name == "id" or name.startswith("_"):
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
            return getattr(self.id, name)

        def _refused(self, other: object) -> object:
            return self.id < other

        __lt__ = __le__ = __gt__ = __ge__ = _refused

        def _unjoined(self, other: object) -> object:
            return self.id & other

        __and__ = __rand__ = __or__ = __ror__ = _unjoined

    def is_in(self, values: Iterable[str | Placeholder | None]) -> Condition[S]:
        """Whether it is one of these; None stands for nobody."""
        return self.id.is_in(values)

    def is_set(self) -> Condition[S]:
        """Whether there is one."""
        return self.id.is_set()

    def is_missing(self) -> Condition[S]:
        """Whether there is none."""
        return self.id.is_missing()

    def changed(self: "Reference[TicketFacts]") -> Condition[EventFacts]:
        """Whether the event is a change of it."""
        return self.id.changed()

    def changed_from(self: "Reference[TicketFacts]", *values: str | Placeholder | None) -> Condition[EventFacts]:
        """Whether the event is a change of it, and it was one of these before."""
        return self.id.changed_from(*values)

    def changed_to(self: "Reference[TicketFacts]", *values: str | Placeholder | None) -> Condition[EventFacts]:
        """Whether the event is a change of it, and it is one of these since."""
        return self.id.changed_to(*values)


class ContactFields(Reference[S]):
    """What can be asked of a contact."""

    def __init__(self, id: IdField[S], contact: Fields[S]) -> None:
        super().__init__(id)
        self.name = contact.text("name", "The full name, if known.")
        self.visitor = contact.text("visitor", "How a contact without a name is called.")
        self.emails = contact.texts("emails", "The e-mail addresses.")
        self.phones = contact.texts("phones", "The phone numbers.")
        self.location = contact.text("location", "Where the contact is, if known.")
        self.language = contact.text("language", 'The contact\'s language, such as "el".')
        self.groups = contact.texts("groups", 'The groups the contact is in, such as "vip".')
        self.company = contact.id("company", "The company the contact belongs to.")
        self.created_at = contact.instant("created_at", "When the contact became known.")
        self.erased = contact.flag("erased", "Whether the person was erased.")
        self.custom = contact.custom()


class CompanyFields(Reference[S]):
    """What can be asked of a company."""

    def __init__(self, id: IdField[S], company: Fields[S]) -> None:
        super().__init__(id)
        self.name = company.text("name", "The company's name.")
        self.domains = company.texts("domains", "The e-mail domains of its people.")
        self.groups = company.texts("groups", "The groups the company is in.")
        self.created_at = company.instant("created_at", "When the company became known.")
        self.custom = company.custom()


class AgentFields(Reference[S]):
    """What can be asked of an agent."""

    def __init__(self, id: IdField[S], agent: Fields[S]) -> None:
        super().__init__(id)
        self.name = agent.text("name", "The agent's name as colleagues see it.")
        self.public_name = agent.text("public_name", "The agent's name as customers see it.")
        self.email = agent.text("email", "The agent's own e-mail address.")
        self.role = agent.ordered_choice("role", Role, "What the agent may do on the whole desk.")
        self.active = agent.flag("active", "Whether the agent can log in and be assigned tickets.")
        self.capacity = agent.number(
            "capacity", "The most tickets that automatic assignment gives; missing for no limit."
        )
        self.skills = agent.texts("skills", "The tags of tickets that take somebody who has them as skills.")
        self.online = agent.flag(
            "online", "Whether the agent is there; so is who never said so.", at=reading.OnlineReader(agent.origin.find)
        )
        self.calendar = agent.id("calendar", "The calendar of the agent's working hours.")
        self.created_at = agent.instant("created_at", "When the agent was added.")


class DepartmentFields(Reference[S]):
    """What can be asked of a department."""

    def __init__(self, id: IdField[S], department: Fields[S]) -> None:
        super().__init__(id)
        self.name = department.text("name", "The department's name.")
        self.access = department.choice(
            "access", DepartmentAccess, "Whether all agents see its tickets, or its members."
        )
        self.email_addresses = department.texts("email_addresses", "The addresses whose mail goes to it.")
        self.calendar = department.id("calendar", "The calendar of its operating hours.")
        self.created_at = department.instant("created_at", "When the department was added.")


class TicketFields:
    """What can be asked of a ticket, of a customer's as of an internal one."""

    def __init__(self) -> None:  # noqa: PLR0915 - one statement for each field
        ticket = Fields("ticket", TicketFacts)
        of_one_kind = Fields("ticket", TicketFacts, always=False)

        self.id = ticket.id("id", "What the ticket is asked for by in the program.")
        self.reference = ticket.text("reference", "What people quote.")
        self.subject = ticket.text("subject", "What it is about, in a line.", told=TOLD_THAT)
        self.description = ticket.text("description", "The problem as it was first described.", told=TOLD_THAT)
        self.status = ticket.status("status", "Where it stands, in the host's own words.", at="status.key", told=TOLD)
        self.category = ticket.choice("category", Category, "What its status means.", at="status.category", told=TOLD)
        self.priority = ticket.ordered_choice("priority", Priority, "How urgent it is.", told=TOLD)
        self.type = ticket.text("type", 'What sort of request it is, such as "billing".', told=TOLD)
        self.tags = ticket.texts("tags", "Its tags.", told=TOLD_THAT)
        self.source = ticket.choice("source", Channel, "The channel it came through.")
        self.language = ticket.text("language", 'The language it is written in, such as "sl".')
        self.referrer = of_one_kind.text("referrer", "The address of the page from which the customer wrote.")
        self.invited = of_one_kind.flag("invited", "Whether the desk had invited the customer to write.")
        self.internal = ticket.flag("internal", "Whether it is a request among agents.")

        self.department = DepartmentFields(
            ticket.id("department", "The department it is in.", told=TOLD), _of(DEPARTMENT)
        )
        self.assignee = AgentFields(ticket.id("assignee", "The agent who is responsible.", told=TOLD), _of(ASSIGNEE))
        self.requester = ContactFields(
            of_one_kind.id("requester", "The customer who asked, the main one of several."), _of(REQUESTER)
        )
        self.company = CompanyFields(of_one_kind.id("company", "The main requester's company."), _of(COMPANY))
        self.requesters = of_one_kind.ids("requesters", "The customers who asked.", told=TOLD_THAT)
        self.followers = of_one_kind.ids("followers", "Other customers who see it.", told=TOLD_THAT)
        self.parties = of_one_kind.ids("parties", "All customers who see it: requesters and followers.")
        self.cc = of_one_kind.texts("cc", "The addresses that get copies.", told=TOLD_THAT)
        self.proposed_cc = of_one_kind.texts(
            "proposed_cc", "Addresses that wait for an agent to copy them or not.", told=TOLD_THAT
        )
        self.raised_by = of_one_kind.id("raised_by", "The agent who asked, of an internal ticket.")
        self.about = of_one_kind.id("about", "The customer an internal ticket is about.", told=TOLD)

        self.parent = ticket.id("parent", "The ticket it is a part of.", told=TOLD)
        self.links = ticket.ids("links", "Tickets that have to do with it.", told=TOLD_THAT)
        self.merged_into = ticket.id("merged_into", "The ticket that took it over.", told=TOLD)
        self.merged_from = ticket.ids("merged_from", "The tickets that it took over.", told=TOLD_THAT)
        self.is_merged = ticket.flag("is_merged", "Whether another ticket took it over.", at=reading.is_merged)

        self.created_at = ticket.instant("created_at", "When it was opened.")
        self.changed_at = ticket.instant("changed_at", "When anything about it last changed.")
        self.status_changed_at = ticket.instant("status_changed_at", "When its status last changed.")
        self.postponed_until = ticket.instant("postponed_until", "Until when it is postponed.", told=TOLD)
        self.in_backlog_since = ticket.instant("in_backlog_since", "Since when nobody has been available for it.")
        self.chat_waiting_since = ticket.instant(
            "chat_waiting_since", "Since when a customer waits in a chat for somebody to pick it up."
        )
        self.chat_picked_up_at = ticket.instant("chat_picked_up_at", "When a chat was last picked up.")
        self.call_waiting_since = ticket.instant("call_waiting_since", "Since when a customer's call rings.")
        self.call_picked_up_at = ticket.instant("call_picked_up_at", "When a call was last picked up.")
        self.due_at = ticket.instant("due_at", "When an agent must have acted at the latest.")
        self.waiting_since = ticket.instant("waiting_since", "Since when somebody waits for an agent.")
        self.sla = ticket.id("sla", "The policy that says what is agreed on.", told=TOLD)
        self.sla_level = ticket.id("sla_level", "The policy that was picked by hand.", told=TOLD)
        self.first_answer_at = ticket.instant("first_answer_at", "When it was first answered.")
        self.last_answer_at = ticket.instant("last_answer_at", "When it was last answered.")
        self.last_customer_message_at = ticket.instant("last_customer_message_at", "When a customer last wrote.")

        self.answers = ticket.number("answers", "How many answers it has had.")
        self.customer_messages = ticket.number("customer_messages", "How many messages customers have written.")
        self.reopenings = ticket.number("reopenings", "How often it was opened again.")
        self.entries = ticket.number("entries", "How many entries its thread has had.")
        self.custom = ticket.custom()


class MessageFields:
    """What can be asked of the message that came with an event; all is missing where none came."""

    def __init__(self) -> None:
        message = Fields("event", EventFacts, MESSAGE)
        self.kind = message.key("kind", '"message", "answer", "internal message" or "note".', at="label")
        self.subject = message.text("subject", "The subject of the mail that it came as.")
        self.text = message.text("text", "What it says.")
        self.sender = message.text("sender", "The address it came from.")
        self.to = message.texts("to", "The addresses it was sent to.")
        self.cc = message.texts("cc", "The addresses it was copied to.")
        self.bcc = message.texts("bcc", "Addresses that it reached without naming them.")
        self.source = message.choice("source", Channel, "The channel it came through, or leaves through.")
        self.language = message.text("language", "The language it is written in.")
        self.attachments = message.number("attachments", "How many files came with it.", at=reading.attachments)
        self.has_attachment = message.flag("has_attachment", "Whether a file came with it.", at=reading.has_attachment)
        self.is_first = message.flag(
            "is_first", "Whether it is the first of a customer, or the first answer.", at=reading.is_first_message
        )
        self.is_public = message.flag("is_public", "Whether customers see it.")
        self.is_note = message.flag("is_note", "Whether it is a private note.")


class LastMessageFields:
    """What can be asked of the last message of a ticket, whatever has just happened."""

    def __init__(self) -> None:
        last = Fields("event", EventFacts, LAST_MESSAGE)
        self.text = last.text("text", "What it says.")
        self.author_kind = last.choice("author_kind", ActorKind, "Who wrote it.", at="author.kind")
        self.at = last.instant("at", "When it was written.")


class ActorFields:
    """What can be asked of whoever caused an event."""

    def __init__(self) -> None:
        actor = Fields("event", EventFacts, ACTOR)
        self.kind = actor.choice("kind", ActorKind, "An agent, a contact, or the system.")
        self.id = actor.id("id", "The agent's or contact's id.")
        self.is_assignee = actor.flag("is_assignee", "Whether it is the ticket's assignee.", at=reading.is_assignee)
        self.is_requester = actor.flag(
            "is_requester", "Whether it is one of the ticket's requesters.", at=reading.is_requester
        )


class ChangeFields:
    """What can be asked of a change of any field; of a certain one ask `F.priority.changed()`."""

    def __init__(self) -> None:
        self.field = Fields("event", EventFacts, EVENT).key("field", "The name of the field that changed.")


class EventFields(TicketFields):
    """What can be asked of a ticket to which something has just happened: all of the ticket, and what happened."""

    def __init__(self) -> None:
        super().__init__()
        event = Fields("event", EventFacts)
        self.event = event.key("event", 'What happened, such as "TicketOpened".', at=reading.event_name)
        self.now = event.instant("now", "When it happened.", at=reading.now)
        self.message = MessageFields()
        self.last_message = LastMessageFields()
        self.actor = ActorFields()
        self.change = ChangeFields()
        self.target = event.choice("target", Target, "Which target warned, was met or missed.", at=reading.target)
        self.queue_length = event.number(
            "queue_length",
            "How many tickets wait in the department's queue: new or open, of nobody.",
            at=reading.queue_length,
        )


class EntryFields:
    """What can be asked of an entry of a thread."""

    def __init__(self) -> None:
        entry = Fields("entry", EntryFacts)
        written = Fields("entry", EntryFacts, always=False)
        self.id = entry.id("id", "What the entry is asked for by.")
        self.ticket = entry.id("ticket", "The ticket whose thread it stands in.")
        self.position = entry.number("position", "Its place in the thread, from 1.")
        self.at = entry.instant("at", "When it was written, or happened.")
        self.is_public = entry.flag("is_public", "Whether customers see it.")
        self.is_note = entry.flag("is_note", "Whether it is a private note.")
        self.kind = entry.key("kind", 'What it is, such as "answer" or "note".', at="label")
        self.author_kind = written.choice("author_kind", ActorKind, "Who wrote it.", at="author.kind")
        self.author_id = written.id("author_id", "The agent or contact who wrote it.", at="author.id")
        self.text = written.text("text", "What it says.")


def _of(origin: Origin) -> Fields[TicketFacts]:
    return Fields("ticket", TicketFacts, origin)


def _contacts() -> ContactFields[ContactFacts]:
    contact = Fields("contact", ContactFacts)
    return ContactFields(contact.id("id", "What the contact is asked for by."), contact)


def _companies() -> CompanyFields[CompanyFacts]:
    company = Fields("company", CompanyFacts)
    return CompanyFields(company.id("id", "What the company is asked for by."), company)


def _agents() -> AgentFields[AgentFacts]:
    agent = Fields("agent", AgentFacts)
    return AgentFields(agent.id("id", "What the agent is asked for by."), agent)


def _departments() -> DepartmentFields[DepartmentFacts]:
    department = Fields("department", DepartmentFacts)
    return DepartmentFields(department.id("id", "What the department is asked for by."), department)


F: Final = TicketFields()
EventF: Final = EventFields()
EntryF: Final = EntryFields()
ContactF: Final = _contacts()
CompanyF: Final = _companies()
AgentF: Final = _agents()
DepartmentF: Final = _departments()
RecordF: Final = Fields("record", RecordFacts, always=False)
"""Makes fields of records of any other kind by attribute: `RecordF.id("ticket") == ticket`."""
