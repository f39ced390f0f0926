"""
How Hypothesis works here: at random on a developer's machine, always the same where CI is set.

Neither has a deadline, for machines are noisy. What a random run finds is kept in `.hypothesis` until it is mended.
"""

import os

from hypothesis import HealthCheck, settings

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
