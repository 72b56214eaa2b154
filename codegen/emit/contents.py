"""Bodies and answers in generated code: their types, how they are written, how they are read.

Only this module knows what the runtime calls the kinds of content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, assert_never

from ..ir import (
    Answer,
    Body,
    Content,
    ContentKind,
    Encoding,
    Scalar,
    ScalarKind,
    Style,
    Text,
    Type,
)
from .annotations import Annotations
from .source import (
    Declared,
    Doc,
    Subscript,
    any_of,
    call,
    grouping,
    keyword,
    listing,
    literal,
    mapping,
)

_JSON: Final = "application/json"

_OF_RANGES: Final = {
    "*/*": "application/octet-stream",
    "application/*": "application/octet-stream",
    "text/*": "text/plain",
}
"""What a body is sent as unless the caller says, where the document names a range."""

_JSON_NAMES: Final = (_JSON, "text/json")


# Request bodies.


def body_declarations(
    body: Body, annotations: Annotations, *, with_defaults: bool
) -> tuple[Declared, list[Declared]]:
    """The parameter of a body, and that of its media type where a caller may choose."""
    # What is sent may be read meanwhile; a server is given what came.
    written = (_written_type(one, annotations, is_sent=with_defaults) for one in body.contents)
    annotation = any_of(*written)
    if body.is_required:
        declared = Declared("body", annotation)
    else:
        default = " = None" if with_defaults else ""
        declared = Declared("body", any_of(annotation, "None"), default)
    if not _is_chosen(body):
        return declared, []
    default_type = _default_type(body)
    default = f" = {literal(default_type)}" if with_defaults and default_type is not None else ""
    return declared, [Declared("content_type", _types_to_choose(body, annotations), default)]


def body_item(body: Body, annotations: Annotations) -> Doc:
    """The argument of a `Call` that holds its body."""
    first = body.contents[0]
    if _is_chosen(body):
        name = "content_of" if body.is_required else "optional_content_of"
        writer = annotations.runtime("contents", name)
        return keyword(
            "content", call(writer, "body", "content_type", body_formats(body, annotations))
        )
    if first.kind is ContentKind.JSON:
        name = "json_content" if body.is_required else "optional_json_content"
        items: list[Doc] = ["body", *_limits(first.type, annotations)]
        if first.media_type.reveal() != _JSON:
            items.append(keyword("media_type", literal(first.media_type)))
        return keyword("content", call(annotations.runtime("call", name), *items))
    writer = annotations.runtime("contents", "content_in")
    written_as = format_of(first, annotations)
    return keyword("content", call(writer, literal(first.media_type), written_as, "body"))


def body_read(body: Body, annotations: Annotations) -> tuple[Doc, list[Doc]]:
    """How a server takes the body from a request, and its media type where it is chosen."""
    first = body.contents[0]
    optional = "" if body.is_required else "optional_"
    if _is_json_alone(body):
        form = annotations.annotation(first.type)
        return call(f"incoming.{optional}json", form, *_limits(first.type, annotations)), []
    written = list(dict.fromkeys(_written_type(one, annotations) for one in body.contents))
    if len(written) == 1:
        read = call(f"incoming.{optional}body", body_formats(body, annotations))
    else:
        formats = body_formats(body, annotations)
        read = call(f"incoming.{optional}body_of", any_of(*written), formats)
    if not _is_chosen(body):
        return read, []
    items: list[Doc] = [_types_to_choose(body, annotations)]
    default = _default_type(body)
    if default is not None:
        items.append(literal(default))
    return read, [keyword("content_type", call("incoming.content_type", *items))]


def _is_json_alone(body: Body) -> bool:
    """Whether the body is JSON by any of the names that JSON has, and nothing else."""
    first = body.contents[0]
    if len(body.contents) > 1:
        return False
    name = first.media_type.reveal().partition(";")[0].strip().lower()
    is_named_so = name in _JSON_NAMES or name.endswith("+json")
    return first.kind is ContentKind.JSON and is_named_so


def _is_chosen(body: Body) -> bool:
    """Whether a caller says in which media type the body goes."""
    return len(body.contents) > 1 or any(map(_is_open, body.contents))


def _is_open(content: Content) -> bool:
    """Whether the document leaves something of the media type open: all of a range, or a boundary."""
    return _is_range(content) or _has_own_parts(content)


def _has_own_parts(content: Content) -> bool:
    """Whether the caller writes the parts of a multipart body, so that none but them know the boundary."""
    is_multipart = content.media_type.reveal().strip().lower().startswith("multipart/")
    return content.kind is ContentKind.BINARY and is_multipart


def _is_range(content: Content) -> bool:
    return "*" in content.media_type.reveal().partition(";")[0]


def _default_type(body: Body) -> Text | str | None:
    """The media type of a body unless the caller says; None where nothing is likely."""
    first = body.contents[0]
    if _has_own_parts(first):
        return None
    if not _is_range(first):
        return first.media_type
    if first.kind is ContentKind.TEXT:
        return "text/plain"
    return _OF_RANGES.get(first.media_type.reveal().partition(";")[0].strip())


def _types_to_choose(body: Body, annotations: Annotations) -> Doc:
    if any(map(_is_open, body.contents)):
        return "str"
    names = tuple(literal(one.media_type) for one in body.contents)
    return Subscript(annotations.use_typing("Literal"), names)


def _written_type(content: Content, annotations: Annotations, *, is_sent: bool = False) -> Doc:
    match content.kind:
        case ContentKind.JSON | ContentKind.FORM | ContentKind.MULTIPART | ContentKind.TEXT:
            return annotations.annotation(content.type)
        case ContentKind.JSON_LINES | ContentKind.EVENTS:
            return "str"
        case ContentKind.BINARY:
            return annotations.runtime("uploads", "ByteSource") if is_sent else "bytes"
        case _:
            assert_never(content.kind)


def body_formats(body: Body, annotations: Annotations) -> Doc:
    """What a body is in each of its media types."""
    return mapping((literal(one.media_type), format_of(one, annotations)) for one in body.contents)


def format_of(content: Content, annotations: Annotations) -> Doc:
    """How a content is written and read."""
    limits = _limits(content.type, annotations)
    match content.kind:
        case ContentKind.JSON:
            as_json = annotations.runtime("contents", "as_json")
            return call(as_json, annotations.annotation(content.type), *limits)
        case ContentKind.FORM | ContentKind.MULTIPART:
            is_form = content.kind is ContentKind.FORM
            items: list[Doc] = [annotations.annotation(content.type)]
            if is_form:
                items.extend(_told(content.encodings, _styled(_style_name)))
            else:
                items.extend(_told(content.encodings, _part_types))
                styles = _told(content.encodings, _styled(_style_of_part))
                items.extend(keyword("styles", one) for one in styles)
            items.extend(keyword("constraints", one) for one in limits)
            name = "as_form" if is_form else "as_multipart"
            return call(annotations.runtime("contents", name), *items)
        case ContentKind.TEXT if not _is_string(content.type):
            as_text = annotations.runtime("contents", "as_text_of")
            return call(as_text, annotations.annotation(content.type), *limits)
        case ContentKind.TEXT | ContentKind.JSON_LINES | ContentKind.EVENTS:
            return call(annotations.runtime("contents", "as_text"), *limits)
        case ContentKind.BINARY:
            return annotations.runtime("contents", "as_bytes")
        case _:
            assert_never(content.kind)


def _is_string(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.kind is ScalarKind.STRING


def _told(encodings: Iterable[Encoding], tell: Callable[[Encoding], Doc | None]) -> Iterator[Doc]:
    """What is told of the properties of a form, if anything is told of any."""
    told = [(literal(one.wire_name), what) for one in encodings if (what := tell(one))]
    if told:
        yield mapping(told)


def _styled(name_of: Callable[[Encoding], str | None]) -> Callable[[Encoding], Doc | None]:
    """What tells the style that has a name."""
    return lambda encoding: None if (name := name_of(encoding)) is None else literal(name)


def _style_name(encoding: Encoding) -> str | None:
    """A style as the runtime calls it; None for the usual way."""
    reserved = "+" if encoding.allows_reserved else ""
    style = _style_of_part(encoding)
    if style is not None:
        return f"{style}{reserved}"
    says_json = any("json" in one.reveal().lower() for one in encoding.media_types)
    return "json" if says_json else None


def _style_of_part(encoding: Encoding) -> str | None:
    """The same of a part, in which nothing is percent-encoded."""
    if encoding.style is None:
        return None
    if encoding.style is Style.DEEP_OBJECT or not encoding.explode:
        return encoding.style.value
    return "form*"  # what is a field for each item needs no delimiter


def _part_types(encoding: Encoding) -> Doc | None:
    """The media types of a part, of which each file chooses by its name."""
    media_types = [literal(one) for one in encoding.media_types if one.reveal() != "*/*"]
    if len(media_types) > 1:
        return grouping(media_types)
    return media_types[0] if media_types else None


def _limits(type_: Type, annotations: Annotations) -> tuple[Doc, ...]:
    """The constraints of a body, as one more argument where there are some."""
    constraints = annotations.constraints(type_)
    return () if constraints is None else (constraints,)


# Answers.


def answer_type(answer: Answer, annotations: Annotations) -> Doc:
    """The annotation of what an answer holds."""
    if not answer.contents:
        return "None"
    return any_of(*(_read_type(one, annotations) for one in answer.contents))


def answer_reader(answer: Answer, annotations: Annotations) -> Doc:
    """How an answer that succeeds is read."""
    if not answer.contents:
        return annotations.runtime("call", "no_body")
    readers = [(literal(one.media_type), _reader(one, annotations)) for one in answer.contents]
    if len({reader for _, reader in readers}) == 1:
        return readers[0][1]
    return call(annotations.runtime("call", "by_media_type"), mapping(readers))


def error_reader(answer: Answer, annotations: Annotations) -> Doc:
    """How an answer that is an error is read: its model or its text, where it has one."""
    described = {
        literal(one.media_type): annotations.annotation(one.type)
        for one in answer.contents
        if one.kind is ContentKind.JSON
    }
    text = [literal(one.media_type) for one in answer.contents if one.kind.is_read_as_text]
    items = [any_of(*described.values())] if described else []
    if len(set(described.values())) > 1 or (described and text):
        items.append(mapping(described.items()))
    if text:
        items.append(keyword("text", listing(text)))
    return call(annotations.runtime("call", "error"), *items)


def accepted_types(answers: Iterable[Answer]) -> tuple[str, ...]:
    """The media types of answers, JSON first; none where JSON is all that there is."""
    found: dict[str, bool] = {}
    for answer in answers:
        for content in answer.contents:
            is_json = content.kind is ContentKind.JSON
            found.setdefault(content.media_type.reveal(), is_json)
    ordered = tuple(sorted(found, key=lambda name: not found[name]))
    return () if ordered == (_JSON,) else ordered


def types_by_status(answers: Iterable[Answer]) -> tuple[tuple[str, Doc], ...]:
    """The media types of answers by their status, but for those that are JSON alone.

    These are told where a range that is told, or `default`, takes them in.
    """
    found = [(one.status, accepted_types([one]) or (_JSON,)) for one in answers if one.contents]
    told = {str(status) for status, types in found if types != (_JSON,)}
    return tuple(
        (literal(status), listing(literal(Text(one)) for one in types))
        for status, types in found
        if not told.isdisjoint({str(status), f"{str(status)[0]}XX", "default"})
    )


def _read_type(content: Content, annotations: Annotations) -> Doc:
    match content.kind:
        case ContentKind.JSON | ContentKind.TEXT:
            return annotations.annotation(content.type)
        case ContentKind.FORM:
            return "str"
        case ContentKind.BINARY | ContentKind.MULTIPART:
            return "bytes"
        case ContentKind.JSON_LINES:
            items = annotations.runtime("items", "Items")
            return Subscript(items, (annotations.exact(content.type),))
        case ContentKind.EVENTS:
            event = annotations.runtime("items", "Event")
            inner = Subscript(event, (annotations.exact(content.type),))
            return Subscript(annotations.runtime("items", "Items"), (inner,))
        case _:
            assert_never(content.kind)


def _reader(content: Content, annotations: Annotations) -> Doc:
    match content.kind:
        case ContentKind.JSON:
            reader = annotations.runtime("call", "json_body")
            form = annotations.annotation(content.type)
            return call(reader, form, *_limits(content.type, annotations))
        case ContentKind.TEXT if content.type != Scalar(ScalarKind.STRING):
            form = annotations.annotation(content.type)
            limits = _limits(content.type, annotations)
            return call(annotations.runtime("call", "text_of"), form, *limits)
        case ContentKind.TEXT | ContentKind.FORM:
            return annotations.runtime("call", "text_body")
        case ContentKind.BINARY | ContentKind.MULTIPART:
            return annotations.runtime("call", "bytes_body")
        case ContentKind.JSON_LINES | ContentKind.EVENTS:
            is_lines = content.kind is ContentKind.JSON_LINES
            reader = annotations.runtime("items", "json_lines" if is_lines else "event_stream")
            form = annotations.annotation(content.type)
            return call(reader, form, *_limits(content.type, annotations))
        case _:
            assert_never(content.kind)
