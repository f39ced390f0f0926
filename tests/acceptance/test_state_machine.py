"""The whole desk under generated commands from several seats: what must always hold, holds after each of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.any_command import Pools, drawn, of_kind
from tests.fakes import records_of
from tests.replay import FREE_TEXT, replayed, told
from tests.small_shop import SmallShop
from ticketcore.automation import AddRule
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import (
    ANY,
    Command,
    CustomerCommand,
    CustomerTicketCommand,
    DeskCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    SystemCommand,
    TicketCommand,
)
from ticketcore.errors import TicketcoreError
from ticketcore.events import Event, StatusChanged, TicketOpened
from ticketcore.model.copying import copy_with
from ticketcore.model.people import Role
from ticketcore.model.thread import CustomerMessage, Entry

MOVES = {
    "new": {"answered", "postponed", "resolved", "deleted", "spam"},
    "answered": {"open", "postponed", "resolved", "deleted", "spam"},
    "open": {"answered", "postponed", "resolved", "deleted", "spam"},
    "postponed": {"new", "open", "answered", "resolved", "deleted", "spam"},
    "resolved": {"open", "answered", "closed", "deleted", "spam"},
    "closed": {"deleted"},
}
"""The published moves (TK-14), written down once more."""

COPIED = {"to", "cc", "bcc"}
CONTENTS = COPIED | {
    "author_name", "text", "attachments", "html", "original", "message_id", "sender", "subject", "language", "erased",
}  # fmt: skip
"""What erasing a contact takes from the messages of others, and from their own."""

Records = Mapping[str, Mapping[str, Any]]


class Desk(RuleBasedStateMachine):
    """A desk with five agents' and customers' seats, at which anything may be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = shop = SmallShop()
        self.agents = [shop.system, shop.ana, shop.dora]
        self.agents.append(shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.ADMIN)).id))
        self.customers = [shop.desk.as_customer(it.id) for it in (shop.mia, shop.bob)]

    @initialize(data=st.data())
    def begin_with_some_rules(self, data: st.DataObject) -> None:
        """Most desks have rules; some of them always fail."""
        for _ in range(data.draw(st.integers(0, 3))):
            self.ask(self.shop.system, data.draw(drawn(AddRule, self.pools)))

    @initialize()
    def begin_with_a_ticket(self) -> None:
        """There is something to work on."""
        self.shop.ticket()

    @rule(data=st.data(), minutes=st.integers(0, 90))
    def ask_on_a_ticket(self, data: st.DataObject, minutes: int) -> None:
        """An agent, or the host's program, works on a ticket for a while."""
        seat = data.draw(st.sampled_from(self.agents))
        ticket = data.draw(st.sampled_from(self.pools.ids("ticket")))
        for _ in range(data.draw(st.integers(1, 4))):
            self.shop.clock.advance(minutes=minutes)
            command = self.draw(data, TicketCommand)
            self.ask(seat, command, on=ticket, **self.seen(data, command, ticket))

    @rule(data=st.data())
    def ask_of_the_desk(self, data: st.DataObject) -> None:
        """An agent, or the host's program, asks something that concerns no ticket, or opens one."""
        command = self.draw(data, DeskCommand)
        self.ask(data.draw(st.sampled_from(self.agents)), command, **self.seen(data, command))

    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        """A customer asks something that concerns no ticket, or opens one."""
        self.ask(data.draw(st.sampled_from(self.customers)), self.draw(data, CustomerCommand))

    @rule(data=st.data())
    def write(self, data: st.DataObject) -> None:
        """A customer asks something on a ticket, be it theirs or not."""
        ticket = data.draw(st.sampled_from(self.pools.ids("ticket")))
        self.ask(data.draw(st.sampled_from(self.customers)), self.draw(data, CustomerTicketCommand), on=ticket)

    @rule(data=st.data(), hours=st.integers(0, 30))
    def let_the_desk_work(self, data: st.DataObject, hours: int) -> None:
        """Time goes by, mail comes in, and the desk does what is due."""
        self.shop.clock.advance(hours=hours)
        self.ask(self.shop.system, self.draw(data, SystemCommand))

    @property
    def pools(self) -> Pools:
        """What commands are drawn from."""
        return Pools.of(self.shop)

    def draw(self, data: st.DataObject, kind: type) -> Any:
        """Any command of a kind."""
        return data.draw(st.sampled_from(of_kind(kind)).flatmap(lambda it: drawn(it, self.pools)))

    def seen(self, data: st.DataObject, command: Command[Any], ticket: str | None = None) -> dict[str, Any]:
        """What is said to have been seen, where that must be said: anything, the newest version, or one before."""
        if not isinstance(command, (OverwritingDeskCommand, OverwritingTicketCommand)):
            return {}
        record = self.pools.records.get("ticket", {}).get(ticket)
        version = record.version if record else 1
        return {"seen": data.draw(st.sampled_from([ANY, version, max(version - 1, 0)]))}

    def ask(self, seat: Any, command: Command[Any], **how: Any) -> None:
        """Asks, and compares what is stored after it with what was before."""
        before = records_of(self.shop.storage)
        try:
            seat.do(command, **how)
        except TicketcoreError:
            assert records_of(self.shop.storage) == before, "a refused command changed something"
        else:
            check(before, records_of(self.shop.storage))


def check(before: Records, after: Records) -> None:
    """What must hold of any step."""
    check_versions(before, after)
    gone = before.get("ticket", {}).keys() - after.get("ticket", {}).keys()
    assert gone <= after.get("tombstone", {}).keys(), "a ticket went without a tombstone"
    waiting = {id for id, it in after.get("ticket", {}).items() if it.in_backlog_since is not None}
    assert waiting == after.get("backlog", {}).keys(), "the backlog is not of those who wait"
    threads, former = threads_of(after), threads_of(before)
    for id, ticket in after.get("ticket", {}).items():
        thread, known = threads[id], former.get(id, [])
        assert [it.position for it in thread] == list(range(1, len(thread) + 1)), "a position is missing"
        assert len(thread) >= len(known), "an entry was lost"
        assert all(map(is_kept, known, thread)), "an entry was changed"
        check_events(thread, ticket.version)
        state = replayed(thread)
        expected = told(ticket)
        assert state == {name: expected[name] for name in state}, "the events do not tell how the ticket stands"
        assert expected.keys() - state.keys() <= FREE_TEXT


def is_kept(entry: Entry, now: Entry) -> bool:
    """Whether an entry is as it was, but for what goes with a contact who is erased."""
    if not isinstance(entry, CustomerMessage) or not isinstance(now, CustomerMessage):
        return now == entry
    gone = CONTENTS if now.erased else COPIED
    return now == copy_with(entry, version=now.version, **{name: getattr(now, name) for name in gone})


def check_versions(before: Records, after: Records) -> None:
    """Whatever changed has a higher version, and what did not has the same."""
    for kind, records in before.items():
        for id, record in records.items():
            now = after.get(kind, {}).get(id, record)
            assert now is record or now == record or now.version > record.version, f"{kind} {id} changed silently"


def check_events(thread: Iterable[Entry], version: int) -> None:
    """Statuses move along the table only, and no event is of a version still to come."""
    status, last, set_aside_from = None, 0, None
    for event in (it for it in thread if isinstance(it, Event)):
        assert last <= event.ticket_version <= version
        last = event.ticket_version
        if isinstance(event, TicketOpened):
            assert status is None
            status = event.status.key
        elif isinstance(event, StatusChanged):
            assert event.before.key == status
            targets = MOVES.get(event.before.key, {set_aside_from})
            assert event.after.key in targets, f"no move from {event.before} to {event.after}"
            set_aside_from, status = event.before.key, event.after.key
    assert last == version, "a version without an event"


def threads_of(records: Records) -> dict[str, list[Entry]]:
    """The entries of each ticket, in their order."""
    threads: dict[str, list[Entry]] = {id: [] for id in records.get("ticket", {})}
    for entry in sorted(records.get("entry", {}).values(), key=lambda it: it.position):
        threads[entry.ticket].append(entry)
    return threads


Desk.TestCase.settings = settings(max_examples=40, stateful_step_count=30)


class TestDesk(Desk.TestCase):  # type: ignore[name-defined,misc]  # made by Hypothesis
    """No illegal status, no event lost, versions rise, and replay gives the ticket, whatever is asked."""
