import unicodedata
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.errors import InvalidInput
from ticketcore.model import checks
from ticketcore.model.attachments import Upload
from ticketcore.model.checks import (
    IS_ADDRESS,
    IS_NAME,
    IS_TAG,
    UNCHANGED,
    Checked,
    Unchanged,
    changed_fields,
    is_line,
    optional,
)
from ticketcore.model.mapping import FrozenMap


@attrs.frozen
class Change(Checked):
    """A change of some fields of something."""

    id: str = checks.identifier()
    name: str | Unchanged | None = checks.changeable(optional(IS_NAME))
    emails: Any = checks.several(IS_ADDRESS, default=UNCHANGED, kw_only=True)


def test_what_is_not_given_is_unchanged():
    """A field that changes something only if it is given stands for no change otherwise."""
    assert (Change("1").name, Change("1").emails) == (UNCHANGED, UNCHANGED)
    assert changed_fields(Change("1")) == {}


def test_what_is_given_is_a_change():
    """Given values are the changes, by the name of the field; None is a value like others."""
    assert changed_fields(Change("1", name=None, emails=["mia@example.org"])) == {
        "name": None,
        "emails": ("mia@example.org",),
    }
    assert changed_fields(Change("1", name="Mia")) == {"name": "Mia"}


def test_what_is_given_is_checked():
    """A change is refused with all its faults, down to the members of collections."""
    with pytest.raises(InvalidInput) as caught:
        Change("1", name="", emails=["mia", "mia@example.org", None])

    assert [fault.path for fault in caught.value.faults] == ["name", "emails[0]", "emails[2]"]


def test_none_is_a_value_only_where_the_check_says_so():
    """None is no way to say that nothing changes."""
    with pytest.raises(InvalidInput, match="emails"):
        Change("1", emails=None)


# All faults at once, for every kind of field.


class Colour(Enum):
    """Some choices."""

    RED = 1
    GREEN = 2


TURNED = [f"fdp.{chr(it)}exe" for it in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
"""Names that are read in another direction than they are written."""


@attrs.frozen(kw_only=True)
class Everything(Checked):
    """A value with a field of every kind."""

    text: str = checks.text(at_most=10, at_least=1)
    line: str = checks.line(at_most=10)
    name: str = checks.name()
    id: str = checks.identifier()
    at: datetime = checks.instant()
    flag: bool = checks.flag()
    number: int = checks.number(at_least=1, at_most=9)
    colour: Colour = checks.one_of(Colour)
    several: tuple[str, ...] = checks.several(IS_TAG, at_most=2)
    distinct: frozenset[str] = checks.distinct(IS_TAG, at_most=2)
    values: Any = checks.mapping(at_most=2)
    files: tuple[Upload, ...] = checks.uploads()
    maybe: str | None = checks.line(default=None)


GOOD = {
    "text": "two\nlines\t",
    "line": "Žlica ☂",
    "name": "פתיחה \u200fחשבון",
    "id": "1",
    "at": datetime(2026, 3, 2, tzinfo=UTC),
    "flag": False,
    "number": 1,
    "colour": Colour.RED,
    "several": ["a", "a"],
    "distinct": ["a", "a"],
    "values": {"a": 1},
    "files": [Upload("a.txt", "text/plain", b"")],
    "maybe": None,
}

BAD = {
    "text": ["", "   ", "x" * 11, "a\x00", "a\x1b", "\ud800", 7, None, b"text"],
    "line": ["", " ", "x" * 11, "two\nlines", "a\tb", "a\x7f", None, ["line"]],
    "name": ["", " ", "x" * 201, "two\nlines", *TURNED],
    "id": ["", "\n", 7, None, "x" * 1001],
    "at": [datetime(2026, 3, 2), date(2026, 3, 2), "2026-03-02T09:00:00Z", 0, None],  # noqa: DTZ001 - no zone is the fault
    "flag": [0, 1, None, "true"],
    "number": [0, 10, 1.0, True, "1", None],
    "colour": [1, "RED", None],
    "several": ["ab", b"ab", {"a": 1}, 7, None, ["a", "b", "c"], ["a", ""], ["a", None]],
    "distinct": ["ab", 7, None, ["a", "b", "c"], ["", "a"], [["a"]]],
    "values": [[("a", 1)], {"": 1}, {7: 1}, {"a": 1, "b": 2, "c": 3}, None, "a"],
    "files": ["a.txt", [b"bytes"], [None], None],
    "maybe": ["", "two\nlines", 7],
}


def test_good_values_pass():
    """Good values pass; sequences become tuples, sets frozen, mappings read-only."""
    value = Everything(**GOOD)

    assert (value.several, value.distinct) == (("a", "a"), frozenset({"a"}))
    assert isinstance(value.values, FrozenMap)


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name, several in BAD.items() for bad in several], ids=repr)
def test_bad_values_are_refused(name, bad):
    """A bad value is refused; the error says where, what was expected, and what came."""
    with pytest.raises(InvalidInput) as caught:
        Everything(**{**GOOD, name: bad})

    assert caught.value.subject == "Everything"
    assert {fault.path.partition("[")[0] for fault in caught.value.faults} == {name}
    for fault in caught.value.faults:
        assert fault.expected
        assert fault.got
        assert str(fault) in str(caught.value)


def test_all_faults_come_at_once():
    """All that is wrong with a value is told at once, in the order of its fields."""
    with pytest.raises(InvalidInput) as caught:
        Everything(**{name: several[0] for name, several in BAD.items()})

    assert [fault.path for fault in caught.value.faults] == list(BAD)


def test_every_bad_member_is_told():
    """Of a collection every bad member is told, by its place."""
    with pytest.raises(InvalidInput) as caught:
        Everything(**{**GOOD, "several": ["", None]})

    assert [fault.path for fault in caught.value.faults] == ["several[0]", "several[1]"]


def test_errors_are_short():
    """However much came, the error shows little of it."""
    with pytest.raises(InvalidInput) as caught:
        Everything(**{**GOOD, "line": "x" * 100_000})

    assert len(str(caught.value)) < 300


@given(st.text(max_size=20))
def test_lines_have_no_control_characters(text):
    """A line is any text of some characters without control characters, and nothing else."""
    accepted = is_line(at_most=20).accepts(text)

    assert accepted is (bool(text.strip()) and not any(unicodedata.category(it) in ("Cc", "Cs") for it in text))


ADDRESSES = [
    ("mia@example.org", True),
    ("Mia.Horvat+shop@sub.example.org", True),
    ("μία@παράδειγμα.gr", True),
    ("mia@localhost", True),
    ("mia", False),
    ("@example.org", False),
    ("mia@", False),
    ("mia@x@y", False),
    ("mia@example.org.", False),
    ("mia horvat@example.org", False),
    ("mia@example.org\nBcc: all@example.org", False),
    ("mia@example.org\x00", False),
    ("x" * 310 + "@example.org", False),
    (None, False),
]


@pytest.mark.parametrize(("address", "good"), ADDRESSES, ids=repr)
def test_addresses(address, good):
    """An address is something that mail can be sent to, and that cannot smuggle anything into a mail."""
    assert IS_ADDRESS.accepts(address) is good


@pytest.mark.parametrize("name", TURNED, ids=ascii)
def test_a_file_is_named_as_it_reads(name):
    """No file comes in under a name that reads as if it were of another kind."""
    with pytest.raises(InvalidInput, match="a file name"):
        Upload(name, "application/pdf", b"")
