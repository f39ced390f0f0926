from datetime import timedelta

import pytest

from tests.fakes import records_of
from ticketcore.commands.housekeeping import KEPT, SweepReceipts
from ticketcore.commands.notes import AddInlineNote
from ticketcore.errors import AccessDenied, InvalidInput


def receipts(shop):
    """The ids of all receipts."""
    return sorted(records_of(shop.storage).get("receipt", {}))


def note(shop, ticket, key):
    """A note under a key."""
    return shop.ana.do(AddInlineNote("Call back"), on=ticket.id, key=key)


def test_old_receipts_are_forgotten(shop):
    """Receipts of long ago go, later ones stay; nothing else changes."""
    ticket = shop.ticket()
    note(shop, ticket, "old")
    shop.clock.advance(KEPT)
    note(shop, ticket, "young")
    before = records_of(shop.storage)

    assert shop.system.do(SweepReceipts()) == 1

    after = records_of(shop.storage)
    assert [id.rpartition(":")[2] for id in receipts(shop)] == ["young"]
    assert {**before, "receipt": None} == {**after, "receipt": None}


def test_repetition_is_known_as_long_as_its_receipt(shop):
    """A request that comes again is done once while its receipt is kept, and again once it was forgotten."""
    ticket = shop.ticket()
    first = note(shop, ticket, "key")
    shop.clock.advance(KEPT - timedelta(seconds=1))
    shop.system.do(SweepReceipts())
    assert note(shop, ticket, "key") == first

    shop.clock.advance(seconds=1)
    shop.system.do(SweepReceipts())

    assert note(shop, ticket, "key") != first


def test_receipts_are_swept_bit_by_bit(shop):
    """One sweep forgets no more than asked for, the oldest first, and tells how many."""
    ticket = shop.ticket()
    for key in "cab":
        note(shop, ticket, key)
        shop.clock.advance(minutes=1)
    shop.clock.advance(hours=1)

    swept = [shop.system.do(SweepReceipts(timedelta(hours=1), limit=2)) for _ in range(3)]

    assert swept == [2, 1, 0]
    assert receipts(shop) == []


def test_order_of_forgetting(shop):
    """What is oldest goes first."""
    ticket = shop.ticket()
    for key in "cab":
        note(shop, ticket, key)
        shop.clock.advance(minutes=1)
    shop.clock.advance(hours=1)

    shop.system.do(SweepReceipts(timedelta(hours=1), limit=2))

    assert [id.rpartition(":")[2] for id in receipts(shop)] == ["b"]


def test_only_the_host_keeps_house(shop):
    """Neither agents nor customers forget receipts."""
    note(shop, shop.ticket(), "key")
    shop.clock.advance(KEPT)

    for seat in (shop.ana, shop.desk.as_customer(shop.mia.id)):
        with shop.refusing(AccessDenied):
            seat.do(SweepReceipts())


def test_all_faults_are_listed():
    """What is out of bounds is refused with all faults at once."""
    with pytest.raises(InvalidInput) as caught:
        SweepReceipts(timedelta(), 0)

    assert [fault.path for fault in caught.value.faults] == ["older_than", "limit"]
