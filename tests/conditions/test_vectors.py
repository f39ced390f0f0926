"""What other help desks' tests say of conditions, asked of ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from tests.vectors.reading import differences, vectors
from ticketcore.conditions import EventF, F, Matcher, TicketFacts, ago, ahead, compile_condition
from ticketcore.conformance import records
from ticketcore.conformance.records import event_facts, facts, ticket

COUNTS = {
    # group: passed, different on purpose
    "selectors": (18, 4),
    "relative_time": (7, 0),
    "selector_groups": (8, 0),
    "conditions": (6, 0),
}

SELECTORS = {
    "contains": F.type.contains,
    "contains not": lambda text: ~F.type.contains(text),
    "is": lambda text: F.type == text,
    "is not": lambda text: F.type != text,
    "is any of": F.type.is_in,
    "is none of": lambda texts: ~F.type.is_in(texts),
    "starts with": F.type.starts_with,
    "starts with one of": lambda texts: F.type.starts_with(*texts),
    "ends with": F.type.ends_with,
    "ends with one of": lambda texts: F.type.ends_with(*texts),
}


def holds(condition, known):
    """Whether a condition holds, on which the plain walk, the compiled condition and a matcher must agree."""
    matched = Matcher([~condition, condition]).matching(known) == [1]
    assert condition.holds(known) is compile_condition(condition)(known) is matched
    return matched


def selector_is_alike(vector):
    """Whether a selector of theirs, asked in our words, matches alike; not where we have no words for it."""
    if vector["operator"] not in SELECTORS:
        return False
    condition = SELECTORS[vector["operator"]](vector.get("value"))
    return holds(condition, facts(ticket(type=vector.get("field_value")))) is vector["match"]


def windows(now):
    """Our condition for each of their operators, the window as they write it, and its ends."""
    return {
        "within last (relative)": (
            F.due_at.within_last(timedelta(minutes=10)),
            "[now-10min, now]",
            now - timedelta(minutes=10),
            now,
        ),
        "within next (relative)": (
            F.due_at.within_next(timedelta(hours=10)),
            "[now, now+10h]",
            now,
            now + timedelta(hours=10),
        ),
        "before (relative)": (F.due_at.older_than(timedelta(days=10)), "<= now-10d", None, now - timedelta(days=10)),
        "after (relative)": (F.due_at >= ahead(weeks=10), ">= now+10w", now + timedelta(weeks=10), None),
        "till (relative)": (F.due_at <= ahead(months=10), "<= now+10 months", None, now + relativedelta(months=10)),
        "from (relative)": (F.due_at >= ago(years=10), ">= now-10 years", now - relativedelta(years=10), None),
        "today": (
            F.due_at.today("Europe/Berlin"),
            "[2022-10-10T22:00:00Z, 2022-10-11T21:59:59Z]",
            datetime(2022, 10, 10, 22, tzinfo=UTC),
            datetime(2022, 10, 11, 21, 59, 59, tzinfo=UTC),
        ),
    }


def window_is_ours(vector):
    """Whether exactly the instants of a window hold, looked at on both sides of its ends."""
    now = datetime.fromisoformat(vector.get("now", "2026-11-22T14:40:00Z"))
    condition, written, first, last = windows(now)[vector["op"]]
    assert written == vector["window"]
    inside = [end for end in (first, last) if end]
    outside = [first - SECOND] if first else []
    outside += [last + SECOND] if last else []
    held = [holds(condition, TicketFacts(ticket(due_at=at), now=now)) for at in (*inside, *outside)]
    return held == [True] * len(inside) + [False] * len(outside)


SECOND = timedelta(seconds=1)

OWNED, FOLLOWED = F.assignee == "A", F.followers.has("A")
NO_COMPANY, OF_O = F.company.is_missing(), F.company.name == "O"
GROUPS = {
    "subscriber is A": FOLLOWED,
    "owner is A": OWNED,
    "AND(subscriber is A, owner is A)": FOLLOWED & OWNED,
    "OR(subscriber is A, owner is A)": FOLLOWED | OWNED,
    "org not_set": NO_COMPANY,
    "org.name is O": OF_O,
    "AND(org is not not_set, org.name is O)": ~NO_COMPANY & OF_O,
    "OR(org not_set, org.name is not O)": NO_COMPANY | ~OF_O,
}
SETUPS = {
    "t1 owner=A; t2 owner=none subscriber=A; t3 owner=A subscriber=A": [
        ticket(assignee="A"),
        ticket(followers=("A",)),
        ticket(assignee="A", followers=("A",)),
    ],
    "t1 organization=null; t2 organization=O": [ticket(), ticket(company="acme")],
}


def group_counts_alike(setup, name, expected):
    """Whether as many tickets of a setup match as theirs."""
    held = [holds(GROUPS[name], facts(it, records.company(name="O"))) for it in SETUPS[setup]]
    return sum(held) == expected


PLATINUM = facts(ticket(custom={"customer_type": "Platinum"}))
CASES: dict[str, tuple[Any, Any]] = {
    "labels {bug}: labels not_equal_to [feature]": (F.tags.has_none(["feature"]), facts(ticket(tags={"bug"}))),
    "labels {bug,enterprise}: labels not_equal_to [feature,enterprise]": (
        F.tags.has_none(["feature", "enterprise"]),
        facts(ticket(tags={"bug", "enterprise"})),
    ),
    "phone '+918484848484': phone starts_with '+918484' OR email contains 'test'": (
        F.custom.text("phone").starts_with("+918484") | F.custom.text("email").contains("test"),
        facts(ticket(custom={"phone": "+918484848484"})),
    ),
    "customer_type 'Platinum': equal_to [Gold,Platinum]": (
        F.custom.choice("customer_type").is_in(["Gold", "Platinum"]),
        PLATINUM,
    ),
    "customer_type 'Platinum': not_equal_to [Gold,Platinum]": (
        ~F.custom.choice("customer_type").is_in(["Gold", "Platinum"]),
        PLATINUM,
    ),
    "private_note equal_to true on a public message": (
        EventF.message.is_note == True,  # noqa: E712 - a condition
        event_facts(message=records.answer()),
    ),
}


def case_is_alike(vector):
    """Whether a case in words of theirs comes out alike."""
    condition, known = CASES[vector["c"]]
    return holds(condition, known) is vector["match"]


def verdicts(group):
    """For every vector of a group whether ours behaves alike."""
    if group == "selector_groups":
        return [group_counts_alike(it["setup"], *case) for it in vectors(group) for case in it["cases"]]
    alike = {"selectors": selector_is_alike, "relative_time": window_is_ours, "conditions": case_is_alike}[group]
    return [alike(vector) for vector in vectors(group)]


@pytest.mark.parametrize("group", COUNTS)
def test_vectors_pass_but_for_the_differences_on_purpose(group):
    """Every vector passes or stands in `differences.md`, and none that passes stands there."""
    verdict = verdicts(group)

    assert {place for place, passed in enumerate(verdict) if not passed} == set(differences(group))
    assert (verdict.count(True), verdict.count(False)) == COUNTS[group]
