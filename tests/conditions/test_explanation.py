import json
from types import SimpleNamespace

from hypothesis import given

from ticketcore.conditions import Explanation, F, always, never
from ticketcore.conformance.conditions import conditions
from ticketcore.conformance.conditions import facts as any_facts
from ticketcore.conformance.records import event_facts, facts, ticket
from ticketcore.model.tickets import Priority

RECORD = ticket(tags={"VIP"}, priority=Priority.HIGH)


def verdicts_agree(condition, explanation, known):
    """Whether every node of an explanation says what the condition at its place says."""
    parts = getattr(condition, "parts", None) or ([condition.part] if explanation.parts else [])
    return explanation.holds is condition.holds(known) and all(
        verdicts_agree(part, below, known) for part, below in zip(parts, explanation.parts, strict=True)
    )


@given(conditions(), any_facts)
def test_every_node_is_explained_with_its_verdict(condition, known):
    """An explanation has the shape of the condition, and never contradicts it."""
    assert verdicts_agree(condition, condition.explain(known), known)


@given(conditions(), any_facts)
def test_explanation_is_json(condition, known):
    """An explanation can be kept and sent."""
    data = condition.explain(known).to_json()

    assert json.loads(json.dumps(data)) == data


def test_explanation_prints_as_a_tree():
    """What is printed tells which node failed, and what was seen instead."""
    condition = (F.priority >= "high") & (F.tags.has("vip") | F.type.is_set()) & ~F.subject.contains("invoice")

    assert str(condition.explain(facts(RECORD))).splitlines() == [
        "no  all of",
        "  yes priority >= high — it is high",
        "  yes any of",
        '    yes tags has "vip" — it is ("VIP")',
        "    no  type is set — it is missing",
        '  no  not subject contains "invoice" — it is "Invoice 7"',
    ]


def test_explanation_of_a_negated_group_shows_the_group():
    """What is under a negation is explained as it is."""
    explanation = (~(F.priority.is_in(["low"]) | F.tags.is_empty())).explain(facts(RECORD))

    assert (explanation.text, explanation.holds, len(explanation.parts)) == ("not", True, 1)
    assert not explanation.parts[0].holds


def test_explanation_of_nothing():
    """What always or never holds says so."""
    assert always.explain(facts()) == Explanation("always", holds=True)
    assert never.explain(facts()) == Explanation("never", holds=False)


def test_explanation_as_json_leaves_out_what_is_empty():
    """JSON has what there is: no values of groups, no parts of comparisons."""
    data = (F.type.is_missing() & F.internal.is_false).explain(facts()).to_json()

    assert data == {
        "text": "all of",
        "holds": True,
        "parts": [
            {"text": "type is missing", "holds": True, "seen": "missing"},
            {"text": "internal == false", "holds": True, "seen": "false"},
        ],
    }


def test_long_value_is_shortened():
    """A mail of many pages is not repeated in every explanation."""
    seen = F.description.contains("x").explain(facts(ticket(description="a" * 10_000))).seen

    assert seen == f'"{"a" * 198}…'


def test_change_is_explained_by_both_values():
    """What was seen of a change is what was before and what is since."""
    told = SimpleNamespace(field="priority", before=Priority.LOW, after=Priority.HIGH)
    known = event_facts(RECORD, event=told)

    assert F.priority.changed_to("urgent").explain(known).seen == "low before, high since"
    assert F.priority.changed().explain(known).seen == "changed"
    assert F.type.changed().explain(known).seen == "unchanged"
