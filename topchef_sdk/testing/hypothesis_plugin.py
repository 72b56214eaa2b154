"""What Hypothesis calls when it is imported, wherever this package is installed.

So nothing else is loaded here: models are registered when they are.
"""

from __future__ import annotations


def register() -> None:
    """Let `from_type` make valid models of TopChef."""
    from ..api._runtime.registration import register

    register("topchef_sdk.api.models")
