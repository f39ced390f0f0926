from datetime import timedelta
from itertools import pairwise

import pytest

from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore.automation.commands import AddRule
from ticketcore.commands.merging import LinkTo, MakeSubTicketOf, MergeInto
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.notes import AddInlineNote, AddTicketNote
from ticketcore.commands.participants import AddFollowers
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import Delete, MarkAsSpam, Postpone
from ticketcore.commands.tickets import AddTags, SubmitTicket
from ticketcore.conditions import EventF
from ticketcore.errors import AccessDenied, NotFound, OutOfPlace
from ticketcore.events import SubTicketRemoved, TicketOpened
from ticketcore.model.actors import SYSTEM
from ticketcore.model.ids import RatingId
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import MAIL_IDS, MEMBERSHIPS, RATINGS, RECEIVED_MAILS
from ticketcore.model.permissions import Permission
from ticketcore.model.ratings import Rating
from ticketcore.model.tombstones import Tombstone

SECRET = "My card number is 4000 0012 3456 7899."


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


@pytest.fixture
def full(shop):
    """A deleted ticket of which there is everything that is stored of tickets."""
    ticket = shop.ticket(subject=SECRET)
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)
    shop.desk.as_customer(shop.mia.id).do(SendMessage(SECRET), on=ticket.id)
    shop.ana.do(SendAnswer(SECRET), on=ticket.id)
    shop.ana.do(AddInlineNote(SECRET), on=ticket.id)
    shop.ana.do(AddTicketNote(SECRET), on=ticket.id)
    shop.ana.do(Postpone(shop.clock.now + timedelta(hours=1)), on=ticket.id)
    rating = Rating(id=RatingId("r"), ticket=ticket.id, contact=shop.mia.id, positive=False, at=shop.clock.now)
    shop.store(RATINGS, rating)
    shop.store(MAIL_IDS, NaturalKey(id="<1@example.org>", holder=ticket.id))
    shop.store(RECEIVED_MAILS, NaturalKey(id="<1@example.org> mia@example.org", holder=ticket.id))
    return shop.ana.do(Delete(), on=ticket.id)


def naming(shop, text):
    """The names of the classes of all stored records in which something stands."""
    records = [it for shelf in records_of(shop.storage).values() for it in shelf.values()]
    return sorted(type(it).__name__ for it in records if text in repr(it))


def test_purging_leaves_a_tombstone(shop, full):
    """All that is stored of a purged ticket is gone, but that there was one, when it was purged and by whom."""
    shop.clock.advance(days=30)

    tombstone = shop.system.do(Purge(), on=full.id)

    assert tombstone == Tombstone(id=full.id, reference=full.reference, purged_at=shop.clock.now, by=SYSTEM)
    assert naming(shop, full.id) == ["Tombstone"]
    assert naming(shop, full.reference) == ["Tombstone"]
    assert naming(shop, SECRET) == []


def test_purged_ticket_is_not_found(shop, full):
    """A purged ticket is found neither by its id nor by its reference, and purged only once."""
    shop.system.do(Purge(), on=full.id)

    for asked in (full.id, full.reference):
        with pytest.raises(NotFound):
            shop.system.ticket(asked)
    with shop.refusing(NotFound):
        shop.system.do(Purge(), on=full.id)


def test_nothing_else_goes(shop, full):
    """Purging one ticket leaves every record of others as it is."""
    shop.ticket(shop.bob)
    before = records_of(shop.storage)

    shop.system.do(Purge(), on=full.id)

    after = records_of(shop.storage)
    gone = {id: it for kind in before for id, it in before[kind].items() if id not in after.get(kind, {})}
    changed = [id for kind in after for id, it in after[kind].items() if it != before.get(kind, {}).get(id)]
    assert changed == [full.id]
    assert all(full.id in repr(it) for it in gone.values())


def test_many_messages_go_at_once(shop):
    """A long thread is purged in one commit."""
    ticket = shop.ticket()
    for _ in range(300):
        shop.ana.do(AddInlineNote("…"), on=ticket.id)
    shop.ana.do(Delete(), on=ticket.id)

    shop.system.do(Purge(), on=ticket.id)

    assert naming(shop, ticket.id) == ["Tombstone"]


def test_only_deleted_tickets_are_purged(shop):
    """What was not deleted first cannot be lost for good."""
    ticket, spam = shop.ticket(), shop.ticket()
    shop.ana.do(MarkAsSpam(), on=spam.id)

    for it in (ticket, spam):
        with shop.refusing(OutOfPlace) as caught:
            shop.system.do(Purge(), on=it.id)
        assert caught.value.allowed == ("Delete first",)


def test_purging_is_no_everyday_work(shop, full):
    """Agents do not purge, unless their membership of the department lists it."""
    with shop.refusing(AccessDenied):
        shop.ana.do(Purge(), on=full.id)


def test_membership_can_list_purging(shop):
    """A member whose membership lists purging purges the department's tickets."""
    ticket = shop.ticket(department=shop.billing)
    shop.ana.do(Delete(), on=ticket.id)
    membership = next(iter(records_of(shop.storage)["membership"].values()))
    shop.rewrite(MEMBERSHIPS, membership.id, permissions=membership.permissions | {Permission.PURGE})

    assert shop.ana.do(Purge(), on=ticket.id).by == shop.ana.actor


def test_tickets_out_of_sight_are_not_found(shop):
    """What an agent may not see does not exist for the agent (DP-2)."""
    ticket = shop.ticket(department=shop.legal)
    shop.dora.do(Delete(), on=ticket.id)

    with shop.refusing(NotFound):
        shop.ana.do(Purge(), on=ticket.id)


def test_links_to_it_go(shop):
    """Tickets that were linked to a purged one are not any more."""
    ticket, other = shop.ticket(), shop.ticket(shop.bob)
    shop.ana.do(LinkTo(other.id), on=ticket.id)
    shop.ana.do(Delete(), on=ticket.id)

    shop.system.do(Purge(), on=ticket.id)

    assert shop.ana.ticket(other.id).links == frozenset()


def test_parts_become_independent(shop):
    """The parts of a purged ticket stand on their own; a ticket whose part is purged is told."""
    top, middle, bottom = (shop.ticket() for _ in range(3))
    shop.ana.do(MakeSubTicketOf(top.id), on=middle.id)
    shop.ana.do(MakeSubTicketOf(middle.id), on=bottom.id)
    shop.ana.do(Delete(), on=middle.id)

    shop.system.do(Purge(), on=middle.id)

    assert shop.ana.ticket(bottom.id).parent is None
    (removed,) = [it for it in shop.ana.thread(top.id) if isinstance(it, SubTicketRemoved)]
    assert removed.child == middle.id


@pytest.fixture
def chain(shop):
    """Three tickets, of which the first was merged into the second, and that into the third."""
    tickets = [shop.ticket() for _ in range(3)]
    for merged, survivor in pairwise(tickets):
        shop.ana.do(MergeInto(survivor.id), on=merged.id)
    return [it.id for it in tickets]


def purge(shop, id):
    """Deletes and purges a ticket."""
    shop.system.do(Delete(), on=id)
    shop.system.do(Purge(), on=id)


def test_merged_ticket_goes_from_all_survivors(shop, chain):
    """A purged ticket is gone from the threads of all that took it over."""
    first, second, third = chain
    purge(shop, first)

    assert shop.ana.ticket(second).merged_from == ()
    assert shop.ana.ticket(third).merged_from == (second,)


def test_replies_pass_over_a_purged_survivor(shop, chain):
    """What is written to a ticket whose survivor was purged reaches the next one."""
    first, second, third = chain
    purge(shop, second)

    assert (shop.ana.ticket(first).merged_into, shop.ana.ticket(third).merged_from) == (third, (first,))
    assert shop.desk.as_customer(shop.mia.id).do(SendMessage("Hello?"), on=first).ticket == third


def test_replies_without_a_survivor_are_not_lost(shop, chain):
    """What is written to a closed ticket whose last survivor was purged begins a follow-up (TK-14)."""
    _, second, third = chain
    purge(shop, third)

    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Hello?"), on=second)

    assert shop.ana.ticket(second).merged_into is None
    assert message.ticket not in chain
    assert shop.ana.ticket(message.ticket).links == {second}


def test_rule_purges(shop):
    """A rule can purge a ticket; other rules find nothing to do with it then, and its customer learns nothing of it."""
    shop.system.do(
        AddRule("Away", trigger=TicketOpened, when=EventF.subject.contains("pills"), then=[Delete(), Purge()])
    )
    shop.system.do(AddRule("Tag", trigger=TicketOpened, then=[AddTags(frozenset({"new"}))]))

    opened = shop.desk.as_customer(shop.eve.id).do(SubmitTicket("Cheap pills", "Only today."))
    kept = shop.ticket()

    assert opened.subject == "Cheap pills"
    assert naming(shop, opened.id) == ["Tombstone"]
    assert kept.tags == {"new"}


def test_repeating_a_request_for_a_purged_ticket(shop, full):
    """A purge that is asked again under its key gives the tombstone again; what gave the ticket finds it no more."""
    first = shop.system.do(Purge(), on=full.id, key="purge")

    with pytest.raises(NotFound):
        shop.system.do(Purge(), on=full.id, key="another")
    assert shop.system.do(Purge(), on=full.id, key="purge") == first
