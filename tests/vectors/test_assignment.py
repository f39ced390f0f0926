"""What other help desks' tests say of taking turns, asked of ours."""

from tests.vectors.reading import differences, vectors
from ticketcore.assignment import Candidate, Question, Rotation, RoundRobinAssigner
from ticketcore.conformance.records import ticket
from ticketcore.model.ids import AgentId

COUNTS = (5, 1)
"""How many pass, and how many differ on purpose."""


def rotation_of(queue):
    """Their queue as our rotation: they take from its tail, we from the head."""
    return Rotation(id="desk", ring=tuple(AgentId(it) for it in reversed(queue)))


def queue_of(rotation):
    """Our rotation as their queue."""
    return list(reversed(rotation.order))


def turns(queue, eligible, count):
    """Who gets the next tickets, and the queue after that."""
    rotation, got = rotation_of(queue), []
    for _ in range(count):
        candidates = [Candidate(AgentId(it)) for it in eligible]
        choice = RoundRobinAssigner().choose(Question(ticket=ticket(), candidates=candidates, rotation=rotation))
        rotation = choice.rotation
        got.append(choice.agent)
    return got, queue_of(rotation)


def passes(case, members, initial):
    """Whether ours behaves as theirs in one of their cases."""
    if case.get("queue") == "stale ids":
        _, after = turns(["gone", *initial], members, 1)
        return sorted(after) == sorted(members)
    queue = [] if case.get("members") == [] else initial
    got, after = turns(queue, case.get("eligible", []), len(case["picks"]))
    return got == case["picks"] and after == case.get("queue_after", after)


def by_status(vector, initial):
    """Whether ours picks, of those who are online, whom theirs picks."""
    online = [agent for agent, status in vector["statuses"].items() if status == "online"]
    return turns(initial, online, len(vector["picks"]))[0] == vector["picks"]


def test_vectors_pass_but_for_the_differences_on_purpose():
    """Every vector passes or stands in `differences.md`, and none that passes stands there."""
    queues, statuses = vectors("assignment")
    verdict = [passes(case, queues["members"], queues["initial"]) for case in queues["cases"]]
    verdict.append(by_status(statuses, queues["initial"]))

    assert {place for place, passed in enumerate(verdict) if not passed} == set(differences("assignment"))
    assert (verdict.count(True), verdict.count(False)) == COUNTS


def test_who_is_gone_gets_nothing():
    """Where ours differs: who is in the rotation but not eligible is never picked, and is where they were on return."""
    got, after = turns(["m2", "m1", "gone"], ["m1", "m2"], 4)

    assert got == ["m1", "m2", "m1", "m2"]
    assert after[-1] == "gone"
    assert turns(after, ["m1", "m2", "gone"], 1)[0] == ["gone"]
