"""What a JSON value is in Python."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeGuard

Json: TypeAlias = Any
"""Any JSON value: free-form data of an API."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object whose properties its document leaves open."""


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a value stands for a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a value stands for a JSON array."""
    return isinstance(value, list)
