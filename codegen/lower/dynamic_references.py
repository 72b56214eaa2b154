"""References that depend on who refers, made plain where all who refer mean the same by them.

A `$dynamicRef` is the `$ref` of that fragment unless several schemas have that `$dynamicAnchor`
(JSON Schema 2020-12, section 8.2.3.2). `$recursiveRef` was its name in 2019-09. OpenAPI 3.1 knows
none, but public documents have it: for the schema around it that says `$recursiveAnchor: true`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from ..places import THE_DOCUMENT, place_of
from ..tree import Json, child, walk
from ..values import field, frozen
from .node import Node
from .notes import Notes

DYNAMIC = frozenset({"$dynamicRef", "$recursiveRef"})

_Trees: TypeAlias = "tuple[Json, Mapping[str, Json]]"


def made_plain(tree: Json, files: Mapping[str, Json], notes: Notes) -> _Trees:
    """Return a document and its files with `$ref` wherever such a reference means one schema."""
    names = {id(one): name for name, one in files.items()} | {id(tree): THE_DOCUMENT}
    values = {id(one): one for one in (tree, *files.values())}
    anchors = Counter(_anchors(values.values()))
    plain = {
        key: _Plain(names[key], anchors, notes).of(one, "", None) for key, one in values.items()
    }
    return plain[id(tree)], {name: plain[id(one)] for name, one in files.items()}


def _anchors(trees: Iterable[Json]) -> Iterator[str]:
    for _, value in (found for tree in trees for found in walk(tree)):
        anchor = value.get("$dynamicAnchor") if isinstance(value, dict) else None
        if isinstance(anchor, str):
            yield anchor


@frozen
class _Plain:
    """One file, on its way to become plain."""

    file: str
    anchors: Mapping[str, int] = field()
    """How many schemas have a `$dynamicAnchor`, in all files."""
    notes: Notes

    def of(self, value: Json, pointer: str, around: str | None) -> Json:
        """Return a value with plain references; the last schema around it that says it recurs."""
        if isinstance(value, list):
            return [self.of(one, child(pointer, n), around) for n, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if value.get("$recursiveAnchor") is True:
            around = pointer
        plain: dict[str, Json] = {}
        for key, one in value.items():
            if "$ref" not in value and isinstance(one, str) and key in DYNAMIC:
                named = self._named(key, one, Node(one, child(pointer, key)), around)
                if named is not None:
                    plain["$ref"] = named
                    continue
            if key == "$dynamicAnchor" and "$anchor" not in value and not self._is_shared(one):
                key = "$anchor"  # what a $ref leads to, to whoever else reads this
            plain[key] = self.of(one, child(pointer, key), around)
        return plain

    def _is_shared(self, anchor: Json) -> bool:
        return isinstance(anchor, str) and self.anchors.get(anchor, 0) > 1

    def _named(self, key: str, reference: str, place: Node, around: str | None) -> str | None:
        """The `$ref` that means the same, if there is one."""
        if key == "$dynamicRef":
            return None if self._is_shared(reference.partition("#")[2]) else reference
        if reference != "#" or around is None:
            return None
        at = Node(place.value, place_of(self.file, place.pointer))
        what = "'$recursiveRef' is no keyword of OpenAPI; it is taken for a $ref to"
        self.notes.warn(at, f"{what} {around or 'this file'}")
        return f"#{around}"
