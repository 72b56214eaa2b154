"""The keywords of schemas: which only describe, which the types say, which only a schema can say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from ..ir import Text
from ..keys import DIALECTS
from ..names import is_part_of
from ..places import THE_DOCUMENT, file_and_pointer
from ..tree import walk
from .node import Node

ANNOTATIONS: Final = frozenset(
    {
        "$comment",
        "$defs",
        "$schema",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "format",
        "readOnly",
        "summary",
        "title",
        "writeOnly",
        "xml",
    }
)
"""Keywords that describe without restricting (JSON Schema 2020-12, validation, section 9)."""

LIMITING: Final = (
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
)
"""The keywords that limits are made of."""

OF_OBJECTS: Final = (
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "unevaluatedProperties",
)
"""What restricts objects in ways that only a schema can say."""

OF_ARRAYS: Final = ("prefixItems", "contains", "minContains", "maxContains", "unevaluatedItems")
"""What restricts arrays in ways that only a schema can say."""

OF_ALL: Final = ("not", "if", "then", "else")
"""What restricts any value in ways that only a schema can say."""

KNOWN: Final = (
    ANNOTATIONS
    | frozenset({*OF_OBJECTS, *OF_ARRAYS, *OF_ALL})
    | frozenset(
        {
            "$anchor",
            "$dynamicAnchor",
            "$id",
            "$ref",
            "additionalProperties",
            "allOf",
            "anyOf",
            "const",
            "enum",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "items",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "nullable",
            "oneOf",
            "pattern",
            "properties",
            "required",
            "type",
            "uniqueItems",
        }
    )
)
"""All keywords that the generator knows."""

_SAID: Final = KNOWN - ANNOTATIONS

_REFUSED: Final = {
    "$dynamicRef": "several schemas have this anchor; which is meant depends on who refers, "
    "which is not supported; use $ref",
    "$recursiveRef": "a reference that depends on who refers is not supported; use $ref",
}

_SUSPECT: Final = frozenset({"$id", "$schema", *_REFUSED})
"""What a schema may be refused for."""

OF_SCHEMAS: Final = frozenset(
    {
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
OF_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
OF_MAPS: Final = frozenset({"dependentSchemas", "patternProperties", "properties"})
"""The keywords that hold a schema, a list of schemas, and schemas by name."""


def refuse_unsupported(node: Node) -> None:
    """Refuse a schema with a keyword that neither a type nor a schema in itself can say."""
    if _SUSPECT.isdisjoint(node.names):  # as most are
        return
    for key, why in _REFUSED.items():
        if node.has(key):
            raise node.require(key).refusal(why)
    dialect = node.string_of("$schema") or DIALECTS[0]
    if not dialect.startswith(DIALECTS):
        raise node.require("$schema").refusal(
            "a dialect of one's own may mean anything by its keywords; leave it out"
        )
    if node.has("$id") and _refers(node) and not _is_file_of_its_own(node):
        raise node.require("$id").refusal(
            "an $id gives the references below it another meaning; leave it out"
        )


def _is_file_of_its_own(node: Node) -> bool:
    """Whether references below an `$id` lead where they would without it.

    It is that of a whole file, and they stay in the file, or it is the name of the file.
    """
    file, pointer = file_and_pointer(node.pointer)
    if file == THE_DOCUMENT or pointer:
        return False
    is_its_name = PurePosixPath(str(node.value["$id"])).name == PurePosixPath(file).name
    return is_its_name or all(one.startswith("#") for one in _references(node))


def _references(node: Node) -> Iterator[str]:
    for _, value in walk(node.value):
        reference = value.get("$ref") if isinstance(value, dict) else None
        if isinstance(reference, str):
            yield reference


def _refers(node: Node) -> bool:
    """Whether there is a `$ref` in a value, at any depth."""
    return any(isinstance(value, dict) and "$ref" in value for _, value in walk(node.value))


def is_said(key: str) -> bool:
    """Whether a keyword restricts values."""
    return key in _SAID


def restricts(node: Node) -> bool:
    """Whether a schema says anything about values."""
    return any(is_said(key) for key in node.names)


def doc_of(node: Node, name: str) -> Text | None:
    """What a schema says of itself to people, besides the name of what it describes.

    Frameworks make titles of names, such as "Createdat" of `createdAt`.
    """
    if not isinstance(node.value, dict):
        return None
    described = node.text_of("description")
    title = None if described else node.text_of("title")
    return described if title is None or is_part_of(title.reveal(), name) else title
