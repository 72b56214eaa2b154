"""Request bodies of the document to bodies of endpoints."""

from __future__ import annotations

from ..ir import Body, Content, ContentKind, Identifier, Named, Nullable, Text
from ..places import last_name
from ..values import frozen
from .contents import Contents
from .media_types import described_in
from .node import Node
from .notes import Notes
from .references import References


@frozen
class Bodies:
    """Lowers the request bodies of one document."""

    references: References
    contents: Contents
    notes: Notes

    def lower(self, operation: Node, owner: Identifier) -> Body | None:
        """The body of an operation, if it takes one."""
        place = operation.get("requestBody")
        if place is None:
            return None
        described = self.references.resolve(place)
        contents = self.contents.lower(described, _hint(place, described, owner))
        if not contents:
            self.notes.warn(described, "a body without media types is left out; describe one")
            return None
        is_required = described.boolean_of("required")
        if not is_required and any(map(_may_be_null, contents)):
            what = "None sends no body, so that null cannot be sent; a required body can be null"
            self.notes.remark(described, what)
        return Body(
            contents=contents,
            is_required=is_required,
            doc=described.text_of("description") or self._of_schema(described, contents),
        )

    def _of_schema(self, described: Node, contents: tuple[Content, ...]) -> Text | None:
        """What the schema of a body says, where no model says it."""
        if isinstance(contents[0].type, Named):
            return None
        for _, media in described_in(described.entries_of("content")):
            media = self.references.resolve(media)
            schema = media.get("schema") if media.is_object else None
            if schema is not None and schema.is_object:
                return self.references.resolve(schema).text_of("description")
        return None


def _hint(place: Node, described: Node, owner: Identifier) -> str:
    """What an inline model of a body is called after: a shared one is called after itself."""
    if described.pointer == place.pointer:
        return f"{owner}_body"
    name = last_name(described.pointer)
    return name if name.lower().endswith(("body", "request")) else f"{name}_body"


def _may_be_null(content: Content) -> bool:
    return content.kind is ContentKind.JSON and isinstance(content.type, Nullable)
