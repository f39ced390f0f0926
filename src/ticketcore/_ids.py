"""Where ids come from, outside of tests: time-ordered, unguessable, cheap."""

import secrets
from datetime import datetime
from threading import Lock

_BYTES_PER_ID = 10
_DIGITS_PER_ID = 2 * _BYTES_PER_ID
_IDS_PER_BUFFER = 400


class RandomIds:
    """
    Gives ids of 32 hexadecimal digits that sort by their time: 48 bits of milliseconds, then 80 random bits.

    The random bits come from the operating system through `secrets`, a buffer at a time. Instances can be shared by
    threads.
    """

    def __init__(self) -> None:
        self._random = ""
        self._used = 0
        self._began: tuple[datetime | None, str] = (None, "")
        self._lock = Lock()

    def __call__(self, now: datetime) -> str:
        """An id that nobody has had, for something that happens now."""
        began, start = self._began
        if began is not now:  # most moments need several ids
            start = f"{int(now.timestamp() * 1000):012x}"
            self._began = (now, start)
        with self._lock:
            if self._used == len(self._random):
                self._random, self._used = secrets.token_hex(_BYTES_PER_ID * _IDS_PER_BUFFER), 0
            random = self._random[self._used : self._used + _DIGITS_PER_ID]
            self._used += _DIGITS_PER_ID
        return start + random
