"""Which schemas are those of multipart bodies: their binary properties are files."""

from __future__ import annotations

from collections.abc import Iterator

from .joining import Joining
from .node import Node
from .references import References


def multipart_schemas(root: Node, references: References, joining: Joining) -> frozenset[str]:
    """The pointers of the schemas of multipart bodies, and of what these join."""
    found: set[str] = set()
    for body in _bodies(root, references):
        for media_type, media in references.resolve(body).entries_of("content"):
            if media_type.lower().startswith("multipart/") and media.is_object:
                found.update(_pointers(media.get("schema"), joining))
    return frozenset(found)


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
