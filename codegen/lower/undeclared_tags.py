"""Bases and heirs that do not declare the property which tells them apart, as if they did.

A discriminator says that an object has its property (OpenAPI 3.1, section 4.8.25), and documents
whose servers add it do not say so once more among the properties. What is lost without a place for
it cannot be written again, and nobody could tell what is sent. So what belongs to a base with a
discriminator has the property: an heir with what names it as the default, for there it says this
itself. A base that says nothing else is an object with properties all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from ..errors import SpecError
from ..values import field, frozen
from .discriminators import OF_OTHERS, leaves_open
from .families import Families, key_of, own_discriminator
from .joining import Joining
from .node import Json, Node
from .notes import Notes
from .other_versions import Schema, with_instead
from .references import References
from .shapes import kinds_besides_null


def with_declared_tags(
    tree: Json, files: Mapping[str, Json], *, is_3_0: bool
) -> tuple[Json, Mapping[str, Json]]:
    """Return a document and its files with the property in all that belong to such a base."""
    root = Node(tree, "")
    references = References(root, files)
    # Whoever lowers the document tells what is wrong with it.
    undeclared = _Undeclared(references, Joining(references, is_3_0), Families(references, Notes()))
    with suppress(SpecError):
        undeclared.find(root)
    if not undeclared.instead:
        return tree, files
    trees = {id(one): one for one in (tree, *files.values())}
    done = {key: with_instead(undeclared.instead, one) for key, one in trees.items()}
    return done[id(tree)], {name: done[id(one)] for name, one in files.items()}


@frozen
class _Undeclared:
    """Finds the bases of a document, their heirs, and which of them lack the property."""

    references: References
    joining: Joining
    families: Families
    instead: dict[int, Schema] = field(factory=dict[int, Schema])
    """What stands in the place of schemas, by their identities."""

    def find(self, root: Node) -> None:
        """Find what is to stand in the place of schemas; raises `SpecError`."""
        components = root.get("components")
        nodes = [] if components is None else [one for _, one in components.entries_of("schemas")]
        if not any(one.is_object and own_discriminator(one) is not None for one in nodes):
            return
        schemas = {one.pointer: one for one in map(self._itself, nodes)}
        self.families.find_children(schemas.values())
        for base in schemas.values():
            described = own_discriminator(base) if base.is_object else None
            if described is not None and self.families.base_of(base) is not None:
                self._declare(base, key_of(described))

    def _itself(self, node: Node) -> Node:
        """What a component is that is another name, as it stands there."""
        seen: set[str] = set()
        while node.pointer not in seen and (target := self.references.target(node)) is not None:
            seen.add(node.pointer)
            node = target
        return node

    def _declare(self, base: Node, key: str) -> None:
        heirs = self.families.children_of(base)
        lacking = [one for one in (base, *heirs) if self._lacks(one, key)]
        names = self.families.names_of(base) if lacking else {}
        for one in lacking:
            if one is not base:
                self._add(one, {key: _declared(names.get(one.pointer))})
        if len(lacking) == len(heirs) + 1:
            self._add(base, {key: _declared(names.get(base.pointer))})
        elif not self.joining.joined(base).has("properties", *OF_OTHERS):
            self._add(base, {})

    def _lacks(self, node: Node, key: str) -> bool:
        """Whether an object has no place for a property, and nothing against it."""
        joined = self.joining.joined(node)
        return (
            kinds_besides_null(joined) in (None, ["object"])
            and not joined.has("oneOf", "anyOf", "enum", "const")
            and key not in joined.properties
            and key not in joined.required
            and leaves_open(joined)
        )

    def _add(self, node: Node, properties: Mapping[str, Json]) -> None:
        known: Json = self.instead.get(id(node.value), node.value)
        own: Json = known.get("properties") or {}
        self.instead[id(node.value)] = {**known, "properties": {**own, **properties}}


def _declared(name: str | None) -> Json:
    """The property, which says what names the object if nobody says it."""
    return {"type": "string"} if name is None else {"type": "string", "default": name}
