"""
Steps: what the desk wants of the world, one thing at a time, and the two drivers that do it.

Whatever has to wait is written as a generator that yields steps. A driver performs each and sends the answer back:
`drive` for synchronous programs, `drive_async` for asynchronous ones. So everything above is written once, and has no
colour.
"""

from collections.abc import Awaitable, Callable, Collection, Generator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from inspect import isawaitable, iscoroutine
from typing import Any, Protocol, TypeAlias, TypeVar

import attrs

from ticketcore._loaded import CountWanted, FindWanted, Question, TallyWanted
from ticketcore.errors import Fault, InvalidInput
from ticketcore.model.values import FrozenValue
from ticketcore.storage.protocols import (
    AsyncBlobStore,
    AsyncSession,
    AsyncStorage,
    BlobStore,
    Changes,
    Found,
    Key,
    RecordCodec,
    Session,
    Storage,
)

R = TypeVar("R")


class Step(Protocol):
    """One thing wanted of the world. Performed on an asynchronous world, it gives what to await."""

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - the one border between the two colours
        """Does it."""
        ...


Steps: TypeAlias = Generator[Step, Any, R]


@attrs.frozen
class Open(FrozenValue):
    """A session is opened."""

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        """Does it."""
        return world.open()


@attrs.frozen
class Close(FrozenValue):
    """The session is ended."""

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        """Does it."""
        return world.close()


@attrs.frozen
class Get(FrozenValue):
    """Records are got by key."""

    keys: Collection[Key]

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        """Does it."""
        return world.session.get(self.keys)


@attrs.frozen
class Ask(FrozenValue):
    """A page, a number, or numbers by value are asked for."""

    wanted: Question
    now: datetime

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        """Does it."""
        session = world.session
        match self.wanted:
            case FindWanted(query):
                return session.find(query, now=self.now)
            case CountWanted(query):
                return session.count(query, now=self.now)
            case TallyWanted(query, by):
                return session.tally(query, by, now=self.now)


@attrs.frozen
class Apply(FrozenValue):
    """Changes are applied."""

    changes: Changes

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        """Does it."""
        return world.session.apply(self.changes)


@attrs.frozen
class Blobs(FrozenValue):
    """Something wanted of the blob store."""

    ask: Callable[[Any], Any]

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        """Does it."""
        return world.of_blobs(self.ask)


def get(keys: Collection[Key]) -> Steps[Found]:
    """The records of these keys."""
    found: Found = yield Get(keys)
    return found


def get_blob(digest: str) -> Steps[bytes | None]:
    """The bytes stored under a digest."""
    content: bytes | None = yield Blobs(lambda blobs: blobs.get(digest))
    return content


def keep_blob(digest: str, content: bytes, now: datetime) -> Steps[None]:
    """Bytes are stored under their digest."""
    yield Blobs(lambda blobs: blobs.put(digest, content, now=now))


class World:
    """A storage with the session that is open on it, a blob store, and the codec that sessions write records with."""

    session: Session
    _opened: AbstractContextManager[Session] | None = None

    def __init__(self, storage: Storage, blobs: BlobStore, codec: RecordCodec) -> None:
        self.storage = storage
        self.blobs = blobs
        self.codec = codec

    def open(self) -> None:
        """
        Opens a session.

        Raises:
            InvalidInput: The storage is to be awaited.
        """
        opened = self.storage.session(self.codec)
        if not hasattr(opened, "__enter__"):
            raise _misplaced("HelpDesk", "storage", "not to be awaited, such as SqlStorage", self.storage)
        self.session = opened.__enter__()
        self._opened = opened

    def close(self) -> None:
        """Ends the session, if one was opened."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.__exit__(None, None, None)

    def of_blobs(self, ask: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - see Step
        """
        Asks something of the blob store.

        Raises:
            InvalidInput: It is to be awaited.
        """
        answer = ask(self.blobs)
        if isawaitable(answer):
            if iscoroutine(answer):
                answer.close()
            raise _misplaced("HelpDesk", "blobs", "not to be awaited, such as SqlBlobs", self.blobs)
        return answer


class AsyncWorld:
    """The same for asynchronous programs."""

    session: AsyncSession
    _opened: AbstractAsyncContextManager[AsyncSession] | None = None

    def __init__(self, storage: AsyncStorage, blobs: AsyncBlobStore, codec: RecordCodec) -> None:
        self.storage = storage
        self.blobs = blobs
        self.codec = codec

    async def open(self) -> None:
        """
        Opens a session.

        Raises:
            InvalidInput: The storage is not to be awaited.
        """
        opened = self.storage.session(self.codec)
        if not hasattr(opened, "__aenter__"):
            raise _misplaced("AsyncHelpDesk", "storage", "to be awaited, such as AsyncSqlStorage", self.storage)
        self.session = await opened.__aenter__()
        self._opened = opened

    async def close(self) -> None:
        """Ends the session, if one was opened."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.__aexit__(None, None, None)

    async def of_blobs(self, ask: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - see Step
        """
        Asks something of the blob store.

        Raises:
            InvalidInput: It is not to be awaited.
        """
        answer = ask(self.blobs)
        if not isawaitable(answer):
            raise _misplaced("AsyncHelpDesk", "blobs", "to be awaited, such as AsyncSqlBlobs", self.blobs)
        return await answer


def _misplaced(desk: str, argument: str, wanted: str, given: object) -> InvalidInput:
    """The error that a desk was given what belongs to its twin."""
    return InvalidInput(desk, [Fault(argument, f"one that is {wanted}", type(given).__name__)])


def drive(steps: Steps[R], world: World) -> R:
    """Performs steps one after the other, and gives what they come to."""
    try:
        step = next(steps)
        while True:
            try:
                answer = step.perform(world)
            except BaseException as error:  # noqa: BLE001 - the flow is told of everything, so that it can close
                step = steps.throw(error)
            else:
                step = steps.send(answer)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # what the steps return


async def drive_async(steps: Steps[R], world: AsyncWorld) -> R:
    """The same, awaiting each step."""
    try:
        step = next(steps)
        while True:
            try:
                performed: Awaitable[Any] = step.perform(world)
                answer = await performed
            except BaseException as error:  # noqa: BLE001 - the flow is told of everything, so that it can close
                step = steps.throw(error)
            else:
                step = steps.send(answer)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # what the steps return
