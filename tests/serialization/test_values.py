from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.conditions import VOCABULARIES
from ticketcore.conformance.instances import instants
from ticketcore.errors import InvalidInput
from ticketcore.model.fields import FieldValue
from ticketcore.model.lifecycle import OPEN, STANDARD_LIFE_CYCLE, Status
from ticketcore.serialization.converter import make_converter
from ticketcore.serialization.values import make_canonical


class Colour(Enum):
    """A choice by text."""

    RED = "red"
    DARK_RED = "dark red"


class Size(IntEnum):
    """A choice by number."""

    SMALL = 1
    VERY_LARGE = 9


class Shape(StrEnum):
    """A choice whose members are texts themselves."""

    ROUND = "round"


def a_converter():
    """A converter of the library's own types."""
    return make_converter(STANDARD_LIFE_CYCLE, {None: VOCABULARIES["event"]})


CONVERTER = a_converter()


def written(value, form):
    """What a converter writes."""
    return CONVERTER.unstructure(value, unstructure_as=form)


@pytest.mark.parametrize(
    ("form", "value", "data"),
    [
        (str, "Τιμολόγιο", "Τιμολόγιο"),
        (int, 2**53, 2**53),
        (float, 0.5, 0.5),
        (bool, True, True),
        (bytes, b"\0\xff", "AP8="),
        (bytes, b"", ""),
        (date, date(2026, 3, 2), "2026-03-02"),
        (datetime, datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00+00:00"),
        (Colour, Colour.DARK_RED, "dark red"),
        (Size, Size.VERY_LARGE, "very_large"),
        (Shape, Shape.ROUND, "round"),
        (Status, OPEN, "open"),
        (FieldValue, "a", "a"),
        (FieldValue, 1, 1),
        (FieldValue, 1.5, 1.5),
        (FieldValue, False, False),
        (FieldValue, date(2026, 3, 2), {"date": "2026-03-02"}),
    ],
)
def test_value_is_written_and_read(form, value, data):
    """A value of each type has one form, and comes back from it as what it was."""
    back = CONVERTER.structure(data, form)

    assert written(value, form) == data
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (str, 1),
        (str, None),
        (int, "1"),
        (int, True),
        (int, 1.0),
        (int, -(2**53) - 1),
        (float, "0.5"),
        (float, True),
        (float, float("nan")),
        (float, float("inf")),
        (bool, 1),
        (bool, "true"),
        (bool, None),
        (bytes, "AP8"),
        (bytes, "AP8=\n"),
        (bytes, "é"),
        (bytes, [0]),
        (date, "2026-02-30"),
        (date, "2026-03-02T09:00:00"),
        (date, 20260302),
        (datetime, "2026-03-02T09:00:00"),
        (datetime, "2026-03-02T25:00:00+00:00"),
        (datetime, {}),
        (Colour, "RED"),
        (Colour, ["red"]),
        (Size, 1),
        (Size, "SMALL"),
        (Shape, "square"),
        (Status, "frozen"),
        (Status, {"key": "open", "category": "open"}),
        (FieldValue, None),
        (FieldValue, float("nan")),
        (FieldValue, {"date": "2026-03-02", "time": "9"}),
        (FieldValue, {"date": 1}),
        (FieldValue, []),
    ],
)
def test_value_of_another_type_is_refused(form, data):
    """Nothing is converted to what is wanted, however near it comes."""
    with pytest.raises(InvalidInput):
        CONVERTER.structure(data, form)


def test_whole_number_serves_where_a_fraction_is_wanted():
    """JSON knows one kind of numbers, and other writers leave the `.0` away."""
    assert CONVERTER.structure(2, float) == 2.0


@given(instants)
def test_instant_stays_the_same_in_utc(instant):
    """Whatever zone a time is in, the same instant is read; in UTC, unless the calendar ends on the way there."""
    back = CONVERTER.structure(written(instant, datetime), datetime)

    assert back == instant
    assert back.utcoffset() == timedelta() or instant.year in {1, 9999}


def test_first_and_last_instant_can_be_written():
    """A time that UTC has no room for keeps its zone."""
    east, west = timezone(timedelta(hours=1)), timezone(timedelta(hours=-1))
    first, last = datetime.min.replace(tzinfo=east), datetime.max.replace(tzinfo=west)

    assert CONVERTER.structure(written(first, datetime), datetime) == first
    assert CONVERTER.structure(written(last, datetime), datetime) == last


@given(st.text())
def test_text_is_read_if_every_database_can_store_it(text):
    """Text without null characters is read as it is."""
    if "\0" in text:
        with pytest.raises(InvalidInput):
            CONVERTER.structure(text, str)
    else:
        assert CONVERTER.structure(text, str) == text


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), datetime(2026, 3, 2, tzinfo=UTC), None, b"", object()])
def test_what_no_custom_field_holds_is_not_written(value):
    """A value that no field could hold is refused when it is written."""
    with pytest.raises(InvalidInput):
        written(value, FieldValue)


def test_canonical_values_are_equal_where_values_are():
    """In the canonical form bytes are a digest, and equal numbers are written equally."""
    canonical = a_converter()
    make_canonical(canonical)

    assert canonical.unstructure(2.0, unstructure_as=FieldValue) == 2
    assert type(canonical.unstructure(2.0, unstructure_as=FieldValue)) is int
    assert canonical.unstructure(2.5, unstructure_as=FieldValue) == 2.5
    assert len(canonical.unstructure(bytes(10**6), unstructure_as=bytes)) == 64
