from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.model.references import ALPHABET, RANDOM_CHARACTERS, find_references, make_reference, parse_reference

NUMBERS = st.integers(0, len(ALPHABET) ** RANDOM_CHARACTERS - 1)
PLACES = st.integers(0, RANDOM_CHARACTERS)


def replaced(text: str, place: int, character: str) -> str:
    """A text with another character at a place."""
    return text[:place] + character + text[place + 1 :]


def bare(reference: str) -> str:
    """A reference without its hyphen."""
    return reference.replace("-", "")


@given(NUMBERS)
def test_references_are_read_back(number):
    """Whatever reference is made is read back as it is."""
    reference = make_reference(number)

    assert parse_reference(reference) == reference
    assert len(bare(reference)) == RANDOM_CHARACTERS + 1


@given(NUMBERS, NUMBERS)
def test_every_number_has_its_own_reference(one, other):
    """Different numbers within the range have different references."""
    assert (make_reference(one) == make_reference(other)) is (one == other)


@given(NUMBERS, PLACES, st.sampled_from(ALPHABET))
def test_every_wrong_character_is_caught(number, place, character):
    """A reference with one wrong character, wherever it is, is none (TK-1)."""
    reference = bare(make_reference(number))
    typed = replaced(reference, place, character)

    assert (parse_reference(typed) is None) is (typed != reference)


@given(NUMBERS, st.integers(0, RANDOM_CHARACTERS - 1))
def test_every_swap_of_neighbours_is_caught(number, place):
    """A reference with two neighbours swapped is none, unless they are the same character (TK-1)."""
    reference = bare(make_reference(number))
    one, other = reference[place], reference[place + 1]
    typed = replaced(replaced(reference, place, other), place + 1, one)

    assert (parse_reference(typed) is None) is (one != other)


@given(NUMBERS, PLACES, st.sampled_from(ALPHABET))
def test_missing_and_additional_characters_are_caught(number, place, character):
    """A reference that is too short or too long is none."""
    reference = bare(make_reference(number))

    assert parse_reference(reference[:place] + reference[place + 1 :]) is None
    assert parse_reference(reference[:place] + character + reference[place:]) is None


@given(NUMBERS, st.sampled_from([" ", "-", "\u2010", "\u2011", "\u2013"]), PLACES)
def test_references_are_understood_as_they_are_typed(number, joint, place):
    """Case, blanks, hyphens and dashes do not matter."""
    reference = make_reference(number)
    typed = bare(reference).lower()

    assert parse_reference(f"  {typed[:place]}{joint}{typed[place:]} ") == reference


@given(st.text(max_size=30))
def test_other_text_is_no_reference(text):
    """Nothing but a reference is understood as one, and nothing makes the reading fail."""
    found = parse_reference(text)

    assert found is None or bare(found) == "".join(it for it in text.upper() if it in ALPHABET)


def test_characters_neither_look_nor_sound_alike():
    """References spell no words, and have no characters that are mistaken for others: no vowels, no 0, 1, B, S."""
    assert set(ALPHABET).isdisjoint("AEIOUY01BSVLZ")
    assert len(set(ALPHABET)) == len(ALPHABET) == 23


@given(NUMBERS, NUMBERS)
def test_references_are_found_in_a_subject(one, other):
    """References in a text are found in their order, with whatever stands around them."""
    first, second = make_reference(one), make_reference(other)

    assert find_references(f"Re: [{first}] and (#{second}): hello") == [first, second]


def test_words_are_no_references():
    """A subject without references has none."""
    assert find_references("Fwd: Your invoice 2026-001, 12345-67890 and more") == []


@pytest.mark.parametrize("number", [0, 23**9 - 1])
def test_bounds(number):
    """The least and the greatest number have references, too."""
    assert parse_reference(make_reference(number)) is not None


def test_check_characters_are_spread():
    """Every character of the alphabet occurs as a check character, none much oftener than others."""
    counts = Counter(make_reference(number * 7919)[-1] for number in range(2300))

    assert len(counts) == 23
    assert max(counts.values()) < 200
