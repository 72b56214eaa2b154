"""Whether alternatives can have no value in common, by what their schemas say of objects and arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from .joining import Joined
from .tag_values import constants_in


def are_apart(members: Sequence[Joined]) -> bool:
    """Whether no value can match two of some schemas of objects, arrays or both."""
    return all(_is_apart(one, other) for one, other in combinations(members, 2))


def _is_apart(one: Joined, other: Joined) -> bool:
    first, second = _kind_of(one), _kind_of(other)
    if first is None or second is None:
        return False
    if first != second:
        return True
    if first != "object":
        return False
    return _differ(one, other) or _is_closed_to(one, other) or _is_closed_to(other, one)


def _kind_of(joined: Joined) -> str | None:
    kinds = [kind for kind in joined.kinds or [] if kind != "null"]
    if not kinds and joined.implied_kind:
        return joined.implied_kind
    return kinds[0] if len(kinds) == 1 else None


def _differ(one: Joined, other: Joined) -> bool:
    """Whether a property that both need must have another value in each."""
    for key in one.required.keys() & other.required.keys():
        first, second = (constants_in(side.properties.get(key, ())) for side in (one, other))
        if first is not None and second is not None and not first & second:
            return True
    return False


def _is_closed_to(one: Joined, other: Joined) -> bool:
    """Whether one forbids a property that the other needs."""
    is_closed = any(
        (others := part.get("additionalProperties")) is not None and others.value is False
        for part in one.parts
    )
    return is_closed and bool(other.required.keys() - one.properties.keys())
