import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.conditions.wildcards import Wildcards


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("inv-*-20??", "inv-7-2026", True),
        ("inv-*-20??", "inv-7-2026-a", False),
        ("inv-*-20??", "inv-2026", False),
        ("*", "", True),
        ("?", "", False),
        ("", "", True),
        ("", "a", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("*ab*", "xaby", True),
        ("a.c", "abc", False),
        ("a?c", "a\nc", True),
        ("[a]", "a", False),
        ("*a?b*", "aaab", True),
    ],
)
def test_whole_text_must_fit(pattern, text, expected):
    """`*` stands for any characters, `?` for exactly one, everything else for itself."""
    assert Wildcards(pattern).match(text) is expected


@given(st.text("ab?*", max_size=8), st.text("abc", max_size=12))
def test_match_is_that_of_the_regular_expression(pattern, text):
    """Wildcards mean what the regular expression with `.*` and `.` would mean."""
    expression = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in pattern)

    assert Wildcards(pattern).match(text) is bool(re.fullmatch(expression, text, re.DOTALL))


@pytest.mark.parametrize("pattern", ["*a?" * 300 + "b", "*" + "a?" * 400 + "b*", "*?" * 400 + "b"])
def test_hostile_pattern_comes_to_an_end(pattern):
    """A pattern made to be tried in every possible way is answered as any other."""
    assert not Wildcards(pattern).match("a" * 10_000)
