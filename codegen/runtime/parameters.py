"""Parameters in the places of a request: paths, queries, header fields, cookies; and out of them.

Whoever writes a parameter gives its name, its value, and the style (`styles`) where it is not that
of its place: `simple` in paths and headers, `form*` in queries and cookies. None is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

from attrs import frozen

from .codec import Codec, codec, server_codec
from .constraints import Constraints
from .errors import RequestError
from .http import Headers
from .parameter_texts import (
    Parameter,
    deep_texts_of,
    flat_texts_of,
    json_text_of,
    may_be_array,
    names_besides,
    names_of,
    text_of,
    value_of,
    value_read,
)
from .styles import (
    CookieStyle,
    Encoded,
    Fields,
    HeaderStyle,
    Kind,
    PathStyle,
    QueryField,
    QueryStyle,
    Texts,
    percent,
    raw_cookies,
    read_in_cookies,
    read_in_header,
    read_in_path,
    read_in_query,
    write_in_cookies,
    write_in_header,
    write_in_path,
    write_in_query,
)
from .violations import InvalidError, invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import TypeForm

__all__ = [
    "Parameter",
    "ResponseHeader",
    "checked",
    "cookie_fields",
    "header_fields",
    "path",
    "query_fields",
    "read_cookie",
    "read_header",
    "read_path",
    "read_query",
    "styled",
    "text_of",
    "value_of",
    "values_of",
]

T = TypeVar("T")

_SIMPLE: Final = "simple"
_FORM: Final = "form*"


def checked(name: str, value: T, constraints: Constraints) -> T:
    """A parameter's value, or `RequestError` where it breaks its constraints.

    None breaks none, not even a schema that allows no null: it is left out.
    """
    problems = [] if value is None else constraints.first_problems(value)
    if problems:
        error = invalid(problems)
        told = "; ".join(f"{name} {violation.message}" for violation in error.violations)
        raise RequestError(f"the parameter cannot be sent: {told}", error.violations)
    return value


# Paths.


def path(*segments: object, trailing_slash: bool = False) -> str:
    """Join path segments, each percent-encoded whole (RFC 3986, section 3.3).

    A segment of several parts is a tuple; that of none stands between two slashes. Raises
    `RequestError` for any other that is empty or that would climb (`.`, `..`): servers and
    proxies would take it for another resource.
    """
    written = ""
    for segment in segments:
        parts = cast("tuple[object, ...]", segment) if isinstance(segment, tuple) else (segment,)
        text = "".join(map(_path_text, parts))
        if text in ("", ".", "..") and parts:
            raise RequestError(f"a path segment cannot be {text!r}")
        written += "/" + text
    return written + ("/" if trailing_slash or not written else "")


def _path_text(part: object) -> str:
    if type(part) is str:
        return percent(part)
    return part.text if isinstance(part, Encoded) else styled("path", part, "simple").text


def styled(name: str, value: object, style: PathStyle) -> Encoded:
    """A path parameter in a style that is not the usual; raises `RequestError` for null."""
    if style == "json":
        return Encoded(percent(json_text_of(name, value) or ""))
    texts = flat_texts_of(name, value)
    if texts is None:
        raise RequestError("a path segment cannot be made of null")
    return write_in_path(name, texts, style)


def read_path(text: str, name: str, form: TypeForm[T], style: PathStyle = "simple") -> T:
    """A path parameter, from its percent-encoded text; raises `InvalidError` if it is no `form`."""
    if style == "json":
        return _from_json(read_in_path(text, name, "scalar", style), form)

    def read(kind: Kind, _form: object) -> Texts:
        return read_in_path(text, name, kind, style)

    return cast("T", value_read(read, form))


# Queries.


def query_fields(
    *fields: tuple[str, object] | tuple[str, object, QueryStyle],
) -> tuple[QueryField, ...]:
    """Query fields; also the properties of a form."""
    written: list[QueryField] = []
    for one in fields:
        name, value, style = one if len(one) == 3 else (*one, _FORM)
        written.extend(_query_fields(name, value, style))
    return tuple(written)


def _query_fields(name: str, value: object, style: QueryStyle) -> tuple[QueryField, ...]:
    if style in ("json", "json+"):
        text = json_text_of(name, value)
        return () if text is None else write_in_query(name, text, style)
    texts = deep_texts_of(name, value) if style.startswith("deep") else flat_texts_of(name, value)
    return () if texts is None else write_in_query(name, texts, style)


def read_query(
    fields: Fields,
    name: str,
    form: TypeForm[T],
    style: QueryStyle = "form*",
    *,
    besides: Sequence[object] = (),
) -> T | None:
    """A query parameter, from fields that are still encoded; None where it is absent.

    `besides` are the names of the other parameters, and the types of those whose properties are
    fields: an object whose names are data is all the rest. Raises `InvalidError` if it is no `form`.
    """
    if style in ("json", "json+"):
        text = read_in_query(fields, name, "scalar", "form*")
        return None if text is None else _from_json(text, form)

    fits_array = may_be_array(form) and _are_several(read_in_query(fields, name, "array", style))

    def read(kind: Kind, one: object) -> Texts | None:
        if fits_array and kind == "scalar":
            return None
        names = names_of(one) if kind == "object" else None
        return read_in_query(fields, name, kind, style, names=names, besides=names_besides(besides))

    return value_read(read, form)


# Header fields.


def header_fields(
    *fields: tuple[str, object] | tuple[str, object, HeaderStyle],
) -> tuple[tuple[str, str], ...]:
    """Header fields.

    Raises `RequestError` for a value that would not stay one field (RFC 9110, section 5.5).
    """
    written: list[tuple[str, str]] = []
    for one in fields:
        name, value, style = one if len(one) == 3 else (*one, _SIMPLE)
        text = _header_text(name, value, style)
        if text is None:
            continue
        if any(character > "\xff" for character in text):
            what = "characters beyond Latin-1, such as Japanese (RFC 9110, section 5.5)"
            raise RequestError(f"the header {name} cannot hold {what}")
        if not all(" " <= character and character != "\x7f" for character in text):
            raise RequestError(f"the header {name} cannot hold control characters")
        written.append((name, text))
    return tuple(written)


def _header_text(name: str, value: object, style: HeaderStyle) -> str | None:
    if style == "json":
        return json_text_of(name, value)
    flat = flat_texts_of(name, value)
    return None if flat is None else write_in_header(name, flat, style)


def read_header(
    text: str, form: TypeForm[T], style: HeaderStyle = "simple", codec: Codec = server_codec
) -> T:
    """A header field, from its text; raises `InvalidError` if it is no `form` to the codec."""
    if style == "json":
        return _from_json(text, form, codec)

    def read(kind: Kind, _form: object) -> Texts:
        return read_in_header(text, kind, style)

    return cast("T", value_read(read, form, codec))


# Cookies.


def cookie_fields(
    *fields: tuple[str, object] | tuple[str, object, CookieStyle],
) -> tuple[tuple[str, str], ...]:
    """Cookies, whose values hold nothing that would end them (RFC 6265, section 4.1.1)."""
    written: list[tuple[str, str]] = []
    for one in fields:
        name, value, style = one if len(one) == 3 else (*one, _FORM)
        written.extend(_cookies(name, value, style))
    return tuple(written)


def _cookies(name: str, value: object, style: CookieStyle) -> tuple[tuple[str, str], ...]:
    if style == "json":
        text = json_text_of(name, value)
        return () if text is None else write_in_cookies(name, text, "form")
    flat = flat_texts_of(name, value)
    return () if flat is None else write_in_cookies(name, flat, style)


def read_cookie(
    header: str,
    name: str,
    form: TypeForm[T],
    style: CookieStyle = "form*",
    *,
    besides: Sequence[object] = (),
) -> T | None:
    """A cookie, from the `Cookie` field; None where it is absent; `besides` as in queries."""
    cookies = raw_cookies(header)
    if style == "json":
        text = read_in_cookies(cookies, name, "scalar", "form")
        return None if text is None else _from_json(text, form)

    fits_array = may_be_array(form) and _are_several(read_in_cookies(cookies, name, "array", style))

    def read(kind: Kind, one: object) -> Texts | None:
        if fits_array and kind == "scalar":
            return None
        names = names_of(one) if kind == "object" else None
        return read_in_cookies(
            cookies, name, kind, style, names=names, besides=names_besides(besides)
        )

    return value_read(read, form)


def _are_several(texts: Texts | None) -> bool:
    return isinstance(texts, list) and len(texts) > 1


def _from_json(text: Texts, form: TypeForm[T], codec: Codec = server_codec) -> T:
    return codec.decode(str(text).encode("utf-8", "replace"), form)


def values_of(texts: Sequence[str], form: TypeForm[T]) -> T:
    """The value of all query fields of one name: a list takes each, anything else the last."""
    return cast("T", read_query([("", percent(text)) for text in texts], "", form))


@frozen
class ResponseHeader(Generic[T]):
    """A header field that answers carry, and what its text stands for."""

    name: str
    form: TypeForm[T]
    style: HeaderStyle = "simple"

    def read(self, headers: Headers) -> T | None:
        """The value of the field, or None where it is absent or means nothing.

        Enumerations are open, as in bodies, where nothing else fits. Each field `Set-Cookie` is an
        item of an array, commas and all, and a line of anything else (RFC 9110, section 5.3).
        """
        text = headers.get(self.name)
        if text is None:
            return None
        is_cookie = self.name.lower() == "set-cookie"
        for reader in (server_codec, codec):
            try:
                if is_cookie and self.style != "json":
                    return _read_cookies_set(headers.get_all(self.name), self.form, reader)
                return read_header(text, self.form, self.style, reader)
            except InvalidError:
                continue
        return None


def _read_cookies_set(texts: Sequence[str], form: TypeForm[T], codec: Codec) -> T | None:
    def read(kind: Kind, _form: object) -> Texts:
        return list(texts) if kind == "array" else "\n".join(texts)

    return value_read(read, form, codec)
