"""What leaves the desk for others than a ticket's customers: mails, forwarded messages, requests to other systems."""

import pytest

from tests.customers_view import Letterbox
from tests.small_shop import SmallShop
from ticketcore.automation import AddRule
from ticketcore.channels.email import TokenSigner, compose_mail
from ticketcore.commands.assignment import AssignNext, Transfer
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.commands.erasure import EraseContact
from ticketcore.commands.messages import SendAnswer, SendInternalMessage, SendMessage
from ticketcore.commands.outgoing import MOST_VALUES, VALUE_LIMIT, Forward, SendMail, SendRequest
from ticketcore.commands.participants import SetCopies
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import Delete
from ticketcore.commands.tickets import SetCustomFields, SetSubject
from ticketcore.configuration import Setup
from ticketcore.desk import HelpDesk
from ticketcore.errors import InvalidInput, NotFound, OutOfPlace
from ticketcore.events import Event, MailSent, MessageForwarded, RequestSent, TicketOpened, digest
from ticketcore.model.attachments import Upload
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.thread import Answer, CustomerMessage, InternalMessage
from ticketcore.notices import MailNotice, Occasion, RequestNotice

SUPPLIER = "orders@supplier.example"


class Shop(SmallShop):
    """A small shop, with a letterbox for all that it sends, and a warehouse that it can ask."""

    def __init__(self):
        self.letters = Letterbox()
        super().__init__(notifier=self.letters, setup=Setup(systems={"warehouse"}))

    def sent(self):
        """What is sent now, and no customer's."""
        self.system.deliver()
        return [it for it in self.letters.notices if isinstance(it, (MailNotice, RequestNotice))]


@pytest.fixture
def shop():
    """The shop."""
    return Shop()


def last(shop, ticket):
    """What happened last to a ticket."""
    return [it for it in shop.system.thread(ticket.id) if isinstance(it, Event)][-1]


def message_of(shop, ticket, kind):
    """The last entry of a kind."""
    return [it for it in shop.system.thread(ticket.id) if isinstance(it, kind)][-1]


# Mails.


def test_somebody_is_sent_a_mail(shop):
    """A mail goes to each address, filled for the ticket, from its department; the thread tells it by digest."""
    ticket = shop.ticket(department=shop.billing)
    command = SendMail(
        [SUPPLIER, "boss@shop.example"], "{ticket.reference}:\n{ticket.subject}", "{requester.name} waits."
    )

    shop.ana.do(command, on=ticket.id)

    first, second = shop.sent()
    assert (first.address, second.address) == (SUPPLIER, "boss@shop.example")
    assert (first.subject, first.text) == (f"{ticket.reference}: Invoice 7", "Mia waits.")
    assert (first.sender_name, first.sender_address) == ("Billing", "billing@shop.example")
    assert (first.occasion, first.automatic, first.message) == (Occasion.MAIL, False, None)
    event = last(shop, ticket)
    assert (type(event), event.to) == (MailSent, (digest(SUPPLIER), digest("boss@shop.example")))
    assert SUPPLIER not in repr(shop.system.thread(ticket.id))


def test_mail_says_what_is_so_when_it_is_sent(shop):
    """Templates are filled at delivery, so that nothing leaves that was changed or erased meanwhile."""
    ticket = shop.ticket()
    shop.ana.do(SendMail([SUPPLIER], "About", "{ticket.subject} of {requester.name|somebody}"), on=ticket.id)

    shop.ana.do(SetSubject("Invoice 8"), on=ticket.id, seen=ANY)
    shop.system.do(EraseContact(shop.mia.id))

    assert "Mia" not in shop.sent()[0].text


def test_mail_of_the_desk_says_that_it_is_automatic(shop):
    """What no person sent bears the mark by which other machines do not answer (RFC 3834)."""
    ticket = shop.ticket()
    shop.system.do(SendMail([SUPPLIER], "About", "Hello"), on=ticket.id)
    (notice,) = shop.sent()

    signer = TokenSigner(b"0123456789abcdef", "shop.example")
    mail = compose_mail(notice, signer, sender_address="desk@shop.example")

    assert notice.automatic
    assert (mail["To"], mail["Subject"], mail["Auto-Submitted"]) == (SUPPLIER, "About", "auto-generated")
    assert signer.ticket_named(mail["Message-ID"][1:-1]) == ticket.id
    assert mail.get_content() == "Hello\n"


def test_mail_of_a_rule_is_automatic_whoever_has_the_ticket(shop):
    """A rule signs as the assignee, but no person sent its mail."""
    shop.system.do(
        AddRule(
            "Tell the supplier",
            trigger=TicketOpened,
            then=[AssignNext(), SendMail([SUPPLIER], "About", "{agent.public_name} will call."), Forward([SUPPLIER])],
        )
    )

    shop.ticket(department=shop.billing)

    assert [(it.automatic, it.occasion) for it in shop.sent()] == [(True, Occasion.MAIL), (True, Occasion.FORWARD)]
    assert shop.sent()[0].text == "Ana will call."


def test_mail_never_comes_back_to_the_desk(shop):
    """An address of the desk's own is refused: a desk that wrote to itself would never stop."""
    ticket = shop.ticket()

    for address in ("Billing@shop.example", "billing+invoice7@shop.example"):
        for command in (SendMail([address], "About", "Hello"), Forward([address]), SetCopies([address])):
            with shop.refusing(OutOfPlace):
                shop.ana.do(command, on=ticket.id, **shop.seen(command))


def test_no_customer_hears_of_an_internal_ticket(shop):
    """A customer's address is refused on an internal ticket; and if it becomes one later, nothing is sent (IT-2)."""
    ticket = shop.internal_ticket()
    with shop.refusing(OutOfPlace):
        shop.ana.do(SendMail([SUPPLIER, "MIA@example.org"], "About", "Hello"), on=ticket.id)

    shop.ana.do(SendMail([SUPPLIER], "About", "Hello"), on=ticket.id)
    shop.system.do(AddContact("Supplier", SUPPLIER))

    assert shop.sent() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"to": ["no address"]},
        {"subject": ""},
        {"subject": "{ticket.secret}"},
        {"text": " "},
        {"text": "{message.text}"},
        {"subject": "x" * 501},
        {"to": [SUPPLIER] * 21},
    ],
)
def test_wrong_mails_are_refused(fields):
    """Addresses, templates and their bounds are checked at the door."""
    with pytest.raises(InvalidInput):
        SendMail(**{"to": [SUPPLIER], "subject": "About", "text": "Hello"} | fields)


def test_mail_names_only_fields_that_there_are(shop):
    """A custom field that is not defined is refused, and so is a mail that says nothing."""
    ticket = shop.ticket()

    with shop.refusing(InvalidInput):
        shop.ana.do(SendMail([SUPPLIER], "About", "{ticket.custom.order}"), on=ticket.id)
    with shop.refusing(OutOfPlace):
        shop.ana.do(SendMail([SUPPLIER], "About", "{ticket.type}"), on=ticket.id)


def test_nobody_is_sent_the_same_twice(shop):
    """An address that is named twice, however it is written, gets one mail."""
    ticket = shop.ticket()

    shop.ana.do(SendMail([SUPPLIER, "boss@shop.example", SUPPLIER.upper()], "About", "Hello"), on=ticket.id)

    assert [it.address for it in shop.sent()] == [SUPPLIER, "boss@shop.example"]


def test_mail_to_nobody_is_nothing(shop):
    """Without addresses nothing is sent, and nothing told."""
    ticket = shop.ticket()
    before = last(shop, ticket)

    shop.ana.do(SendMail([], "About", "Hello"), on=ticket.id)
    shop.ana.do(Forward([]), on=ticket.id)

    assert (shop.sent(), last(shop, ticket)) == ([], before)


# Forwarding.


def test_last_message_of_a_customer_is_forwarded(shop):
    """Without another word the customer's last message goes, with its files, under what the agent says."""
    ticket = shop.ticket()
    mia = shop.desk.as_customer(shop.mia.id)
    sent = mia.do(SendMessage("Here it is.", [Upload("bill.pdf", "application/pdf", b"bill")]), on=ticket.id)
    shop.ana.do(SendAnswer("Thank you."), on=ticket.id)
    shop.ana.do(SendInternalMessage("PRIVATE"), on=ticket.id)

    shop.ana.do(Forward([SUPPLIER], "Please look."), on=ticket.id)

    (notice,) = shop.sent()
    assert notice.subject == "Fwd: Invoice 7"
    assert notice.text.startswith("Please look.\n\n---------- Forwarded message ----------\nFrom: Mia\nDate: ")
    assert notice.text.endswith("Subject: Invoice 7\n\nHere it is.")
    assert (notice.occasion, notice.message.id) == (Occasion.FORWARD, sent.id)
    assert [it.name for it in notice.message.attachments] == ["bill.pdf"]
    event = last(shop, ticket)
    assert (type(event), event.entry, event.to) == (MessageForwarded, sent.id, (digest(SUPPLIER),))


def test_any_public_message_is_forwarded(shop):
    """An answer can be forwarded as well as a customer's message; its author goes by the public name."""
    ticket = shop.answered("Refunded.")
    answer = message_of(shop, ticket, Answer)

    shop.ana.do(Forward([SUPPLIER], entry=answer.id), on=ticket.id)

    (notice,) = shop.sent()
    assert notice.text.endswith("\n\nRefunded.")
    assert notice.message == answer.public()


def test_private_entries_are_not_forwarded(shop):
    """What agents say to each other leaves by no way (NT-1)."""
    ticket = shop.ticket()
    private = shop.ana.do(SendInternalMessage("PRIVATE"), on=ticket.id)
    assert isinstance(private, InternalMessage)

    with shop.refusing(OutOfPlace):
        shop.ana.do(Forward([SUPPLIER], entry=private.id), on=ticket.id)
    internal = shop.internal_ticket()
    with shop.refusing(OutOfPlace):
        shop.ana.do(Forward([SUPPLIER]), on=internal.id)


def test_only_messages_of_the_ticket_are_forwarded(shop):
    """A message of another ticket is not found, nor is one that does not exist."""
    ticket, other = shop.ticket(), shop.ticket(department=shop.legal)
    elsewhere = message_of(shop, other, CustomerMessage)

    for entry in (elsewhere.id, "none"):
        with shop.refusing(NotFound):
            shop.ana.do(Forward([SUPPLIER], entry=entry), on=ticket.id)


def test_erased_messages_do_not_leave(shop):
    """What a customer wrote is not forwarded once they were erased, even if it was asked before."""
    ticket = shop.ticket()
    message = message_of(shop, ticket, CustomerMessage)
    shop.ana.do(Forward([SUPPLIER]), on=ticket.id)

    shop.system.do(EraseContact(shop.mia.id))

    assert shop.sent() == []
    with shop.refusing(OutOfPlace):
        shop.ana.do(Forward([SUPPLIER], entry=message.id), on=ticket.id)


# Requests.


def test_another_system_is_asked(shop):
    """A request names a system of the setup, and carries values filled from the list of placeholders."""
    shop.system.do(DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.TEXT))
    ticket = shop.ticket()
    shop.ana.do(SetCustomFields({"order": "A-17"}), on=ticket.id, seen=ANY)

    values = {"order": "{ticket.custom.order}", "what": "refund", "by": "{agent.public_name}"}
    shop.ana.do(SendRequest("warehouse", values), on=ticket.id)

    (notice,) = shop.sent()
    assert (notice.system, notice.ticket) == ("warehouse", ticket.id)
    assert notice.values == FrozenMap({"order": "A-17", "what": "refund", "by": "Ana"})
    event = last(shop, ticket)
    assert (type(event), event.system) == (RequestSent, "warehouse")


def test_only_systems_of_the_setup_are_asked(shop):
    """Where requests go, the host's program decides: a system that it does not list is refused, with those it does."""
    ticket = shop.ticket()
    with shop.refusing(OutOfPlace) as refused:
        shop.ana.do(SendRequest("http://169.254.169.254/"), on=ticket.id)

    assert [*refused.value.allowed] == ["warehouse"]


def test_one_name_is_not_several():
    """Whoever gives one name for all systems is told, rather than connected with a system for each letter."""
    with pytest.raises(InvalidInput, match="systems"):
        Setup(systems="warehouse")  # type: ignore[arg-type]


def test_system_taken_off_the_setup_is_not_asked(shop):
    """What waits for a system that the setup lists no more is not sent."""
    shop.ana.do(SendRequest("warehouse"), on=shop.ticket().id)
    letters = Letterbox()
    later = HelpDesk(shop.storage, clock=shop.clock, notifier=letters).as_system()

    report = later.deliver()

    assert (report.nothing_to_send, letters.notices) == (1, [])


def test_requests_are_bounded(shop):
    """A request has at most so many values, of at most so many characters, filled."""
    SendRequest("warehouse", {str(number): "x" for number in range(MOST_VALUES)})
    with pytest.raises(InvalidInput):
        SendRequest("warehouse", {str(number): "x" for number in range(MOST_VALUES + 1)})
    with pytest.raises(InvalidInput):
        SendRequest("warehouse", {"long": "x" * (VALUE_LIMIT + 1)})
    with pytest.raises(InvalidInput) as refused:
        SendRequest("warehouse", {"a": "{ticket.secret}", "b": "{agent.email}", "c\n": "x"})
    assert [it.path for it in refused.value.faults] == ["values", "values.a[0]", "values.b[0]"]

    ticket = shop.ticket(subject="S" * 500)
    with shop.refusing(OutOfPlace):
        shop.ana.do(SendRequest("warehouse", {"long": "{ticket.subject}" * 21}), on=ticket.id)


def test_requests_name_only_fields_that_there_are(shop):
    """A custom field that is not defined is refused."""
    ticket = shop.ticket()
    with shop.refusing(InvalidInput):
        shop.ana.do(SendRequest("warehouse", {"order": "{ticket.custom.order}"}), on=ticket.id)


def test_what_waits_goes_with_its_ticket(shop):
    """Mails and requests of a purged ticket are not sent; those of a transferred one come from its new department."""
    gone, moved = shop.ticket(), shop.ticket()
    for ticket in (gone, moved):
        shop.ana.do(SendMail([SUPPLIER], "About", "Hello"), on=ticket.id)
        shop.ana.do(SendRequest("warehouse"), on=ticket.id)
    shop.system.do(Delete(), on=gone.id)
    shop.system.do(Purge(), on=gone.id)
    shop.ana.do(Transfer(shop.billing), on=moved.id, seen=ANY)

    mail, request = shop.sent()

    assert (mail.ticket, mail.sender_name, request.ticket) == (moved.id, "Billing", moved.id)
