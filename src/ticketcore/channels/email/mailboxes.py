"""
Mailboxes on disk: an mbox file, a file with one mail, or a folder of `.eml` files.

The edge: here files are opened, and the bytes of one mail after the other are given, never those of a whole mbox at
once. What is in them is read by `ticketcore.channels.email.reading`.
"""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from os import PathLike
from pathlib import Path
from typing import Protocol

import attrs

from ticketcore.channels.email.reading import DEFAULT_LIMITS, MailLimits
from ticketcore.errors import Fault, InvalidInput, shown

_BEGINNING = 4_096
_LONGEST_LINE = 65_536
_SUFFIX = ".eml"
_HEADER_LINE = re.compile(rb"[!-9;-~]+[ \t]*:")
_SEPARATOR = re.compile(
    rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\d\d?:\d\d.*\d{4}"  # whoever writes an mbox puts a date there
)
_BARE_SEPARATOR = re.compile(rb"From (?:[^\s@]+@[^\s@]+|-|MAILER-DAEMON)\s*$")  # but not everybody
_ESCAPED = re.compile(rb">+From ")


class Mailbox(Protocol):
    """Mails, one after the other; they can be gone through more than once."""

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of each mail, in order."""
        ...

    def __len__(self) -> int:
        """How many mails there are, found without reading them."""
        ...


def read_mailbox(path: str | PathLike[str], *, limits: MailLimits = DEFAULT_LIMITS) -> Mailbox:
    """
    The mails in a file or folder.

    In an mbox a mail begins with a line `From …` after an empty line, and `>From ` within it stands for `From `, one
    `>` less for more of them (the form called mboxrd).

    Args:
        path: An mbox file, a file with one mail, or a folder whose `.eml` files are taken in the order of their names.
        limits: Of a mail larger than they allow just so much is given that `read_mail` refuses it.

    Returns:
        The bytes of each mail, for `read_mail`, and their number.

    Raises:
        InvalidInput: There is nothing at the path, or something else, or it may not be opened.
    """
    place = Path(path)
    at_most = limits.max_bytes + 1
    try:
        if place.is_dir():
            return _Files(_mails_in(place), at_most)
        if place.is_file():
            return _mails_of(place, at_most)
    except OSError as error:
        raise _refused(place, f"cannot be opened: {error.strerror}") from error
    raise _refused(place, "does not exist" if not place.exists() else "is no file")


def _mails_in(folder: Path) -> tuple[Path, ...]:
    found = tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() == _SUFFIX and path.is_file()))
    if not found:
        raise _refused(folder, f"is a folder without any {_SUFFIX} file")
    return found


def _mails_of(path: Path, at_most: int) -> Mailbox:
    """One mail, if the name or the first line says so; or those of an mbox, which an empty file is, too."""
    if path.suffix.lower() == _SUFFIX:
        return _Files((path,), at_most)
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING).lstrip(b"\r\n")
    if not beginning or beginning.startswith(b"From "):
        return _Mbox(path, at_most)
    if _HEADER_LINE.match(beginning):
        return _Files((path,), at_most)
    raise _refused(path, "begins like neither")


def _refused(path: Path, why: str) -> InvalidInput:
    expected = f"an mbox file, a file with one mail, or a folder of {_SUFFIX} files"
    return InvalidInput("Mailbox", [Fault("path", expected, f"{shown(str(path), 200)}, which {why}")])


@attrs.frozen
class _Files:
    """A mail per file."""

    paths: tuple[Path, ...]
    at_most: int

    def __iter__(self) -> Iterator[bytes]:
        for path in self.paths:
            with path.open("rb") as file:
                yield file.read(self.at_most)

    def __len__(self) -> int:
        return len(self.paths)


@attrs.frozen
class _Mbox:
    """Many mails in one file."""

    path: Path
    at_most: int

    def __iter__(self) -> Iterator[bytes]:
        mail: bytearray | None = None
        for line, begins_mail in self._lines():
            if begins_mail:
                if mail is not None:
                    yield _without_last_empty_line(mail)
                mail = bytearray()
            elif mail is not None and len(mail) < self.at_most:
                mail += line
        if mail is not None:
            yield _without_last_empty_line(mail)

    def __len__(self) -> int:
        return sum(begins_mail for _, begins_mail in self._lines())

    def _lines(self) -> Iterator[tuple[bytes, bool]]:
        """Lines, a long one in pieces, each with whether it begins a mail; the escaped ones as they were."""
        with self.path.open("rb") as file:
            pieces = iter(lambda: file.readline(_LONGEST_LINE), b"")
            is_line_start = is_after_empty = is_first = True
            for piece, following in pairwise(chain(pieces, [b""])):
                is_empty = is_line_start and piece in {b"\n", b"\r\n"}
                is_candidate = is_line_start and is_after_empty and piece.startswith(b"From ")
                is_escaped = is_line_start and bool(_ESCAPED.match(piece))
                yield piece[is_escaped:], is_candidate and (is_first or _begins_mail(piece, following))
                is_first = is_first and is_empty
                is_line_start, is_after_empty = piece.endswith(b"\n"), is_empty


def _begins_mail(line: bytes, following: bytes) -> bool:
    """Whether a line after an empty one is written between two mails, and not by somebody in a mail."""
    if _SEPARATOR.match(line):
        return True
    return bool(_BARE_SEPARATOR.match(line) and (_HEADER_LINE.match(following) or _ESCAPED.match(following)))


def _without_last_empty_line(mail: bytearray) -> bytes:
    """The empty line before the next mail is no part of this one."""
    for ending in (b"\r\n\r\n", b"\n\n"):
        if mail.endswith(ending):
            return bytes(mail[: -len(ending) // 2])
    return bytes(mail)
