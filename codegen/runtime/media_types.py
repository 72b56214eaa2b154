"""Media types on the wire: which description fits what was sent (RFC 9110, sections 8.3 and 12.5)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final

from .errors import RequestError

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER: Final = rf'[ \t]*;[ \t]*(?:({_TOKEN})=({_TOKEN}|"[ !#-\[\]-~]*"))?'
_MEDIA_TYPE: Final = re.compile(rf"{_TOKEN}/{_TOKEN}(?:{_PARAMETER})*")


def checked_media_type(text: str) -> str:
    """The same; raises `RequestError` for what is no media type, or stands for several."""
    if not _MEDIA_TYPE.fullmatch(text) or "*" in essence(text):
        raise RequestError(f"{text!r} is no media type to send; write one such as image/png")
    return text


def essence(media_type: str) -> str:
    """The type itself: lower case, and without parameters."""
    return media_type.partition(";")[0].strip().lower()


def parameter_of(media_type: str, name: str) -> str | None:
    """A parameter of a media type, such as its `boundary` or `charset`."""
    return next((value for key, value in _parameters_of(media_type) if key == name), None)


def _parameters_of(media_type: str) -> Iterator[tuple[str, str]]:
    """All of them: names in lower case, and values without quotes."""
    parameters = media_type[len(media_type.partition(";")[0]) :]
    for found in re.finditer(_PARAMETER, parameters):
        if found[1] is not None:
            yield found[1].lower(), str(found[2]).strip('"')


def charset_of(media_type: str) -> str:
    """The encoding of text: UTF-8 unless the media type names another that Python knows."""
    named = parameter_of(media_type, "charset") or "utf-8"
    try:
        b"a".decode(named, "replace")  # some codecs are none of text, or cannot replace
        name = codecs.lookup(named).name
    except (LookupError, UnicodeError):
        return "utf-8"
    return "utf-8" if name in _NO_CHARSETS else name


_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "unicode_escape"}
)
"""Codecs of Python that are no encodings of text, and raise errors that they should replace."""


def is_json(media_type: str) -> bool:
    """Whether content of the type is JSON."""
    name = essence(media_type)
    return name in ("application/json", "text/json") or name.endswith("+json")


def json_among(described: Iterable[str]) -> str:
    """The type by which JSON goes: plain text where no other is described."""
    listed = list(described)
    plain = (one for one in listed if essence(one) == "text/plain")
    return next((one for one in listed if is_json(one)), next(plain, "application/json"))


def is_of_items(media_type: str) -> bool:
    """Whether content of the type is a sequence of items: events, or JSON values."""
    return essence(media_type) in _OF_ITEMS


_OF_ITEMS: Final = frozenset(
    {
        "application/json-seq",
        "application/jsonl",
        "application/jsonlines",
        "application/ndjson",
        "application/x-jsonl",
        "application/x-jsonlines",
        "application/x-ndjson",
        "text/event-stream",
    }
)


def covers(described: str, media_type: str) -> bool:
    """Whether a described type or range, such as `image/*`, takes in a media type."""
    pattern = re.escape(essence(described)).replace(r"\*", ".*")
    return re.fullmatch(pattern, essence(media_type)) is not None


def nearest(described: Iterable[str], media_type: str) -> str | None:
    """The description that fits a media type best: it, rather than a range that takes it in.

    Of several that differ in parameters the one that asks for the most of those that are there, and
    for none that is not (RFC 9110, section 12.5.1).
    """
    fitting = [one for one in described if covers(one, media_type)]
    if len(fitting) < 2:
        return next(iter(fitting), None)
    said = _said_of(media_type)
    return min(fitting, key=lambda one: (essence(one).count("*"), *_unlike(one, said)))


def _unlike(described: str, said: frozenset[tuple[str, str]]) -> tuple[int, int]:
    """How far a description is from the parameters that were said."""
    wanted = _said_of(described)
    return len(wanted - said), -len(wanted)


def _said_of(media_type: str) -> frozenset[tuple[str, str]]:
    """The parameters of a media type; values in lower case, as `charset` has no other."""
    return frozenset((name, value.lower()) for name, value in _parameters_of(media_type))


def accepting(media_types: Iterable[str]) -> str:
    """The `Accept` field for answers of these types: any, but the first rather."""
    first, *others = dict.fromkeys(media_types)
    return ", ".join([first, *(f"{other};q=0.9" for other in others)])
