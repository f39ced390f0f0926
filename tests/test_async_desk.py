"""The asynchronous desk is the synchronous one, to be awaited."""

import asyncio
import inspect
from datetime import UTC, datetime

import pytest

from tests.fakes import Clock, seeded_ids
from ticketcore import AsyncHelpDesk, HelpDesk, Upload, async_seats, seats
from ticketcore.automation import AddRule
from ticketcore.commands import (
    AddAgent,
    AddContact,
    AddDepartment,
    AddInlineNote,
    AssignNext,
    Postpone,
    SendAnswer,
    SubmitTicket,
    Transfer,
)
from ticketcore.conditions import F
from ticketcore.events import TicketOpened

TWINS = [
    (seats.SystemSeat, async_seats.AsyncSystemSeat),
    (seats.AgentSeat, async_seats.AsyncAgentSeat),
    (seats.CustomerSeat, async_seats.AsyncCustomerSeat),
    (HelpDesk, AsyncHelpDesk),
]


def public_methods(kind):
    """The methods of a class that have no underscore, by name."""
    return {name: it for name, it in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def parameters(method):
    """Names, kinds and defaults of the parameters of a method."""
    return [(it.name, it.kind, it.default) for it in inspect.signature(method).parameters.values()]


@pytest.mark.parametrize(("sync", "twin"), TWINS)
def test_twins_have_the_same_methods_with_the_same_parameters(sync, twin):
    """Whatever one of the twins can be asked, the other can be asked in the same words."""
    assert public_methods(sync).keys() == public_methods(twin).keys()
    for name, method in public_methods(sync).items():
        assert parameters(method) == parameters(public_methods(twin)[name]), name


def sync_story(desk):
    """What happens at a desk in a day, synchronously."""
    admin = desk.as_system()
    billing = admin.do(AddDepartment("Billing"))
    ana = admin.do(AddAgent("Ana", departments=[billing.id]))
    mia = admin.do(AddContact("Mia", email="mia@example.org"))
    then = [Transfer(billing.id), AssignNext()]
    admin.do(AddRule("Invoices", trigger=TicketOpened, when=F.subject.contains("invoice"), then=then))
    customer, agent = desk.as_customer(mia.id), desk.as_agent(ana.id)
    upload = Upload("invoice.pdf", "application/pdf", b"%PDF")
    ticket = customer.do(SubmitTicket("Invoice 7", "You charged me twice.", attachments=[upload]), key="once")
    again = customer.do(SubmitTicket("Invoice 7", "You charged me twice.", attachments=[upload]), key="once")
    agent.do(AddInlineNote("Refund agreed with finance."), on=ticket.id)
    agent.do(SendAnswer("Refunded, sorry!"), on=ticket.id)
    agent.do(Postpone(datetime(2026, 3, 3, 9, tzinfo=UTC)), on=ticket.id)
    file = customer.thread(ticket.id)[0].attachments[0]
    return [
        ticket == again,
        customer.thread(ticket.id),
        agent.thread(ticket.id),
        agent.tickets(F.assignee == ana.id),
        agent.tally("status"),
        customer.download(file.id, on=ticket.id),
        admin.next_due(),
    ]


async def async_story(desk):
    """The same, awaited."""
    admin = desk.as_system()
    billing = await admin.do(AddDepartment("Billing"))
    ana = await admin.do(AddAgent("Ana", departments=[billing.id]))
    mia = await admin.do(AddContact("Mia", email="mia@example.org"))
    then = [Transfer(billing.id), AssignNext()]
    await admin.do(AddRule("Invoices", trigger=TicketOpened, when=F.subject.contains("invoice"), then=then))
    customer, agent = desk.as_customer(mia.id), desk.as_agent(ana.id)
    upload = Upload("invoice.pdf", "application/pdf", b"%PDF")
    ticket = await customer.do(SubmitTicket("Invoice 7", "You charged me twice.", attachments=[upload]), key="once")
    again = await customer.do(SubmitTicket("Invoice 7", "You charged me twice.", attachments=[upload]), key="once")
    await agent.do(AddInlineNote("Refund agreed with finance."), on=ticket.id)
    await agent.do(SendAnswer("Refunded, sorry!"), on=ticket.id)
    await agent.do(Postpone(datetime(2026, 3, 3, 9, tzinfo=UTC)), on=ticket.id)
    file = (await customer.thread(ticket.id))[0].attachments[0]
    return [
        ticket == again,
        await customer.thread(ticket.id),
        await agent.thread(ticket.id),
        await agent.tickets(F.assignee == ana.id),
        await agent.tally("status"),
        await customer.download(file.id, on=ticket.id),
        await admin.next_due(),
    ]


def test_both_desks_do_the_same():
    """One story told to both desks, with the same clock and ids, ends in the same records."""
    told = sync_story(HelpDesk(clock=Clock(), new_id=seeded_ids(1)))
    awaited = asyncio.run(async_story(AsyncHelpDesk(clock=Clock(), new_id=seeded_ids(1))))

    assert told == awaited
    assert told[0] is True


def test_tasks_at_once_lose_nothing_and_take_turns():
    """Many tasks that open tickets at once: every ticket is there, and no agent has two more than another."""

    async def story():
        desk = AsyncHelpDesk(clock=Clock(), new_id=seeded_ids(2))
        admin = desk.as_system()
        for name in ("Ana", "Boris", "Chloe"):
            await admin.do(AddAgent(name))
        await admin.do(AddRule("Everybody in turn", trigger=TicketOpened, then=[AssignNext()]))
        mia = await admin.do(AddContact("Mia"))
        customer = desk.as_customer(mia.id)
        await asyncio.gather(*(customer.do(SubmitTicket(f"Question {n}")) for n in range(31)))
        return await admin.tally("assignee")

    tally = asyncio.run(story())

    assert sum(tally.values()) == 31
    assert max(tally.values()) - min(tally.values()) == 1
