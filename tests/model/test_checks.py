from typing import Any

import attrs
import pytest

from ticketcore.errors import InvalidInput
from ticketcore.model import checks
from ticketcore.model.checks import IS_ADDRESS, IS_NAME, UNCHANGED, Checked, Unchanged, changed_fields, optional


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
