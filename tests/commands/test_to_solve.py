from datetime import timedelta
from functools import partial

import pytest

from tests.fakes import records_of, unchanged
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import commands
from ticketcore.commands import ChangeDepartment, SkipTicket, TakeNext
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.status import Resolve
from ticketcore.configuration import Setup
from ticketcore.desk import HelpDesk
from ticketcore.errors import NotFound, OutOfPlace
from ticketcore.events import Assigned, Skipped
from ticketcore.model.departments import membership_id
from ticketcore.model.kinds import MEMBERSHIPS
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import InlineNote
from ticketcore.model.tickets import Priority
from ticketcore.query import Order

HOUR = timedelta(hours=1)


class Shop(SmallShop):
    """A small shop whose agents are given the next ticket in billing."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.system.do(ChangeDepartment(self.billing, to_solve=True), seen=ANY)

    def waiting(self, **fields):
        """A new ticket that waits in billing."""
        self.clock.advance(minutes=1)
        return self.ticket(department=self.billing, **fields)

    def colleague(self, name):
        """The seat of another member of billing."""
        return self.desk.as_agent(self.system.do(AddAgent(name, departments=[self.billing])).id)


@pytest.fixture
def shop():
    """The desk."""
    return Shop()


def test_agent_takes_what_is_due_first(shop):
    """The next ticket is the one due first, and it is the agent's then; once nothing waits, there is none."""
    first, second = shop.waiting(), shop.waiting()

    taken = shop.ana.do(TakeNext())
    assert (taken.id, taken.assignee) == (first.id, shop.ana.actor.id)
    shop.ana.do(Resolve(), on=taken.id)
    assert shop.ana.do(TakeNext()).id == second.id
    shop.ana.do(Resolve(), on=second.id)
    with unchanged(shop.storage):
        assert shop.ana.do(TakeNext()) is None


def test_own_tickets_count_too(shop):
    """A ticket that waits and is the agent's already comes in its turn; nothing changes then."""
    ticket = shop.waiting()
    taken = shop.ana.do(TakeNext())
    with unchanged(shop.storage):
        again = shop.ana.do(TakeNext())

    assert taken.id == again.id == ticket.id


def test_what_is_others_is_not_taken(shop):
    """Tickets of colleagues, of other departments and of none, and those that wait for nobody are not given out."""
    bea = shop.colleague("Bea")
    shop.waiting()
    bea.do(TakeNext())
    shop.ticket(department=shop.legal)
    shop.ticket()
    shop.ana.do(commands.SendAnswer("Refunded."), on=shop.waiting().id)

    assert shop.ana.do(TakeNext()) is None


def test_two_agents_at_once_take_two_tickets(shop):
    """However many agents ask at once, each is given another ticket."""
    seats = [shop.ana, *(shop.colleague(f"Agent {number}") for number in range(7))]
    tickets = {shop.waiting().id for _ in seats}

    taken = at_once([partial(seat.do, TakeNext()) for seat in seats])

    assert {it.id for it in taken} == tickets
    assert {it.assignee for it in taken} == {seat.actor.id for seat in seats}


def test_hosts_replace_the_order():
    """With an order of the host's own, tickets come in that."""
    shop = Shop(setup=Setup(to_solve=[Order("priority", descending=True), Order("created_at", descending=True)]))
    low, urgent, later = (shop.waiting() for _ in range(3))
    shop.ana.do(commands.SetPriority(Priority.URGENT), on=urgent.id, seen=ANY)

    came = []
    while (ticket := shop.ana.do(TakeNext())) is not None:
        came.append(ticket.id)
        shop.ana.do(Resolve(), on=ticket.id)

    assert came == [urgent.id, later.id, low.id]


def test_it_is_enabled_per_department(shop):
    """Only departments where it is enabled give tickets out, and only to their members; the error says what to do."""
    shop.ticket(department=shop.legal)
    assert shop.dora.do(TakeNext()) is None
    for seat, department in ((shop.dora, shop.legal), (shop.dora, shop.billing), (shop.ana, shop.legal)):
        with shop.refusing(OutOfPlace) as caught:
            seat.do(TakeNext(department))
        assert "AddMembers" in caught.value.allowed
    with shop.refusing(NotFound):
        shop.ana.do(TakeNext("none"))

    shop.system.do(ChangeDepartment(shop.legal, to_solve=True), seen=ANY)
    assert shop.dora.do(TakeNext(shop.legal)).assignee == shop.dora.actor.id


def test_desk_without_departments_gives_out_all():
    """A desk that has no departments needs none for this either (DP-3)."""
    desk = HelpDesk()
    ana = desk.as_agent(desk.as_system().do(AddAgent("Ana")).id)
    mia = desk.as_system().do(AddContact("Mia"))
    ticket = desk.as_customer(mia.id).do(commands.SubmitTicket("Hello"))

    assert ana.to_solve() == {None: 1}
    assert ana.do(TakeNext()).id == ticket.id


def test_nobody_is_given_what_they_may_not_answer(shop):
    """A member who may not answer is given nothing."""
    shop.waiting()
    id = membership_id(shop.billing, shop.ana.actor.id)
    shop.rewrite(MEMBERSHIPS, id, permissions=frozenset({Permission.NOTE}))

    assert shop.ana.do(TakeNext()) is None


def test_only_agents_take_and_skip(shop):
    """The desk itself takes nothing, and skips nothing."""
    ticket = shop.waiting()
    with shop.refusing(OutOfPlace):
        shop.system.do(TakeNext())
    with shop.refusing(OutOfPlace):
        shop.system.do(SkipTicket("No"), on=ticket.id)
    with shop.refusing(OutOfPlace):
        shop.system.to_solve()


# Skipping.


def test_skipped_ticket_does_not_come_back_at_once(shop):
    """A skipped ticket is nobody's again, the reason stands in the thread, and others are given it meanwhile."""
    ticket, other = shop.waiting(), shop.waiting()
    shop.ana.do(TakeNext())

    skip = shop.ana.do(SkipTicket("I know nothing of customs"), on=ticket.id)

    assert skip.until == shop.clock() + HOUR
    assert shop.ana.ticket(ticket.id).assignee is None
    thread = shop.ana.thread(ticket.id)
    [note] = [it for it in thread if isinstance(it, InlineNote)]
    [event] = [it for it in thread if isinstance(it, Skipped)]
    assert (note.text, event.entry, event.actor) == ("I know nothing of customs", note.id, shop.ana.actor)
    assert shop.ana.do(TakeNext()).id == other.id
    assert shop.colleague("Bea").do(TakeNext()).id == ticket.id


def test_skipped_ticket_comes_back_later(shop):
    """Once its time is over, a skipped ticket comes in its turn again; what is over is not kept for ever."""
    ticket, other = shop.waiting(), shop.waiting()
    shop.ana.do(SkipTicket("Not now", duration=2 * HOUR), on=ticket.id)
    assert shop.ana.to_solve() == {shop.billing: 1}
    shop.clock.advance(2 * HOUR)

    assert shop.ana.to_solve() == {shop.billing: 2}
    assert shop.ana.do(TakeNext()).id == ticket.id
    shop.ana.do(SkipTicket("Nor now"), on=other.id)
    assert [it.ticket for it in records_of(shop.storage)["skip"].values()] == [other.id]


def test_skipping_again_lasts_longer(shop):
    """Who skips a ticket again is not given it for as long from then on."""
    ticket = shop.waiting()
    shop.ana.do(SkipTicket("Not now"), on=ticket.id)
    shop.clock.advance(HOUR / 2)

    assert shop.ana.do(SkipTicket("Nor now"), on=ticket.id).until == shop.clock() + HOUR


def test_nobody_skips_for_others(shop):
    """A ticket that somebody else has is not skipped."""
    ticket, bea = shop.waiting(), shop.colleague("Bea")
    shop.ana.do(TakeNext())

    with shop.refusing(OutOfPlace):
        bea.do(SkipTicket("Why not me?"), on=ticket.id)


def test_skips_go_with_a_purged_ticket(shop):
    """Of a purged ticket no skip remains."""
    ticket = shop.waiting()
    shop.ana.do(SkipTicket("Spam?"), on=ticket.id)
    shop.ana.do(commands.Delete(), on=ticket.id)
    shop.system.do(commands.Purge(), on=ticket.id)

    assert "skip" not in records_of(shop.storage)


# Counts.


def test_how_many_wait_for_an_agent(shop):
    """An agent sees how many tickets wait for them in each department; administrators and the program see it of all."""
    shop.system.do(ChangeDepartment(shop.legal, to_solve=True), seen=ANY)
    shop.system.do(commands.AddMembers(shop.legal, [shop.ana.actor.id]))
    for department in (shop.billing, shop.billing, shop.legal, None):
        shop.ticket(department=department)

    assert shop.ana.to_solve() == {shop.billing: 2, shop.legal: 1}
    assert shop.system.to_solve(shop.dora.actor.id) == {shop.legal: 1}
    with pytest.raises(NotFound):
        shop.ana.to_solve("nobody")


def test_count_of_a_colleague_tells_nothing_of_what_is_hidden(shop):
    """Who counts what waits for a colleague counts what they see themselves."""
    shop.system.do(ChangeDepartment(shop.legal, to_solve=True), seen=ANY)
    shop.ticket(department=shop.legal)

    assert shop.ana.to_solve(shop.dora.actor.id) == {}


def test_taking_is_told_as_assigning(shop):
    """The thread tells who took a ticket, and how."""
    ticket = shop.waiting()
    shop.ana.do(TakeNext())

    [event] = [it for it in shop.ana.thread(ticket.id) if isinstance(it, Assigned)]
    assert (event.after, event.actor, event.cause.command) == (shop.ana.actor.id, shop.ana.actor, "TakeNext")
