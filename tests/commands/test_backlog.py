"""The backlog: tickets for which nobody was available wait in their order, and are given out as soon as somebody is."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import records_of
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import Setup, commands, events
from ticketcore.assignment import Choice
from ticketcore.automation import AddRule
from ticketcore.business_time import WORKDAYS, every
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.backlog import MOST_GIVEN, PAGE
from ticketcore.commands.command import ANY
from ticketcore.conditions import F
from ticketcore.model.people import Pace, Role
from ticketcore.model.presence import Medium
from ticketcore.model.tickets import Channel, Priority


class Team:
    """
    A department of new agents on a small shop's desk, on which every ticket that comes in is assigned.

    Args:
        names: The agents' names.
        capacity: How many tickets in work each may have.
        fields: What the department is made with.
    """

    def __init__(self, *names, capacity=None, shop=None, **fields):
        self.shop = shop or SmallShop()
        self.system = self.shop.system
        self.system.do(AddRule("Next", trigger=events.TicketOpened, then=[commands.AssignNext()]))
        self.id = self.system.do(commands.AddDepartment("Team", **fields)).id
        self.agents = [self.system.do(AddAgent(it, departments=[self.id], capacity=capacity)).id for it in names]

    def ticket(self, priority=Priority.NORMAL, **fields):
        """A new ticket of the department, a minute after the one before."""
        self.shop.clock.advance(minutes=1)
        fields = {"department": self.id, "from_customer": True, "priority": priority, **fields}
        return self.system.do(commands.OpenTicket([self.shop.mia.id], "Hello", "Hello", **fields)).id

    def assignee(self, ticket):
        """Who has a ticket."""
        return self.system.ticket(ticket).assignee

    def waiting(self):
        """The tickets of the backlog, those first that come first."""
        places = records_of(self.shop.storage).get("backlog", {}).values()
        return [it.id for it in sorted(places, key=lambda it: (it.rank, it.id))]

    def sweep(self):
        """Does all that is due."""
        while self.system.sweep():
            pass

    def told(self, ticket, event):
        """How often a ticket's thread tells of something."""
        return sum(isinstance(it, event) for it in self.system.thread(ticket))

    def check(self):
        """The records of the backlog, and what tickets say of themselves, must agree."""
        tickets = records_of(self.shop.storage).get("ticket", {}).values()
        assert {it.id for it in tickets if it.in_backlog_since is not None} == set(self.waiting())
        assert all(it.assignee is None for it in tickets if it.in_backlog_since is not None)


def test_ticket_waits_and_says_so_once():
    """A ticket for which nobody is available waits, and says so once, however often it is tried."""
    team = Team("Olga")
    team.system.do(commands.GoOffline(team.agents[0]))

    ticket = team.ticket()
    for _ in range(3):
        team.system.do(commands.AssignNext(), on=ticket)

    assert team.waiting() == [ticket]
    assert team.told(ticket, events.NobodyAvailable) == 1
    assert team.system.count(F.in_backlog_since.is_set()) == 1


def test_who_comes_back_gets_the_backlog_in_order():
    """When somebody is available again, the most urgent ticket is given out first, and of these the oldest."""
    team = Team("Olga", capacity=2)
    (olga,) = team.agents
    team.system.do(commands.GoOffline(olga))
    old, urgent, new = team.ticket(), team.ticket(Priority.URGENT), team.ticket()

    team.system.do(commands.GoOnline(agent=olga))

    assert [team.assignee(it) for it in (old, urgent, new)] == [olga, olga, None]
    assert team.waiting() == [new]
    assigned = next(it for it in team.system.thread(urgent) if isinstance(it, events.Assigned))
    assert (assigned.actor.kind.value, assigned.cause.command) == ("system", "AssignNext")


def test_newer_tickets_never_overtake():
    """While an older ticket waits for the same agents, a new one does not get the agent who has become free."""
    team = Team("Olga", capacity=1)
    (olga,) = team.agents
    first, old = team.ticket(), team.ticket()
    assert [team.assignee(it) for it in (first, old)] == [olga, None]
    team.system.do(commands.ChangeAgent(olga, capacity=2), seen=ANY)

    new = team.ticket()

    assert [team.assignee(it) for it in (old, new)] == [olga, None]
    assert team.told(new, events.NobodyAvailable) == 1


def test_urgent_ticket_goes_before_those_that_wait():
    """A new ticket that is more urgent gets the agent before those that wait."""
    team = Team("Olga", capacity=1)
    (olga,) = team.agents
    team.ticket()
    old = team.ticket()
    team.system.do(commands.ChangeAgent(olga, capacity=2), seen=ANY)

    urgent = team.ticket(Priority.URGENT)

    assert [team.assignee(it) for it in (urgent, old)] == [olga, None]
    assert team.told(urgent, events.NobodyAvailable) == 0
    assert "Next" in {it.cause.rule_name for it in team.system.thread(urgent) if isinstance(it, events.Assigned)}


@pytest.mark.parametrize(
    "command",
    [commands.Resolve(), commands.Delete(), commands.MarkAsSpam(), commands.Unassign()],
    ids=lambda it: it.asked,
)
def test_room_is_given_to_who_waits(command):
    """Whatever ends an agent's work on a ticket, the next one that waits is given to the agent in the same moment."""
    team = Team("Olga", capacity=1)
    first, second = team.ticket(), team.ticket()

    team.system.do(command, on=first, seen=ANY)

    assert team.assignee(second) == team.agents[0]
    assert team.waiting() == []


def test_room_is_given_across_departments():
    """Who has room again gets the most urgent ticket of all departments where the agent works."""
    team = Team("Olga", capacity=1)
    (olga,) = team.agents
    other = team.system.do(commands.AddDepartment("Other")).id
    team.system.do(commands.AddMembers(other, [olga]))
    first = team.ticket()
    here, there = team.ticket(), team.ticket(Priority.HIGH, department=other)

    team.system.do(commands.Resolve(), on=first)

    assert [team.assignee(it) for it in (here, there)] == [None, olga]


@pytest.mark.parametrize(
    "change",
    [
        lambda team: commands.ChangeAgent(team.agents[0], capacity=1),
        lambda team: commands.AddAgent("Iva", departments=[team.id]),
        lambda team: commands.AddMembers(team.id, [team.shop.ana.actor.id]),
    ],
    ids=["capacity", "new agent", "new member"],
)
def test_changes_of_the_team_are_followed_by_the_sweep(change):
    """When people are added, or their limits are raised, the next sweep gives out what waits."""
    team = Team("Olga", capacity=0)
    ticket = team.ticket()
    command = change(team)

    team.system.do(command, **team.shop.seen(command))
    assert team.system.next_due() == team.shop.clock()
    team.sweep()

    assert team.assignee(ticket) is not None


def test_sweep_finds_nothing_where_nobody_waits_any_more():
    """What was foreseen for a backlog that is empty by then does nothing."""
    team = Team("Olga", capacity=0)
    ticket = team.ticket()
    team.system.do(commands.ChangeAgent(team.agents[0], capacity=1), seen=ANY)
    team.system.do(commands.Resolve(), on=ticket)

    team.sweep()

    assert team.assignee(ticket) is None
    assert team.system.next_due() is None


def test_working_hours_give_out_what_waited():
    """What came at night is given out by the sweep when the first agent comes to work."""
    team = Team("Olga", "Iva")
    for agent, hours in zip(team.agents, [("10:00", "12:00"), ("08:00", "16:00")], strict=True):
        calendar = team.system.do(commands.AddCalendar(f"From {hours[0]}", zone="UTC", hours=every(WORKDAYS, hours)))
        team.system.do(commands.ChangeAgent(agent, calendar=calendar.id), seen=ANY)
    team.shop.clock.advance(hours=12)
    ticket = team.ticket()

    due = team.system.next_due()
    team.shop.clock.advance(due - team.shop.clock())
    team.sweep()

    assert (due.hour, due.minute) == (8, 0)
    assert team.assignee(ticket) == team.agents[1]


def test_pace_gives_out_what_waited():
    """What came too fast is given out by the sweep as soon as the agent's pace allows it."""
    team = Team("Olga")
    team.system.do(commands.ChangeAgent(team.agents[0], pace=Pace(2, timedelta(hours=1))), seen=ANY)
    tickets = [team.ticket() for _ in range(5)]
    times = []
    while None in map(team.assignee, tickets):
        times.append(team.system.next_due())
        team.shop.clock.advance(times[-1] - team.shop.clock())
        team.sweep()

    assert [team.assignee(it) for it in tickets] == team.agents * 5
    assert len(times) == 3
    assert times[-1] - times[0] == timedelta(hours=1)


def test_one_group_does_not_hold_up_another():
    """Tickets that only others can have stay where they are, and those behind them are given out."""
    team = Team("Olga", assigner="skills")
    (olga,) = team.agents
    team.system.do(AddAgent("Iva", skills={"german"}))
    team.system.do(commands.GoOffline(olga))
    german = [team.ticket(tags={"german"}) for _ in range(3)]
    chats = [team.ticket(channel=Channel.CHAT) for _ in range(PAGE + 5)]
    mail = team.ticket()

    team.system.do(commands.GoOnline({Medium.TICKETS}, agent=olga))

    assert team.assignee(mail) == olga
    assert team.waiting() == [*german, *chats]
    team.system.do(commands.RemoveTags({"german"}), on=german[0])
    assert team.assignee(german[0]) == olga


def test_large_backlog_is_given_out_by_and_by():
    """However much waits, one piece of work gives out a bounded number, and the sweep goes on."""
    team = Team("Olga")
    (olga,) = team.agents
    team.system.do(commands.GoOffline(olga))
    tickets = [team.ticket() for _ in range(MOST_GIVEN + 7)]

    team.system.do(commands.GoOnline(agent=olga))
    assert [team.assignee(it) for it in tickets] == [olga] * MOST_GIVEN + [None] * 7
    team.sweep()

    assert team.waiting() == []


# Leaving the backlog otherwise.


@pytest.mark.parametrize(
    "command",
    [
        commands.Assign("ana"),
        commands.Claim(),
        commands.Unassign(),
        commands.Transfer(None),
        commands.Resolve(),
        commands.Delete(),
    ],
    ids=lambda it: it.asked,
)
def test_what_ends_the_waiting(command):
    """A ticket that somebody takes, that is done, goes elsewhere or is to be nobody's, waits no more."""
    team = Team("Olga")
    (olga,) = team.agents
    team.system.do(commands.GoOffline(olga))
    ticket = team.ticket()
    seat = team.shop.desk.as_agent(team.system.do(AddAgent("Admin", role=Role.ADMIN)).id)
    command = commands.Assign(olga) if isinstance(command, commands.Assign) else command

    seat.do(command, on=ticket, **team.shop.seen(command))
    team.check()
    before = team.assignee(ticket)
    team.system.do(commands.GoOnline(agent=olga))

    assert team.waiting() == []
    assert team.assignee(ticket) == before


def test_postponed_ticket_goes_on_waiting():
    """A ticket that was postponed, or answered by somebody who did not take it, is still to be assigned."""
    team = Team("Olga")
    (olga,) = team.agents
    team.system.do(commands.GoOffline(olga))
    ticket = team.ticket()

    team.shop.ana.do(commands.SendAnswer("One moment, please."), on=ticket)
    team.shop.ana.do(commands.Postpone(team.shop.clock() + timedelta(days=1)), on=ticket)
    team.system.do(commands.GoOnline(agent=olga))

    assert team.assignee(ticket) == olga


def test_place_follows_the_priority():
    """A waiting ticket that becomes more urgent goes before others."""
    team = Team("Olga", capacity=1)
    first, old, new = (team.ticket() for _ in range(3))
    team.system.do(commands.SetPriority(Priority.HIGH), on=new)
    assert team.waiting() == [new, old]

    team.system.do(commands.Resolve(), on=first)

    assert team.assignee(new) == team.agents[0]


def test_rules_hear_of_what_is_given_out():
    """Rules that wait for assignments answer those from the backlog, too."""
    team = Team("Olga", capacity=1)
    team.system.do(AddRule("Mark", trigger=events.Assigned, then=[commands.AddTags({"given"})]))
    first, second = team.ticket(), team.ticket()

    team.system.do(commands.Resolve(), on=first)

    assert team.system.ticket(second).tags == {"given"}


class Moody:
    """An assigner that fails for one ticket, and refuses another one."""

    def __init__(self):
        self.failing, self.refused = [], []

    def choose(self, question):
        """The first candidate."""
        if question.ticket.id in self.failing:
            raise RuntimeError("moody")
        refuses = question.ticket.id in self.refused or not question.candidates
        return Choice(None if refuses else min(it.agent for it in question.candidates), question.rotation)


def test_a_failing_assigner_harms_nobody_else():
    """What an assigner fails on, or refuses, is passed over; the failure stands in that ticket's thread alone."""
    moody = Moody()
    team = Team("Olga", shop=SmallShop(setup=Setup(assigner=moody)), capacity=3)
    (olga,) = team.agents
    done = team.ticket()
    team.system.do(commands.GoOffline(olga))
    tickets = [team.ticket() for _ in range(3)]
    moody.failing, moody.refused = tickets[:1], tickets[1:2]
    team.system.do(commands.GoOnline(agent=olga))

    assert [team.assignee(it) for it in tickets] == [None, None, olga]
    assert [team.told(it, events.OccasionFailed) for it in tickets] == [1, 0, 0]
    assert team.system.do(commands.Resolve(), on=done).status.key == "resolved"


# Many at once.


def test_nobody_is_forgotten_when_many_come_and_go_at_once():
    """Tickets that begin to wait just when an agent comes back, or has room again, are not left behind."""
    for _ in range(10):
        team = Team("Olga", "Iva", capacity=3)
        olga, iva = team.agents
        team.system.do(commands.GoOffline(olga))
        team.system.do(commands.GoOffline(iva))
        at_once(
            [
                *[lambda: team.ticket()] * 4,  # noqa: B023, PLW0108 - called at once, each time anew
                lambda: team.system.do(commands.GoOnline(agent=olga)),  # noqa: B023
            ]
        )
        assert team.system.tally("assignee") == {olga: 3, None: 1}
        done = next(it for it in team.system.tickets(F.assignee == olga).items)
        at_once([lambda: team.system.do(commands.Resolve(), on=done.id), team.ticket])  # noqa: B023

        assert team.system.tally("assignee", F.category.is_in({"new", "open"})) == {olga: 3, None: 1}
        assert len(team.waiting()) == 1
        team.check()


def test_threads_with_agents_who_come_and_go():
    """However many tickets and agents come and go at once, in the end nobody has room while a ticket waits."""
    team = Team("Olga", "Iva", "Una", "Eva", capacity=4)

    def comes_and_goes(agent):
        for _ in range(3):
            team.system.do(commands.GoOffline(agent))
            team.system.do(commands.GoOnline(agent=agent))

    def resolves():
        for ticket in team.system.tickets(F.assignee.is_set() & F.category.is_in({"new"})).items[:3]:
            team.system.do(commands.Resolve(), on=ticket.id)

    at_once(
        [
            *[lambda: [team.ticket() for _ in range(6)]] * 4,
            *[lambda agent=agent: comes_and_goes(agent) for agent in team.agents],
            resolves,
        ]
    )

    loads = team.system.tally("assignee", F.category.is_in({"new", "open"}))
    waiting = loads.get(None, 0)
    assert all(loads.get(it, 0) == 4 for it in team.agents) if waiting else max(loads.values()) <= 4
    assert team.system.count() == 24
    assert all(team.told(it.id, events.Assigned) <= 1 for it in team.system.tickets(limit=None).items)
    team.check()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ticket"), st.sampled_from([Priority.LOW, Priority.NORMAL, Priority.URGENT])),
        st.tuples(st.sampled_from(["online", "offline", "resolve"]), st.integers(0, 2)),
    ),
    min_size=5,
    max_size=40,
)


@settings(max_examples=60)
@given(STEPS, st.sampled_from([1, 2, None]))
def test_backlog_promises(steps, capacity):
    """
    Nobody who is available has room while a ticket waits, and no ticket overtakes another, while agents come and go.

    Capacity is kept, and each ticket was assigned at most once.
    """
    team = Team("Olga", "Iva", "Una", capacity=capacity)
    online = set(team.agents)
    given = []
    for what, how in steps:
        before = team.waiting()
        if what == "ticket":
            given.append(team.ticket(how))
        elif what == "resolve":
            mine = team.system.tickets((F.assignee == team.agents[how]) & F.category.is_in({"new", "open"})).items
            if mine:
                team.system.do(commands.Resolve(), on=mine[0].id)
        elif what == "online":
            team.system.do(commands.GoOnline(agent=team.agents[how]))
            online.add(team.agents[how])
        else:
            team.system.do(commands.GoOffline(team.agents[how]))
            online.discard(team.agents[how])
        check_promises(team, online, capacity)
        check_order(team, before)
    for ticket in given:
        assert team.told(ticket, events.Assigned) <= 1


def check_order(team, before):
    """Of those that waited, the first ones were given out; a new one only if it went before those that still wait."""
    still = set(team.waiting())
    assert [it for it in before if it in still] == before[len(before) - len(still & set(before)) :]
    newest = max(team.system.tickets(limit=None).items, key=lambda it: it.created_at, default=None)
    waiting = [team.system.ticket(it) for it in before if it in still]
    if newest is not None and newest.id not in before and newest.assignee and newest.created_at == team.shop.clock():
        assert all(it.priority < newest.priority for it in waiting)


def check_promises(team, online, capacity):
    """What holds after each step."""
    team.check()
    tickets = team.system.tickets(F.category.is_in({"new", "open"}), limit=None).items
    loads = Counter(it.assignee for it in tickets)
    waiting = [it for it in tickets if it.assignee is None]
    if capacity is not None:
        assert all(loads[it] <= capacity for it in team.agents)
    if waiting:
        assert all(capacity is not None and loads[it] >= capacity for it in online)
