"""JSON as a schema describes it: for what no type can say.

It is a sketch: most of what is made fits the schema, and what does not is made anew by who asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..json_types import Json, is_object
from . import formats
from .containers import NAMES, arrays
from .free import ANY_JSON, whole_or_not
from .impossible import NOTHING, any_of
from .nesting import nested, unless_deep
from .numbers import integers, numbers
from .texts import strings


def described(schema: str) -> SearchStrategy[Json]:
    """JSON as a schema, which is JSON text, describes it; nothing for one without values."""
    whole: Json = json.loads(schema)
    return _of_schema(whole, whole)


def names_its_values(schema: str) -> bool:
    """Whether a schema names all of its values, so that others hardly ever fit."""
    whole: Json = json.loads(schema)
    return is_object(whole) and not whole.keys().isdisjoint({"const", "enum"})


def says_names_alone(schema: str) -> bool:
    """Whether a schema only limits how properties are called."""
    whole: Json = json.loads(schema)
    return is_object(whole) and whole.keys() == {"propertyNames"}


def names_of_properties(schema: str | None) -> SearchStrategy[str]:
    """Names that an object may have, as far as a schema says so with `propertyNames`."""
    whole: Json = {} if schema is None else json.loads(schema)
    named = _of_schema(whole.get("propertyNames", True), whole) if is_object(whole) else ANY_JSON
    return NAMES if named in (ANY_JSON, NOTHING) else named.filter(_is_text)


def _of_schema(schema: Json, root: Json) -> SearchStrategy[Json]:
    """JSON as a schema describes it, with its references into the whole of it."""
    if schema is False:
        return NOTHING
    if not is_object(schema):
        return ANY_JSON
    if schema.get("not") in (True, {}):
        return NOTHING
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    choices = _choices(schema, root)
    if choices is not None:
        return _chosen(choices, root)
    return any_of(_KINDS[kind](schema, root) for kind in _kinds(schema))


def _chosen(choices: Sequence[Json], root: Json) -> SearchStrategy[Json]:
    """JSON of one of some schemas, which are looked at no sooner: they hold each other."""
    return nested(lambda: any_of(_of_schema(one, root) for one in choices))


def _choices(schema: dict[str, Json], root: Json) -> list[Json] | None:
    """The schemas that one is a choice of, or stands for; None where it stands for itself."""
    rest = {key: value for key, value in schema.items() if key not in _CHOOSING}
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        return [_both(_without(schema, "$ref"), root["$defs"].get(name, True))]
    if "allOf" in schema:
        return [reduce(_both, schema["allOf"], _without(schema, "allOf"))]
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return [_both(_without(schema, keyword), one) for one in schema[keyword]]
    if "if" in schema:
        then = _both(_both(rest, schema["if"]), schema.get("then", True))
        return [then, _both(rest, schema.get("else", True))]
    return None


_CHOOSING: Final = ("if", "then", "else")


def _without(schema: dict[str, Json], keyword: str) -> dict[str, Json]:
    return {key: value for key, value in schema.items() if key != keyword}


def _both(one: Json, other: Json) -> Json:
    """About what two schemas say together."""
    if one is False or other is False:
        return False
    if not is_object(one) or not is_object(other):
        return one if is_object(one) else other
    both = {**one, **other}
    for keyword in one.keys() & other.keys():
        first, second = one[keyword], other[keyword]
        if keyword in ("properties", "patternProperties") and is_object(first):
            both[keyword] = {**first, **second}
        elif keyword in ("required", "allOf"):
            both[keyword] = [*first, *second]
    return both


def _kinds(schema: dict[str, Json]) -> list[str]:
    """The JSON types that a schema speaks of."""
    said = schema.get("type")
    if said is not None:
        return [said] if isinstance(said, str) else said
    kinds = [kind for kind, words in _SPEAKING.items() if not words.isdisjoint(schema)]
    return kinds or ["any"]


_SPEAKING: Final = {
    "object": frozenset(
        {
            *("properties", "required", "patternProperties", "propertyNames", "minProperties"),
            *("additionalProperties", "dependentRequired", "dependentSchemas"),
        }
    ),
    "array": frozenset({"items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"}),
    "string": frozenset({"format", "pattern", "minLength", "maxLength"}),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
}


def _arrays_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    first = [_of_schema(one, root) for one in schema.get("prefixItems", ())]
    rest = _of_schema(schema.get("items", True), root)
    least = max(schema.get("minItems", 0) - len(first), 0)
    found: SearchStrategy[list[Json]] = st.just([])
    if "contains" in schema:
        wanted = schema.get("minContains", 1)
        found = arrays(
            _of_schema(schema["contains"], root),
            min_items=wanted,
            max_items=schema.get("maxContains"),
        )
    if any(one is NOTHING for one in first):
        return NOTHING
    start = st.tuples(*first).map(list[Json])
    end = arrays(rest, min_items=least, max_items=least if rest is NOTHING else None)
    return st.builds(lambda *parts: [item for part in parts for item in part], start, found, end)


def _objects_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    properties = {name: _of_schema(one, root) for name, one in schema.get("properties", {}).items()}
    required = {name: properties.get(name, ANY_JSON) for name in schema.get("required", ())}
    if any(one is NOTHING for one in required.values()):
        return NOTHING
    optional = {
        name: one for name, one in properties.items() if name not in required and one is not NOTHING
    }
    known = unless_deep(
        st.fixed_dictionaries(required, optional=optional), st.fixed_dictionaries(required)
    )
    others = _of_schema(
        schema.get("additionalProperties", schema.get("unevaluatedProperties", True)), root
    )
    named = _of_schema(schema.get("propertyNames", True), root)
    names = NAMES if named is ANY_JSON else named.filter(_is_text)
    parts = [
        st.dictionaries(strings(pattern=pattern), _of_schema(one, root), max_size=2)
        for pattern, one in schema.get("patternProperties", {}).items()
        if one is not False
    ]
    if others is not NOTHING:
        parts.append(st.dictionaries(names, others, max_size=schema.get("minProperties", 0) + 2))
    return st.builds(_all_joined, *parts, known)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _all_joined(*parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}


def _numbers_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    return whole_or_not(numbers(**_limits(schema, _NUMERIC)))


def _integers_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    return whole_or_not(integers(**_limits(schema, _NUMERIC)))


def _strings_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    made = _TEXTS.get(schema.get("format"))
    return strings(**_limits(schema, _TEXTUAL)) if made is None else made


def _limits(schema: dict[str, Json], keywords: Mapping[str, str]) -> dict[str, Any]:
    return {keywords[word]: value for word, value in schema.items() if word in keywords}


_NUMERIC: Final = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
}
_TEXTUAL: Final = {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"}

_TEXTS: Final[Mapping[object, SearchStrategy[Json]]] = {
    "byte": formats.WIRE_BYTES,
    "date": formats.WIRE_DATES,
    "date-time": formats.WIRE_DATE_TIMES,
    "uuid": formats.WIRE_UUIDS,
}
"""Texts of the formats that are asserted."""

_KINDS: Final[dict[str, Callable[[dict[str, Json], Json], SearchStrategy[Json]]]] = {
    "any": lambda schema, root: ANY_JSON,
    "array": _arrays_of,
    "boolean": lambda schema, root: st.booleans(),
    "integer": _integers_of,
    "null": lambda schema, root: st.none(),
    "number": _numbers_of,
    "object": _objects_of,
    "string": _strings_of,
}
