"""Delivery by the desk's notifier, for synchronous and for asynchronous programs."""

import asyncio
from datetime import timedelta

import pytest

from tests.fakes import Clock, seeded_ids
from tests.small_shop import SmallShop
from ticketcore.async_desk import AsyncHelpDesk
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.messages import SendAnswer
from ticketcore.commands.status import Delete
from ticketcore.commands.tickets import SubmitTicket
from ticketcore.errors import OutOfPlace
from ticketcore.notices import CustomerNotice
from ticketcore.notifications import LEASE, PAUSES, DeliveryReport, DeliveryState


class Post:
    """A notifier that remembers what it sent, and fails when told."""

    def __init__(self):
        self.sent = []
        self.failures = []
        self.before = lambda: None

    def send(self, notice):
        """Sends one notice."""
        self.before()
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(notice)

    @property
    def texts(self):
        """What the messages said."""
        return [it.message.text for it in self.sent if isinstance(it, CustomerNotice) and it.message]


@pytest.fixture
def post():
    """A notifier."""
    return Post()


@pytest.fixture
def shop(post):
    """A small shop's desk, which sends by post."""
    return SmallShop(notifier=post)


def test_all_that_waits_is_sent_in_order(shop, post):
    """One delivery sends all that waits, in order for each ticket, and nothing of it remains."""
    shop.answered("One.", "Two.", "Three.")

    report = shop.system.deliver()

    assert report == DeliveryReport(sent=3)
    assert post.texts == ["One.", "Two.", "Three."]
    assert shop.system.notifications().items == ()
    assert shop.system.deliver() == DeliveryReport()


def test_delivery_is_bounded(shop, post):
    """One delivery sends no more than asked for, and the next one goes on."""
    shop.answered("One.", "Two.", "Three.")

    reports = [shop.system.deliver(limit=2) for _ in range(2)]

    assert [it.sent for it in reports] == [2, 1]
    assert post.texts == ["One.", "Two.", "Three."]


def test_failure_is_recorded_and_tried_again(shop, post):
    """Whatever the notifier raises is recorded, holds up nobody else, and the notice is sent later, under its key."""
    shop.answered("One.", "Two.")
    shop.answered("Elsewhere.", contact=shop.bob)
    post.failures.append(ConnectionError("no route to\nhost \ud800"))

    first = shop.system.deliver()
    (failed,) = [it for it in shop.system.notifications().items if it.attempts]

    assert first == DeliveryReport(sent=1, failed=1)
    assert failed.error == "ConnectionError: no route to host  "
    shop.clock.advance(PAUSES[0])
    assert shop.system.deliver() == DeliveryReport(sent=2)
    assert post.texts == ["Elsewhere.", "One.", "Two."]
    assert failed.id in [it.key for it in post.sent]


def test_crash_between_sending_and_confirming_sends_again(shop, post):
    """Who dies after sending sends again once the lease ran out, under the same key: at least once, and told apart."""
    shop.answered("One.")
    send = post.send

    def send_and_die(notice):
        send(notice)
        raise KeyboardInterrupt

    post.send = send_and_die
    with pytest.raises(KeyboardInterrupt):
        shop.system.deliver()
    post.send = send

    assert shop.system.deliver() == DeliveryReport()
    shop.clock.advance(LEASE)
    assert shop.system.deliver() == DeliveryReport(sent=1)
    assert len({it.key for it in post.sent}) == 1
    assert post.texts == ["One.", "One."]


def test_what_is_gone_is_not_sent(shop, post):
    """What was deleted since is not sent, and does not wait any longer."""
    ticket = shop.answered("One.")
    shop.ana.do(Delete(), on=ticket.id)

    assert shop.system.deliver() == DeliveryReport(nothing_to_send=1)
    assert post.sent == []
    assert shop.system.notifications().items == ()


def test_nothing_is_sent_after_its_lease(shop, post):
    """When sending takes longer than the lease, the rest is left to others, who may be sending it by then."""
    shop.answered("One.")
    shop.answered("Two.", contact=shop.bob)
    post.before = lambda: shop.clock.advance(minutes=2)

    report = shop.system.deliver(lease=timedelta(minutes=1))

    assert report == DeliveryReport(sent=1)
    assert len(shop.system.notifications().items) == 1
    assert shop.system.deliver() == DeliveryReport(sent=1)


def test_answer_written_meanwhile_is_sent_too(shop, post):
    """What is written while a delivery goes on is delivered by it, if there is room."""
    ticket = shop.answered("One.")

    def answer():
        post.before = lambda: None
        shop.ana.do(SendAnswer("Two."), on=ticket.id)

    post.before = answer

    assert shop.system.deliver() == DeliveryReport(sent=2)


def test_desk_without_notifier_keeps_all(shop):
    """A desk without notifier refuses to deliver, and loses nothing."""
    shop = SmallShop()
    shop.answered("One.")

    with shop.refusing(OutOfPlace) as caught:
        shop.system.deliver()

    assert "without a notifier" in caught.value.found


class AsyncPost(Post):
    """The same, to be awaited."""

    async def send(self, notice):
        """Sends one notice."""
        await asyncio.sleep(0)
        super().send(notice)


def test_asynchronous_desk_delivers_alike():
    """An asynchronous program's notifier is awaited; failures and crashes are treated alike."""
    clock, post = Clock(), AsyncPost()
    desk = AsyncHelpDesk(clock=clock, new_id=seeded_ids(), notifier=post)
    post.failures.append(OSError("no"))

    async def work():
        system = desk.as_system()
        mia = await system.do(AddContact("Mia", email="mia@example.org"))
        ticket = await desk.as_customer(mia.id).do(SubmitTicket("Invoice 7"))
        await system.do(SendAnswer("One."), on=ticket.id)
        reports = [await system.deliver()]
        clock.advance(PAUSES[0])
        reports.append(await system.deliver())
        return reports, (await system.notifications(DeliveryState.GIVEN_UP)).items

    reports, given_up = asyncio.run(work())

    assert reports == [DeliveryReport(failed=1), DeliveryReport(sent=1)]
    assert post.texts == ["One."]
    assert given_up == ()
