"""What bodies hold in each media type: JSON, forms, text, bytes; values to bytes and back.

A `Format` knows both directions, so that the two ends of a call cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from attrs import Factory, field, frozen

from .codec import Codec, codec, server_codec
from .constraints import FREE, Constraints
from .errors import RequestError
from .forms import read_form, write_form
from .http import Upload
from .media_types import charset_of, checked_media_type, essence, nearest, parameter_of
from .multipart import Part, stream_parts, write_parts
from .multipart_forms import PartTypes, parts_of, read_multipart_form
from .plain_text import read_plain_text, write_plain_text
from .properties import properties_of, require
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
        return _content_of_text(value, media_type)

    def read(self, body: bytes, media_type: str, codec: Codec) -> str:
        """Decode the text, putting U+FFFD for what is none."""
        text = body.decode(charset_of(media_type), "replace")
        require(text, self.constraints)
        return text


@frozen
class TypedTextFormat(Generic[T]):
    """Text that matches a type, such as one of some words; in the same encodings."""

    form: TypeForm[T]
    constraints: Constraints = FREE

    def write(self, value: object, media_type: str) -> Content:
        """The text of a value, which must be one of the type."""
        return _content_of_text(write_plain_text(value, self.form, self.constraints), media_type)

    def read(self, body: bytes, media_type: str, codec: Codec) -> T:
        """The value that the text stands for."""
        text = body.decode(charset_of(media_type), "replace")
        return read_plain_text(text, self.form, codec, self.constraints)


def _content_of_text(text: str, media_type: str) -> Content:
    try:
        return Content(text.encode(charset_of(media_type)), media_type)
    except UnicodeEncodeError as error:
        raise invalid([((), "type", f"cannot be written as {error.encoding}")]) from None


@frozen
class BytesFormat:
    """Bytes as they are."""

    def write(self, value: object, media_type: str) -> Content:
        """The same bytes, or those of a file or an iterable while they are sent."""
        data = body_from(value)
        if data is None:
            raise invalid([((), "type", f"is not bytes but a {type(value).__name__}")])
        if essence(media_type).startswith("multipart/") and not parameter_of(
            media_type, "boundary"
        ):
            what = f"say the boundary of its parts: content_type='{media_type}; boundary=...'"
            raise RequestError(what)
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
    """A form of parts, which may be files."""

    form: TypeForm[T]
    media_types: Mapping[str, PartTypes] = Factory(dict[str, PartTypes])
    """Of the parts that have another than their type says."""
    styles: Mapping[str, QueryStyle] = Factory(dict[str, QueryStyle])
    """Of the properties that are written in one."""
    constraints: Constraints = FREE

    def write(self, value: object, media_type: str) -> Content:
        """The parts of a model."""
        require(value, self.constraints)
        parts = list(parts_of(properties_of(value), self.media_types, self.styles))
        known = [part for part in parts if isinstance(part, Part)]
        if len(known) < len(parts):
            return Content(*stream_parts(parts, media_type))
        return Content(*write_parts(known, media_type))

    def read(self, body: bytes, media_type: str, codec: Codec) -> T:
        """The model that parts stand for."""
        value = read_multipart_form(body, media_type, self.form, self.styles, codec)
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
    media_types: Mapping[str, PartTypes] | None = None,
    styles: Mapping[str, QueryStyle] | None = None,
    constraints: Constraints = FREE,
) -> Format[T]:
    """Parts that are the properties of a `form`, each in its media type or in its style."""
    return MultipartFormat(form, media_types or {}, styles or {}, constraints)


def as_text(constraints: Constraints = FREE) -> Format[str]:
    """Text."""
    return TextFormat(constraints)


def as_text_of(form: TypeForm[T], constraints: Constraints = FREE) -> Format[T]:
    """Text that is a `form`."""
    return TypedTextFormat(form, constraints)


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
        message = f"the body cannot be sent as {content_type}: {error}{_hint(error, formats)}"
        raise RequestError(message, error.violations) from None
    except RequestError as error:  # of a property of a form
        hint = _hint(error, formats)
        if not hint:
            raise
        raise RequestError(f"{error}{hint}", error.violations) from None


def _hint(error: InvalidError | RequestError, formats: Mapping[str, Format[object]]) -> str:
    """In which media type a file goes that the one chosen has no place for."""
    has_file = any(one.keyword == "file" for one in error.violations)
    of_parts = (key for key, one in formats.items() if isinstance(one, MultipartFormat))
    media_type = next(of_parts, None) if has_file else None
    return "" if media_type is None else f"; files go with content_type={media_type!r}"


def content_in(media_type: str, written_as: Format[object], value: object) -> Content | None:
    """A request body of the one media type that it may have; None sends none."""
    return optional_content_of(value, media_type, {media_type: written_as})


def optional_content_of(
    value: object, content_type: str, formats: Mapping[str, Format[object]]
) -> Content | None:
    """The same for a body that may be left out: None sends none."""
    return None if value is None else content_of(value, content_type, formats)
