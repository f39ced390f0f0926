"""Recognising customers by what is theirs alone: their e-mail addresses and phone numbers."""

from ticketcore._draft import Draft
from ticketcore.commands.records import Claimable
from ticketcore.model.keys import address_key, phone_key
from ticketcore.model.kinds import CONTACT_ADDRESSES, CONTACT_PHONES, CONTACTS
from ticketcore.model.people import Contact

ADDRESS = Claimable(CONTACT_ADDRESSES, address_key, "the e-mail address")
PHONE = Claimable(CONTACT_PHONES, phone_key, "the phone number")


def contact_of_address(draft: Draft, address: str) -> Contact | None:
    """The contact who is recognised by an e-mail address."""
    return _holder(draft, ADDRESS, address)


def contact_of_phone(draft: Draft, number: str) -> Contact | None:
    """The contact who is recognised by a phone number."""
    return _holder(draft, PHONE, number)


def _holder(draft: Draft, what: Claimable, value: str) -> Contact | None:
    key = draft.peek(what.kind, what.key(value))
    return draft.get(CONTACTS, key.holder) if key else None
