"""The promises of round robin, as properties of the assigner."""

from collections import Counter

import attrs
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.assignment import Candidate, Choice, Question, Rotation, RoundRobinAssigner
from ticketcore.conformance.records import ticket
from ticketcore.model.ids import AgentId

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


def choose(candidates, rotation):
    """Whose turn it is."""
    return ROUND_ROBIN.choose(Question(ticket=ticket(), candidates=candidates, rotation=rotation))


def turns(candidates, rotation, count):
    """The agents who get the next tickets, and the rotation after them."""
    got = []
    for _ in range(count):
        choice = choose(candidates, rotation)
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
        choice = choose(fixed, rotation)
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


@given(EQUALS.filter(lambda it: len(it) > 1), st.integers(1, 9))
def test_who_was_passed_over_keeps_the_place(candidates, count):
    """Who is no candidate for a while, say at capacity, has the next turn as soon as there is room."""
    full, *others = candidates
    got, rotation = turns(others, EMPTY, count * len(candidates))
    assert full.agent not in got

    assert choose(candidates, rotation).agent == full.agent


@given(histories())
def test_nobody_to_choose_leaves_the_rotation(rotation):
    """Where nobody can be assigned, the rotation stays as it is."""
    assert choose([], rotation) == Choice(None, rotation)


@given(histories(), CANDIDATES, st.randoms())
def test_order_of_the_candidates_does_not_matter(rotation, candidates, random):
    """Whose turn it is does not depend on the order in which the candidates are listed."""
    shuffled = random.sample(candidates, len(candidates))

    assert choose(candidates, rotation) == choose(shuffled, rotation)


@given(histories(), CANDIDATES)
def test_every_candidate_is_explained(rotation, candidates):
    """Every candidate has a verdict with a reason, and the chosen one is who is chosen."""
    verdicts = ROUND_ROBIN.explain(Question(ticket=ticket(), candidates=candidates, rotation=rotation))

    assert [it.agent for it in verdicts if it.chosen] == [choose(candidates, rotation).agent]
    assert sorted(it.agent for it in verdicts) == sorted(it.agent for it in candidates)
    assert all(it.reason for it in verdicts)
