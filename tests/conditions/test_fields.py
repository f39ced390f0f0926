from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta

from ticketcore.conditions import ConditionError, EventF, F, ago, current_agent
from ticketcore.conformance.records import NOW, contact, event_facts, facts, internal_ticket, ticket
from ticketcore.model.lifecycle import ANSWERED, NEW, OPEN, Category, Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.tickets import Channel, Priority

ANY: Any = F  # as whoever has no type checker writes
FULL = ticket(
    subject="Invoice 7: charged twice",
    type="Billing",
    priority=Priority.HIGH,
    tags={"VIP", "refund"},
    assignee="ana",
    department="billing",
    answers=2,
    created_at=NOW - timedelta(days=2),
    due_at=NOW + timedelta(hours=3),
    custom={"weight": 2.5, "since": date(2026, 11, 1), "paid": True, "plan": "Gold"},
    cc=("Boss@Example.org",),
)
BARE = ticket(subject="", description="", requesters=("mia",))

HOLD_OF_FULL = [
    F.type == "billing",
    F.type != "sales",
    F.type.is_in(["sales", "BILLING"]),
    F.type.is_set(),
    F.subject.contains("charged"),
    F.subject.contains("rgED tw"),
    F.subject.contains_any(["refund", "invoice"]),
    F.subject.contains_all(["invoice", "twice"]),
    F.subject.contains_word("invoice"),
    F.subject.contains_word("7, charged"),
    F.subject.starts_with("INVOICE"),
    F.subject.starts_with("bill", "inv"),
    F.subject.ends_with("Twice"),
    F.subject.like("inv*: charged t?ice"),
    F.priority == Priority.HIGH,
    F.priority == "high",
    F.priority >= "high",
    F.priority > Priority.NORMAL,
    F.priority <= "high",
    F.priority < "urgent",
    F.priority.between("normal", "high"),
    F.priority.is_in([Priority.HIGH]),
    F.status == OPEN,
    F.status == "open",
    F.status.is_in([OPEN, "new"]),
    F.category == Category.OPEN,
    F.source == Channel.EMAIL,
    F.source.is_in(["email", Channel.FORM]),
    F.answers == 2,
    F.answers >= 2,
    F.answers.between(1, 2),
    F.answers < 2.5,
    F.tags.has("vip"),
    F.tags.has_any(["vip", "x"]),
    F.tags.has_all(["VIP", "Refund"]),
    F.tags.has_none(["x"]),
    F.tags == {"vip", "refund"},
    F.tags != {"vip"},
    ~F.tags.is_empty(),
    F.cc.has("boss@example.org"),
    F.assignee == "ana",
    F.assignee.is_in(["bob", "ana"]),
    F.assignee == current_agent,
    F.requester == "mia",
    F.requesters.has("mia"),
    F.internal.is_false,
    ~F.internal,
    F.internal != True,  # noqa: E712 - a condition
    F.is_merged == False,  # noqa: E712 - a condition
    F.created_at == NOW - timedelta(days=2),
    F.created_at < NOW,
    F.created_at.before(NOW),
    F.due_at.after(NOW),
    F.created_at.between(NOW - timedelta(days=3), NOW),
    F.created_at.older_than(timedelta(days=2)),
    F.created_at.within_last(timedelta(days=2)),
    F.created_at.within_last(relativedelta(months=1)),
    F.due_at.within_next(timedelta(hours=3)),
    F.due_at.today("UTC"),
    F.created_at <= ago(days=1),
    F.custom.number("weight") > 2,
    F.custom.date("since") == date(2026, 11, 1),
    F.custom.date("since") < date(2026, 12, 1),
    F.custom.flag("paid").is_true,
    F.custom.choice("plan") == "gold",
]


@pytest.mark.parametrize("condition", HOLD_OF_FULL, ids=str)
def test_operator_holds(condition):
    """Each operator says yes where it should."""
    assert condition.holds(facts(FULL, viewer="ana"))


@pytest.mark.parametrize(
    "condition",
    [
        F.type == "bill",
        F.type.is_in([]),
        F.subject.contains("refund"),
        F.subject.contains_any([]),
        F.subject.contains_all(["invoice", "refund"]),
        F.subject.contains_word("voice"),
        F.subject.contains_word("charge"),
        F.subject.starts_with("voice"),
        F.subject.starts_with(),
        F.subject.ends_with("charged"),
        F.subject.like("invoice"),
        F.priority < "high",
        F.priority.between("urgent", "low"),
        F.status == NEW,
        F.tags.has("vi"),
        F.tags.has_all(["vip", "x"]),
        F.tags.has_none(["vip", "x"]),
        F.tags == {"vip"},
        F.assignee == "Ana",
        F.internal.is_true,
        F.created_at.older_than(timedelta(days=2, microseconds=1)),
        F.created_at.within_last(timedelta(days=1)),
        F.created_at.within_next(timedelta(days=9)),
        F.due_at.within_last(timedelta(days=9)),
        F.due_at.within_next(timedelta(hours=2)),
        F.created_at.today("UTC"),
        F.custom.text("weight").is_set(),
        F.custom.number("paid").is_set(),
    ],
    ids=str,
)
def test_operator_does_not_hold(condition):
    """Each operator says no where it should."""
    assert not condition.holds(facts(FULL))


@pytest.mark.parametrize(
    "condition",
    [
        F.type == "x",
        F.type.is_in(["x"]),
        F.type.is_set(),
        F.type.contains("x"),
        F.type.like("*"),
        F.assignee == "ana",
        F.due_at < NOW,
        F.due_at <= NOW,
        F.due_at > NOW,
        F.due_at >= NOW,
        F.due_at.between(NOW, NOW),
        F.due_at.today("UTC"),
        F.custom.number("x") == 0,
        F.custom.flag("x").is_false,
        F.followers.has("x"),
        F.followers.has_any(["x"]),
        F.company.name == "x",
        F.requester.groups.has("x"),
    ],
    ids=str,
)
def test_missing_value_makes_positive_false_and_negative_true(condition):
    """The language is two-valued: what is missing is nothing that could be compared."""
    assert not condition.holds(facts(BARE))
    assert (~condition).holds(facts(BARE))


def test_none_means_missing():
    """Comparing with None asks whether there is a value."""
    assert (F.type == None) == F.type.is_missing()  # noqa: E711 - a condition
    assert (F.type != None) == F.type.is_set()  # noqa: E711 - a condition
    assert F.type.is_in(["x", None]).holds(facts(BARE))
    assert not F.type.is_in(["x", None]).holds(facts(FULL))


def test_empty_text_is_a_value():
    """An empty text is there; only None is missing."""
    assert (F.subject.is_set() & (F.subject == "") & F.subject.like("*")).holds(facts(BARE))


def test_internal_ticket_has_no_customers():
    """What only customers' tickets have is missing, or empty, of internal ones."""
    internal = facts(internal_ticket(about="mia"))

    assert (F.requester.is_missing() & F.parties.is_empty() & F.company.is_missing() & F.internal.is_true).holds(
        internal
    )
    assert (F.raised_by == "ana").holds(internal)
    assert (F.about == "mia").holds(internal)
    assert F.about.is_missing().holds(facts(FULL))


def test_fields_of_what_a_ticket_names():
    """The requester's fields are read from the requester's record."""
    mia = contact(name="Mia Kralj", groups={"VIP"}, language="sl", custom={"score": 3})

    asked = (
        F.requester.name.starts_with("mia")
        & F.requester.groups.has("vip")
        & (F.requester.language == "SL")
        & (F.requester.custom.number("score") >= 3)
    )

    assert asked.holds(facts(FULL, mia))


@pytest.mark.parametrize(
    "instant",
    [
        NOW,
        NOW.astimezone(ZoneInfo("Europe/Athens")),
        NOW.astimezone(timezone(timedelta(hours=-7))),
    ],
)
def test_instants_are_compared_whatever_their_zone(instant):
    """One instant is one instant, wherever its clock hangs."""
    assert (F.due_at == instant) == (F.due_at == NOW)
    assert (F.due_at == NOW).holds(facts(ticket(due_at=instant)))


def test_instants_are_equal_where_a_clock_is_put_back():
    """The hour that comes twice is told apart, in the condition as in the record."""
    twice = datetime(2026, 10, 25, 3, 30, tzinfo=ZoneInfo("Europe/Athens"))
    second = twice.replace(fold=1)

    assert (F.due_at == second.astimezone(UTC)).holds(facts(ticket(due_at=second)))
    assert not (F.due_at == twice.astimezone(UTC)).holds(facts(ticket(due_at=second)))


def test_today_is_the_day_of_the_place():
    """The same instant is today in one zone, and not in another."""
    record = facts(ticket(created_at=datetime(2026, 11, 21, 23, tzinfo=UTC)))

    assert F.created_at.today("Europe/Athens").holds(record)
    assert F.created_at.today(ZoneInfo("Europe/Athens")) == F.created_at.today("Europe/Athens")
    assert not F.created_at.today("UTC").holds(record)


def change(field, before, after):
    """An event that tells of a change."""
    return event_facts(event=SimpleNamespace(field=field, before=before, after=after))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (F.priority.changed(), True),
        (F.priority.changed_to("high"), True),
        (F.priority.changed_to("low", "high"), True),
        (F.priority.changed_to("low"), False),
        (F.priority.changed_from(Priority.LOW), True),
        (F.priority.changed_from("low") & F.priority.changed_to("high"), True),
        (F.type.changed(), False),
        (~F.type.changed(), True),
    ],
)
def test_changes_are_asked_of_the_event(condition, expected):
    """What a field was and is stands in the event that tells of its change."""
    assert condition.holds(change("priority", Priority.LOW, Priority.HIGH)) is expected


def test_change_to_a_missing_value():
    """None stands for a missing value: assigned to nobody."""
    unassigned = change("assignee", "ana", None)

    assert F.assignee.changed_to(None).holds(unassigned)
    assert F.assignee.changed_from("ana", None).holds(unassigned)
    assert not F.assignee.changed_from(None).holds(unassigned)


def test_change_of_a_set_is_asked():
    """Of tags one can ask that they changed."""
    changed = change("tags", frozenset(), frozenset({"vip"}))

    assert F.tags.changed().holds(changed)
    assert not F.links.changed().holds(changed)


def test_first_and_last_day_of_the_calendar_can_be_asked():
    """An instant that UTC has no room for is compared as it is."""
    end = datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))

    assert (F.due_at < end).holds(facts(FULL))


def test_category_changes_with_a_status_of_another_category():
    """A move between two statuses of one category changes the status, and leaves the category as it is."""
    moved = change("status", OPEN, ANSWERED)
    same = change("status", OPEN, Status("waiting", Category.OPEN))

    assert (F.status.changed_to("answered") & F.category.changed_from("open")).holds(moved)
    assert F.status.changed().holds(same)
    assert not F.category.changed().holds(same)


def test_change_of_a_custom_field_is_told_by_its_digest():
    """Events tell custom fields by digest, so that one can ask that it changed, but not from or to what."""
    changed = change("custom", FrozenMap({"a": "1", "b": "1"}), FrozenMap({"a": "1", "b": "2"}))

    assert F.custom.text("b").changed().holds(changed)
    assert not F.custom.text("a").changed().holds(changed)
    with pytest.raises(ConditionError):
        F.custom.text("b").changed_to("x")
    with pytest.raises(ConditionError):
        F.requester.custom.text("b").changed()


def test_no_event_is_no_change():
    """A ticket to which nothing has happened has not changed."""
    assert not F.priority.changed().holds(event_facts())


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ANY.subject > "a", "of type text have: ==, is_in, is_set, contains"),
        (lambda: ANY.subject < 3, "an order"),
        (lambda: ANY.tags.contains("x"), "of type set of texts have: has, has_any, has_all"),
        (lambda: ANY.tags.is_in(["x"]), "got is_in"),
        (lambda: ANY.priority.contains("x"), "of type ordered choice"),
        (lambda: ANY.department.contains("x"), "of type id"),
        (lambda: ANY.department < "x", "of type id"),
        (lambda: ANY.internal.has("x"), "of type flag"),
        (lambda: ANY.source >= "email", "of type choice"),
        (lambda: ANY.status.starts_with("o"), "of type key"),
        (lambda: ANY.created_at.like("*"), "of type time"),
        (lambda: ANY.answers.today("UTC"), "of type number"),
        (lambda: ANY.subject.changed_to("x"), "starts_with, ends_with, like or changed, got changed_to"),
        (lambda: ANY.created_at.changed_to(NOW), "got changed_"),
        (lambda: ANY.requester.name.changed_from(None), "got changed_"),
        (lambda: ANY.priority == "hgh", "low, normal, high or urgent, got 'hgh'"),
        (lambda: ANY.priority == 30, "got 30"),
        (lambda: ANY.priority == Channel.EMAIL, "low, normal, high or urgent"),
        (lambda: ANY.source == "e-mail", "email, form"),
        (lambda: ANY.subject == 3, "text"),
        (lambda: ANY.subject.contains(""), "some text after contains"),
        (lambda: ANY.subject.contains_any(["a", ""]), r"\[1\]: expected some text"),
        (lambda: ANY.subject.contains_any("ab"), "values"),
        (lambda: ANY.subject.contains_word("!"), "a word"),
        (lambda: ANY.subject.like(""), "some text after like"),
        (lambda: ANY.subject == "a\0", "stored"),
        (lambda: ANY.subject == "\ud800", "stored"),
        (lambda: ANY.subject == "a" * 1001, "at most 1000"),
        (lambda: ANY.subject.is_in(["a", 2, 3]), r"\[1\].*got 2; \[2\].*got 3"),
        (lambda: ANY.department == "", "an id"),
        (lambda: ANY.department == 7, "an id"),
        (lambda: ANY.department.is_in("billing"), "values"),
        (lambda: ANY.department.is_in(None), "values"),
        (lambda: ANY.tags.has(None), "text"),
        (lambda: ANY.tags.has_any(["a", None]), "text"),
        (lambda: ANY.answers == True, "a number"),  # noqa: E712 - a condition
        (lambda: ANY.answers.is_in([float("nan")]), "a number"),
        (lambda: ANY.answers > float("inf"), "a number"),
        (lambda: ANY.answers > 2**53 + 1, "a number"),
        (lambda: ANY.answers > 10**400, "a number"),
        (lambda: ANY.custom.number("weight") == -(10**5_000), "a number"),
        (lambda: ANY.internal == 1, "True or False"),
        (lambda: ANY.created_at < datetime(2026, 1, 1), "time zone"),  # noqa: DTZ001 - that is the fault
        (lambda: ANY.created_at < date(2026, 1, 1), "time zone"),
        (lambda: ANY.created_at.today("Europe/Atlantis"), "a time zone such as"),
        (lambda: ANY.created_at.today("../etc/passwd"), "a time zone such as"),
        (lambda: ANY.created_at.today(""), "a time zone such as"),
        (lambda: ANY.custom.date("x") == datetime(2026, 1, 1, tzinfo=UTC), "a date"),
        (lambda: ANY.answers.between(1, None), "a number"),
        (lambda: ANY.department.is_in(map(str, range(10_001))), "at most 10000 values"),
        (lambda: ANY.custom.text("a.b"), "letters, digits"),
        (lambda: ANY.custom.text(""), "letters, digits"),
    ],
)
def test_wrong_question_is_refused_when_it_is_built(build, message):
    """A wrong operator or operand is an error at once, and names what would be right."""
    with pytest.raises(ConditionError, match=message):
        build()


def test_forgotten_parentheses_are_refused():
    """`F.a == 1 & F.b == 2` joins 1 and a field first, and says so."""
    with pytest.raises(ConditionError, match="parentheses"):
        _ = ANY.type == "a" & ANY.subject == "b"
    with pytest.raises(ConditionError, match="parentheses"):
        _ = ANY.type == "a" | ANY.department == "b"


@pytest.mark.parametrize("field", [F.subject, F.tags, F.requester.name])
def test_field_has_no_truth_value(field):
    """A field alone asks nothing."""
    with pytest.raises(ConditionError, match="a comparison"):
        bool(field)


def test_unknown_attribute_is_an_ordinary_error():
    """What is no operator of any field is missing as anything else would be."""
    assert not hasattr(F.subject, "colour")
    assert not hasattr(F.assignee, "colour")
    with pytest.raises(AttributeError, match="TextField has no attribute 'colour'"):
        _ = ANY.subject.colour


def test_fields_are_told_apart():
    """Fields are members of sets: comparing two of them tells whether they are the same one."""
    assert ANY.subject == EventF.subject
    assert ANY.subject != F.type
    assert ANY.tags == EventF.tags
    assert ANY.tags != F.links
    assert {F.subject, F.type, EventF.subject} == {F.type, F.subject}
    assert ANY.custom.text("x") == F.custom.text("x")
    assert ANY.custom.text("x") != F.custom.number("x")
    assert repr(F.tags) == "<ticket field tags: set of texts>"
    assert repr(F.assignee) == "<ticket field assignee: id>"
