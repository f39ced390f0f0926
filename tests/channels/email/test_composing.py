"""Mail that goes out: who it is from, what it says, and that the answer to it finds back."""

from email import message_from_bytes
from email.policy import default

import attrs
import pytest

from tests.channels.email.test_channel import MailDesk, mail
from ticketcore import InvalidInput, Upload
from ticketcore.channels.email import MailBecame, compose_mail
from ticketcore.commands import (
    AcknowledgeReceipt,
    AddAgent,
    AddContact,
    AddDepartment,
    ChangeMembership,
    Resolve,
    SendAnswer,
    SetCopies,
    SetSubject,
    SubmitTicket,
)
from ticketcore.commands.command import ANY
from ticketcore.model.kinds import DEPARTMENTS
from ticketcore.model.mapping import FrozenMap
from ticketcore.notices import CustomerNotice
from ticketcore.storage.protocols import Changes, Key, Put


class Sent:
    """A notifier that keeps what it is given."""

    def __init__(self):
        self.notices = []

    def send(self, notice):
        """Keeps it."""
        if isinstance(notice, CustomerNotice):
            self.notices.append(notice)


class MailingDesk(MailDesk):
    """A desk with a department, an agent and a mail that came in."""

    def __init__(self):
        super().__init__()
        self.sent = Sent()
        self.desk.notifier = self.sent
        self.billing = self.system.do(
            AddDepartment(
                "Billing",
                email_addresses=["billing@desk.example"],
                email_templates={"answer": "Dear {requester.name|customer},\n\n{message.text}\n\n{agent.signature}"},
            )
        )
        self.ana = self.system.do(
            AddAgent("Ana Anić", "ana@inside.example", departments=[self.billing.id], public_name="Ana")
        )
        self.system.do(ChangeMembership(self.billing.id, self.ana.id, signature="Ana, Billing"), seen=ANY)
        first = mail("Mia Zajc <mia@example.org>", To="billing@desk.example", Message_ID="<1@example.org>")
        self.ticket = self.receive(first).ticket

    def deliver(self):
        """Delivers, and gives the mails that went out."""
        self.system.deliver()
        return [compose_mail(it, self.signer, sender_address="help@desk.example") for it in self.sent.notices]


@pytest.fixture
def mails():
    """A desk that sends mail."""
    return MailingDesk()


def test_an_answer_is_sent_in_the_department_s_words_with_the_agent_s_signature(mails):
    """DP-4: the department's template and address, the agent's signature; the agent's own address nowhere."""
    mails.desk.as_agent(mails.ana.id).do(SendAnswer("Another one is on its way."), on=mails.ticket)

    (sent,) = mails.deliver()

    ticket = mails.system.ticket(mails.ticket)
    assert sent.get_content() == "Dear Mia Zajc,\n\nAnother one is on its way.\n\nAna, Billing\n"
    assert (sent["From"], sent["To"]) == ("Billing <billing@desk.example>", "Mia Zajc <mia@example.org>")
    assert sent["Subject"] == f"Re: Broken bowl [{ticket.reference}]"
    assert (sent["In-Reply-To"], sent["Auto-Submitted"]) == ("<1@example.org>", None)
    assert "inside.example" not in bytes(sent).decode()


def test_the_answer_to_a_sent_mail_finds_the_ticket(mails):
    """The Message-ID of what went out leads back, with a changed subject and without any other header."""
    mails.desk.as_agent(mails.ana.id).do(SendAnswer("Another one is on its way."), on=mails.ticket)
    (sent,) = mails.deliver()

    back = mails.receive(mail(subject="thanks", In_Reply_To=sent["Message-ID"], Message_ID="<2@example.org>"))

    assert (back.became, back.ticket) == (MailBecame.REPLY, mails.ticket)


def test_one_notice_always_makes_one_message_id(mails):
    """Delivery is at least once: the same notice sent twice is the same mail to mail programs."""
    mails.system.do(SendAnswer("Another one is on its way."), on=mails.ticket)
    mails.deliver()
    (notice,) = mails.sent.notices

    twice = [compose_mail(notice, mails.signer, sender_address="help@desk.example") for _ in range(2)]

    assert twice[0]["Message-ID"] == twice[1]["Message-ID"]


def test_what_the_desk_says_by_itself_says_so(mails):
    """TK-15: customers hear that their ticket is resolved; RFC 3834 marks what no person wrote."""
    mails.system.do(Resolve(), on=mails.ticket)

    (sent,) = mails.deliver()

    assert sent["Auto-Submitted"] == "auto-generated"
    assert "is resolved" in sent.get_content()


def test_silently_resolved_is_told_to_nobody(mails):
    """Who resolves silently sends nothing."""
    mails.system.do(Resolve(silently=True), on=mails.ticket)

    assert mails.deliver() == []


def test_files_go_along(mails):
    """An answer's attachments can be sent with it."""
    file = Upload("Račun.pdf", "application/pdf", b"%PDF")
    answer = mails.system.do(SendAnswer("Here it is.", attachments=[file]), on=mails.ticket)
    mails.deliver()
    (notice,) = mails.sent.notices

    sent = compose_mail(
        notice, mails.signer, sender_address="help@desk.example", files={answer.attachments[0].id: file.content}
    )

    (attachment,) = sent.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("Račun.pdf", b"%PDF")


def test_somebody_without_address_gets_no_mail(mails):
    """Who came by another channel is answered there: there is no mail to make."""
    contact = mails.system.do(AddContact("Katja"))
    ticket = mails.desk.as_customer(contact.id).do(SubmitTicket("Hello"))
    mails.system.do(SendAnswer("Hello!"), on=ticket.id)

    with pytest.raises(InvalidInput, match="an address to write to"):
        mails.deliver()


HOSTILE = "=?utf-8?q?Hi=0d=0aBcc:_victim@evil.example?="


def test_no_customer_writes_headers(mails):
    """Subjects, names, ids and media types of customers are text of one header, whatever stands in them."""
    hostile = mail("Mia <mia@example.org>", "x", Message_ID="<3@example.org>", To="billing@desk.example")
    ticket = mails.receive(hostile).ticket
    mails.system.do(SetSubject(HOSTILE), on=ticket)
    file = Upload("=?utf-8?q?a=0d=0aBcc:_v@evil.example?=.txt", "text/x;=?utf-8?q?=0d=0aBcc:_v@evil.example?=", b"x")
    answer = mails.system.do(SendAnswer("Hello!", attachments=[file]), on=ticket)
    mails.system.deliver()

    for notice in mails.sent.notices:
        hostile_notice = attrs.evolve(notice, answers=HOSTILE, sender_name=HOSTILE)
        sent = compose_mail(
            hostile_notice,
            mails.signer,
            sender_address="help@desk.example",
            files={answer.attachments[0].id: file.content},
        )
        read = message_from_bytes(bytes(sent), policy=default)
        assert read["Bcc"] is None
        assert all(part["Bcc"] is None for part in read.walk())


def test_what_rules_write_says_that_no_person_did(mails):
    """RFC 3834: answers of rules are automatic, so that two desks never answer each other for ever."""
    mails.system.do(SendAnswer("Thank you."), on=mails.ticket)

    (sent,) = mails.deliver()

    assert sent["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("command", [AcknowledgeReceipt(), SendAnswer("Thank you.")], ids=lambda it: it.asked)
def test_what_no_person_writes_names_nobody(mails, command):
    """A forged mail says who its victim is called: what answers by itself does not carry that on."""
    forged = mail("Cheap pills at pills.example <bo@example.org>", Message_ID="<9@example.org>")
    mails.system.do(command, on=mails.receive(forged).ticket)

    (sent,) = mails.deliver()

    assert sent["To"] == "bo@example.org"


def test_an_answer_to_an_answer_is_answered_once(mails):
    """A subject that is an answer's already gets no second mark."""
    mails.system.do(SetSubject("Re: Broken bowl"), on=mails.ticket)
    mails.system.do(SendAnswer("Thank you."), on=mails.ticket)

    (sent,) = mails.deliver()

    assert sent["Subject"].startswith("Re: Broken bowl [")


def test_a_copy_grants_no_past(mails):
    """A mere address that gets copies is sent the message, and nothing that was there before."""
    mails.system.do(SetCopies(["bo@example.org"]), on=mails.ticket)
    mails.system.do(SendAnswer("Thank you."), on=mails.ticket)
    mails.system.deliver()

    copied = next(it for it in mails.sent.notices if it.to is None)
    assert (copied.ticket.description, copied.message.text) == ("", "Thank you.")


def test_a_template_that_cannot_be_filled_stops_nobody_else(mails):
    """What goes wrong with one notification is recorded with it; the others go out."""
    other = mails.receive(mail("bo@example.org", Message_ID="<9@example.org>")).ticket
    mails.system.do(SendAnswer("To Mia."), on=mails.ticket)
    mails.system.do(SendAnswer("To Bo."), on=other)
    with mails.desk._storage.session() as session:
        key = Key(DEPARTMENTS, mails.billing.id)
        stored = session.get([key])[key]
        broken = attrs.evolve(stored, version=stored.version + 1, email_templates=FrozenMap({"answer": "{oops"}))
        session.apply(Changes([Put(DEPARTMENTS, broken, stored.version)]))
    mails.desk.flow._cache._known = None

    report = mails.system.deliver()

    assert (report.sent, report.failed) == (1, 1)
