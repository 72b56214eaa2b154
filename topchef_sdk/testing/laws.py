"""The laws of every model and endpoint of TopChef."""

from __future__ import annotations

from ..api.testing.laws import SUBJECT, run

__all__ = ["run", "SUBJECT"]
