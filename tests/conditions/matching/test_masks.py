from hypothesis import given
from hypothesis import strategies as st

from ticketcore.conditions.matching.masks import mask_of, numbers_in


@given(st.sets(st.integers(0, 300)))
def test_mask_holds_its_numbers(numbers):
    """A mask gives back the numbers that it was made of, ascending."""
    assert numbers_in(mask_of(numbers, 301)) == sorted(numbers)


@given(st.sets(st.integers(0, 63)))
def test_size_makes_no_difference(numbers):
    """The mask of some numbers is the same however many there could be."""
    assert mask_of(numbers, 64) == mask_of(numbers, 10_000) == sum(1 << number for number in numbers)
