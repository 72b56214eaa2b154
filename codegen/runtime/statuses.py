"""How an OpenAPI document names the answers that it describes, and which of them one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

T = TypeVar("T")

StatusKey = int | Literal["1XX", "2XX", "3XX", "4XX", "5XX", "default"]
"""How an OpenAPI document names the answers it describes."""


def described_of(described: Mapping[StatusKey, T], status: int) -> T | None:
    """The most specific description: of the status, of its range, then `default`."""
    by_name = {str(key).upper(): one for key, one in described.items()}
    for name in (str(status), f"{status // 100}XX", "DEFAULT"):
        if name in by_name:
            return by_name[name]
    return None
