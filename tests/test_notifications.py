"""What stands in the outbox, for whom, and what is made of it when it is sent."""

import attrs
import pytest

from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore.commands.assignment import Assign, Claim, Transfer
from ticketcore.commands.command import ANY
from ticketcore.commands.messages import SendAnswer, SendInternalMessage, SendMessage
from ticketcore.commands.notes import AddContactNote, AddInlineNote, AddTicketNote, EditTicketNote
from ticketcore.commands.participants import AddFollowers, AddRequesters, RemoveFollowers, SetCopies
from ticketcore.commands.status import Close, Delete, MarkAsSpam, Postpone, Resolve
from ticketcore.commands.tickets import AddTags, OpenInternalTicket, SetPriority, SetSubject
from ticketcore.model.attachments import Upload
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import AGENTS, CONTACTS
from ticketcore.model.thread import CustomerMessage, InlineNote, InternalMessage
from ticketcore.model.tickets import Priority
from ticketcore.notices import AgentNotice, CustomerNotice, Occasion
from ticketcore.notifications import NOTIFICATIONS, Audience, Notification, notice_of

PRIVATE = "Between us: he is never satisfied."


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def told(shop):
    """Who is told, in order, and nothing of what follows twice."""
    return [(it.audience, it.recipient) for it in shop.outbox()]


def notices(shop):
    """What would be sent now."""
    return [shop.system._read(lambda draft, it=it: notice_of(draft, it)) for it in shop.outbox()]


def forged(shop, ticket, entry=None):
    """A notification to Mia that nothing in the library would make."""
    return shop.store(
        NOTIFICATIONS,
        Notification(
            id="forged",
            audience=Audience.CONTACT,
            recipient=shop.mia.id,
            occasion=Occasion.MESSAGE,
            ticket=ticket.id,
            entry=entry,
            created_at=shop.clock.now,
            place=99,
            due_at=shop.clock.now,
        ),
    )


# Who is told.


def test_all_who_take_part_are_told_of_an_answer(shop):
    """An answer reaches all requesters, followers and copied addresses (FL-10, FL-11)."""
    ticket = shop.ticket()
    shop.ana.do(AddRequesters([shop.bob.id]), on=ticket.id)
    shop.ana.do(AddFollowers([shop.eve.id]), on=ticket.id)
    shop.ana.do(SetCopies(["kim@example.org"]), on=ticket.id, seen=ANY)

    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    assert sorted(told(shop), key=str) == sorted(
        [
            (Audience.CONTACT, shop.mia.id),
            (Audience.CONTACT, shop.bob.id),
            (Audience.CONTACT, shop.eve.id),
            (Audience.ADDRESS, "kim@example.org"),
        ],
        key=str,
    )


def test_whoever_wrote_is_not_told(shop):
    """A customer's message reaches the others who take part, and not its author."""
    ticket = shop.ticket()
    shop.ana.do(AddFollowers([shop.eve.id]), on=ticket.id)

    shop.desk.as_customer(shop.eve.id).do(SendMessage("Me too."), on=ticket.id)

    assert told(shop) == [(Audience.CONTACT, shop.mia.id)]


def test_nobody_is_told_twice(shop):
    """A copied address that is a party's own, or the author's, gets no copy beside."""
    ticket = shop.ticket()
    shop.ana.do(SetCopies(["MIA@example.org", "bob@example.org"]), on=ticket.id, seen=ANY)
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)

    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)
    shop.ana.do(RemoveFollowers([shop.bob.id]), on=ticket.id)
    shop.desk.as_customer(shop.mia.id).do(SendMessage("Thanks."), on=ticket.id)

    assert sorted(told(shop)[:2], key=str) == sorted(
        [(Audience.CONTACT, shop.mia.id), (Audience.CONTACT, shop.bob.id)], key=str
    )
    assert told(shop)[2:] == [(Audience.ADDRESS, "bob@example.org")]


def test_agent_is_told_of_being_assigned_a_ticket(shop):
    """An agent is told of tickets that others assign to them, and not of those that they take themselves."""
    one, other = shop.ticket(), shop.ticket()
    ana = AgentId(shop.ana.actor.id)

    shop.system.do(Assign(ana), on=one.id)
    shop.ana.do(Claim(), on=other.id, seen=ANY)

    assert told(shop) == [(Audience.AGENT, ana)]
    (notice,) = notices(shop)
    assert isinstance(notice, AgentNotice)
    assert (notice.to.name, notice.ticket.id, notice.occasion) == ("Ana", one.id, Occasion.ASSIGNED)


# What customers are sent.


def test_customer_is_sent_public_values_under_a_key(shop):
    """What a customer is sent is made of public values, under the notification's id as idempotency key."""
    ticket = shop.ticket()
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    (notice,) = notices(shop)

    customer = shop.desk.as_customer(shop.mia.id)
    assert notice == CustomerNotice(
        key=shop.outbox()[0].id,
        to=customer.profile(),
        address="mia@example.org",
        occasion=Occasion.MESSAGE,
        ticket=customer.ticket(ticket.id),
        message=customer.thread(ticket.id)[-1],
        text="Refunded, sorry!",
    )


def test_customer_without_address_is_told_over_their_own_channel(shop):
    """Somebody without an e-mail address is sent a notice without one (FL-11)."""
    ticket = shop.ticket()
    shop.rewrite(CONTACTS, shop.mia.id, emails=())
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    (notice,) = notices(shop)

    assert (notice.to.id, notice.address) == (shop.mia.id, None)


def test_copied_address_is_sent_the_message(shop):
    """A mere address is sent the message, and no contact's data with it."""
    ticket = shop.ticket()
    shop.ana.do(SetCopies(["kim@example.org"]), on=ticket.id, seen=ANY)
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    (copy,) = [it for it in notices(shop) if it.address == "kim@example.org"]

    assert (copy.to, copy.message.text) == (None, "Refunded, sorry!")


def _private_commands(shop, ticket):
    """Everything private that can happen to a customer's ticket, each as one call."""
    ana = AgentId(shop.ana.actor.id)
    note = shop.ana.do(AddTicketNote(PRIVATE), on=ticket.id)
    shop.ana.do(EditTicketNote(note.id, f"{PRIVATE} Never."), on=ticket.id, seen=ANY)
    shop.ana.do(AddInlineNote(PRIVATE, attachments=[Upload("a.txt", "text/plain", b"secret")]), on=ticket.id)
    shop.ana.do(AddContactNote(shop.mia.id, PRIVATE))
    message = shop.ana.do(SendInternalMessage(PRIVATE), on=ticket.id)
    shop.system.do(SendInternalMessage(PRIVATE, message.conversation), on=ticket.id)
    shop.system.do(Transfer(shop.billing), on=ticket.id)
    shop.system.do(Assign(ana), on=ticket.id)
    shop.ana.do(SetPriority(Priority.URGENT), on=ticket.id)
    shop.ana.do(AddTags(frozenset({"difficult"})), on=ticket.id)
    shop.ana.do(SetSubject("A difficult one"), on=ticket.id, seen=ANY)
    shop.ana.do(OpenInternalTicket(PRIVATE, PRIVATE, about=shop.mia.id, assignee=ana))
    shop.ana.do(Postpone(shop.clock.now.replace(year=2030)), on=ticket.id)
    shop.ana.do(Resolve(silently=True), on=ticket.id)
    shop.ana.do(Close(), on=ticket.id)
    shop.ana.do(Delete(), on=ticket.id)


def test_nothing_private_reaches_customers(shop):
    """No note, internal message, internal ticket or inner working makes a notification to a customer (IT-2, NT-1)."""
    ticket = shop.ticket()
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)
    shop.ana.do(SetCopies(["kim@example.org"]), on=ticket.id, seen=ANY)

    _private_commands(shop, ticket)

    assert {audience for audience, _ in told(shop)} <= {Audience.AGENT}
    assert all(isinstance(it, AgentNotice) for it in notices(shop))


def test_notices_to_customers_stay_clear_of_what_is_private(shop):
    """What a customer is sent about a ticket full of private things holds none of them (IT-2, NT-1)."""
    ticket = shop.ticket()
    shop.ana.do(AddTicketNote(PRIVATE), on=ticket.id)
    shop.ana.do(AddInlineNote(PRIVATE), on=ticket.id)
    shop.ana.do(SendInternalMessage(PRIVATE), on=ticket.id)
    shop.rewrite(AGENTS, shop.ana.actor.id, email="ana.private@shop.example", public_name="Billing team")

    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    (notice,) = notices(shop)
    sent = repr(attrs.asdict(notice))
    assert all(private not in sent for private in (PRIVATE, "ana.private", "'Ana'", shop.ana.actor.id))
    assert notice.message.author == "Billing team"


@pytest.mark.parametrize("kind", [InlineNote, InternalMessage])
def test_private_entry_makes_no_notice(shop, kind):
    """Even a notification that names a private entry of the customer's own ticket sends nothing (NT-1)."""
    ticket = shop.ticket()
    shop.ana.do(AddInlineNote(PRIVATE), on=ticket.id)
    shop.ana.do(SendInternalMessage(PRIVATE), on=ticket.id)
    entry = next(it.id for it in shop.ana.thread(ticket.id) if isinstance(it, kind))

    forged(shop, ticket, entry)

    assert notices(shop) == [None]


def test_event_makes_no_notice(shop):
    """A customer is never sent system information, whatever names it."""
    ticket = shop.ticket()
    event = next(it.id for it in shop.ana.thread(ticket.id) if not isinstance(it, CustomerMessage))

    forged(shop, ticket, event)

    assert notices(shop) == [None]


def test_internal_ticket_makes_no_notice(shop):
    """Even a notification of an internal ticket to the customer it is about sends nothing (IT-2)."""
    ticket = shop.internal_ticket(about=shop.mia.id)

    forged(shop, ticket)

    assert notices(shop) == [None]


# What is not sent any more.


def test_what_is_set_aside_is_not_sent(shop):
    """Nobody is sent what belongs to a ticket that was deleted, or marked as spam, meanwhile."""
    for aside in (Delete(), MarkAsSpam()):
        ticket = shop.ticket()
        shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)
        shop.ana.do(aside, on=ticket.id)

    assert notices(shop) == [None, None]


def test_who_takes_part_no_more_is_not_sent(shop):
    """Whoever was taken from a ticket meanwhile is not sent what was written before."""
    ticket = shop.ticket()
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)
    shop.ana.do(SetCopies(["kim@example.org"]), on=ticket.id, seen=ANY)
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    shop.ana.do(RemoveFollowers([shop.bob.id]), on=ticket.id)
    shop.ana.do(SetCopies([]), on=ticket.id, seen=ANY)

    assert [it.address for it in notices(shop) if it] == ["mia@example.org"]


def test_address_written_otherwise_is_the_same_one(shop):
    """A copy that waits is sent though somebody wrote its address in other letters meanwhile."""
    ticket = shop.ticket()
    shop.ana.do(SetCopies(["kim@example.org"]), on=ticket.id, seen=ANY)
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    shop.ana.do(SetCopies(["Kim@Example.org"]), on=ticket.id, seen=ANY)

    assert "kim@example.org" in [it.address for it in notices(shop)]


def test_erased_contact_is_not_sent_anything(shop):
    """A person who was erased is written to no more."""
    ticket = shop.ticket()
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    shop.rewrite(CONTACTS, shop.mia.id, erased=True, emails=())

    assert notices(shop) == [None]


def test_agents_are_sent_what_they_may_see(shop):
    """An agent who has gone, or does not see the ticket any more, is told nothing of it (DP-2)."""
    ana, dora = (AgentId(it.actor.id) for it in (shop.ana, shop.dora))
    one, other = shop.ticket(), shop.ticket()
    shop.system.do(Assign(ana), on=one.id)
    shop.system.do(Assign(dora), on=other.id)

    shop.system.do(Transfer(shop.legal), on=one.id)
    shop.rewrite(AGENTS, dora, active=False)

    assert notices(shop) == [None, None]


def test_purged_ticket_sends_nothing(shop):
    """A notification whose ticket is gone sends nothing."""
    ticket = shop.ticket()
    gone = attrs.evolve(ticket, id="gone")

    forged(shop, gone)

    assert notices(shop) == [None]


def test_outbox_names_records_only(shop):
    """What waits in the outbox holds ids, not texts: what is deleted meanwhile is gone."""
    ticket = shop.ticket(subject="My card 4000 0012")
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

    waiting = repr(records_of(shop.storage)["notification"])

    assert ticket.id in waiting
    assert all(text not in waiting for text in ("Refunded", "4000 0012", "mia@example.org"))
