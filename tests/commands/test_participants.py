import pytest

from ticketcore.commands.command import ANY, TicketCommand
from ticketcore.commands.messages import SendAnswer
from ticketcore.commands.participants import (
    AcceptProposedCopies,
    AddFollowers,
    AddRequesters,
    RejectProposedCopies,
    RemoveFollowers,
    RemoveRequesters,
    SetCopies,
)
from ticketcore.commands.tickets import SetPriority
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import CopiesChanged, CopiesProposed, FieldChanged, FollowersChanged, RequestersChanged, digest
from ticketcore.model.ids import ContactId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import Priority


@pytest.fixture
def proposed(shop):
    """A ticket on which a stranger proposed two copies."""
    return shop.rewrite(TICKETS, shop.ticket().id, proposed_cc=("Kim@example.org", "lee@example.org"))


def test_requesters_are_added_behind_those_there(shop):
    """Several customers can ask for one ticket; the first stays the main one (FL-10)."""
    ticket = shop.ticket()

    after = shop.ana.do(AddRequesters([shop.bob.id, shop.mia.id, shop.eve.id]), on=ticket.id)

    assert after.requesters == (shop.mia.id, shop.bob.id, shop.eve.id)
    assert after.requester == shop.mia.id
    assert shop.desk.as_customer(shop.bob.id).ticket(ticket.id).reference == ticket.reference


def test_follower_becomes_requester(shop):
    """Who asks for a ticket does not follow it, too."""
    ticket = shop.ticket()
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)

    after = shop.ana.do(AddRequesters([shop.bob.id]), on=ticket.id)

    assert (after.requesters, after.followers) == ((shop.mia.id, shop.bob.id), ())


def test_requester_is_passed_over_as_follower(shop):
    """A requester who is to follow stays a requester, and nothing happens."""
    ticket = shop.ticket()
    before = shop.ana.ticket(ticket.id)

    assert shop.ana.do(AddFollowers([shop.mia.id]), on=ticket.id) == before


def test_removed_parties_see_the_ticket_no_more(shop):
    """Whoever is taken from a ticket does not find it any more."""
    ticket = shop.ticket()
    shop.ana.do(AddRequesters([shop.bob.id]), on=ticket.id)
    shop.ana.do(AddFollowers([shop.eve.id]), on=ticket.id)

    shop.ana.do(RemoveRequesters([shop.mia.id]), on=ticket.id)
    after = shop.ana.do(RemoveFollowers([shop.eve.id]), on=ticket.id)

    assert (after.requesters, after.followers) == ((shop.bob.id,), ())
    for contact in (shop.mia, shop.eve):
        with pytest.raises(NotFound):
            shop.desk.as_customer(contact.id).ticket(ticket.id)


def test_last_requester_stays(shop):
    """A ticket is never left without anybody who asked."""
    ticket = shop.ticket()
    shop.ana.do(AddRequesters([shop.bob.id]), on=ticket.id)

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(RemoveRequesters([shop.bob.id, shop.mia.id]), on=ticket.id)

    assert caught.value.found == "nobody would be left who asked"


def test_who_takes_no_part_is_passed_over(shop):
    """Taking away somebody who takes no part is no change: no event, no version."""
    ticket = shop.ticket()
    before = shop.ana.ticket(ticket.id)

    assert shop.ana.do(RemoveRequesters([shop.eve.id]), on=ticket.id) == before
    assert shop.ana.do(RemoveFollowers([shop.eve.id]), on=ticket.id) == before


@pytest.mark.parametrize("command", [AddRequesters, AddFollowers])
def test_unknown_contacts_are_not_found(shop, command):
    """A contact that does not exist cannot take part, and none of the others begins to."""
    ticket = shop.ticket()

    with shop.refusing(NotFound) as caught:
        shop.ana.do(command([shop.bob.id, ContactId("nobody")]), on=ticket.id)

    assert (caught.value.what, caught.value.id) == ("contact", "nobody")


def test_every_change_is_told(shop):
    """The thread tells who began and ceased to take part; addresses are told by digest only (TK-3)."""
    ticket = shop.ticket()
    shop.ana.do(AddRequesters([shop.bob.id]), on=ticket.id)
    shop.ana.do(AddFollowers([shop.eve.id]), on=ticket.id)
    shop.ana.do(SetCopies(["kim@example.org"]), on=ticket.id, seen=ANY)

    events = [it for it in shop.ana.thread(ticket.id) if isinstance(it, FieldChanged)]

    assert [(type(it), it.before, it.after) for it in events] == [
        (RequestersChanged, (shop.mia.id,), (shop.mia.id, shop.bob.id)),
        (FollowersChanged, (), (shop.eve.id,)),
        (CopiesChanged, (), (digest("kim@example.org"),)),
    ]


def test_copies_are_set_as_a_whole(shop):
    """The addresses given replace those before; one written twice counts once."""
    ticket = shop.ticket()
    shop.ana.do(SetCopies(["old@example.org"]), on=ticket.id, seen=ANY)

    after = shop.ana.do(SetCopies(["Kim@example.org", "lee@example.org", "KIM@example.org"]), on=ticket.id, seen=ANY)

    assert after.cc == ("Kim@example.org", "lee@example.org")


def test_copies_overwrite_only_what_was_seen(shop):
    """Setting copies meets a conflict if somebody set them meanwhile, but not if something else changed."""
    ticket = shop.ticket()
    seen = ticket.version
    shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id)
    after = shop.ana.do(SetCopies(["kim@example.org"]), on=ticket.id, seen=seen)

    with shop.refusing(Conflict) as caught:
        shop.ana.do(SetCopies(["lee@example.org"]), on=ticket.id, seen=seen)

    assert "kim@example.org" in caught.value.found
    assert caught.value.current == after.version
    with pytest.raises(InvalidInput, match="seen"):
        shop.ana.do(SetCopies([]), on=ticket.id)


def test_no_copies_to_the_desk_itself(shop):
    """A copy to an address of the desk would come back as mail, and is refused."""
    ticket = shop.ticket()

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(SetCopies(["kim@example.org", "Billing@shop.example"]), on=ticket.id, seen=ANY)

    assert "Billing@shop.example" in caught.value.found


def test_proposed_copies_are_accepted(shop, proposed):
    """What a stranger proposed is copied once an agent accepts it, however the address is written."""
    after = shop.ana.do(AcceptProposedCopies(["kim@EXAMPLE.org"]), on=proposed.id)

    assert (after.cc, after.proposed_cc) == (("kim@EXAMPLE.org",), ("lee@example.org",))
    assert isinstance(shop.ana.thread(proposed.id)[-1], CopiesProposed)


def test_proposed_copies_are_rejected(shop, proposed):
    """What a stranger proposed is gone once an agent rejects it."""
    after = shop.ana.do(RejectProposedCopies(["kim@example.org", "lee@example.org"]), on=proposed.id)

    assert (after.cc, after.proposed_cc) == ((), ())


def test_accepting_twice_is_accepting_once(shop, proposed):
    """Two agents who accept the same proposal do not get in each other's way."""
    first = shop.ana.do(AcceptProposedCopies(["kim@example.org"]), on=proposed.id)

    assert shop.system.do(AcceptProposedCopies(["kim@example.org"]), on=proposed.id) == first


@pytest.mark.parametrize("command", [AcceptProposedCopies, RejectProposedCopies])
def test_only_proposals_are_decided(shop, proposed, command):
    """An address that nobody proposed is refused; the error lists those that are proposed."""
    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(command(["kim@example.org", "other@example.org"]), on=proposed.id)

    assert "other@example.org" in caught.value.found
    assert "kim@example.org" not in caught.value.found
    assert tuple(caught.value.allowed) == proposed.proposed_cc


def test_setting_copies_decides_proposals(shop, proposed):
    """What is copied is not proposed any more."""
    after = shop.ana.do(SetCopies(["lee@example.org"]), on=proposed.id, seen=ANY)

    assert after.proposed_cc == ("Kim@example.org",)


def test_copies_grant_no_past(shop, proposed):
    """A copied address gets what is written from then on, and nothing that was written before."""
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=proposed.id)
    shop.ana.do(AcceptProposedCopies(["kim@example.org"]), on=proposed.id)
    told_before = [it.recipient for it in shop.outbox()]
    shop.ana.do(SendAnswer("And the money has arrived."), on=proposed.id)

    assert "kim@example.org" not in told_before
    assert [it.recipient for it in shop.outbox()].count("kim@example.org") == 1


SOMEONE = ContactId("someone")
COMMANDS: list[TicketCommand] = [
    AddRequesters([SOMEONE]),
    RemoveRequesters([SOMEONE]),
    AddFollowers([SOMEONE]),
    RemoveFollowers([SOMEONE]),
    SetCopies(["kim@example.org"]),
    AcceptProposedCopies(["kim@example.org"]),
    RejectProposedCopies(["kim@example.org"]),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it.asked)
def test_internal_tickets_have_no_customers(shop, command):
    """No customer takes part in an internal ticket (IT-2)."""
    ticket = shop.internal_ticket()

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(command, on=ticket.id)

    assert caught.value.asked == command.asked
    assert "internal" in caught.value.found


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it.asked)
def test_tickets_out_of_sight_are_not_found(shop, command):
    """What an agent may not see does not exist for the agent (DP-2)."""
    ticket = shop.ticket(department=shop.legal)

    with shop.refusing(NotFound):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it.asked)
def test_permission_is_asked(shop, command):
    """A member whose membership does not list changing may not say who takes part."""
    shop.forbid_everything_to_ana()
    ticket = shop.ticket(department=shop.billing)

    with shop.refusing(AccessDenied) as caught:
        shop.ana.do(command, on=ticket.id, **shop.seen(command))

    assert caught.value.asked == command.asked


@pytest.mark.parametrize("command", [SetCopies, AcceptProposedCopies, RejectProposedCopies])
def test_addresses_are_checked_at_the_door(command):
    """Whatever is no address is refused, all faults at once."""
    with pytest.raises(InvalidInput) as caught:
        command(["kim@example.org", "kim", "kim@example.org\nBcc: all@example.org", 7])

    assert [fault.path for fault in caught.value.faults] == ["addresses[1]", "addresses[2]", "addresses[3]"]


def test_numbers_of_contacts_are_bounded():
    """One command names no more than a hundred contacts."""
    with pytest.raises(InvalidInput):
        AddFollowers([ContactId(f"contact-{number}") for number in range(101)])
