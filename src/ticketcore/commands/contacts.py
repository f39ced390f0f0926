"""
Customers: adding them, changing what is known of them.

Recognising them is in `ticketcore.commands.recognising`; forgetting them is in `ticketcore.commands.erasure`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand, AddingTicketCommand, CustomerCommand, OverwritingDeskCommand
from ticketcore.commands.companies import checked_company, company_of
from ticketcore.commands.custom_fields import with_values
from ticketcore.commands.participants import customers_ticket
from ticketcore.commands.recognising import ADDRESS, PHONE
from ticketcore.commands.records import Claimable, alter, claim, exchange
from ticketcore.model import checks
from ticketcore.model.checks import (
    IS_ADDRESS,
    IS_ID,
    IS_NAME,
    IS_TAG,
    UNCHANGED,
    Check,
    Unchanged,
    changed_fields,
    is_line,
    optional,
)
from ticketcore.model.fields import FieldOwner, FieldValue
from ticketcore.model.ids import CompanyId, ContactId
from ticketcore.model.kinds import CONTACTS
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Contact
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage.protocols import Key

MOST_ADDRESSES = 50
"""How many addresses, and how many numbers, a contact can have."""

LANGUAGE_LIMIT = 35
"""The longest language tag that RFC 5646 asks programs to take."""


def _is_phone(value: object) -> bool:
    return is_line(at_least=3, at_most=40).accepts(value) and sum(map(str.isdecimal, str(value))) >= _FEWEST_DIGITS


_FEWEST_DIGITS = 3
IS_PHONE = Check(f"a phone number of 3 to 40 characters with at least {_FEWEST_DIGITS} digits", _is_phone)


@attrs.frozen
class AddContact(AddingDeskCommand[Contact]):
    """
    Adds a customer (requirement TK-4).

    Args:
        name: Full name; who has none gets a visitor id.
        email: The address they are written to.
        emails: More addresses that they are recognised by.
        phones: Phone numbers that they are recognised by.
        location: Where they are.
        language: Such as `"el"`.
        groups: Such as `"vip"`.
        company: Their company; if None, the one that owns the domain of their address.
        custom: Values of custom fields by key.

    Raises:
        NotFound: There is no such company.
        OutOfPlace: An address or number is somebody else's already.
    """

    permission: ClassVar[Permission] = Permission.CUSTOMERS

    name: str | None = checks.name(default=None)
    email: str | None = checks.checked(IS_ADDRESS, default=None)
    emails: Sequence[str] = checks.several(IS_ADDRESS, default=(), at_most=MOST_ADDRESSES, kw_only=True)
    phones: Sequence[str] = checks.several(IS_PHONE, default=(), at_most=MOST_ADDRESSES, kw_only=True)
    location: str | None = checks.line(default=None, kw_only=True)
    language: str | None = checks.line(at_most=LANGUAGE_LIMIT, default=None, kw_only=True)
    groups: AbstractSet[str] = checks.distinct(IS_TAG, default=frozenset(), kw_only=True)
    company: CompanyId | None = checks.identifier(default=None, kw_only=True)
    custom: Mapping[str, FieldValue] = checks.mapping(default=FrozenMap(), kw_only=True)

    def reads(self) -> tuple[Key, ...]:
        """The keys of the addresses and numbers."""
        return ADDRESS.keys(self._addresses) + PHONE.keys(self.phones)

    @property
    def _addresses(self) -> tuple[str, ...]:
        return (*([self.email] if self.email else []), *self.emails)

    def decide(self, draft: Draft) -> Contact:
        """The new contact."""
        return add_contact(
            draft,
            name=self.name,
            emails=self._addresses,
            phones=self.phones,
            company=checked_company(draft, self.company),
            location=self.location,
            language=self.language,
            groups=frozenset(self.groups),
            custom=with_values(draft, FieldOwner.CONTACT, FrozenMap(), self.custom, self.asked),
        )


@attrs.frozen
class ChangeContact(OverwritingDeskCommand[Contact]):
    """
    Changes what is known of a customer. What is not given stays; None takes away.

    Args:
        contact: Which customer.
        name: Full name.
        emails: All addresses that they are recognised by; the first one is written to.
        phones: All numbers that they are recognised by.
        location: Where they are.
        language: Such as `"el"`.
        groups: All their groups.
        company: Their company. Who has none gets the one that owns the domain of a new address.
        custom: Values of custom fields by key; others stay.

    Raises:
        NotFound: There is no such contact, or company.
        OutOfPlace: An address or number is somebody else's already.
    """

    permission: ClassVar[Permission] = Permission.CUSTOMERS

    contact: ContactId = checks.identifier()
    name: str | Unchanged | None = checks.changeable(optional(IS_NAME))
    emails: Sequence[str] | Unchanged = checks.several(
        IS_ADDRESS, default=UNCHANGED, at_most=MOST_ADDRESSES, kw_only=True
    )
    phones: Sequence[str] | Unchanged = checks.several(
        IS_PHONE, default=UNCHANGED, at_most=MOST_ADDRESSES, kw_only=True
    )
    location: str | Unchanged | None = checks.changeable(optional(is_line()))
    language: str | Unchanged | None = checks.changeable(optional(is_line(at_most=LANGUAGE_LIMIT)))
    groups: AbstractSet[str] | Unchanged = checks.distinct(IS_TAG, default=UNCHANGED, kw_only=True)
    company: CompanyId | Unchanged | None = checks.changeable(optional(IS_ID))
    custom: Mapping[str, FieldValue | None] = checks.mapping(default=FrozenMap(), kw_only=True)

    def overwritten(self) -> Key:
        """The contact."""
        return Key(CONTACTS, self.contact)

    def decide(self, draft: Draft) -> Contact:
        """The contact as it now is."""
        contact = draft.contact(self.contact)
        fields = changed_fields(self)
        fields["custom"] = with_values(draft, FieldOwner.CONTACT, contact.custom, self.custom, self.asked)
        if "company" in fields:
            checked_company(draft, fields["company"])
        if "emails" in fields:
            fields["emails"] = _exchanged(draft, ADDRESS, contact, contact.emails, fields["emails"])
            fields.setdefault("company", contact.company or company_of(draft, fields["emails"]))
        if "phones" in fields:
            fields["phones"] = _exchanged(draft, PHONE, contact, contact.phones, fields["phones"])
        return alter(draft, CONTACTS, contact, **fields)


@attrs.frozen
class ChangeRequestersGroups(AddingTicketCommand[Contact]):
    """
    Puts the main requester of a ticket into groups, and takes them out of others: for rules.

    Args:
        join: The groups that they are in from now on.
        leave: The groups that they are in no longer.

    Raises:
        OutOfPlace: It is an internal ticket, or the requester was erased.
    """

    permission: ClassVar[Permission] = Permission.CUSTOMERS

    join: AbstractSet[str] = checks.distinct(IS_TAG, default=frozenset())
    leave: AbstractSet[str] = checks.distinct(IS_TAG, default=frozenset())

    def decide(self, draft: Draft, ticket: AnyTicket) -> Contact:
        """The requester as they now are."""
        requester = draft.contact(customers_ticket(ticket, self.asked).requester)
        return alter(draft, CONTACTS, requester, groups=(requester.groups - self.leave) | self.join)


@attrs.frozen
class ChangeMyProfile(CustomerCommand[Contact]):
    """
    A customer corrects their own data. What is not given stays; None takes away.

    Addresses and numbers are not among them: they say who somebody is, so only agents, who can make sure, change them.

    Args:
        name: Full name.
        location: Where they are.
        language: Such as `"el"`.
    """

    permission: ClassVar[Permission] = Permission.CUSTOMERS

    name: str | Unchanged | None = checks.changeable(optional(IS_NAME))
    location: str | Unchanged | None = checks.changeable(optional(is_line()))
    language: str | Unchanged | None = checks.changeable(optional(is_line(at_most=LANGUAGE_LIMIT)))

    def decide(self, draft: Draft) -> Contact:
        """The contact as it now is."""
        return alter(draft, CONTACTS, draft.contact(draft.customer), **changed_fields(self))


def add_contact(
    draft: Draft,
    *,
    name: str | None = None,
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    company: CompanyId | None = None,
    **fields: Any,
) -> Contact:
    """
    A new contact who holds these addresses and numbers.

    Raises:
        OutOfPlace: One of them is somebody else's already.
    """
    id = ContactId(draft.new_id())
    claim(draft, ADDRESS, emails, id)
    claim(draft, PHONE, phones, id)
    return draft.put(
        CONTACTS,
        Contact(
            id=id,
            name=name,
            visitor=f"Visitor {id[-6:]}",
            emails=ADDRESS.each_once(emails),
            phones=PHONE.each_once(phones),
            company=company if company is not None else company_of(draft, emails),
            created_at=draft.now,
            **fields,
        ),
    )


def _exchanged(
    draft: Draft, what: Claimable, contact: Contact, before: Sequence[str], after: Sequence[str]
) -> tuple[str, ...]:
    exchange(draft, what, before, after, contact.id)
    return what.each_once(after)
