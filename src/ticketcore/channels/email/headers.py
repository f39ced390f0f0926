"""
The head of a mail, or of one of its parts: header lines, encoded words, parameters, ids, dates.

The package `email` reads mails that keep to the standard; where a line is not a header line, or a blank stands before
a colon, it takes all that follows for the text. Here the lines that are fine are read all the same, in linear time.
What they mean stands in RFC 5322, 2047 (encoded words) and 2231 (parameters).
"""

import base64
import re
from binascii import a2b_qp
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

import attrs

from ticketcore.channels.email.characters import clean_line, decoded
from ticketcore.channels.email.defects import Defects
from ticketcore.errors import shown

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_WELL_KNOWN = re.compile(
    rb"^(?:From|To|Cc|Subject|Date|Message-ID|References|Reply-To|Received|MIME-Version|Content-[a-z-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_MBOX_LINE = re.compile(rb">?From ")
_STRAY_LINES = 20  # lines in a head that are no header lines, before the rest is taken for the text
_LOOK_AHEAD = 4096


@attrs.frozen
class Headers:
    """
    Header lines as they came, unfolded.

    Args:
        fields: Names in small letters and their values, in order.
    """

    fields: tuple[tuple[str, bytes], ...] = ()

    def all(self, name: str) -> list[bytes]:
        """The values of all header lines of that name; names are in small letters."""
        return [value for field, value in self.fields if field == name]

    def first(self, name: str) -> bytes | None:
        """The value of the first header line of that name."""
        return next(iter(self.all(name)), None)

    def line(self, name: str, at_most: int, defects: Defects, charset: str | None = None) -> str:
        """The first header of that name as a clean line; empty where there is none."""
        return header_text(self.first(name) or b"", at_most, defects, of=f"the header {name.title()}", charset=charset)

    def word(self, name: str) -> str:
        """The first header of that name up to a comment, blank or semicolon, in small letters."""
        return re.split(r"[\s;(,]", (self.first(name) or b"").decode("latin-1").strip().lower(), maxsplit=1)[0]


def split_head(data: bytes, start: int, end: int, at_most: int, defects: Defects) -> tuple[Headers, int]:
    """
    The header lines at the beginning of a stretch of bytes, and where the body begins.

    Args:
        data: The whole mail.
        start: Where the head begins.
        end: Where the stretch ends.
        at_most: How many bytes of header lines are read; what follows is skipped up to the body.
        defects: Is told what was no header line.

    Returns:
        The headers, and the index of the first byte of the body.
    """
    fields: list[tuple[str, list[bytes]]] = []
    stray = 0
    here = start
    for line, following in _lines(data, start, min(end, start + at_most)):
        if not line:
            return _unfolded(fields), following
        if field := _FIELD.fullmatch(line):
            fields.append((field[1].decode("ascii").lower(), [field[2]]))
        elif fields and line[:1] in b" \t":
            fields[-1][1].append(line)
        elif here != start or not _MBOX_LINE.match(line):
            stray += 1
            if stray > _STRAY_LINES or not _head_goes_on(data, following, end):
                defects.add("No empty line stands between the header lines and the text." if fields else _NO_HEAD)
                return _unfolded(fields), here
            defects.add(f"A line is no header line and was skipped: {shown(clean_line(line.decode('latin-1'), 60))}.")
        here = following
    return _unfolded(fields), _after_head(data, here, end, defects)


_NO_HEAD = "There are no header lines; everything was read as the text."


def _after_head(data: bytes, here: int, end: int, defects: Defects) -> int:
    """Where the body begins behind a head that was not read to its end."""
    if here >= end:
        return end
    defects.add("There are too many header lines; the last ones were skipped.")
    blank = re.compile(rb"\n\r?\n").search(data, max(here - 1, 0), end)
    return blank.end() if blank else end


def _lines(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """The lines of a stretch without their line breaks, each with the index behind it."""
    while start < end:
        stop = data.find(b"\n", start, end)
        following = end if stop < 0 else stop + 1
        yield data[start:following].rstrip(b"\r\n"), following
        start = following


def _unfolded(fields: list[tuple[str, list[bytes]]]) -> Headers:
    return Headers(tuple((name, b"".join(lines).strip()) for name, lines in fields))


def _head_goes_on(data: bytes, start: int, end: int) -> bool:
    """Whether a well-known header line comes before the next empty line."""
    nearby = re.split(rb"\n\r?\n", data[start : min(end, start + _LOOK_AHEAD)], maxsplit=1)[0]
    return not data.startswith((b"\n", b"\r\n"), start, end) and bool(_WELL_KNOWN.search(nearby))


# Encoded words: `=?utf-8?q?Gr=C3=BC=C3=9Fe?=`.

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?]*)\?=", re.IGNORECASE)


def header_text(value: bytes, at_most: int, defects: Defects, *, of: str, charset: str | None = None) -> str:
    """
    What an unstructured header says.

    Args:
        value: The header's value as it came.
        at_most: How many characters are kept.
        defects: Is told what was wrong.
        of: What is read: `"the header Subject"`.
        charset: What the mail's text is in.

    Returns:
        One clean line.
    """
    text = with_words_decoded(header_characters(value, charset, defects, of=of), defects, of=of)
    line = clean_line(text, at_most + 1)
    if len(line) > at_most:
        defects.add(f"Of {of} the first {at_most} characters were read.")
    return line[:at_most].rstrip()


def header_characters(value: bytes, charset: str | None, defects: Defects, *, of: str) -> str:
    """The characters of a header: UTF-8, or else what the mail's text is in, since it cannot say."""
    with suppress(UnicodeError):
        return value.decode("utf-8")
    return decoded(value, charset, defects, of=of)


def with_words_decoded(text: str, defects: Defects, *, of: str) -> str:
    """The text with its encoded words decoded; blanks between two of them are no part of it."""
    pieces: list[str] = []
    words: list[tuple[str, bytes]] = []
    end = 0
    for word in _ENCODED_WORD.finditer(text):
        between = text[end : word.start()]
        if between.strip() or not words:
            pieces += [*_decoded_words(words, defects, of=of), between]
            words = []
        words.append((word[1].partition("*")[0].lower(), _word_bytes(word[2], word[3])))
        end = word.end()
    return "".join([*pieces, *_decoded_words(words, defects, of=of), text[end:]])


def _decoded_words(words: list[tuple[str, bytes]], defects: Defects, *, of: str) -> Iterator[str]:
    """Neighbours in one charset are decoded together, since some programs cut a character in two."""
    waiting = b""
    for index, (charset, data) in enumerate(words):
        waiting += data
        if index + 1 == len(words) or words[index + 1][0] != charset:
            yield decoded(waiting, charset, defects, of=of)
            waiting = b""


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return decoded_base64(raw) if encoding in "bB" else a2b_qp(raw, header=True)


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_PADDED = re.compile(rb"[^=]+")
_MOST_PIECES = 500_000  # one for each line of a mail, if its lines are as long as usual


def decoded_base64(data: bytes) -> bytes:
    """The bytes that base64 stands for, whatever else stands between its characters and however its pieces end."""
    pieces = islice(_PADDED.finditer(data.translate(None, _NOT_BASE64)), _MOST_PIECES)
    return b"".join(_decoded_quads(piece[0]) for piece in pieces)


def _decoded_quads(data: bytes) -> bytes:
    whole = data[:-1] if len(data) % 4 == 1 else data  # six bits alone are no byte
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


# Parameters: `text/plain; charset="utf-8"; name*0*=utf-8''Gr%C3; name*1*=%BC%C3%9Fe.txt`.

_PARAMETER = re.compile(r';\s*([^=;\s"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


@attrs.frozen
class Parameters:
    """
    A header with parameters, such as Content-Type.

    Args:
        value: What stands before the first semicolon, in small letters.
        raw: The parameters as they came, by their names in small letters.
    """

    value: str
    raw: Mapping[str, bytes]

    def word(self, name: str) -> str:
        """A parameter that is a plain word; empty where there is none."""
        return self.raw.get(name, b"").decode("latin-1").strip()

    def text(self, name: str, defects: Defects) -> str:
        """A parameter that people read; empty where there is none."""
        of = f"the parameter {name}"
        if f"{name}*" in self.raw:
            return _extended(self.raw[f"{name}*"], defects, of=of)
        return with_words_decoded(decoded(self.raw.get(name, b""), None, defects, of=of), defects, of=of)


def _extended(value: bytes, defects: Defects, *, of: str) -> str:
    """A value of the form `charset'language'content`."""
    charset, first_quote, rest = value.partition(b"'")
    _language, second_quote, content = rest.partition(b"'")
    if not (first_quote and second_quote):
        charset, content = b"", value
    plain = _PERCENT.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), content)
    return decoded(plain, charset.decode("latin-1"), defects, of=of)


def parameters(value: bytes | None) -> Parameters:
    """The parts of a header with parameters; nothing in them can be so wrong that it raises."""
    text = (value or b"").decode("latin-1")
    first = text.partition(";")[0]
    whole: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[str, bytes]]] = {}
    for match in _PARAMETER.finditer(text, len(first)):
        content = _unquoted(match[2]).encode("latin-1")
        if section := _SECTION.fullmatch(match[1].lower()):
            name, number, star = section.groups(default="")
            if number:
                pieces.setdefault(name, {}).setdefault(int(number), (star, content))
            else:
                whole.setdefault(name + star, content)
    return Parameters(first.strip().lower(), dict(map(_joined, pieces.items())) | whole)


def _joined(piece: tuple[str, dict[int, tuple[str, bytes]]]) -> tuple[str, bytes]:
    """A parameter that came in several pieces; the star of the first one says how it is written."""
    name, sections = piece
    contents = [sections[number] for number in sorted(sections)]
    return name + contents[0][0], b"".join(content for _, content in contents)


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value.strip().removeprefix('"').removesuffix('"'), flags=re.DOTALL)
    return value.strip()


# Ids of mails: `<1234@local.machine.example>`.

_COMMENT = re.compile(r"\([^()]*\)")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")


def message_ids(values: list[bytes], at_most: int, longest: int, defects: Defects, *, of: str) -> tuple[str, ...]:
    """
    The ids of mails in some headers, each once, without angle brackets, blanks and comments.

    Args:
        values: The headers' values as they came.
        at_most: How many ids are kept: the first and the last ones, between which a conversation can be followed.
        longest: How many characters an id may have; longer ones are left out.
        defects: Is told what was left out.
        of: What is read: `"the header References"`.

    Returns:
        The ids in order.
    """
    found: dict[str, None] = {}
    for value in values:
        # No id may be an encoded word, but some programs, Python's own among them, fold long ones that way.
        text = with_words_decoded(decoded(value, None, defects, of=of), defects, of=of)
        bare = _IN_BRACKETS.findall(text) or [word for word in text.split() if "@" in word]
        found.update(dict.fromkeys(clean_id for each in bare if (clean_id := _clean_id(each))))
    ids = [each for each in found if len(each) <= longest]
    if len(ids) < len(found) or len(ids) > at_most:
        defects.add(f"Some ids in {of} were left out.")
    return tuple(ids if len(ids) <= at_most else [ids[0], *ids[len(ids) - at_most + 1 :]])


def _clean_id(text: str) -> str:
    return re.sub(r"\s+", "", clean_line(_COMMENT.sub("", text), 4096))


# Dates: `Fri, 21 Nov 1997 09:55:06 -0600`.

_YEARS = range(1970, 2200)


def instant(value: bytes | None, defects: Defects) -> datetime | None:
    """
    The point in time that a Date header names, in UTC.

    An unknown zone counts as UTC (RFC 5322, 4.3).

    Args:
        value: The header's value as it came; None where there is none.
        defects: Is told what was wrong.

    Returns:
        The point in time, or None where it cannot be known.
    """
    if value is None:
        return None
    text = re.sub(r"\s*:\s*", ":", _COMMENT.sub(" ", value[:200].decode("latin-1"))).strip()
    when = moment = None
    with suppress(ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # as Python has it
        when = parsedate_to_datetime(text)
        moment = when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)
    if when is None or moment is None or moment.year not in _YEARS:
        defects.add(f"The date {shown(clean_line(text, 60))} cannot be; the mail was read without one.")
        return None
    if when.tzinfo is None and not text.endswith("-0000"):
        defects.add(f"The time zone of the date {shown(clean_line(text, 60))} is unknown; it was taken for UTC.")
    return moment
