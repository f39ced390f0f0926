"""The help desk for asynchronous programs. It runs the same flow as the other, and takes its steps awaiting each."""

from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import TypeVar

from ticketcore._flow import Flow
from ticketcore._ids import RandomIds
from ticketcore._steps import AsyncWorld, Steps, drive_async
from ticketcore.async_seats import AsyncAgentSeat, AsyncCustomerSeat, AsyncSystemSeat
from ticketcore.configuration import Setup
from ticketcore.desk import STANDARD_SETUP, a_notifier, a_storage, an_id, blobs_of, system_clock
from ticketcore.extensions import NO_EXTENSIONS, Extensions
from ticketcore.model.actors import SYSTEM, Actor
from ticketcore.model.ids import AgentId, ContactId
from ticketcore.notices import AsyncNotifier
from ticketcore.serialization import Codec
from ticketcore.storage.memory import AsyncMemoryStorage
from ticketcore.storage.protocols import AsyncBlobStore, AsyncStorage

R = TypeVar("R")


class AsyncHelpDesk:
    """
    A help desk for asynchronous programs: the same as `HelpDesk`, to be awaited.

    It is made with the same arguments; `storage`, `blobs` and `notifier` are asynchronous.
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
        self._storage = AsyncMemoryStorage() if storage is None else a_storage("AsyncHelpDesk", storage)
        self._given_blobs = blobs
        self._blobs: AsyncBlobStore = blobs_of("AsyncHelpDesk", self._storage, blobs)
        self.codec = Codec(extensions, life_cycle=setup.life_cycle)
        self.flow = Flow(setup=setup, clock=clock, new_id=new_id or RandomIds(), codec=self.codec)
        self.notifier = notifier if notifier is None else a_notifier("AsyncHelpDesk", notifier)

    def using(self, storage: AsyncStorage, *, blobs: AsyncBlobStore | None = None) -> "AsyncHelpDesk":
        """
        This desk, working inside a transaction of the host's: as `HelpDesk.using` says.

        Args:
            storage: Such as `AsyncSqlStorage.joined` gives.
            blobs: Where the bytes of attachments live meanwhile. If not given, where this desk was told to keep them;
                if it was not told, where that storage keeps them: for one that is joined, in the same transaction.

        Raises:
            InvalidInput: One of them is not what it should be.
        """
        given = self._given_blobs if blobs is None else blobs
        desk = copy(self)
        desk._storage = a_storage("using", storage)  # noqa: SLF001 - a desk of our own
        desk._given_blobs = given  # noqa: SLF001 - as above
        desk._blobs = blobs_of("using", storage, given, otherwise=self._blobs)  # noqa: SLF001 - as above
        desk.flow = self.flow.in_one_attempt()
        return desk

    def as_system(self) -> AsyncSystemSeat:
        """The seat of the host's program itself."""
        return AsyncSystemSeat(self, SYSTEM)

    def as_agent(self, id: AgentId) -> AsyncAgentSeat:
        """
        The seat of an agent.

        Raises:
            InvalidInput: It is no id.
        """
        return AsyncAgentSeat(self, Actor.agent(an_id("as_agent", id)))

    def as_customer(self, id: ContactId) -> AsyncCustomerSeat:
        """
        The seat of a customer.

        Raises:
            InvalidInput: It is no id.
        """
        return AsyncCustomerSeat(self, Actor.contact(an_id("as_customer", id)))

    async def take(self, steps: Steps[R]) -> R:
        """Takes steps, and gives what they come to; seats call this."""
        return await drive_async(steps, AsyncWorld(self._storage, self._blobs, self.codec))
