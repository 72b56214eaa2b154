"""Multipart bodies: which schemas are theirs, and which values in them are files: the binary ones."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir import Anything, ListOf, MapOf, Nullable, Scalar, ScalarKind, Type
from ..values import frozen
from .joining import Joined, Joining
from .node import Node
from .references import References


def multipart_schemas(root: Node, references: References, joining: Joining) -> frozenset[str]:
    """The pointers of the schemas of the bodies, and of what these join."""
    found: set[str] = set()
    for body in _bodies(root, references):
        for media_type, media in references.resolve(body).entries_of("content"):
            if media_type.lower().startswith("multipart/") and media.is_object:
                schema = references.resolve(media).get("schema")
                found.update(_pointers(schema, joining))
    return frozenset(found)


@frozen
class Files:
    """Finds the files in the properties of multipart bodies."""

    joining: Joining
    forms: frozenset[str]
    """The pointers of the schemas of the bodies, and of what these join."""

    def is_form(self, joined: Joined) -> bool:
        """Whether schemas are those of such a body."""
        return any(part.pointer in self.forms for part in joined.parts)

    def in_body(self, type_: Type, schema: Node) -> Type:
        """The type of a body that is a map, with files for values that are binary."""
        if not isinstance(type_, MapOf):
            return type_
        return MapOf(self.in_others(type_.value, self.joining.joined(schema)), type_.limits)

    def in_others(self, type_: Type, joined: Joined) -> Type:
        """The type of the properties that have no name, with files for binary ones."""
        for node in joined.all_of("additionalProperties"):
            type_ = self.in_property(type_, node)
        return type_

    def in_property(self, type_: Type, node: Node) -> Type:
        """The type of a property, with files for what its schema says is binary.

        A property is a part, and so is each item of an array; what is inside of these is JSON.
        """
        match type_:
            case Nullable(inner):
                return Nullable(self.in_property(inner, node))
            case ListOf(item, limits):
                for part in self._parts(node):
                    items = part.get("items")
                    item = item if items is None else self._in_part(item, items)
                return ListOf(item, limits)
            case _:
                return self._in_part(type_, node)

    def _in_part(self, type_: Type, node: Node) -> Type:
        match type_:
            case Nullable(inner):
                return Nullable(self._in_part(inner, node))
            case Scalar(ScalarKind.STRING) | Anything() if self._is_binary(node):
                return Scalar(ScalarKind.FILE)
            case _:
                return type_

    def _parts(self, node: Node) -> Iterator[Node]:
        """What a schema says, and what all say from which it is chosen besides null."""
        joined = self.joining.joined(node)
        yield from (part for part in (node, *joined.parts) if part.is_object)
        for alternatives in self._choices(joined):
            if len(alternatives) == 1:
                yield from alternatives[0].parts

    def _choices(self, joined: Joined) -> Iterator[list[Joined]]:
        for part in joined.parts:
            for keyword in ("oneOf", "anyOf"):
                every = [self.joining.joined(one) for one in part.items_of(keyword)]
                yield [one for one in every if one.kinds != ["null"]]

    def _is_binary(self, node: Node) -> bool:
        return any(map(_says_binary, self._parts(node)))


def _says_binary(node: Node) -> bool:
    if node.has("contentMediaType"):
        return not node.has("contentEncoding")
    return node.string_of("format") == "binary"


def _pointers(schema: Node | None, joining: Joining) -> Iterator[str]:
    """The pointers of what a schema joins, and of what it is chosen from."""
    if schema is None or isinstance(schema.value, bool):
        return
    for part in joining.joined(schema).parts:
        yield part.pointer
        for keyword in ("oneOf", "anyOf"):
            for alternative in part.items_of(keyword):
                yield from (one.pointer for one in joining.joined(alternative).parts)


def _bodies(root: Node, references: References) -> Iterator[Node]:
    for _, item in root.entries_of("paths"):
        if not item.is_object:
            continue
        for _, operation in references.resolve(item).entries():
            body = operation.get("requestBody") if operation.is_object else None
            if body is not None:
                yield body
