import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ticketcore.conditions import fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Invoice", "INVOICE"),
        ("straße", "STRASSE"),
        ("Ελλάς", "ΕΛΛΆΣ"),
        ("Račun", "RAČUN"),
        ("e\u0301", "\u00c9"),
        ("ﬁnal", "FINAL"),
    ],
)
def test_texts_that_differ_in_case_or_encoding_fold_alike(one, other):
    """Case and the encoding of accents make no difference."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("e", "é"), ("Račun", "Racun"), ("I", "İ"), ("a", "а")])
def test_different_letters_stay_different(one, other):
    """Accents, dots and alphabets are no matter of case."""
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    """What is folded can be stored and folded again."""
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_encoding_of_accents_makes_no_difference(text):
    """Composed and decomposed texts fold alike."""
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text())
@example("ΐǰ")  # whose case folding comes in pieces
def test_folded_text_is_composed(text):
    """Adapters can store folded text as it is: it is in NFC."""
    assert unicodedata.is_normalized("NFC", fold(text))


@given(st.text(st.characters(codec="ascii")))
def test_short_way_for_ascii_is_no_other_way(text):
    """ASCII folds as any text does."""
    assert fold(text) == unicodedata.normalize("NFC", text.casefold())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your invoice: 7!", " your invoice 7 "),
        ("credit-card", " credit card "),
        ("", " "),
        ("!?", " "),
        ("Πού είναι;", " πού είναι "),
    ],
)
def test_words_stand_between_blanks(text, expected):
    """Words are runs of letters, digits and underscores; all else parts them."""
    assert words(text) == expected


@given(st.text())
def test_words_of_folded_text_are_those_of_the_text(text):
    """Adapters can make the words from what they have folded."""
    assert words(fold(text)) == words(text)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_letters_and_numbers_are_one_word(text):
    """Where nothing parts a text, as in ids and keys, it is one word."""
    assert words(text) == f" {fold(text)} " or not fold(text).isalnum()
