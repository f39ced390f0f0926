"""Laws of blob stores."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any, ClassVar, Final, TypeAlias

import pytest
from hypothesis import strategies as st

from ticketcore.conformance.at_once import in_threads
from ticketcore.conformance.blocking import BlockingBlobs
from ticketcore.conformance.expecting import expect_same, for_all
from ticketcore.conformance.laws import Capability, Laws, law
from ticketcore.conformance.records import NOW
from ticketcore.conformance.trial import Opener
from ticketcore.storage.protocols import BlobStore

HOUR: Final = timedelta(hours=1)
CONTENTS: Final = (b"", b"\0", b"bytes\r\n\xff", bytes(range(256)) * 5_000)

_AdaptBlobs: TypeAlias = Callable[[Callable[[], Any]], BlobStore]


def digest_of(content: bytes) -> str:
    """What bytes are stored under."""
    return sha256(content).hexdigest()


def blobs_opened(opener: Callable[[], Any]) -> BlobStore:
    """What an opener opens, where that is a synchronous blob store."""
    blobs: BlobStore = opener()
    return blobs


class BlobTrial:
    """
    A blob store that is being tested.

    Args:
        opener: Opens it.
        adapt: What makes a synchronous blob store of that.
    """

    def __init__(self, opener: Opener, adapt: _AdaptBlobs) -> None:
        self._opener = opener
        self._adapt = adapt
        self.blobs = adapt(opener)

    def put(self, content: bytes, hours: int = 0) -> str:
        """Stores bytes so many hours later, and gives their digest."""
        digest = digest_of(content)
        self.blobs.put(digest, content, now=NOW + hours * HOUR)
        return digest

    def reopen(self) -> None:
        """Closes the store and opens it again."""
        self.close()
        self.blobs = self._adapt(self._opener)

    def close(self) -> None:
        """Closes the store, if it can be closed."""
        close = getattr(self.blobs, "close", None)
        if close is not None:
            close()


class BlobStoreLaws(Laws):
    """
    All laws of blob stores.

    Inherit them, declare capabilities, and give a fixture `opener` that gives a function that opens your blob store.
    """

    adapt: ClassVar[Callable[..., _AdaptBlobs]] = staticmethod(lambda: blobs_opened)
    """What makes a synchronous blob store of what the opener opens."""

    @pytest.fixture
    def trial(self, opener: Opener) -> Iterator[BlobTrial]:
        """The blob store that is tested, empty."""
        trial = BlobTrial(opener, self.adapt())
        try:
            yield trial
        finally:
            trial.close()

    @law("BLOB-1")
    def test_blobs_come_back_unchanged(self, trial: BlobTrial) -> None:
        """What was put under its digest is got back unchanged."""

        def holds(content: bytes) -> None:
            expect_same(trial.blobs.get(trial.put(content)), content, "the bytes that were put")

        for content in CONTENTS:
            holds(content)
        for_all(st.binary(max_size=300), holds, self.examples)

    @law("BLOB-2")
    def test_putting_again_changes_the_time_alone(self, trial: BlobTrial) -> None:
        """Putting it again changes nothing but its time."""
        digest = trial.put(b"bytes")
        trial.put(b"bytes", hours=2)

        expect_same(trial.blobs.get(digest), b"bytes", "the bytes that were put twice")
        expect_same([*trial.blobs.stored_before(NOW + HOUR)], [], "what was last put before the second time")
        expect_same([*trial.blobs.stored_before(NOW + 3 * HOUR)], [digest], "what was last put before a later time")

    @law("BLOB-3")
    def test_unknown_blob_is_none(self, trial: BlobTrial) -> None:
        """`get` of an unknown digest is None."""
        trial.put(b"bytes")

        expect_same(trial.blobs.get(digest_of(b"other bytes")), None, "bytes that were never put")

    @law("BLOB-4", Capability.REOPENING)
    def test_blobs_are_stored_for_good(self, trial: BlobTrial) -> None:
        """`put` has stored the bytes for good when it returns."""
        digests = [trial.put(content, hours=1) for content in CONTENTS]

        trial.reopen()
        for digest, content in zip(digests, CONTENTS, strict=True):
            expect_same(trial.blobs.get(digest), content, "the bytes, once the store was opened again")
        expect_same({*trial.blobs.stored_before(NOW + HOUR)}, set(), "what is older, once it was opened again")
        expect_same({*trial.blobs.stored_before(NOW + 2 * HOUR)}, {*digests}, "what is not younger")

    @law("BLOB-5")
    def test_old_blobs_are_listed(self, trial: BlobTrial) -> None:
        """`stored_before` gives the digests of all that was last put before a time, and of nothing else."""
        first, second, third = (trial.put(content, hours) for hours, content in enumerate((b"1", b"2", b"3")))
        trial.put(b"1", hours=3)

        for hours, expected in ((0, []), (1, []), (2, [second]), (3, [second, third]), (4, [first, second, third])):
            came = sorted(trial.blobs.stored_before(NOW + hours * HOUR))
            expect_same(came, sorted(expected), f"what was last put before {hours} hours had passed")
        instant = NOW + HOUR + timedelta(microseconds=1)
        expect_same([*trial.blobs.stored_before(instant)], [second], "what was put a microsecond before")

    @law("BLOB-6")
    def test_old_blobs_alone_are_removed(self, trial: BlobTrial) -> None:
        """
        `remove` forgets bytes that were last put before a time, and leaves those that were put since. Unknown digests
        are no error.
        """
        old, again = trial.put(b"old"), trial.put(b"again")
        trial.put(b"again", hours=2)
        for digest in (old, again, digest_of(b"unknown")):
            trial.blobs.remove(digest, before=NOW + 2 * HOUR)

        expect_same(trial.blobs.get(old), None, "bytes that were removed")
        expect_same(trial.blobs.get(again), b"again", "bytes that were put again at the very time")
        expect_same([*trial.blobs.stored_before(NOW + 9 * HOUR)], [again], "what is stored")
        trial.put(b"old", hours=3)
        expect_same(trial.blobs.get(old), b"old", "bytes that were put again after they had been removed")

    @law("BLOB-7", Capability.THREADS)
    def test_put_and_remove_at_once(self, trial: BlobTrial) -> None:
        """Of a `put` and a `remove` at once, either comes first: what was put at that time or later is there."""
        for turn in range(20):
            content = f"bytes {turn}".encode()
            digest = trial.put(content)
            works: list[Callable[[], object]] = [
                partial(trial.blobs.remove, digest, before=NOW + HOUR),
                partial(trial.put, content, 1),
            ]
            errors = in_threads(*works[:: (-1, 1)[turn % 2]])
            expect_same(errors, [], "errors of threads that put and remove at once")
            expect_same(trial.blobs.get(digest), content, "bytes that were put while older ones were removed")


class AsyncBlobStoreLaws(BlobStoreLaws):
    """The laws of blob stores, asked of an asynchronous one."""

    adapt = staticmethod(lambda: BlockingBlobs)
