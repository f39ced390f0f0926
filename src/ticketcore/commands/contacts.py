"""Customers: adding them, changing what is known of them, forgetting them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand, CustomerCommand, OverwritingDeskCommand
from ticketcore.conditions import EntryF, RecordF
from ticketcore.errors import InvalidInput, OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import IS_ADDRESS, IS_TAG, Check, is_line
from ticketcore.model.fields import FieldOwner, FieldValue, faults_of_values
from ticketcore.model.ids import CompanyId, ContactId
from ticketcore.model.keys import NaturalKey, address_key, phone_key
from ticketcore.model.kinds import (
    COMPANIES,
    COMPANY_DOMAINS,
    CONTACT_ADDRESSES,
    CONTACT_NOTES,
    CONTACT_PHONES,
    CONTACTS,
    ENTRIES,
    RATINGS,
    Kind,
)
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Contact
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import CustomerMessage
from ticketcore.query import Query
from ticketcore.storage.protocols import Key

IS_PHONE = Check(
    "a phone number of 3 to 40 characters with at least 3 digits",
    lambda value: is_line(at_least=3, at_most=40).accepts(value) and sum(map(str.isdecimal, str(value))) >= 3,
)


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
        OutOfPlace: An address or number is somebody else's already.
    """

    permission: ClassVar[Permission] = Permission.CUSTOMERS

    name: str | None = checks.line(at_most=checks.NAME_LIMIT, default=None)
    email: str | None = checks.checked(IS_ADDRESS, default=None)
    emails: Sequence[str] = checks.several(IS_ADDRESS, default=(), at_most=50, kw_only=True)
    phones: Sequence[str] = checks.several(IS_PHONE, default=(), at_most=50, kw_only=True)
    location: str | None = checks.line(default=None, kw_only=True)
    language: str | None = checks.line(at_most=35, default=None, kw_only=True)
    groups: frozenset[str] = checks.distinct(IS_TAG, default=frozenset(), kw_only=True)
    company: CompanyId | None = checks.identifier(default=None, kw_only=True)
    custom: Mapping[str, FieldValue] = checks.mapping(default=FrozenMap(), kw_only=True)

    def reads(self) -> list[Key]:
        """The keys of the addresses."""
        return [Key(CONTACT_ADDRESSES, address_key(it)) for it in self._addresses]

    @property
    def _addresses(self) -> tuple[str, ...]:
        return (*([self.email] if self.email else []), *self.emails)

    def decide(self, draft: Draft) -> Contact:
        """The new contact."""
        return add_contact(
            draft,
            name=self.name,
            emails=self._addresses,
            phones=tuple(self.phones),
            location=self.location,
            language=self.language,
            groups=self.groups,
            company=self.company,
            custom=_custom_values(draft, FrozenMap(), self.custom, self.asked),
        )


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
    claim(draft, CONTACT_ADDRESSES, map(address_key, emails), id, "the e-mail address")
    claim(draft, CONTACT_PHONES, map(phone_key, phones), id, "the phone number")
    return draft.put(
        CONTACTS,
        Contact(
            id=id,
            name=name,
            visitor=f"Visitor {id[-6:]}",
            emails=tuple(emails),
            phones=tuple(phones),
            company=company if company is not None else company_of(draft, emails),
            created_at=draft.now,
            **fields,
        ),
    )


def contact_of_address(draft: Draft, address: str) -> Contact | None:
    """The contact who is recognised by an e-mail address."""
    key = draft.peek(CONTACT_ADDRESSES, address_key(address))
    return draft.get(CONTACTS, key.holder) if key else None


def company_of(draft: Draft, emails: Sequence[str]) -> CompanyId | None:
    """The company that owns the domain of the first address that has one."""
    for email in emails:
        key = draft.peek(COMPANY_DOMAINS, address_key(email.rpartition("@")[2]))
        if key is not None:
            return CompanyId(key.holder)
    return None


def claim(draft: Draft, kind: Kind[NaturalKey], ids: Iterable[str], holder: str, what: str) -> None:
    """
    Claims natural keys for a record.

    Raises:
        OutOfPlace: One is held by another record.
    """
    for id in ids:
        held = draft.peek(kind, id)
        if held is not None and held.holder != holder:
            raise OutOfPlace(draft.cause.command, f"{what} {id!r} is taken already")
        if held is None:
            draft.put(kind, NaturalKey(id=id, holder=holder))


def release(draft: Draft, kind: Kind[NaturalKey], ids: Iterable[str], holder: str) -> None:
    """Gives up natural keys that a record holds."""
    for id in ids:
        held = draft.peek(kind, id)
        if held is not None and held.holder == holder:
            draft.remove(kind, id)


def _custom_values(
    draft: Draft, before: FrozenMap[str, FieldValue], values: Mapping[str, FieldValue | None], asked: str
) -> FrozenMap[str, FieldValue]:
    if faults := faults_of_values(values, draft.configuration.fields_of(FieldOwner.CONTACT)):
        raise InvalidInput(asked, faults)
    return before.with_items(values)
