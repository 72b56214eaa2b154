"""What bodies hold in each media type: JSON, forms, text, bytes; values to bytes and back.

A `Format` knows both directions, so that the two ends of a call cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast, get_args

from attrs import Factory, field, frozen

from .codec import Codec, codec, server_codec
from .constraints import FREE, Constraints
from .errors import RequestError
from .files import File
from .forms import read_form, write_form
from .http import Upload
from .json_types import is_array, is_object
from .media_types import charset_of, checked_media_type, covers, is_json, nearest
from .multipart import Part, StreamedPart, read_parts, stream_parts, write_parts
from .parameter_texts import text_of
from .parameters import values_of
from .properties import below, properties_of, put_together, require
from .shapes import is_list, members
from .strict_json import decode_strictly
from .styles import QueryStyle
from .uploads import body_from
from .violations import InvalidError, invalid

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@frozen
class Content:
    """The body of a request: its bytes, or what they are read from, and their media type."""

    data: bytes | Upload = field(repr=False)
    media_type: str


class Format(Protocol[T_co]):
    """How a body of one media type is written and read."""

    def write(self, value: object, media_type: str) -> Content:
        """The body for a value; raises `InvalidError` for what is none of the format's."""
        ...

    def read(self, body: bytes, media_type: str, codec: Codec) -> T_co:
        """The value of a body; raises `InvalidError` with every violation."""
        ...


@frozen
class JsonFormat(Generic[T]):
    """JSON that matches a type."""

    form: TypeForm[T]
    constraints: Constraints = FREE

    def write(self, value: object, media_type: str) -> Content:
        """JSON text of a value, which must be one of the type."""
        body = codec.encode(value, self.constraints)
        server_codec.decode(body, self.form, self.constraints)
        return Content(body, media_type)

    def read(self, body: bytes, media_type: str, codec: Codec) -> T:
        """Decode JSON text that can be read in one way only."""
        return decode_strictly(codec, body, self.form, self.constraints)


@frozen
class TextFormat:
    """Text in the encoding that the media type names, or else UTF-8."""

    constraints: Constraints = FREE

    def write(self, value: object, media_type: str) -> Content:
        """The bytes of a text."""
        if not isinstance(value, str):
            raise invalid([((), "type", f"is no text but a {type(value).__name__}")])
        require(value, self.constraints)
        try:
            return Content(value.encode(charset_of(media_type)), media_type)
        except UnicodeEncodeError as error:
            raise invalid([((), "type", f"cannot be written as {error.encoding}")]) from None

    def read(self, body: bytes, media_type: str, codec: Codec) -> str:
        """Decode the text, putting U+FFFD for what is none."""
        text = body.decode(charset_of(media_type), "replace")
        require(text, self.constraints)
        return text


@frozen
class BytesFormat:
    """Bytes as they are."""

    def write(self, value: object, media_type: str) -> Content:
        """The same bytes, or those of a file or an iterable while they are sent."""
        data = body_from(value)
        if data is None:
            raise invalid([((), "type", f"is not bytes but a {type(value).__name__}")])
        return Content(data, media_type)

    def read(self, body: bytes, media_type: str, codec: Codec) -> bytes:
        """The same bytes."""
        return body


@frozen
class FormFormat(Generic[T]):
    """A form as `application/x-www-form-urlencoded`."""

    form: TypeForm[T]
    styles: Mapping[str, QueryStyle] = Factory(dict[str, QueryStyle])
    """Of the properties that are not in the usual one."""
    constraints: Constraints = FREE

    def write(self, value: object, media_type: str) -> Content:
        """The fields of a model."""
        require(value, self.constraints)
        return Content(write_form(properties_of(value), self.styles), media_type)

    def read(self, body: bytes, media_type: str, codec: Codec) -> T:
        """The model that fields stand for."""
        value = read_form(body, self.form, self.styles)
        require(value, self.constraints)
        return cast("T", value)


@frozen
class MultipartFormat(Generic[T]):
    """A form of parts, which may be files.

    A property is a part, an array of them one for each item; what is neither text nor a file is
    JSON (OpenAPI 3.1, section 4.8.14.5).
    """

    form: TypeForm[T]
    media_types: Mapping[str, str] = Factory(dict[str, str])
    """Of the parts that have another than their type says."""
    constraints: Constraints = FREE

    def write(self, value: object, media_type: str) -> Content:
        """The parts of a model."""
        require(value, self.constraints)
        parts = [part for name, item in properties_of(value) for part in self._parts(name, item)]
        known = [part for part in parts if isinstance(part, Part)]
        if len(known) < len(parts):
            return Content(*stream_parts(parts, media_type))
        return Content(*write_parts(known, media_type))

    def _parts(self, name: str, value: object) -> Iterator[Part | StreamedPart]:
        for index, item in enumerate(value if is_array(value) else [value]):
            if item is None:
                continue  # as in forms and parameters, null is left out
            try:
                yield _part(name, item, self.media_types.get(name))
            except InvalidError as error:
                raise below((name, index) if is_array(value) else (name,), error) from None

    def read(self, body: bytes, media_type: str, codec: Codec) -> T:
        """The model that parts stand for."""
        grouped: dict[str, list[Part]] = {}
        for part in read_parts(body, media_type):
            grouped.setdefault(part.name, []).append(part)

        def read(name: str, form: Any) -> object:
            return _read_parts(grouped[name], form, codec) if name in grouped else None

        value = put_together(self.form, read, grouped)
        require(value, self.constraints)
        return cast("T", value)


def as_json(form: TypeForm[T], constraints: Constraints = FREE) -> Format[T]:
    """JSON that matches a `form`."""
    return JsonFormat(form, constraints)


def as_form(
    form: TypeForm[T],
    styles: Mapping[str, QueryStyle] | None = None,
    constraints: Constraints = FREE,
) -> Format[T]:
    """A form of the properties of a `form`, each in its style."""
    return FormFormat(form, styles or {}, constraints)


def as_multipart(
    form: TypeForm[T],
    media_types: Mapping[str, str] | None = None,
    constraints: Constraints = FREE,
) -> Format[T]:
    """Parts that are the properties of a `form`, each in its media type."""
    return MultipartFormat(form, media_types or {}, constraints)


def as_text(constraints: Constraints = FREE) -> Format[str]:
    """Text."""
    return TextFormat(constraints)


as_bytes: Format[bytes] = BytesFormat()
"""Bytes as they are."""


def content_of(value: object, content_type: str, formats: Mapping[str, Format[object]]) -> Content:
    """A request body in one of the media types that it may have.

    Raises `RequestError` for a media type that is not described, and for a value that is not
    what is described for it.
    """
    described = nearest(formats, checked_media_type(content_type))
    if described is None:
        known = ", ".join(formats)
        raise RequestError(f"the body cannot be sent as {content_type!r}, but as {known}")
    try:
        return formats[described].write(value, content_type)
    except InvalidError as error:
        message = f"the body cannot be sent as {content_type}: {error}"
        raise RequestError(message, error.violations) from None


def content_in(media_type: str, written_as: Format[object], value: object) -> Content | None:
    """A request body of the one media type that it may have; None sends none."""
    return optional_content_of(value, media_type, {media_type: written_as})


def optional_content_of(
    value: object, content_type: str, formats: Mapping[str, Format[object]]
) -> Content | None:
    """The same for a body that may be left out: None sends none."""
    return None if value is None else content_of(value, content_type, formats)


# The parts of a multipart body.


def _part(name: str, value: object, media_type: str | None) -> Part | StreamedPart:
    if isinstance(value, File):
        kind = value.media_type or media_type or "application/octet-stream"
        data = value.body
        if isinstance(data, bytes):
            return Part(name=name, data=data, media_type=kind, file_name=value.name)
        return StreamedPart(name=name, data=data, media_type=kind, file_name=value.name)
    json = codec.unstructure(value)
    if is_object(json) or is_array(json) or (media_type is not None and is_json(media_type)):
        kind = media_type or "application/json"
        return Part(name=name, data=codec.encode(value), media_type=kind)
    return Part(name=name, data=text_of(json).encode(), media_type=media_type)


def _read_parts(parts: list[Part], form: Any, codec: Codec) -> object:
    kinds = members(form)
    lists = [one for one in kinds if is_list(one)]
    if lists or (Any in kinds and len(parts) > 1):
        inner = (get_args(lists[0]) or (Any,))[0] if lists else Any
        return [_read_part(part, inner, codec) for part in parts]
    return _read_part(parts[-1], form, codec)


def _read_part(part: Part, form: Any, codec: Codec) -> object:
    kinds = members(form)
    media_type = part.media_type or "text/plain"
    is_file = part.file_name is not None or not (
        is_json(media_type) or covers("text/*", media_type)
    )
    if File in kinds or (Any in kinds and is_file):
        name = "file" if part.file_name is None else part.file_name
        return File(part.data, name, part.media_type)
    if is_json(media_type):
        return codec.decode(part.data, form)
    return values_of([part.data.decode(charset_of(media_type), "replace")], form)
