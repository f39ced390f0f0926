import inspect
from datetime import UTC, datetime

import attrs
import pytest

from ticketcore.model import public
from ticketcore.model.attachments import Attachment, PublicAttachment
from ticketcore.model.people import Contact
from ticketcore.model.ratings import Rating
from ticketcore.model.thread import Answer, CustomerMessage, Entry
from ticketcore.model.tickets import InternalTicket, Ticket
from ticketcore.notices import CustomerNotice

FIELDS = {
    public.PublicTicket: {"id", "reference", "subject", "description", "status", "created_at", "changed_at"},
    public.PublicMessage: {"id", "ticket", "author", "from_desk", "at", "text", "attachments"},
    public.PublicContact: {"id", "name", "emails", "phones", "location", "language"},
    public.PublicRating: {"id", "ticket", "positive", "comment", "at"},
    public.PublicChat: {"id", "ticket", "started_at", "picked_up", "ended"},
    public.PublicChatMessage: {"id", "chat", "author", "from_desk", "at", "text"},
    PublicAttachment: {"id", "name", "media_type", "size"},
}
"""Every field that customers see, written down: whoever adds one adds it here, and thinks of what it tells."""

SENT = {
    "key", "to", "address", "occasion", "ticket", "message", "text", "sender_name", "sender_address", "answers",
    "automatic",
}  # fmt: skip
"""What a customer is sent."""


def public_classes():
    """All classes of what customers see."""
    own = {it for _, it in inspect.getmembers(public, attrs.has) if it.__module__ == public.__name__}
    return own | {PublicAttachment}


def test_public_classes_have_no_private_field():
    """What customers see has no field but those that were thought of: what is not there cannot leak."""
    assert {it: set(attrs.fields_dict(it)) for it in public_classes()} == FIELDS


def test_public_classes_hold_public_values():
    """No field of what customers see can hold anything private: only texts, numbers, times and other public values."""
    allowed = {str, bool, int, datetime, type(None), PublicAttachment}
    for kind in public_classes():
        for field in attrs.fields(kind):
            assert set(inner_types(field.type)) <= allowed, f"{kind.__name__}.{field.name}"


def inner_types(declared):
    """The classes that a declared type is made of."""
    arguments = [it for it in getattr(declared, "__args__", ()) if it is not ...]
    if arguments:
        return [inner for it in arguments for inner in inner_types(it)]
    return [getattr(declared, "__supertype__", declared)]


def test_notices_to_customers_hold_public_values():
    """What a customer is sent is made of public values, names of the desk, and their own address."""
    fields = attrs.fields_dict(CustomerNotice)

    assert set(fields) <= SENT
    assert {fields[name].type for name in ("to", "ticket", "message") if name in fields} <= {
        public.PublicContact | None,
        public.PublicTicket,
        public.PublicMessage | None,
    }


def test_only_what_may_be_public_can_be():
    """Of all records, those have a public part whose class is named here, and no others."""
    publishable = {Ticket, CustomerMessage, Answer, Contact, Rating, Attachment}
    entries = {it for it in all_subclasses(Entry) if hasattr(it, "public")}

    assert entries == publishable & all_subclasses(Entry)
    assert all(hasattr(it, "public") for it in publishable)
    assert not hasattr(InternalTicket, "public")
    assert {it for it in all_subclasses(Entry) if it.is_public} == entries


def all_subclasses(kind):
    """A class's subclasses, and theirs."""
    return {it for sub in kind.__subclasses__() for it in (sub, *all_subclasses(sub))}


@pytest.mark.parametrize("kind", sorted(FIELDS, key=lambda it: it.__name__))
def test_public_values_are_frozen(kind):
    """What customers are given cannot be changed."""
    values = dict.fromkeys(attrs.fields_dict(kind), "x")

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        kind(**values).id = "y"


def test_contact_keeps_what_the_desk_thinks_of_it():
    """A customer sees their own data, not the groups, the company and the fields that the desk keeps of them."""
    contact = Contact(
        id="1",
        name="Mia",
        visitor="Visitor 1",
        groups=frozenset({"difficult"}),
        company="2",
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
    )

    assert "difficult" not in repr(contact.public())
    assert contact.public().name == "Mia"
