"""What other help desks' tests say of rules that set each other off, asked of ours."""

import pytest

from tests.small_shop import SmallShop
from tests.vectors.reading import differences, vectors
from ticketcore.automation import AddRule
from ticketcore.commands.status import Resolve
from ticketcore.commands.tickets import SetPriority
from ticketcore.conditions import F
from ticketcore.events import TicketOpened
from ticketcore.model.tickets import Priority

COUNTS = (0, 2)
"""How many pass, and how many differ on purpose."""

RULES = {
    "000: create & priority=low -> state=closed": AddRule(
        "000", trigger=TicketOpened, when=F.priority == Priority.LOW, then=[Resolve()]
    ),
    "001: create & priority=high -> priority=low": AddRule(
        "001", trigger=TicketOpened, when=F.priority == Priority.HIGH, then=[SetPriority(Priority.LOW)]
    ),
    "002: create & priority=normal -> priority=high": AddRule(
        "002", trigger=TicketOpened, when=F.priority == Priority.NORMAL, then=[SetPriority(Priority.HIGH)]
    ),
}
"""Their rules as ours; what they close, ours resolve."""

STATES = {"new": "new", "resolved": "closed"}


def end(rules):
    """How a new ticket stands, in their words, when these rules have run in this order."""
    shop = SmallShop()
    for rule in rules:
        shop.system.do(rule)
    ticket = shop.ticket()
    return {"state": STATES[ticket.status.key], "priority": ticket.priority.name.lower()}


def test_vectors_pass_but_for_the_differences_on_purpose():
    """Every vector passes or stands in `differences.md`, and none that passes stands there."""
    (vector,) = vectors("rule_recursion")
    ours = end([RULES[it] for it in sorted(vector["triggers"])])
    verdict = [ours == case["end"] for case in vector["cases"]]

    assert {place for place, passed in enumerate(verdict) if not passed} == set(differences("rule_recursion"))
    assert (verdict.count(True), verdict.count(False)) == COUNTS


@pytest.mark.parametrize(
    ("order", "state", "priority"),
    [("000 001 002", "new", "high"), ("002 001 000", "closed", "low"), ("001 002 000", "new", "high")],
)
def test_order_decides_where_ours_differs(order, state, priority):
    """Each rule is asked once of an event, at its turn, about the ticket as it is then: the order decides."""
    rules = {it.name: it for it in RULES.values()}

    assert end([rules[name] for name in order.split()]) == {"state": state, "priority": priority}
