from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.configuration import Setup
from ticketcore.errors import InvalidInput, OutOfPlace
from ticketcore.model.lifecycle import (
    AWAITS_AGENT,
    DONE,
    IN_WORK,
    SET_ASIDE,
    STANDARD_LIFE_CYCLE,
    Category,
    LifeCycle,
    Status,
)

STATUSES = STANDARD_LIFE_CYCLE.statuses


def own(**moves):
    """A life cycle of statuses named after their categories, with these moves and no others."""
    statuses = {it.value: Status(it.value, it) for it in Category}
    return LifeCycle({it: tuple(statuses[name] for name in moves.get(key, ())) for key, it in statuses.items()})


def test_standard_has_one_status_of_each_category():
    """The standard life cycle has one status of each category, named after it."""
    assert {(it.key, it.category) for it in STATUSES} == {(it.value, it) for it in Category}
    assert len(STATUSES) == len(Category)


@given(st.sampled_from(STATUSES), st.none() | st.sampled_from(STATUSES))
def test_moves_from_set_aside_lead_back(status, before):
    """From a deleted ticket or spam the one move is back to the status before; from all others it does not matter."""
    moves = STANDARD_LIFE_CYCLE.moves_from(status, before)

    if status.category in SET_ASIDE:
        assert moves == ((before,) if before else ())
    else:
        assert moves == STANDARD_LIFE_CYCLE.moves_from(status, None)


def test_categories_are_parted():
    """Every category is in work, done or set aside, and only one of them."""
    assert set(Category) == IN_WORK | DONE | SET_ASIDE
    assert len(IN_WORK) + len(DONE) + len(SET_ASIDE) == len(Category)
    assert AWAITS_AGENT < IN_WORK


@pytest.mark.parametrize("category", Category)
def test_main_status_is_the_first_of_its_category(category):
    """The library moves tickets to the first status that is listed of a category."""
    second = Status("second", category)
    first = STANDARD_LIFE_CYCLE.main(category)
    both = LifeCycle({**STANDARD_LIFE_CYCLE.moves, second: STANDARD_LIFE_CYCLE.moves[first]})

    assert both.main(category) == first
    assert both.status("second") == second
    assert both.status("third") is None


def test_all_faults_at_once():
    """A life cycle with several faults tells all of them, each with its place."""
    stray = Status("stray", Category.OPEN)
    moves = {Status("new", Category.NEW): (stray,), Status("gone", Category.DELETED): (Status("new", Category.NEW),)}
    moves[Status("new", Category.OPEN)] = ()

    with pytest.raises(InvalidInput) as caught:
        LifeCycle(moves)

    faults = caught.value.faults
    missing = {"a status of category " + it.value for it in set(Category) - {it.category for it in moves}}
    assert missing <= {it.expected for it in faults}
    assert {it.path for it in faults} == {"moves", "new", "gone"}
    assert any(it.got == "stray" for it in faults)


@pytest.mark.parametrize("stuck", ["answered", "postponed", "resolved"])
def test_customers_can_always_open_a_ticket_again(stuck):
    """From where a customer's reply, or time, opens a ticket again, there must be a move to open."""
    moves = {it: ("open",) for it in ("answered", "postponed", "resolved") if it != stuck}

    with pytest.raises(InvalidInput) as caught:
        own(**moves)

    assert [fault.path for fault in caught.value.faults] == [stuck]


WRONG = [("", Category.NEW), ("x" * 101, Category.NEW), ("new", "new"), (7, None)]


@pytest.mark.parametrize(("key", "category"), WRONG)
def test_statuses_are_checked_at_the_door(key, category):
    """A status without a proper key or category is refused."""
    with pytest.raises(InvalidInput):
        Status(key, category)


WAITING = Status("waiting for parts", Category.OPEN)
OWN = LifeCycle(
    {
        status: (*targets, WAITING) if status.category is Category.OPEN else targets
        for status, targets in STANDARD_LIFE_CYCLE.moves.items()
    }
    | {WAITING: STANDARD_LIFE_CYCLE.moves[STANDARD_LIFE_CYCLE.main(Category.OPEN)]}
)


def test_hosts_own_statuses_work_like_those_of_their_category():
    """A host's own status behaves as its category says: answered from there, and open again by a customer's reply."""
    shop = SmallShop(setup=Setup(life_cycle=OWN))
    mia = shop.desk.as_customer(shop.mia.id)
    ticket = shop.ticket()
    for status in ("answered", "open", WAITING.key):
        ticket = shop.ana.do(commands.MoveTo(status), on=ticket.id)
    assert (ticket.status, mia.ticket(ticket.id).status) == (WAITING, "waiting for parts")

    shop.ana.do(commands.SendAnswer("They have come"), on=ticket.id)
    mia.do(commands.SendMessage("Thanks"), on=ticket.id)

    assert shop.ana.ticket(ticket.id).status.key == "open"


def test_hosts_own_moves_are_kept_to():
    """A move that the host's life cycle does not have is refused, though the standard one has it."""
    strict = own(
        new=("answered", "deleted", "spam"),
        answered=("open",),
        open=("resolved",),
        postponed=("open",),
        resolved=("open",),
    )
    shop = SmallShop(setup=Setup(life_cycle=strict))
    ticket = shop.ticket()

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(commands.Resolve(), on=ticket.id)

    assert set(caught.value.allowed) == {"answered", "deleted", "spam"}


@pytest.mark.parametrize(("one", "other"), [*product(STATUSES, repeat=2)])
def test_no_status_moves_to_itself(one, other):
    """No status of the table moves to itself, and all moves lead to statuses of the table."""
    assert one not in STANDARD_LIFE_CYCLE.moves[one]
    if other in STANDARD_LIFE_CYCLE.moves[one]:
        assert STANDARD_LIFE_CYCLE.status(other.key) is other
