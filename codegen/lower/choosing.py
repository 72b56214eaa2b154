"""`oneOf` and `anyOf`: what a value is chosen from, and what it is only held to.

Alternatives that add nothing to the type of what they stand beside hold it to something: which
properties an object must have, say. They are checked, and there is no choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from ..values import field, frozen
from .annotated import are_constants
from .joining import Joined, Joining, says_only
from .kinds import kinds_of
from .node import Node

_MOST_COMBINED = 100
"""Into how many alternatives choices that stand beside each other are multiplied out."""

_OF_CONSTRAINTS = frozenset(
    {
        "dependentRequired",
        "maxProperties",
        "minProperties",
        "not",
        "properties",
        "required",
        "type",
    }
)
"""What alternatives say that only hold an object to something."""

_OF_SCALARS = frozenset(
    {
        "const",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxLength",
        "maximum",
        "minLength",
        "minimum",
        "multipleOf",
        "not",
        "pattern",
    }
)
"""What alternatives say that only hold a string or a number to something."""


@frozen(kw_only=True)
class Choosing:
    """A `oneOf` or an `anyOf`: where it stands, and its alternatives."""

    part: Node
    keyword: str
    alternatives: tuple[Node, ...]
    inner: tuple[Node, ...]
    """What these are: a choice of one reference is what that refers to."""


@frozen
class Choosings:
    """Finds what values are chosen from in one document."""

    joining: Joining
    _found: dict[str, list[Choosing]] = field(factory=dict[str, list[Choosing]])

    def of(self, joined: Joined) -> list[Choosing]:
        """What the value is chosen from, besides choices that only hold it to something."""
        if not joined.has("oneOf", "anyOf"):
            return []
        known = self._found.get(joined.key)
        if known is None:
            known = self._found[joined.key] = self._find(joined)
        return known

    def _find(self, joined: Joined) -> list[Choosing]:
        found = [one for one in self._all(joined) if not self._only_constrains(joined, one)]
        combined = prod(len(one.alternatives) for one in found)
        return [] if len(found) > 1 and combined > _MOST_COMBINED else found

    def _all(self, joined: Joined) -> Iterator[Choosing]:
        for part in joined.parts:
            for keyword in ("oneOf", "anyOf"):
                alternatives = tuple(part.items_of(keyword)) if part.has(keyword) else ()
                if alternatives:
                    inner = tuple(map(self._innermost, alternatives))
                    yield Choosing(
                        part=part, keyword=keyword, alternatives=alternatives, inner=inner
                    )

    def _innermost(self, node: Node) -> Node:
        seen: set[str] = set()
        only: Node | None = node
        while only is not None and only.pointer not in seen:
            node = only
            seen.add(node.pointer)
            only = self.only_alternative(node)
        return node

    def only_alternative(self, node: Node) -> Node | None:
        """The reference that a schema is which is nothing but a choice of that one."""
        joined = self.joining.joined(node)
        if len(joined.parts) != 1 or joined.is_nullable or not joined.has("oneOf", "anyOf"):
            return None
        part = joined.parts[0]
        for keyword in ("oneOf", "anyOf"):
            if says_only(part, frozenset({keyword})):
                alternatives = list(part.items_of(keyword))
                is_one = len(alternatives) == 1 and self._is_named(alternatives[0])
                return alternatives[0] if is_one else None
        return None

    def _only_constrains(self, joined: Joined, choosing: Choosing) -> bool:
        """Whether alternatives add nothing to the type, only to what is checked.

        Components that a discriminator tells apart are types, though they add nothing else.
        """
        if choosing.part.has("discriminator") and all(map(self._is_named, choosing.inner)):
            return False
        alternatives = [self.joining.joined(one) for one in choosing.inner]
        if any(one.is_nullable or one.is_nothing for one in alternatives):
            return False
        parts = [part for one in alternatives for part in one.parts]
        kinds = joined.kinds
        if kinds is not None and len(kinds) == 1 and kinds[0] not in ("array", "object"):
            if are_constants(choosing.alternatives):
                return False  # whose types are as narrow as can be
            return all(says_only(part, _OF_SCALARS) for part in parts)
        if not all(says_only(part, _OF_CONSTRAINTS) for part in parts):
            return False
        if kinds is None and all(one.kinds and "object" not in one.kinds for one in alternatives):
            return False  # what is said of objects is said of nothing that may be
        known = joined.properties.keys()
        is_typed = any(part.has("type") for part in parts)
        if not (known or joined.required or kinds == ["object"]) and is_typed:
            return False
        return all(name in known for one in alternatives for name in one.properties)

    def _is_named(self, node: Node) -> bool:
        return self.joining.references.target(node) is not None


def is_of_more_than_formats(part: Node, keyword: str) -> bool:
    """Whether a choice is one of more than formats, which nobody checks but the types."""
    alternatives = list(part.items_of(keyword))
    return not (
        all(_is_string(one) for one in alternatives)
        and any(one.has("format") for one in alternatives)
    )


def _is_string(node: Node) -> bool:
    """Whether a schema says no more than that a value is a string, or what format it has."""
    return says_only(node, frozenset({"type"})) and kinds_of(node) in ([], ["string"])
