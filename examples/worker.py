"""
A worker beside a desk: it does what time has made due, and sends what waits in the outbox.

    python examples/worker.py URL [--once] [--pause SECONDS]

URL is the desk's database, such as sqlite:///desk.db. What is sent is printed, one JSON object to a line; put what
really sends in its place. Any number of workers may run at once: nothing is done twice. A worker stops when it is told
to, after the piece of work that it is at; one that is killed leaves nothing half done, and another one goes on when its
lease has run out.
"""

import argparse
import json
import signal
import sys
from datetime import UTC, datetime
from threading import Event

from ticketcore import Conflict, HelpDesk, StorageError
from ticketcore.notices import AgentNotice, CustomerNotice, MailNotice, Notice
from ticketcore.notifications import DeliveryReport
from ticketcore.storage.sql import SqlStorage

NOTHING = DeliveryReport()
PAUSE = 5.0
"""Seconds after which a worker looks again: others may have made something due for sooner."""


class PrintingNotifier:
    """Prints what would be sent."""

    def send(self, notice: Notice) -> None:
        """Prints one notice."""
        told: dict[str, object]
        match notice:
            case CustomerNotice() | MailNotice():
                told = {"to": notice.address, "text": notice.text}
            case AgentNotice():
                told = {"to": notice.to.name, "text": notice.ticket.subject}
            case _:
                told = {"to": notice.system, "values": dict(notice.values)}
        print(json.dumps({"key": notice.key, **told}, ensure_ascii=False), flush=True)


class Worker:
    """
    Works until it is told to stop.

    Args:
        desk: The desk, with a notifier.
        pause: How many seconds it waits, at most, when nothing is left to do.
    """

    def __init__(self, desk: HelpDesk, pause: float = PAUSE) -> None:
        self._system = desk.as_system()
        self._pause = pause
        self._stopping = Event()

    def stop(self) -> None:
        """Tells it to stop."""
        self._stopping.set()

    def work(self) -> None:
        """Works."""
        while not self._stopping.is_set():
            try:
                self.do_what_is_due()
                pause = self._time_to_next()
            except (Conflict, StorageError) as failed:
                # What was not done is done later, and what was is not done again.
                print(failed, file=sys.stderr, flush=True)
                pause = self._pause
            self._stopping.wait(pause)

    def do_what_is_due(self) -> None:
        """Does all that is due, and sends all that waits."""
        while not self._stopping.is_set() and self._system.sweep():
            pass
        while not self._stopping.is_set() and self._system.deliver() != NOTHING:
            pass

    def _time_to_next(self) -> float:
        due = self._system.next_due()
        if due is None:
            return self._pause
        return min(max((due - datetime.now(UTC)).total_seconds(), 0), self._pause)


def main() -> int:
    """Reads the arguments and works."""
    parser = argparse.ArgumentParser(description="A worker that sweeps and delivers.")
    parser.add_argument("url", help="the desk's database, such as sqlite:///desk.db")
    parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds to wait then, at most")
    arguments = parser.parse_args()
    desk = HelpDesk(SqlStorage.open(arguments.url), notifier=PrintingNotifier())
    worker = Worker(desk, arguments.pause)
    if arguments.once:
        worker.do_what_is_due()
        return 0
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: worker.stop())
    worker.work()
    return 0


if __name__ == "__main__":
    sys.exit(main())
