from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketcore.conditions import Condition, EventFacts, F, ago, all_of, any_of, compile_condition, current_agent
from ticketcore.conformance.conditions import ONE_OF_EACH_TYPE, conditions, operands
from ticketcore.conformance.conditions import facts as any_facts
from ticketcore.conformance.records import NOW, facts, ticket


@given(conditions(), any_facts)
def test_compiled_condition_answers_as_plain_walk(condition, known):
    """Compiling changes the speed of a condition, never its answer."""
    assert compile_condition(condition)(known) is condition.holds(known)


@pytest.mark.parametrize("field", ONE_OF_EACH_TYPE, ids=str)
@settings(max_examples=40)
@given(data=st.data(), known=any_facts)
def test_every_operator_is_compiled_rightly(field, data, known):
    """Each operator of each type of field answers, compiled, as the table of answers says."""
    for operator in sorted(field.operators, key=lambda it: it.name):
        condition = field.compare(operator, data.draw(operands(field, operator)))

        assert compile_condition(condition)(known) is condition.holds(known)


def test_condition_of_another_make_is_asked_as_it_is():
    """What is none of our four nodes answers for itself."""

    class Odd(Condition):
        """Holds of tickets with an odd number of answers."""

        __slots__ = ()
        depth, scope = 1, "ticket"

        def holds(self, known):
            return known.record.answers % 2 == 1

    make: Any = Odd  # without explanation, which nobody asks for here
    odd = compile_condition(~make())

    assert [odd(facts(ticket(answers=answers))) for answers in range(3)] == [True, False, True]


def test_equal_conditions_are_compiled_once():
    """A listing that builds its condition anew each time does not compile it anew."""
    first, second = (F.department == "billing", F.department == "billing")

    assert first is not second
    assert compile_condition(first) is compile_condition(second)


@pytest.mark.parametrize("size", range(6))
def test_groups_of_any_size_ask_all_parts(size):
    """However many parts a group has, each counts."""
    record = ticket(tags={f"tag {i}" for i in range(size)})
    each = [F.tags.has(f"tag {i}") for i in range(size)]

    assert compile_condition(all_of(*each))(facts(record))
    assert not compile_condition(all_of(*each, F.tags.has("none")))(facts(record))
    assert compile_condition(any_of(F.tags.has("none"), *each))(facts(record)) is (size > 0)


def test_moving_operand_follows_time():
    """A compiled condition on a relative time is right for facts of any time, in any order."""
    condition = compile_condition(F.created_at <= ago(days=1))
    old = ticket(created_at=NOW - timedelta(days=2))

    assert condition(facts(old))
    assert not condition(facts(old, now=old.created_at))
    assert condition(facts(old))


def test_placeholder_follows_viewer():
    """One compiled "mine" serves every agent."""
    mine = compile_condition(F.assignee == current_agent)
    record = ticket(assignee="ana")

    assert [mine(facts(record, viewer=viewer)) for viewer in ("ana", "bob", None)] == [True, False, False]


def test_compiled_ticket_condition_serves_events():
    """What was compiled for tickets is asked of events just so."""
    assert compile_condition(F.subject.contains("invoice"))(EventFacts(ticket(), now=NOW))
