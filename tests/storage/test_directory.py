from datetime import timedelta

import pytest

from ticketcore.conformance.blob_laws import digest_of
from ticketcore.conformance.records import NOW
from ticketcore.errors import InvalidInput, StorageError
from ticketcore.storage.directory import AsyncDirectoryBlobs, DirectoryBlobs
from ticketcore.storage.protocols import AsyncBlobStore, BlobStore

CONTENT = b"an invoice"
DIGEST = digest_of(CONTENT)
HOUR = timedelta(hours=1)


@pytest.fixture
def blobs(tmp_path):
    """A blob store in a directory that is made for it."""
    return DirectoryBlobs(tmp_path / "desk" / "blobs")


def files(folder):
    """The files below a folder."""
    return [it for it in folder.rglob("*") if it.is_file()]


def test_directories_are_blob_stores(tmp_path):
    """What is in a directory is what the protocols describe; the type checker reads this."""
    several: list[BlobStore] = [DirectoryBlobs(tmp_path)]
    in_tasks: list[AsyncBlobStore] = [AsyncDirectoryBlobs(str(tmp_path))]

    assert all((several, in_tasks))


def test_damaged_bytes_are_not_given(blobs, tmp_path):
    """Bytes that are not what was put, after a fault of the disk say, are an error that tells so."""
    blobs.put(DIGEST, CONTENT, now=NOW)
    (file,) = files(tmp_path)
    file.write_bytes(b"an invoicf")

    with pytest.raises(StorageError, match=f"{DIGEST} are damaged: their digest is"):
        blobs.get(DIGEST)


def test_bytes_are_put_under_their_own_digest_alone(blobs, tmp_path):
    """Bytes of another digest are refused, and nothing is stored."""
    with pytest.raises(InvalidInput, match=f"digest: expected the SHA-256 of the content, {DIGEST}"):
        blobs.put(digest_of(b"another"), CONTENT, now=NOW)
    assert files(tmp_path) == []


@pytest.mark.parametrize("digest", ["../../etc/passwd", "*", "", DIGEST.upper(), f"{DIGEST[:-1]}?"])
def test_what_is_no_digest_leads_nowhere(blobs, digest):
    """No file is ever reached by anything but a digest."""
    blobs.put(DIGEST, CONTENT, now=NOW)

    assert blobs.get(digest) is None
    blobs.remove(digest, before=NOW + HOUR)
    assert blobs.get(DIGEST) == CONTENT


def test_bytes_are_kept_once(blobs, tmp_path):
    """However often the same bytes are put, in whatever order of times, they take their place once."""
    for hours in (0, 2, 3):
        blobs.put(DIGEST, CONTENT, now=NOW + hours * HOUR)
    assert len(files(tmp_path)) == 1

    blobs.put(DIGEST, CONTENT, now=NOW + HOUR)
    assert blobs.stored_before(NOW + 3 * HOUR) == []
    blobs.put(DIGEST, CONTENT, now=NOW + 4 * HOUR)
    assert len(files(tmp_path)) == 1


def test_crash_leaves_nothing_half_written(blobs, tmp_path, monkeypatch):
    """When the disk is full half-way there are no bytes under the digest, and the error is the storage's."""

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StorageError, match="No space left") as caught:
            blobs.put(DIGEST, CONTENT, now=NOW)
    assert isinstance(caught.value.__cause__, OSError)
    assert blobs.get(DIGEST) is None
    assert blobs.stored_before(NOW + HOUR) == []
    blobs.put(DIGEST, CONTENT, now=NOW)
    assert DirectoryBlobs(tmp_path / "desk" / "blobs").get(DIGEST) == CONTENT


def test_bytes_put_again_while_they_are_read_are_found(blobs, monkeypatch):
    """Who looks for bytes just when another one puts them again finds them."""
    blobs.put(DIGEST, CONTENT, now=NOW)
    look, found = blobs._files, []

    def look_late(digest):
        found.append(look(digest))
        if len(found) == 1:
            with monkeypatch.context() as patch:
                patch.setattr(blobs, "_files", look)
                blobs.put(DIGEST, CONTENT, now=NOW + HOUR)
        return found[-1]

    monkeypatch.setattr(blobs, "_files", look_late)
    assert blobs.get(DIGEST) == CONTENT
    assert len(found) == 2


def test_directory_that_cannot_be_made_is_a_storage_error(tmp_path):
    """A path that leads through a file is an error of the storage, with its cause."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StorageError, match="the directory of blobs cannot be used"):
        DirectoryBlobs(tmp_path / "file" / "blobs")
