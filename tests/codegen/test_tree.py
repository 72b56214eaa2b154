"""Pointers, and what may be in a tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.tree import (
    MAX_DEPTH,
    Json,
    child,
    finite,
    integer,
    is_too_deep,
    joined_surrogates,
    pointer_to,
    tokens,
    walk,
)


def test_a_pointer_escapes_tildes_and_slashes() -> None:
    assert pointer_to("paths", "/a~b", "get", "parameters", 0) == "/paths/~1a~0b/get/parameters/0"
    assert child("/paths", "/a") == "/paths/~1a"
    assert pointer_to() == ""


@given(st.lists(st.text()))
def test_the_tokens_of_a_pointer_are_those_it_was_made_of(path: list[str]) -> None:
    assert path == tokens(pointer_to(*path))


def test_a_pointer_begins_with_a_slash() -> None:
    with pytest.raises(ValueError, match="not a JSON pointer"):
        tokens("info")


def test_a_walk_meets_every_value_in_the_order_of_the_document() -> None:
    tree: Json = {"a": [1, {"b/c": None}], "d": "e"}
    assert [
        ("", tree),
        ("/a", [1, {"b/c": None}]),
        ("/a/0", 1),
        ("/a/1", {"b/c": None}),
        ("/a/1/b~1c", None),
        ("/d", "e"),
    ] == list(walk(tree))


def nested(depth: int) -> Json:
    tree: Json = "leaf"
    for level in range(depth):
        tree = [tree] if level % 2 else {"a": tree}
    return tree


@pytest.mark.parametrize(
    ("depth", "too_deep"), [(0, False), (1, False), (MAX_DEPTH, False), (MAX_DEPTH + 1, True)]
)
def test_depth_counts_mappings_and_lists(depth: int, too_deep: bool) -> None:
    assert too_deep is is_too_deep(nested(depth))


def test_numbers_are_finite_and_not_absurdly_long() -> None:
    assert integer("1" + "0" * 999) == 10**999
    assert finite("1e308") == 1e308
    for spelling in ("1e400", "-1e400"):
        with pytest.raises(ValueError, match="is not a number that JSON can hold"):
            finite(spelling)
    with pytest.raises(ValueError, match="a number of 1001 characters; at most 1000"):
        integer("1" * 1001)


def test_surrogates_are_joined_to_characters_or_refused() -> None:
    assert joined_surrogates("a\ud83d\ude00") == "a😀"
    for half in ("\ud83d", "\ude00", "\ude00\ud83d"):
        with pytest.raises(ValueError, match="half a character"):
            joined_surrogates(half)
