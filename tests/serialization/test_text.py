import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.errors import InvalidInput
from ticketcore.serialization import text
from ticketcore.serialization.text import canonical_text, check_bounds, described, read_text, write_text

finite = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def nested(depth):
    """A list in a list in a list."""
    data: list[object] = [None]
    for _ in range(depth - 1):
        data = [data]
    return data


@given(finite)
def test_text_comes_back_as_it_was(data):
    """What was written is read again."""
    assert read_text(write_text(data)) == data
    assert read_text(canonical_text(data)) == data


def test_text_is_written_as_people_write():
    """Text of other alphabets is no row of escapes."""
    assert write_text({"subject": "Τιμολόγιο"}) == '{"subject":"Τιμολόγιο"}'


def test_canonical_text_does_not_depend_on_order():
    """Objects with the same values have the same text, which any hash takes."""
    assert canonical_text({"b": 1, "a": "é\ud800"}) == canonical_text({"a": "é\ud800", "b": 1})
    assert canonical_text({"a": "é\ud800"}).isascii()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        '{"a": 1, "a": 2}',
        b"\xff\xfe\xfa",
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("[" + "9" * 10_000 + "]", id="huge"),
        '"\x01"',
    ],
)
def test_what_is_no_json_is_refused(data):
    """Text that is no JSON, or JSON that two readers would read differently, is refused."""
    with pytest.raises(InvalidInput, match="expected JSON"):
        read_text(data)


def test_long_text_is_refused(monkeypatch):
    """Text beyond the limit is refused before it is read."""
    monkeypatch.setattr(text, "TEXT_LIMIT", 10)

    with pytest.raises(InvalidInput, match="at most 10"):
        read_text("[1, 2, 3, 4]")


def test_deep_documents_are_refused():
    """As many levels as the limit are well, one more is not, and however many more do no harm."""
    check_bounds(nested(text.DEPTH_LIMIT))

    for depth in (text.DEPTH_LIMIT + 1, sys.getrecursionlimit() * 50):
        with pytest.raises(InvalidInput, match="levels"):
            check_bounds(nested(depth))


def test_documents_that_hold_themselves_are_refused():
    """What a decoder never gives, a program may: it does no harm either."""
    data: list[object] = []
    data.append({"data": data})

    with pytest.raises(InvalidInput, match="levels"):
        check_bounds(data)


def test_large_documents_are_refused():
    """Many values are refused, also where a few lists stand in many places."""
    check_bounds([None] * text.SIZE_LIMIT)
    many = [[[[None] * 100] * 100] * 100] * 100

    for data in (many, [None] * (text.SIZE_LIMIT + 1)):
        with pytest.raises(InvalidInput, match="values"):
            check_bounds(data)


@given(finite)
def test_small_documents_are_within_bounds(data):
    """What is small enough passes."""
    check_bounds(json.loads(json.dumps(data)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"a": 1}, "an object of 1"),
        ([1, 2], "a list of 2"),
        pytest.param(10**5000, "a very large number", id="huge"),
        (None, "None"),
        (True, "True"),
        (7, "7"),
        ("text", "'text'"),
    ],
)
def test_what_came_is_described_on_the_surface(data, words):
    """A fault says what came, whatever it was and however much."""
    assert described(data) == words
    assert len(described("x" * 10**6)) <= 60
