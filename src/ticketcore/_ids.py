"""Where ids come from, outside of tests: time-ordered, unguessable, cheap."""

import secrets
from datetime import datetime
from threading import Lock

_BYTES_PER_ID = 10
_IDS_PER_BUFFER = 400


class RandomIds:
    """
    Gives ids of 32 hexadecimal digits that sort by their time: 48 bits of milliseconds, then 80 random bits.

    The random bits come from the operating system through `secrets`, a buffer at a time. Instances can be shared by
    threads.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._used = 0
        self._lock = Lock()

    def __call__(self, now: datetime) -> str:
        """An id that nobody has had, for something that happens now."""
        with self._lock:
            if self._used == len(self._buffer):
                self._buffer, self._used = secrets.token_bytes(_BYTES_PER_ID * _IDS_PER_BUFFER), 0
            random = self._buffer[self._used : self._used + _BYTES_PER_ID]
            self._used += _BYTES_PER_ID
        return f"{int(now.timestamp() * 1000):012x}{random.hex()}"
