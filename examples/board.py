"""What the demo prints: the board of a desk, and one ticket as its agent and as its customer see it."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

from olive_grove import Shop
from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ticketcore import Category, F
from ticketcore.errors import NotFound
from ticketcore.events import Event
from ticketcore.events.sentences import sentence
from ticketcore.model.ids import ContactId, TicketId
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.thread import Answer, CustomerMessage, Entry, InlineNote, InternalMessage, Written
from ticketcore.model.tickets import Ticket

STYLES: Mapping[type[Entry], str] = {
    CustomerMessage: "bold cyan",
    Answer: "bold green",
    InternalMessage: "magenta",
    InlineNote: "black on yellow",
}
STATUS_STYLES = {Category.NEW: "cyan", Category.OPEN: "yellow", Category.ANSWERED: "green", Category.SPAM: "red"}
LONGEST_TEXT = 160


class Board:
    """Prints the state of a shop's desk."""

    def __init__(self, shop: Shop, console: Console) -> None:
        self.shop = shop
        self.console = console

    def show(self, came_in: Mapping[str, int]) -> None:
        """Prints everything."""
        self.console.print(Columns([self._came_in(came_in), self._given(), self._rules()], padding=(0, 3)))
        self.console.print(self._departments())
        if self.shop.shown is not None:
            self.console.print(self._as_agent(self.shop.shown))
            self.console.print(self._as_customer(self.shop.shown))

    def _came_in(self, came_in: Mapping[str, int]) -> RenderableType:
        return _counts("What came in", {name.replace("_", " "): number for name, number in came_in.items()})

    def _given(self) -> RenderableType:
        tally = self.shop.system.tally("assignee")
        return _counts("Who was given how much", {self.shop.agent_name(id): n for id, n in tally.items()})

    def _rules(self) -> RenderableType:
        """How many tickets each rule changed, as their threads tell."""
        changed: Counter[str] = Counter()
        for ticket in self.shop.system.tickets(limit=None).items:
            changed.update({it.cause.rule_name for it in self._events(ticket.id) if it.cause.rule_name})
        return _counts("What the rules did", {rule.name: changed[rule.name] for rule in self.shop.system.rules()})

    def _events(self, ticket: TicketId) -> list[Event]:
        return [entry for entry in self.shop.system.thread(ticket) if isinstance(entry, Event)]

    def _departments(self) -> RenderableType:
        statuses = [status for status in STANDARD_LIFE_CYCLE.statuses if status.category in STATUS_STYLES]
        table = Table(title="The board", title_justify="left")
        table.add_column("department")
        for status in statuses:
            table.add_column(status.key, style=STATUS_STYLES[status.category], justify="right")
        table.add_column("urgent", style="bold red", justify="right")
        for name, department in self.shop.departments.items():
            here = F.department == department.id
            tally = self.shop.system.tally("status", here)
            urgent = self.shop.system.count(here & F.tags.has("urgent"))
            table.add_row(name, *(str(tally.get(status, 0) or "") for status in statuses), str(urgent or ""))
        nowhere = self.shop.system.tally("status", F.department.is_missing())
        if nowhere:
            table.add_row("(none)", *(str(nowhere.get(status, 0) or "") for status in statuses), "")
        return table

    def _as_agent(self, id: TicketId) -> RenderableType:
        ticket = self.shop.system.ticket(id)
        seat = self.shop.seat_of(ticket)
        lines = Text()
        for note in seat.notes(id):
            lines.append(f"beside the ticket: {note.text}\n", style="black on yellow")
        for entry in seat.thread(id):
            lines.append(f"{entry.position:>3}  {entry.at:%a %H:%M}  ")
            lines.append(f"{self._described(entry)}\n", style=STYLES.get(type(entry), "dim"))
        return Panel(lines, title=f"{ticket} — as {self.shop.agent_name(ticket.assignee)} sees it", title_align="left")

    def _as_customer(self, id: TicketId) -> RenderableType:
        ticket = self.shop.system.ticket(id)
        if not isinstance(ticket, Ticket):
            return Text()
        seat = self.shop.desk.as_customer(ticket.requester)
        lines = Text()
        for message in seat.thread(id):
            lines.append(f"{message.at:%a %H:%M}  {message.author}: {_short(message.text)}\n")
        public = seat.ticket(id)
        name = self.shop.system.contact(ticket.requester).shown_name
        title = f"{public.reference} {public.subject} ({public.status}) — as {name} sees it"
        return Panel(lines, title=title, title_align="left")

    def _described(self, entry: Entry) -> str:
        if isinstance(entry, Written):
            files = f" [{', '.join(it.name for it in entry.attachments)}]" if entry.attachments else ""
            return f"{entry.label} of {entry.author_name}: {_short(entry.text)}{files}"
        return sentence(entry, self._name) if isinstance(entry, Event) else ""

    def _name(self, id: str) -> str | None:
        """What a department, an agent or a contact is called."""
        named: dict[str, str] = {it.id: name for name, it in self.shop.departments.items()}
        named |= {it.id: name for name, it in self.shop.agents.items()}
        if id in named:
            return named[id]
        with suppress(NotFound):
            return self.shop.system.contact(ContactId(id)).shown_name
        return None


def _counts(title: str, numbers: Mapping[str, int]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in numbers.items():
        table.add_row(name, str(number))
    return table


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_TEXT else f"{words[:LONGEST_TEXT]}…"
