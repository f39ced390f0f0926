"""
How Hypothesis works here: at random on a developer's machine, always the same where CI is set.

Neither has a deadline, for machines are noisy. What a random run finds is kept in `.hypothesis` until it is mended.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.chosen_storage import MEMORY, VARIABLE

settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci",
    database=None,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture
def in_memory():
    """For tests with rules of a command that has no form in JSON: on another storage they are skipped."""
    if os.environ.get(VARIABLE, MEMORY) != MEMORY:
        pytest.skip("what a rule does here can be kept in memory only")
