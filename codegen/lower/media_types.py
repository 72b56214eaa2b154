"""Media types: how they are spelled, and what kind of content they name.

Only this module knows which of them are JSON, which are text, and that all others are bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..ir import ContentKind
from .node import Node
from .notes import Notes

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE: Final = re.compile(
    rf'{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*(?:{_TOKEN}=(?:{_TOKEN}|"[ !#-\[\]-~]*"))?)*'
)
"""A media type or a range of them (RFC 9110, sections 8.3.1 and 12.5.1)."""

_WORDS: Final = re.compile(rf"(?:{_TOKEN}(?:[;= ]+{_TOKEN})*)?")
"""Nothing, a word or several, such as `gzip` and `codecs=opus`: people's names for what has another one."""

_TEXTUAL: Final = frozenset(
    {
        "application/csv",
        "application/ecmascript",
        "application/graphql",
        "application/javascript",
        "application/jose",
        "application/json-seq",
        "application/jsonl",
        "application/jsonlines",
        "application/jwt",
        "application/ndjson",
        "application/pem-certificate-chain",
        "application/sql",
        "application/toml",
        "application/typescript",
        "application/x-csv",
        "application/x-javascript",
        "application/x-jsonl",
        "application/x-jsonlines",
        "application/x-ndjson",
        "application/x-pem-file",
        "application/x-sh",
        "application/x-yaml",
        "application/xml",
        "application/xml-dtd",
        "application/yaml",
        "image/svg+xml",
    }
)
"""What is text without saying so in its first half."""

_TEXTUAL_SUFFIXES: Final = ("+xml", "+yaml", "+json-seq", "+jwt")


def described_in(content: Iterator[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
    """The entries of `content` that are media types, `x-world/x-vrml` among them.

    Nothing extends that map, as `^x-` does objects (OpenAPI 3.1, section 4.9). What people extend
    it with all the same says no media type.
    """
    return ((key, node) for key, node in content if "/" in key or not key.startswith("x-"))


def media_types_of(node: Node, key: str, notes: Notes) -> list[str]:
    """The media types that a key of `content` names: one, without white space around it.

    Documents also name several in one key, or a format (`gzip`), which is taken for any content:
    the schema says what that is. Anything else is refused.
    """
    text = "*/*" if key.strip() == "*" else key.strip()
    if _MEDIA_TYPE.fullmatch(text):
        return [text]
    taken = _taken_for(text)
    if not taken:
        raise node.refusal(f"{key!r} is no media type; write one such as application/json")
    what = f"{key!r} is no media type, and taken for {' and '.join(taken)}"
    notes.warn(node, f"{what}; write keys such as application/json")
    return taken


def _taken_for(text: str) -> list[str]:
    """What people mean by what is no media type; nothing where nobody knows."""
    parts = [one.strip() for one in text.split(",")]
    found = [one for one in parts if _MEDIA_TYPE.fullmatch(one)]
    if found and all(map(_WORDS.fullmatch, (one for one in parts if one not in found))):
        return found
    whole, _, parameters = text.partition(";")
    if _MEDIA_TYPE.fullmatch(whole) and _WORDS.fullmatch(parameters.strip()):
        return [whole]
    return ["*/*"] if _WORDS.fullmatch(text) else []


def essence(media_type: str) -> str:
    """The type itself: lower case, and without parameters."""
    return media_type.partition(";")[0].strip().lower()


def is_range(media_type: str) -> bool:
    """Whether it stands for several types, such as `*/*`, `image/*` or `application/*+json`."""
    return "*" in essence(media_type)


def kind_of(media_type: str) -> ContentKind:
    """What kind of content a media type names by itself, whatever a schema says of it."""
    name = essence(media_type)
    top, _, sub = name.partition("/")
    if name in ("application/json", "text/json", "application/x-json") or sub.endswith("+json"):
        return ContentKind.JSON
    if name == "application/x-www-form-urlencoded":
        return ContentKind.FORM
    if top == "multipart":
        return ContentKind.MULTIPART
    if top == "text" or name in _TEXTUAL or sub.endswith(_TEXTUAL_SUFFIXES):
        return ContentKind.TEXT
    return ContentKind.BINARY


def items_kind_of(media_type: str) -> ContentKind | None:
    """What kind of sequence of items a media type names; None for what is none."""
    name = essence(media_type)
    if name == "text/event-stream":
        return ContentKind.EVENTS
    return ContentKind.JSON_LINES if name in _JSON_LINES else None


_JSON_LINES: Final = frozenset(
    {
        "application/json-seq",
        "application/jsonl",
        "application/jsonlines",
        "application/ndjson",
        "application/x-jsonl",
        "application/x-jsonlines",
        "application/x-ndjson",
    }
)


def takes_any_schema(media_type: str) -> bool:
    """Whether content of the type is whatever its schema says: nothing else tells what it is."""
    return essence(media_type) in ("*/*", "application/*", "text/plain")
