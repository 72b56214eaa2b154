"""What the property of a discriminator may say: its values, and how a mapping spells them.

A mapping has texts alone, whatever the property is: "tooling MAY convert response values to strings
for comparison" (OpenAPI 3.0.3, Discriminator Object). Here the texts become values, once for all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final, TypeAlias

from .kinds import kind_of_value
from .node import Json, Node

JsonTag: TypeAlias = str | int | bool
"""A value of such a property; fractions, null, arrays and objects name nothing."""

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TRUTHS: Final = {"true": True, "false": False}


def constants_in(nodes: Iterable[Node]) -> frozenset[JsonTag] | None:
    """The values that a property may have, where schemas that hold together list them."""
    listed = [said for node in nodes if node.is_object and (said := _listed(node)) is not None]
    return listed[0].intersection(*listed) if listed else None


def _listed(node: Node) -> frozenset[JsonTag] | None:
    if node.has("const"):
        constant = _tag_of(node.require("const").value)
        return None if constant is None else frozenset({constant})
    if not node.has("enum"):
        return None
    values = [_tag_of(item.value) for item in node.items_of("enum")]
    tags = [one for one in values if one is not None]
    return frozenset(tags) if len(tags) == len(values) else None


def _tag_of(value: Json) -> JsonTag | None:
    """A value that may name something; whole numbers are integers."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, (str, int)) else None


def kinds_of_tags(tags: Iterable[JsonTag]) -> frozenset[str]:
    """The JSON types of values."""
    return frozenset(map(kind_of_value, tags))


def in_order(tags: Iterable[JsonTag]) -> list[JsonTag]:
    """Values in an order that is always the same: numbers by size, then texts."""
    return sorted(tags, key=lambda one: (isinstance(one, str), one))


def is_text(kinds: Collection[str] | None) -> bool:
    """Whether a property of some JSON types may be a text; of none that are known, it may."""
    return kinds is None or "string" in kinds


def spelled(text: str, kinds: Collection[str] | None) -> Iterator[JsonTag]:
    """The values that a text of a mapping stands for, in a property of some JSON types.

    Booleans have the spellings of YAML and Python, too: `True`.
    """
    if is_text(kinds):
        yield text
    if kinds is None:
        return
    truth = _TRUTHS.get(text.lower())
    if truth is not None and "boolean" in kinds:
        yield truth
    whole = _whole_number(text)
    if whole is not None and not {"integer", "number"}.isdisjoint(kinds):
        yield whole


def _whole_number(text: str) -> int | None:
    """A whole number, however JSON may have it."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if not number.is_integer():  # nor is infinity
        return None
    return int(text) if text.lstrip("-").isdigit() else int(number)
