"""Texts in the form in which they are compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.model.texts import canonical


@given(st.text(alphabet=st.characters(categories=["L", "Mn"]), max_size=40))
def test_ordinary_text_is_in_unicode_s_form(text):
    """Where no more than thirty combining characters follow each other, the form is Unicode's."""
    assert unicodedata.is_normalized("NFC", canonical(text))
    if len(text) <= 15:
        assert canonical(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("marks", ["\u0301\u0316", "\u0f75\u0f73", "\u0344"], ids=ascii)
def test_no_tower_of_accents_remains(marks):
    """Sorting combining characters takes quadratic time, so that never many are left; some hide two in one."""
    tower = canonical("a" + marks * 50_000)

    assert len(unicodedata.normalize("NFD", tower)) <= 1 + 2 * 30
