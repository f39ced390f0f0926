from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

import pytest

from tests.serialization.test_values import CONVERTER, Colour, written
from ticketcore.errors import InvalidInput
from ticketcore.model.checks import UNCHANGED, Unchanged
from ticketcore.model.fields import FieldValue
from ticketcore.model.ids import AgentId
from ticketcore.model.mapping import FrozenMap

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "value", "data"),
    [
        (tuple[str, ...], ("b", "a"), ["b", "a"]),
        (tuple[str, ...], (), []),
        (Sequence[Colour], (Colour.RED,), ["red"]),
        (tuple[tuple[str, int], ...], (("a", 1), ("b", 2)), [["a", 1], ["b", 2]]),
        (frozenset[AgentId], frozenset({"b", "a"}), ["a", "b"]),
        (frozenset[Colour], frozenset(Colour), ["dark red", "red"]),
        (AbstractSet[str], frozenset({"b", "a"}), ["a", "b"]),
        (FrozenMap[AgentId, int], FrozenMap({"ana": 1}), {"ana": 1}),
        (Mapping[str, FieldValue | None], FrozenMap({"a": None, "b": 1}), {"a": None, "b": 1}),
        (FrozenMap[str, int], FrozenMap(), {}),
        (str | None, None, None),
        (str | None, "a", "a"),
        (datetime | None, None, None),
        (datetime | None, NINE, "2026-03-02T09:00:00+00:00"),
        (FieldValue | None, True, True),
        (Sequence[str] | Unchanged, ("a",), ["a"]),
        (str | Unchanged | None, None, None),
    ],
)
def test_container_is_written_and_read(form, value, data):
    """A container of each type has one form, and comes back from it as what it was."""
    back = CONVERTER.structure(data, form)

    assert written(value, form) == data
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("form", "data", "paths"),
    [
        (tuple[str, ...], "ab", [""]),
        (tuple[str, ...], {"a": "b"}, [""]),
        (tuple[str, ...], None, [""]),
        (tuple[str, ...], "", [""]),
        (tuple[str, ...], {}, [""]),
        (tuple[str, ...], ["a", 1, "b", None], ["[1]", "[3]"]),
        (frozenset[str], [["a"], "b"], ["[0]"]),
        (tuple[str, int], ["a"], [""]),
        (tuple[str, int], [1, "a"], ["[0]", "[1]"]),
        (tuple[tuple[str, int], ...], [["a", 1], ["b", "c"]], ["[1][1]"]),
        (FrozenMap[str, int], [["a", 1]], [""]),
        (FrozenMap[str, int], {"a": "1", "b": 2, "c": None}, ["a", "c"]),
        (FrozenMap[str, int], {"a\0": 1}, ["a\0"]),
        (FrozenMap[str, tuple[int, ...]], {"a": [1, "2"]}, ["a[1]"]),
        (int | None, "", [""]),
        (str | Unchanged, None, [""]),
        (str | Unchanged, ["unchanged"], [""]),
    ],
)
def test_all_wrong_members_are_told(form, data, paths):
    """Each member that is wrong is told with its place."""
    with pytest.raises(InvalidInput) as caught:
        CONVERTER.structure(data, form)

    assert [fault.path for fault in caught.value.faults] == paths


def test_long_key_is_shortened_in_paths():
    """A fault's path stays readable, whatever key somebody sends."""
    with pytest.raises(InvalidInput) as caught:
        CONVERTER.structure({"k" * 10**6: "x"}, FrozenMap[str, int])

    assert len(caught.value.faults[0].path) <= 60


def test_unchanged_is_no_text():
    """The text `unchanged` is a text like others; only a field that is left out stays as it is."""
    assert CONVERTER.structure("unchanged", str | Unchanged) == "unchanged"
    assert CONVERTER.structure("unchanged", str | Unchanged) is not UNCHANGED


@pytest.mark.parametrize("form", [str | int | None, list[str], dict[str, int], object])
def test_types_without_a_form_are_refused_when_the_class_is_compiled(form):
    """A host that gives a field such a type is told at once, not by its first document."""
    with pytest.raises(TypeError, match="no JSON form"):
        CONVERTER.get_structure_hook(form)
