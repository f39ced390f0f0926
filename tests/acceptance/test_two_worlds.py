"""
Two worlds: a desk on which things happen in private besides, and one on which they do not, look the same to customers.

In both worlds the same public things happen at the same times. In one of them, notes are written in between, internal
tickets are worked on, agents come and go, tags are set, and all is read. Whatever differs for a customer then, in what
the seat shows or in what is sent, would tell of it.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from operator import itemgetter
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.any_command import COMMANDS, MISSING, Pools, drawn
from tests.customers_view import Letterbox, seen_by
from tests.fakes import START
from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.automation import AddRule, ChangeRule, RemoveRule
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.assignment import AssignNext, Transfer
from ticketcore.commands.command import ANY, DeskCommand, TicketCommand
from ticketcore.commands.mail import ReceiveMail
from ticketcore.commands.merging import MergeInto, SplitOff
from ticketcore.commands.messages import SendAnswer, SendMessage, SendUpdate
from ticketcore.commands.participants import AddFollowers, AddRequesters, RemoveRequesters, SetCopies
from ticketcore.commands.purging import Purge
from ticketcore.commands.ratings import RateTicket
from ticketcore.commands.status import Close, Delete, MarkAnswered, MarkAsSpam, Postpone, Reopen, Resolve, Restore
from ticketcore.commands.tickets import OpenTicket, SetDescription, SetPriority, SetSubject, SubmitTicket
from ticketcore.conditions import F
from ticketcore.errors import TicketcoreError
from ticketcore.events import CustomerMessageAdded, TicketOpened
from ticketcore.model.attachments import Upload
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.keys import address_key
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.model.people import Role
from ticketcore.model.references import ALPHABET
from ticketcore.model.thread import CustomerMessage
from ticketcore.model.tickets import Priority

PRIVATE = {
    commands.AddCannedNote,
    commands.AddInlineNote,
    commands.AddTags,
    commands.AddTicketNote,
    commands.Assign,
    commands.AssignNext,
    commands.Claim,
    commands.CorrectTime,
    commands.DeleteTicketNote,
    commands.ChangeRequestersGroups,
    commands.EditTicketNote,
    commands.EnterTicket,
    commands.LeaveTicket,
    commands.LinkTo,
    commands.LogTime,
    commands.MakeIndependent,
    commands.MakeSubTicketOf,
    commands.PauseTimer,
    commands.RemoveTags,
    commands.RingAgents,
    commands.RemoveTime,
    commands.SendCannedInternalMessage,
    commands.SendInternalMessage,
    commands.SendRequest,
    commands.SetCustomFields,
    commands.SetPriority,
    commands.SetSlaLevel,
    commands.SetType,
    commands.SkipTicket,
    commands.StartTimer,
    commands.StopTimer,
    commands.Unassign,
    commands.Unlink,
}
"""What is done to a customer's ticket that the customer does not see. On an internal ticket everything is private."""

PUBLIC = {
    commands.AcceptProposedCopies,
    commands.AddFollowers,
    commands.AddRequesters,
    commands.AnswerFromTemplate,
    commands.AnswerInChat,
    commands.EndCall,
    commands.EndChat,
    commands.PickUpCall,
    commands.PickUpChat,
    commands.StartCallOnTicket,
    commands.ApplyMacro,  # may do anything
    commands.Close,
    commands.Delete,
    commands.Forward,
    commands.MarkAnswered,
    commands.MarkAsNotSpam,
    commands.MarkAsSpam,
    commands.MergeInto,
    commands.MoveTo,
    commands.Postpone,
    commands.PostponeFor,
    commands.Purge,
    commands.RejectProposedCopies,
    commands.RemoveFollowers,
    commands.RemoveRequesters,
    commands.Reopen,
    commands.Resolve,
    commands.Restore,
    commands.SendAnswer,
    commands.SendCannedAnswer,
    commands.SendMail,  # to whom its writer wants
    commands.SendUpdate,
    commands.AcknowledgeReceipt,
    commands.SetCopies,
    commands.SetDescription,
    commands.SetSubject,
    commands.SplitOff,
    commands.Transfer,  # mails come from the department
}
"""What is done to a customer's ticket that the customer sees, or that makes a difference to what is sent later."""

PRIVATE_ON_THE_DESK = {
    commands.AddAgent,
    commands.AddCannedResponse,
    commands.AddCompany,
    commands.AddCompanyNote,
    commands.AddContactNote,
    commands.AddDepartment,
    commands.AddEveryone,
    commands.AddMembers,
    commands.AddSlaPolicy,
    commands.ChangeAgent,
    commands.ChangeCannedResponse,
    commands.ChangeCompany,
    commands.ChangeCustomField,
    commands.ChangeMembership,
    commands.ChangeSlaPolicy,
    commands.DeactivateAgent,
    commands.DefineCustomField,
    commands.DeleteCompanyNote,
    commands.DeleteContactNote,
    commands.EditCompanyNote,
    commands.EditContactNote,
    commands.GoOffline,
    commands.GoOnline,
    commands.OpenInternalTicket,
    commands.ReactivateAgent,
    commands.RemoveCannedResponse,
    commands.RemoveCustomField,
    commands.RemoveMember,
    commands.RemoveSlaPolicy,
    commands.TakeNext,
}
"""What is done on the desk that concerns no customer's ticket."""

PUBLIC_ON_THE_DESK = {
    AddRule,  # may do anything
    ChangeRule,
    RemoveRule,
    commands.AddCalendar,  # rules can go by it
    commands.ChangeCalendar,
    commands.RemoveCalendar,
    commands.AddMacro,  # may do anything once it is applied
    commands.ChangeMacro,
    commands.RemoveMacro,
    commands.AddContact,
    commands.ChangeContact,
    commands.ChangeDepartment,  # mails come from it
    commands.EraseContact,
    commands.OpenTicket,
    commands.StartCall,
    commands.RemoveDepartment,
}
"""What is done on the desk that customers may notice."""

FILE = Upload("bill.pdf", "application/pdf", b"a bill")
OTHER_FILE = Upload("photo.png", "image/png", b"a photo")


class World:
    """A desk on which things happen, in private too or not."""

    def __init__(self, seed: int) -> None:
        self.letters = Letterbox()
        self.shop = shop = SmallShop(seed=seed, notifier=self.letters)
        answering = AddAgent(f"Olga {seed}", email=f"olga{seed}@desk.example", public_name="Olga", role=Role.ADMIN)
        self.olga = shop.desk.as_agent(shop.system.do(answering).id)
        self.customers = [shop.mia, shop.bob]
        self.seats = [shop.desk.as_customer(it.id) for it in self.customers]
        self.tickets: list[str] = []
        for command in RULES:
            shop.system.do(command)

    def ticket(self, number: int) -> str:
        """One of the tickets of customers, in the order in which they were opened."""
        return self.tickets[number % len(self.tickets)]

    def happens(self, public: "Public", at: int) -> type[Exception] | None:
        """Lets something public happen at its time, and delivers what is to be told of it; gives how it was refused."""
        self.shop.clock.now = START + timedelta(hours=at)
        error = None
        try:
            opened = public.act(self, *public.arguments)
        except TicketcoreError as refused:
            error = type(refused)
        else:
            if opened is not None and opened not in self.tickets:
                self.tickets.append(opened)
        self.shop.system.deliver()
        return error

    def seen(self) -> str:
        """All that customers see and are sent, with ids and references by the order of their appearance."""
        views = [seen_by(self.shop.desk, it.id) for it in self.customers]
        sent: dict[str, list[Any]] = {}
        for it in self.letters.to_customers:
            sent.setdefault(f"{self.tickets.index(it.ticket.id):03} {it.address}", []).append(it)
        theirs = {address_key(email) for it in self.customers for email in it.emails}
        mails = [it.text for it in self.letters.to_outsiders if address_key(it.address) in theirs]
        return renamed(f"{views!r} {sorted(sent.items(), key=itemgetter(0))!r} {mails!r}")


def renamed(text: str) -> str:
    """A text in which ids, references and visitors are numbered by the order of their appearance."""
    numbers: dict[str, int] = {}
    return NAMES.sub(lambda it: f"#{numbers.setdefault(it[0], len(numbers))}", text)


NAMES = re.compile(rf"[0-9a-f]{{32}}|[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}|Visitor [0-9a-f]{{6}}")

RULES = (
    AddRule("Thanks", trigger=TicketOpened, when=F.subject.contains("bill"), then=[SendAnswer("We have got it.")]),
    AddRule("Next", trigger=TicketOpened, then=[AssignNext()]),
    AddRule("Hurry", trigger=CustomerMessageAdded, then=[SetPriority(Priority.HIGH)]),
)


# What happens in public.


@attrs.frozen
class Public:
    """Something public that happens: what, and the numbers that say on which ticket, by whom, with which text."""

    act: Callable[..., str | None]
    arguments: Sequence[int]

    def __repr__(self) -> str:
        return f"{self.act.__name__}{tuple(self.arguments)}"


TEXTS = ("The bill", "It is wrong", "Καλημέρα", "Thank you!")


def submit(world: World, who: int, text: int, files: int) -> str:
    """A customer opens a ticket."""
    command = SubmitTicket(TEXTS[text % 4], TEXTS[(text + 1) % 4], [FILE][: files % 2])
    return world.seats[who % 2].do(command).id


def call(world: World, who: int, text: int, others: int) -> str:
    """A customer is called by an agent."""
    customers = [it.id for it in world.customers][: 1 + others % 2]
    return world.olga.do(OpenTicket(customers, TEXTS[text % 4], TEXTS[who % 4], department=world.shop.billing)).id


def write(world: World, who: int, text: int, number: int) -> str:
    """A customer writes on a ticket; what is closed is followed up."""
    message = world.seats[who % 2].do(SendMessage(TEXTS[text % 4], [OTHER_FILE][: text % 2]), on=world.ticket(number))
    return message.ticket


def rate(world: World, who: int, text: int, number: int) -> None:
    """A customer says what they think of a ticket."""
    world.seats[who % 2].do(RateTicket(positive=bool(text % 2), comment=TEXTS[text % 4]), on=world.ticket(number))


def chat(world: World, who: int, text: int, number: int) -> str:
    """A customer begins a chat, on a ticket or not."""
    if text % 2:
        return world.seats[who % 2].do(commands.StartChat(TEXTS[text % 4])).ticket
    return world.seats[who % 2].do(commands.StartChatOnTicket(TEXTS[text % 4]), on=world.ticket(number)).ticket


def write_in_chat(world: World, who: int, text: int, number: int) -> None:
    """A customer or an agent writes in the last chat of a ticket, or ends it."""
    on = world.ticket(number)
    chat = [MISSING, *(it.id for it in world.shop.system.chats(on))][-1]
    if who % 3 == 0:
        world.olga.do(commands.AnswerInChat(chat, TEXTS[text % 4]), on=on)
    elif text % 3:
        world.seats[who % 2].do(commands.SendChatMessage(chat, TEXTS[text % 4]), on=on)
    else:
        world.seats[who % 2].do(commands.LeaveChat(chat), on=on)


def mail(world: World, who: int, text: int, number: int) -> str | None:
    """A mail comes in, from a customer or from nobody, as a reply or not, with a copy to somebody or not."""
    world.shop.clock.advance(minutes=1)
    senders = [MailAddress("Mia", "mia@example.org"), MailAddress("", "bob@example.org"), None]
    reference = world.shop.system.ticket(world.ticket(number)).reference
    sent = Mail(
        original=f"{world.shop.clock()}".encode(),
        message_id=f"{world.shop.clock().timestamp()}@example.org",
        sender=senders[who % 3],
        to=[MailAddress("", "billing@shop.example")],
        cc=[MailAddress("", "kim@example.org")][: text % 2],
        subject=f"Re: {reference}" if text % 3 else TEXTS[number % 4],
        text=TEXTS[text % 4],
    )
    return world.shop.system.do(ReceiveMail(sent)).ticket


def agents(make: Callable[[int], TicketCommand[Any]]) -> Callable[[World, int, int, int], str | None]:
    """Something that an agent does to a ticket, and that its customers see."""

    def act(world: World, number: int, text: int, other: int) -> str | None:
        command = make(text)
        if isinstance(command, (AddFollowers, AddRequesters, RemoveRequesters)):
            command = type(command)([world.customers[other % 2].id])
        if isinstance(command, MergeInto):
            command = MergeInto(world.ticket(other))
        if isinstance(command, SplitOff):
            thread = world.shop.system.thread(world.ticket(number))
            written = [it.id for it in thread if isinstance(it, CustomerMessage)]
            command = SplitOff([MISSING, *written][-1], TEXTS[text % 4])
        result = world.olga.do(command, on=world.ticket(number), **world.shop.seen(command))
        return result.id if isinstance(command, SplitOff) else None

    act.__name__ = make(0).asked
    return act


def transfer(world: World, number: int, text: int, *_: int) -> None:
    """A ticket is handed over to another department, whose mails come from another address."""
    world.olga.do(Transfer([world.shop.billing, world.shop.legal][text % 2]), on=world.ticket(number), seen=ANY)


def sweep(world: World, *_: int) -> None:
    """The desk does what is due."""
    world.shop.system.sweep()


ACTS: tuple[Callable[..., str | None], ...] = (
    submit,
    call,
    write,
    rate,
    chat,
    write_in_chat,
    mail,
    sweep,
    agents(lambda text: SendAnswer(TEXTS[text % 4], [FILE][: text % 2])),
    agents(lambda text: SendUpdate(TEXTS[text % 4])),
    agents(lambda text: SetSubject(TEXTS[text % 4])),
    agents(lambda text: SetDescription(TEXTS[text % 4])),
    agents(lambda _: MarkAnswered()),
    agents(lambda _: Resolve()),
    agents(lambda _: Close()),
    agents(lambda _: Reopen()),
    agents(lambda _: Delete()),
    agents(lambda _: MarkAsSpam()),
    agents(lambda _: Restore()),
    agents(lambda _: Purge()),
    agents(lambda text: Postpone(START + timedelta(hours=5 * text))),
    agents(lambda _: AddFollowers(["somebody"])),
    agents(lambda _: AddRequesters(["somebody"])),
    agents(lambda _: RemoveRequesters(["somebody"])),
    agents(lambda _: SetCopies(["kim@example.org"])),
    transfer,
    agents(lambda _: MergeInto("another")),
    agents(lambda _: SplitOff("an entry", "subject")),
)
NUMBERS = st.integers(0, 5)
HISTORIES = st.lists(
    st.builds(Public, st.sampled_from(ACTS), st.tuples(NUMBERS, NUMBERS, NUMBERS)), min_size=1, max_size=10
)


# What happens in private.


def begin_in_private(world: World) -> None:
    """There is something of every private kind."""
    on = world.ticket(0)
    ours = world.shop.internal_ticket(about=world.shop.mia.id)
    company = world.olga.do(commands.AddCompany("Example"))
    world.olga.do(commands.AddCompanyNote(company.id, "Pays late"))
    world.olga.do(commands.AddContactNote(world.shop.mia.id, "Is angry"))
    world.olga.do(commands.AddCannedResponse("Sorry", "Dear {requester.name|customer}, sorry!"))
    world.olga.do(commands.DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.TEXT))
    for ticket in (on, ours.id):
        world.olga.do(commands.AddTicketNote("Order 7"), on=ticket)
        world.olga.do(commands.LogTime(timedelta(minutes=5), text="Looked it up"), on=ticket)
        world.olga.do(commands.StartTimer(), on=ticket)
        world.olga.do(commands.SendInternalMessage("What now?"), on=ticket)


def happen_in_private(world: World, data: st.DataObject) -> None:
    """Some private things happen, each some minutes after the other."""
    for act in data.draw(st.lists(st.sampled_from([work, work, work, run_the_desk, read]), min_size=1, max_size=3)):
        world.shop.clock.advance(minutes=data.draw(st.integers(1, 9)))
        seat = data.draw(st.sampled_from([world.olga, world.shop.system, world.shop.ana, world.shop.dora]))
        with suppress(TicketcoreError):
            act(world, data, seat)


def work(world: World, data: st.DataObject, seat: Any) -> None:
    """Something private is done on a ticket."""
    on = data.draw(st.sampled_from(world.shop.system.tickets(limit=None).items))
    kinds = [it for it in COMMANDS if issubclass(it, TicketCommand) if on.internal or it in PRIVATE]
    command = data.draw(drawn(data.draw(st.sampled_from(kinds)), Pools.of(world.shop)))
    seat.do(command, on=on.id, **world.shop.seen(command))


def run_the_desk(world: World, data: st.DataObject, seat: Any) -> None:
    """Something is done that concerns no customer's ticket."""
    kinds = sorted(PRIVATE_ON_THE_DESK, key=lambda it: it.__name__)
    command = data.draw(drawn(data.draw(st.sampled_from(kinds)), Pools.of(world.shop)))
    if world.olga.actor.id not in repr(command):  # she answers the customers, in both worlds
        seat.do(command, **world.shop.seen(command))


def read(world: World, data: st.DataObject, seat: Any) -> None:
    """An agent looks at everything."""
    on = data.draw(st.sampled_from(Pools.of(world.shop).ids("ticket")))
    for look in (seat.ticket, seat.thread, seat.notes, seat.explain_assignment):
        look(on)
    seat.tickets()
    seat.tally("assignee")


@settings(max_examples=60)
@given(HISTORIES, st.data())
def test_customers_cannot_tell_what_happens_in_private(history: list[Public], data: st.DataObject) -> None:
    """What customers see and are sent is the same, whatever is done and written in private (IT-2, NT-1)."""
    without, with_private = World(seed=1), World(seed=2)
    for world in (without, with_private):
        world.happens(Public(submit, (0, 0, 1)), 0)
    begin_in_private(with_private)

    for at, public in enumerate(history, 1):
        happen_in_private(with_private, data)
        assert without.happens(public, at) == with_private.happens(public, at), public
    happen_in_private(with_private, data)

    assert without.seen() == with_private.seen()


def test_every_command_is_public_or_private() -> None:
    """Whoever adds a command says whether customers notice what it does."""
    of_tickets = {it for it in COMMANDS if issubclass(it, TicketCommand)}
    of_the_desk = {it for it in COMMANDS if issubclass(it, DeskCommand)}

    assert of_tickets == PRIVATE | PUBLIC
    assert of_the_desk == PRIVATE_ON_THE_DESK | PUBLIC_ON_THE_DESK
    assert not PRIVATE & PUBLIC
    assert not PRIVATE_ON_THE_DESK & PUBLIC_ON_THE_DESK
