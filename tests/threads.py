"""Several threads that do something at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

R = TypeVar("R")


def at_once(acts: Sequence[Callable[[], R]]) -> list[R | Exception]:
    """
    What each act gives, or the error it raises, when all of them begin in the same moment.

    Args:
        acts: One for each thread.
    """
    start = Barrier(len(acts))

    def run(act: Callable[[], R]) -> R | Exception:
        start.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - the caller looks at it
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return [*threads.map(run, acts)]
