import pytest

from ticketcore.conditions import EventF, EventFacts, F
from ticketcore.conditions.matching.literals import UNCHANGED, Literals
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY
from ticketcore.conformance.records import NOW, customer_message, event_facts, internal_ticket, ticket


def nothing(*_anything):
    """Nobody may ask for what is not at hand."""
    pytest.fail("a record was looked for")


def question_of(field):
    """What is asked for a field's value."""
    operator = Operator.IS_EMPTY if Operator.IS_EMPTY in field.operators else Operator.IS_SET
    return Literals().of(field.compare(operator), holds=True).question


AT_HAND = [field for field in EVENT_VOCABULARY.fields.values() if question_of(field).is_at_hand]


@pytest.mark.parametrize("field", AT_HAND, ids=lambda it: it.name)
@pytest.mark.parametrize(
    "record", [ticket(assignee="ana", company="acme"), internal_ticket()], ids=["public", "internal"]
)
def test_what_is_at_hand_needs_no_other_record(field, record):
    """Fields that are asked first have nothing loaded and nothing counted."""
    known = EventFacts(record, now=NOW, get=nothing, message=customer_message(), queue_length=nothing)

    question_of(field).ask(known)


def test_most_fields_of_the_ticket_are_at_hand():
    """What follows a reference is told apart from what does not."""
    names = {field.name for field in AT_HAND}

    assert {"priority", "subject", "tags", "department", "requester", "message.text", "actor.kind"} <= names
    assert names.isdisjoint({"requester.groups", "company.name", "assignee.online", "department.name", "queue_length"})


def test_equal_comparisons_are_one_literal():
    """What was worked out for a comparison serves all conditions that have it."""
    literals = Literals()

    assert literals.of(F.type == "x", holds=True) is literals.of(F.type == "x", holds=True)
    assert literals.of(F.type == "x", holds=True) is not literals.of(F.type == "x", holds=False)


def test_comparisons_of_one_field_ask_one_question():
    """A field is looked at once; what the event made of it is another question."""
    literals = Literals()
    equal, member, changed = (
        literals.of(comparison, holds=True).question
        for comparison in (F.priority == "high", F.priority.is_in(["low"]), EventF.priority.changed_to("high"))
    )

    assert equal is member
    assert equal is not changed
    assert changed.ask(event_facts(event=None)) is UNCHANGED
