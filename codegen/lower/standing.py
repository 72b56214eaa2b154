"""Where a schema stands, in words: what there is to say of a model that the document does not describe."""

from __future__ import annotations

from typing import Final

from ..ir import Text
from ..places import file_and_pointer, file_of, last_name, place_of
from ..tree import tokens

_COMPONENTS: Final = {
    "headers": "the header field",
    "parameters": "the parameter",
    "requestBodies": "the body",
    "responses": "the answer",
}
"""What components but schemas are."""

_PARTS: Final = {
    "items": "an item of",
    "additionalProperties": "a value of",
    "unevaluatedProperties": "a value of",
}
"""What the value of a keyword says of a part of a value."""

_LISTED_PARTS: Final = {
    "prefixItems": "an item of",
    "patternProperties": "a value of",
    "oneOf": "an alternative of",
    "anyOf": "an alternative of",
}
"""What each of those under a keyword says of a part of a value, or of some values."""


_BEGINNING: Final = frozenset({"allOf", "properties", *_PARTS, *_LISTED_PARTS})
"""The keywords by which a schema goes on."""

_HOLDING_SCHEMAS: Final = (["components", "schemas"], ["$defs"], ["definitions"])


def standing(place: str) -> Text:
    """Return a sentence that says where a schema stands."""
    steps = tokens(file_and_pointer(place)[1])
    if not steps or steps[:-1] in _HOLDING_SCHEMAS:
        return Text(f"The schema `{last_name(place)}`.")
    told = _told(place, steps) or f"`{last_name(place)}`"
    return Text(f"{told[0].upper()}{told[1:]}.")


def _told(place: str, steps: list[str]) -> str:
    """What stands at a pointer, such as "an item of `tags` of `Job`"."""
    if steps[0] in _BEGINNING:  # a file that is a schema as a whole
        told, left = f"`{last_name(place_of(file_of(place), ''))}`", steps
    else:
        told, left = _outermost(steps)
    while left:
        match left:
            case ["content", _, "schema", *rest]:
                left = rest
            case ["content", _, "itemSchema", *rest]:
                told, left = f"an item of {told}", rest
            case ["properties" | "$defs" | "definitions", name, *rest]:
                told, left = _of(f"`{name}`", told), rest
            case ["headers", name, *rest]:
                told, left = _of(f"the header field `{name}`", told), rest
            case [key, _, *rest] if key in _LISTED_PARTS:
                told, left = f"{_LISTED_PARTS[key]} {told}", rest
            case [key, *rest] if key in _PARTS:
                told, left = f"{_PARTS[key]} {told}", rest
            case _:  # `schema`, `allOf` and what is like it are no other thing
                left = left[1:]
    return told


def _outermost(steps: list[str]) -> tuple[str, list[str]]:
    """What a pointer goes through first, and the rest of it."""
    match steps:
        case ["components", "schemas", name, *rest] | ["$defs" | "definitions", name, *rest]:
            return f"`{name}`", rest
        case ["components", kind, name, *rest] if kind in _COMPONENTS:
            return f"{_COMPONENTS[kind]} `{name}`", rest
        case ["paths", path, *rest]:
            return _of_operation(path, "", rest)
        case ["webhooks", name, *rest]:
            return _of_operation(name, "webhook", rest)
        case ["components", "callbacks", name, _, *rest]:
            return _of_operation(name, "callback", rest)
        case ["components", "pathItems", name, *rest]:
            return _of_operation(name, "path item", rest)
        case [name, *rest]:
            return f"`{name}`", rest
        case _:
            return "", []


def _of_operation(name: str, what: str, steps: list[str]) -> tuple[str, list[str]]:
    """What a pointer into a path item goes through first, and the rest of it.

    `what` that is, where its name is no path.
    """
    method = steps[0].upper() if steps and not what else ""
    operation = f"the {what} `{name}`" if what else f"`{method} {name}`"
    match steps:
        case [_, "callbacks", inner, _, *rest]:
            return _of_operation(inner, "callback", rest)
        case [_, "requestBody", *rest]:
            return f"the body of {operation}", rest
        case [_, "responses", status, *rest]:
            return f"the answer {status} of {operation}", rest
        case [_, "parameters", _, *rest]:
            return f"a parameter of {operation}", rest
        case ["parameters", _, *rest]:
            return f"a parameter of `{name}`", rest
        case _:
            return f"`{name}`", steps


def _of(part: str, whole: str) -> str:
    return f"{part} of {whole}" if whole else part
