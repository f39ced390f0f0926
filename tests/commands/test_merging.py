import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.fakes import a_desk, records_of
from ticketcore import events
from ticketcore.automation.commands import AddRule
from ticketcore.commands.command import ANY, TicketCommand
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.merging import (
    MOST_LEVELS,
    MOST_LINKS,
    LinkTo,
    MakeIndependent,
    MakeSubTicketOf,
    MergeInto,
    SplitOff,
    Unlink,
    way_to,
)
from ticketcore.commands.messages import SendAnswer, SendInternalMessage, SendMessage
from ticketcore.commands.notes import AddInlineNote, AddTicketNote, EditTicketNote
from ticketcore.commands.participants import AddFollowers, SetCopies
from ticketcore.commands.status import Close, Delete, MarkAnswered, MarkAsSpam, MoveTo, Postpone, Reopen, Resolve
from ticketcore.commands.tickets import SubmitTicket
from ticketcore.conditions import EventF
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import FieldChanged, MergedFrom, StatusChanged, SubTicketAdded, SubTicketRemoved
from ticketcore.model.attachments import Upload
from ticketcore.model.ids import EntryId, TicketId
from ticketcore.model.kinds import ENTRIES, TICKETS
from ticketcore.model.lifecycle import (
    ANSWERED,
    CLOSED,
    DELETED,
    NEW,
    OPEN,
    POSTPONED,
    RESOLVED,
    SPAM,
    STANDARD_LIFE_CYCLE,
    Category,
    LifeCycle,
    Status,
)
from ticketcore.model.thread import CustomerMessage, Written
from ticketcore.storage.memory import MemoryStorage


@pytest.fixture
def two(shop):
    """Two tickets: one of Mia's, one of Bob's."""
    return shop.ticket(shop.mia), shop.ticket(shop.bob, "The same invoice")


def texts(entries):
    """What is written in a thread."""
    return [it.text for it in entries if isinstance(it, Written)]


def changes(shop, ticket, field=None):
    """The changes that a ticket's own thread tells, by field, before and after."""
    own = [it for it in shop.system.thread(ticket.id) if isinstance(it, FieldChanged) and it.ticket == ticket.id]
    return [(it.field, it.before, it.after) for it in own if field in {None, it.field}]


# Merging.


def test_merged_ticket_is_closed_and_names_its_survivor(shop, two):
    """A ticket that was merged is closed, and says which ticket took it over; that one says it, too (TK-18)."""
    one, other = two

    survivor = shop.ana.do(MergeInto(other.id), on=one.id)
    merged = shop.ana.ticket(one.id)

    assert (survivor.id, survivor.merged_from, survivor.status) == (other.id, (one.id,), NEW)
    assert (merged.status, merged.merged_into) == (CLOSED, other.id)
    assert changes(shop, one, "merged_into") == [("merged_into", None, other.id)]
    assert changes(shop, other, "merged_from") == [("merged_from", (), (one.id,))]


def test_survivor_gets_the_people(shop, two):
    """Requesters, followers and copies of the merged ticket take part in the survivor, each in one place."""
    one, other = two
    shop.ana.do(AddFollowers([shop.eve.id, shop.bob.id]), on=one.id)
    shop.ana.do(SetCopies(["kim@example.org", "lee@example.org"]), on=one.id, seen=ANY)
    shop.ana.do(SetCopies(["KIM@example.org"]), on=other.id, seen=ANY)
    shop.rewrite(TICKETS, one.id, proposed_cc=("stranger@example.org",))

    survivor = shop.ana.do(MergeInto(other.id), on=one.id)

    assert survivor.requesters == (shop.bob.id, shop.mia.id)
    assert survivor.followers == (shop.eve.id,)
    assert survivor.cc == ("KIM@example.org", "lee@example.org")
    assert survivor.proposed_cc == ("stranger@example.org",)


def test_survivors_thread_is_the_thread_of_both(shop, two):
    """What was written on either ticket is read on the survivor, in the order of time, by agents and by customers."""
    one, other = two
    shop.clock.advance(minutes=1)
    shop.ana.do(SendAnswer("We are looking into it."), on=other.id)
    shop.clock.advance(minutes=1)
    shop.ana.do(AddInlineNote("Twice indeed."), on=one.id)
    shop.clock.advance(minutes=1)
    shop.ana.do(MergeInto(other.id), on=one.id)

    written = ["You charged me twice.", "You charged me twice.", "We are looking into it."]
    assert texts(shop.ana.thread(other.id)) == [*written, "Twice indeed."]
    assert [it.text for it in shop.desk.as_customer(shop.mia.id).thread(other.id)] == written
    assert texts(shop.ana.thread(one.id)) == ["You charged me twice.", "Twice indeed."]


def test_attachments_of_the_merged_ticket_are_read_on_the_survivor(shop):
    """A file that came with the merged ticket is found on the survivor."""
    one = shop.ticket(attachments=[Upload("bill.txt", "text/plain", b"40 + 40")])
    other = shop.ticket(shop.bob)
    shop.ana.do(MergeInto(other.id), on=one.id)

    customer = shop.desk.as_customer(shop.bob.id)
    (attachment,) = [it for message in customer.thread(other.id) for it in message.attachments]

    assert customer.download(attachment.id, on=other.id) == b"40 + 40"


def test_replies_to_the_merged_ticket_reach_the_survivor(shop, two):
    """What customers write to a merged ticket goes on with its survivor; the merged one stays closed (TK-18)."""
    one, other = two
    shop.ana.do(MergeInto(other.id), on=one.id)
    shop.ana.do(SendAnswer("Refunded, sorry!"), on=other.id)

    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Thank you!"), on=one.id)

    assert message.ticket == other.id
    assert shop.ana.ticket(other.id).status == OPEN
    assert shop.ana.ticket(one.id).status == CLOSED
    assert shop.ana.count() == 2


def test_replies_find_the_end_of_a_chain(shop, two):
    """A ticket that took others over can be merged itself: the last survivor has them all, and gets all replies."""
    one, other = two
    third = shop.ticket(shop.eve)
    shop.ana.do(MergeInto(other.id), on=one.id)

    survivor = shop.ana.do(MergeInto(third.id), on=other.id)
    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("And now?"), on=one.id)

    assert survivor.merged_from == (one.id, other.id)
    assert message.ticket == third.id
    assert len(texts(shop.ana.thread(third.id))) == 4


def test_notes_go_over(shop, two):
    """The notes beside the merged ticket lie beside the survivor, where they are edited from then on (NT-4)."""
    one, other = two
    note = shop.ana.do(AddTicketNote("Order 7"), on=one.id)
    shop.ana.do(MergeInto(other.id), on=one.id)

    (moved,) = shop.ana.notes(other.id)
    edited = shop.ana.do(EditTicketNote(note.id, "Orders 7 and 8"), on=other.id, seen=moved.version)

    assert (moved.id, moved.text, edited.text) == (note.id, "Order 7", "Orders 7 and 8")
    assert shop.ana.notes(one.id) == ()


def test_internal_tickets_merge(shop):
    """Internal tickets merge with each other as customers' do."""
    one, other = shop.internal_ticket(), shop.internal_ticket("The till again")

    survivor = shop.ana.do(MergeInto(other.id), on=one.id)

    assert (survivor.id, shop.ana.ticket(one.id).status) == (other.id, CLOSED)
    assert texts(shop.ana.thread(other.id)) == ["It seems to be short."] * 2


MOVES: dict[Status, list[TicketCommand]] = {
    NEW: [],
    ANSWERED: [MarkAnswered()],
    OPEN: [MarkAnswered(), Reopen()],
    POSTPONED: [MoveTo("postponed")],
    RESOLVED: [Resolve()],
    CLOSED: [Resolve(), Close()],
}
"""How to bring a new ticket to each status from which it can be merged."""


@pytest.mark.parametrize("status", MOVES, ids=str)
def test_merging_respects_the_life_cycle(shop, two, status):
    """A ticket in work, or done, is merged from any status, and makes only moves that the life cycle has (TK-14)."""
    one, other = two
    for command in MOVES[status]:
        shop.ana.do(command, on=one.id)
    assert shop.ana.ticket(one.id).status == status

    shop.ana.do(MergeInto(other.id), on=one.id)

    moves = [(before, after) for _, before, after in changes(shop, one, "status")]
    assert shop.ana.ticket(one.id).status == CLOSED
    assert all(after in STANDARD_LIFE_CYCLE.moves_from(before, None) for before, after in moves)


def test_postponed_ticket_does_not_come_back_once_merged(shop, two):
    """What time had foreseen for the merged ticket does not happen."""
    one, other = two
    shop.ana.do(Postpone(shop.clock.now + timedelta(hours=1)), on=one.id)
    shop.ana.do(MergeInto(other.id), on=one.id)

    shop.clock.advance(hours=2)

    assert shop.system.sweep() == ()
    assert shop.ana.ticket(one.id).due_at is None


def test_rules_can_tell_a_merge_from_a_solution(shop, two):
    """The moves that close a merged ticket are marked as silent, so that no rule tells its customers it is solved."""
    one, other = two
    shop.ana.do(MergeInto(other.id), on=one.id)

    moves = [it for it in shop.ana.thread(one.id) if isinstance(it, StatusChanged)]

    assert [it.cause.told.get("silently") for it in moves] == [True, True]


def test_rules_answer_a_merge(shop, two):
    """A rule can answer that a ticket took another one over, and merge tickets itself."""
    one, other = two
    shop.system.do(
        AddRule("Tell the team", trigger=MergedFrom, then=[SendInternalMessage("One less.")]),
    )
    shop.system.do(
        AddRule(
            "All to one",
            trigger=events.TicketOpened,
            when=EventF.subject.contains("again"),
            then=[MergeInto(other.id)],
        )
    )
    shop.ana.do(MergeInto(other.id), on=one.id)

    third = shop.ticket(shop.eve, "Me again")

    assert third.merged_into == other.id
    assert texts(shop.ana.thread(other.id)).count("One less.") == 2


def test_customers_see_that_the_survivor_changed(shop, two):
    """To its customers the survivor changes when messages of another ticket join its thread."""
    one, other = two
    shop.clock.advance(hours=1)
    shop.ana.do(MergeInto(other.id), on=one.id)

    assert shop.desk.as_customer(shop.bob.id).ticket(other.id).changed_at == shop.clock.now


def test_kinds_never_merge(shop, two):
    """An internal ticket and a customer's never merge, either way round (IT-2)."""
    one, _ = two
    internal = shop.internal_ticket()

    for ticket, target in ((one, internal), (internal, one)):
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(MergeInto(target.id), on=ticket.id)
        assert "never merge" in caught.value.found


def test_ticket_never_merges_into_itself(shop, two):
    """A ticket cannot take itself over."""
    one, _ = two

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(MergeInto(one.id), on=one.id)

    assert "the same one" in caught.value.found


def test_merging_round_a_circle_is_refused(shop, two):
    """A ticket that was merged takes nothing over, least of all its survivor; the error names the survivor."""
    one, other = two
    shop.ana.do(MergeInto(other.id), on=one.id)

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(MergeInto(one.id), on=other.id)

    assert f"{one.reference} was merged" in caught.value.found
    assert caught.value.allowed == [f"take ticket {other.reference} instead"]


def test_merging_twice_is_refused(shop, two):
    """A ticket has one survivor; a survivor that may not be seen is not named."""
    one, other = two
    shop.system.do(MergeInto(other.id), on=one.id)
    third = shop.ticket(shop.eve)
    shop.rewrite(TICKETS, other.id, department=shop.legal)

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(MergeInto(third.id), on=one.id)

    assert other.reference not in str(caught.value)


def test_ticket_out_of_sight_takes_nothing_over(shop, two):
    """Merging into a ticket that one may not see is merging into one that does not exist (DP-2)."""
    one, _ = two
    hidden = shop.ticket(department=shop.legal)

    for target in (hidden.id, TicketId("nothing")):
        with shop.refusing(NotFound) as caught:
            shop.ana.do(MergeInto(target), on=one.id)
        assert (caught.value.what, caught.value.id) == ("ticket", target)


def test_permission_is_asked_of_both(shop):
    """Whoever may change this ticket, but not the other one, does not merge them."""
    shop.forbid_everything_to_ana()
    one, other = shop.ticket(), shop.ticket(department=shop.billing)

    for ticket, target in ((one, other), (other, one)):
        with shop.refusing(AccessDenied):
            shop.ana.do(MergeInto(target.id), on=ticket.id)


def test_a_ticket_has_only_so_many_links(shop, two):
    """TK-18: each change of links names them all, so very many are refused, on either side; one that is there stays."""
    ticket, hub = two
    shop.rewrite(TICKETS, hub.id, links=frozenset(map(str, range(MOST_LINKS - 1))))
    shop.ana.do(LinkTo(hub.id), on=ticket.id)
    shop.ana.do(LinkTo(hub.id), on=ticket.id)
    other = shop.ticket()

    for one, another in ((other, hub), (hub, other)):
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(LinkTo(another.id), on=one.id)
        assert caught.value.allowed == ("MakeSubTicketOf",)


@pytest.mark.parametrize("aside", [Delete(), MarkAsSpam()], ids=lambda it: it.asked)
def test_what_is_set_aside_does_not_merge(shop, two, aside):
    """Deleted tickets and spam neither take over nor are taken over, until they are brought back."""
    one, other = two
    shop.ana.do(aside, on=one.id)

    for ticket, target in ((one, other), (other, one)):
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(MergeInto(target.id), on=ticket.id)
        assert caught.value.allowed == ["move it to new"]


def test_closed_ticket_takes_nothing_over(shop, two):
    """What is closed for good does not swallow a ticket that still waits."""
    one, other = two
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=other.id)

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(MergeInto(other.id), on=one.id)

    assert "is closed" in caught.value.found
    assert shop.ana.do(MergeInto(one.id), on=other.id).merged_from == (other.id,)


class Meeting(MemoryStorage):
    """A storage in which the first two commits wait for each other, so that both were decided on the same state."""

    def __init__(self):
        super().__init__()
        self.barrier = threading.Barrier(2, timeout=30)
        self.is_on = False
        self.waited = threading.local()

    def apply(self, changes):
        """Makes the changes; each thread's first ones together with the other's."""
        if self.is_on and not getattr(self.waited, "once", False):
            self.waited.once = True
            self.barrier.wait()
        super().apply(changes)


def test_opposite_merges_at_once_are_impossible():
    """Of two agents who merge two tickets into each other at the same moment, the second is refused (zammad#1216)."""
    storage = Meeting()
    desk, _ = a_desk(storage=storage)
    system = desk.as_system()
    customer = desk.as_customer(system.do(AddContact("Mia")).id)
    one, other = (customer.do(SubmitTicket(subject, "…")).id for subject in ("One", "Other"))
    storage.is_on = True

    def merge(ticket, target):
        try:
            return system.do(MergeInto(target), on=ticket).id
        except OutOfPlace as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        outcomes = [*threads.map(merge, (one, other), (other, one))]

    (refused,) = [it for it in outcomes if isinstance(it, OutOfPlace)]
    (survivor,) = [it for it in outcomes if not isinstance(it, OutOfPlace)]
    merged = one if survivor == other else other
    assert "was merged" in refused.found
    assert (system.ticket(merged).status, system.ticket(merged).merged_into) == (CLOSED, survivor)
    assert (system.ticket(survivor).status, system.ticket(survivor).merged_into) == (NEW, None)
    assert system.ticket(survivor).merged_from == (merged,)


def test_way_through_a_hosts_life_cycle():
    """The way to closed is the shortest that a life cycle has, and never leads past deleted tickets or spam."""
    moves = {**STANDARD_LIFE_CYCLE.moves, RESOLVED: (OPEN,), DELETED: (), SPAM: ()}
    without_way = LifeCycle(moves)

    assert way_to(STANDARD_LIFE_CYCLE, NEW, Category.CLOSED) == (RESOLVED, CLOSED)
    assert way_to(STANDARD_LIFE_CYCLE, CLOSED, Category.CLOSED) == ()
    assert way_to(without_way, NEW, Category.CLOSED) is None


# Splitting.


@pytest.fixture
def asking_twice(shop):
    """A ticket on which Bob, who follows it, asked for something else, with a file."""
    ticket = shop.ticket(department=shop.billing)
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)
    upload = Upload("label.txt", "text/plain", b"returns")
    shop.desk.as_customer(shop.bob.id).do(SendMessage("How do I send shoes back?", attachments=[upload]), on=ticket.id)
    return ticket


def last_message(shop, ticket):
    """The last message of a customer on a ticket."""
    return [it for it in shop.ana.thread(ticket.id) if isinstance(it, CustomerMessage)][-1]


def test_message_becomes_a_ticket_of_its_own(shop, asking_twice):
    """A message that asks for something else begins a new ticket of its author's; both threads tell of it (TK-18)."""
    message = last_message(shop, asking_twice)

    new = shop.ana.do(SplitOff(message.id, "Sending shoes back"), on=asking_twice.id)

    assert (new.subject, new.description) == ("Sending shoes back", message.text)
    assert (new.requesters, new.department, new.assignee) == ((shop.bob.id,), shop.billing, None)
    assert (new.status, new.customer_messages) == (NEW, 1)
    assert new.links == {asking_twice.id}
    assert shop.ana.ticket(asking_twice.id).links == {new.id}
    (told,) = [it for it in shop.ana.thread(asking_twice.id) if isinstance(it, events.SplitOff)]
    assert (told.entry, told.new) == (message.id, new.id)
    assert changes(shop, new) == [("links", frozenset(), frozenset({asking_twice.id}))]


def test_copy_has_everything_but_the_place(shop, asking_twice):
    """The copy says what the message said, with the same files; the message stays where it was."""
    message = last_message(shop, asking_twice)
    before = shop.ana.thread(asking_twice.id)

    new = shop.ana.do(SplitOff(message.id, "Sending shoes back"), on=asking_twice.id)
    copy = last_message(shop, new)

    assert (copy.text, copy.author, copy.author_name) == (message.text, message.author, message.author_name)
    assert [it.digest for it in copy.attachments] == [it.digest for it in message.attachments]
    assert {it.id for it in copy.attachments}.isdisjoint(it.id for it in message.attachments)
    assert shop.desk.as_customer(shop.bob.id).download(copy.attachments[0].id, on=new.id) == b"returns"
    assert shop.ana.thread(asking_twice.id)[: len(before)] == before


def test_new_ticket_takes_the_whole_way(shop, asking_twice):
    """Rules for new tickets act on one that was split off, too."""
    shop.system.do(AddRule("Note", trigger=events.TicketOpened, then=[AddTicketNote("New here")]))

    new = shop.ana.do(SplitOff(last_message(shop, asking_twice).id, "Sending shoes back"), on=asking_twice.id)

    assert [it.text for it in shop.ana.notes(new.id)] == ["New here"]


def test_message_of_a_merged_ticket_is_split_off(shop, two):
    """A merge of too much is mended: messages of a ticket that was taken over split off from its survivor."""
    one, other = two
    message = last_message(shop, one)
    shop.ana.do(MergeInto(other.id), on=one.id)

    new = shop.ana.do(SplitOff(message.id, "Not the same after all"), on=other.id)

    assert new.requesters == (shop.mia.id,)


def test_only_customers_messages_split_off(shop, asking_twice):
    """Answers, notes and events begin no ticket."""
    answer = shop.ana.do(SendAnswer("Soon."), on=asking_twice.id)
    note = shop.ana.do(AddInlineNote("Shoes?"), on=asking_twice.id)
    event = shop.ana.thread(asking_twice.id)[-1]

    for entry in (answer, note, event):
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(SplitOff(entry.id, "Shoes"), on=asking_twice.id)
        assert caught.value.found.endswith(entry.label)


def test_messages_of_other_tickets_are_not_found(shop, asking_twice):
    """A message is split off from its own ticket only: the id of another ticket's message leads nowhere."""
    elsewhere = last_message(shop, shop.ticket(shop.eve))

    for entry in (elsewhere.id, EntryId("nothing")):
        with shop.refusing(NotFound):
            shop.ana.do(SplitOff(entry, "Shoes"), on=asking_twice.id)


def test_erased_messages_do_not_split_off(shop, asking_twice):
    """A message whose author was erased begins no ticket."""
    message = last_message(shop, asking_twice)
    shop.rewrite(ENTRIES, message.id, text="", erased=True)

    with shop.refusing(OutOfPlace):
        shop.ana.do(SplitOff(message.id, "Shoes"), on=asking_twice.id)


def test_nothing_splits_off_from_internal_tickets(shop):
    """An internal ticket has no customer who could have a ticket of it (IT-2)."""
    ticket = shop.internal_ticket()

    with shop.refusing(OutOfPlace):
        shop.ana.do(SplitOff(shop.ana.thread(ticket.id)[0].id, "Shoes"), on=ticket.id)


# Links.


def test_links_are_seen_from_both_ends(shop, two):
    """Tickets that are linked name each other, and both threads tell of it."""
    one, other = two

    linked = shop.ana.do(LinkTo(other.id), on=one.id)

    assert (linked.id, linked.links) == (one.id, {other.id})
    assert shop.ana.ticket(other.id).links == {one.id}
    assert changes(shop, one) == [("links", frozenset(), frozenset({other.id}))]
    assert changes(shop, other) == [("links", frozenset(), frozenset({one.id}))]


def test_links_are_taken_away_on_both_ends(shop, two):
    """Taking a link away from one end takes it away from the other."""
    one, other = two
    shop.ana.do(LinkTo(other.id), on=one.id)

    shop.ana.do(Unlink(one.id), on=other.id)

    assert shop.ana.ticket(one.id).links == shop.ana.ticket(other.id).links == frozenset()
    assert changes(shop, one)[-1] == ("links", frozenset({other.id}), frozenset())


def test_linking_what_is_linked_is_no_change(shop, two):
    """Linking twice, and unlinking what is not linked, changes nothing."""
    one, other = two
    shop.ana.do(Unlink(other.id), on=one.id)
    shop.ana.do(LinkTo(other.id), on=one.id)
    before = records_of(shop.storage)

    shop.ana.do(LinkTo(one.id), on=other.id)

    assert records_of(shop.storage) == before
    assert len(changes(shop, one)) == 1


def test_customers_do_not_see_links(shop, two):
    """A link to an internal ticket changes nothing for the customers (IT-2)."""
    one, _ = two
    customer = shop.desk.as_customer(shop.mia.id)
    before = customer.ticket(one.id)
    shop.clock.advance(hours=1)

    shop.ana.do(LinkTo(shop.internal_ticket().id), on=one.id)

    assert customer.ticket(one.id) == before


# Sub-tickets.


def test_task_becomes_part_of_a_customers_ticket(shop, two):
    """An internal ticket can be a part of a customer's; the parent's thread tells it, but no customer (FL-13)."""
    one, _ = two
    task = shop.internal_ticket()
    customer = shop.desk.as_customer(shop.mia.id)
    before = customer.ticket(one.id)
    shop.clock.advance(hours=1)

    assert shop.ana.do(MakeSubTicketOf(one.id), on=task.id).parent == one.id

    (added,) = [it for it in shop.ana.thread(one.id) if isinstance(it, SubTicketAdded)]
    assert added.child == task.id
    assert changes(shop, task) == [("parent", None, one.id)]
    assert customer.ticket(one.id) == before


def test_sub_ticket_becomes_independent(shop, two):
    """A sub-ticket can stand on its own again; both threads tell of it."""
    one, other = two
    child = shop.ana.do(MakeSubTicketOf(other.id), on=one.id)

    assert shop.ana.do(MakeIndependent(), on=one.id, seen=child.version).parent is None

    (removed,) = [it for it in shop.ana.thread(other.id) if isinstance(it, SubTicketRemoved)]
    assert removed.child == one.id
    assert changes(shop, one)[-1] == ("parent", other.id, None)


def test_what_is_so_already_is_no_change(shop, two):
    """Making a ticket again what it is changes nothing."""
    one, other = two
    shop.ana.do(MakeIndependent(), on=one.id, seen=ANY)
    shop.ana.do(MakeSubTicketOf(other.id), on=one.id)
    before = records_of(shop.storage)

    shop.ana.do(MakeSubTicketOf(other.id), on=one.id)

    assert records_of(shop.storage) == before
    assert len(changes(shop, one)) == 1


def test_sub_ticket_has_one_parent(shop, two):
    """A sub-ticket is not taken away from its parent by making it another one's."""
    one, other = two
    third = shop.ticket()
    shop.ana.do(MakeSubTicketOf(other.id), on=one.id)

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(MakeSubTicketOf(third.id), on=one.id)

    assert caught.value.allowed == ("MakeIndependent first",)


def test_becoming_independent_meets_a_newer_parent(shop, two):
    """Whoever saw another parent than there is now is told, and nothing is taken away."""
    one, other = two
    seen = shop.ana.do(MakeSubTicketOf(other.id), on=one.id).version
    shop.ana.do(MakeIndependent(), on=one.id, seen=ANY)
    shop.ana.do(MakeSubTicketOf(shop.ticket().id), on=one.id)

    with shop.refusing(Conflict):
        shop.ana.do(MakeIndependent(), on=one.id, seen=seen)


def test_no_ticket_is_below_itself(shop, two):
    """Parents never run round a circle, however long."""
    one, other = two
    third = shop.ticket()
    shop.ana.do(MakeSubTicketOf(other.id), on=one.id)
    shop.ana.do(MakeSubTicketOf(third.id), on=other.id)

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(MakeSubTicketOf(one.id), on=third.id)

    assert "itself a part of this one" in caught.value.found


def test_levels_are_bounded(shop):
    """Tickets stand below each other so many levels deep, and no deeper."""
    tickets = [shop.ticket() for _ in range(MOST_LEVELS + 2)]
    for child, parent in zip(tickets[1:-1], tickets, strict=False):
        shop.system.do(MakeSubTicketOf(parent.id), on=child.id)

    with shop.refusing(OutOfPlace):
        shop.system.do(MakeSubTicketOf(tickets[-2].id), on=tickets[-1].id)


@pytest.mark.parametrize("aside", [Delete(), MarkAsSpam()], ids=lambda it: it.asked)
def test_what_is_set_aside_has_no_parts(shop, two, aside):
    """A deleted ticket, or spam, becomes no part and gets none."""
    one, other = two
    shop.ana.do(aside, on=one.id)

    for ticket, parent in ((one, other), (other, one)):
        with shop.refusing(OutOfPlace):
            shop.ana.do(MakeSubTicketOf(parent.id), on=ticket.id)


PAIRED = [LinkTo, Unlink, MakeSubTicketOf]


@pytest.mark.parametrize("command", PAIRED)
def test_both_ends_are_checked(shop, two, command):
    """The ticket at the other end must be there, may be seen, and may be changed."""
    one, _ = two
    hidden = shop.ticket(department=shop.legal)
    shop.forbid_everything_to_ana()
    forbidden = shop.ticket(department=shop.billing)

    for other, error in ((hidden.id, NotFound), (TicketId("nothing"), NotFound), (forbidden.id, AccessDenied)):
        with shop.refusing(error):
            shop.ana.do(command(other), on=one.id)


@pytest.mark.parametrize("command", PAIRED)
def test_a_ticket_is_no_other_ticket(shop, two, command):
    """A ticket is neither linked to itself nor a part of itself."""
    one, _ = two

    with shop.refusing(OutOfPlace):
        shop.ana.do(command(one.id), on=one.id)


def test_parent_out_of_sight_keeps_its_part(shop, two):
    """Whoever does not see the parent does not take its part away."""
    one, other = two
    shop.ana.do(MakeSubTicketOf(other.id), on=one.id)
    shop.rewrite(TICKETS, other.id, department=shop.legal)

    with shop.refusing(NotFound):
        shop.ana.do(MakeIndependent(), on=one.id, seen=ANY)


COMMANDS: list[TicketCommand] = [
    MergeInto(TicketId("other")),
    SplitOff(EntryId("entry"), "Shoes"),
    LinkTo(TicketId("other")),
    Unlink(TicketId("other")),
    MakeSubTicketOf(TicketId("other")),
    MakeIndependent(),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it.asked)
def test_tickets_out_of_sight_are_not_found(shop, command):
    """What an agent may not see does not exist for the agent (DP-2)."""
    ticket = shop.ticket(department=shop.legal)

    with shop.refusing(NotFound):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it.asked)
def test_permission_is_asked(shop, command):
    """A member whose membership does not list changing joins and parts no tickets."""
    shop.forbid_everything_to_ana()
    ticket = shop.ticket(department=shop.billing)

    with shop.refusing(AccessDenied):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))


def test_all_faults_are_listed():
    """A split without entry or subject is refused with both faults."""
    with pytest.raises(InvalidInput) as caught:
        SplitOff(EntryId(""), "Two\nlines")

    assert [fault.path for fault in caught.value.faults] == ["entry", "subject"]
