"""Mail on its way to tickets: what each becomes, who is its author, and where it goes."""

import mailbox
import tomllib
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.fakes import Clock, seeded_ids
from ticketcore import Channel, F, HelpDesk, InvalidInput, NotFound
from ticketcore.automation import AddRule
from ticketcore.channels.email import EmailChannel, MailBecame, MailLimits, TokenSigner
from ticketcore.commands import AddContact, AddDepartment, AddTags, Close, Resolve, SendAnswer
from ticketcore.events import AutomaticMailReceived, RuleFailed, TicketOpened
from ticketcore.model.thread import CustomerMessage

MAILS = Path(__file__).parents[2] / "data" / "mail"
EXPECTED = tomllib.loads(Path(__file__).with_name("expected_mail.toml").read_text())
SECRET = b"known to this desk alone"


class MailDesk:
    """A desk that takes mail in."""

    def __init__(self, **channel):
        self.clock = Clock()
        self.desk = HelpDesk(clock=self.clock, new_id=seeded_ids(1))
        self.system = self.desk.as_system()
        self.signer = TokenSigner(SECRET, "desk.example")
        self.channel = EmailChannel(self.system, self.signer, **{"is_sender_proven": bool, **channel})

    def receive(self, mail):
        """Takes a mail in, given as bytes or as a message."""
        return self.channel.receive(mail if isinstance(mail, bytes) else bytes(mail))

    def messages(self, ticket):
        """What customers wrote on a ticket."""
        return [entry for entry in self.system.thread(ticket) if isinstance(entry, CustomerMessage)]


@pytest.fixture
def mails():
    """A desk that takes mail in."""
    return MailDesk()


def mail(sender="Mia <mia@example.org>", subject="Broken bowl", text="It arrived broken.", **headers):
    """A mail; headers by name, with underscores for hyphens."""
    message = EmailMessage()
    for name, value in {"From": sender, "To": "help@desk.example", "Subject": subject, **headers}.items():
        if value is not None:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_every_mail_becomes_what_was_written_down_beforehand(mails):
    """FL-1: every mail of the collection becomes the ticket, reply, duplicate, auto-reply or bounce that it should."""
    opened = {}
    for name, expected in sorted(EXPECTED.items()):
        outcome = mails.receive((MAILS / name).read_bytes())
        opened.setdefault(outcome.ticket, name)
        assert outcome.became.value == expected["outcome"], name
        if "of" in expected:
            assert opened[outcome.ticket] == expected["of"], name
    assert {path.name for path in MAILS.glob("*.eml")} == EXPECTED.keys()


def test_every_message_keeps_its_original(mails):
    """Whatever was made of a mail, the mail as it came can be read again by agents."""
    data = (MAILS / "error_cant_parse_from.eml").read_bytes()
    ticket = mails.receive(data).ticket

    original = mails.messages(ticket)[0].original

    assert mails.system.download(original.id, on=ticket) == data


def test_an_original_is_not_public(mails):
    """The original holds every header: customers download attachments, never the original."""
    ticket = mails.receive(mail()).ticket
    message = mails.messages(ticket)[0]
    customer = mails.desk.as_customer(message.author.id)

    with pytest.raises(NotFound):
        customer.download(message.original.id, on=ticket)


def test_a_sender_is_recognised_again_by_address(mails):
    """TK-4: two mails from one address, however it is spelled, are from one contact; the tickets are two."""
    first = mails.receive(mail(Message_ID="<1@example.org>"))
    second = mails.receive(mail("MIA@Example.ORG", "Another thing", Message_ID="<2@example.org>"))

    assert first.ticket != second.ticket
    assert len(mails.system.contacts().items) == 1


def test_the_name_of_a_sender_turns_no_list_about(mails):
    """TK-4: a sender's name is kept without the characters that have what follows read backwards."""
    ticket = mails.receive(mail("\u202eaiM\u202c Baker <mia@example.org>")).ticket

    assert mails.system.contact(mails.system.ticket(ticket).requester).name == "aiM Baker"


def test_a_mail_without_sender_is_from_a_visitor(mails):
    """TK-4: who gives no address gets a visitor id."""
    ticket = mails.receive(mail(sender=None)).ticket

    contact = mails.system.contact(mails.system.ticket(ticket).requester)
    assert contact.name is None
    assert contact.shown_name == contact.visitor


def test_a_reply_to_a_known_mail_goes_to_its_ticket(mails):
    """In-Reply-To and References find the ticket of the customer's own earlier mail."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket

    reply = mails.receive(mail(Message_ID="<2@example.org>", In_Reply_To="<1@example.org>"))
    later = mails.receive(mail(Message_ID="<3@example.org>", References="<0@example.org> <2@example.org>"))

    assert [(it.became, it.ticket) for it in (reply, later)] == [(MailBecame.REPLY, ticket)] * 2


def test_a_token_finds_the_ticket(mails):
    """An answer to a mail of the desk names the desk's own Message-ID, which is signed."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    token = mails.signer.message_id(ticket, "answer")

    reply = mails.receive(mail(Message_ID="<2@example.org>", In_Reply_To=f"<{token}>"))

    assert (reply.became, reply.ticket) == (MailBecame.REPLY, ticket)


@pytest.mark.parametrize("forge", [lambda it: it.replace(".", ".0", 1), lambda it: "x" + it, lambda it: it[::-1]])
def test_a_forged_token_finds_nothing(mails, forge):
    """A Message-ID that this desk did not sign names no ticket."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    forged = forge(mails.signer.message_id(ticket, "answer"))

    assert mails.signer.ticket_named(forged) is None
    assert mails.receive(mail(Message_ID="<2@example.org>", In_Reply_To=f"<{forged}>")).became is MailBecame.TICKET


def test_a_token_makes_nobody_an_author(mails):
    """A stranger who has got hold of a token writes in their own name, on a ticket of their own."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    token = mails.signer.message_id(ticket, "answer")

    outcome = mails.receive(mail("eve@evil.example", Message_ID="<2@evil.example>", In_Reply_To=f"<{token}>"))

    assert outcome.became is MailBecame.TICKET
    assert outcome.ticket != ticket
    assert len(mails.messages(ticket)) == 1


def test_a_reference_in_the_subject_is_a_hint(mails):
    """The reference leads those who take part to the ticket, and strangers nowhere."""
    ticket = mails.system.ticket(mails.receive(mail(Message_ID="<1@example.org>")).ticket)
    subject = f"Re: [{ticket.reference}] Broken bowl"

    own = mails.receive(mail(subject=subject, Message_ID="<2@example.org>"))
    strange = mails.receive(mail("eve@evil.example", subject, Message_ID="<3@evil.example>"))

    assert (own.became, own.ticket) == (MailBecame.REPLY, ticket.id)
    assert strange.became is MailBecame.TICKET


def test_the_same_mail_twice_is_one_message(mails):
    """A mail that arrives again, also without a Message-ID, changes nothing."""
    for sent in (mail(Message_ID="<1@example.org>"), mail(subject="No id")):
        first, second = mails.receive(sent), mails.receive(sent)
        assert second.became is MailBecame.DUPLICATE
        assert second.ticket == first.ticket
        assert len(mails.messages(first.ticket)) == 1


def test_nobody_can_suppress_the_mail_of_another(mails):
    """The same Message-ID from another sender is another mail: knowing an id, nobody can keep a mail from arriving."""
    mails.receive(mail("eve@evil.example", Message_ID="<1@example.org>"))

    assert mails.receive(mail(Message_ID="<1@example.org>")).became is MailBecame.TICKET


def test_an_id_that_two_senders_used_leads_nowhere(mails):
    """Who mails first under somebody else's Message-ID does not get the answers to it."""
    mails.receive(mail("eve@evil.example", Cc="bob@example.org", Message_ID="<1@example.org>"))
    mails.receive(mail(Cc="bob@example.org", Message_ID="<1@example.org>"))

    reply = mails.receive(mail("bob@example.org", In_Reply_To="<1@example.org>", Message_ID="<2@example.org>"))

    assert reply.became is MailBecame.TICKET


def test_mail_of_the_desk_itself_is_set_aside(mails):
    """A desk that took its own mail for a customer's would answer itself for ever."""
    mails.system.do(AddDepartment("Sales", email_addresses=["sales@desk.example"]))
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    own = f"<{mails.signer.message_id(ticket, 'answer')}>"

    assert mails.receive(mail("sales@desk.example", Message_ID="<2@example.org>")).became is MailBecame.AUTO_REPLY
    assert mails.receive(mail(Message_ID=own)).became is MailBecame.AUTO_REPLY


def test_automatic_replies_of_strangers_leave_no_trace(mails):
    """What cites a ticket that its sender has no part in is recorded nowhere."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    before = mails.system.thread(ticket)

    outcome = mails.receive(mail("eve@evil.example", Auto_Submitted="auto-replied", In_Reply_To="<1@example.org>"))

    assert (outcome.became, outcome.ticket) == (MailBecame.AUTO_REPLY, None)
    assert mails.system.thread(ticket) == before


def test_only_bytes_are_mail(mails):
    """Text is refused with a sentence that says what is wanted."""
    with pytest.raises(InvalidInput, match="the bytes of a mail"):
        mails.channel.receive("From: mia@example.org")


@pytest.mark.parametrize(
    ("headers", "became"),
    [({"Auto_Submitted": "auto-replied"}, MailBecame.AUTO_REPLY), ({"Auto_Submitted": "no"}, MailBecame.TICKET)],
)
def test_automatic_replies_open_nothing(mails, headers, became):
    """RFC 3834: what a machine answered opens no ticket; what says that no machine wrote it does."""
    assert mails.receive(mail(**headers)).became is became
    assert mails.system.count() == (became is MailBecame.TICKET)


def test_an_automatic_reply_is_recorded_on_its_ticket(mails):
    """It stands in the thread as an event, without its text, and wakes nobody."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    mails.system.do(SendAnswer("Sorry!"), on=ticket)

    outcome = mails.receive(mail(Auto_Submitted="auto-replied", In_Reply_To="<1@example.org>"))

    assert (outcome.became, outcome.ticket) == (MailBecame.AUTO_REPLY, ticket)
    assert isinstance(mails.system.thread(ticket)[-1], AutomaticMailReceived)
    assert mails.system.ticket(ticket).status.key == "answered"


def test_the_address_decides_the_department(mails):
    """DP-4: mail to an address of a department goes there, the first such address deciding."""
    sales = mails.system.do(AddDepartment("Sales", email_addresses=["sales@desk.example"]))
    billing = mails.system.do(AddDepartment("Billing", email_addresses=["billing@desk.example"]))

    direct = mails.receive(mail(To="Billing <BILLING@desk.example>", Message_ID="<1@example.org>"))
    both = mails.receive(mail(To="sales@desk.example, billing@desk.example", Message_ID="<2@example.org>"))
    neither = mails.receive(mail(Message_ID="<3@example.org>"))

    departments = [mails.system.ticket(it.ticket).department for it in (direct, both, neither)]
    assert departments == [billing.id, sales.id, None]


def test_those_whom_a_requester_copies_get_copies(mails):
    """A cc of somebody who takes part is granted; the desk's own addresses are none."""
    mails.system.do(AddDepartment("Sales", email_addresses=["sales@desk.example"]))
    ticket = mails.receive(mail(Cc="Bo <bo@example.org>, sales@desk.example")).ticket

    assert mails.system.ticket(ticket).cc == ("bo@example.org",)


def test_a_copied_address_may_reply_and_copies_are_proposals_then(mails):
    """Who gets copies can write on the ticket, but brings nobody else in: an agent decides."""
    ticket = mails.receive(mail(Cc="bo@example.org", Message_ID="<1@example.org>")).ticket
    reply = mail("bo@example.org", Cc="eve@evil.example", In_Reply_To="<1@example.org>", Message_ID="<2@example.org>")

    outcome = mails.receive(reply)

    after = mails.system.ticket(ticket)
    assert (outcome.became, outcome.ticket) == (MailBecame.REPLY, ticket)
    assert (after.cc, after.proposed_cc) == (("bo@example.org",), ("eve@evil.example",))


def test_an_unproven_sender_brings_nobody_in():
    """Unless the host says that a sender is proven, copies are proposals, also of a requester."""
    desk = MailDesk()
    desk.channel = EmailChannel(desk.system, desk.signer)

    ticket = desk.system.ticket(desk.receive(mail(Cc="eve@evil.example")).ticket)

    assert (ticket.cc, ticket.proposed_cc) == ((), ("eve@evil.example",))


def test_a_copy_grants_no_past(mails):
    """Who is copied later gets what comes later by mail; the ticket itself stays closed to them."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    mails.receive(mail(Cc="eve@evil.example", In_Reply_To="<1@example.org>", Message_ID="<2@example.org>"))
    eve = mails.system.do(AddContact("Eve", email="eve@evil.example"))

    assert mails.desk.as_customer(eve.id).tickets().items == ()
    with pytest.raises(NotFound):
        mails.desk.as_customer(eve.id).thread(ticket)


def test_a_reply_to_a_closed_ticket_begins_a_follow_up(mails):
    """TK-14: a closed ticket stays closed; the reply opens a new one, linked to it."""
    ticket = mails.receive(mail(Message_ID="<1@example.org>")).ticket
    mails.system.do(Resolve(), on=ticket)
    mails.system.do(Close(), on=ticket)

    outcome = mails.receive(mail(In_Reply_To="<1@example.org>", Message_ID="<2@example.org>"))

    follow_up = mails.system.ticket(outcome.ticket)
    assert outcome.ticket != ticket
    assert follow_up.links == {ticket}
    assert mails.system.ticket(ticket).status.key == "closed"


def test_a_rule_that_raises_does_not_stop_the_mail(mails):
    """A customer's mail is never lost because of a rule: its failure stands in the thread, the message too."""
    mails.system.do(AddRule("Not possible", trigger=TicketOpened, then=[AddTags({"half"}), Close()]))

    ticket = mails.receive(mail()).ticket

    assert len(mails.messages(ticket)) == 1
    assert any(isinstance(entry, RuleFailed) for entry in mails.system.thread(ticket))
    assert mails.system.ticket(ticket).tags == frozenset()


def test_a_mail_beyond_the_limits_is_refused_with_what_is_allowed():
    """The size of a mail is bounded; the error says by what."""
    desk = MailDesk(limits=MailLimits(max_bytes=1_000))

    with pytest.raises(InvalidInput, match=r"1000|1,000"):
        desk.receive(mail(text="x" * 2_000))
    assert desk.system.count() == 0


def test_marked_spam_is_tagged_for_rules(mails):
    """What a server on the way marked as spam is a ticket with a tag: a rule decides."""
    ticket = mails.receive(mail(X_Spam_Flag="YES")).ticket

    assert mails.system.count(F.tags.has("marked-spam")) == 1
    assert mails.system.ticket(ticket).source is Channel.EMAIL


def test_a_short_secret_is_refused():
    """A token that can be guessed is none."""
    with pytest.raises(InvalidInput, match="at least 16 bytes"):
        TokenSigner(b"short")


def test_the_whole_mailbox_of_the_demo_is_taken_in(mails):
    """The demo's mailbox: nothing is lost, and every mail becomes something."""
    box = mailbox.mbox(Path(__file__).parents[3] / "examples" / "data" / "inbox.mbox")
    became = [mails.receive(box.get_bytes(key)).became for key in box.keys()]  # noqa: SIM118 - it is no mapping
    box.close()

    counts = {kind.value: became.count(kind) for kind in MailBecame}
    assert counts == {"ticket": 66, "reply": 32, "duplicate": 3, "auto_reply": 2, "bounce": 1}
