from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ticketcore.errors import InvalidInput
from ticketcore.model.fields import FieldOwner, FieldValue
from ticketcore.model.ids import AgentId, CompanyId, ContactId, TicketId
from ticketcore.model.lifecycle import OPEN
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.tickets import Channel, Priority, Ticket
from ticketcore.templates import (
    KNOWN_IN_MAIL,
    MAIL_PLACEHOLDERS,
    PLACEHOLDERS,
    Particulars,
    Placeholder,
    Template,
    escape,
    is_template,
    shown_value,
)

CUSTOM: dict[str, FieldValue] = {"order": 7.0, "gift": True, "day": date(2026, 3, 1)}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
BRACES = st.text("{}|a. requester.name")
PART = st.one_of(TEXTS, st.sampled_from(sorted(f"{{{name}}}" for name in PLACEHOLDERS)))


def particulars(name="Mia", subject="Invoice 7", **fields):
    """What placeholders are filled from on a ticket of Mia's, which Ana answers."""
    contact = Contact(
        id=ContactId("mia"),
        name=name,
        visitor="Visitor 1",
        emails=("mia@example.org",),
        location="Paros",
        custom=FrozenMap({"shoe_size": 38.5}),
        created_at=NOON,
    )
    ticket = Ticket(
        id=TicketId("1"),
        reference="7QK3M-9XTRC",
        subject=subject,
        description="You charged me twice.",
        status=OPEN,
        status_changed_at=NOON,
        created_at=NOON,
        changed_at=NOON,
        public_changed_at=NOON,
        source=Channel.FORM,
        priority=Priority.HIGH,
        type="billing",
        custom=FrozenMap(CUSTOM),
        requesters=(contact.id,),
    )
    company = Company(id=CompanyId("co"), name="Kalamata Oil", custom=FrozenMap({"tier": "gold"}), created_at=NOON)
    agent = Agent(id=AgentId("ana"), name="Ana Kovač", public_name="Ana", email="ana@private.example", created_at=NOON)
    known: dict[str, Any] = {"requester": contact, "company": company, "department": "Billing", "agent": agent}
    return Particulars(ticket=ticket, today=date(2026, 3, 2), **known | {"signature": "Ana from the shop"} | fields)


NOTHING_KNOWN = {"requester": None, "company": None, "department": None, "agent": None, "signature": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("requester.name", "Mia"),
        ("requester.email", "mia@example.org"),
        ("requester.location", "Paros"),
        ("requester.custom.shoe_size", "38.5"),
        ("company.name", "Kalamata Oil"),
        ("company.custom.tier", "gold"),
        ("ticket.reference", "7QK3M-9XTRC"),
        ("ticket.subject", "Invoice 7"),
        ("ticket.status", "open"),
        ("ticket.priority", "high"),
        ("ticket.type", "billing"),
        ("ticket.created", "2026-03-02"),
        ("ticket.custom.order", "7"),
        ("ticket.custom.gift", "yes"),
        ("ticket.custom.day", "2026-03-01"),
        ("department.name", "Billing"),
        ("agent.public_name", "Ana"),
        ("agent.signature", "Ana from the shop"),
        ("today", "2026-03-02"),
        ("message.text", "Refunded."),
    ],
)
def test_placeholder_stands_for_its_value(name, value):
    """Each placeholder is filled with what it names."""
    template = Template.parse(f"<{{{name}}}>", KNOWN_IN_MAIL)

    assert template.fill(particulars(message="Refunded.")) == f"<{value}>"


@pytest.mark.parametrize(
    "name", sorted(set(MAIL_PLACEHOLDERS) - {name for name in PLACEHOLDERS if name.startswith(("ticket.", "today"))})
)
def test_missing_value_gives_the_fallback(name):
    """Where nothing is known, what follows the bar stands in the text; without one, nothing does."""
    nothing = particulars(**NOTHING_KNOWN)

    assert Template.parse(f"Dear {{{name}|customer}}!", KNOWN_IN_MAIL).fill(nothing) == "Dear customer!"
    assert Template.parse(f"Dear {{{name}}}!", KNOWN_IN_MAIL).fill(nothing) == "Dear !"


@pytest.mark.parametrize("owner", ["ticket", "requester", "company"])
def test_custom_field_without_value_gives_the_fallback(owner):
    """A custom field that is not set, or whose owner is not known, is missing like any other value."""
    template = Template.parse(f"{{{owner}.custom.unknown|none}}")

    assert template.fill(particulars()) == "none"
    assert template.fill(particulars(**NOTHING_KNOWN)) == "none"


def test_visitor_without_name_is_missing_one():
    """A visitor id is for agents; a visitor is addressed by the fallback."""
    template = Template.parse("Dear {requester.name|customer}")

    assert template.fill(particulars(name=None)) == "Dear customer"
    assert template.fill(particulars(name="")) == "Dear customer"


def test_blanks_around_a_name_do_not_matter():
    """A placeholder may be written with blanks inside its braces."""
    assert Template.parse("{ requester.name |customer}").fill(particulars()) == "Mia"


@pytest.mark.parametrize(
    "secret", ["agent.email", "agent.name", "ticket.id", "ticket.__class__", "requester", "", "note"]
)
def test_only_listed_names_are_known(secret):
    """What is not listed cannot be named, however it is written."""
    with pytest.raises(InvalidInput, match=r"expected one of the placeholders requester\.name, "):
        Template.parse(f"{{{secret}}}")


def test_message_is_known_in_mail_alone():
    """Only templates of mail are put around a message."""
    assert Template.parse("{message.text}", KNOWN_IN_MAIL).placeholders == (Placeholder("message.text"),)
    with pytest.raises(InvalidInput):
        Template.parse("{message.text}")


def test_all_faults_are_told_with_their_places():
    """Everything wrong with a template is said at once, each fault at its character."""
    with pytest.raises(InvalidInput) as caught:
        Template.parse("{who} is {requester.name} { and {{ok}} and {agent.email|x} {requester.name")

    assert [fault.path for fault in caught.value.faults] == ["[0]", "[26]", "[43]", "[59]"]
    assert [fault.got for fault in caught.value.faults] == ["'who'", "'{ and '", "'agent.email'", "'{requester.name'"]


def test_closing_brace_stands_for_itself():
    """Only the opening brace is special."""
    assert Template.parse("a } b }} c").fill(particulars()) == "a } b }} c"


def test_three_braces_are_one_and_a_placeholder():
    """Doubled braces are read from the left."""
    assert Template.parse("{{{requester.name}}").fill(particulars()) == "{Mia}"


def test_custom_field_tells_owner_and_key():
    """What a placeholder of a custom field names can be asked, to look for its definition."""
    fields = [it.custom_field for it in Template.parse("{requester.custom.a}{ticket.custom.b}{today}").placeholders]

    assert fields == [(FieldOwner.CONTACT, "a"), (FieldOwner.TICKET, "b"), None]


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "yes"), (False, "no"), (7, "7"), (7.0, "7"), (7.5, "7.5"), ("x", "x"), (date(2026, 3, 2), "2026-03-02")],
)
def test_values_are_shown_as_people_write_them(value, text):
    """Numbers, dates and yes or no look as in a letter."""
    assert shown_value(value) == text


@given(TEXTS | BRACES)
def test_escaped_text_says_itself(text):
    """fill(parse(escape(x))) == x, for every text x."""
    assert Template.parse(escape(text)).fill(particulars()) == text


@given(TEXTS | BRACES)
def test_values_are_never_expanded(text):
    """What a customer is called, or writes in a subject, is put in as it is, placeholders and braces included."""
    filled = Template.parse("<{requester.name}|{ticket.subject}>").fill(particulars(name=text, subject=text))

    assert filled == f"<{text}|{text}>"


def test_name_that_looks_like_a_placeholder_stays_a_name():
    """A customer called {agent.email} is called that, and learns nothing."""
    mischief = particulars(name="{agent.public_name}", subject="{{requester.email}")

    assert (
        Template.parse("{requester.name}: {ticket.subject}").fill(mischief) == "{agent.public_name}: {{requester.email}"
    )


@given(st.lists(PART).map("".join) | BRACES)
def test_template_is_written_as_it_is_read(text):
    """Parsing what a template is written as gives the same template."""
    assume(not is_template().faults("text", text))
    template = Template.parse(text)

    assert Template.parse(str(template)) == template


@given(st.lists(st.sampled_from(["{", "{{", "}", "{requester.name", "{today}", "{nobody}", "x"]), max_size=30))
def test_each_piece_is_read_or_refused(pieces):
    """No brace is passed over: what is neither text, doubled brace nor placeholder is a fault."""
    text = "".join(pieces)
    faults = is_template().faults("text", text)

    if "{nobody}" in text.replace("{{", ""):
        assert any(fault.got == "'nobody'" for fault in faults)
    if text.replace("{{", "").count("{") > text.count("}"):
        assert faults
    assert all(fault.path.startswith("text[") for fault in faults)


def test_check_of_a_template_looks_at_the_text_first():
    """What is no text, or none of the wanted length, is refused as such."""
    check = is_template(at_least=1)

    assert [fault.path for value in (7, "  ", "x" * 200_001) for fault in check.faults("text", value)] == ["text"] * 3
    assert check.faults("text", "Dear {requester.name}") == []
    assert check.accepts("x")
    assert not check.accepts("")


@pytest.mark.parametrize(
    ("piece", "faults"), [("{", 0), ("{{", 0), ("{a", 100_000), ("{}", 100_000), ("}", 0), ("{today}", 0)]
)
def test_longest_text_is_read_to_its_end(piece, faults):
    """Each character is read once, so that even the longest text, whatever it is made of, is done in no time."""
    text = piece * (200_000 // len(piece))

    assert len(is_template().faults("text", text)) == faults
