"""What records say: all that people write, and to customers nothing that they are not shown."""

import attrs
import pytest

from ticketcore.conformance import records
from ticketcore.events import Event
from ticketcore.model.attachments import Attachment
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.passages import passage_of
from ticketcore.model.thread import UntrustedHtml
from ticketcore.serialization.tables import RECORDS

FREE_TEXTS = {"text", "comment", "subject", "description"}
"""The fields in which people write what they like."""

FILE = Attachment("a1", "scan.png", "image/png", 3, "0" * 64)
PUBLISHED = [
    records.ticket(tags={"vip"}, type="Billing", cc=("kim@example.org",), custom=FrozenMap({"order": "seven"})),
    records.customer_message(
        attachments=(FILE,),
        subject="Re: bill",
        sender="mia@example.org",
        to=("us@example.org",),
        html=UntrustedHtml("b"),
    ),
    records.answer(attachments=(FILE,)),
    records.chat_message(text="Hello"),
]
PRIVATE = [
    records.internal_ticket(tags={"till"}),
    records.note(attachments=(FILE,)),
    records.internal_message(),
    records.ticket_note(text="Order 7"),
    records.rating(comment="Late"),
    records.time_entry(text="Looked it up"),
    records.contact(name="Mia Kos", emails=("mia@example.org",)),
]


@pytest.mark.parametrize("record", PUBLISHED, ids=lambda it: type(it).__name__)
def test_what_is_said_in_public_is_what_customers_are_shown(record):
    """Each public text of a record is in what `public()` gives of it, and no private one is."""
    said, shown = passage_of(record), repr(record.public())

    assert said.public
    assert all(text in shown for text in said.public)
    assert not [text for text in said.private if text in shown]


@pytest.mark.parametrize("record", PRIVATE, ids=lambda it: type(it).__name__)
def test_what_customers_are_not_shown_is_not_said_in_public(record):
    """A record that customers never see says nothing in public."""
    assert passage_of(record).public == ()
    assert any(passage_of(record).private)


@pytest.mark.parametrize("record", PUBLISHED + PRIVATE, ids=lambda it: type(it).__name__)
def test_everything_that_people_write_is_said(record):
    """Whatever free text a record has, its passage has, too."""
    written = {name: getattr(record, name) for name in FREE_TEXTS & set(attrs.fields_dict(type(record)))}
    passage = passage_of(record)

    assert all(text in (*passage.public, *passage.private) for text in written.values() if text)


def test_every_record_on_which_people_write_says_something():
    """Whoever adds a record of a ticket with text has it say that; events hold no free text."""
    tried = {type(it) for it in PUBLISHED + PRIVATE}
    of_tickets = {
        kind
        for kinds in RECORDS.values()
        for kind in kinds
        if not issubclass(kind, Event) and {"ticket", "reference"} & set(attrs.fields_dict(kind))
    }

    assert {it for it in of_tickets if FREE_TEXTS & set(attrs.fields_dict(it))} <= tried
    assert {it for it in of_tickets if hasattr(it, "passage")} <= tried
