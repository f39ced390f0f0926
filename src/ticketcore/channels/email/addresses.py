"""
Lists of addresses, as From, To and their like hold them (RFC 5322, 3.4 and 4.4).

A list is cut into addresses before any encoded word is decoded: what somebody hides in a name never becomes an address.
"""

import re
from collections.abc import Iterable, Iterator

import attrs

from ticketcore.channels.email.characters import clean_line
from ticketcore.channels.email.defects import Defects
from ticketcore.channels.email.headers import header_characters, with_words_decoded
from ticketcore.errors import shown
from ticketcore.model.checks import IS_ADDRESS, NAME_LIMIT
from ticketcore.model.mail import MailAddress
from ticketcore.model.texts import canonical

_LONGEST_HEADER = 65_536
_TOKEN = re.compile(
    r"""
    (?P<quoted> "(?:[^"\\]|\\.){0,300}" )
    | (?P<angle> <[^<>]*>? )
    | (?P<opening> \( )
    | (?P<closing> \) )
    | (?P<end> [,;] )
    | (?P<group> : )
    | (?P<blank> \s+ )
    | (?P<word> (?:\\.|[^\s"<>(),;:\\])+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"\([^()]*\)")
_NOT_IN_ADDRESSES = frozenset('"<>()\\,;:')
_ROUTE = re.compile(r"@[^:]*:")
_PLAIN_LOCAL_PART = re.compile(r'"([^\s"\\@]+)"@')


@attrs.define
class _Entry:
    """What stands between two commas: outside of angle brackets, within them, and in comments."""

    outside: list[str] = attrs.field(factory=list[str])
    angle: str | None = None
    comments: list[str] = attrs.field(factory=list[str])


def addresses(
    values: Iterable[bytes], at_most: int, defects: Defects, *, of: str, charset: str | None = None
) -> tuple[MailAddress, ...]:
    """
    The addresses in some headers, each once.

    Args:
        values: The headers' values as they came.
        at_most: How many are kept.
        defects: Is told what could not be read, and what was left out.
        of: What is read: `"the header To"`.
        charset: What the mail's text is in, for names that are in nothing else.

    Returns:
        The addresses in order; what is none is left out.
    """
    found: dict[str, MailAddress] = {}
    texts = (header_characters(value[:_LONGEST_HEADER], charset, defects, of=of) for value in values)
    for entry in (entry for text in texts for entry in _entries(text)):
        address = _address(entry, defects, of=of)
        if address is None or address.key in found:
            continue
        if len(found) == at_most:
            defects.add(f"Of {of} the first {at_most} addresses were read.")
            break
        found[address.key] = address
    return tuple(found.values())


def _entries(text: str) -> Iterator[_Entry]:
    """The entries of a list; the name of a group is dropped, its members stay."""
    entry, depth, last_closing = _Entry(), 0, text.rfind(")")
    for token in _TOKEN.finditer(text):
        kind, piece = token.lastgroup, token[0]
        if kind == "opening":
            depth += token.start() < last_closing  # one that is never closed opens nothing
        elif kind == "closing":
            depth = max(depth - 1, 0)
        elif depth:
            entry.comments.append(piece)
        elif kind == "end":
            yield entry
            entry = _Entry()
        elif kind == "group":
            entry = _Entry()
        elif kind == "blank":
            entry.outside += [] if entry.outside[-1:] == [" "] else [" "]
        elif kind == "angle" and entry.angle is None:
            entry.angle = piece.strip("<>")
        elif kind != "angle":
            entry.outside.append(piece)
    yield entry


def _address(entry: _Entry, defects: Defects, *, of: str) -> MailAddress | None:
    """The address of an entry, or None and a complaint."""
    if entry.angle is None and not entry.outside:
        return None
    if entry.angle is None:
        address, names = _bare_address("".join(entry.outside))
    else:
        bare = "".join(_COMMENT.sub("", entry.angle).split())
        address, names = _ROUTE.sub("", bare), [*map(_unquoted, entry.outside)]
    name = clean_line(with_words_decoded("".join(names), defects, of=of), NAME_LIMIT)
    name = name or clean_line(with_words_decoded("".join(entry.comments), defects, of=of), NAME_LIMIT)
    clean = canonical(_PLAIN_LOCAL_PART.sub(r"\1@", address).strip("'").rstrip("."))
    if IS_ADDRESS.accepts(clean) and clean.isprintable() and _NOT_IN_ADDRESSES.isdisjoint(clean):
        return MailAddress(name, clean)
    if clean or name:
        defects.add(f"Of {of}, {shown(clean_line(clean or name, 60))} is no address and was left out.")
    return None


def _bare_address(text: str) -> tuple[str, list[str]]:
    """An address without angle brackets, the last word that looks like one; and the words around it."""
    words = re.sub(r"\s+\.\s*", ".", re.sub(r"\s*@\s*", "@", text)).split()
    place = max((index for index, word in enumerate(words) if "@" in word), default=None)
    if place is None:
        return "", [_unquoted(" ".join(words))]
    around = [*words[:place], *words[place + 1 :]]
    return words[place], [_unquoted(" ".join(around))]


def _unquoted(piece: str) -> str:
    if len(piece) > 1 and piece.startswith('"') and piece.endswith('"'):
        return re.sub(r"\\(.)", r"\1", piece[1:-1], flags=re.DOTALL)
    return piece
