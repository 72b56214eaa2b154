"""The styles of parameters: how texts, lists and objects of texts become one piece of a request.

Only this module knows delimiters and percent-encoding. The results are those of RFC 6570 and of
OpenAPI 3.1, section 4.8.12; each writer has its reader. Styles are called as the document calls
them; `*` after the name explodes, as in RFC 6570, and `+` leaves the reserved characters of URLs
as they are, but for `# [ ] & = +`, which would end or change the value.

What a style cannot say apart from something else is refused when it is written: a comma in the
item of a header, an empty item there, the delimiter in one of `spaceDelimited`, a dot in `label*`.
An empty list or object is not written at all (RFC 6570, section 2.3), and reads as absent; in
paths, where nothing may be absent, as empty, but for `simple`, which refuses it.

Beyond the standards: `deepObject` nests, `a[b][c]=d`, and numbers the items of arrays, `a[0]=b`,
as most servers that know it expect. In cookies `form*` writes a cookie for each item, since `&`
does not part cookies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from attrs import frozen

from .errors import RequestError
from .violations import invalid

PathStyle: TypeAlias = Literal["simple", "simple*", "label", "label*", "matrix", "matrix*", "json"]
"""How a path parameter may be written."""

QueryStyle: TypeAlias = Literal[
    "form",
    "form*",
    "form+",
    "form*+",
    "spaceDelimited",
    "spaceDelimited+",
    "pipeDelimited",
    "pipeDelimited+",
    "deepObject",
    "deepObject+",
    "json",
    "json+",
]
"""How a query parameter may be written."""

HeaderStyle: TypeAlias = Literal["simple", "simple*", "json"]
"""How a header field may be written."""

CookieStyle: TypeAlias = Literal["form", "form*", "cookie", "cookie*", "json"]
"""How a cookie may be written."""

Kind: TypeAlias = Literal["scalar", "array", "object"]
"""What a text is read as."""

Texts: TypeAlias = "str | list[Texts] | dict[str, Texts]"
"""A value as the texts that it consists of; only `deepObject` knows lists and objects in others."""

Fields: TypeAlias = Sequence[tuple[str, str]]
"""Names and values, still encoded."""

_DELIMITERS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}

_RESERVED: Final = "!$'()*/:;?@"
"""Reserved characters (RFC 3986, section 2.2) that mean nothing in the value of a query field."""

_COOKIE: Final = "!#$&'()*+-./:<=>?@[]^_`{|}~"
"""What may stand in a cookie besides letters and digits (RFC 6265, section 4.1.1), less `%`."""

_ENCODED_COMMA: Final = "%2C"

_COOKIE_NAME: Final = "!#$&'*+-.^_`|~"

_DEEPEST: Final = 50
"""Brackets after a name beyond which a request is refused."""


@frozen
class Encoded:
    """Text that is percent-encoded already."""

    text: str


QueryField: TypeAlias = tuple[str, str | Encoded]
"""The name and the value of a query field."""


def query_text(fields: Iterable[QueryField]) -> str:
    """The fields as a query, or as a form."""
    return "&".join(
        f"{percent(name)}={value.text if isinstance(value, Encoded) else percent(value)}"
        for name, value in fields
    )


def text_in_part(name: str, value: str | Encoded) -> str:
    """The value of a field as a part of a body holds it, where nothing is percent-encoded.

    Raises `RequestError` for a comma in an item, which would part it.
    """
    if not isinstance(value, Encoded):
        return value
    if _ENCODED_COMMA in value.text:
        raise RequestError(f"{name} cannot hold a comma in its items, which that would part")
    return unquote(value.text)


def field_of_part(name: str, text: str) -> tuple[str, str]:
    """A part as the field that it is read as."""
    return percent(name), percent(text, ",")


def raw_query(query: str) -> Fields:
    """The fields of a query or of a form, still encoded."""
    pairs = [field.partition("=") for field in query.split("&") if field]
    return [(name, value) for name, _, value in pairs]


def raw_query_of(url: str) -> Fields:
    """The fields of a URL's query, still encoded."""
    return raw_query(urlsplit(url).query)


def raw_cookies(header: str) -> Fields:
    """The cookies of a `Cookie` field, still encoded."""
    pairs = [field.strip(" \t").partition("=") for field in header.split(";") if field.strip(" \t")]
    return [(name, value) for name, _, value in pairs]


def percent(text: str, safe: str = "") -> str:
    """The text with all but unreserved and safe characters encoded (RFC 3986, section 2.1)."""
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise RequestError("half of a surrogate pair cannot be sent in a URL") from None


# Paths.


def write_in_path(name: str, value: Texts, style: PathStyle) -> Encoded:
    """A value as (a part of) a path segment; nothing where an array or object is empty."""
    is_exploded = style.endswith("*")
    if not value and not isinstance(value, str) and not style.startswith("simple"):
        return Encoded("")
    match style:
        case "label" | "label*":
            if is_exploded and not isinstance(value, str):
                _refuse_inside(name, value, ".")
                return Encoded("." + _joined(value, ".", percent, is_exploded=True))
            return Encoded("." + _joined(value, ",", percent, is_exploded=is_exploded))
        case "matrix" | "matrix*":
            return Encoded(_matrix(name, value, is_exploded=is_exploded))
        case _:
            text = _joined(value, ",", percent, is_exploded=is_exploded)
            if text == "" and not isinstance(value, str):
                raise RequestError("a path segment cannot be made of an empty list or object")
            return Encoded(text)


def read_in_path(text: str, name: str, kind: Kind, style: PathStyle) -> Texts:
    """What was written so; `text` is still encoded."""
    is_exploded = style.endswith("*")
    if text == "" and kind != "scalar" and not style.startswith("simple"):
        return [] if kind == "array" else {}
    match style:
        case "label" | "label*":
            if not text.startswith("."):
                raise _unreadable("a value with a dot before it")
            delimiter = "." if is_exploded and kind != "scalar" else ","
            return _parted(text[1:], kind, delimiter, unquote, is_exploded=is_exploded)
        case "matrix" | "matrix*":
            return _from_matrix(text, name, kind, is_exploded=is_exploded)
        case _:
            return _parted(text, kind, ",", unquote, is_exploded=is_exploded)


def pattern_in_path(name: str, style: PathStyle, beside: Iterable[str], *, is_alone: bool) -> str:
    """The regular expression of what is written so, in one group.

    `name`, and those of parameters `beside` it that have matrix styles, are expressions themselves.
    What is alone in its segment is not empty, and may hold semicolons that are not encoded.
    """
    text = "[^/]" if is_alone else "[^/;]"
    match style:
        case "label":
            found = rf"\.{text}*?"  # no more of the next label than it has to
        case "label*":
            found = rf"\.{text}*"
        case "matrix":
            found = f";{name}(?:=[^/;]*)?"
        case "matrix*":  # of an object it has the names of properties
            others = "".join(f"(?!{other}(?:[=;/]|$))" for other in beside)
            found = f"(?:;{name}(?:=[^/;]*)?)+|(?:;{others}[^/;]*)+"
        case _:
            return "([^/]+)"
    return f"({found})" if is_alone else f"((?:{found})?)"


def _matrix(name: str, value: Texts, *, is_exploded: bool) -> str:
    if is_exploded and isinstance(value, dict):
        pairs = [(percent(key), percent(str(item))) for key, item in value.items()]
    elif is_exploded and isinstance(value, list):
        pairs = [(percent(name), percent(str(item))) for item in value]
    else:
        pairs = [(percent(name), _joined(value, ",", percent, is_exploded=False))]
    return "".join(f";{key}={item}" if item else f";{key}" for key, item in pairs)


def _from_matrix(text: str, name: str, kind: Kind, *, is_exploded: bool) -> Texts:
    before, *fields = text.split(";")
    pairs = [(unquote(key), item) for key, _, item in (field.partition("=") for field in fields)]
    if before or not pairs:
        raise _unreadable("a value with a semicolon before it")
    if is_exploded and kind == "object":
        return {key: unquote(item) for key, item in pairs}
    if any(key != name for key, _ in pairs) or (len(pairs) > 1 and not is_exploded):
        raise _unreadable(f"nothing but ;{name}=")
    if is_exploded and kind == "array":
        return [unquote(item) for _, item in pairs]
    return _parted(pairs[-1][1], kind, ",", unquote, is_exploded=False)


# Queries.


def write_in_query(name: str, value: Texts, style: QueryStyle) -> tuple[QueryField, ...]:
    """A value as fields of a query."""
    keeps_reserved = style.endswith("+")
    match style.rstrip("*+"):
        case "deepObject":
            fields = _deep_fields(name, value)
        case "spaceDelimited" | "pipeDelimited" as delimited if not isinstance(value, str):
            delimiter = _DELIMITERS[delimited]
            _refuse_inside(name, value, delimiter)
            fields = [(name, _joined(value, delimiter, str, is_exploded=False))] if value else []
        case "form" if "*" in style and isinstance(value, dict):
            fields = [(key, str(item)) for key, item in value.items()]
        case "form" if "*" in style and isinstance(value, list):
            fields = [(name, str(item)) for item in value]
        case "form" if not isinstance(value, str):
            safe = _RESERVED if keeps_reserved else ""
            text = _joined(value, ",", lambda item: percent(item, safe), is_exploded=False)
            return ((name, Encoded(text)),) if value else ()
        case _:
            fields = [(name, str(value))]
    if keeps_reserved:
        return tuple((key, Encoded(percent(item, f"{_RESERVED},"))) for key, item in fields)
    return tuple(fields)


def read_in_query(
    fields: Fields,
    name: str,
    kind: Kind,
    style: QueryStyle,
    *,
    names: Iterable[str] | None = None,
    besides: Iterable[str] = (),
) -> Texts | None:
    """What was written so, or None where there is nothing of it.

    `names` are those of an object's properties, None where they are data; then all fields are
    properties but those `besides`.
    """
    base = style.rstrip("*+")
    if base == "deepObject" and kind != "scalar":
        return _read_deep(fields, name)
    if base == "form" and "*" in style and kind == "object":
        found = {unquote_plus(key): unquote_plus(item) for key, item in fields}
        others = frozenset(besides)
        if names is None:  # what has brackets belongs to a parameter in `deepObject`
            wanted = {key for key in found if key.partition("[")[0] not in others}
        else:
            wanted = set(names)
        return {key: item for key, item in found.items() if key in wanted} or None
    texts = [item for key, item in fields if unquote_plus(key) == name]
    if not texts:
        return None
    if base == "form" and "*" in style and kind == "array":
        return [unquote_plus(text) for text in texts]
    if base in _DELIMITERS and kind != "scalar":
        # The delimiter itself may be encoded, and mostly is.
        return _parted(unquote_plus(texts[-1]), kind, _DELIMITERS[base], str, is_exploded=False)
    return _parted(texts[-1], kind, ",", unquote_plus, is_exploded=False)


def _deep_fields(name: str, value: Texts) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(name, value)]
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    fields: list[tuple[str, str]] = []
    for key, item in entries:
        if key == "" or (isinstance(key, str) and ("[" in key or "]" in key)):
            raise RequestError(f"{name} has a property named {key!r}, which brackets cannot hold")
        fields.extend(_deep_fields(f"{name}[{key}]", item))
    return fields


_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")


def _read_deep(fields: Fields, name: str) -> Texts | None:
    root: dict[str, Texts] = {}
    for raw, text in fields:
        key = unquote_plus(raw)
        rest = key[len(name) :] if key.startswith(name) else ""
        steps = _BRACKETS.findall(rest)
        if not steps or "".join(f"[{step}]" for step in steps) != rest:
            continue
        if len(steps) > _DEEPEST:
            raise _unreadable(f"at most {_DEEPEST} pairs of brackets")
        _put(root, steps, unquote_plus(text))
    return root or None


def _put(root: dict[str, Texts], steps: list[str], text: str) -> None:
    """Put a text where its brackets say; empty ones mean the next item."""
    inside = root
    for step in steps[:-1]:
        below = inside.setdefault(step or str(len(inside)), {})
        if not isinstance(below, dict):
            raise _unreadable("either a value or properties under one name")
        inside = below
    last = steps[-1] or str(len(inside))
    if isinstance(inside.get(last), dict):
        raise _unreadable("either a value or properties under one name")
    inside[last] = text


# Header fields.


def write_in_header(name: str, value: Texts, style: HeaderStyle) -> str | None:
    """A value as that of a header field, which knows no encoding; None for nothing."""
    if not isinstance(value, str):
        if not value:
            return None
        if isinstance(value, list) and "" in value:
            raise RequestError(
                f"the header {name} cannot hold empty items, which mean nothing there"
            )
        _refuse_inside(name, value, ",", keys="=" if style == "simple*" else "")
        if any(text != text.strip(" \t") for text in _texts(value)):
            raise RequestError(f"the header {name} cannot hold spaces around an item")
    return _joined(value, ",", str, is_exploded=style == "simple*")


def read_in_header(text: str, kind: Kind, style: HeaderStyle) -> Texts:
    """What was written so; empty elements of a list do not count (RFC 9110, section 5.6.1.2)."""
    found = _parted(text, kind, ",", lambda item: item.strip(" \t"), is_exploded=style == "simple*")
    return [item for item in found if item != ""] if isinstance(found, list) else found


# Cookies.


def write_in_cookies(name: str, value: Texts, style: CookieStyle) -> tuple[tuple[str, str], ...]:
    """A value as cookies; raises `RequestError` for what cannot stay as it is in style `cookie`."""
    is_encoded = not style.startswith("cookie")
    encode = _cookie if is_encoded else _plain_cookie
    if style.endswith("*") and isinstance(value, dict):
        named = _cookie_name if is_encoded else _plain_cookie_name
        return tuple((named(key), encode(str(item))) for key, item in value.items())
    if style.endswith("*") and isinstance(value, list):
        return tuple((name, encode(str(item))) for item in value)
    if not value and not isinstance(value, str):
        return ()
    return ((name, _joined(value, ",", encode, is_exploded=False)),)


def read_in_cookies(
    cookies: Fields,
    name: str,
    kind: Kind,
    style: CookieStyle,
    *,
    names: Iterable[str] | None = None,
    besides: Iterable[str] = (),
) -> Texts | None:
    """What was written so, or None where there is nothing of it; `names` as in queries."""
    decode = str if style.startswith("cookie") else unquote
    if style.endswith("*") and kind == "object":
        found = {decode(key): decode(_unquoted(item)) for key, item in cookies}
        others = frozenset(besides)
        wanted = found.keys() - others if names is None else frozenset(names)
        return {key: item for key, item in found.items() if key in wanted} or None
    texts = [item for key, item in cookies if key == name]
    if not texts:
        return None
    if style.endswith("*") and kind == "array":
        return [decode(_unquoted(text)) for text in texts]
    return _parted(_unquoted(texts[-1]), kind, ",", decode, is_exploded=False)


def _cookie(text: str) -> str:
    return percent(text, _COOKIE)


def _cookie_name(text: str) -> str:
    return percent(text, _COOKIE_NAME)


_PLAIN_COOKIE: Final = re.compile(r"[!#-+\--:<-\[\]-~]*")
"""The value of a cookie, but for quotes around it (RFC 6265, section 4.1.1)."""

_PLAIN_COOKIE_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _plain_cookie(text: str) -> str:
    if not _PLAIN_COOKIE.fullmatch(text):
        raise RequestError(f"a cookie cannot hold {text!r} as it is")
    return text


def _plain_cookie_name(text: str) -> str:
    if not _PLAIN_COOKIE_NAME.fullmatch(text):
        raise RequestError(f"no cookie can be called {text!r}")
    return text


def _unquoted(text: str) -> str:
    """A cookie's value without the quotes that may stand around it (RFC 6265, section 4.1.1)."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


# What the styles have in common.


def _joined(
    value: Texts, delimiter: str, encode: Callable[[str], str], *, is_exploded: bool
) -> str:
    if isinstance(value, dict) and is_exploded:
        return delimiter.join(f"{encode(key)}={encode(str(item))}" for key, item in value.items())
    return delimiter.join(map(encode, _texts(value)))


def _parted(
    text: str, kind: Kind, delimiter: str, decode: Callable[[str], str], *, is_exploded: bool
) -> Texts:
    if kind == "scalar":
        return decode(text)
    items = text.split(delimiter)
    if kind == "array":
        return [decode(item) for item in items]
    if is_exploded:
        pairs = [item.partition("=") for item in items]
        if not all(equals for _, equals, _ in pairs):
            raise _unreadable("properties such as name=value")
        return {decode(key): decode(item) for key, _, item in pairs}
    if len(items) % 2:
        raise _unreadable("as many values as names of properties")
    return {decode(key): decode(item) for key, item in zip(items[::2], items[1::2], strict=True)}


def _texts(value: Texts) -> list[str]:
    """All texts of a value in their order, names of properties among them."""
    if isinstance(value, dict):
        return [str(text) for pair in value.items() for text in pair]
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _refuse_inside(name: str, value: Texts, delimiter: str, *, keys: str = "") -> None:
    """Refuse items that hold what parts them."""
    if any(delimiter in text for text in _texts(value)) or (
        keys and isinstance(value, dict) and any(keys in key for key in value)
    ):
        told = {" ": "a space", ".": "a dot", ",": "a comma"}.get(delimiter, delimiter)
        raise RequestError(f"{name} cannot hold {told} in its items, which that would part")


def _unreadable(expected: str) -> Exception:
    return invalid([((), "style", f"expected {expected}")])
