"""Each law of each model and endpoint, for `pytest --pyargs topchef_sdk.testing`."""

from __future__ import annotations

from ..api.testing.test_laws import test_the_law_holds

__all__ = ["test_the_law_holds"]
