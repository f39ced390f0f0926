"""
How time is taken.

Machines are noisy, and noise only ever adds. So what is compared is measured in turns, each several times, and of each
the least counts: what it takes when nobody else wants the processor. The garbage collector runs as it does in a
program, but does not walk through what was there before.
"""

import gc
from collections.abc import Callable, Mapping
from time import perf_counter

MICROSECONDS = 1_000_000


def per_call(action: Callable[[], object], times: int, clock: Callable[[], float] = perf_counter) -> float:
    """
    How many microseconds a call takes, on the average of so many.

    Args:
        action: What is called.
        times: How often.
        clock: `process_time` for what only computes: it stands still while others have the processor.
    """
    gc.collect()
    gc.freeze()
    start = clock()
    for _ in range(times):
        action()
    taken = clock() - start
    gc.unfreeze()
    return taken / times * MICROSECONDS


def in_turns(samples: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """
    The least of each sample, by name.

    Args:
        samples: Each takes one sample when called.
        repeats: How often each is called; one more time before, which does not count.
    """
    taken: dict[str, list[float]] = {name: [] for name in samples}
    for turn in range(repeats + 1):
        for name, sample in samples.items():
            value = sample()
            if turn:
                taken[name].append(value)
    return {name: min(values) for name, values in taken.items()}
