import pytest

from tests.fakes import a_desk
from ticketcore.commands.assignment import Assign, Transfer
from ticketcore.commands.command import ANY
from ticketcore.commands.companies import AddCompany
from ticketcore.commands.contacts import ChangeContact
from ticketcore.commands.filling import check_template, fill
from ticketcore.commands.memberships import ChangeMembership
from ticketcore.errors import InvalidInput, OutOfPlace


def filled(seat, text, ticket):
    """A template as somebody fills it for a ticket."""
    return seat._read(lambda draft: fill(draft, text, draft.ticket(ticket.id)))


def test_agent_is_the_one_who_asks(shop, ana):
    """An agent's own name and signature stand in the text, whoever is responsible for the ticket."""
    shop.system.do(ChangeMembership(shop.billing, ana, signature="Ana, Billing"))
    ticket = shop.system.do(Transfer(shop.billing, assignee=ana), on=shop.ticket().id)
    text = "{agent.public_name|nobody} / {agent.signature|none}"

    assert filled(shop.ana, text, ticket) == "Ana / Ana, Billing"
    assert filled(shop.dora, text, ticket) == "Dora / none"


def test_assignee_stands_for_the_desk_itself(shop, ana):
    """Where no agent asks, the assignee signs; without one, the fallback stands."""
    ticket = shop.ticket()
    assert filled(shop.system, "{agent.public_name|nobody}", ticket) == "nobody"

    shop.system.do(Assign(ana), on=ticket.id)
    assert filled(shop.system, "{agent.public_name|nobody}", ticket) == "Ana"


def test_requester_s_company_and_department_are_named(shop):
    """What belongs to the ticket is looked up: company of the main requester, department."""
    company = shop.system.do(AddCompany("Kalamata Oil"))
    shop.system.do(ChangeContact(shop.mia.id, company=company.id), seen=ANY)
    ticket = shop.system.do(Transfer(shop.billing), on=shop.ticket().id)

    assert filled(shop.ana, "{company.name}, {department.name}", ticket) == "Kalamata Oil, Billing"
    assert filled(shop.ana, "{company.name|-}, {department.name|-}", shop.ticket(shop.bob)) == "-, -"


def test_internal_ticket_names_the_customer_it_is_about(shop):
    """On an internal ticket the customer whom it is about stands for the requester."""
    assert filled(shop.ana, "{requester.name}", shop.internal_ticket(about=shop.mia.id)) == "Mia"


def test_today_is_the_desk_s(shop):
    """The date is the clock's, not the machine's."""
    assert filled(shop.ana, "{today}", shop.ticket()) == "2026-03-02"


def test_text_is_neither_empty_nor_too_long(shop):
    """What no message may be does not come of a template either."""
    ticket = shop.ticket(subject="x" * 500)

    for text, length in (("{requester.location}", 0), ("{ticket.subject}" * 401, 200_500)):
        with pytest.raises(OutOfPlace, match=f"has {length} characters"):
            filled(shop.ana, text, ticket)


def test_all_undefined_fields_are_told():
    """Custom fields that are not defined are all listed, by what they are asked of."""
    desk, _ = a_desk()
    text = "{ticket.custom.a} {today} {company.custom.b}"

    with pytest.raises(InvalidInput) as caught:
        desk.as_system()._read(lambda draft: check_template(draft, text, "text", "AddCannedResponse"))

    assert caught.value.subject == "AddCannedResponse"
    assert [(it.path, it.expected, it.got) for it in caught.value.faults] == [
        ("text", "a custom field that is defined for a ticket: nothing", "'a'"),
        ("text", "a custom field that is defined for a company: nothing", "'b'"),
    ]
