"""
What the fuzzer feeds: for each target a function that takes any bytes, and fails where a promise is broken.

Nothing here needs the fuzzer, so that the suite can feed the targets with the corpus that it left.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ticketcore.channels.email.reading import read_mail
from ticketcore.commands.command import Command
from ticketcore.conditions import VOCABULARIES, compile_condition, fold
from ticketcore.conditions.wildcards import Wildcards
from ticketcore.conformance.records import NOW, event_facts, ticket
from ticketcore.errors import InvalidInput
from ticketcore.serialization import Codec
from ticketcore.serialization.text import read_text

CODEC: Final = Codec()
FACTS: Final = event_facts(ticket(tags=frozenset({"vip"}), custom={}), now=NOW)


def read_json(data: bytes) -> None:
    """
    JSON from anybody is a condition, a command or a record, or is refused with an error of ours.

    What was read is the same when it is written and read again; a condition can be asked, explained and printed.
    """
    try:
        document = read_text(data)
    except InvalidInput:
        return
    for scope in VOCABULARIES:
        _read_condition(document, scope)
    _read_document(data)


def _read_condition(document: object, scope: str) -> None:
    try:
        condition = CODEC.unpack_condition(document, scope)
    except InvalidInput as refused:
        _check(refused)
        return
    assert CODEC.unpack_condition(CODEC.pack_condition(condition), scope) == condition
    assert str(condition)
    if scope in {"ticket", "event"}:
        verdict = condition.holds(FACTS)
        assert compile_condition(condition)(FACTS) is verdict
        assert condition.explain(FACTS).holds is verdict


def _check(refused: InvalidInput) -> None:
    """Makes sure that a refusal says why."""
    assert refused.faults
    assert str(refused)


def _read_document(data: bytes) -> None:
    try:
        value = CODEC.loads(data)
    except InvalidInput as refused:
        _check(refused)
        return
    text = CODEC.dumps(value)
    assert CODEC.dumps(CODEC.loads(text)) == text
    if isinstance(value, Command):
        assert CODEC.command_text(value)


def match_wildcards(data: bytes) -> None:
    """A pattern and a text, with a line break between them: the matcher says what trying every way says."""
    pattern, _, text = (fold(part) for part in data.decode("utf-8", "replace").partition("\n"))
    verdict = Wildcards(pattern).match(text)
    if len(pattern) * len(text) <= _MOST_CELLS:
        assert verdict is _fits(pattern, text)


_MOST_CELLS: Final = 40_000


def _fits(pattern: str, text: str) -> bool:
    """Whether the whole text fits, by a table of which beginnings of the two fit each other."""
    row = [True] + [False] * len(text)
    for wanted in pattern:
        if wanted == "*":
            for place in range(len(text)):
                row[place + 1] = row[place + 1] or row[place]
        else:
            row = [False] + [fits and wanted in ("?", found) for fits, found in zip(row, text, strict=False)]
    return row[-1]


def read_bytes_as_mail(data: bytes) -> None:
    """Any bytes are a mail, the same one every time, and nothing of what came is lost."""
    mail = read_mail(data)

    assert mail == read_mail(data)
    assert mail.original == data
    assert "\n" not in mail.subject


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "json": read_json,
    "like": match_wildcards,
    "mail": read_bytes_as_mail,
}
"""By the name of the folder that holds their corpus."""
