"""The promises of round robin: as properties of the assigner, and on the desk, where many assign at once."""

from collections import Counter

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import commands, events
from ticketcore.assignment import ROTATIONS, Candidate, Choice, Rotation, RoundRobinAssigner, rotation_id
from ticketcore.automation import AddRule
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.model.ids import AgentId
from ticketcore.storage.protocols import Key

ROUND_ROBIN = RoundRobinAssigner()
EMPTY = Rotation(id="desk")
AGENTS = [AgentId(name) for name in "abcdef"]

CANDIDATES = st.lists(
    st.builds(Candidate, st.sampled_from(AGENTS), st.integers(1, 3)),
    min_size=1,
    max_size=6,
    unique_by=lambda it: it.agent,
)
"""Candidates with weights; without capacity."""

EQUALS = CANDIDATES.map(lambda several: [attrs.evolve(it, weight=1) for it in several])
"""Candidates of whom each gets as much as the other."""


def turns(candidates, rotation, count, loads=None):
    """The agents who get the next tickets, and the rotation after them."""
    got = []
    for _ in range(count):
        choice = ROUND_ROBIN.choose(candidates, rotation, loads or {})
        rotation = choice.rotation
        got.append(choice.agent)
    return got, rotation


@st.composite
def histories(draw):
    """A rotation as it is after any number of turns among changing candidates."""
    rotation = EMPTY
    for candidates, count in draw(st.lists(st.tuples(CANDIDATES, st.integers(1, 6)), max_size=6)):
        rotation = turns(candidates, rotation, count)[1]
    return rotation


def spread(got, candidates):
    """By how many tickets the candidates differ."""
    counts = Counter(got)
    numbers = [counts[it.agent] for it in candidates]
    return max(numbers) - min(numbers)


@given(histories(), EQUALS, st.integers(0, 25))
def test_stable_agents_differ_by_one_at_most(rotation, candidates, count):
    """With a stable set of agents no two differ by more than one ticket, whatever was before."""
    rotation = attrs.evolve(rotation, spent=EMPTY.spent)

    got, _ = turns(candidates, rotation, count)

    assert spread(got, candidates) <= 1


@given(histories(), st.lists(CANDIDATES, min_size=1, max_size=20))
def test_nobody_eligible_waits_longer_than_a_round(rotation, eligible):
    """While an agent is eligible, nobody else gets more than the turns of one round before it is the agent's turn."""
    weights = dict.fromkeys(AGENTS, 0)
    waiting: dict[AgentId, Counter[AgentId]] = {}
    constant = {agent: weight for weight, agent in enumerate(AGENTS, 1)}
    for candidates in eligible:
        fixed = [attrs.evolve(it, weight=1 + constant[it.agent] % 3) for it in candidates]
        weights |= {it.agent: it.weight for it in fixed}
        choice = ROUND_ROBIN.choose(fixed, rotation, {})
        rotation = choice.rotation
        able = {it.agent for it in fixed}
        waiting = {agent: waiting.get(agent, Counter()) for agent in able}
        waiting[choice.agent] = Counter()
        for agent in able - {choice.agent}:
            waiting[agent][choice.agent] += 1
            assert waiting[agent][choice.agent] <= weights[choice.agent], f"{agent} waits for {choice.agent}"


@given(EQUALS.filter(lambda it: len(it) > 1), st.integers(6, 40), st.integers(1, 30))
def test_returning_agent_gets_no_flood(candidates, missed, count):
    """An agent who was away gets one turn on return, not those that were missed: from then on all get the same."""
    away, *others = candidates
    _, rotation = turns(candidates, EMPTY, len(candidates))
    _, rotation = turns(others, rotation, missed)

    got, _ = turns(candidates, rotation, count)

    assert got[0] == away.agent
    assert spread(got, candidates) <= 1


@given(CANDIDATES, st.integers(1, 5))
def test_weights_are_exact_in_every_round(candidates, rounds):
    """An agent of weight w gets exactly w turns in every round."""
    size = sum(it.weight for it in candidates)

    got, _ = turns(candidates, EMPTY, size * rounds)

    for start in range(0, len(got), size):
        assert Counter(got[start : start + size]) == {it.agent: it.weight for it in candidates}


@given(histories(), CANDIDATES, st.integers(1, 4))
def test_weights_are_exact_whatever_was_before(rotation, candidates, rounds):
    """Once the round that others began is over, every round of a stable set is exact."""
    size = sum(it.weight for it in candidates)
    while rotation.spent:
        _, rotation = turns(candidates, rotation, 1)
        if not any(rotation.spent.get(it.agent, 0) < it.weight for it in candidates):
            break

    got, _ = turns(candidates, rotation, size * rounds)

    assert Counter(got) == {it.agent: it.weight * rounds for it in candidates}


@given(CANDIDATES, st.lists(st.integers(0, 4), min_size=6, max_size=6), st.lists(st.sampled_from(AGENTS), max_size=20))
def test_capacity_is_never_exceeded(candidates, capacities, done):
    """Nobody is given more tickets than they may have in work; who finishes one gets one again."""
    limited = [attrs.evolve(it, capacity=capacity) for it, capacity in zip(candidates, capacities, strict=False)]
    room = {it.agent: it.capacity for it in limited}
    loads: Counter[AgentId] = Counter()
    rotation, finished = EMPTY, iter(done)
    for _ in range(30):
        choice = ROUND_ROBIN.choose(limited, rotation, loads)
        if choice.agent is None:
            assert all(loads[agent] >= most for agent, most in room.items())
            if (agent := next(finished, None)) in room:
                loads[agent] = max(loads[agent] - 1, 0)
            continue
        rotation = choice.rotation
        loads[choice.agent] += 1
        assert loads[choice.agent] <= room[choice.agent]


@given(EQUALS.filter(lambda it: len(it) > 1), st.integers(1, 9))
def test_full_agents_keep_their_place(candidates, count):
    """Who is at capacity is passed over, and has the next turn as soon as there is room."""
    full, *others = candidates
    limited = [attrs.evolve(full, capacity=1), *others]
    got, rotation = turns(limited, EMPTY, count * len(candidates), {full.agent: 1})
    assert full.agent not in got

    assert ROUND_ROBIN.choose(limited, rotation, {full.agent: 0}).agent == full.agent


@given(histories())
def test_nobody_to_choose_leaves_the_rotation(rotation):
    """Where nobody can be assigned, the rotation stays as it is."""
    full = [Candidate(agent, capacity=0) for agent in AGENTS]

    assert ROUND_ROBIN.choose([], rotation, {}) == Choice(None, rotation)
    assert ROUND_ROBIN.choose(full, rotation, {}) == Choice(None, rotation)


@given(histories(), CANDIDATES, st.randoms())
def test_order_of_the_candidates_does_not_matter(rotation, candidates, random):
    """Whose turn it is does not depend on the order in which the candidates are listed."""
    shuffled = random.sample(candidates, len(candidates))

    assert ROUND_ROBIN.choose(candidates, rotation, {}) == ROUND_ROBIN.choose(shuffled, rotation, {})


@given(histories(), CANDIDATES, st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_every_candidate_is_explained(rotation, candidates, loads):
    """Every candidate has a verdict with a reason, and the chosen one is who is chosen."""
    limited = [attrs.evolve(it, capacity=2) for it in candidates]
    load = dict(zip(AGENTS, loads, strict=True))

    verdicts = ROUND_ROBIN.explain(limited, rotation, load)

    chosen = ROUND_ROBIN.choose(limited, rotation, load).agent
    assert [it.agent for it in verdicts if it.chosen] == ([] if chosen is None else [chosen])
    assert {it.agent for it in verdicts} == {it.agent for it in candidates}
    assert len(verdicts) == len(candidates)
    for it in verdicts:
        assert it.reason
        full = load[it.agent] >= 2
        assert ("at most 2" in it.reason) is full


# On the desk.


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
    assert verdicts[full].reason == "has 0 tickets in work, at most 0"


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
