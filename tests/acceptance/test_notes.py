"""Notes (requirements NT-1…10)."""

from contextlib import suppress
from datetime import timedelta

import attrs
import pytest

from tests.any_command import COMMANDS, Pools, of_kind, simplest
from tests.customers_view import Letterbox, seen_by
from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore import commands, events
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY, DeskCommand, TicketCommand
from ticketcore.conditions import F
from ticketcore.errors import Conflict, InvalidInput, NotFound, TicketcoreError
from ticketcore.model import notes
from ticketcore.model.attachments import Upload
from ticketcore.model.people import Role
from ticketcore.model.thread import Answer, CustomerMessage, InlineNote, InternalMessage, Written

FILE = Upload("scan.png", "image/png", b"a scan")


@pytest.fixture
def letters():
    """What was sent."""
    return Letterbox()


@pytest.fixture
def shop(letters):
    """A small shop's desk."""
    return SmallShop(notifier=letters)


@pytest.fixture
def company(shop):
    """A company, whose contact Mia is."""
    company = shop.system.do(commands.AddCompany("Example Ltd"))
    shop.system.do(commands.ChangeContact(shop.mia.id, company=company.id))
    return company


def all_four(shop, ticket, company, text):
    """A note of each kind, written from Ana's seat."""
    return [
        shop.ana.do(commands.AddInlineNote(text, [FILE]), on=ticket.id),
        shop.ana.do(commands.AddTicketNote(text), on=ticket.id),
        shop.ana.do(commands.AddContactNote(shop.mia.id, text)),
        shop.ana.do(commands.AddCompanyNote(company.id, text)),
    ]


def read_notes(shop, ticket, company):
    """The notes of each kind as Dora reads them."""
    return [
        next(it for it in shop.dora.thread(ticket.id) if isinstance(it, InlineNote)),
        *shop.dora.notes(ticket.id),
        *shop.dora.contact_notes(shop.mia.id),
        *shop.dora.company_notes(company.id),
    ]


def test_all_notes_are_private(shop, letters, company):
    """NT-1: Agents see every note; customers never do, at their seat or in what they are sent."""
    ticket = shop.ticket()
    shop.ana.do(commands.SetCopies(["kim@example.org"]), on=ticket.id, seen=ANY)
    before = seen_by(shop.desk, shop.mia.id)
    shop.clock.advance(hours=1)

    written = all_four(shop, ticket, company, "SECRET")
    shop.system.deliver()

    assert read_notes(shop, ticket, company) == written
    assert seen_by(shop.desk, shop.mia.id) == before
    assert letters.to_customers == []
    shop.ana.do(commands.SendAnswer("Hello"), on=ticket.id)
    shop.system.deliver()
    assert len(letters.to_customers) == 2
    assert "SECRET" not in repr((letters.to_customers, seen_by(shop.desk, shop.mia.id)))
    with pytest.raises(NotFound):
        shop.desk.as_customer(shop.mia.id).download(written[0].attachments[0].id, on=ticket.id)


def test_notes_have_no_public_part():
    """NT-1: No class of notes has a way to become public."""
    for kind in (InlineNote, notes.TicketNote, notes.ContactNote, notes.CompanyNote):
        assert not hasattr(kind, "public")
        assert not getattr(kind, "is_public", False)


def test_there_are_four_kinds():
    """NT-2: There are exactly four kinds: in the thread, beside a ticket, about a contact, about a company."""
    beside = set(notes.SideNote.__subclasses__())
    in_thread = {it for it in Written.__subclasses__() if it.is_note}

    assert {it.__name__ for it in beside | in_thread} == {"InlineNote", "TicketNote", "ContactNote", "CompanyNote"}


def test_inline_note_stands_in_the_thread_with_its_files(shop):
    """NT-3: An inline note stands in the thread at its time, with its attachments."""
    ticket = shop.ticket()
    at = shop.clock.advance(minutes=7)
    note = shop.ana.do(commands.AddInlineNote("See the scan", [FILE]), on=ticket.id)
    shop.clock.advance(minutes=7)
    shop.ana.do(commands.SendAnswer("Sorry!"), on=ticket.id)

    written = [it for it in shop.dora.thread(ticket.id) if isinstance(it, Written)]

    assert [type(it) for it in written] == [CustomerMessage, InlineNote, Answer]
    assert written[1] == note
    assert (note.at, note.author.id, note.author_name) == (at, shop.ana.actor.id, "Ana")
    assert shop.dora.download(note.attachments[0].id, on=ticket.id) == FILE.content


@pytest.mark.parametrize("kind", of_kind(TicketCommand, DeskCommand), ids=lambda it: it.__name__)
def test_nobody_changes_an_inline_note(shop, kind):
    """NT-3: An inline note can never be edited, changed or removed: by no command, of an owner's or the system's."""
    ticket = shop.ticket()
    note = shop.ana.do(commands.AddInlineNote("For ever", [FILE]), on=ticket.id)
    owner = shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.OWNER)).id)
    pools = Pools.of(shop)
    aimed = attrs.evolve(pools, records={**pools.records, "entry": {note.id: note}, "ticket_note": {note.id: note}})
    command = simplest(kind, aimed)
    how = {"on": ticket.id} if issubclass(kind, TicketCommand) else {}

    for seat in (shop.ana, owner, shop.system):
        with suppress(TicketcoreError):
            seat.do(command, **how, **shop.seen(command))
        assert records_of(shop.storage)["entry"][note.id] == note
    assert shop.system.download(note.attachments[0].id, on=ticket.id) == FILE.content


def test_no_command_is_made_to_change_entries():
    """NT-3: There is no command to edit or remove anything in a thread, and none that names an inline note."""
    named = {it.__name__ for it in COMMANDS if "InlineNote" in it.__name__}

    assert named == {"AddInlineNote"}
    assert not {it.__name__ for it in COMMANDS} & {"EditEntry", "DeleteEntry", "EditMessage", "DeleteMessage"}


def test_inline_notes_outlive_all_but_their_ticket(shop):
    """NT-3: An inline note stays when its author leaves, its customer is erased, its ticket is merged or deleted."""
    ticket, survivor = shop.ticket(), shop.ticket(shop.bob)
    note = shop.ana.do(commands.AddInlineNote("For ever"), on=ticket.id)

    shop.system.do(commands.MergeInto(survivor.id), on=ticket.id)
    shop.system.do(commands.DeactivateAgent(shop.ana.actor.id))
    shop.system.do(commands.EraseContact(shop.mia.id))
    shop.system.do(commands.Delete(), on=ticket.id)

    assert note in shop.dora.thread(survivor.id)
    assert note in shop.dora.thread(ticket.id)


def test_ticket_note_is_at_hand_beside_the_ticket(shop):
    """NT-4: A ticket note is found without searching the thread, and can be edited and deleted."""
    ticket = shop.ticket()
    note = shop.ana.do(commands.AddTicketNote("Order 7"), on=ticket.id)
    assert shop.dora.notes(ticket.id) == (note,)
    assert not any(isinstance(it, Written) and it.text == "Order 7" for it in shop.dora.thread(ticket.id))

    edited = shop.dora.do(commands.EditTicketNote(note.id, "Order 8"), on=ticket.id, seen=note.version)

    assert (edited.text, edited.author, edited.changed_by) == ("Order 8", note.author, shop.dora.actor)
    shop.ana.do(commands.DeleteTicketNote(note.id), on=ticket.id, seen=edited.version)
    assert shop.dora.notes(ticket.id) == ()


def test_what_happened_to_a_ticket_note_is_told(shop):
    """NT-4: The thread tells that a note was added, edited and deleted, and by whom, but not what it said."""
    ticket = shop.ticket()
    note = shop.ana.do(commands.AddTicketNote("SECRET"), on=ticket.id)
    shop.dora.do(commands.EditTicketNote(note.id, "SECRET 2"), on=ticket.id, seen=ANY)
    shop.dora.do(commands.DeleteTicketNote(note.id), on=ticket.id, seen=ANY)

    told = shop.ana.thread(ticket.id)[-3:]

    assert [type(it) for it in told] == [events.TicketNoteAdded, events.TicketNoteEdited, events.TicketNoteDeleted]
    assert [it.actor for it in told] == [shop.ana.actor, shop.dora.actor, shop.dora.actor]
    assert "SECRET" not in repr(records_of(shop.storage))


def test_contact_note_is_written_from_contact_and_ticket(shop):
    """NT-5: A contact note holds facts about a customer, and is read from every ticket of theirs; edited, deleted."""
    first, second = shop.ticket(), shop.ticket()
    note = shop.ana.do(commands.AddContactNote(first.requester, "Deaf: write, do not call"))

    assert shop.dora.contact_notes(second.requester) == (note,)
    edited = shop.dora.do(commands.EditContactNote(note.id, "Deaf"), seen=note.version)
    assert shop.ana.contact_notes(shop.mia.id) == (edited,)
    shop.ana.do(commands.DeleteContactNote(note.id), seen=edited.version)
    assert shop.ana.contact_notes(shop.mia.id) == ()


def test_company_note_is_about_an_organisation(shop, company):
    """NT-6: A company note holds facts about an organisation, and can be edited and deleted."""
    note = shop.ana.do(commands.AddCompanyNote(company.id, "The boss decides; UTC+9"))

    assert shop.dora.company_notes(company.id) == (note,)
    edited = shop.dora.do(commands.EditCompanyNote(note.id, "UTC+9"), seen=note.version)
    assert shop.ana.company_notes(company.id) == (edited,)
    shop.ana.do(commands.DeleteCompanyNote(note.id), seen=edited.version)
    assert shop.ana.company_notes(company.id) == ()


@pytest.mark.parametrize("to", ["agent", "department", "restricted department"])
def test_notes_go_with_a_transferred_ticket(shop, company, to):
    """NT-7: A transferred ticket keeps all its notes; the new agent reads, adds and edits them, inline notes aside."""
    ticket = shop.ticket()
    written = all_four(shop, ticket, company, "Facts")
    command = {
        "agent": commands.Assign(shop.dora.actor.id),
        "department": commands.Transfer(shop.billing, assignee=shop.dora.actor.id),
        "restricted department": commands.Transfer(shop.legal, assignee=shop.dora.actor.id),
    }[to]
    shop.ana.do(command, on=ticket.id, seen=ANY)

    assert read_notes(shop, ticket, company) == written
    shop.dora.do(commands.AddInlineNote("Mine"), on=ticket.id)
    for edit, note in zip(
        (commands.EditTicketNote, commands.EditContactNote, commands.EditCompanyNote), written[1:], strict=True
    ):
        how = {"on": ticket.id} if edit is commands.EditTicketNote else {}
        assert shop.dora.do(edit(note.id, "Better"), seen=note.version, **how).text == "Better"
    assert [it.text for it in shop.dora.thread(ticket.id) if isinstance(it, InlineNote)] == ["Facts", "Mine"]


def test_notes_of_a_merged_ticket_go_to_the_survivor(shop):
    """NT-7: When a ticket takes over another one, the notes of both are there."""
    one, other = shop.ticket(), shop.ticket()
    shop.ana.do(commands.AddInlineNote("In the thread"), on=one.id)
    shop.ana.do(commands.AddTicketNote("Beside it"), on=one.id)
    shop.ana.do(commands.AddTicketNote("Beside the other"), on=other.id)

    shop.ana.do(commands.MergeInto(other.id), on=one.id)

    assert {it.text for it in shop.dora.notes(other.id)} == {"Beside it", "Beside the other"}
    assert [it.text for it in shop.dora.thread(other.id) if isinstance(it, InlineNote)] == ["In the thread"]


def test_note_beside_a_merged_ticket_is_found_with_that_ticket_alone(shop):
    """NT-4: Who sees the survivor and not the merged ticket reads no note beside the latter, and finds none either."""
    hidden, survivor = shop.ticket(department=shop.legal), shop.ticket(department=shop.billing)
    shop.system.do(commands.MergeInto(survivor.id), on=hidden.id)
    shop.dora.do(commands.AddTicketNote("SECRET"), on=hidden.id)

    assert [it.id for it in shop.dora.search("secret").items] == [hidden.id]
    assert shop.ana.search("secret").items == shop.ana.notes(survivor.id) == ()


def test_notes_are_reminders(shop, letters):
    """NT-8: A note on a ticket that is postponed for an agent reminds them: it is there when the ticket comes back."""
    ours = shop.ana.do(commands.OpenInternalTicket("Call Mia", assignee=shop.dora.actor.id, about=shop.mia.id))
    note = shop.ana.do(commands.AddTicketNote("1. ask for the invoice\n2. refund"), on=ours.id)
    shop.ana.do(commands.Postpone(shop.clock() + timedelta(days=1)), on=ours.id)

    shop.clock.advance(days=1)
    shop.system.sweep()

    (woken,) = shop.dora.tickets(F.assignee == shop.dora.actor.id).items
    assert (woken.id, woken.status.key) == (ours.id, "new")
    assert shop.dora.notes(woken.id) == (note,)


def test_notes_are_told_apart_from_messages(shop):
    """NT-9: Whatever lists a thread says which entry is a note."""
    ticket = shop.ticket()
    shop.ana.do(commands.SendAnswer("Hello"), on=ticket.id)
    shop.ana.do(commands.SendInternalMessage("Hello"), on=ticket.id)
    shop.ana.do(commands.AddInlineNote("Hello"), on=ticket.id)

    told = {type(it): (it.label, it.is_note) for it in shop.ana.thread(ticket.id) if isinstance(it, Written)}

    assert told == {
        CustomerMessage: ("message", False),
        Answer: ("answer", False),
        InternalMessage: ("internal message", False),
        InlineNote: ("note", True),
    }
    labels = [it.label for it in Written.__subclasses__()]
    assert len(set(labels)) == len(labels)


def test_all_agents_edit_together(shop, company):
    """NT-10: Any agent edits any editable note, and of two edits at once the second is told: none is lost silently."""
    ticket = shop.ticket()
    _, *written = all_four(shop, ticket, company, "Facts")
    editing = zip((commands.EditTicketNote, commands.EditContactNote, commands.EditCompanyNote), written, strict=True)

    for edit, note in editing:
        how = {"on": ticket.id} if edit is commands.EditTicketNote else {}
        first = shop.dora.do(edit(note.id, "Dora's"), seen=note.version, **how)
        with shop.refusing(Conflict) as caught:
            shop.ana.do(edit(note.id, "Ana's"), seen=note.version, **how)
        assert caught.value.current == first.version
        assert shop.ana.do(edit(note.id, "Both"), seen=caught.value.current, **how).text == "Both"


@pytest.mark.parametrize("text", ["", "   ", "\x00", 7, None])
def test_notes_say_something(text):
    """A note without words, or with characters that are none, is refused at the door."""
    with pytest.raises(InvalidInput) as caught:
        commands.AddInlineNote(text)

    assert [fault.path for fault in caught.value.faults] == ["text"]
