"""Following `$ref` inside the document: what a reference names, and never anything outside."""

from __future__ import annotations

from urllib.parse import unquote

from ..tree import tokens
from .node import Node

_MOST_HOPS = 100
"""A chain of references longer than this is refused."""


class References:
    """The references of one document."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def resolve(self, node: Node) -> Node:
        """What a node stands for: itself, or what its `$ref`, and the next, points to."""
        seen = {node.pointer}
        while (target := self.target(node)) is not None:
            if target.pointer in seen or len(seen) > _MOST_HOPS:
                raise node.refusal("this $ref leads back to itself and says nothing on the way")
            seen.add(target.pointer)
            node = target
        return node

    def target(self, node: Node) -> Node | None:
        """What the `$ref` of a node points to, or None where it has none."""
        if not node.is_object or not node.has("$ref"):
            return None
        reference = node.require("$ref")
        return self._find(reference, reference.string())

    def _find(self, place: Node, reference: str) -> Node:
        if not reference.startswith("#"):
            raise place.refusal(
                f"{reference!r} is outside this document; only references such as "
                "'#/components/schemas/Name' are followed"
            )
        pointer = unquote(reference[1:])
        if not pointer.startswith("/"):
            raise place.refusal(f"{reference!r} is no JSON pointer; write '#/components/…'")
        node = self._root
        for token in tokens(pointer):
            found = _step(node, token)
            if found is None:
                raise place.refusal(f"{reference!r} names nothing in this document")
            node = found
        return node


def _step(node: Node, token: str) -> Node | None:
    if isinstance(node.value, list):
        items = list(node.items())
        return items[int(token)] if token.isdecimal() and int(token) < len(items) else None
    return node.get(token) if node.is_object else None
