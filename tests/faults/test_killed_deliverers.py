"""What reaches customers when processes that send what waits in one outbox are killed between sending and saying so."""

import json
import os
import signal
from collections import Counter
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from tests.faults.writers import PATIENCE
from tests.storage.sql.databases import DATABASES, POSTGRESQL, a_tenant, new_url, url_of
from ticketcore.commands import AddAgent, AddContact, SendAnswer, SubmitTicket
from ticketcore.desk import HelpDesk
from ticketcore.notifications import LEASE, DeliveryReport
from ticketcore.storage.sql import SqlStorage

DELIVERERS = 3
KILLED = 2
CUSTOMERS = 4
ANSWERS = 5
AT_ONCE = 2
"""How many notices a deliverer takes at once."""


class Journal:
    """
    A notifier that writes down what it sends, and dies after so many notices, before it could say that it has.

    Args:
        path: The file.
        last: After how many it dies; None to live on.
    """

    def __init__(self, path, last=None):
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._left = last

    def send(self, notice):
        """Sends one notice."""
        line = {"key": notice.key, "to": notice.address, "text": notice.text}
        os.write(self._file, json.dumps(line).encode() + b"\n")
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def deliver(url, tenant, path, last):
    """What the process of a deliverer does."""
    storage = SqlStorage.open(url, tenant=tenant)
    system = HelpDesk(storage, notifier=Journal(path, last)).as_system()
    while system.deliver(limit=AT_ONCE) != DeliveryReport():
        pass
    storage.close()


def answer_everybody(storage):
    """Has Ana answer each customer several times."""
    desk = HelpDesk(storage)
    ana = desk.as_agent(desk.as_system().do(AddAgent("Ana")).id)
    for customer in range(CUSTOMERS):
        contact = desk.as_system().do(AddContact(f"Customer {customer}", email=f"{customer}@example.org"))
        ticket = desk.as_customer(contact.id).do(SubmitTicket("Invoice"))
        for number in range(ANSWERS):
            ana.do(SendAnswer(str(number)), on=ticket.id)


@pytest.mark.parametrize("database", DATABASES)
def test_all_is_sent_once_but_for_what_the_dead_had_in_hand(database, tmp_path):
    """Only what somebody sent and died is sent again, by another one and under its key; each gets theirs in order."""
    url = url_of(POSTGRESQL) if database == POSTGRESQL else new_url(database)
    storage, path = SqlStorage.open(url, tenant=a_tenant()), tmp_path / "sent.jsonl"
    answer_everybody(storage)
    lasts = [3] * KILLED + [None] * (DELIVERERS - KILLED)
    spawn = get_context("spawn").Process
    processes = [spawn(target=deliver, args=(url, storage.tenant, path, last), daemon=True) for last in lasts]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    later = datetime.now(UTC) + LEASE
    system = HelpDesk(storage, notifier=Journal(path), clock=lambda: later).as_system()
    system.deliver()

    sent = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    times = Counter(it["key"] for it in sent)
    dead = [it for it in processes if it.exitcode == -signal.SIGKILL]
    assert {it.exitcode for it in processes} <= {0, -signal.SIGKILL}
    assert len(times) == CUSTOMERS * ANSWERS
    assert sum(times.values()) == len(times) + len(dead)
    for customer in range(CUSTOMERS):
        texts = [it["text"] for it in sent if it["to"] == f"{customer}@example.org"]
        assert [*dict.fromkeys(texts)] == [str(number) for number in range(ANSWERS)]
    assert system.notifications().items == ()
    storage.close()
