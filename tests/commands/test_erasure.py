import attrs
import pytest

from tests.fakes import records_of
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.commands.erasure import EraseContact
from ticketcore.commands.mail import MailBecame, ReceiveMail
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.notes import AddContactNote, AddInlineNote
from ticketcore.commands.participants import AddFollowers, AddRequesters, RemoveRequesters, SetCopies
from ticketcore.commands.ratings import RateTicket
from ticketcore.commands.tickets import SubmitTicket
from ticketcore.errors import AccessDenied, Conflict, NotFound
from ticketcore.events import DescriptionChanged, SubjectChanged
from ticketcore.model.attachments import Upload
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import ContactId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.model.people import Role
from ticketcore.model.thread import CustomerMessage

SECRETS = ("Xanthi", "xanthi", "5550100", "555 0100", "Naxos", "shoe", "wreath", "grumpy", "postcard")
"""Words that stand in nothing but what is known of Xanthi, and what she wrote."""


@pytest.fixture
def xanthi(shop):
    """A customer of whom everything is known that can be."""
    shop.system.do(DefineCustomField(FieldOwner.CONTACT, "size", "Size", FieldType.TEXT))
    contact = shop.system.do(
        AddContact(
            "Xanthi",
            email="Xanthi@example.gr",
            emails=["x@xanthi.example"],
            phones=["555 0100"],
            location="Naxos",
            language="el",
            groups=frozenset({"shoe buyers"}),
            custom={"size": "shoe 38"},
        )
    )
    shop.ana.do(AddContactNote(contact.id, "Xanthi is grumpy before noon."))
    return contact


@pytest.fixture
def ticket(shop, xanthi):
    """A ticket of hers alone."""
    seat = shop.desk.as_customer(xanthi.id)
    return seat.do(
        SubmitTicket(
            "My wreath",
            "The wreath wilted.",
            html="<p>wreath</p>",
            attachments=[Upload("wreath.jpg", "image/jpeg", b"x")],
        )
    )


def erase(shop, contact):
    """The contact, erased."""
    return shop.system.do(EraseContact(contact.id))


def everything(shop):
    """All that is stored, as text."""
    return repr(records_of(shop.storage))


def mail(sender, text, *cc):
    """A mail to the shop."""
    return Mail(
        original=text.encode(),
        message_id="1@example.gr",
        sender=MailAddress("Xanthi", sender),
        to=(MailAddress("", "billing@shop.example"), MailAddress("", "Xanthi@example.gr")),
        cc=tuple(MailAddress("", it) for it in cc),
        subject="A postcard",
        text=text,
    )


def test_person_is_gone(shop, xanthi):
    """Nothing that is known of a contact is known after they are erased; the record stays, empty."""
    erased = erase(shop, xanthi)

    assert (erased.id, erased.visitor, erased.erased) == (xanthi.id, xanthi.visitor, True)
    assert (erased.name, erased.emails, erased.phones, erased.location) == (None, (), (), None)
    assert (erased.language, erased.groups, erased.company, dict(erased.custom)) == (None, frozenset(), None, {})
    assert shop.ana.contacts().items == (shop.mia, shop.bob, shop.eve)
    with pytest.raises(NotFound):
        shop.ana.contact(xanthi.id)
    with pytest.raises(NotFound):
        shop.desk.as_customer(xanthi.id).tickets()


def test_no_word_of_the_person_is_stored(shop, xanthi, ticket):
    """Whatever way something of a person came in, it is in no record afterwards."""
    seat = shop.desk.as_customer(xanthi.id)
    shop.ana.do(SendAnswer("We send a new one."), on=ticket.id)
    seat.do(SendMessage("Wreath received.", [Upload("wreath2.jpg", "image/jpeg", b"y")]), on=ticket.id)
    seat.do(RateTicket(positive=True, comment="A fine wreath."), on=ticket.id)
    shop.system.do(ReceiveMail(mail("xanthi@example.gr", "A postcard from me.", "x@xanthi.example")))
    shared = shop.ticket()
    shop.ana.do(AddFollowers([xanthi.id]), on=shared.id)
    shop.ana.do(SetCopies(["X@xanthi.example", "kim@example.org"]), on=shared.id, seen=ANY)
    shop.ana.do(SendAnswer("Hello both."), on=shared.id)
    before = everything(shop)
    assert all(secret in before for secret in SECRETS)

    erase(shop, xanthi)

    after = everything(shop)
    assert [secret for secret in SECRETS if secret in after] == []
    assert xanthi.id in after


def test_messages_keep_their_place(shop, xanthi, ticket):
    """What a person wrote stays in the thread, blank and under no name, between the answers, which stay as they are."""
    answer = shop.ana.do(SendAnswer("We send a new one."), on=ticket.id)
    note = shop.ana.do(AddInlineNote("Third wreath this year."), on=ticket.id)
    before = shop.ana.thread(ticket.id)

    erase(shop, xanthi)

    after = shop.ana.thread(ticket.id)
    assert [(it.position, it.at) for it in after[: len(before)]] == [(it.position, it.at) for it in before]
    assert answer in after
    assert note in after
    [message] = [it for it in after if isinstance(it, CustomerMessage)]
    assert (message.author.id, message.author_name, message.erased) == (xanthi.id, xanthi.visitor, True)
    assert (message.text, message.attachments, message.html, message.original) == ("", (), None, None)


def test_mail_is_blanked_with_its_headers(shop, xanthi):
    """Of a mail remains that one came, and when."""
    outcome = shop.system.do(ReceiveMail(mail("xanthi@example.gr", "A postcard.", "kim@example.org")))

    erase(shop, xanthi)

    [message] = [it for it in shop.ana.thread(outcome.ticket) if isinstance(it, CustomerMessage)]
    assert (message.sender, message.to, message.cc, message.message_id, message.language) == (None, (), (), None, None)
    assert shop.ana.ticket(outcome.ticket).cc == ("kim@example.org",)


def test_subject_and_description_of_their_own_tickets_are_blanked(shop, xanthi, ticket):
    """A ticket that nobody else asked for says nothing any more; the thread tells that, by digest."""
    erase(shop, xanthi)

    after = shop.ana.ticket(ticket.id)
    assert (after.subject, after.description, after.requesters) == ("", "", (xanthi.id,))
    told = [it for it in shop.ana.thread(ticket.id) if isinstance(it, (SubjectChanged, DescriptionChanged))]
    assert [it.cause.command for it in told] == ["EraseContact"] * 2


def test_tickets_of_others_keep_what_others_said(shop, xanthi):
    """Where others asked too, subject and description stay, unless the description is what the person wrote."""
    theirs = shop.ticket()
    shop.ana.do(AddRequesters([xanthi.id]), on=theirs.id)
    hers = shop.desk.as_customer(xanthi.id).do(SubmitTicket("Both of us", "The wreath wilted."))
    shop.ana.do(AddRequesters([shop.mia.id]), on=hers.id)

    erase(shop, xanthi)

    kept, blanked = shop.ana.ticket(theirs.id), shop.ana.ticket(hers.id)
    assert (kept.subject, kept.description) == ("Invoice 7", "You charged me twice.")
    assert (blanked.subject, blanked.description) == ("Both of us", "")
    assert shop.desk.as_customer(shop.mia.id).thread(theirs.id)[0].text == "You charged me twice."


def test_words_are_found_where_the_person_takes_no_part_any_more(shop, xanthi, ticket):
    """What somebody wrote is theirs, also on a ticket from which they were taken."""
    shop.ana.do(AddRequesters([shop.mia.id]), on=ticket.id)
    shop.ana.do(RemoveRequesters([xanthi.id]), on=ticket.id)

    erase(shop, xanthi)

    assert shop.ana.ticket(ticket.id).description == ""
    assert "The wreath wilted." not in everything(shop)


def test_copies_to_the_person_stop(shop, xanthi):
    """Their addresses are taken from copies, granted or proposed, and what waits for them is not sent; others' stay."""
    ticket = shop.ticket()
    shop.rewrite(TICKETS, ticket.id, cc=("XANTHI@example.gr", "kim@example.org"), proposed_cc=("x@xanthi.example",))
    shop.ana.do(SendAnswer("Hello all."), on=ticket.id)
    shop.ana.do(AddFollowers([xanthi.id]), on=ticket.id)
    shop.ana.do(SendAnswer("Hello again."), on=ticket.id)

    erase(shop, xanthi)

    after = shop.ana.ticket(ticket.id)
    assert (after.cc, after.proposed_cc) == (("kim@example.org",), ())
    assert sorted(it.recipient for it in shop.outbox()) == sorted([shop.mia.id, "kim@example.org"] * 2)


def test_messages_of_others_forget_that_they_were_copied(shop, xanthi):
    """Where others wrote to the person as well, the address is taken out, and their own words stay."""
    outcome = shop.system.do(
        ReceiveMail(mail("mia@example.org", "For you two.", "x@xanthi.example", "kim@example.org"))
    )

    erase(shop, xanthi)

    [message] = [it for it in shop.ana.thread(outcome.ticket) if isinstance(it, CustomerMessage)]
    assert (message.text, message.to, message.cc) == ("For you two.", ("billing@shop.example",), ("kim@example.org",))


def test_whoever_writes_later_is_somebody_new(shop, xanthi, ticket):
    """Addresses and numbers are free again; the same mail coming again is a duplicate still."""
    first = shop.system.do(ReceiveMail(mail("xanthi@example.gr", "A postcard.")))

    erase(shop, xanthi)

    again = shop.system.do(ReceiveMail(mail("xanthi@example.gr", "A postcard.")))
    later = shop.system.do(ReceiveMail(attrs.evolve(mail("xanthi@example.gr", "A letter."), message_id="2@example.gr")))
    assert (again.became, again.entry) == (MailBecame.DUPLICATE, None)
    assert later.ticket not in {first.ticket, ticket.id, None}
    assert shop.ana.ticket(later.ticket).requester != xanthi.id
    assert shop.ana.do(AddContact("Phone", phones=["5550100"])).phones == ("5550100",)


def test_others_are_left_alone(shop, xanthi, ticket):
    """Erasing one person changes nothing of what others are, wrote and rated."""
    other = shop.ticket(shop.bob)
    shop.ana.do(AddContactNote(shop.bob.id, "Likes figs."))
    shop.ana.do(SendAnswer("Hello."), on=other.id)
    shop.desk.as_customer(shop.bob.id).do(RateTicket(positive=True, comment="Fine."), on=other.id)
    before = shop.ana.ticket(other.id), shop.ana.thread(other.id), shop.ana.contact_notes(shop.bob.id)

    erase(shop, xanthi)

    assert (shop.ana.ticket(other.id), shop.ana.thread(other.id), shop.ana.contact_notes(shop.bob.id)) == before
    assert shop.ana.contact(shop.bob.id) == shop.bob
    assert [it.comment for it in records_of(shop.storage)["rating"].values()] == ["Fine."]


def test_contact_of_whom_little_is_known_is_erased(shop):
    """A visitor without address and tickets is erased like others."""
    visitor = shop.ana.do(AddContact())

    assert erase(shop, visitor).erased is True


def test_erased_contact_is_not_found(shop, xanthi):
    """Nobody is erased twice, and nobody who is not there."""
    erase(shop, xanthi)

    for id in (xanthi.id, ContactId("none")):
        with shop.refusing(NotFound):
            shop.system.do(EraseContact(id))


def test_erasing_an_older_version_is_a_conflict(shop, xanthi):
    """Who has not seen the contact as it is now is told first."""
    with shop.refusing(Conflict):
        shop.system.do(EraseContact(xanthi.id), seen=xanthi.version + 1)


def test_only_admins_erase(shop, xanthi):
    """Agents without the permission to configure are denied, and so are customers, even themselves."""
    with shop.refusing(AccessDenied):
        shop.ana.do(EraseContact(xanthi.id), seen=ANY)
    with shop.refusing(AccessDenied):
        shop.desk.as_customer(xanthi.id).do(EraseContact(xanthi.id))

    admin = shop.desk.as_agent(shop.system.do(AddAgent("Adam", role=Role.ADMIN)).id)
    assert admin.do(EraseContact(xanthi.id), seen=xanthi.version).erased is True
