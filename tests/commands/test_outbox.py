from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.fakes import records_of
from ticketcore.automation.commands import AddRule
from ticketcore.commands.messages import SendAnswer
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.outbox import ERROR_LIMIT, ConfirmDelivery, LeaseNotifications, Redeliver, ReportFailure
from ticketcore.commands.participants import AddFollowers
from ticketcore.commands.tickets import SetPriority
from ticketcore.errors import AccessDenied, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import OutgoingMailFailed
from ticketcore.model.tickets import Priority
from ticketcore.notifications import LEASE, MOST_ATTEMPTS, NOTIFICATIONS, PAUSES, DeliveryState


def lease(shop, limit=100, **fields):
    """Leases notifications, and gives their ids."""
    return [it.id for it in shop.system.do(LeaseNotifications(limit, **fields))]


def fail(shop, id, error="no route to host"):
    """Leases a notification and tells that it could not be sent."""
    (leased,) = [it for it in shop.system.do(LeaseNotifications()) if it.id == id]
    shop.system.do(ReportFailure(id, error, leased.attempts))


def fail_for_good(shop, id):
    """Fails as often as delivery is tried."""
    for pause in (*PAUSES, timedelta()):
        fail(shop, id)
        shop.clock.advance(pause)


def given_up(shop):
    """The notifications that were given up."""
    return shop.system.notifications(DeliveryState.GIVEN_UP).items


# Leasing.


def test_what_waits_is_leased_once(shop):
    """Who takes on a notification has it until the lease runs out; nobody else gets it before."""
    shop.answered("Refunded, sorry!")
    (waiting,) = shop.outbox()

    (leased,) = shop.system.do(LeaseNotifications())

    assert (leased.id, leased.attempts, leased.due_at) == (waiting.id, 1, shop.clock.now + LEASE)
    shop.clock.advance(LEASE - timedelta(seconds=1))
    assert lease(shop) == []
    shop.clock.advance(seconds=1)
    assert lease(shop) == [waiting.id]


def test_oldest_are_leased_first(shop):
    """What has been due longest is taken on first, and no more than asked for."""
    tickets = [shop.answered("Refunded, sorry!", contact=it) for it in (shop.eve, shop.mia, shop.bob)]
    in_order = [it.id for ticket in tickets for it in shop.outbox() if it.ticket == ticket.id]

    assert lease(shop, 2) == in_order[:2]
    assert lease(shop, 2) == in_order[2:]
    assert lease(shop, 2) == []


def test_later_ones_wait_behind_earlier_ones(shop):
    """The second message to somebody on a ticket waits until the first was delivered (oldest first per ticket)."""
    shop.answered("One.", "Two.", "Three.")
    first, second, third = (it.id for it in shop.outbox())

    assert lease(shop) == [first]
    assert lease(shop) == []
    shop.system.do(ConfirmDelivery(first))
    assert lease(shop) == [second]
    shop.system.do(ReportFailure(second, "no route to host"))
    assert lease(shop) == []
    shop.clock.advance(PAUSES[0])
    assert lease(shop) == [second]
    shop.system.do(ConfirmDelivery(second))
    assert lease(shop) == [third]


def test_other_recipients_and_tickets_do_not_wait(shop):
    """Somebody whose mail fails holds up nobody else, and no other ticket of their own."""
    ticket = shop.answered("One.")
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)
    fail(shop, shop.outbox()[0].id)
    shop.ana.do(SendAnswer("Two."), on=ticket.id)
    shop.answered("Elsewhere.")

    leased = shop.system.do(LeaseNotifications())

    assert sorted((it.recipient, it.ticket == ticket.id) for it in leased) == sorted(
        [(shop.bob.id, True), (shop.mia.id, False)]
    )


def test_those_that_wait_do_not_starve_others(shop):
    """However many wait behind a failing one, the next that can be sent is found."""
    shop.answered(*map(str, range(30)))
    free = shop.answered("Refunded, sorry!", contact=shop.bob)
    (failing,) = lease(shop, 1)
    shop.system.do(ReportFailure(failing, "no route to host"))

    (leased,) = shop.system.do(LeaseNotifications(3))

    assert leased.ticket == free.id


def test_several_threads_lease_each_once(shop):
    """However many take on notifications at once, each is had by one of them."""
    for _ in range(12):
        shop.answered("Refunded, sorry!")

    with ThreadPoolExecutor(4) as threads:
        leased = [id for ids in threads.map(lambda _: lease(shop, 3), range(8)) for id in ids]

    assert Counter(leased) == Counter(it.id for it in shop.outbox())


# Confirming.


def test_delivered_is_gone(shop):
    """What was delivered is stored no longer; telling it twice changes nothing."""
    shop.answered("Refunded, sorry!")
    (id,) = lease(shop)

    shop.system.do(ConfirmDelivery(id))
    before = records_of(shop.storage)
    shop.system.do(ConfirmDelivery(id))

    assert shop.outbox() == []
    assert records_of(shop.storage) == before


# Failing.


def test_pauses_grow(shop):
    """A failed delivery is tried again after a pause, longer each time, and says what went wrong."""
    shop.answered("Refunded, sorry!")
    (waiting,) = shop.outbox()
    pauses = []
    for _ in PAUSES:
        fail(shop, waiting.id, "550 no such user")
        pauses.append(shop.outbox()[0].due_at - shop.clock.now)
        assert lease(shop) == []
        shop.clock.advance(pauses[-1])

    (failed,) = shop.outbox()
    assert tuple(pauses) == PAUSES
    assert sorted(PAUSES) == list(PAUSES)
    assert (failed.error, failed.attempts, failed.state) == ("550 no such user", len(PAUSES), DeliveryState.WAITING)


def test_delivery_is_given_up(shop):
    """After the last try a notification is kept as given up; the ticket's thread tells, without any address."""
    ticket = shop.answered("Refunded, sorry!")
    (waiting,) = shop.outbox()

    fail_for_good(shop, waiting.id)

    (dead,) = given_up(shop)
    assert (dead.id, dead.attempts, dead.error) == (waiting.id, MOST_ATTEMPTS, "no route to host")
    assert shop.system.notifications().items == ()
    told = shop.ana.thread(ticket.id)[-1]
    assert isinstance(told, OutgoingMailFailed)
    assert (told.notification, told.entry, told.attempts) == (waiting.id, waiting.entry, MOST_ATTEMPTS)
    shop.clock.advance(days=30)
    assert lease(shop) == []


def test_rules_answer_failed_mail(shop):
    """A rule can act when mail cannot be delivered, say by raising the priority."""
    shop.system.do(
        AddRule("Call them", trigger=OutgoingMailFailed, then=[SetPriority(Priority.HIGH), AddInlineNote("Call!")])
    )
    ticket = shop.answered("Refunded, sorry!")

    fail_for_good(shop, shop.outbox()[0].id)

    assert shop.ana.ticket(ticket.id).priority == Priority.HIGH


def test_next_one_goes_on_behind_one_given_up(shop):
    """What was given up holds up nothing any more."""
    shop.answered("One.", "Two.")
    first, second = (it.id for it in shop.outbox())

    fail_for_good(shop, first)

    assert lease(shop) == [second]


def test_silent_tries_are_counted(shop):
    """A notification on which every process dies that tries it is given up in the end, too."""
    shop.answered("Refunded, sorry!")
    (waiting,) = shop.outbox()
    for _ in range(MOST_ATTEMPTS):
        assert lease(shop) == [waiting.id]
        shop.clock.advance(LEASE)

    assert lease(shop) == []

    (dead,) = given_up(shop)
    assert (dead.attempts, "never told" in dead.error) == (MOST_ATTEMPTS, True)


def test_late_report_is_passed_over(shop):
    """Whoever reports a failure after the lease ran out does not shorten the lease of the next one."""
    shop.answered("Refunded, sorry!")
    (first,) = shop.system.do(LeaseNotifications())
    shop.clock.advance(LEASE)
    (second,) = shop.system.do(LeaseNotifications())
    before = records_of(shop.storage)

    shop.system.do(ReportFailure(first.id, "too late", first.attempts))

    assert records_of(shop.storage) == before
    assert second.due_at == shop.clock.now + LEASE


def test_failure_of_what_is_gone_is_passed_over(shop):
    """A failure reported of what was confirmed, or given up, changes nothing."""
    shop.answered("Refunded, sorry!")
    shop.answered("Refunded, sorry!", contact=shop.bob)
    confirmed, dead = (it.id for it in shop.outbox())
    shop.system.do(ConfirmDelivery(confirmed))
    fail_for_good(shop, dead)
    before = records_of(shop.storage)

    for id in (confirmed, dead):
        shop.system.do(ReportFailure(id, "again"))

    assert records_of(shop.storage) == before


def test_failure_without_lease_counts_as_the_first(shop):
    """A host that delivers in its own way may report a failure that nobody leased."""
    shop.answered("Refunded, sorry!")
    (waiting,) = shop.outbox()

    shop.system.do(ReportFailure(waiting.id, "no route to host"))

    assert shop.outbox()[0].due_at == shop.clock.now + PAUSES[0]


# Trying again.


def test_given_up_is_delivered_again(shop):
    """What was given up can be tried anew, as often as anything new."""
    shop.answered("Refunded, sorry!")
    id = shop.outbox()[0].id
    fail_for_good(shop, id)

    again = shop.system.do(Redeliver(id))

    assert (again.id, again.attempts, again.state, again.due_at) == (id, 0, DeliveryState.WAITING, shop.clock.now)
    assert lease(shop) == [id]


def test_what_waits_is_not_redelivered(shop):
    """What is still tried cannot be tried anew, lest it be sent twice."""
    shop.answered("Refunded, sorry!")
    (id,) = lease(shop)

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(Redeliver(id))
    with shop.refusing(NotFound):
        shop.system.do(Redeliver("nothing"))

    assert "tried 1 times" in caught.value.found


# The door.


def test_outbox_is_listed_in_pages(shop):
    """The host's program reads the outbox page by page, those due first before others."""
    for _ in range(3):
        shop.answered("Refunded, sorry!")
    ids = [it.id for it in sorted(shop.outbox(), key=lambda it: it.due_at)]

    page = shop.system.notifications(limit=2)
    rest = shop.system.notifications(limit=2, after=page.next)

    assert [it.id for it in (*page.items, *rest.items)] == ids
    assert rest.next is None


@pytest.mark.parametrize(
    "command",
    [LeaseNotifications(), ConfirmDelivery("id"), ReportFailure("id", "error"), Redeliver("id")],
    ids=lambda it: it.asked,
)
def test_only_the_host_delivers(shop, command):
    """Neither agents nor customers have anything to do with the outbox."""
    shop.answered("Refunded, sorry!")

    for seat in (shop.ana, shop.desk.as_customer(shop.mia.id)):
        with shop.refusing(AccessDenied):
            seat.do(command)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: LeaseNotifications(0, timedelta()),
        lambda: LeaseNotifications(1001, timedelta(days=2)),
        lambda: ReportFailure("", "x" * (ERROR_LIMIT + 1)),
        lambda: ReportFailure("\n", "a\0b"),
    ],
)
def test_all_faults_are_listed(ask):
    """What is out of bounds is refused with all faults at once."""
    with pytest.raises(InvalidInput) as caught:
        ask()

    assert len(caught.value.faults) == 2


def test_kind_has_a_place_for_what_waits():
    """Delivery finds what is due, and what waits for the same ticket, by an index, however much was given up."""
    declared = {(index.equal, index.order) for index in NOTIFICATIONS.indexes}

    assert {((), "due_at"), (("ticket",), "place")} <= declared
