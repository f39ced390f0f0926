"""The way to an asynchronous desk, as a seat knows it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeVar

from ticketcore._bulk import Bulk
from ticketcore._draft import Draft
from ticketcore._request import Request
from ticketcore._steps import Steps
from ticketcore.automation.explanation import Happening, RulesExplanation
from ticketcore.automation.simulation import Progress, Simulation
from ticketcore.automation.wanted import Wanted
from ticketcore.bulk import BulkReport
from ticketcore.model.actors import Actor
from ticketcore.model.ids import TicketId
from ticketcore.notifications import DeliveryReport

R = TypeVar("R")


class AsyncWay(Protocol):
    """What a seat reaches the desk by."""

    async def ask(self, request: Request[R]) -> R:
        """Does what somebody asks for."""
        ...

    async def read(self, actor: Actor, reading: Callable[[Draft], R]) -> R:
        """Lets somebody read."""
        ...

    async def do_on_each(self, bulk: Bulk) -> BulkReport:
        """Does a command on many tickets."""
        ...

    async def deliver(self, limit: int, lease: timedelta) -> DeliveryReport:
        """Sends what waits in the outbox."""
        ...

    async def explain_rules(self, actor: Actor, on: TicketId, event: Happening) -> RulesExplanation:
        """Tells what every rule made of an event."""
        ...

    async def simulate(self, actor: Actor, wanted: Wanted, progress: Progress | None) -> Simulation:
        """Tells what other rules would have done."""
        ...

    async def sweep_blobs(self, older_than: timedelta) -> int:
        """Removes bytes that nothing names."""
        ...

    async def take(self, steps: Steps[R]) -> R:
        """Performs steps that need no session."""
        ...
