"""What the README points at."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = re.findall(r"[`(]((?:src|docs/(?!_build)|tests|examples)/?[^`)\s]*)", (ROOT / "README.md").read_text())


@pytest.mark.parametrize("place", PLACES)
def test_what_the_readme_names_is_there(place):
    """Whoever looks where the README says finds it."""
    assert (ROOT / place).exists()
