"""
The help desk: what a host makes once, and takes seats at.

Its asynchronous twin is in `ticketcore.async_desk`. Both run the same flow.
"""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from typing import Final, TypeVar

from ticketcore._flow import Flow
from ticketcore._ids import RandomIds
from ticketcore._steps import Steps, World, drive
from ticketcore.configuration import Setup
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.extensions import NO_EXTENSIONS, Extensions
from ticketcore.model.actors import SYSTEM, Actor
from ticketcore.model.checks import IS_ID
from ticketcore.model.ids import AgentId, ContactId
from ticketcore.notices import Notifier
from ticketcore.seats import AgentSeat, CustomerSeat, SystemSeat
from ticketcore.serialization import Codec
from ticketcore.storage.memory import MemoryStorage
from ticketcore.storage.protocols import BlobStore, Storage

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
        blobs: Where the bytes of attachments live; by default where the storage keeps them, beside its records.
        setup: Access policy, life cycle, assigner and the like.
        extensions: What the host adds: commands, events, records, fields of conditions.
        clock: Tells the time, with its zone.
        new_id: The source of ids: called with the time, gives an id that nobody has had.
        notifier: What sends notices to customers and agents; without one they wait in the outbox.

    Raises:
        InvalidInput: One of them is not what it should be; or no blobs are given, and the storage brings none.
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
        self._storage = MemoryStorage() if storage is None else a_storage("HelpDesk", storage)
        self._given_blobs = blobs
        self._blobs: BlobStore = blobs_of("HelpDesk", self._storage, blobs)
        self.codec = Codec(extensions, life_cycle=setup.life_cycle)
        self.flow = Flow(setup=setup, clock=clock, new_id=new_id or RandomIds(), codec=self.codec)
        self.notifier = notifier if notifier is None else a_notifier("HelpDesk", notifier)

    def using(self, storage: Storage, *, blobs: BlobStore | None = None) -> "HelpDesk":
        """
        This desk, working inside a transaction of the host's.

        What is asked of it is committed, or rolled back, with everything else that the host does there. It shares what
        this desk keeps between requests: the configuration as it was read, and rules made ready. Nothing is tried a
        second time, since only the host can begin its transaction anew: others' changes are a `Conflict`.

        Args:
            storage: Such as `SqlStorage.joined` gives.
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
        return AgentSeat(self, Actor.agent(an_id("as_agent", id)))

    def as_customer(self, id: ContactId) -> CustomerSeat:
        """
        The seat of a customer.

        What is asked from it raises `NotFound` if there is no such contact, or it was erased.

        Raises:
            InvalidInput: It is no id.
        """
        return CustomerSeat(self, Actor.contact(an_id("as_customer", id)))

    def take(self, steps: Steps[R]) -> R:
        """Takes steps, and gives what they come to; seats call this."""
        return drive(steps, World(self._storage, self._blobs, self.codec))


def a_storage(asked: str, storage: S) -> S:
    """The storage, if it is one as far as can be seen."""
    if not hasattr(storage, "session"):
        wanted = "a storage, such as SqlStorage.open(url), or nothing for memory"
        raise InvalidInput(asked, [Fault("storage", wanted, shown(storage))])
    return storage


def blobs_of(asked: str, storage: object, given: S | None, *, otherwise: S | None = None) -> S:
    """
    The blob store to use: the one that is given, or else the storage's own, or else another.

    There is none in memory by default: its bytes would be gone before the records that name them.
    """
    found: S | None = next((it for it in (given, getattr(storage, "blobs", None), otherwise) if it is not None), None)
    if found is None or not hasattr(found, "stored_before"):
        wanted = "a blob store, for the storage brings none" if found is None else "a blob store"
        hint = f"{wanted}: such as DirectoryBlobs(path), or MemoryBlobs() for bytes that may end with the process"
        raise InvalidInput(asked, [Fault("blobs", hint, shown(found))])
    return found


def a_notifier(asked: str, notifier: S) -> S:
    """The notifier, if it is one as far as can be seen."""
    if not hasattr(notifier, "send"):
        wanted = "a notifier, which has a method send, or nothing"
        raise InvalidInput(asked, [Fault("notifier", wanted, shown(notifier))])
    return notifier


def an_id(asked: str, id: Id) -> Id:
    """The id, if it is one: records are often given in its place."""
    if faults := IS_ID.faults("id", id):
        raise InvalidInput(asked, faults)
    return id
