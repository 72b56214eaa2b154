"""Which keywords of a schema only describe, and which the generator has no types for."""

from __future__ import annotations

from ..ir import Text
from .node import Node

ANNOTATIONS = frozenset(
    {
        "$comment",
        "$schema",
        "default",
        "deprecated",
        "description",
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

UNSUPPORTED = (
    "$anchor",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "anyOf",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "discriminator",
    "else",
    "if",
    "maxContains",
    "minContains",
    "not",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
"""Keywords that restrict in ways that the types here cannot say."""


def refuse_unsupported(node: Node) -> None:
    """Refuse a schema with a keyword that would go unheeded."""
    for key in UNSUPPORTED:
        if node.has(key):
            raise node.require(key).refusal(f"the keyword {key!r} is not supported yet")


def refuse_siblings(node: Node) -> None:
    """Refuse a `$ref` with keywords beside it that restrict."""
    for key, sibling in node.entries():
        if key != "$ref" and key not in ANNOTATIONS and not key.startswith("x-"):
            raise sibling.refusal(
                f"{key!r} beside $ref is not supported yet; join the two with allOf"
            )


def doc_of(node: Node) -> Text | None:
    """What a schema says of itself to people."""
    if not isinstance(node.value, dict):
        return None
    return node.text_of("description") or node.text_of("title")
