import pytest

from tests.any_command import MISSING
from tests.fakes import EverybodySeesEverything
from tests.small_shop import SmallShop
from ticketcore.commands.messages import SendMessage
from ticketcore.configuration import Setup
from ticketcore.errors import NotFound
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
