from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore.automation.commands import AddRule
from ticketcore.commands.chats import StartChatOnTicket
from ticketcore.commands.merging import LinkTo, MakeSubTicketOf, MergeInto
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.notes import AddInlineNote, AddTicketNote
from ticketcore.commands.participants import AddFollowers
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import Delete, MarkAsSpam, Postpone
from ticketcore.commands.tickets import AddTags, SubmitTicket
from ticketcore.commands.time_tracking import LogTime
from ticketcore.conditions import EventF
from ticketcore.errors import AccessDenied, NotFound, OutOfPlace
from ticketcore.events import SubTicketRemoved, TicketOpened
from ticketcore.model.actors import SYSTEM
from ticketcore.model.departments import membership_id
from ticketcore.model.ids import RatingId
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import MAIL_IDS, MEMBERSHIPS, RATINGS, RECEIVED_MAILS, TICKETS
from ticketcore.model.permissions import Permission
from ticketcore.model.ratings import Rating
from ticketcore.model.tombstones import Tombstone

SECRET = "My card number is 4000 0012 3456 7899."


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


def let_ana_purge(shop):
    """Has Ana's membership of billing list purging."""
    id = membership_id(shop.billing, shop.ana.actor.id)
    membership = records_of(shop.storage)["membership"][id]
    shop.rewrite(MEMBERSHIPS, id, permissions=membership.permissions | {Permission.PURGE})


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
    let_ana_purge(shop)

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


def test_survivor_takes_its_merged_tickets_along(shop, chain):
    """TK-18: What was merged into a purged ticket goes with it, and leaves a tombstone of its own."""
    first, second, third = chain

    purge(shop, second)

    assert shop.ana.ticket(third).merged_from == ()
    assert {it.id: it.by for it in records_of(shop.storage)["tombstone"].values()} == {first: SYSTEM, second: SYSTEM}
    for id in (first, second):
        with pytest.raises(NotFound):
            shop.system.ticket(id)


def test_all_of_a_merge_goes_with_the_last_survivor(shop):
    """TK-18: Nothing that was said on tickets remains when the one that took them over is purged."""
    survivor, tickets = shop.ticket(subject=SECRET), [shop.ticket(subject=SECRET) for _ in range(3)]
    for ticket in tickets:
        shop.ana.do(AddInlineNote(SECRET), on=ticket.id)
        shop.ana.do(AddTicketNote(SECRET), on=ticket.id)
        shop.ana.do(LogTime(timedelta(minutes=5), text=SECRET), on=ticket.id)
        shop.desk.as_customer(shop.mia.id).do(StartChatOnTicket(SECRET), on=ticket.id)
        shop.ana.do(MergeInto(survivor.id), on=ticket.id)

    purge(shop, survivor.id)

    assert naming(shop, SECRET) == []
    for ticket in (survivor, *tickets):
        assert naming(shop, ticket.id) == ["Tombstone"]
        assert naming(shop, ticket.reference) == ["Tombstone"]


def test_what_went_over_stays_with_the_survivor(shop):
    """Notes beside a ticket that was merged are the survivor's: to purge the merged ticket alone leaves them."""
    merged, survivor = shop.ticket(), shop.ticket()
    shop.ana.do(AddTicketNote("Order 7"), on=merged.id)
    shop.ana.do(MergeInto(survivor.id), on=merged.id)

    purge(shop, merged.id)

    assert [it.text for it in shop.ana.notes(survivor.id)] == ["Order 7"]
    assert shop.ana.ticket(survivor.id).merged_from == ()


def test_tickets_that_go_together_are_told_nothing_of_each_other(shop):
    """Where a ticket and its survivor are linked, or one is a part of the other, no event outlives them."""
    merged, survivor, other = (shop.ticket() for _ in range(3))
    shop.ana.do(LinkTo(survivor.id), on=merged.id)
    shop.ana.do(LinkTo(other.id), on=merged.id)
    shop.ana.do(MakeSubTicketOf(survivor.id), on=merged.id)
    shop.ana.do(MakeSubTicketOf(merged.id), on=other.id)
    shop.ana.do(MergeInto(survivor.id), on=merged.id)

    purge(shop, survivor.id)

    assert naming(shop, survivor.id) == ["Tombstone"]
    kept = shop.ana.ticket(other.id)
    assert (kept.links, kept.parent) == (frozenset(), None)


def test_each_ticket_that_goes_must_be_allowed_to(shop):
    """Who may not purge a merged ticket does not purge the one that took it over; the error says which, and why."""
    survivor, merged, hidden = (shop.ticket(department=shop.billing) for _ in range(3))
    for it in (merged, hidden):
        shop.ana.do(MergeInto(survivor.id), on=it.id)
    shop.ana.do(Delete(), on=survivor.id)
    let_ana_purge(shop)
    shop.rewrite(TICKETS, merged.id, department=None)
    shop.rewrite(TICKETS, hidden.id, department=shop.legal)

    with shop.refusing(AccessDenied) as caught:
        shop.ana.do(Purge(), on=survivor.id)

    assert caught.value.reason.startswith("what was merged into the ticket goes with it; ")
    assert f"ticket {merged.reference}: 'purge' " in caught.value.reason
    assert "ticket out of sight: " in caught.value.reason
    assert hidden.reference not in caught.value.reason


SEVERAL = 5
"""Among how many tickets some merge."""


@given(
    merges=st.lists(st.tuples(st.integers(0, SEVERAL - 1), st.integers(0, SEVERAL - 1)), max_size=SEVERAL),
    purged=st.integers(0, SEVERAL - 1),
)
@settings(max_examples=20, deadline=None)
def test_no_record_and_no_search_finds_a_word_of_what_went(merges, purged):
    """TK-18: Whatever merged into what, exactly the purged ticket and all below it are gone, with every word."""
    shop = SmallShop()
    tickets = [shop.ticket(subject=f"matter{number}") for number in range(SEVERAL)]
    into: dict[int, int] = {}
    for merged, survivor in merges:
        if merged != survivor and merged not in into and survivor not in into:
            shop.ana.do(AddInlineNote(f"aside{merged}"), on=tickets[merged].id)
            shop.ana.do(MergeInto(tickets[survivor].id), on=tickets[merged].id)
            into[merged] = survivor
    gone = {it for it in range(SEVERAL) if purged in with_survivors(it, into)}

    purge(shop, tickets[purged].id)

    for number, ticket in enumerate(tickets):
        matter = {it.id for it in shop.system.search(f"matter{number}").items}
        if number in gone:
            assert naming(shop, f"matter{number}") == naming(shop, f"aside{number}") == []
            assert (matter, shop.system.count(words=f"aside{number}")) == (set(), 0)
            assert "Tombstone" in naming(shop, ticket.id)
        else:
            assert ticket.id in matter


def with_survivors(ticket, into):
    """A ticket, and all that took it over."""
    found = [ticket]
    while found[-1] in into:
        found.append(into[found[-1]])
    return found


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
