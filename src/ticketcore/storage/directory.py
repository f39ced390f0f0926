"""
The bytes of attachments in a directory: one file for each, named by its digest and the time of its last `put`.

Any number of threads and processes can use one directory at once, without locks. A file appears whole or not at all and
is never written again; because its name tells its time, what removes old bytes can never remove those just put.
"""

import asyncio
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from ticketcore.errors import Fault, InvalidInput, StorageError, shown

_IS_DIGEST: Final = re.compile("[0-9a-f]{64}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INCOMING: Final = "incoming"


class DirectoryBlobs:
    """
    The bytes of attachments in a directory, each verified by its digest whenever it is read.

    What a crash leaves in the folder `incoming` is of no use: it can be removed while nobody writes.

    Args:
        path: The directory; it is made if it is not there.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        with _errors_of_the_store():
            (self._path / _INCOMING).mkdir(parents=True, exist_ok=True)

    def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """
        Stores bytes.

        Raises:
            InvalidInput: They have another digest.
            StorageError: They cannot be written.
        """
        if digest != (expected := sha256(content).hexdigest()):
            raise InvalidInput("put", [Fault("digest", f"the SHA-256 of the content, {expected}", shown(digest))])
        name = f"{digest}.{(now - _EPOCH) // _MICROSECOND}"
        with _errors_of_the_store():
            folder = self._folder(digest)
            _make(folder)
            with NamedTemporaryFile(dir=self._path / _INCOMING, delete=False) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(folder / name)
            _keep_names(folder)
            self._remove(digest, now)

    def get(self, digest: str) -> bytes | None:
        """
        The bytes, if they are there.

        Raises:
            StorageError: They are not what was put, or cannot be read.
        """
        with _errors_of_the_store():
            content = self._newest(digest)
        if content is not None and (found := sha256(content).hexdigest()) != digest:
            raise StorageError(f"the bytes stored under {digest} are damaged: their digest is {found}")
        return content

    def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        last: dict[str, datetime] = {}
        with _errors_of_the_store():
            for file in self._path.glob("??/??/*.*"):
                digest, at = file.stem, _time_of(file)
                last[digest] = max(at, last.get(digest, at))
        return [digest for digest, at in last.items() if at < limit]

    def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        with _errors_of_the_store():
            self._remove(digest, before)

    def _newest(self, digest: str) -> bytes | None:
        while files := self._files(digest):
            try:
                return max(files, key=_time_of).read_bytes()
            except FileNotFoundError:  # they were put again, or removed, in this moment
                continue
        return None

    def _remove(self, digest: str, before: datetime) -> None:
        for file in self._files(digest):
            if _time_of(file) < before:
                file.unlink(missing_ok=True)

    def _files(self, digest: str) -> list[Path]:
        """The files of a digest: one, or for a moment several."""
        return [*self._folder(digest).glob(f"{digest}.*")] if _IS_DIGEST.fullmatch(digest) else []

    def _folder(self, digest: str) -> Path:
        return self._path / digest[:2] / digest[2:4]


class AsyncDirectoryBlobs:
    """
    `DirectoryBlobs` for asynchronous programs: the loop's executor waits for the disk.

    Args:
        path: The directory; it is made if it is not there.
    """

    def __init__(self, path: str | Path) -> None:
        self._blobs = DirectoryBlobs(path)

    async def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        await asyncio.to_thread(partial(self._blobs.put, digest, content, now=now))

    async def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        return await asyncio.to_thread(self._blobs.get, digest)

    async def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        return await asyncio.to_thread(self._blobs.stored_before, limit)

    async def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        await asyncio.to_thread(partial(self._blobs.remove, digest, before=before))


def _time_of(file: Path) -> datetime:
    """When a file's bytes were put, as its name says."""
    return _EPOCH + int(file.suffix[1:]) * _MICROSECOND


def _make(folder: Path) -> None:
    """Makes a folder two levels down, and sees to it that it is there after a crash, too."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _keep_names(folder.parent)
        _keep_names(folder.parent.parent)


def _keep_names(folder: Path) -> None:
    """Writes the names in a folder to the disk, where the system can do that."""
    if os.name == "posix":
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@contextmanager
def _errors_of_the_store() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"the directory of blobs cannot be used: {error}") from error
