from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from ticketcore.conditions import (
    VOCABULARIES,
    AgentF,
    AgentFacts,
    CompanyF,
    CompanyFacts,
    ConditionError,
    ContactF,
    ContactFacts,
    DepartmentF,
    DepartmentFacts,
    EntryF,
    EntryFacts,
    EventF,
    F,
    Operator,
    RecordF,
    RecordFacts,
    ago,
    current_agent,
)
from ticketcore.conditions.reading import RECORD
from ticketcore.conformance import records
from ticketcore.conformance.records import NOW, event_facts, facts, internal_ticket, ticket
from ticketcore.events import EVENT_OF_FIELD, TOLD_BY_DIGEST, CustomerMessageAdded
from ticketcore.model.actors import SYSTEM, Actor
from ticketcore.model.attachments import Attachment
from ticketcore.model.departments import Department
from ticketcore.model.ids import AgentId, AttachmentId
from ticketcore.model.people import Agent, Company, Contact, Role
from ticketcore.model.targets import Target
from ticketcore.model.tickets import InternalTicket, Ticket

FILE = Attachment(AttachmentId("f1"), "scan.pdf", "application/pdf", 3, "digest")
FULL = ticket(
    type="billing",
    tags={"vip"},
    language="sl",
    department="billing",
    assignee="ana",
    company="acme",
    referrer="https://example.org/prices",
    invited=True,
    last_message="e1",
    followers=("tom",),
    cc=("boss@example.org",),
    proposed_cc=("eve@example.org",),
    parent="t0",
    links={"t2"},
    merged_into="t3",
    merged_from=("t4",),
    postponed_until=NOW,
    due_at=NOW,
    in_backlog_since=NOW,
    chat_waiting_since=NOW,
    chat_picked_up_at=NOW,
    call_waiting_since=NOW,
    call_picked_up_at=NOW,
    waiting_since=NOW,
    sla="gold",
    sla_level="gold",
    first_answer_at=NOW,
    last_answer_at=NOW,
    last_customer_message_at=NOW,
)
MIA = records.contact(
    name="Mia",
    emails=("mia@example.org",),
    phones=("1",),
    location="Maribor",
    language="sl",
    groups={"vip"},
    company="acme",
)
ACME = records.company(domains=("example.org",), groups={"gold"})
ANA = records.agent(email="ana@example.org", capacity=5, skills=frozenset({"german"}), calendar="office")
BILLING = records.department(email_addresses=("billing@example.org",), calendar="office")
MESSAGE = records.customer_message(
    subject="Invoice 7",
    sender="mia@example.org",
    to=("a@example.org",),
    cc=("b@example.org",),
    bcc=("c@example.org",),
    language="sl",
    attachments=(FILE,),
)
EVENT = SimpleNamespace(field="priority", before=None, after=None, actor=records.ANA, target=Target.RESOLUTION)


@pytest.mark.parametrize("field", VOCABULARIES["event"].fields.values(), ids=str)
def test_every_field_is_read_from_where_it_is(field):
    """A field that finds nothing in a ticket that has everything would never be of use."""
    customers = event_facts(FULL, MIA, ACME, ANA, BILLING, MESSAGE, event=EVENT, message=MESSAGE, queue_length=3)
    internal = event_facts(internal_ticket(about="mia"))

    assert field.text(field.read(customers if field.name not in ("raised_by", "about") else internal)) not in (
        "missing",
        "()",
    )


@pytest.mark.parametrize(
    ("record", "scope"),
    [
        (MIA, "contact"),
        (ACME, "company"),
        (ANA, "agent"),
        (BILLING, "department"),
        (MESSAGE, "entry"),
    ],
)
def test_fields_of_people_and_entries_are_read(record, scope):
    """The same holds for every other scope."""
    vocabulary = VOCABULARIES[scope]

    unread = [
        field.name
        for field in vocabulary.fields.values()
        if field.text(field.read(vocabulary.facts(record))) in ("missing", "()")
    ]

    assert unread == []


@pytest.mark.parametrize(
    ("kind", "scope", "unasked"),
    [
        (
            Ticket,
            "ticket",
            {"version", "custom", "last_message", "status_before", "postponed_from", "public_changed_at", "targets"},
        ),
        (InternalTicket, "ticket", {"version", "custom", "last_message", "status_before", "postponed_from", "targets"}),
        (Contact, "contact", {"version", "custom"}),
        (Company, "company", {"version", "custom"}),
        (Agent, "agent", {"version", "pace"}),
        (
            Department,
            "department",
            {"version", "email_templates", "answering_rules", "procedures", "media", "assigner", "to_solve"},
        ),
    ],
)
def test_what_records_hold_can_be_asked(kind, scope, unasked):
    """A new attribute of a record is either a field or left out on purpose here; custom values are asked by key."""
    asked = {
        field.attribute.partition(".")[0] for field in VOCABULARIES[scope].fields.values() if field.origin is RECORD
    }

    assert {attribute.name for attribute in attrs.fields(kind)} - asked == unasked


@pytest.mark.parametrize("field", VOCABULARIES["ticket"].fields.values(), ids=str)
def test_changes_can_be_asked_as_far_as_events_tell(field):
    """What events tell by digest can only be asked whether it changed; what they do not tell, not even that."""
    told = field.attribute.partition(".")[0] if field.origin is RECORD else None

    assert (Operator.CHANGED in field.operators) is (told in EVENT_OF_FIELD)
    if told in TOLD_BY_DIGEST:
        assert not field.operators & {Operator.CHANGED_FROM, Operator.CHANGED_TO}


@pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=VOCABULARIES)
def test_every_field_says_what_it_is(vocabulary):
    """Each field has a sentence about it."""
    for field in vocabulary.fields.values():
        assert field.description[0].isupper() or field.description[0] == '"'
        assert field.description.endswith(".")


def test_event_fields_ask_what_happened():
    """Rules ask the event, the message, the actor and the change."""
    known = event_facts(FULL, event=EVENT, message=MESSAGE, queue_length=3)

    asked = (
        (EventF.event == "SimpleNamespace")
        & (EventF.change.field == "priority")
        & (EventF.actor.kind == "agent")
        & (EventF.actor.id == "ana")
        & EventF.actor.is_assignee.is_true
        & EventF.actor.is_requester.is_false
        & EventF.message.text.contains("charged")
        & (EventF.message.kind == "message")
        & EventF.message.to.has("A@example.org")
        & (EventF.message.attachments == 1)
        & EventF.message.has_attachment.is_true
        & EventF.message.is_public.is_true
        & EventF.message.is_note.is_false
        & (EventF.queue_length >= 3)
    )

    assert asked.holds(known)


def test_what_did_not_come_with_the_event_is_missing():
    """Without an event and a message, and for a ticket alone, all that is asked of them is missing."""
    asked: list[Any] = [
        EventF.event,
        EventF.message.text,
        EventF.message.is_first,
        EventF.actor.is_assignee,
        EventF.queue_length,
    ]

    for known in (event_facts(), facts()):
        assert [field.is_set().holds(known) for field in asked] == [False] * 5


@pytest.mark.parametrize(
    ("actor", "is_assignee", "is_requester"),
    [
        (records.ANA, True, False),
        (Actor.agent(AgentId("bob")), False, False),
        (records.MIA, False, True),
        (SYSTEM, False, False),
    ],
)
def test_actor_is_somebody_of_the_ticket(actor, is_assignee, is_requester):
    """Rules tell the ticket's own people from others."""
    known = event_facts(FULL, event=SimpleNamespace(actor=actor))

    assert EventF.actor.is_assignee.is_true.holds(known) is is_assignee
    assert EventF.actor.is_requester.is_true.holds(known) is is_requester


def test_system_is_nobodys_assignee():
    """The desk itself has no id, and is not the assignee of a ticket without one."""
    assert EventF.actor.is_assignee.is_false.holds(event_facts(event=SimpleNamespace(actor=SYSTEM)))


@pytest.mark.parametrize(
    ("message", "record", "event", "expected"),
    [
        (MESSAGE, ticket(customer_messages=1), None, True),
        (MESSAGE, ticket(customer_messages=2), None, False),
        (MESSAGE, ticket(customer_messages=2), SimpleNamespace(first=True), True),
        (records.answer(), ticket(first_answer_at=NOW), None, True),
        (records.answer(), ticket(first_answer_at=NOW - timedelta(days=1)), None, False),
        (records.note(), ticket(), None, False),
    ],
)
def test_first_message_is_the_first_of_its_sort(message, record, event, expected):
    """A customer's first message stays the first one, whatever rules have done to the ticket since."""
    assert EventF.message.is_first.is_true.holds(event_facts(record, message=message, event=event)) is expected


def test_events_say_which_message_is_first():
    """The name that is read from the event is the one that the event has."""
    assert "first" in {attribute.name for attribute in attrs.fields(CustomerMessageAdded)}


def test_entries_are_asked_in_their_own_scope():
    """Threads are listed by ticket and position, and by author."""
    asked = (
        (EntryF.ticket == "t1")
        & (EntryF.position >= 1)
        & (EntryF.at <= NOW)
        & EntryF.is_public.is_true
        & EntryF.is_note.is_false
        & (EntryF.kind == "answer")
        & (EntryF.author_kind == "agent")
        & (EntryF.author_id == current_agent)
    )

    assert asked.holds(EntryFacts(records.answer(), viewer=AgentId("ana")))


def test_people_are_asked_in_their_own_scopes():
    """Contacts, companies, agents and departments have fields of their own."""
    assert ((ContactF.id == "mia") & ContactF.groups.has("VIP") & (ContactF.company == "acme")).holds(ContactFacts(MIA))
    assert (CompanyF.name.starts_with("ac") & CompanyF.domains.has("example.org")).holds(CompanyFacts(ACME))
    assert ((AgentF.role < Role.ADMIN) & AgentF.active.is_true & (AgentF.capacity == 5)).holds(AgentFacts(ANA))
    assert ((DepartmentF.id == "billing") & (DepartmentF.access == "open")).holds(DepartmentFacts(BILLING))


def test_what_is_named_is_asked_by_its_id():
    """`F.assignee` is asked like a field, and has fields of its own."""
    assert (F.assignee == "ana").fields() == {F.assignee.id}
    assert F.department.is_in(["a"]) == F.department.id.is_in(["a"])
    assert F.requester.is_missing() == ~F.requester.is_set()
    assert (F.company != None) == F.company.is_set()  # noqa: E711 - a condition
    assert F.assignee.changed() == F.assignee.id.changed()
    assert F.assignee.changed_from("a") & F.assignee.changed_to(None) == (
        F.assignee.id.changed_from("a") & F.assignee.id.changed_to(None)
    )
    assert len({F.assignee, F.assignee}) == 1


def test_what_a_reference_cannot_be_asked_is_refused():
    """A wrong operator on `F.assignee` is refused as on any field."""
    untyped: Any = F  # as whoever has no type checker writes
    with pytest.raises(ConditionError, match="of type id"):
        untyped.assignee.contains("x")
    with pytest.raises(ConditionError, match="an order"):
        _ = untyped.department >= "x"
    with pytest.raises(ConditionError, match="parentheses"):
        _ = untyped.department == "a" & untyped.assignee == "b"


def test_records_of_other_kinds_are_asked_by_attribute():
    """Storages and services ask records that the language does not know."""
    due = SimpleNamespace(ticket="t1", at=NOW - timedelta(hours=1), occasion="sla")

    assert ((RecordF.id("ticket") == "t1") & (RecordF.instant("at") <= ago(hours=1))).holds(RecordFacts(due, now=NOW))
    assert (RecordF.text("occasion") == "SLA").holds(RecordFacts(due))
    assert RecordF.number("weight").is_missing().holds(RecordFacts(due))
