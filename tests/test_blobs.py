"""Bytes that nothing names, and how they are found."""

import asyncio
from datetime import timedelta

import pytest

from tests.fakes import Clock, seeded_ids
from tests.small_shop import SmallShop
from ticketcore import _blobs
from ticketcore.async_desk import AsyncHelpDesk
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.merging import MergeInto, SplitOff
from ticketcore.commands.messages import SendAnswer, SendInternalMessage
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import Delete
from ticketcore.commands.tickets import SubmitTicket
from ticketcore.errors import InvalidInput
from ticketcore.model.attachments import Attachment, Upload
from ticketcore.model.ids import AttachmentId
from ticketcore.model.kinds import ENTRIES
from ticketcore.model.thread import CustomerMessage
from ticketcore.storage.memory import AsyncMemoryBlobs, MemoryBlobs

DAY = timedelta(days=1)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    """Entries are looked at three at a time, so that every sweep takes several batches."""
    monkeypatch.setattr(_blobs, "BATCH", 3)


def upload(text):
    """A file."""
    return Upload("file.txt", "text/plain", text.encode())


def stored(shop):
    """What is stored, as text."""
    blobs = shop.blobs
    return sorted((blobs.get(it) or b"").decode() for it in blobs.stored_before(shop.clock.now + 1000 * DAY))


def test_orphans_are_removed(shop):
    """Bytes that no attachment names are removed, once they are old enough, and counted."""
    shop.blobs.put("d1", b"lost", now=shop.clock.now)
    shop.ticket(attachments=[upload("bill")])

    shop.clock.advance(DAY)
    assert shop.system.sweep_blobs() == 0
    shop.clock.advance(seconds=1)
    assert shop.system.sweep_blobs() == 1

    assert stored(shop) == ["bill"]
    assert shop.system.sweep_blobs() == 0


def test_whatever_is_named_stays(shop):
    """Files of messages, answers, internal messages and inline notes stay, and so does a mail as it came."""
    ticket = shop.ticket(attachments=[upload("message")])
    shop.ana.do(SendAnswer("…", [upload("answer")]), on=ticket.id)
    shop.ana.do(SendInternalMessage("…", attachments=[upload("internal message")]), on=ticket.id)
    shop.ana.do(AddInlineNote("…", [upload("note")]), on=ticket.id)
    mail = upload("mail")
    shop.blobs.put(mail.digest, mail.content, now=shop.clock.now)
    message = next(it for it in shop.ana.thread(ticket.id) if isinstance(it, CustomerMessage))
    original = Attachment(AttachmentId("a"), mail.name, mail.media_type, 4, mail.digest)
    shop.rewrite(ENTRIES, message.id, original=original)

    shop.clock.advance(2 * DAY)

    assert shop.system.sweep_blobs() == 0
    assert stored(shop) == ["answer", "internal message", "mail", "message", "note"]


def test_files_go_with_the_last_ticket_that_names_them(shop):
    """A purged ticket's files are removed, unless another ticket has the same ones."""
    ticket = shop.ticket(attachments=[upload("both"), upload("one")])
    other = shop.ticket(shop.bob, attachments=[upload("both")])
    for id in (ticket.id, other.id):
        shop.clock.advance(2 * DAY)
        shop.system.do(Delete(), on=id)
        shop.system.do(Purge(), on=id)
        shop.system.sweep_blobs()
        if id == ticket.id:
            assert stored(shop) == ["both"]

    assert stored(shop) == []


def test_files_of_merged_tickets_go_with_the_survivor(shop):
    """TK-18: What was attached to a merged ticket goes when the one that took it over is purged."""
    merged, survivor = shop.ticket(attachments=[upload("one")]), shop.ticket(attachments=[upload("both")])
    shop.ana.do(MergeInto(survivor.id), on=merged.id)
    shop.system.do(Delete(), on=survivor.id)
    shop.system.do(Purge(), on=survivor.id)

    shop.clock.advance(2 * DAY)

    assert (shop.system.sweep_blobs(), stored(shop)) == (2, [])


def test_files_of_a_split_message_stay(shop):
    """A copy of a message keeps its files when the first one is purged."""
    ticket = shop.ticket(attachments=[upload("bill")])
    message = next(it for it in shop.ana.thread(ticket.id) if isinstance(it, CustomerMessage))
    shop.ana.do(SplitOff(message.id, "The bill"), on=ticket.id)
    shop.system.do(Delete(), on=ticket.id)
    shop.system.do(Purge(), on=ticket.id)

    shop.clock.advance(2 * DAY)

    assert shop.system.sweep_blobs() == 0
    assert stored(shop) == ["bill"]


class Busy(MemoryBlobs):
    """A store in which something happens just before bytes are removed."""

    meanwhile = staticmethod(lambda: None)

    def remove(self, digest, *, before):
        """Forgets the bytes, if they were last put before a time."""
        self.meanwhile()
        super().remove(digest, before=before)


def test_files_that_are_sent_again_meanwhile_stay(shop):
    """A file that was an orphan when the sweep looked, and came again with a message since, is not lost."""
    busy = Busy()
    shop.desk._blobs = shop.blobs = busy
    bill = upload("bill")
    busy.put(bill.digest, bill.content, now=shop.clock.now)
    shop.clock.advance(2 * DAY)
    busy.meanwhile = lambda: shop.ticket(attachments=[bill])

    shop.system.sweep_blobs()

    assert stored(shop) == ["bill"]


@pytest.mark.parametrize("age", [timedelta(), timedelta(minutes=59), -DAY, 3600, None])
def test_nothing_young_is_swept(shop, age):
    """What a command may have stored just now, and not yet committed, is never swept."""
    shop.blobs.put("d1", b"new", now=shop.clock.now)

    with pytest.raises(InvalidInput) as caught:
        shop.system.sweep_blobs(age)

    assert [fault.path for fault in caught.value.faults] == ["older_than"]
    assert stored(shop) == ["new"]


def test_asynchronous_desk_sweeps_alike():
    """An asynchronous program's orphans are removed alike."""
    clock, blobs = Clock(), MemoryBlobs()
    desk = AsyncHelpDesk(clock=clock, new_id=seeded_ids(), blobs=AsyncMemoryBlobs(blobs))
    blobs.put("d1", b"lost", now=clock.now)

    async def work():
        mia = await desk.as_system().do(AddContact("Mia"))
        await desk.as_customer(mia.id).do(SubmitTicket("Invoice 7", attachments=[upload("bill")]))
        clock.advance(2 * DAY)
        return await desk.as_system().sweep_blobs()

    assert asyncio.run(work()) == 1
    assert [blobs.get(it) for it in blobs.stored_before(clock.now)] == [b"bill"]
