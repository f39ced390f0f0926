"""Searching by words: what agents find, what customers find, and what nobody finds."""

from datetime import timedelta

import pytest

from tests.fakes import START, EverybodySeesEverything
from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.access import DepartmentAccessPolicy
from ticketcore.commands.command import ANY
from ticketcore.conditions import ContactF, F
from ticketcore.configuration import Setup
from ticketcore.errors import InvalidInput, StorageError
from ticketcore.model.attachments import Upload
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.lifecycle import Category
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.storage.memory import MemoryStorage

FILE = Upload("broken-lamp.png", "image/png", b"a photo")


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def found(seat, words, **more):
    """The ids that a seat finds."""
    return {it.id for it in seat.search(words, **more).items}


def customer(shop, contact=None):
    """A customer's seat; Mia's, if nobody is named."""
    return shop.desk.as_customer((contact or shop.mia).id)


def everything_said(shop, ticket):
    """Says something of every sort about a customer's ticket; gives the words, those in public and those in private."""
    on = ticket.id
    shop.system.do(commands.DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.TEXT))
    customer(shop).do(commands.SendMessage("pubmessage", [FILE]), on=on)
    chat = customer(shop).do(commands.StartChatOnTicket("pubchat"), on=on)
    customer(shop).do(commands.SendChatMessage(chat.id, "pubchatting"), on=on)
    for command in (
        commands.SendAnswer("pubanswer"),
        commands.SendInternalMessage("privtalk"),
        commands.AddInlineNote("privinline", [Upload("privfile.txt", "text/plain", b"")]),
        commands.AddTicketNote("privbeside"),
        commands.AddTags(["privtag"]),
        commands.SetType("privtype"),
        commands.SetCustomFields({"order": "privorder"}),
        commands.LogTime(timedelta(minutes=5), text="privwork"),
        commands.SetCopies(["privcopy@example.org"]),
    ):
        shop.ana.do(command, on=on, **shop.seen(command))
    customer(shop).do(commands.RateTicket(positive=False, comment="privrating"), on=on)
    public = {"pubmessage", "pubchat", "pubchatting", "pubanswer", "lamp", "pubsubject", "charged", ticket.reference}
    private = {"privrating", "privtalk", "privinline", "privfile", "privbeside", "privtag", "privtype", "privorder"}
    return public, private | {"privwork", "privcopy", "mia@example.org"}


def test_agents_find_a_ticket_by_all_that_is_said_of_it(shop):
    """TK-2, TK-11: Whatever is written to, on or beside a ticket finds it for the agents who see it."""
    ticket = shop.ticket(subject="Pubsubject")
    public, private = everything_said(shop, ticket)

    for word in public | private:
        assert found(shop.ana, word) == {ticket.id}, word
    assert found(shop.ana, " ".join([*public, *private][:20])) == {ticket.id}


def test_customers_find_by_what_they_can_read_alone(shop):
    """NT-1: A customer finds their tickets by public words; private ones find nothing, alone or with public ones."""
    ticket = shop.ticket(subject="Pubsubject")
    public, private = everything_said(shop, ticket)

    for word in public:
        assert found(customer(shop), word) == {ticket.id}, word
        assert found(customer(shop, shop.eve), word) == set(), word
    for word in private:
        assert found(customer(shop), word) == found(customer(shop), f"{word[:-2]}*") == set(), word
        assert found(customer(shop), f"pubsubject {word}") == set(), word


def test_no_customer_finds_an_internal_ticket(shop):
    """IT-2: No customer finds an internal ticket, not even the one it is about; not under a careless policy either."""
    careless = SmallShop(setup=Setup(access=EverybodySeesEverything()))
    for it in (shop, careless):
        internal = it.internal_ticket("Till", about=it.mia.id)
        ours = it.ticket(subject="Till of mine")

        assert found(it.ana, "till") == {internal.id, ours.id}
        assert found(customer(it), "till") == {ours.id}
        assert found(customer(it), internal.reference) == set()


def test_agents_find_nothing_in_departments_that_are_closed_to_them(shop):
    """DP-2: Of a restricted department's tickets its members and administrators find words, count and tally them."""
    ticket = shop.ticket(department=shop.legal)
    shop.dora.do(commands.AddInlineNote("lawsuit"), on=ticket.id)

    for seat, sees in ((shop.ana, False), (shop.dora, True), (shop.system, True)):
        assert found(seat, "lawsuit") == ({ticket.id} if sees else set())
        assert seat.count(words="lawsuit") == sees
        assert dict(seat.tally("department", words="lawsuit")) == ({shop.legal: 1} if sees else {})


def test_reference_and_requester_find_what_is_theirs(shop):
    """TK-1, TK-4, TK-16: A reference finds its ticket; a name, an address or a number all that the customer asked."""
    first, second, other = shop.ticket(), shop.ticket(), shop.ticket(shop.bob)
    shop.system.do(commands.ChangeContact(shop.mia.id, name="Mia Novak", phones=["+386 40 123 456"]))

    assert found(shop.ana, f"about {first.reference.lower()}") == set()
    assert found(shop.ana, first.reference.lower()) == {first.id}
    for words in ("novak", "MIA@EXAMPLE.ORG", '"40 123 456"', "mia nov*"):
        assert found(shop.ana, words) == {first.id, second.id}, words
    assert found(shop.ana, "bob*") == {other.id}


def test_every_word_must_be_found_and_be_it_elsewhere(shop):
    """All words must be said of a ticket, in whatever message, case and script; phrases in one text and in order."""
    ticket = shop.ticket(subject="Καλημέρα, STRASSE")
    shop.ana.do(commands.SendAnswer("Your second invoice is on its way"), on=ticket.id)

    for words in (
        "ΚΑΛΗΜΈΡΑ invoice",
        "straße way",
        '"second INVOICE is"',
        "καλη* inv*",
        '"invoice is on it*"',
        "charged",
    ):
        assert found(shop.ana, words) == {ticket.id}, words
    for words in ("invoice refund", '"invoice second"', "invo", '"twice your"', '"strasse you"', "Καλημερα"):
        assert found(shop.ana, words) == set(), words


def test_results_come_newest_first_and_page_by_page(shop):
    """FL-5: What is found comes newest first, in pages that go on where the last one ended, narrowed by a condition."""
    tickets = []
    for number in range(5):
        shop.clock.advance(minutes=1)
        tickets.append(shop.ticket(subject=f"Lamp {number}"))
    shop.ana.do(commands.Claim(), on=tickets[3].id, seen=ANY)

    first = shop.ana.search("lamp", limit=2)
    second = shop.ana.search("lamp", limit=2, after=first.next)
    last = customer(shop).search("lamp", limit=4, after=customer(shop).search("lamp", limit=4).next)
    assert [it.subject for it in (*first.items, *second.items)] == ["Lamp 4", "Lamp 3", "Lamp 2", "Lamp 1"]
    assert [it.subject for it in last.items] == ["Lamp 0"]
    assert last.next is None
    assert found(shop.ana, "lamp", where=F.assignee.is_set()) == {tickets[3].id}
    assert shop.ana.count(F.assignee.is_missing(), words="lamp") == 4


def test_merged_tickets_are_found_with_the_survivor(shop):
    """TK-18: Words that were written on a merged ticket find the survivor, for its customers too if they read them."""
    merged, survivor = shop.ticket(subject="Shade"), shop.ticket(shop.bob, subject="Lamp")
    customer(shop).do(commands.SendMessage("by courier"), on=merged.id)
    shop.ana.do(commands.AddTicketNote("paid twice"), on=merged.id)
    shop.ana.do(commands.MergeInto(survivor.id), on=merged.id)

    assert found(shop.ana, "courier") == {merged.id, survivor.id}
    assert survivor.id in found(shop.ana, "paid lamp")
    assert found(customer(shop, shop.bob), "courier lamp") == {survivor.id}
    assert found(customer(shop, shop.bob), "paid") == set()


def test_what_was_edited_away_is_not_found(shop):
    """NT-4: After a note or a subject was edited, or a note deleted, its former words find nothing."""
    ticket = shop.ticket(subject="Lampe")
    note = shop.ana.do(commands.AddTicketNote("order seven"), on=ticket.id)
    shop.ana.do(commands.EditTicketNote(note.id, "order eight"), on=ticket.id, seen=ANY)
    shop.ana.do(commands.SetSubject("Lamp"), on=ticket.id, seen=ANY)

    assert (found(shop.ana, "seven"), found(shop.ana, "eight")) == (set(), {ticket.id})
    assert (found(customer(shop), "lampe"), found(customer(shop), "lamp")) == (set(), {ticket.id})
    shop.ana.do(commands.DeleteTicketNote(note.id), on=ticket.id, seen=ANY)
    assert found(shop.ana, "eight") == set()


def test_what_was_erased_or_purged_is_not_found(shop):
    """An erased customer's words, name and address find nothing any more, nor do a purged ticket's."""
    ticket, purged = shop.ticket(subject="Lamp"), shop.ticket(shop.bob, subject="Lamp")
    customer(shop).do(commands.SendMessage("I am Mia Kos"), on=ticket.id)
    shop.ana.do(commands.SendAnswer("Dear customer"), on=ticket.id)
    shop.system.do(commands.EraseContact(shop.mia.id), seen=ANY)
    shop.system.do(commands.Delete(), on=purged.id)
    shop.system.do(commands.Purge(), on=purged.id)

    for words in ("kos", "mia*", "mia@example.org", "lamp", "charged", "bob"):
        assert found(shop.system, words) == set(), words
    assert found(shop.system, "dear") == {ticket.id}


def test_what_was_merged_is_not_found_when_the_survivor_is_purged(shop):
    """TK-18: No word of a merged ticket finds anything, for anybody, once the ticket that took it over is purged."""
    first, second, survivor = (shop.ticket(subject=subject) for subject in ("Shade", "Bulb", "Lamp"))
    customer(shop).do(commands.SendMessage("by courier"), on=first.id)
    shop.ana.do(commands.AddInlineNote("paid twice"), on=second.id)
    shop.ana.do(commands.MergeInto(second.id), on=first.id)
    shop.ana.do(commands.MergeInto(survivor.id), on=second.id)
    shop.system.do(commands.Delete(), on=survivor.id)
    shop.system.do(commands.Purge(), on=survivor.id)

    for words in ("shade", "bulb", "lamp", "courier", "paid", "charged", "mia"):
        assert found(shop.system, words) == found(customer(shop), words) == set(), words


def test_deleted_tickets_are_found_by_agents_alone(shop):
    """TK-14: A deleted ticket is found by agents, who can leave it out with a condition, and by no customer."""
    ticket = shop.ticket(subject="Lamp")
    shop.system.do(commands.Delete(), on=ticket.id)

    assert found(shop.ana, "lamp") == {ticket.id}
    assert found(shop.ana, "lamp", where=~F.category.is_in([Category.DELETED])) == set()
    assert found(customer(shop), "lamp") == set()


def test_mails_are_found_by_subject_and_address(shop):
    """FL-1: A mail that came in is found by its text, and by agents by its subject and whom it was sent to, too."""
    sent = Mail(
        original=b"raw",
        message_id="m1@example.org",
        sender=MailAddress("Mia", "mia@example.org"),
        to=[MailAddress("", "billing@shop.example")],
        cc=[MailAddress("", "kim@elsewhere.example")],
        subject="Quarterly figures",
        text="They do not add up.",
    )
    ticket = shop.system.do(commands.ReceiveMail(sent)).ticket

    for words in ("add up", "quarterly", "kim@elsewhere.example", "billing@shop.example"):
        assert found(shop.ana, words) == {ticket}, words
    assert found(customer(shop), '"add up"') == {ticket}
    assert found(customer(shop), "elsewhere") == set()


class AgentsSeeVipsAlone(DepartmentAccessPolicy):
    """The usual access, but agents see some contacts only."""

    def visible_contacts(self, principal):
        """Those of a group, for agents."""
        return ContactF.groups.has("vip") if principal.agent else super().visible_contacts(principal)


def test_whoever_may_not_see_contacts_finds_nobody_by_name():
    """Whoever may not see all contacts finds tickets by what is written, not by what their requesters are called."""
    shop = SmallShop(setup=Setup(access=AgentsSeeVipsAlone()))
    ticket = shop.ticket(subject="Lamp")

    assert found(shop.ana, "lamp") == found(shop.system, "mia@example.org lamp") == {ticket.id}
    assert found(shop.ana, "mia@example.org") == set()


HOSTILE = [
    "AND", "a AND b OR NOT c", "NEAR(a b)", '"', '""""', "*", "a**b", "^a", "public:a", "{public private}:a", "a:*",
    "a & !b", "a <-> b", "(a | b", "'a", "\\", "%", "_", "a\nb\tc", "🙂", "ﷺ", "x" * 1000, "é" * 500,
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_are_anything_but_words(shop, words):
    """Whatever is typed finds what has its words, or is refused in so many words; nothing of it is a command."""
    shop.ticket(subject="Lamp")
    for seat in (shop.ana, customer(shop)):
        if any(it.isalnum() or it == "_" for it in words):
            assert seat.search(words).items == ()
        else:
            with pytest.raises(InvalidInput, match="search: words: expected 1 to 20 words"):
                seat.search(words)


MANY = " ".join(f"word{number}" for number in range(21))


@pytest.mark.parametrize("words", ["", " ", "?!", None, 5, "a" * 1_001, "x" * 1_000_000, "\0", "\ud800", MANY])
def test_what_are_no_words_is_refused(shop, words):
    """Nothing, punctuation alone, too many words, and what is no text at all are refused at both seats."""
    for ask in (shop.ana.search, customer(shop).search):
        with pytest.raises(InvalidInput, match="search: words: expected"):
            ask(words)


class WithoutIndex(MemoryStorage):
    """A storage that walks past everything, and knows only records of one kind at a time."""

    def find(self, query, *, now):
        """What the plain walk finds."""
        return query.run(self._shelf(query.kind).records.values(), now=now, get=self._record)


def test_storage_without_an_index_says_so(monkeypatch):
    """Where the storage has no index of words, whoever searches is told so, and nothing else is."""
    monkeypatch.setattr("tests.small_shop.chosen_storage", WithoutIndex)
    shop = SmallShop()
    ticket = shop.ticket()

    with pytest.raises(StorageError, match="cannot look for words: use one that has the capability WORD_SEARCH"):
        shop.ana.search("lamp")
    assert [it.id for it in shop.ana.tickets().items] == [ticket.id]


def test_search_sees_what_was_written_a_moment_ago(shop):
    """There is no moment in which something is stored and not found: not after a reading, a failure or a rule."""
    ticket = shop.ticket(subject="Lamp")
    assert found(shop.ana, "green") == set()
    with shop.refusing(InvalidInput):
        shop.ana.do(commands.AddTicketNote(""), on=ticket.id)
    shop.ana.do(commands.AddTicketNote("green"), on=ticket.id)
    shop.clock.now = START + timedelta(days=1)

    assert found(shop.ana, "green") == {ticket.id}
