"""JSON that is not quite valid: valid JSON with one thing in it changed, added or taken away.

What it is changed to comes from the schema itself, from both sides of each bound in it.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..json_types import Json, is_array, is_object
from .oracle import Schema

_COMMON: Final[SearchStrategy[Json]] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from([1.0, 0.5, 1e300, 2**63, -(2**63), "", "a", "true", "5"]),
    st.sampled_from(["2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "0" * 32]),
    st.sampled_from([[], {}, [None], {"a": None}]),
    st.text(max_size=4),
)


@st.composite
def near_misses(draw: st.DrawFn, wire: SearchStrategy[Json], schema: Schema | None) -> Json:
    """Valid JSON, mostly with something wrong."""
    constants = [] if schema is None else schema.constants
    pool = st.sampled_from(constants) | _COMMON if constants else _COMMON
    edges = [] if schema is None else schema.edges
    # What is chosen first stays chosen when Hypothesis puts other values in behind it.
    change = draw(st.sampled_from(["nothing", "replace", "remove", "add", *["set"] * bool(edges)]))
    name, edge = draw(st.sampled_from(edges)) if change == "set" else ("", None)
    value = copy.deepcopy(draw(wire))
    places = _places(value)
    if change == "set":
        holders = [one for one in _containers(value, places) if is_object(one)]
        if holders:
            draw(st.sampled_from(holders))[name] = edge
    elif change == "replace":
        new = draw(pool)
        if not places:
            return new
        container, key = draw(st.sampled_from(places))
        container[key] = new
    elif change == "remove" and places:
        container, key = draw(st.sampled_from(places))
        del container[key]
    elif change == "add":
        _add(draw(st.sampled_from(_containers(value, places))), draw(pool))
    return value


def _containers(value: Json, places: list[tuple[Any, Any]]) -> list[Json]:
    """A value and all within it."""
    return [value, *(container[key] for container, key in places)]


def _add(container: Json, new: Json) -> None:
    if is_object(container):
        container["added"] = new
    elif is_array(container):
        container.append(new)


def _places(value: Json) -> list[tuple[Any, Any]]:
    """Each member of each container in a value: the container and the key."""
    members: dict[Any, Any] = {}
    if is_object(value):
        members = value
    elif is_array(value):
        members = dict(enumerate(value))
    below = [place for inner in members.values() for place in _places(inner)]
    return [*((value, key) for key in members), *below]
