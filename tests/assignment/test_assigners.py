"""Whom each assigner prefers, and how they compose."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.assignment import (
    STANDARD_ASSIGNERS,
    AgentPriorityAssigner,
    Candidate,
    Choice,
    FirstOf,
    KnowsCustomerAssigner,
    LeastBusyAssigner,
    Question,
    RandomAssigner,
    Rotation,
    RoundRobinAssigner,
    SkillsAssigner,
    SpareCapacityAssigner,
    needed_skills,
)
from ticketcore.conformance.records import NOW, ticket
from ticketcore.model.ids import AgentId
from ticketcore.model.tickets import Priority

AGENTS = [AgentId(name) for name in "abcdef"]
SKILLS = frozenset({"german", "legal"})
ASSIGNERS = [
    *STANDARD_ASSIGNERS.values(),
    KnowsCustomerAssigner(),
    LeastBusyAssigner({Priority.URGENT: 3, Priority.LOW: 0}),
    SkillsAssigner(then=LeastBusyAssigner(then=RandomAssigner("seed"))),
    SkillsAssigner() | KnowsCustomerAssigner() | SpareCapacityAssigner(),
]


def question(candidates, of=None, **facts):
    """A question about these candidates; of agents by name alone everything else is as usual."""
    several = [it if isinstance(it, Candidate) else Candidate(AgentId(it)) for it in candidates]
    return Question(ticket=of or ticket(), candidates=several, rotation=facts.pop("rotation", EMPTY), **facts)


EMPTY = Rotation(id="desk")
FEW = st.integers(0, 3)


@st.composite
def questions(draw):
    """Questions of every sort."""
    agents = draw(st.lists(st.sampled_from(AGENTS), max_size=6, unique=True))
    skills = st.frozensets(st.sampled_from(sorted(SKILLS)))
    candidates = [
        Candidate(it, draw(st.integers(1, 3)), draw(st.none() | FEW), draw(FEW), draw(skills)) for it in agents
    ]
    work = {it: {priority: draw(FEW) for priority in Priority} for it in agents}
    times = st.dictionaries(st.sampled_from(AGENTS), FEW.map(lambda days: NOW - timedelta(days=days)), max_size=3)
    return question(
        candidates,
        ticket(id=draw(st.sampled_from(["t1", "t2"])), tags=draw(skills | st.just(frozenset({"vip"})))),
        rotation=Rotation(id="desk", ring=tuple(draw(st.lists(st.sampled_from(AGENTS), unique=True)))),
        loads={it: sum(work[it].values()) for it in agents},
        work=work,
        served=draw(times),
        served_company=draw(times),
        skills=SKILLS,
    )


@pytest.mark.parametrize("assigner", ASSIGNERS, ids=repr)
@given(questions(), st.randoms())
def test_choice_and_explanation_agree(assigner, asked, random):
    """Every assigner chooses a candidate or nobody, whatever order they come in, and explains each of them once."""
    choice, verdicts = assigner.choose(asked), assigner.explain(asked)

    agents = [it.agent for it in asked.candidates]
    assert choice.agent is None or choice.agent in agents
    assert choice.agent is not None or choice.rotation == asked.rotation
    assert [it.agent for it in verdicts if it.chosen] == ([] if choice.agent is None else [choice.agent])
    assert sorted(it.agent for it in verdicts) == sorted(agents)
    assert all(it.reason for it in verdicts)
    shuffled = random.sample([*asked.candidates], len(agents))
    again = Question(
        ticket=asked.ticket,
        candidates=shuffled,
        rotation=asked.rotation,
        loads=asked.loads,
        work=asked.work,
        served=asked.served,
        served_company=asked.served_company,
        skills=asked.skills,
    )
    assert assigner.choose(again) == choice


@given(questions())
def test_only_what_it_asks_for_keeps_an_assigner_from_choosing(asked):
    """Where there is a candidate, somebody is chosen, unless nobody knows the customer, or has the skills."""
    for name, assigner in STANDARD_ASSIGNERS.items():
        if asked.candidates and name != "skills":
            assert assigner.choose(asked).agent is not None, name


@given(questions())
def test_least_busy_has_least_to_do(asked):
    """Nobody has less to do than who is chosen, however the priorities are weighed."""
    weights = {Priority.URGENT: 3, Priority.LOW: 0}
    for assigner, burden in (
        (LeastBusyAssigner(), asked.loads.__getitem__),
        (
            LeastBusyAssigner(weights),
            lambda agent: sum(weights.get(it, 1) * number for it, number in asked.work[agent].items()),
        ),
    ):
        chosen = assigner.choose(asked).agent
        if chosen is not None:
            assert burden(chosen) == min(burden(it.agent) for it in asked.candidates)


@given(st.integers(2, 6), st.integers(0, 30))
def test_least_busy_deals_like_round_robin(size, count):
    """Of agents who close nothing, no two have been given more than one ticket more than the other."""
    loads, rotation = Counter(), EMPTY
    for _ in range(count):
        choice = LeastBusyAssigner().choose(question(AGENTS[:size], rotation=rotation, loads=loads))
        loads[choice.agent] += 1
        rotation = choice.rotation

    assert max(loads[it] for it in AGENTS[:size]) - min(loads[it] for it in AGENTS[:size]) <= 1


def test_spare_capacity_counts_what_is_left():
    """Who can take the most more gets the ticket, whatever the capacity is; who has no limit comes before all."""
    small, large, free = Candidate(AGENTS[0], 1, 3), Candidate(AGENTS[1], 1, 10), Candidate(AGENTS[2])
    loads = {AGENTS[0]: 0, AGENTS[1]: 8, AGENTS[2]: 90}

    assert SpareCapacityAssigner().choose(question([small, large], loads=loads)).agent == AGENTS[0]
    assert SpareCapacityAssigner().choose(question([small, large, free], loads=loads)).agent == AGENTS[2]


def test_agents_of_high_priority_come_first():
    """Agents of the highest priority share the tickets; others are given some when none of these is a candidate."""
    seniors = [Candidate(it, priority=2) for it in AGENTS[:2]]
    junior = Candidate(AGENTS[2], priority=1)
    got, rotation = [], EMPTY
    for _ in range(4):
        choice = AgentPriorityAssigner().choose(question([junior, *seniors], rotation=rotation))
        rotation = choice.rotation
        got.append(choice.agent)

    assert Counter(got) == {AGENTS[0]: 2, AGENTS[1]: 2}
    assert AgentPriorityAssigner().choose(question([junior])).agent == AGENTS[2]


def test_who_knows_the_customer_best():
    """Who had the customer's last ticket comes before who had an older one, and both before the company's agents."""
    a, b, c, d = AGENTS[:4]
    served = {a: NOW - timedelta(days=9), b: NOW - timedelta(days=1)}
    company = {c: NOW}

    def choose(*agents):
        return KnowsCustomerAssigner().choose(question(agents, served=served, served_company=company)).agent

    assert choose(a, b, c, d) == b
    assert choose(a, c, d) == a
    assert choose(c, d) == c
    assert choose(d) is None


def test_skills_are_those_of_tags():
    """A tag that is a skill of anybody is asked for, without regard to case; other tags are not."""
    asks = ticket(tags=frozenset({"German", "vip"}))
    candidates = [Candidate(AGENTS[0]), Candidate(AGENTS[1], skills=frozenset({"german", "legal"}))]

    assert needed_skills(asks, SKILLS) == {"german"}
    assert SkillsAssigner().choose(question(candidates, asks, skills=SKILLS)).agent == AGENTS[1]
    assert SkillsAssigner().choose(question(candidates[:1], asks, skills=SKILLS)) == Choice(None, EMPTY)
    assert SkillsAssigner().choose(question(candidates[:1], skills=SKILLS)).agent == AGENTS[0]
    assert "'german'" in SkillsAssigner().explain(question(candidates, asks, skills=SKILLS))[-1].reason


def test_draw_follows_from_seed_and_ticket():
    """The same ticket is drawn alike again; another ticket, or another seed, gives another sequence."""
    tickets = [ticket(id=f"t{number}") for number in range(50)]

    def drawn(seed):
        return [RandomAssigner(seed).choose(question(AGENTS, it)).agent for it in tickets]

    assert drawn("one") == drawn("one")
    assert drawn("one") != drawn("two")
    assert set(drawn("one")) == set(AGENTS)


def test_draw_gives_lots_by_weight():
    """Who has three lots of four is drawn about three times of four."""
    candidates = [Candidate(AGENTS[0], 3), Candidate(AGENTS[1], 1)]

    counts = Counter(
        RandomAssigner().choose(question(candidates, ticket(id=f"t{number}"))).agent for number in range(400)
    )

    assert 270 <= counts[AGENTS[0]] <= 330


def test_first_of_asks_one_after_the_other():
    """The first assigner that chooses anybody decides, and explains."""
    assigner = KnowsCustomerAssigner() | SkillsAssigner() | RoundRobinAssigner()
    german = ticket(tags=frozenset({"german"}))
    skilled = Candidate(AGENTS[1], skills=frozenset({"german"}))

    known = question([AGENTS[0], skilled], german, served={AGENTS[0]: NOW}, skills=SKILLS)
    unknown = question([AGENTS[0], skilled], german, skills=SKILLS)
    nobody = question([AGENTS[0]], german, skills=SKILLS)

    assert [assigner.choose(it).agent for it in (known, unknown, nobody)] == [AGENTS[0], AGENTS[1], AGENTS[0]]
    assert assigner.explain(unknown)[-1].reason == "lacks 'german'"
    assert assigner == FirstOf([KnowsCustomerAssigner() | SkillsAssigner(), RoundRobinAssigner()])


def test_narrowing_asks_another_assigner():
    """Of those who have the skills, the least busy one can be preferred."""
    skilled = [Candidate(it, skills=SKILLS) for it in AGENTS[:2]]
    asked = question(
        [*skilled, AGENTS[2]], ticket(tags=SKILLS), skills=SKILLS, loads={AGENTS[0]: 5, AGENTS[1]: 4, AGENTS[2]: 0}
    )

    assert SkillsAssigner(then=LeastBusyAssigner()).choose(asked).agent == AGENTS[1]
