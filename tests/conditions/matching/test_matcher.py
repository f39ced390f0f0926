import pickle
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketcore.conditions import (
    Condition,
    EventFacts,
    F,
    Matcher,
    TicketFacts,
    ago,
    ahead,
    all_of,
    always,
    any_of,
    current_agent,
    never,
    ticket_requester,
)
from ticketcore.conditions.making import Fields
from ticketcore.conditions.matching.buckets import MANY_VALUES, tabulated
from ticketcore.conditions.matching.matcher import FEW
from ticketcore.conditions.matching.script import scripted
from ticketcore.conformance.conditions import FIELDS, ONE_OF_EACH_TYPE, conditions, operands
from ticketcore.conformance.conditions import facts as any_facts
from ticketcore.conformance.records import NOW, company, contact, facts, getter, internal_ticket, ticket

each_way = pytest.mark.parametrize("match", [scripted, tabulated], ids=["in turn", "by tables"])
"""Of finding out which conditions hold."""

ALIKE = [F.priority, F.type, F.tags, F.answers, F.due_at, F.requester.id, F.requester.groups]
"""Few fields, so that conditions meet on them."""


def walked(several, known):
    """The places of the conditions that hold, found by the plain walk."""
    return [place for place, condition in enumerate(several) if condition.holds(known)]


@pytest.mark.parametrize("few", [0, 6, 12])
@given(st.lists(conditions(), max_size=12), any_facts)
def test_matcher_answers_as_plain_walk(few, several, known):
    """Whatever is asked of whatever facts at once, those match that hold, in their order; however many are few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ticketcore.conditions.matching.matcher.FEW", few)
        matcher = Matcher(several)

    assert matcher.matching(known) == walked(several, known)


@each_way
@given(st.lists(conditions(ALIKE), min_size=5, max_size=20), st.lists(any_facts, min_size=2, max_size=4))
def test_matcher_answers_as_plain_walk_where_conditions_meet(match, several, events):
    """Conditions that ask for the same fields, in the same ways or in others, never disturb each other."""
    matching = match(several)

    assert [matching(known) for known in events] == [walked(several, known) for known in events]


@each_way
@pytest.mark.parametrize("field", ONE_OF_EACH_TYPE, ids=str)
@settings(max_examples=40)
@given(data=st.data(), known=any_facts)
def test_every_operator_is_tabulated_rightly(match, field, data, known):
    """Each operator of each type of field, asked and denied, alone and beside another, answers as the plain walk."""
    asked = [
        field.compare(operator, data.draw(operands(field, operator)))
        for operator in sorted(field.operators, key=lambda it: it.name)
    ]
    several = [*asked, *(~it for it in asked), *(one & ~other for one in asked for other in asked if one is not other)]

    assert match(several)(known) == walked(several, known)


@settings(max_examples=30)
@given(st.lists(conditions(FIELDS), max_size=6), any_facts, st.data())
def test_buckets_answer_as_plain_walk(several, known, data):
    """Conditions that want one of very many values are found among all others, wherever they stand."""
    names = [f"customer {number}" for number in range(MANY_VALUES)] + ["mia", "ana"]
    wanted = [F.requester.id == name for name in names] + [F.requester.is_in(names[-3:])]
    narrowed = [one & other for one, other in zip(wanted, several * 50, strict=False)]
    mixed = data.draw(st.permutations([*several, *narrowed]))
    whole = [*mixed, *wanted]

    assert tabulated(whole)(known) == walked(whole, known)


@each_way
def test_order_is_that_of_the_conditions(match):
    """Places come in ascending order, each once, however many alternatives of a condition hold."""
    several = [F.subject.contains("invoice"), F.tags.has("vip") | F.answers.is_in([0]) | F.subject.like("*7"), always]

    assert match(several)(facts(ticket(tags={"vip"}))) == [0, 1, 2]


@each_way
def test_nothing_matches_nothing(match):
    """A matcher of no conditions, or of those that never hold, finds none."""
    assert match([])(facts(ticket())) == []
    assert match([never, ~always])(facts(ticket())) == []
    assert match([never, always])(facts(ticket())) == [1]


def test_many_customers_cost_one_look():
    """Of a thousand conditions on customers, those of others are not looked at: what only they ask stays unread."""
    asked = []
    counted = Fields("ticket", TicketFacts).number("counted", at=lambda known: asked.append(known) or 1)
    several = [(F.requester == f"customer {number}") & (counted == 1) for number in range(1000)]

    matching = tabulated(several)

    assert matching(facts(ticket(requesters=("customer 7",)))) == [7]
    assert len(asked) == 1
    assert matching(facts(ticket(requesters=("somebody",)))) == []
    assert matching(facts(internal_ticket())) == []
    assert len(asked) == 1


@each_way
def test_field_is_read_once(match):
    """However many conditions ask for a field, it is read once."""
    asked = []
    counted = Fields("ticket", TicketFacts).text("counted", at=lambda known: asked.append(known) or "an invoice")
    several = [
        counted.contains("invoice"),
        counted == "an invoice",
        counted.is_missing(),
        counted.is_in(["a", "b"]) & (F.type == "x"),
    ]

    assert match(several)(facts(ticket())) == [0, 1]
    assert len(asked) == 1


@each_way
def test_field_that_nothing_left_asks_for_is_not_read(match):
    """What a ticket's own fields exclude has no record of somebody else loaded."""

    class NotLoadedError(BaseException):
        """As a draft says that something is not loaded."""

    def get(_kind, _id):
        raise NotLoadedError

    several = [(F.type == "billing") & F.requester.groups.has("vip"), F.type == "sales"]
    matching = match(several)

    assert matching(TicketFacts(ticket(type="sales"), get=get)) == [1]
    with pytest.raises(NotLoadedError):
        matching(TicketFacts(ticket(type="billing"), get=get))
    loaded = getter(contact(groups={"vip"}))
    assert matching(TicketFacts(ticket(type="billing"), get=loaded)) == [0]


@each_way
def test_error_of_a_field_reaches_whoever_asks(match):
    """An error is not taken for a no."""
    broken = Fields("ticket", TicketFacts).number("broken", at=lambda _known: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        match([F.type.is_missing(), broken > 1])(facts(ticket()))


def test_value_without_a_place_is_asked_one_by_one():
    """What is neither less nor more than any number lies at no place: better an error than a wrong yes."""
    odd = Fields("ticket", TicketFacts).number("odd", at=lambda _known: float("nan"))

    with pytest.raises(ValueError, match="nan"):
        tabulated([odd < 1, odd > 2])(facts(ticket()))
    assert tabulated([odd == 1, odd.is_set()])(facts(ticket())) == [1]


@each_way
def test_what_moves_is_asked_each_time(match):
    """One matcher serves all times and all who look."""
    matching = match(
        [
            F.created_at.older_than(timedelta(days=1)),
            F.due_at <= ahead(hours=1),
            F.due_at.today("Europe/Athens"),
            F.assignee == current_agent,
            F.created_at.between(ago(days=3), ago(days=1)) & ~F.requesters.has(ticket_requester),
        ]
    )
    record = ticket(created_at=NOW - timedelta(days=2), due_at=NOW, assignee="ana")

    assert matching(facts(record, viewer="ana")) == [0, 1, 2, 3]
    assert matching(facts(record, now=NOW - timedelta(days=2), viewer="bob")) == []
    assert matching(facts(record, viewer="bob")) == [0, 1, 2]


@each_way
def test_fields_of_one_name_are_told_apart(match):
    """Two fields that share a name and are read in different ways each have their own answer."""
    one, other = (Fields("ticket", TicketFacts).number("size", at=lambda _known, it=it: it) for it in (1, 2))

    assert match([one == 1, other == 1, one == 2, other == 2])(facts(ticket())) == [0, 3]


@each_way
def test_condition_of_another_make_is_asked_as_it_is(match):
    """What is none of our four nodes answers for itself, alone and beside others."""

    class Odd(Condition):
        """Holds of tickets with an odd number of answers."""

        __slots__ = ()
        depth, scope = 1, "ticket"

        def holds(self, known):
            return known.record.answers % 2 == 1

    odd = Odd()
    matching = match([odd, ~odd, all_of(odd, F.type == "x"), any_of(F.type.is_missing(), odd)])

    assert [matching(facts(ticket(answers=answers))) for answers in (1, 2)] == [[0, 3], [1, 3]]


def test_thousands_of_conditions_are_matched():
    """Masks of many bits work like those of few: all places come back, first and last too."""
    tags = [f"tag {number % 40}" for number in range(5000)]
    several = [F.tags.has(tag) & (F.answers >= number % 7) for number, tag in enumerate(tags)]
    known = facts(ticket(tags={"tag 0", "tag 39"}, answers=3))

    assert tabulated(several)(known) == walked(several, known)


@pytest.mark.parametrize("limit", ["naming.TABLE_LIMIT", "placing.TABLE_LIMIT", "naming.NAMED_LIMIT"])
def test_what_is_too_large_for_a_table_is_asked_as_it_is(monkeypatch, limit):
    """Limits of tables change what matching costs, never what matches."""
    monkeypatch.setattr(f"ticketcore.conditions.matching.{limit}", 2)
    several = [
        F.type.is_in(list("abcdef")),
        F.type == "a",
        F.answers > 1,
        F.answers.between(0, 5),
        F.tags.has_any(list("xyz")),
    ]
    known = facts(ticket(type="a", answers=3, tags={"y"}))

    assert tabulated(several)(known) == walked(several, known) == [0, 1, 2, 3, 4]


@each_way
def test_what_is_remembered_is_bounded(match, monkeypatch):
    """A matcher that has met more values than it remembers answers as before."""
    monkeypatch.setattr("ticketcore.conditions.matching.table.REMEMBERED_LIMIT", 2)
    matching = match([F.type == "TYPE 7", F.type != "type 3", F.tags.has("Tag 5")])
    events = [facts(ticket(type=f"Type {number}", tags={f"tag {number}"})) for number in range(10)] * 2

    found = [matching(known) for known in events]

    assert (found[3], found[5], found[7]) == ([], [1, 2], [0, 1])
    assert found[:10] == found[10:]


@each_way
def test_numbers_between_thresholds_have_their_place(match):
    """Whole numbers and others, between, at and beyond the numbers that are compared with."""
    several = [F.answers >= 2, F.answers > 2, F.answers < 90, F.answers.between(1.5, 400), ~(F.answers <= 399)]

    for number in (-5, 0, 1, 1.5, 2, 2.5, 3, 89, 90, 399, 400, 401, 5000):
        known = facts(ticket(answers=number))

        assert match(several)(known) == walked(several, known)
        assert match(several[:3])(known) == walked(several[:3], known)


@each_way
def test_ticket_conditions_serve_events(match):
    """A matcher of conditions on tickets can be asked of events."""
    assert match([F.company.name == "Acme"])(EventFacts(ticket(company="acme"), now=NOW, get=getter(company()))) == [0]


def test_number_of_conditions_decides_how_they_are_asked():
    """Few conditions are asked in turn, many by tables; a field of which nothing is left to ask tells them apart."""
    asked = []
    counted = Fields("ticket", TicketFacts).number("counted", at=lambda known: asked.append(known) or 1)
    several = [(F.requester == f"customer {number}") & (counted == 1) for number in range(FEW + 1)]
    known = facts(ticket(requesters=("somebody",)))

    assert Matcher(several).matching(known) == []
    assert not asked
    assert Matcher(several[:-1]).matching(known) == []
    assert asked


def test_matcher_can_be_pickled():
    """A matcher goes where its conditions go."""
    matcher = pickle.loads(pickle.dumps(Matcher([F.type == "x", F.answers > 1])))  # noqa: S301 - our own

    assert matcher.matching(facts(ticket(type="X", answers=0))) == [0]
