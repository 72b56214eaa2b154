"""Result schemas that admit an error report: what of a schema moves, and what then refers to it.

Servers judge results whatever the status, so a service that promises strict results could never
tell why a job failed. Registered through the SDK it promises either of two:

    {"anyOf": [what the user promises, {"required": ["$topchef"], ...}], "definitions": ...}

The user's `definitions`, `id` and `$schema` stay at the root, where references and servers look for
them. What else its references name from the root is below `anyOf` now, and they have to follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from .api import Json, JsonObject, is_array, is_object
from .contract import check_schema, is_too_deep, references_to_root
from .report import KEY

_AT_THE_ROOT: Final[tuple[str, ...]] = ("$schema", "id", "definitions")
_SAYS_NOTHING: Final = {*_AT_THE_ROOT, "title", "description", "default"}
"""Keywords that no object breaks."""

_PLACE: Final = "/anyOf/0"
_PLACE_OF_NO_FRAGMENT: Final = "/anyOf/%30"
"""The same place (RFC 6901, section 6) for references that say not even `#`, to tell them again."""


def admitting_reports(schema: JsonObject) -> JsonObject:
    """The result schema that admits an error report, or else what `schema` does.

    As it is stays what admits reports anyway (`{}`, `{"type": "object"}`, the result of this
    function), what is no sound schema, and what would be nested too deeply for one.
    """
    if _admits_all_objects(schema) or without_reports(schema) is not schema or check_schema(schema):
        return schema
    wrapped = _wrapped(schema)
    return schema if is_too_deep(wrapped) else wrapped


def without_reports(schema: JsonObject) -> JsonObject:
    """The schema that `admitting_reports` made this of; the schema itself where it did not.

    Judged by it, invalid results are told what is wrong, and not that none of two schemas fits.
    """
    match schema:
        case {"anyOf": [dict(), report]} if report == _report() and not check_schema(schema):
            unwrapped = _unwrapped(schema)
            return unwrapped if admitting_reports(unwrapped) == schema else schema
        case _:
            return schema


def _report() -> JsonObject:
    return {"required": [KEY], "properties": {KEY: {"type": "object"}}}


def _admits_all_objects(schema: JsonObject) -> bool:
    types: Json = schema.get("type", "object")
    is_open = schema.keys() <= {*_SAYS_NOTHING, "type"}
    return is_open and (types == "object" or (is_array(types) and "object" in types))


def _wrapped(schema: JsonObject) -> JsonObject:
    moved = _with_references(schema, _followed)
    at_the_root = [key for key in _AT_THE_ROOT if key in moved and not _is_name(key, moved[key])]
    hoisted: JsonObject = {key: moved.pop(key) for key in at_the_root}
    return {**hoisted, "anyOf": [moved, _report()]}


def _unwrapped(schema: JsonObject) -> JsonObject:
    restored = _with_references(schema, _returned)
    own: JsonObject = restored.pop("anyOf")[0]
    return {**restored, **own}


def _is_name(key: str, value: Json) -> bool:
    """Whether an `id` such as `#here` names only its own schema, and has to go where that goes."""
    return key == "id" and str(value).startswith("#")


def _with_references(schema: JsonObject, changed: Callable[[str], str]) -> JsonObject:
    """A copy whose references to the root are changed."""
    copied: JsonObject = _copied(schema)
    for part in references_to_root(copied):
        part["$ref"] = changed(part["$ref"])
    return copied


def _copied(value: Json) -> Json:
    """A copy in which each place has a value of its own: two that are one would change together."""
    if is_object(value):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if is_array(value) else value


def _followed(reference: str) -> str:
    """A reference to where its target has gone."""
    document, mark, fragment = reference.partition("#")
    if not mark:
        return f"{document}#{_PLACE_OF_NO_FRAGMENT}"
    is_pointer = fragment.startswith("/") or not fragment
    if not is_pointer or unquote(fragment).split("/")[1:2] == ["definitions"]:
        return reference
    return f"{document}#{_PLACE}{fragment}"


def _returned(reference: str) -> str:
    """The reference that `_followed` made this of."""
    document, _, fragment = reference.partition("#")
    if fragment == _PLACE_OF_NO_FRAGMENT:
        return document
    return f"{document}#{fragment.removeprefix(_PLACE)}"
