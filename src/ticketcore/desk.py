"""
The help desk: what a host makes once, and takes seats at.

`HelpDesk` is for synchronous programs, `AsyncHelpDesk` for asynchronous ones. Both run the same flow.
"""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from ticketcore import _rehearsing
from ticketcore._blobs import sweep_blobs
from ticketcore._bulk import Bulk, do_on_each
from ticketcore._delivery import deliver
from ticketcore._draft import Draft
from ticketcore._flow import Flow
from ticketcore._ids import RandomIds
from ticketcore._request import Request
from ticketcore._steps import AsyncWorld, Steps, World, drive, drive_async
from ticketcore.async_seats import AsyncAgentSeat, AsyncCustomerSeat, AsyncSystemSeat
from ticketcore.automation.explanation import Happening, RulesExplanation
from ticketcore.automation.simulation import Progress, Simulation
from ticketcore.automation.wanted import Wanted
from ticketcore.bulk import BulkReport
from ticketcore.configuration import Setup
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.extensions import NO_EXTENSIONS, Extensions
from ticketcore.model.actors import SYSTEM, Actor
from ticketcore.model.checks import IS_ID
from ticketcore.model.ids import AgentId, ContactId, TicketId
from ticketcore.notices import AsyncNotifier, Notifier
from ticketcore.notifications import DeliveryReport
from ticketcore.seats import AgentSeat, CustomerSeat, SystemSeat
from ticketcore.serialization import Codec
from ticketcore.storage.memory import AsyncMemoryBlobs, AsyncMemoryStorage, MemoryBlobs, MemoryStorage
from ticketcore.storage.protocols import AsyncBlobStore, AsyncStorage, BlobStore, Storage

Id = TypeVar("Id", bound=str)
R = TypeVar("R")
S = TypeVar("S")


STANDARD_SETUP: Final = Setup()


def system_clock() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class HelpDesk:
    """
    A help desk.

    Its `codec` reads and writes everything it stores or is asked for as JSON: records, rules, conditions, commands.

    Args:
        storage: Where records live; by default in memory.
        blobs: Where the bytes of attachments live; by default in memory.
        setup: Access policy, life cycle, assigner and the like.
        extensions: What the host adds: commands, events, records, fields of conditions.
        clock: Tells the time, with its zone.
        new_id: The source of ids: called with the time, gives an id that nobody has had.
        notifier: What sends notices to customers and agents; without one they wait in the outbox.
    """

    def __init__(
        self,
        storage: Storage | None = None,
        *,
        blobs: BlobStore | None = None,
        setup: Setup = STANDARD_SETUP,
        extensions: Extensions = NO_EXTENSIONS,
        clock: Callable[[], datetime] = system_clock,
        new_id: Callable[[datetime], str] | None = None,
        notifier: Notifier | None = None,
    ) -> None:
        self._storage = MemoryStorage() if storage is None else _storage("HelpDesk", storage)
        self._blobs = MemoryBlobs() if blobs is None else blobs
        self.codec = Codec(extensions, life_cycle=setup.life_cycle)
        self._flow = Flow(setup=setup, clock=clock, new_id=new_id or RandomIds(), codec=self.codec)
        self._notifier = notifier

    def using(self, storage: Storage, *, blobs: BlobStore | None = None) -> "HelpDesk":
        """
        This desk, working inside a transaction of the host's.

        What is asked of it is committed, or rolled back, with everything else that the host does there. It shares what
        this desk keeps between requests: the configuration as it was read, and rules made ready. Nothing is tried a
        second time, since only the host can begin its transaction anew: others' changes are a `Conflict`.

        Args:
            storage: Such as `SqlStorage.joined` gives.
            blobs: Where the bytes of attachments live meanwhile; where they always do, if not given.
        """
        desk = copy(self)
        desk._storage = storage  # noqa: SLF001 - a desk of our own
        desk._blobs = self._blobs if blobs is None else blobs  # noqa: SLF001 - as above
        desk._flow = self._flow.in_one_attempt()  # noqa: SLF001 - as above
        return desk

    def as_system(self) -> SystemSeat:
        """The seat of the host's program itself."""
        return SystemSeat(self, SYSTEM)

    def as_agent(self, id: AgentId) -> AgentSeat:
        """
        The seat of an agent.

        What is asked from it raises `NotFound` if there is no such agent, or the agent is not active.

        Raises:
            InvalidInput: It is no id.
        """
        return AgentSeat(self, Actor.agent(_id("as_agent", id)))

    def as_customer(self, id: ContactId) -> CustomerSeat:
        """
        The seat of a customer.

        What is asked from it raises `NotFound` if there is no such contact, or it was erased.

        Raises:
            InvalidInput: It is no id.
        """
        return CustomerSeat(self, Actor.contact(_id("as_customer", id)))

    def ask(self, request: Request[R]) -> R:
        """Does what somebody asks for; seats call this."""
        return self.take(self._flow.ask(request))

    def read(self, actor: Actor, reading: Callable[[Draft], R]) -> R:
        """Lets somebody read; seats call this."""
        return self.take(self._flow.read(actor, reading))

    def do_on_each(self, bulk: Bulk) -> BulkReport:
        """Does a command on many tickets; seats call this."""
        return self.take(do_on_each(self._flow, bulk))

    def deliver(self, limit: int, lease: timedelta) -> DeliveryReport:
        """Sends what waits in the outbox; seats call this."""
        return self.take(deliver(self._flow, self._notifier, limit, lease))

    def explain_rules(self, actor: Actor, on: TicketId, event: Happening) -> RulesExplanation:
        """Tells what every rule made of an event; seats call this."""
        return self.take(_rehearsing.explain_rules(self._flow, actor, on, event))

    def simulate(self, actor: Actor, wanted: Wanted, progress: Progress | None) -> Simulation:
        """Tells what other rules would have done; seats call this."""
        return self.take(_rehearsing.simulate(self._flow, actor, wanted, progress))

    def sweep_blobs(self, older_than: timedelta) -> int:
        """Removes bytes that nothing names; seats call this."""
        return self.take(sweep_blobs(self._flow, older_than))

    def take(self, steps: Steps[R]) -> R:
        """Performs steps; seats call this."""
        return drive(steps, World(self._storage, self._blobs, self.codec))


class AsyncHelpDesk:
    """
    A help desk for asynchronous programs: the same as `HelpDesk`, to be awaited.

    Args:
        storage: Where records live; by default in memory.
        blobs: Where the bytes of attachments live; by default in memory.
        setup: Access policy, life cycle, assigner and the like.
        extensions: What the host adds: commands, events, records, fields of conditions.
        clock: Tells the time, with its zone.
        new_id: The source of ids: called with the time, gives an id that nobody has had.
        notifier: What sends notices to customers and agents; without one they wait in the outbox.
    """

    def __init__(
        self,
        storage: AsyncStorage | None = None,
        *,
        blobs: AsyncBlobStore | None = None,
        setup: Setup = STANDARD_SETUP,
        extensions: Extensions = NO_EXTENSIONS,
        clock: Callable[[], datetime] = system_clock,
        new_id: Callable[[datetime], str] | None = None,
        notifier: AsyncNotifier | None = None,
    ) -> None:
        self._storage = AsyncMemoryStorage() if storage is None else _storage("AsyncHelpDesk", storage)
        self._blobs = AsyncMemoryBlobs() if blobs is None else blobs
        self.codec = Codec(extensions, life_cycle=setup.life_cycle)
        self._flow = Flow(setup=setup, clock=clock, new_id=new_id or RandomIds(), codec=self.codec)
        self._notifier = notifier

    def using(self, storage: AsyncStorage, *, blobs: AsyncBlobStore | None = None) -> "AsyncHelpDesk":
        """
        This desk, working inside a transaction of the host's.

        What is asked of it is committed, or rolled back, with everything else that the host does there. It shares what
        this desk keeps between requests: the configuration as it was read, and rules made ready. Nothing is tried a
        second time, since only the host can begin its transaction anew: others' changes are a `Conflict`.

        Args:
            storage: Such as `SqlStorage.joined` gives.
            blobs: Where the bytes of attachments live meanwhile; where they always do, if not given.
        """
        desk = copy(self)
        desk._storage = storage  # noqa: SLF001 - a desk of our own
        desk._blobs = self._blobs if blobs is None else blobs  # noqa: SLF001 - as above
        desk._flow = self._flow.in_one_attempt()  # noqa: SLF001 - as above
        return desk

    def as_system(self) -> AsyncSystemSeat:
        """The seat of the host's program itself."""
        return AsyncSystemSeat(self, SYSTEM)

    def as_agent(self, id: AgentId) -> AsyncAgentSeat:
        """The seat of an agent."""
        return AsyncAgentSeat(self, Actor.agent(_id("as_agent", id)))

    def as_customer(self, id: ContactId) -> AsyncCustomerSeat:
        """The seat of a customer."""
        return AsyncCustomerSeat(self, Actor.contact(_id("as_customer", id)))

    async def ask(self, request: Request[R]) -> R:
        """Does what somebody asks for; seats call this."""
        return await self.take(self._flow.ask(request))

    async def read(self, actor: Actor, reading: Callable[[Draft], R]) -> R:
        """Lets somebody read; seats call this."""
        return await self.take(self._flow.read(actor, reading))

    async def do_on_each(self, bulk: Bulk) -> BulkReport:
        """Does a command on many tickets; seats call this."""
        return await self.take(do_on_each(self._flow, bulk))

    async def deliver(self, limit: int, lease: timedelta) -> DeliveryReport:
        """Sends what waits in the outbox; seats call this."""
        return await self.take(deliver(self._flow, self._notifier, limit, lease))

    async def explain_rules(self, actor: Actor, on: TicketId, event: Happening) -> RulesExplanation:
        """Tells what every rule made of an event; seats call this."""
        return await self.take(_rehearsing.explain_rules(self._flow, actor, on, event))

    async def simulate(self, actor: Actor, wanted: Wanted, progress: Progress | None) -> Simulation:
        """Tells what other rules would have done; seats call this."""
        return await self.take(_rehearsing.simulate(self._flow, actor, wanted, progress))

    async def sweep_blobs(self, older_than: timedelta) -> int:
        """Removes bytes that nothing names; seats call this."""
        return await self.take(sweep_blobs(self._flow, older_than))

    async def take(self, steps: Steps[R]) -> R:
        """Performs steps; seats call this."""
        return await drive_async(steps, AsyncWorld(self._storage, self._blobs, self.codec))


def _storage(asked: str, storage: S) -> S:
    """The storage, if it is one as far as can be seen."""
    if not hasattr(storage, "session"):
        wanted = "a storage, such as SqlStorage.open(url), or nothing for memory"
        raise InvalidInput(asked, [Fault("storage", wanted, shown(storage))])
    return storage


def _id(asked: str, id: Id) -> Id:
    """The id, if it is one: records are often given in its place."""
    if faults := IS_ID.faults("id", id):
        raise InvalidInput(asked, faults)
    return id
