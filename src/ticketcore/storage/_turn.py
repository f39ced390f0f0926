"""
A turn: what one session of a storage has at a time, be it of a thread or of a task.

Those who wait get it in the order in which they came. Who has it already gets it again, so that a session opened inside
another one cannot wait for its own thread or task for ever.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable

import attrs


@attrs.define(eq=False)
class _Waiting:
    who: Hashable
    wake: Callable[[], object]


class Turn:
    """A lock that threads and tasks wait for side by side, and have as often as they took it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._who: Hashable = None
        self._times = 0
        self._queue: deque[_Waiting] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return len(self._queue)

    def take(self) -> None:
        """Waits until this thread has the turn."""
        who = threading.get_ident()
        with self._guard:
            if self._is_granted(who):
                return
        granted = threading.Event()
        waiting = self._ask(who, granted.set)
        if waiting is None:
            return
        try:
            granted.wait()
        except BaseException:
            self._withdraw(waiting)
            raise

    async def take_in_task(self) -> None:
        """Waits until this task has the turn; other tasks go on meanwhile."""
        import asyncio  # noqa: PLC0415 - whoever has tasks has loaded it; the others need not wait for it

        loop = asyncio.get_running_loop()
        granted: asyncio.Future[None] = loop.create_future()

        def grant() -> None:
            if not granted.done():
                granted.set_result(None)

        waiting = self._ask(asyncio.current_task(), lambda: loop.call_soon_threadsafe(grant))
        if waiting is None:
            return
        try:
            await granted
        except BaseException:
            self._withdraw(waiting)
            raise

    def give_back(self) -> None:
        """Ends what was taken once."""
        with self._guard:
            self._times -= 1
            if self._times == 0:
                self._grant_next()

    def _ask(self, who: Hashable, wake: Callable[[], object]) -> _Waiting | None:
        """None if it was granted at once, else one's place in the queue."""
        with self._guard:
            if self._is_granted(who):
                return None
            waiting = _Waiting(who, wake)
            self._queue.append(waiting)
            return waiting

    def _is_granted(self, who: Hashable) -> bool:
        """Whether it was granted at once."""
        if self._times and self._who != who:
            return False
        self._who = who
        self._times += 1
        return True

    def _withdraw(self, waiting: _Waiting) -> None:
        """Gives up waiting, also when the turn was granted in the same moment."""
        with self._guard:
            if waiting in self._queue:
                self._queue.remove(waiting)
                return
        self.give_back()

    def _grant_next(self) -> None:
        self._who = None
        if self._queue:
            following = self._queue.popleft()
            self._who = following.who
            self._times = 1
            following.wake()
