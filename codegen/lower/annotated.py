"""Annotated enumerations, as OpenAPI 3.1.1 calls choices of constants that have titles.

JSON Schema can say nothing of one value of an `enum`, so documents name the values one by one, with a
title and a description for each. Python calls the members by the titles, where these tell them apart:
frameworks make titles of the names of properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..values import frozen
from .joining import Joined, says_only
from .kinds import is_of_kinds, kinds_of
from .node import Json, Node

_OF_CONSTANTS = frozenset({"const", "type"})


@frozen
class AnnotatedEnumeration:
    """Such a choice."""

    part: Node
    """Where it stands."""
    keyword: str
    titles: Mapping[str | int, str]
    """The values, and what each is called."""
    takes_null: bool
    """Whether null is one more value."""

    @property
    def values(self) -> list[Json]:
        """All values."""
        return [*self.titles, *([None] if self.takes_null else [])]


def annotated_enumeration(joined: Joined) -> AnnotatedEnumeration | None:
    """The choice of constants with titles that some schemas hold; None where there is none."""
    if not joined.has("oneOf", "anyOf"):  # as most have not
        return None
    found = (_annotated(part, keyword) for part in joined.parts for keyword in ("oneOf", "anyOf"))
    return next((one for one in found if one is not None), None)


def are_constants(alternatives: Iterable[Node]) -> bool:
    """Whether all alternatives are constants and say no more."""
    return all(
        one.is_object and one.has("const") and says_only(one, _OF_CONSTANTS) for one in alternatives
    )


def _annotated(part: Node, keyword: str) -> AnnotatedEnumeration | None:
    alternatives = list(part.items_of(keyword))
    some = [one for one in alternatives if not _is_null(one)]
    if not some or not all(map(_has_title, some)) or not are_constants(some):
        return None
    titles = {one.value["const"]: one.value["title"] for one in some if _is_value(one)}
    are_told_apart = len(titles) == len(set(titles.values())) == len(some) > 1
    are_alike = len(set(map(type, titles))) == 1
    if not (are_told_apart and are_alike and len(some) + 1 >= len(alternatives)):
        return None
    return AnnotatedEnumeration(part, keyword, titles, takes_null=len(some) < len(alternatives))


def _has_title(node: Node) -> bool:
    return node.is_object and isinstance(node.value.get("title"), str)


def _is_value(node: Node) -> bool:
    """Whether a constant is a string or an integer, of the type that stands beside it."""
    value, kinds = node.value["const"], kinds_of(node)
    return type(value) in (str, int) and is_of_kinds(value, kinds or None)


def _is_null(node: Node) -> bool:
    if not node.is_object or not says_only(node, _OF_CONSTANTS):
        return False
    return node.value.get("const", node) is None or node.value.get("type") == "null"
