"""
Strategies for records, conditions and queries whose values often meet.

Conditions are mostly about fields that have indexes, in every form from which a storage may find its way, and about
others besides.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ticketcore.conditions import F, Operator, all_of, any_of, current_agent, ticket_assignee
from ticketcore.conformance import records
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import CLOSED, NEW, OPEN, Category
from ticketcore.model.tickets import Priority
from ticketcore.query import Order, Query

NOW = records.NOW
IDS = ["ana", "bob", "eve", "mia"]

ids = st.sampled_from(IDS)
maybe_ids = ids | st.none()
instants = st.integers(0, 4).map(lambda hours: NOW + timedelta(hours=hours))
"""Few, so that many records tie."""

# The clock of Athens is put back on this night: by it, the later instant is the earlier one.
_REPEATED = [datetime(2026, 10, 25, 3, 30, fold=fold, tzinfo=ZoneInfo("Europe/Athens")) for fold in (0, 1)]
odd_instants = st.sampled_from([*_REPEATED, datetime(2026, 10, 25, 1, 15, tzinfo=UTC)])

_common = {
    "id": st.integers(0, 30).map("t{:02}".format),
    "subject": st.sampled_from(["", "A", "a", "b"]),
    "status": st.sampled_from([NEW, OPEN, CLOSED]),
    "priority": st.sampled_from(Priority),
    "type": st.sampled_from(["A", "b", None]),
    "department": maybe_ids,
    "assignee": maybe_ids,
    "parent": maybe_ids,
    "created_at": instants | odd_instants,
    "changed_at": instants,
    "due_at": instants | odd_instants | st.none(),
}
tickets = st.builds(
    records.ticket,
    **_common,
    requesters=st.lists(ids, min_size=1, max_size=3).map(tuple),
    followers=st.lists(ids, max_size=3).map(tuple),
    company=maybe_ids,
) | st.builds(records.internal_ticket, **_common, about=maybe_ids)

_single = [F.department.id, F.assignee.id, F.company.id, F.about, F.parent]
_several = [F.requesters, F.followers]
_wanted = ids | st.just(current_agent) | st.just(ticket_assignee)
_comparisons = (
    st.builds(lambda field, value: field == value, st.sampled_from(_single), _wanted)
    | st.builds(
        lambda field, values: field.is_in(values),
        st.sampled_from(_single),
        st.frozensets(_wanted | st.none(), max_size=3),
    )
    | st.builds(lambda field: field.is_set(), st.sampled_from(_single))
    | st.builds(lambda field, value: field.has(value), st.sampled_from(_several), _wanted)
    | st.builds(
        lambda field, operator, values: field.compare(operator, values),
        st.sampled_from(_several),
        st.sampled_from([Operator.HAS_ANY, Operator.HAS_ALL, Operator.EXACTLY]),
        st.frozensets(_wanted, max_size=2),
    )
    | st.builds(lambda field: field.is_empty(), st.sampled_from(_several))
    | st.builds(lambda category: F.category == category, st.sampled_from(Category))
    | st.builds(lambda priority: F.priority >= priority, st.sampled_from(Priority))
)


def _groups(inner):
    parts = st.lists(inner, max_size=3)
    return parts.map(lambda them: all_of(*them)) | parts.map(lambda them: any_of(*them)) | inner.map(lambda it: ~it)


conditions = st.recursive(_comparisons, _groups, max_leaves=6)
orders = st.lists(
    st.builds(
        Order,
        st.sampled_from(
            ["due_at", "created_at", "changed_at", "id", "priority", "type", "parent", "status.key", "nothing"]
        ),
        st.booleans(),
    ),
    max_size=3,
).map(tuple)
queries = st.builds(
    Query,
    st.just(TICKETS),
    conditions,
    orders,
    st.none() | st.integers(1, 5),
    viewer=maybe_ids,
)
