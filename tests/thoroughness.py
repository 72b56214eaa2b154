"""How many examples a law is tried on: few with every change, ten times as many by `make thorough`.

Only this module knows the profiles of Hypothesis. Neither has a deadline, and neither minds how
long examples take to make: on a busy machine both fail what is right.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

QUICK = "quick"
THOROUGH = "thorough"


def register_profiles() -> None:
    """Make both profiles known to `--hypothesis-profile`, and take the quick one without it."""
    slow = [HealthCheck.too_slow]
    # What fails is to fail for whoever caused it, so the quick examples are always the same ones.
    settings.register_profile(QUICK, deadline=None, suppress_health_check=slow, derandomize=True)
    settings.register_profile(
        THOROUGH, deadline=None, suppress_health_check=slow, max_examples=1000, print_blob=True
    )
    settings.load_profile(QUICK)


def examples(quick: int) -> int:
    """So many examples, or ten times as many; a law that says nothing is tried on 100 or 1000."""
    return quick * (10 if settings.get_current_profile_name() == THOROUGH else 1)
