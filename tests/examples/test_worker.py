"""The example of a worker, as processes of its own."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

import pytest

from tests.storage.sql.databases import DATABASES, new_url
from ticketcore.commands import AddAgent, AddContact, Postpone, SendAnswer, SubmitTicket
from ticketcore.desk import HelpDesk
from ticketcore.model.lifecycle import NEW
from ticketcore.storage.sql import SqlStorage

WORKER = Path(__file__).parents[2] / "examples" / "worker.py"
TICKETS = 6
TIMEOUT = 60


class Desk:
    """A desk in a database, with answers that wait to be sent, and a ticket whose time has come."""

    def __init__(self, database):
        self.url = new_url(database)
        self.storage = SqlStorage.open(self.url)
        system = HelpDesk(self.storage).as_system()
        ana = system.do(AddAgent("Ana")).id
        for number in range(TICKETS):
            contact = system.do(AddContact(f"Customer {number}", email=f"{number}@example.org"))
            ticket = HelpDesk(self.storage).as_customer(contact.id).do(SubmitTicket("Invoice"))
            HelpDesk(self.storage).as_agent(ana).do(SendAnswer("Refunded."), on=ticket.id)
        self.system = system
        self.postponed = self._postponed_yesterday()

    def _postponed_yesterday(self):
        yesterday = datetime.now(UTC) - timedelta(days=1)
        desk = HelpDesk(self.storage, clock=lambda: yesterday)
        contact = desk.as_system().do(AddContact("Mia"))
        ticket = desk.as_customer(contact.id).do(SubmitTicket("When will it be back?"))
        desk.as_system().do(Postpone(yesterday + timedelta(hours=1)), on=ticket.id)
        return ticket.id


@pytest.fixture(params=DATABASES)
def desk(request):
    """A desk in a database."""
    desk = Desk(request.param)
    yield desk
    desk.storage.close()


@contextmanager
def worker(desk, *options):
    """A worker at work."""
    command = [sys.executable, str(WORKER), desk.url, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = Timer(TIMEOUT, process.kill)
        deadline.start()
        try:
            yield process
        finally:
            deadline.cancel()
            process.kill()


def all_sent(outputs):
    """The notices in what workers printed."""
    return [json.loads(line) for output in outputs for line in output.splitlines()]


def test_workers_do_all_that_is_due_and_send_everything_once(desk):
    """Two workers at once: every answer is sent once, nothing waits any more, and what was postponed is back."""
    with worker(desk, "--once") as first, worker(desk, "--once") as second:
        outputs, errors = zip(*(it.communicate(timeout=TIMEOUT) for it in (first, second)), strict=True)

    sent = all_sent(outputs)
    assert errors == ("", "")
    assert sorted(it["to"] for it in sent) == [f"{number}@example.org" for number in range(TICKETS)]
    assert {it["text"] for it in sent} == {"Refunded."}
    assert len({it["key"] for it in sent}) == TICKETS
    assert desk.system.notifications().items == ()
    assert desk.system.ticket(desk.postponed).status == NEW


def test_worker_goes_on_until_it_is_told_to_stop(desk):
    """A worker sends what comes while it works, and stops in order when it is told to."""
    with worker(desk, "--pause", "0.05") as process:
        before = [process.stdout.readline() for _ in range(TICKETS)]
        mia = desk.system.do(AddContact("Mia", email="mia@example.org"))
        ticket = HelpDesk(desk.storage).as_customer(mia.id).do(SubmitTicket("Invoice 7"))
        desk.system.do(SendAnswer("Refunded, sorry!"), on=ticket.id)

        later = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)

        assert process.wait(TIMEOUT) == 0
    assert all(before)
    assert (later["to"], later["text"]) == ("mia@example.org", "Refunded, sorry!")
