"""
The parts of a mail (RFC 2045, 2046): stretches of its bytes, never deeper nested and never more than allowed.

A forwarded mail is one part: what is in it is the business of whoever opens it.
"""

import re
from binascii import a2b_qp
from collections.abc import Iterator
from itertools import islice, pairwise

import attrs

from ticketcore.channels.email.defects import Defects
from ticketcore.channels.email.headers import Headers, Parameters, decoded_base64, parameters, split_head
from ticketcore.errors import shown

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_LONGEST_BOUNDARY = 200  # the standard's are at most 70
_PROBABLE_BOUNDARY = re.compile(rb"^--(\S{1,200})\r?\n(?=Content-[a-z-]{1,60}:)", re.MULTILINE | re.IGNORECASE)
_REST_OF_BOUNDARY = re.compile(rb"(-{0,2})[ \t]*\r?(?:\n|\Z)")
_SOMETHING = re.compile(rb"\S")


@attrs.frozen(eq=False, repr=False)
class Part:
    """
    A part of a mail, or all of it.

    Args:
        headers: Its header lines.
        content_type: Its Content-Type, with parameters.
        media_type: Such as `"text/plain"`.
        disposition: Its Content-Disposition, with parameters.
        data: The bytes of the whole mail.
        start: Where in them its body begins.
        end: Where it ends.
        parts: The parts of a multipart; otherwise none.
    """

    headers: Headers
    content_type: Parameters
    media_type: str
    disposition: Parameters
    data: bytes
    start: int
    end: int
    parts: tuple["Part", ...] = ()

    def content(self, defects: Defects) -> bytes:
        """Its body, decoded as its Content-Transfer-Encoding says."""
        return _without_transfer_encoding(self, self.data[self.start : self.end], defects)

    def walk(self) -> Iterator["Part"]:
        """The part itself and all within it, as they stand in the mail."""
        yield self
        for part in self.parts:
            yield from part.walk()


@attrs.define
class Splitter:
    """
    Cuts a mail into its parts.

    Args:
        data: The bytes of the mail.
        max_depth: How deep parts may be nested; what is deeper stays in one piece.
        max_parts: How many parts there may be; what comes after them is left out.
        max_head: How many bytes of header lines are read per part.
        defects: Is told what was wrong.
    """

    data: bytes
    max_depth: int
    max_parts: int
    max_head: int
    defects: Defects
    _count: int = attrs.field(init=False, default=0)

    def part(self, start: int, end: int, *, depth: int = 0, default: str = "text/plain") -> Part:
        """The part between two indices, with all that is in it."""
        self._count += 1
        headers, body = split_head(self.data, start, end, self.max_head, self.defects)
        content_type = parameters(headers.first("content-type"))
        media_type = self._media_type(headers, content_type, default)
        disposition = parameters(headers.first("content-disposition"))
        part = Part(headers, content_type, media_type, disposition, self.data, body, end)
        return self._with_parts(part, depth) if media_type.startswith("multipart/") else part

    def _media_type(self, headers: Headers, content_type: Parameters, default: str) -> str:
        if headers.first("content-type") is None:
            return default
        if found := _MEDIA_TYPE.match(content_type.value):
            return found[0]
        self.defects.add(f"{shown(content_type.value)} is no media type; the part was read as text/plain.")
        return "text/plain"

    def _with_parts(self, part: Part, depth: int) -> Part:
        """A multipart with its parts, or as what it can be read as when it has none."""
        if depth == self.max_depth:
            self.defects.add(f"Parts nested deeper than {self.max_depth} stayed in one piece.")
            return attrs.evolve(part, media_type="application/octet-stream")
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        stretches = self._stretches(part)
        parts = tuple(self.part(*each, depth=depth + 1, default=default) for each in stretches if self._has_room())
        if parts or not _SOMETHING.search(self.data, part.start, part.end):
            return attrs.evolve(part, parts=parts)
        self.defects.add("A part has no boundaries between its parts; it was read as text.")
        return attrs.evolve(part, media_type="text/plain")

    def _has_room(self) -> bool:
        if self._count < self.max_parts:
            return True
        self.defects.add(f"There are more than {self.max_parts} parts; the last ones were left out.")
        return False

    def _stretches(self, part: Part) -> list[tuple[int, int]]:
        """Where the parts of a multipart begin and end."""
        boundaries = self._boundaries(part)
        if boundaries and not boundaries[-1].closes:
            if len(boundaries) < self._max_boundaries:
                self.defects.add("The last boundary is missing.")
            boundaries.append(_Boundary(part.end, part.end, b"--"))
        stretches = [(before.end, max(before.end, after.start)) for before, after in pairwise(boundaries)]
        return [(begin, end) for begin, end in stretches if _SOMETHING.search(self.data, begin, end)]

    @property
    def _max_boundaries(self) -> int:
        """Those around as many parts as may be, and one more, which tells that there are more."""
        return self.max_parts + 2

    def _boundaries(self, part: Part) -> list["_Boundary"]:
        """The lines between the parts, up to the one that ends the last part."""
        named = part.content_type.raw.get("boundary", b"").rstrip()[:_LONGEST_BOUNDARY]
        found = self._lines_with(named, part) if named else []
        if not found and (guess := _PROBABLE_BOUNDARY.search(self.data, part.start, part.end)):
            self.defects.add("The boundary between the parts is not the one that the mail names.")
            found = self._lines_with(guess[1], part)
        last = next((number for number, boundary in enumerate(found) if boundary.closes), len(found))
        return found[: last + 1]

    def _lines_with(self, name: bytes, part: Part) -> list["_Boundary"]:
        """All lines with a boundary; one dash behind it, where two belong, passes for two if nothing comes after it."""
        found = list(islice(self._all_lines_with(b"\n--" + name, part), self._max_boundaries))
        return [each for each in found if each.dashes != b"-" or each is found[-1]]

    def _all_lines_with(self, marker: bytes, part: Part) -> Iterator["_Boundary"]:
        here = max(part.start - 1, 0)
        while (here := self.data.find(marker, here, part.end)) >= 0:
            if rest := _REST_OF_BOUNDARY.match(self.data, here + len(marker), part.end):
                # The line break before a boundary belongs to the boundary.
                start = here - self.data.endswith(b"\r", part.start, here)
                yield _Boundary(start, rest.end(), rest[1])
            here += len(marker)


@attrs.frozen
class _Boundary:
    """A line between parts, with the line breaks on both sides, and the dashes behind the boundary's name."""

    start: int
    end: int
    dashes: bytes

    @property
    def closes(self) -> bool:
        """Whether it ends the last part."""
        return bool(self.dashes)


_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=\s]*")


def _without_transfer_encoding(part: Part, body: bytes, defects: Defects) -> bytes:
    encoding = (part.headers.first("content-transfer-encoding") or b"").decode("latin-1").lower()
    match re.sub(r"[^a-z0-9/]", "", encoding.partition(";")[0]):
        case "" | "7bit" | "8bit" | "binary":
            return body
        case "quotedprintable":
            return a2b_qp(body)
        case "base64":
            return _from_base64(part, body, defects)
        case _:
            defects.add(f"The transfer encoding {shown(encoding)} is unknown; the part was read as it is.")
            return body


def _from_base64(part: Part, body: bytes, defects: Defects) -> bytes:
    if _BASE64_LINE.fullmatch(body):
        return decoded_base64(body)
    first = body.lstrip().partition(b"\n")[0]
    if part.media_type.startswith("text/") and not _BASE64_LINE.fullmatch(first):
        defects.add("A text that says to be in base64 is not; it was read as it is.")
        return body
    defects.add("A part in base64 has other characters in it; they were skipped.")
    return decoded_base64(body)
