import pytest

from tests.any_command import MISSING
from tests.fakes import EverybodySeesEverything
from tests.small_shop import SmallShop
from ticketcore.commands.canned_responses import AddCannedResponse
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import ChangeContact
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.commands.erasure import EraseContact
from ticketcore.commands.merging import MergeInto
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.ratings import RateTicket
from ticketcore.conditions import F
from ticketcore.configuration import Setup
from ticketcore.errors import InvalidInput, NotFound
from ticketcore.model.attachments import Upload
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.references import make_reference


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def refusal(read, name):
    """What somebody is told who asks for something by a name that is hidden from them."""
    with pytest.raises(NotFound) as caught:
        read(name)
    return caught.value.what, caught.value.id.replace(name, "…"), str(caught.value).replace(name, "…")


def test_looking_for_no_words_at_all_is_refused(shop):
    """Whoever looks for words that were never given is told so, and not shown every ticket."""
    shop.ticket()

    for search in (shop.ana.search, shop.desk.as_customer(shop.mia.id).search):
        with pytest.raises(InvalidInput, match="words"):
            search(None)


@pytest.mark.parametrize("seat", ["ana", "eve"])
def test_hidden_tickets_are_told_like_missing_ones(shop, seat):
    """Who asks for a ticket that they may not see is told what they asked for, and nothing of the ticket."""
    hidden = shop.ticket(department=shop.legal)
    read = (shop.ana if seat == "ana" else shop.desk.as_customer(shop.eve.id)).ticket

    assert refusal(read, hidden.id) == refusal(read, MISSING)
    assert refusal(read, hidden.reference) == refusal(read, make_reference(7))


@pytest.mark.parametrize("quoted", [str.lower, lambda it: it.replace("-", " "), lambda it: f" {it} ", str])
def test_tickets_are_found_by_reference_as_it_is_quoted(shop, quoted):
    """A reference is understood in any case, with or without its hyphen (TK-1)."""
    ticket = shop.ticket()

    assert shop.ana.ticket(quoted(ticket.reference)) == ticket
    assert shop.desk.as_customer(shop.mia.id).ticket(quoted(ticket.reference)).id == ticket.id


def test_internal_tickets_are_none_for_customers_under_any_policy():
    """An access policy that shows everything shows no internal ticket to customers: for them there is none (IT-2)."""
    shop = SmallShop(setup=Setup(access=EverybodySeesEverything()))
    ours = shop.internal_ticket(about=shop.mia.id)
    mia = shop.desk.as_customer(shop.mia.id)

    assert refusal(mia.thread, ours.id) == refusal(mia.thread, MISSING)
    with shop.refusing(NotFound):
        mia.do(SendMessage("Hello"), on=ours.id)


@pytest.mark.parametrize("written", [{"address": " MIA@example.org"}, {"phone": "(555) 01-00"}])
def test_customers_are_recognised(shop, written):
    """A customer is known again by address or number, however it is written; who is not known is nobody (TK-4)."""
    mia = shop.ana.do(ChangeContact(shop.mia.id, phones=["555 0100"]), seen=ANY)

    assert shop.ana.recognise(**written) == mia
    assert shop.ana.recognise(address="mia@example.com", phone="555 0101") is None
    assert shop.ana.recognise() is None


def test_address_tells_more_than_a_number(shop):
    """A number is looked at where the address says nothing."""
    shop.ana.do(ChangeContact(shop.bob.id, phones=["555 0100"]), seen=ANY)

    assert shop.ana.recognise(address="mia@example.org", phone="555 0100") == shop.mia
    found = shop.ana.recognise(address="new@example.org", phone="555 0100")
    assert found is not None
    assert found.id == shop.bob.id


def test_erased_customer_is_nobody(shop):
    """Who was erased is not recognised again."""
    shop.system.do(EraseContact(shop.mia.id))

    assert shop.ana.recognise(address="mia@example.org") is None


def test_who_works_where_is_read(shop):
    """Every agent sees who is a member of a department; of one that is not there, nothing."""
    assert [it.agent for it in shop.ana.members(shop.legal)] == [shop.dora.actor.id]
    assert refusal(shop.ana.members, MISSING) == ("department", "…", "no department '…'")


def test_definitions_of_custom_fields_are_read(shop):
    """Every agent sees which custom fields there are."""
    field = shop.system.do(DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.NUMBER))

    assert shop.ana.custom_fields() == (field,)


def test_canned_responses_of_restricted_departments_are_their_members(shop):
    """A canned response that somebody may not use is neither listed nor filled."""
    for_all, for_legal = (
        shop.system.do(AddCannedResponse("Hi", "Dear {requester.name}", department))
        for department in (None, shop.legal)
    )
    ticket = shop.ticket()

    assert shop.ana.canned_responses() == (for_all,)
    assert {it.id for it in shop.dora.canned_responses()} == {for_all.id, for_legal.id}
    assert shop.dora.filled_response(for_legal.id, on=ticket.id) == "Dear Mia"

    def fill(id):
        return shop.ana.filled_response(id, on=ticket.id)

    assert refusal(fill, for_legal.id) == refusal(fill, MISSING)


def test_response_is_filled_on_visible_tickets_alone(shop):
    """Filling a response tells nothing of a ticket that one may not see."""
    response = shop.system.do(AddCannedResponse("Hi", "Dear {requester.name}"))
    hidden = shop.ticket(department=shop.legal)

    def fill(on):
        return shop.ana.filled_response(response.id, on=on)

    assert refusal(fill, hidden.id) == refusal(fill, MISSING)


def test_ratings_are_read_with_their_ticket(shop):
    """Agents who see a ticket see what customers think of it, and of the tickets that it took over."""
    ticket, survivor = shop.ticket(), shop.ticket()
    mia = shop.desk.as_customer(shop.mia.id)
    for one in (ticket, survivor):
        shop.ana.do(SendAnswer("Refunded."), on=one.id)
    shop.clock.advance(hours=1)
    mia.do(RateTicket(positive=False, comment="Slow."), on=ticket.id)
    shop.clock.advance(hours=1)
    mia.do(RateTicket(positive=True), on=survivor.id)
    shop.ana.do(MergeInto(survivor.id), on=ticket.id)

    assert [(it.positive, it.comment) for it in shop.ana.ratings(survivor.id)] == [(False, "Slow."), (True, "")]
    hidden = shop.ticket(department=shop.legal)
    assert refusal(shop.ana.ratings, hidden.id) == refusal(shop.ana.ratings, MISSING)


def test_messages_of_merged_tickets_name_the_ticket_that_is_read(shop):
    """What customers read in a ticket that took over another one, they can open there: the other may not be theirs."""
    survivor = shop.ticket(shop.bob)
    merged = shop.ticket(shop.mia, attachments=[Upload("bill.pdf", "application/pdf", b"a bill")])
    shop.ana.do(MergeInto(survivor.id), on=merged.id)
    bob = shop.desk.as_customer(shop.bob.id)

    messages = bob.thread(survivor.id)

    assert [it.ticket for it in messages] == [survivor.id, survivor.id]
    (attachment,) = (it for message in messages for it in message.attachments)
    assert bob.download(attachment.id, on=survivor.id) == b"a bill"
    with pytest.raises(NotFound):
        bob.ticket(merged.id)


@pytest.mark.parametrize(
    "where",
    [F.status == "opened", F.status.is_in({"new", "opened"}), ~((F.status != "opened") & F.tags.has("vip"))],
)
def test_status_that_there_is_not_is_refused(shop, where):
    """A condition that names no status of the life cycle finds nothing for ever: whoever asks it is told so."""
    ticket = shop.ticket()
    asking = [
        lambda: shop.ana.tickets(where),
        lambda: shop.ana.count(where),
        lambda: shop.ana.tally("status", where),
        lambda: shop.ana.explain(where, on=ticket.id),
        lambda: shop.ana.do_on_each(SendAnswer("We are on it."), on=where),
        lambda: shop.system.simulate(where=where),
    ]

    for ask in asking:
        with shop.refusing(InvalidInput) as caught:
            ask()
        assert "status: expected a status of the life cycle: new, " in str(caught.value)
        assert "got 'opened'" in str(caught.value)
