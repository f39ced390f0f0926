import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.conditions import (
    Condition,
    ConditionError,
    EventF,
    F,
    ago,
    ahead,
    always,
    current_agent,
    from_json,
    never,
    to_json,
)
from ticketcore.conditions.expressions import DEPTH_LIMIT
from ticketcore.conditions.json_form import FAULT_LIMIT, NODE_LIMIT
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY, TICKET_VOCABULARY
from ticketcore.conformance.conditions import conditions


@given(conditions())
def test_round_trip_loses_nothing(condition):
    """What was written is read as the very same condition, through the text of JSON."""
    assert from_json(json.loads(json.dumps(to_json(condition))), EVENT_VOCABULARY) == condition


@given(conditions())
def test_written_form_is_canonical(condition):
    """Reading and writing again changes nothing."""
    data = to_json(condition)

    assert to_json(from_json(data, EVENT_VOCABULARY)) == data


def test_condition_of_another_make_is_not_written():
    """What is none of our four nodes has no form in JSON."""
    make: Any = Condition
    with pytest.raises(ConditionError, match="a condition"):
        to_json(make())


def test_order_within_a_set_makes_no_difference():
    """Equal conditions are written alike."""
    assert to_json(F.type.is_in(["b", None, "a"])) == to_json(F.type.is_in(["a", "b", None]))


@pytest.mark.parametrize(
    ("condition", "node"),
    [
        (F.priority >= "high", {"field": "priority", "operator": ">=", "value": "high"}),
        (F.status == "open", {"field": "status", "operator": "==", "value": "open"}),
        (F.type.is_missing(), {"not": {"field": "type", "operator": "is_set"}}),
        (F.type.is_in([None, "a"]), {"field": "type", "operator": "is_in", "value": ["a", None]}),
        (F.answers.between(1, 2), {"field": "answers", "operator": "between", "value": [1, 2]}),
        (F.tags.is_empty(), {"field": "tags", "operator": "is_empty"}),
        (F.created_at.today("UTC"), {"field": "created_at", "operator": "today", "value": "UTC"}),
        (
            F.due_at < datetime(2026, 11, 22, 9, tzinfo=UTC),
            {"field": "due_at", "operator": "<", "value": "2026-11-22T09:00:00+00:00"},
        ),
        (F.due_at > ahead(hours=1), {"field": "due_at", "operator": ">", "value": {"ahead": {"seconds": 3600}}}),
        (
            F.due_at.within_last(timedelta(days=3)),
            {"field": "due_at", "operator": "between", "value": [{"ago": {"days": 3}}, {"ahead": {}}]},
        ),
        (F.due_at <= ago(years=1), {"field": "due_at", "operator": "<=", "value": {"ago": {"months": 12}}}),
        (
            F.assignee == current_agent,
            {"field": "assignee", "operator": "==", "value": {"placeholder": "current_agent"}},
        ),
        (F.custom.number("weight") > 2, {"field": "custom.number.weight", "operator": ">", "value": 2}),
        (F.priority.changed_to("high"), {"field": "priority", "operator": "changed_to", "value": ["high"]}),
        (EventF.message.is_first.is_true, {"field": "message.is_first", "operator": "==", "value": True}),
        (always, {"all": []}),
        (never, {"any": []}),
    ],
)
def test_form_is_as_documented(condition, node):
    """Operators are named as in Python, values as hosts' pages can show them."""
    assert to_json(condition) == {"format": 1, "condition": node}
    assert from_json({"format": 1, "condition": node}, EVENT_VOCABULARY) == condition


GOOD = {"field": "type", "operator": "==", "value": "a"}


def faults_of(data, vocabulary=TICKET_VOCABULARY):
    """The paths and expectations of all that is wrong with a document."""
    with pytest.raises(ConditionError) as caught:
        from_json(data, vocabulary)
    return {fault.path: fault.expected for fault in caught.value.faults}


def faults_of_node(node, vocabulary=TICKET_VOCABULARY):
    """The same for a document's condition."""
    return faults_of({"format": 1, "condition": node}, vocabulary)


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        (None, "", "an object"),
        ([], "", "an object"),
        ({1: 2}, "", "an object"),
        ({"condition": GOOD}, "format", "a value"),
        ({"format": 1}, "condition", "a value"),
        ({"format": 2, "condition": GOOD}, "format", "the format 1"),
        ({"format": True, "condition": GOOD}, "format", "the format 1"),
        ({"format": 1.0, "condition": GOOD}, "format", "the format 1"),
        ({"format": 1, "condition": GOOD, "note": "x"}, "'note'", "nothing beside"),
    ],
)
def test_document_must_be_one(data, path, expected):
    """What is no document of this format is refused."""
    assert faults_of(data)[path].startswith(expected)


@pytest.mark.parametrize(
    ("node", "path", "expected"),
    [
        (None, "condition", "a comparison"),
        ("always", "condition", "a comparison"),
        ({}, "condition", "a comparison"),
        ({"all": GOOD}, "condition", "a comparison"),
        ({"every": [GOOD]}, "condition", "a comparison"),
        ({"all": [GOOD], "any": [GOOD]}, "condition", "a comparison"),
        ({"all": [GOOD, 7]}, "condition.all[1]", "a comparison"),
        ({"not": [GOOD]}, "condition.not", "a comparison"),
        (GOOD | {"field": "subjct"}, "condition.field", "a field of the scope ticket, such as subject"),
        (GOOD | {"field": 7}, "condition.field", "a field of the scope ticket"),
        (GOOD | {"field": "message.text"}, "condition.field", "a field of the scope ticket"),
        (GOOD | {"field": "custom.a b"}, "condition.field", "a field of the scope ticket"),
        (GOOD | {"field": "custom.colour.x"}, "condition.field", "a field of the scope ticket"),
        (GOOD | {"operator": "=~"}, "condition.operator", "an operator for text: ==, is_in"),
        (GOOD | {"operator": ["=="]}, "condition.operator", "an operator for text"),
        (GOOD | {"operator": "has"}, "condition.operator", "an operator for text"),
        (GOOD | {"operator": "changed"}, "condition.operator", "an operator for text"),
        (GOOD | {"value": 7}, "condition.value", "text"),
        (GOOD | {"value": None}, "condition.value", "text"),
        (GOOD | {"value": {"placeholder": "current_agent"}}, "condition.value", "text"),
        (GOOD | {"operator": "is_in"}, "condition.value", "at most 10000 values"),
        (GOOD | {"operator": "is_in", "value": {"a": 1}}, "condition.value", "at most 10000 values"),
        (GOOD | {"operator": "is_in", "value": ["a", 7]}, "condition.value[1]", "text"),
        (GOOD | {"operator": "is_set"}, "condition.value", "no value"),
        (GOOD | {"operator": "is_set", "value": None}, "condition.value", "no value"),
        (GOOD | {"unit": "h"}, "condition.'unit'", "nothing beside field, operator or value"),
        ({"field": "type"}, "condition.operator", "a value"),
        ({"field": "priority", "operator": "==", "value": "hgh"}, "condition.value", "low, normal, high or urgent"),
        ({"field": "priority", "operator": "==", "value": 30}, "condition.value", "low, normal, high or urgent"),
        ({"field": "answers", "operator": "<", "value": True}, "condition.value", "a number"),
        ({"field": "answers", "operator": "between", "value": [1]}, "condition.value", "a pair"),
        ({"field": "answers", "operator": "between", "value": [1, "2"]}, "condition.value[1]", "a number"),
        ({"field": "due_at", "operator": "<", "value": "2026-11-22T09:00:00"}, "condition.value", "a datetime"),
        ({"field": "due_at", "operator": "<", "value": "soon"}, "condition.value", "a datetime"),
        ({"field": "due_at", "operator": "<", "value": {"ago": {"days": -1}}}, "condition.value", "a datetime"),
        ({"field": "due_at", "operator": "<", "value": {"ago": {"duration": 1}}}, "condition.value", "a datetime"),
        ({"field": "due_at", "operator": "<", "value": {"ago": 3}}, "condition.value", "a datetime"),
        ({"field": "due_at", "operator": "<", "value": {"ago": {}, "ahead": {}}}, "condition.value", "a datetime"),
        ({"field": "due_at", "operator": "today", "value": "Mars"}, "condition.value", "a time zone"),
        ({"field": "assignee", "operator": "==", "value": {"placeholder": "x"}}, "condition.value", "an id"),
        ({"field": "assignee", "operator": "==", "value": {"placeholder": ["x"]}}, "condition.value", "an id"),
        ({"field": "custom.date.x", "operator": "==", "value": "2026-13-01"}, "condition.value", "a date"),
    ],
)
def test_wrong_node_is_refused_with_its_path(node, path, expected):
    """What is unknown or wrong is named with its place, and with what would be right."""
    found = faults_of_node(node)

    assert list(found) == [path]
    assert found[path].startswith(expected)


def test_all_faults_come_at_once():
    """Whoever mends a document is told everything."""
    found = faults_of_node(
        {
            "any": [
                {"field": "subjct", "operator": "=~", "value": 1, "unit": "h"},
                {"not": {"field": "tags", "operator": "has_any", "value": ["a", 7, None]}},
                {"all": [GOOD, {"field": "priority", "operator": "<"}]},
            ]
        }
    )

    assert list(found) == [
        "condition.any[0].'unit'",
        "condition.any[0].field",
        "condition.any[0].operator",
        "condition.any[1].not.value[1]",
        "condition.any[1].not.value[2]",
        "condition.any[2].all[1].value",
    ]


def test_changes_are_read_for_events_alone():
    """A view cannot ask what has just changed; a rule can."""
    node = {"field": "priority", "operator": "changed"}

    assert list(faults_of_node(node)) == ["condition.operator"]
    assert from_json({"format": 1, "condition": node}, EVENT_VOCABULARY) == F.priority.changed()


def nested(depth, kind="all"):
    """A document of so many levels."""
    node: object = GOOD
    for _ in range(depth - 1):
        node = {kind: [node]} if kind != "not" else {"not": node}
    return {"format": 1, "condition": node}


@pytest.mark.parametrize("kind", ["all", "any", "not"])
def test_depth_is_bounded(kind):
    """However deep a document goes, it is refused in good order."""
    assert from_json(nested(DEPTH_LIMIT, kind), TICKET_VOCABULARY).depth <= DEPTH_LIMIT
    for depth in (DEPTH_LIMIT + 1, 100_000):
        assert list(faults_of(nested(depth, kind)).values()) == [f"at most {DEPTH_LIMIT} levels"]


def test_deep_value_is_refused():
    """A value may be as deep as it likes: it is only looked at on the surface."""
    value: list[object] = []
    for _ in range(100_000):
        value = [value]

    assert list(faults_of_node(GOOD | {"value": value})) == ["condition.value"]
    assert list(faults_of_node(GOOD | {"operator": "is_in", "value": [value]})) == ["condition.value"]
    assert list(faults_of_node(GOOD | {"unit": value})) == ["condition.'unit'"]


def test_size_is_bounded():
    """A document of very many nodes is refused."""
    assert "comparisons and groups" in "".join(faults_of_node({"all": [GOOD] * NODE_LIMIT}).values())
    assert from_json({"format": 1, "condition": {"all": [GOOD] * (NODE_LIMIT - 1)}}, TICKET_VOCABULARY) == (
        F.type == "a"
    )


def test_faults_are_bounded():
    """A document that is wrong throughout is given up after some faults."""
    assert len(faults_of_node({"all": [{"field": f"x{i}"} for i in range(NODE_LIMIT)]})) <= FAULT_LIMIT
    assert len(faults_of_node({"field": "type", "operator": "is_in", "value": [7] * 9_000})) <= FAULT_LIMIT


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["type", "==", "is_in", "due_at", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["format", "condition", "all", "any", "not", "field", "operator", "value", "ago", "days"]),
            inner,
        )
    ),
)


@given(_json)
def test_any_json_is_a_condition_or_refused(data):
    """Nothing that a decoder can give makes anything but a condition or a `ConditionError`."""
    for document in (data, {"format": 1, "condition": data}, {"format": 1, "condition": GOOD | {"value": data}}):
        with contextlib.suppress(ConditionError):
            condition = from_json(document, EVENT_VOCABULARY)
            assert from_json(to_json(condition), EVENT_VOCABULARY) == condition
