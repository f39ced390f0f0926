"""Automatic assignment on the desk, where many assign at once, and agents come and go."""

from collections import Counter

import pytest

from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import commands, events
from ticketcore.assignment import ROTATIONS, rotation_id
from ticketcore.automation import AddRule
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.storage.protocols import Key


@pytest.fixture
def shop():
    """A small shop's desk, on which every ticket that comes in is assigned."""
    shop = SmallShop()
    shop.system.do(AddRule("Round robin", trigger=events.TicketOpened, then=[commands.AssignNext()]))
    return shop


def rotation_of(shop, department=None):
    """The rotation as it is stored."""
    key = Key(ROTATIONS, rotation_id(department))
    with shop.storage.session() as session:
        return session.get([key]).get(key)


def team(shop, size, **fields):
    """A new department of agents."""
    department = shop.system.do(commands.AddDepartment("Team")).id
    agents = [shop.system.do(AddAgent(f"Agent {it}", departments=[department], **fields)).id for it in range(size)]
    return department, agents


def test_threads_assign_fairly(shop):
    """Tickets that many open at once are spread evenly, each assigned exactly once, and none is lost."""
    department, agents = team(shop, 5)
    mia = shop.desk.as_customer(shop.mia.id)

    def open_some():
        return [mia.do(commands.SubmitTicket("Hello", department=department)).id for _ in range(5)]

    opened = [id for several in at_once([open_some] * 8) for id in several]

    tickets = shop.system.tickets(limit=None).items
    assert {it.id for it in tickets} == set(opened)
    assert len(set(opened)) == 40
    counts = Counter(it.assignee for it in tickets)
    assert counts == dict.fromkeys(agents, 8)
    for id in opened:
        assert sum(isinstance(it, events.Assigned) for it in shop.system.thread(id)) == 1


def test_threads_assign_what_waits_fairly(shop):
    """Tickets that waited, and that many assign at once, are spread with at most one between any two agents."""
    department, agents = team(shop, 3, capacity=0)
    tickets = [shop.ticket(department=department).id for _ in range(16)]
    for agent in agents:
        shop.system.do(commands.ChangeAgent(agent, capacity=None))

    at_once([lambda id=id: shop.system.do(commands.AssignNext(), on=id) for id in tickets[:8]])
    at_once([lambda id=id: shop.system.do(commands.AssignNext(), on=id) for id in tickets[8:]])

    counts = Counter(shop.system.ticket(id).assignee for id in tickets)
    assert counts.keys() == set(agents)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_threads_never_exceed_capacity(shop):
    """However many assign at once, nobody has more than they may; the tickets for which there was no room wait."""
    department, agents = team(shop, 3, capacity=2)
    mia = shop.desk.as_customer(shop.mia.id)

    at_once([lambda: [mia.do(commands.SubmitTicket("Hello", department=department)) for _ in range(2)]] * 8)

    counts = Counter(it.assignee for it in shop.system.tickets(limit=None).items)
    assert counts == {None: 10, **dict.fromkeys(agents, 2)}


def test_threads_and_retries_assign_a_ticket_once(shop):
    """A ticket that several assign at once has one assignee, and one turn was spent on it."""
    department, agents = team(shop, 4, capacity=0)
    ticket = shop.ticket(department=department)
    for agent in agents:
        shop.system.do(commands.ChangeAgent(agent, capacity=None))

    at_once([lambda: shop.system.do(commands.AssignNext(), on=ticket.id)] * 4)

    assert sum(isinstance(it, events.Assigned) for it in shop.system.thread(ticket.id)) == 1
    assert rotation_of(shop, department).version == 1


def test_rotation_advances_with_its_assignment_only(shop):
    """A rotation advances if and only if its ticket was assigned: not for nobody, not for a rule that fails."""
    department, agents = team(shop, 2)
    shop.ticket(department=department)
    before = rotation_of(shop, department)

    shop.system.do(
        AddRule("Fails", trigger=events.TypeChanged, then=[commands.AssignNext(reassign=True), commands.Close()])
    )
    ticket = shop.system.tickets().items[0]
    shop.system.do(commands.SetType("billing"), on=ticket.id)
    assert rotation_of(shop, department) == before
    for agent in agents:
        shop.system.do(commands.ChangeAgent(agent, capacity=0))
    waiting = shop.ticket(department=department)

    assert waiting.assignee is None
    assert isinstance(shop.system.thread(waiting.id)[-1], events.NobodyAvailable)
    assert rotation_of(shop, department) == before


def test_each_department_has_its_own_rotation(shop):
    """An agent of two departments takes turns in each of them."""
    department, agents = team(shop, 2)
    shop.system.do(commands.AddMembers(shop.billing, agents))

    turns = [shop.ticket(department=it).assignee for it in (department, shop.billing) for _ in range(6)]

    assert Counter(turns[:6]) == dict.fromkeys(agents, 3)
    assert Counter(turns[6:]) == dict.fromkeys([shop.ana.actor.id, *agents], 2)


def test_weights_of_memberships_count(shop):
    """A member of weight two gets two turns of three, where there is one other."""
    department, (one, other) = team(shop, 2)
    shop.system.do(commands.ChangeMembership(department, one, weight=2))

    turns = [shop.ticket(department=department).assignee for _ in range(9)]

    assert Counter(turns) == {one: 6, other: 3}


def test_who_comes_back_gets_no_flood(shop):
    """An agent who was deactivated for a while gets, from their return on, as many tickets as the others."""
    department, agents = team(shop, 3)
    away = agents[0]
    shop.system.do(commands.DeactivateAgent(away))
    for _ in range(10):
        assert shop.ticket(department=department).assignee != away
    shop.system.do(commands.ReactivateAgent(away))

    turns = [shop.ticket(department=department).assignee for _ in range(9)]

    assert Counter(turns) == dict.fromkeys(agents, 3)


def test_who_finishes_has_room_again(shop):
    """Only tickets in work count for the capacity: who resolves one gets the next."""
    department, (agent,) = team(shop, 1, capacity=1)
    first = shop.ticket(department=department)
    second = shop.ticket(department=department)
    assert (first.assignee, second.assignee) == (agent, None)

    shop.system.do(commands.Resolve(), on=first.id)

    assert shop.system.do(commands.AssignNext(), on=second.id).assignee == agent


def test_assignment_is_explained(shop):
    """Who would be assigned next is told, and why each of the others would not."""
    department, agents = team(shop, 3)
    one, other, full = sorted(agents)
    shop.system.do(commands.ChangeAgent(full, capacity=0))
    ticket = shop.ticket(department=department)

    verdicts = {it.agent: it for it in shop.ana.explain_assignment(ticket.id)}

    assert ticket.assignee == one
    assert (verdicts[other].chosen, verdicts[other].reason) == (True, "last turn is longest ago")
    assert verdicts[one].reason == "had a turn more recently"
    assert verdicts[full].reason == "has 0 in work, at most 0"


def test_assigned_ticket_keeps_its_agent(shop):
    """A ticket that has an assignee is not given to another one, unless that is asked for."""
    department, _ = team(shop, 2)
    ticket = shop.ticket(department=department)

    assert shop.system.do(commands.AssignNext(), on=ticket.id) == ticket
    assert shop.system.do(commands.AssignNext(reassign=True), on=ticket.id).assignee != ticket.assignee


def test_by_hand_costs_no_turn(shop):
    """Who is assigned a ticket by hand keeps their place in the rotation."""
    department, agents = team(shop, 3)
    first = shop.ticket(department=department).assignee
    by_hand = shop.ticket()
    shop.system.do(commands.Transfer(department, assignee=agents[1]), on=by_hand.id, seen=ANY)

    assert [first, *(shop.ticket(department=department).assignee for _ in range(2))] == sorted(agents)
