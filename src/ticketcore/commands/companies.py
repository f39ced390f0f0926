"""Companies: the organisations whose people are contacts, and the e-mail domains that these are recognised by."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand, OverwritingDeskCommand
from ticketcore.commands.custom_fields import with_values
from ticketcore.commands.records import Claimable, alter, claim, exchange
from ticketcore.conditions import Condition, RecordF, any_of
from ticketcore.model import checks
from ticketcore.model.checks import IS_NAME, IS_TAG, UNCHANGED, Check, Unchanged, changed_fields, is_line
from ticketcore.model.fields import FieldOwner, FieldValue
from ticketcore.model.ids import CompanyId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import COMPANIES, COMPANY_DOMAINS, CONTACT_ADDRESSES, CONTACTS
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Company
from ticketcore.model.permissions import Permission
from ticketcore.query import Query
from ticketcore.storage.protocols import Key

DOMAIN = Claimable(COMPANY_DOMAINS, address_key, "the domain")

MOST_DOMAINS = 100
"""How many domains a company can have."""


def _is_domain(value: object) -> bool:
    if not isinstance(value, str) or not is_line(at_most=253).accepts(value) or "@" in value:
        return False
    return all(value.split(".")) and not any(map(str.isspace, value))


IS_DOMAIN = Check("a domain like example.org", _is_domain)


@attrs.frozen
class AddCompany(AddingDeskCommand[Company]):
    """
    Adds a company. Contacts without company who have an address at one of its domains are its people from then on.

    Args:
        name: What it is called.
        domains: The e-mail domains of its people, and of nobody else.
        groups: Such as `"gold"`.
        custom: Values of custom fields by key.

    Raises:
        OutOfPlace: A domain is another company's already.
    """

    permission: ClassVar[Permission] = Permission.CUSTOMERS

    name: str = checks.name()
    domains: Sequence[str] = checks.several(IS_DOMAIN, default=(), at_most=MOST_DOMAINS)
    groups: AbstractSet[str] = checks.distinct(IS_TAG, default=frozenset(), kw_only=True)
    custom: Mapping[str, FieldValue] = checks.mapping(default=FrozenMap(), kw_only=True)

    def decide(self, draft: Draft) -> Company:
        """The new company."""
        company = draft.put(
            COMPANIES,
            Company(
                id=CompanyId(draft.new_id()),
                name=self.name,
                domains=DOMAIN.each_once(self.domains),
                groups=frozenset(self.groups),
                custom=with_values(draft, FieldOwner.COMPANY, FrozenMap(), self.custom, self.asked),
                created_at=draft.now,
            ),
        )
        claim(draft, DOMAIN, self.domains, company.id)
        _take_in_people(draft, company, company.domains)
        return company


@attrs.frozen
class ChangeCompany(OverwritingDeskCommand[Company]):
    """
    Changes what is known of a company. What is not given stays.

    Contacts without company at a new domain are its people from then on; those at a domain that it gives up stay.

    Args:
        company: Which one.
        name: What it is called.
        domains: All its domains.
        groups: All its groups.
        custom: Values of custom fields by key; None takes one away, others stay.

    Raises:
        OutOfPlace: A domain is another company's already.
    """

    permission: ClassVar[Permission] = Permission.CUSTOMERS

    company: CompanyId = checks.identifier()
    name: str | Unchanged = checks.changeable(IS_NAME)
    domains: Sequence[str] | Unchanged = checks.several(
        IS_DOMAIN, default=UNCHANGED, at_most=MOST_DOMAINS, kw_only=True
    )
    groups: AbstractSet[str] | Unchanged = checks.distinct(IS_TAG, default=UNCHANGED, kw_only=True)
    custom: Mapping[str, FieldValue | None] = checks.mapping(default=FrozenMap(), kw_only=True)

    def overwritten(self) -> Key:
        """The company."""
        return Key(COMPANIES, self.company)

    def decide(self, draft: Draft) -> Company:
        """The company as it now is."""
        company = draft.get(COMPANIES, self.company)
        fields = changed_fields(self)
        fields["custom"] = with_values(draft, FieldOwner.COMPANY, company.custom, self.custom, self.asked)
        if "domains" in fields:
            exchange(draft, DOMAIN, company.domains, fields["domains"], company.id)
            fields["domains"] = DOMAIN.each_once(fields["domains"])
        after = alter(draft, COMPANIES, company, **fields)
        _take_in_people(draft, after, [it for it in after.domains if it not in company.domains])
        return after


def checked_company(draft: Draft, company: CompanyId | None) -> CompanyId | None:
    """
    The company that a command names.

    Raises:
        NotFound: There is none.
    """
    return None if company is None else draft.get(COMPANIES, company).id


def company_of(draft: Draft, emails: Sequence[str]) -> CompanyId | None:
    """The company that owns the domain of the first address that has one."""
    domains = [email.rpartition("@")[2] for email in emails]
    draft.want(*DOMAIN.keys(domains))
    holders = (draft.peek(COMPANY_DOMAINS, key.id) for key in DOMAIN.keys(domains))
    return next((CompanyId(it.holder) for it in holders if it is not None), None)


def _take_in_people(draft: Draft, company: Company, domains: Iterable[str]) -> None:
    """Gives the company to the contacts without one who have an address at these domains."""
    at_domains: list[Condition[Any]] = [RecordF.text("id").ends_with(f"@{address_key(it)}") for it in domains]
    if not at_domains:
        return
    addresses = draft.find(Query(CONTACT_ADDRESSES, any_of(*at_domains))).items
    people = [Key(CONTACTS, id) for id in dict.fromkeys(it.holder for it in addresses)]
    draft.want(*people)
    for key in people:
        contact = draft.get(CONTACTS, key.id)
        if contact.company is None:
            alter(draft, CONTACTS, contact, company=company.id)
