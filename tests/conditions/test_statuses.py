"""The statuses that conditions name, beside those that there are."""

import pytest

from ticketcore.conditions import EventF, F, always
from ticketcore.conditions.statuses import faults_of_statuses
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE


@pytest.mark.parametrize(
    ("condition", "strange"),
    [
        (always, []),
        (F.status == "open", []),
        (F.status == None, []),  # noqa: E711 - a comparison of the language
        (F.status.is_in({"open", None}), []),
        (F.subject == "opened", []),
        (F.status == "opened", ["'opened'"]),
        (F.status.is_in({"shut", "open", "opened"}), ["'opened'", "'shut'"]),
        ((F.status != "opened") | ~(F.tags.has("vip") & (F.status == "opened")), ["'opened'"]),
        (F.status.changed_to("opened") & EventF.queue_length.is_missing(), ["'opened'"]),
    ],
)
def test_each_status_that_there_is_not_is_a_fault(condition, strange):
    """Wherever in a condition it is named, and however often, each status that is none is told once."""
    faults = faults_of_statuses(condition, STANDARD_LIFE_CYCLE)

    assert [it.got for it in faults] == strange
    assert all("new" in it.expected and it.path == "status" for it in faults)
