"""What a body or an answer holds, by media type: `content` of the document to `Content`s.

Only this module knows how a media type and a schema agree on what bytes mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..ir import (
    Alias,
    Anything,
    Content,
    ContentKind,
    Encoding,
    Enumeration,
    ListOf,
    Literal,
    MapOf,
    Named,
    Nullable,
    Scalar,
    ScalarKind,
    Style,
    Text,
    Type,
    UnionOf,
)
from ..places import last_name
from ..values import evolve, frozen
from .joining import Joined
from .media_types import (
    described_in,
    essence,
    is_range,
    items_kind_of,
    kind_of,
    media_types_of,
    takes_any_schema,
)
from .node import Node
from .notes import Notes
from .schemas import Schemas

_STRING: Final = Scalar(ScalarKind.STRING)
_BYTES: Final = Scalar(ScalarKind.BYTES)

_STYLES: Final = {
    "form": Style.FORM,
    "spaceDelimited": Style.SPACE_DELIMITED,
    "pipeDelimited": Style.PIPE_DELIMITED,
    "deepObject": Style.DEEP_OBJECT,
}

_STYLED: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
"""Where properties have styles (OpenAPI 3.1, section 4.8.15)."""

_OF_EVENTS: Final = frozenset({"data", "event", "id", "retry"})
"""The fields of a server-sent event."""

_HINTS: Final = {
    ContentKind.JSON: "",
    ContentKind.FORM: "_form",
    ContentKind.MULTIPART: "_multipart",
    ContentKind.TEXT: "_text",
    ContentKind.BINARY: "_bytes",
    ContentKind.JSON_LINES: "_item",
    ContentKind.EVENTS: "_item",
}
"""What is added to the name of an inline model, so that JSON, the usual, keeps the plain one."""


@frozen
class Contents:
    """Lowers the contents of one document."""

    schemas: Schemas
    notes: Notes

    def lower(self, described: Node, hint: str, *, is_answer: bool = False) -> tuple[Content, ...]:
        """What is under `content`: JSON first, otherwise in the document's order."""
        found = [
            (self._content(media, media_type, hint, is_answer=is_answer), media)
            for key, media in described_in(described.entries_of("content"))
            for media_type in media_types_of(media, key, self.notes)
        ]
        found.sort(key=lambda pair: _rank(pair[0]))
        return tuple(self._without_synonyms(found))

    def _without_synonyms(self, found: list[tuple[Content, Node]]) -> Iterator[Content]:
        """Leave out other names of plain JSON for the same type, such as `text/json`.

        And what came to the same media type as another: keys that are none are all `*/*`, and JSON
        of a range goes as plain JSON.
        """
        seen: set[tuple[str, ContentKind, Type]] = set()
        media_types: set[Text] = set()
        for content, place in found:
            key = (_plain_name(content), content.kind, content.type)
            if key in seen:
                continue
            if content.media_type in media_types:
                name = content.media_type.reveal()
                self.notes.remark(place, f"this would be {name} too, and goes unheeded beside it")
                continue
            seen.add(key)
            media_types.add(content.media_type)
            yield content

    def _content(self, entry: Node, media_type: str, hint: str, *, is_answer: bool) -> Content:
        media = self.schemas.references.resolve(entry)
        if media.pointer != entry.pointer:  # whoever refers to it first must not name its models
            hint = last_name(media.pointer)
        kind = kind_of(media_type)
        of_items = items_kind_of(media_type) if is_answer else None
        schema = None if media.value is None else media.get("schema")
        item = None if media.value is None else media.get("itemSchema")
        if item is not None and of_items is None:
            what = "'itemSchema' is heeded of answers that are events or JSON lines alone"
            self.notes.remark(item, what)
        elif item is not None and of_items is not None:
            type_ = self._described_item(item, of_items, f"{hint}{_HINTS[of_items]}")
            return Content(kind=of_items, media_type=Text(media_type), type=type_)
        if schema is None or schema.value is None:  # YAML's way to say nothing
            return _bare(of_items or kind, media_type)
        if of_items is not None and not self._is_binary(schema):
            type_ = self._item_type(schema, of_items, hint)
            return Content(kind=of_items, media_type=Text(media_type), type=type_)
        # What a range is, if it is a model, is JSON.
        type_ = self.schemas.type_of(
            schema, hint if is_range(media_type) else f"{hint}{_HINTS[kind]}"
        )
        kind = self._agreed(schema, kind, media_type, type_)
        if kind is ContentKind.MULTIPART and not is_answer:
            type_ = self.schemas.files.in_body(type_, schema, self.schemas.models)
        return Content(
            kind=kind,
            media_type=Text(_sendable(media_type) if kind is ContentKind.JSON else media_type),
            type=self._type_in(kind, media_type, type_),
            encodings=self._encodings(media, kind, media_type, schema),
        )

    def _described_item(self, item: Node, kind: ContentKind, hint: str) -> Type:
        """The type of one item that OpenAPI 3.2 has a word for; of an event, that of its data.

        An event is described as an object of its fields, whose `data` is a string. What that
        holds, if it is JSON, is in its `contentSchema` (OpenAPI 3.2, section 4.14.3).
        """
        if kind is not ContentKind.EVENTS:
            return self.schemas.type_of(item, hint)
        data = self.schemas.joining.joined(item).properties.get("data", ())
        held = [one for node in data for one in self._contents_of(node)]
        return self.schemas.type_of(held[0], hint) if held else _STRING

    def _contents_of(self, text: Node) -> Iterator[Node]:
        """What schemas say of the JSON in a string."""
        for part in self.schemas.joining.joined(text).parts:
            media_type = part.string_of("contentMediaType")
            is_json = media_type is not None and kind_of(media_type) is ContentKind.JSON
            if is_json and part.has("contentSchema"):
                yield part.require("contentSchema")

    def _item_type(self, schema: Node, kind: ContentKind, hint: str) -> Type:
        """The type of one item: of the values of JSON lines, of the data of events.

        OpenAPI before 3.2 has no word for it, so that documents describe the item; or all of them
        as an array, as Spring does; or they call all of it a string, which says nothing of values
        and that the data of events is text.
        """
        name = f"{hint}{_HINTS[kind]}"
        data = self._data_of_events(schema) if kind is ContentKind.EVENTS else []
        if data:
            return self.schemas.chosen([self.schemas.type_of(one, name) for one in data])
        is_list = self.schemas.joining.joined(schema).kinds == ["array"]
        type_ = self.schemas.type_of(schema, hint if is_list else name)
        inner = type_.inner if isinstance(type_, Nullable) else type_
        if isinstance(inner, ListOf):
            return inner.item
        if self._is_text(inner) and not isinstance(inner, Named | UnionOf):
            return _STRING if kind is ContentKind.EVENTS else Anything()
        return type_

    def _data_of_events(self, schema: Node) -> list[Node]:
        """What is said of the data of events that are described with all their fields, as huma does.

        Objects of `event` and `data` alone may as well be what the data holds.
        """
        joined = self.schemas.joining.joined
        listed = joined(schema).all_of("items")
        one = joined(listed[0] if listed else schema)
        choices = [*one.all_of("oneOf"), *one.all_of("anyOf")]
        events = [joined(item) for choice in choices for item in choice.items()] or [one]
        is_described = all(map(_is_event, events))
        return [event.properties["data"][-1] for event in events] if is_described else []

    def _agreed(self, schema: Node, kind: ContentKind, media_type: str, type_: Type) -> ContentKind:
        """The kind of content, once the schema has been heard."""
        inner = type_.inner if isinstance(type_, Nullable) else type_
        if self._is_binary(schema):
            return ContentKind.BINARY
        is_text = self._is_text(inner)
        if takes_any_schema(media_type) and not isinstance(inner, Anything):
            if not is_range(media_type):
                return ContentKind.TEXT if self._holds_text(inner) else ContentKind.JSON
            if isinstance(inner, Scalar) and inner.kind is ScalarKind.BYTES:
                return ContentKind.BINARY
            return ContentKind.TEXT if is_text else ContentKind.JSON
        if kind in (ContentKind.FORM, ContentKind.MULTIPART) and not _may_be_object(inner):
            self.notes.remark(schema, "this is no object, so that a form of it is sent as text")
            return ContentKind.TEXT
        if kind in (ContentKind.TEXT, ContentKind.BINARY) and not is_text:
            what = "text" if kind is ContentKind.TEXT else "bytes"
            if not isinstance(inner, Anything):
                self.notes.remark(schema, f"content of this media type stays {what}, unread")
        return kind

    def _is_binary(self, schema: Node) -> bool:
        """Whether a schema says that the content is bytes as they are (OpenAPI 3.1, 4.8.14.1)."""
        node = self.schemas.references.resolve(schema)
        if not node.is_object:
            return False
        is_raw = node.has("contentMediaType") and not node.has("contentEncoding")
        return node.string_of("format") == "binary" or is_raw

    def _is_text(self, type_: Type) -> bool:
        """Whether all values of a type are strings in JSON."""
        return all(map(self._is_one_text, self._alternatives(type_)))

    def _holds_text(self, type_: Type) -> bool:
        """Whether some values of a type are strings in JSON."""
        return any(map(self._is_one_text, self._alternatives(type_)))

    def _alternatives(self, type_: Type) -> tuple[Type, ...]:
        model = self.schemas.models.of_name(type_.name) if isinstance(type_, Named) else None
        held = model.type if isinstance(model, Alias) else type_
        return held.alternatives if isinstance(held, UnionOf) else (type_,)

    def _is_one_text(self, type_: Type) -> bool:
        match type_:
            case Scalar(kind):
                return kind not in (ScalarKind.INTEGER, ScalarKind.NUMBER, ScalarKind.BOOLEAN)
            case Literal(value):
                return isinstance(value, Text)
            case Named(name):
                model = self.schemas.models.of_name(name)
                return isinstance(model, Enumeration) and model.is_textual
            case _:
                return False

    def _type_in(self, kind: ContentKind, media_type: str, type_: Type) -> Type:
        """What a schema's type is in content of a kind."""
        inner = type_.inner if isinstance(type_, Nullable) else type_
        match kind:
            case ContentKind.JSON:
                return type_
            case ContentKind.FORM | ContentKind.MULTIPART:
                return MapOf(Anything()) if isinstance(inner, Anything) else inner
            case ContentKind.TEXT:
                may_be_json = takes_any_schema(media_type) and self._holds_text(inner)
                return _unread(inner) if may_be_json or self._is_text(inner) else _STRING
            case ContentKind.JSON_LINES | ContentKind.EVENTS:
                return _STRING
            case ContentKind.BINARY:
                return _BYTES

    def _encodings(
        self, media: Node, kind: ContentKind, media_type: str, schema: Node
    ) -> tuple[Encoding, ...]:
        if kind not in (ContentKind.FORM, ContentKind.MULTIPART):
            return ()
        has_styles = essence(media_type) in _STYLED
        found = {
            wire_name: self._encoding(node, wire_name, kind, has_styles=has_styles)
            for wire_name, node in media.entries_of("encoding")
        }
        self._remark_strangers(media, schema)
        if kind is ContentKind.MULTIPART:
            for name, nodes in self.schemas.joining.joined(schema).properties.items():
                named = self.schemas.files.media_types_of(nodes[-1])
                one = found.get(name) or Encoding(wire_name=Text(name))
                if named and not one.media_types:
                    found[name] = evolve(one, media_types=tuple(map(Text, named)))
        return tuple(found.values())

    def _remark_strangers(self, media: Node, schema: Node) -> None:
        """Remark encodings of what the schema neither names nor lets have any name."""
        joined = self.schemas.joining.joined(schema)
        is_open = joined.has("additionalProperties", "patternProperties", "oneOf", "anyOf")
        for name, node in media.entries_of("encoding"):
            if not is_open and name not in joined.properties:
                self.notes.remark(node, f"the schema has no property {name!r} to encode")

    def _encoding(
        self, node: Node, wire_name: str, kind: ContentKind, *, has_styles: bool
    ) -> Encoding:
        if node.has("headers") and kind is ContentKind.MULTIPART:
            what = "these are sent with files that have them (`File.headers`), and not checked"
            self.notes.remark(node.require("headers"), what)
        style = _style(node)
        if style is not None and not has_styles:
            self.notes.remark(node, "parts have styles in multipart/form-data only")
            style = None
        return Encoding(
            wire_name=Text(wire_name),
            media_types=tuple(map(Text, self._media_types(node))),
            style=style,
            explode=node.boolean_of("explode", default=style in (None, Style.FORM)),
            allows_reserved=node.boolean_of("allowReserved"),
        )

    def _media_types(self, encoding: Node) -> list[str]:
        """The media types of an encoding, which are parted by commas."""
        found = encoding.get("contentType")
        if found is None:
            return []
        return [
            media_type
            for one in found.string().split(",")
            if one.strip()
            for media_type in media_types_of(found, one, self.notes)
        ]


def _rank(content: Content) -> int:
    """What goes first: plain JSON, then JSON by other names."""
    if content.kind is not ContentKind.JSON:
        return 2
    return 0 if essence(content.media_type.reveal()) == "application/json" else 1


def _bare(kind: ContentKind, media_type: str) -> Content:
    """Content of which no schema says anything."""
    types: dict[ContentKind, Type] = {
        ContentKind.JSON: Anything(),
        ContentKind.FORM: MapOf(Anything()),
        ContentKind.MULTIPART: MapOf(Anything()),
        ContentKind.TEXT: _STRING,
        ContentKind.BINARY: _BYTES,
        ContentKind.JSON_LINES: Anything(),
        ContentKind.EVENTS: _STRING,
    }
    sent = _sendable(media_type) if kind is ContentKind.JSON else media_type
    return Content(kind=kind, media_type=Text(sent), type=types[kind])


def _unread(type_: Type) -> Type:
    """The type of a text, in which base64 stays as it is: bytes would be those of the text."""
    match type_:
        case Scalar(ScalarKind.BYTES, limits):
            return Scalar(ScalarKind.STRING, limits)
        case UnionOf(alternatives=alternatives):
            return evolve(type_, alternatives=tuple(map(_unread, alternatives)))
        case _:
            return type_


def _may_be_object(type_: Type) -> bool:
    return not isinstance(type_, Scalar | Literal | ListOf)


def _sendable(media_type: str) -> str:
    """A media type that JSON can be sent as, where the document names a range."""
    return "application/json" if is_range(media_type) else media_type


def _is_event(described: Joined) -> bool:
    names = described.properties.keys()
    return {"data", "event"} <= names <= _OF_EVENTS and len(names) > 2


def _plain_name(content: Content) -> str:
    name = essence(content.media_type.reveal())
    is_plain = name in ("application/json", "text/json", "application/x-json", "text/plain")
    return "application/json" if is_plain and content.kind is ContentKind.JSON else name


def _style(node: Node) -> Style | None:
    """How a property is written; one of the three keywords is enough to ask for a style."""
    named = node.string_of("style")
    if named is not None and named not in _STYLES:
        raise node.require("style").refusal(
            f"the style {named!r} is none for forms; use one of {sorted(_STYLES)}"
        )
    if named is not None:
        return _STYLES[named]
    return Style.FORM if node.has("explode", "allowReserved") else None
