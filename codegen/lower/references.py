"""Following `$ref`: what a reference names, in the document or in a file that was loaded with it."""

from __future__ import annotations

from collections.abc import Mapping

from ..places import THE_DOCUMENT, Target, file_of, place_of, shown, target_of
from ..tree import Json, pointer_to, tokens, value_at, walk
from ..values import field, frozen
from .node import Node

_MOST_HOPS = 100
"""A chain of references longer than this is refused."""


@frozen
class References:
    """The references of one document and of the files that were loaded with it."""

    _root: Node
    _files: Mapping[str, Json] = field(factory=dict[str, Json])
    """Other files by their names from the document's folder; the document itself by its own."""
    _known: dict[tuple[str, str], Node] = field(factory=dict[tuple[str, str], Node])
    """What each reference of each file names."""
    _anchors: dict[str, dict[str, str]] = field(factory=dict[str, dict[str, str]])
    """The pointers of each file's anchors by their names."""

    def resolve(self, node: Node) -> Node:
        """What a node stands for: itself, or what its `$ref`, and the next, points to.

        A `summary` and a `description` beside the first replace those that it leads to (OpenAPI
        3.1, section 4.8.23).
        """
        target = self.target(node)
        if target is None:
            return node
        first = node
        seen = {node.pointer}
        while target is not None:
            if target.pointer in seen:
                raise node.refusal("this $ref leads back to itself and says nothing on the way")
            if len(seen) > _MOST_HOPS:
                raise node.refusal(f"more than {_MOST_HOPS} references lead to each other in a row")
            seen.add(target.pointer)
            node = target
            target = self.target(node)
        return _described(node, first)

    def target(self, node: Node) -> Node | None:
        """What the `$ref` of a node points to, or None where it has none."""
        value = node.value
        if value.__class__ is not dict or "$ref" not in value:  # asked of every schema
            return None
        said: object = value["$ref"]
        known = self._known.get((file_of(node.pointer), said)) if isinstance(said, str) else None
        if known is not None:
            return known
        reference = node.require("$ref")
        return self.find(reference, reference.string())

    def find(self, place: Node, reference: str) -> Node:
        """What a reference names that stands at a place; also one that is under no `$ref`."""
        base = file_of(place.pointer)
        found = self._known.get((base, reference))
        if found is None:
            found = self._known[base, reference] = self._found(place, base, reference)
        return found

    def _found(self, place: Node, base: str, reference: str) -> Node:
        try:
            target = target_of(reference, base=base)
        except ValueError as refusal:
            raise place.refusal(str(refusal)) from None
        file, tree = self._tree(place, target)
        where = "this document" if file == THE_DOCUMENT else file
        pointer = target.fragment
        if not target.is_pointer:
            anchors = self._anchors_of(file, tree)
            if pointer not in anchors:
                what = f"{shown(reference)} is no JSON pointer, and {where} has no such anchor"
                raise place.refusal(f"{what}; write '#/components/…'")
            pointer = anchors[pointer]
        try:
            path = tokens(pointer)
            value = value_at(tree, path)
        except LookupError:
            raise place.refusal(f"{shown(reference)} names nothing in {where}") from None
        if file == THE_DOCUMENT and not path:
            raise place.refusal(f"{shown(reference)} names all of the document; name a part of it")
        return Node(value, place_of(file, pointer_to(*path)))  # spelled as everywhere else

    def _tree(self, place: Node, target: Target) -> tuple[str, Json]:
        if target.file == THE_DOCUMENT:
            return THE_DOCUMENT, self._root.value
        if target.file not in self._files:
            raise place.refusal(f"{shown(target.file)} is no file in the document's folder")
        tree = self._files[target.file]
        return (THE_DOCUMENT if tree is self._root.value else target.file), tree

    def _anchors_of(self, file: str, tree: Json) -> dict[str, str]:
        """The places of anchors, which are sought when somebody first refers to one."""
        if file not in self._anchors:
            self._anchors[file] = {
                name: pointer
                for pointer, value in walk(tree)
                if isinstance(value, dict)
                for key in ("$anchor", "$dynamicAnchor")
                if isinstance(name := value.get(key), str)
            }
        return self._anchors[file]


def _described(node: Node, reference: Node) -> Node:
    """What a reference leads to, with the texts that stand beside the reference."""
    if not reference.has("summary", "description") or not node.is_object:  # as nearly always
        return node
    texts = {key: reference.value[key] for key in ("summary", "description") if reference.has(key)}
    return Node({**node.value, **texts}, node.pointer)
