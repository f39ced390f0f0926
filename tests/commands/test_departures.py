"""What becomes of the tickets of agents who leave: all that was asked, in batches, and nothing for who comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.test_backlog import Team
from ticketcore import commands, events
from ticketcore.commands.command import ANY
from ticketcore.commands.departures import MOST_MOVED, Departure, Handover
from ticketcore.conditions import F
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.ids import AgentId, DepartmentId


def leave(team, agent, how, *, desk):
    """Has an agent leave the desk, or the department."""
    command = commands.DeactivateAgent(agent, how) if desk else commands.RemoveMember(team.id, agent, how)
    team.system.do(command)


@pytest.mark.parametrize("desk", [True, False], ids=["desk", "department"])
def test_tickets_go_on_to_others(desk):
    """If so asked, the tickets of who leaves are assigned to those who stay, in turn."""
    team = Team("Olga")
    olga = team.agents[0]
    tickets = [team.ticket() for _ in range(4)]
    others = [team.system.do(commands.AddAgent(it, departments=[team.id])).id for it in ("Iva", "Una")]

    leave(team, olga, Handover.OTHERS, desk=desk)

    assert sorted(map(team.assignee, tickets)) == sorted(others * 2)


@pytest.mark.parametrize("desk", [True, False], ids=["desk", "department"])
@pytest.mark.parametrize("how", [Handover.QUEUE, Handover.KEEP])
def test_tickets_go_back_or_stay(how, desk):
    """If so asked, they are nobody's, and wait for nobody in particular; or stay where they are."""
    team = Team("Olga", "Iva")
    tickets = [team.ticket() for _ in range(4)]
    olga = team.assignee(tickets[0])

    leave(team, olga, how, desk=desk)
    team.sweep()

    assert team.assignee(tickets[0]) == (olga if how is Handover.KEEP else None)
    assert team.waiting() == []


def test_nothing_is_given_to_who_leaves():
    """The room that who leaves has suddenly is given to nobody; what waited goes on waiting."""
    team = Team("Olga", capacity=1)
    olga = team.agents[0]
    tickets = [team.ticket() for _ in range(3)]

    leave(team, olga, Handover.OTHERS, desk=True)

    assert [team.assignee(it) for it in tickets] == [None] * 3
    assert team.waiting() == tickets
    assert team.told(tickets[0], events.NobodyAvailable) == 1
    team.system.do(commands.AddAgent("Iva", departments=[team.id]))
    team.sweep()
    assert None not in map(team.assignee, tickets)


@pytest.mark.parametrize("how", [Handover.QUEUE, Handover.OTHERS])
def test_many_tickets_are_moved_by_and_by(how):
    """However many there are, each piece of work moves some, and the sweep goes on until all are moved."""
    team = Team("Olga")
    olga = team.agents[0]
    for _ in range(MOST_MOVED + 30):
        team.ticket()
    iva = team.system.do(commands.AddAgent("Iva", departments=[team.id])).id

    leave(team, olga, how, desk=True)
    assert team.system.count(F.assignee == olga) == 30
    team.sweep()

    assert team.system.count(F.assignee == olga) == 0
    assert team.system.count(F.assignee == iva) == (MOST_MOVED + 30 if how is Handover.OTHERS else 0)


def test_who_comes_back_keeps_the_rest():
    """Who is taken back before all tickets were moved keeps those that are left."""
    team = Team("Olga")
    olga = team.agents[0]
    for _ in range(MOST_MOVED + 3):
        team.ticket()
    leave(team, olga, Handover.QUEUE, desk=True)

    team.system.do(commands.ReactivateAgent(olga))
    team.sweep()

    assert team.system.count(F.assignee == olga) == 3


def test_outsiders_lose_tickets_by_and_by():
    """When a department is restricted, the tickets of all who are no members go back to the queue, in batches."""
    team = Team("Olga")
    for _ in range(MOST_MOVED + 3):
        ticket = team.ticket()
        team.system.do(commands.Assign(team.shop.ana.actor.id), on=ticket, seen=ANY)

    team.system.do(commands.ChangeDepartment(team.id, access=DepartmentAccess.RESTRICTED), seen=ANY)
    assert team.system.count(F.assignee == team.shop.ana.actor.id) == 3
    team.sweep()

    assert team.system.count(F.assignee == team.shop.ana.actor.id) == 0


@given(st.text().map(AgentId), st.sampled_from(Handover), st.none() | st.text().map(DepartmentId))
def test_departure_is_read_as_it_was_written(agent, tickets, department):
    """What the sweep goes on with is what was asked, whatever ids look like."""
    departure = Departure(agent, tickets, department)

    assert Departure.parse(str(departure)) == departure
