"""The way of a command: `on`, `seen` and `key`; what two people do at once loses nothing silently."""

from functools import partial

import pytest

from tests.fakes import records_of
from tests.meanwhile import Meanwhile
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore.commands.assignment import Assign, Claim, Transfer, Unassign
from ticketcore.commands.command import ANY
from ticketcore.commands.messages import SendAnswer, SendInternalMessage, SendMessage
from ticketcore.commands.notes import AddInlineNote, AddTicketNote, DeleteTicketNote, EditTicketNote
from ticketcore.commands.participants import SetCopies
from ticketcore.commands.status import Delete, Resolve, Restore
from ticketcore.commands.tickets import (
    AddTags,
    OpenInternalTicket,
    SetCustomFields,
    SetDescription,
    SetPriority,
    SetSubject,
    SubmitTicket,
)
from ticketcore.desk import HelpDesk
from ticketcore.errors import Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import SubjectChanged
from ticketcore.model.tickets import Priority


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


# What somebody saw.


OVERWRITING = [
    (SetSubject("Mine"), SetSubject("Theirs"), "subject is now 'Theirs'"),
    (SetDescription("Mine"), SetDescription("Theirs"), "description is now 'Theirs'"),
    (SetCopies(["kim@example.org"]), SetCopies(["lee@example.org"]), "cc is now ('lee@example.org',)"),
]


@pytest.mark.parametrize(("mine", "theirs", "now"), OVERWRITING, ids=lambda it: getattr(it, "asked", None))
def test_what_changed_meanwhile_is_not_overwritten(shop, mine, theirs, now):
    """What somebody else wrote since one looked is not lost: the error says what is so now, and which version it is."""
    ticket = shop.ticket()
    after = shop.system.do(theirs, on=ticket.id)

    with shop.refusing(Conflict) as caught:
        shop.ana.do(mine, on=ticket.id, seen=ticket.version)

    assert caught.value.asked == mine.asked
    assert now in str(caught.value)
    assert caught.value.current == after.version
    assert shop.ana.do(mine, on=ticket.id, seen=caught.value.current).version == after.version + 1


@pytest.mark.parametrize(("mine", "theirs", "now"), OVERWRITING, ids=lambda it: getattr(it, "asked", None))
def test_who_does_not_care_says_so(shop, mine, theirs, now):
    """With `seen=ANY` the last one wins."""
    ticket = shop.ticket()
    shop.system.do(theirs, on=ticket.id)

    shop.ana.do(mine, on=ticket.id, seen=ANY)

    assert now not in repr(shop.ana.ticket(ticket.id))


def test_other_changes_are_no_conflict(shop):
    """Only a change of a field that the command overwrites is a conflict: messages, tags and notes block nothing."""
    ticket = shop.ticket()
    shop.desk.as_customer(shop.mia.id).do(SendMessage("Hello?"), on=ticket.id)
    for command in (AddTags({"late"}), AddInlineNote("Angry"), SetPriority(Priority.HIGH), SendAnswer("Soon")):
        shop.ana.do(command, on=ticket.id)
    shop.ana.do(SetDescription("Charged twice"), on=ticket.id, seen=ticket.version)

    assert shop.ana.do(SetSubject("Double charge"), on=ticket.id, seen=ticket.version).subject == "Double charge"


def test_assigning_meets_only_assignments(shop):
    """Whoever assigns a ticket is told if it was assigned or transferred meanwhile, and by nothing else."""
    ticket = shop.ticket()
    shop.desk.as_customer(shop.mia.id).do(SendMessage("Hello?"), on=ticket.id)
    first = shop.ana.do(Assign(shop.ana.actor.id), on=ticket.id, seen=ticket.version)

    for command in (Assign(shop.dora.actor.id), Unassign(), Transfer(shop.billing)):
        with shop.refusing(Conflict) as caught:
            shop.dora.do(command, on=ticket.id, seen=ticket.version)
        assert "assignee is now" in caught.value.found
        assert "Ana" in caught.value.found
    assert shop.dora.do(Unassign(), on=ticket.id, seen=first.version).assignee is None


def test_a_change_there_and_back_is_a_change(shop):
    """That a field is again what one saw does not mean that nobody decided anything about it."""
    ticket = shop.ticket()
    for subject in ("Another", ticket.subject):
        shop.ana.do(SetSubject(subject), on=ticket.id, seen=ANY)

    with shop.refusing(Conflict):
        shop.dora.do(SetSubject("Third"), on=ticket.id, seen=ticket.version)


def test_a_conflict_is_found_behind_many_entries(shop):
    """However much was written since, the change that matters is found."""
    ticket = shop.ticket()
    shop.ana.do(SetSubject("Another"), on=ticket.id, seen=ANY)
    for number in range(60):
        shop.ana.do(AddInlineNote(f"Note {number}"), on=ticket.id)

    with shop.refusing(Conflict):
        shop.dora.do(SetSubject("Third"), on=ticket.id, seen=ticket.version)


def test_a_version_still_to_come_was_not_seen(shop):
    """Nobody has seen a version that does not exist yet."""
    ticket = shop.ticket()

    with shop.refusing(Conflict) as caught:
        shop.ana.do(SetSubject("Another"), on=ticket.id, seen=ticket.version + 1)

    assert caught.value.current == ticket.version


def test_agents_must_say_what_they_saw(shop):
    """A command that overwrites is not asked by an agent without `seen`; nothing has happened then."""
    ticket = shop.ticket()

    with shop.refusing(InvalidInput) as caught:
        shop.ana.do(SetSubject("Another"), on=ticket.id)

    assert [fault.path for fault in caught.value.faults] == ["seen"]


def test_nonsense_beside_the_command_is_refused(shop):
    """What is said beside a command is checked at the door, too: all faults at once, and nothing has happened."""
    ticket = shop.ticket()

    for seen, key, on in (("1", 7, 7), (-1, "", ""), (True, "k" * 201, "\n"), (1.0, "k\0", "x" * 1001)):
        with shop.refusing(InvalidInput) as caught:
            shop.ana.do(SetSubject("Another"), on=on, seen=seen, key=key)
        assert [fault.path for fault in caught.value.faults] == ["on", "seen", "key"]
    assert shop.ana.ticket(ticket.id) == ticket


def test_notes_are_compared_by_their_own_version(shop):
    """Two edits of a note at once never lose one; what happens to its ticket meanwhile does not matter (NT-10)."""
    ticket = shop.ticket()
    note = shop.ana.do(AddTicketNote("Order 7"), on=ticket.id)
    shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id)
    edited = shop.dora.do(EditTicketNote(note.id, "Order 8"), on=ticket.id, seen=note.version)

    for command in (EditTicketNote(note.id, "Order 9"), DeleteTicketNote(note.id)):
        with shop.refusing(Conflict) as caught:
            shop.ana.do(command, on=ticket.id, seen=note.version)
        assert caught.value.current == edited.version
    assert shop.ana.notes(ticket.id) == (edited,)


# Requests that come twice.


def test_same_key_is_done_once(shop):
    """The same request under the same key is done once; the repetition gives the first one's result as it is now."""
    ticket = shop.ticket()
    answer = shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1")
    before = records_of(shop.storage)

    assert shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1") == answer
    assert records_of(shop.storage) == before


def test_repetition_gives_the_result_as_it_now_is(shop):
    """What the first request made may have changed since; the repetition shows it as it is."""
    first = shop.ana.do(OpenInternalTicket("Check the till"), key="open")
    shop.dora.do(SetPriority(Priority.URGENT), on=first.id)

    again = shop.ana.do(OpenInternalTicket("Check the till"), key="open")

    assert (again.id, again.priority) == (first.id, Priority.URGENT)


def test_customers_have_keys_too(shop):
    """A form that was sent twice opens one ticket."""
    mia = shop.desk.as_customer(shop.mia.id)

    first, second = (mia.do(SubmitTicket("Invoice 7", "Twice!"), key="form") for _ in range(2))

    assert first == second
    assert shop.system.count() == 1


def test_key_comes_before_seen(shop):
    """A request that is repeated because its answer got lost is no conflict with itself."""
    ticket = shop.ticket()

    first, second = (shop.ana.do(SetSubject("Mine"), on=ticket.id, seen=ticket.version, key="s") for _ in range(2))

    assert first == second
    assert [type(it) for it in shop.ana.thread(ticket.id)].count(SubjectChanged) == 1


@pytest.mark.parametrize("other", [SendAnswer("Another text."), SendInternalMessage("Refunded."), Resolve()])
def test_another_command_under_the_key_is_refused(shop, other):
    """A key that was used for one request is not used for another."""
    ticket = shop.ticket()
    shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1")

    with shop.refusing(Conflict) as caught:
        shop.ana.do(other, on=ticket.id, key="a1")

    assert "a1" in caught.value.found


def test_the_same_command_on_another_ticket_is_another_request(shop):
    """The ticket belongs to the request."""
    one, other = shop.ticket(), shop.ticket()
    shop.ana.do(SendAnswer("Refunded."), on=one.id, key="a1")

    with shop.refusing(Conflict):
        shop.ana.do(SendAnswer("Refunded."), on=other.id, key="a1")


def test_keys_are_the_actors_own(shop):
    """Two people who use the same key do not get in each other's way, and see nothing of each other."""
    ticket = shop.ticket()

    answers = [seat.do(SendAnswer("Refunded."), on=ticket.id, key="1") for seat in (shop.ana, shop.dora, shop.system)]

    assert len({it.id for it in answers}) == 3
    assert [it.author_name for it in answers] == ["Ana", "Dora", "Help desk"]


def test_a_refused_request_leaves_its_key_free(shop):
    """A request that was refused was not done: under its key it can be asked again."""
    ticket = shop.ana.do(Delete(), on=shop.ticket().id)
    with shop.refusing(OutOfPlace):
        shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1")

    shop.ana.do(Restore(), on=ticket.id)
    assert shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1").text == "Refunded."


def test_receipts_hold_no_text(shop):
    """A receipt keeps a digest of the command and ids of the results, no text that somebody wrote."""
    ticket = shop.ticket()
    shop.ana.do(SendAnswer("PRIVATE answer"), on=ticket.id, key="a1")

    assert "PRIVATE" not in repr(records_of(shop.storage)["receipt"])


def test_repetition_does_not_show_what_may_not_be_seen_any_more(shop):
    """Who may not see a ticket any more is not shown it because they once asked something on it."""
    ticket = shop.ticket()
    shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1")
    shop.system.do(Transfer(shop.legal), on=ticket.id)

    with shop.refusing(NotFound):
        shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1")


# Races.


def test_what_two_add_at_once_is_both_there(shop):
    """A message that met another one is decided anew; none is lost, and the thread has no gap."""
    ticket = shop.ticket()
    meanwhile = Meanwhile(shop.storage)
    meanwhile.happens(lambda: shop.dora.do(AddInlineNote("Mine too"), on=ticket.id))

    shop.ana.do(SendAnswer("Mine"), on=ticket.id)

    thread = shop.ana.thread(ticket.id)
    texts = [it.text for it in thread if hasattr(it, "text")]
    assert texts == ["You charged me twice.", "Mine too", "Mine"]
    assert [it.position for it in thread] == list(range(1, len(thread) + 1))


def test_what_is_overwritten_is_never_tried_again(shop):
    """Who loses a race for what they overwrite is told; the desk does not overwrite in their name."""
    ticket = shop.ticket()
    meanwhile = Meanwhile(shop.storage)
    meanwhile.happens(lambda: shop.dora.do(SetSubject("Theirs"), on=ticket.id, seen=ticket.version))

    with pytest.raises(Conflict) as caught:
        shop.ana.do(SetSubject("Mine"), on=ticket.id, seen=ticket.version)

    assert "subject is now 'Theirs'" in str(caught.value)
    assert shop.ana.ticket(ticket.id).subject == "Theirs"


def test_who_claims_second_is_told_who_has_it(shop):
    """Of two agents who claim a ticket in the same moment one gets it, whatever they say to have seen (FL-7)."""
    ticket = shop.ticket()
    meanwhile = Meanwhile(shop.storage)
    meanwhile.happens(lambda: shop.dora.do(Claim(), on=ticket.id, seen=ANY))

    with pytest.raises(Conflict, match="Dora"):
        shop.ana.do(Claim(), on=ticket.id, seen=ANY)

    assert shop.ana.ticket(ticket.id).assignee == shop.dora.actor.id


def test_same_request_at_once_is_done_once(shop):
    """The same request under one key, twice in the same moment, is done once."""
    ticket = shop.ticket()
    meanwhile = Meanwhile(shop.storage)
    results = []
    meanwhile.happens(lambda: results.append(shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1")))

    results.append(shop.ana.do(SendAnswer("Refunded."), on=ticket.id, key="a1"))

    assert results[0] == results[1]
    assert [it.text for it in shop.desk.as_customer(shop.mia.id).thread(ticket.id)][1:] == ["Refunded."]


def test_races_are_run_a_bounded_number_of_times(shop):
    """Who loses again and again is told so in the end; nothing of it has happened, all of the others has."""
    ticket = shop.ticket()
    meanwhile = Meanwhile(shop.storage)

    def again():
        meanwhile.waiting.clear()
        shop.dora.do(AddInlineNote("Theirs"), on=ticket.id)
        meanwhile.happens(again)

    meanwhile.happens(again)
    with pytest.raises(Conflict, match="SendAnswer"):
        shop.ana.do(SendAnswer("Mine"), on=ticket.id)

    meanwhile.waiting.clear()
    texts = [it.text for it in shop.ana.thread(ticket.id) if hasattr(it, "text")]
    assert "Mine" not in texts
    assert 2 < len(texts) < 100


def test_a_reference_that_exists_is_made_anew(shop):
    """Should two tickets be given the same ids or reference, the second one gets others."""
    ids = [f"{number:032x}" for number in range(100)]
    twins = iter([*ids[:50], *ids[:50], *ids[50:]])
    desk = HelpDesk(shop.storage, clock=shop.clock, new_id=lambda _: next(twins))
    references = {desk.as_customer(shop.mia.id).do(SubmitTicket("Invoice", "Hello")).reference for _ in range(9)}

    assert len(references) == 9


# What changes nothing.


def test_a_change_that_changes_nothing_is_no_change(shop):
    """No event, no version, no new time: what is so already is not changed."""
    ticket = shop.ana.do(Assign(shop.ana.actor.id), on=shop.ticket(department=shop.billing).id, seen=ANY)
    note = shop.ana.do(AddTicketNote("Order 7"), on=ticket.id)
    before = records_of(shop.storage)
    shop.clock.advance(hours=1)

    for command in (
        Assign(shop.ana.actor.id),
        Claim(),
        Transfer(shop.billing, keep_assignee=True),
        SetSubject(ticket.subject),
        SetDescription(ticket.description),
        SetPriority(ticket.priority),
        SetCustomFields({}),
        SetCopies([]),
        AddTags([]),
        EditTicketNote(note.id, note.text),
    ):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))
        assert records_of(shop.storage) == before, command.asked


def test_many_threads_lose_nothing(shop):
    """What several threads write on one ticket at once is all there, in one order without a gap."""
    ticket = shop.ticket()
    seats = [shop.ana, shop.dora, shop.system, shop.ana]

    def write(seat, number):
        for part in range(5):
            seat.do(AddInlineNote(f"{number}.{part}"), on=ticket.id)

    at_once([partial(write, seat, number) for number, seat in enumerate(seats)])

    thread = shop.ana.thread(ticket.id)
    notes = [it.text for it in thread if it.is_note]
    assert sorted(notes) == sorted(f"{number}.{part}" for number in range(4) for part in range(5))
    assert [it.position for it in thread] == list(range(1, len(thread) + 1))
    assert shop.ana.ticket(ticket.id).version == 1 + len(notes)
