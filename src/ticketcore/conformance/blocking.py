"""
Asynchronous storages for those who cannot wait, so that every law is written once.

A loop runs in a thread of its own, and each session in a task of its own on that loop: an asynchronous storage sees
what it would see in a program of its kind.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import datetime
from inspect import isawaitable
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

from ticketcore.query import Page, Query
from ticketcore.storage.protocols import Changes, Found, Key, RecordCodec, Tally

T = TypeVar("T")

_Ask: TypeAlias = Callable[[], Awaitable[Any]]

PATIENCE: Final = 60
"""How many seconds an answer may take; then something waits for ever."""


class _Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def result_of(self, awaitable: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever it gives
        """What something gives that runs on the loop."""

        async def awaited() -> Any:  # noqa: ANN401 - whatever it gives
            return await awaitable

        answer = asyncio.run_coroutine_threadsafe(awaited(), self.loop)
        try:
            return answer.result(PATIENCE)
        except TimeoutError as error:
            if answer.done():  # it is the adapter that was out of patience
                raise
            raise AssertionError(self._what_waits()) from error

    def _what_waits(self) -> str:
        """What is wrong where no answer comes: something is awaited for ever, or lets nobody else go on."""
        turned = threading.Event()
        self.loop.call_soon_threadsafe(turned.set)
        if turned.wait(1):
            return f"expected an answer within {PATIENCE} seconds, but what is awaited does not come"
        return (
            f"expected an answer within {PATIENCE} seconds, but the event loop stands still: something blocks its "
            "thread, where it should be awaited"
        )

    def opened(self, opener: Callable[[], Any]) -> Any:  # noqa: ANN401 - what it opens
        """What an opener opens, which is called on the loop and may have to be awaited."""

        async def opened() -> Any:  # noqa: ANN401 - what it opens
            found = opener()
            return await found if isawaitable(found) else found

        return self.result_of(opened())

    def close(self, found: Any) -> None:  # noqa: ANN401 - what was opened
        """Closes what was opened, if it can be, and ends the loop and its thread."""
        close = getattr(found, "close", None)
        if close is not None:
            self.result_of(close())
        self.result_of(self.loop.shutdown_asyncgens())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()


class BlockingStorage:
    """
    A `Storage` on an `AsyncStorage`.

    Args:
        opener: Opens the asynchronous one, on the loop; it may have to be awaited.
    """

    def __init__(self, opener: Callable[[], Any]) -> None:
        self._on = _Loop()
        self._storage = self._on.opened(opener)

    @contextmanager
    def session(self, codec: RecordCodec) -> Iterator["BlockingSession"]:
        """A new session."""
        session = BlockingSession(self._on, self._storage.session(codec))
        session.begin()
        try:
            yield session
        except BaseException as error:
            session.end(error)
            raise
        session.end()

    def close(self) -> None:
        """Closes the storage, if it can be, and ends the loop."""
        self._on.close(self._storage)


class BlockingBlobs:
    """
    A `BlobStore` on an `AsyncBlobStore`.

    Args:
        opener: Opens the asynchronous one, on the loop; it may have to be awaited.
    """

    def __init__(self, opener: Callable[[], Any]) -> None:
        self._on = _Loop()
        self._blobs = self._on.opened(opener)

    def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        self._on.result_of(self._blobs.put(digest, content, now=now))

    def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        content: bytes | None = self._on.result_of(self._blobs.get(digest))
        return content

    def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        digests: Sequence[str] = self._on.result_of(self._blobs.stored_before(limit))
        return digests

    def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        self._on.result_of(self._blobs.remove(digest, before=before))

    def close(self) -> None:
        """Closes the store, if it can be, and ends the loop."""
        self._on.close(self._blobs)


class BlockingSession:
    """
    A `Session` on an `AsyncSession`. One task enters it, makes all calls, and leaves it.

    Args:
        on: The loop.
        context: The asynchronous session's context.
    """

    def __init__(self, on: _Loop, context: AbstractAsyncContextManager[Any]) -> None:
        self._on = on
        self._context = context
        self._session: Any = None
        self._asked: asyncio.Queue[tuple[_Ask, asyncio.Future[Any]]] = asyncio.Queue()

    def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        found: Found = self._call("get", keys)
        return found

    def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        page: Page[T] = self._call("find", query, now=now)
        return page

    def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of; its limit and cursor do not matter."""
        number: int = self._call("count", query, now=now)
        return number

    def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        numbers: Tally = self._call("tally", query, by, now=now)
        return numbers

    def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        self._call("apply", changes)

    def begin(self) -> None:
        """Enters the session."""
        self._on.result_of(self._begin())

    def end(self, error: BaseException | None = None) -> None:
        """Leaves the session, with the error that ended it."""
        # What stops a program would stop the loop.
        told = error if error is None or isinstance(error, Exception) else InterruptedError(repr(error))
        self._on.result_of(self._end(told))

    def _call(self, method: str, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the method gives
        return self._on.result_of(self._answer(lambda: getattr(self._session, method)(*args, **named)))

    async def _begin(self) -> None:
        entered = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._serve(entered))
        await asyncio.wait([self._task, entered], return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            self._task.result()

    async def _serve(self, entered: "asyncio.Future[None]") -> None:
        async with self._context as self._session:
            entered.set_result(None)
            while True:
                ask, answer = await self._asked.get()
                try:
                    answer.set_result(await ask())
                except _Leave as leave:
                    answer.set_result(None)
                    if leave.error is None:
                        return
                    raise leave.error from leave.error.__cause__
                except Exception as error:  # noqa: BLE001 - whoever asked is told
                    answer.set_exception(error)

    async def _end(self, error: Exception | None) -> None:
        async def leave() -> NoReturn:
            raise _Leave(error)

        await self._answer(leave)
        await asyncio.wait([self._task])
        came = self._task.exception()
        if came is not None and came is not error:
            raise came

    async def _answer(self, ask: _Ask) -> Any:  # noqa: ANN401 - whatever it gives
        if self._task.done():
            return await ask()
        answer = asyncio.get_running_loop().create_future()
        self._asked.put_nowait((ask, answer))
        return await answer


class _Leave(Exception):
    """The session is to be left."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self.error = error
