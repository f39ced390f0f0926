"""Several threads, or several processes, that do something at once."""

import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from ticketcore.conformance.expecting import expect

PATIENCE: Final = 60
"""After how many seconds those who wait for each other are held to wait for ever."""


def in_threads(
    *works: Callable[[], object], waiting: str = "threads end, but they wait for each other"
) -> list[Exception]:
    """
    Runs works in threads of their own, as mixed as can be.

    Args:
        works: What is done.
        waiting: What was expected where one of them waits for ever.

    Returns:
        The errors that they ended with.
    """
    errors: list[Exception] = []
    threads = [threading.Thread(target=_noting, args=(work, errors), daemon=True) for work in works]
    with _mixed():
        for thread in threads:
            thread.start()
        latest = monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(latest - monotonic(), 0))
    expect(not any(thread.is_alive() for thread in threads), waiting)
    return errors


def begun(work: Callable[[], object], errors: list[Exception]) -> threading.Thread:
    """A thread that has begun a work, and notes the error that it ends with."""
    thread = threading.Thread(target=_noting, args=(work, errors), daemon=True)
    thread.start()
    return thread


def _noting(work: Callable[[], object], errors: list[Exception]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it is, the law wants to see it
        errors.append(error)


@contextmanager
def _mixed() -> Iterator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def in_processes(number: int, work: Callable[..., object], *args: Any) -> list[int | None]:
    """
    Runs a work in several processes.

    Args:
        number: How many.
        work: A function of a module.
        args: What it is called with; it must be possible to pickle it.

    Returns:
        How each ended; 0 is well.
    """
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=work, args=args, daemon=True) for _ in range(number)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    for process in processes:
        process.kill()
    return [process.exitcode for process in processes]
