"""Blob stores that are broken on purpose, each in one way."""

import threading

from ticketcore.storage.memory import MemoryBlobs


class TextMode(MemoryBlobs):
    """Writes bytes as if they were text."""

    def put(self, digest, content, *, now):
        """Stores bytes with other line breaks."""
        super().put(digest, content.replace(b"\r\n", b"\n"), now=now)


class KeepsTheFirstTime(MemoryBlobs):
    """Does nothing where the bytes are there already."""

    def put(self, digest, content, *, now):
        """Stores bytes, if they are new."""
        if self.get(digest) is None:
            super().put(digest, content, now=now)


class EmptyIfUnknown(MemoryBlobs):
    """Takes unknown bytes for empty ones."""

    def get(self, digest):
        """The bytes, or none."""
        return super().get(digest) or b""


class ListsTheLimitToo(MemoryBlobs):
    """Lists what was put at the very time, too."""

    def stored_before(self, limit):
        """The digests of what was put until then."""
        return [digest for digest, (_, at) in self._blobs.items() if at <= limit]


class RemovesAnything(MemoryBlobs):
    """Removes whatever it is told, however young it is."""

    def remove(self, digest, *, before):
        """Forgets the bytes."""
        del before
        self._blobs.pop(digest, None)


class LooksAndRemoves(MemoryBlobs):
    """Looks how old bytes are, and removes them a little later."""

    def remove(self, digest, *, before):
        """Forgets the bytes that were old a moment ago."""
        is_old = self._blobs[digest][1] < before
        threading.Event().wait(0.01)
        if is_old:
            del self._blobs[digest]
