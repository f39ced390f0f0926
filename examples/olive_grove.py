"""The desk of a small invented shop: departments, agents, and the rules by which mail finds its way to them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ticketcore import Channel, F, HelpDesk, Priority
from ticketcore.automation import AddRule, Stop
from ticketcore.channels.email import EmailChannel, TokenSigner
from ticketcore.commands import (
    AddAgent,
    AddContact,
    AddDepartment,
    AddInlineNote,
    AddTags,
    AddTicketNote,
    AssignNext,
    MarkAsSpam,
    SendAnswer,
    SendInternalMessage,
    SetPriority,
    SubmitTicket,
    Transfer,
    Unassign,
)
from ticketcore.commands.mail import MARKED_SPAM
from ticketcore.events import TicketOpened
from ticketcore.model.departments import Department
from ticketcore.model.ids import TicketId
from ticketcore.model.lifecycle import SET_ASIDE
from ticketcore.model.people import Agent
from ticketcore.model.tickets import AnyTicket
from ticketcore.seats import AgentSeat
from ticketcore.storage.protocols import Storage

SHOP = "olivegrove.example"

TEAM = {
    "Support": ("Ana", "Boris", "Chloe"),
    "Sales": ("Dora", "Elias"),
    "Billing": ("Filip", "Greta"),
    "Shipping": ("Hana", "Ivo"),
}

WORDS = {
    "Billing": """invoice, VAT number, charge, refund, payment, receipt, τιμολόγιο, τιμολογ, χρέωσ, χρεωσ, πληρωμ,
        απόδειξ, ΑΦΜ, račun, plačil, vračilo, DDV, naplat, plaćanj, povrat novca, PDV, Rechnung, abgebucht, Zahlung,
        Erstattung, USt-Id, fattura, pagamento, rimborso, addebit, partita IVA""",
    "Shipping": """parcel, delivery, tracking, courier, δέμα, δεμα, αποστολ, παράδοσ, παραδοσ, κούριερ, paket, dostav,
        pošilj, isporuk, kurir, Lieferung, Sendung, Versand, pacco, consegna, spedizione, corriere""",
    "Sales": """wholesale, price list, quote, trade prices, χονδρικ, τιμοκατάλογ, προσφορ, veleprod, cenik, cjenik,
        ponud, Großhandel, Preisliste, Angebot, Händler, ingrosso, listino, preventivo, offerta""",
}
"""What the subject of a mail to the general address says, in six languages, and where it goes then."""

URGENT = "urgent, dringend, nujno, hitno, επειγον, επείγον"

MARKETING = "Marketing"
SOCIAL = (Channel.FACEBOOK, Channel.TWITTER, Channel.INSTAGRAM, Channel.VIBER)

SOCIAL_MESSAGES = (
    ("Katja", Channel.INSTAGRAM, "Is the blue bowl from your last picture for sale?"),
    (None, Channel.VIBER, "Do you open on Sunday?"),
)

AT_WORK = (
    AddTicketNote("Order 2026-0417, paid by card."),
    AddInlineNote("Looked it up with the warehouse: they can send another one tomorrow."),
    SendInternalMessage("Can somebody from Shipping confirm the courier?"),
    SendAnswer("Thank you for your patience. Another one leaves our house tomorrow morning, at our cost."),
)
"""What the agent of one ticket does, for everybody to see what customers see of it."""


class MailClock:
    """The desk's clock: it shows the time of the mail that is being read, and never goes back."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def follow(self, sent: datetime | None, latest: datetime = datetime(2100, 1, 1, tzinfo=UTC)) -> None:
        """Moves on to when a mail was sent, or, where nobody knows, by a minute."""
        known = sent if sent is not None and self.now < sent < latest else self.now + timedelta(minutes=1)
        self.now = known


class Shop:
    """
    The desk of the shop, with its people and rules; set up where the storage is empty, found again where it is not.

    Args:
        storage: Where the desk's records live, and the bytes of attachments; in memory, if not given.
    """

    def __init__(self, storage: Storage | None = None) -> None:
        self.clock = MailClock()
        self.desk = HelpDesk(storage, clock=self.clock)
        self.system = self.desk.as_system()
        self.mail = EmailChannel(self.system, TokenSigner(b"a secret of this demo alone", SHOP), is_sender_proven=bool)
        self.departments: dict[str, Department] = {}
        self.agents: dict[str, Agent] = {}
        self.shown: TicketId | None = None
        if self.system.departments():
            self._find_again()
        else:
            self._set_up()

    def _set_up(self) -> None:
        for name, people in TEAM.items():
            self._add_department(name, people)
        self._add_rules()

    def _find_again(self) -> None:
        self.departments = {it.name: it for it in self.system.departments()}
        self.agents = {it.name: it for it in self.system.agents()}
        self.clock.now = max(it.changed_at for it in self.system.tickets(limit=None).items)
        self.shown = self._busiest_ticket().id

    def _add_department(self, name: str, people: Iterable[str]) -> None:
        department = self.system.do(AddDepartment(name, email_addresses=[f"{name.lower()}@{SHOP}"]))
        self.departments[name] = department
        for person in people:
            agent = AddAgent(person, f"{person.lower()}@{SHOP}", departments=[department.id])
            self.agents[person] = self.system.do(agent)

    def _add_rules(self) -> None:
        """The general address by words; spam aside, given to nobody; what is urgent first; everybody in turn."""
        opened = TicketOpened
        for name, words in WORDS.items():
            nowhere_yet = F.department.is_missing() & F.subject.contains_any(listed(words))
            transfer = Transfer(self.departments[name].id)
            self.system.do(AddRule(f"Words for {name}", trigger=opened, when=nowhere_yet, then=[transfer]))
        elsewhere = F.department.is_missing() & ~F.source.is_in(SOCIAL)
        self.system.do(
            AddRule(
                "The rest to Support", trigger=opened, when=elsewhere, then=[Transfer(self.departments["Support"].id)]
            )
        )
        self.system.do(
            AddRule("Spam aside", trigger=opened, when=F.tags.has(MARKED_SPAM), then=[MarkAsSpam()], stop=Stop.TICKET)
        )
        urgent = [SetPriority(Priority.URGENT), AddTags({"urgent"})]
        self.system.do(
            AddRule("Urgent first", trigger=opened, when=F.subject.contains_any(listed(URGENT)), then=urgent)
        )
        self.system.do(AddRule("Everybody in turn", trigger=opened, when=~F.source.is_in(SOCIAL), then=[AssignNext()]))

    def _add_marketing(self) -> None:
        """What comes over social networks goes to Marketing and to nobody: the example of the product page."""
        self._add_department(MARKETING, ())
        to_marketing = [Transfer(self.departments[MARKETING].id), Unassign()]
        self.system.do(AddRule("Social networks", trigger=TicketOpened, when=F.source.is_in(SOCIAL), then=to_marketing))

    def play_a_little(self) -> None:
        """What follows the mail, once: two messages over social networks, and agents at work on one ticket."""
        if MARKETING in self.departments:
            return
        self._add_marketing()
        self._hear_from_social_networks()
        self._work_on(self._busiest_ticket())

    def _hear_from_social_networks(self) -> None:
        for name, channel, text in SOCIAL_MESSAGES:
            self.clock.follow(None)
            contact = self.system.do(AddContact(name))
            self.desk.as_customer(contact.id).do(SubmitTicket(text, text, channel=channel))

    def _busiest_ticket(self) -> AnyTicket:
        """The ticket of which customers wrote most."""
        waiting = self.system.tickets(~F.category.is_in(SET_ASIDE) & F.assignee.is_set(), limit=None).items
        return max(waiting, key=lambda ticket: (ticket.customer_messages, ticket.reference))

    def _work_on(self, ticket: AnyTicket) -> None:
        agent = self.seat_of(ticket)
        for command in AT_WORK:
            self.clock.follow(None)
            agent.do(command, on=ticket.id)
        self.shown = ticket.id

    def seat_of(self, ticket: AnyTicket) -> AgentSeat:
        """The seat of the agent whom a ticket is assigned to; of anybody, if of nobody."""
        return self.desk.as_agent(ticket.assignee or next(iter(self.agents.values())).id)

    def department_name(self, id: object) -> str:
        """The name of a department by its id."""
        return next((name for name, it in self.departments.items() if it.id == id), "(none)")

    def agent_name(self, id: object) -> str:
        """The name of an agent by the id."""
        return next((name for name, it in self.agents.items() if it.id == id), "(nobody)")


def listed(words: str) -> list[str]:
    """The words between commas."""
    return [word.strip() for word in words.split(",")]
