"""What candidates are made of: JSON within the limits of its schema, as Hypothesis strategies.

Every function takes JSON Schema's keywords under their Python names and meets them by
construction where that can be done. What only a schema can say is met by values made as it
describes them, among others: a few attempts find one that fits.
"""

from __future__ import annotations

import base64
import json
import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from ..runtime.codec import codec
from ..runtime.constraints import Constraints, identity, written
from ..runtime.json_types import Json, is_array, is_object
from ..runtime.patterns import compiled
from ..runtime.violations import InvalidError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

_Number = int | float
_LEAST, _MOST = -(2**53), 2**53
"""Integers that every JSON implementation reads alike (RFC 8259, section 6)."""

_CHARACTERS = st.characters(codec="utf-8")
_MOST_ITEMS = 4
"""How many more items than needed an array gets: documents nest them."""

_MOST_DEEP = 2
"""From how many models inside each other on only what is required is made, or there is no end."""

_MOST_ATTEMPTS = 12
"""How often a value is made anew that does not fit."""

_NEVER: Final = st.nothing()
"""The values of what has none."""


class _Depth(threading.local):
    """How many models the one that is being made is inside of."""

    value = 0


_depth = _Depth()


def deferred(make: Callable[[], SearchStrategy[T]]) -> SearchStrategy[T]:
    """A strategy that is made on first use, so that models may contain themselves."""
    return _inside(st.deferred(make))


@st.composite
def _inside(draw: st.DrawFn, strategy: SearchStrategy[T]) -> T:
    _depth.value += 1
    try:
        return draw(strategy)
    finally:
        _depth.value -= 1


@st.composite
def _unless_deep(draw: st.DrawFn, usual: SearchStrategy[T], least: SearchStrategy[T]) -> T:
    return draw(least if _depth.value > _MOST_DEEP else usual)


@st.composite
def _fine(draw: st.DrawFn, strategy: SearchStrategy[T], is_fine: Callable[[T], bool]) -> T:
    attempts = (draw(strategy) for _ in range(_MOST_ATTEMPTS))
    found: Any = next((value for value in attempts if is_fine(value)), _NEVER)
    assume(found is not _NEVER)
    fine: T = found
    return fine


def one_of(*alternatives: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """A value of any of some types, of which the first can end where values are nested."""
    return _unless_deep(st.one_of(*alternatives), alternatives[0]) if alternatives else st.nothing()


def wire_tagged(
    objects: SearchStrategy[Json], wire_name: str, tags: SearchStrategy[str]
) -> SearchStrategy[Json]:
    """Objects that say what they are."""
    return st.builds(_joined, objects, st.fixed_dictionaries({wire_name: tags}))


def wire_described(
    strategy: SearchStrategy[Json], form: TypeForm[object], constraints: Constraints
) -> SearchStrategy[Json]:
    """JSON of a type that fits a schema."""
    if _is_nothing(constraints):
        return _NEVER
    made = _of_constraints(constraints)
    return _fine(
        made if _is_choice(constraints) else made | strategy,
        lambda value: _read(value, form, constraints) is not _NEVER,
    )


def _of_constraints(constraints: Constraints) -> SearchStrategy[Json]:
    schema: Json = json.loads(constraints.schema or "true")
    return _of_schema(schema, schema)


def _is_nothing(constraints: Constraints) -> bool:
    """Whether a schema has no values: false, which is also written `{"not": {}}`."""
    schema: Json = json.loads(constraints.schema or "true")
    return schema is False or (is_object(schema) and schema.get("not") in (True, {}))


def _is_choice(constraints: Constraints) -> bool:
    """Whether a schema names all of its values, so that others hardly ever fit."""
    schema: Json = json.loads(constraints.schema or "true")
    return is_object(schema) and not schema.keys().isdisjoint({"const", "enum"})


def _read(value: Json, form: TypeForm[object], constraints: Constraints) -> Any:
    """What JSON reads as; `_NEVER` where it is refused."""
    try:
        return codec.structure(value, form, constraints)
    except InvalidError:
        return _NEVER


def exclusive(strategy: SearchStrategy[T], forms: Sequence[object]) -> SearchStrategy[T]:
    """Values which, where they are objects or arrays, are read as one of some types only."""

    def is_one(value: Any) -> bool:
        json = written(value)
        return (
            not (is_object(json) or is_array(json)) or sum(_reads(json, one) for one in forms) == 1
        )

    return _fine(strategy, is_one)


def _reads(value: Json, form: Any) -> bool:
    try:
        codec.structure(value, form)
    except InvalidError:
        return False
    return True


def optional(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """None or a value."""
    if strategy is _NEVER:
        return st.none()
    return _unless_deep(st.none() | strategy, st.none())


def booleans() -> SearchStrategy[bool]:
    """True and false."""
    return st.booleans()


def strings(
    *, min_length: int = 0, max_length: int | None = None, pattern: str | None = None
) -> SearchStrategy[str]:
    """Text; lengths are in characters."""
    if pattern is None:
        return st.text(_CHARACTERS, min_size=min_length, max_size=max_length)
    matching = st.from_regex(compiled(pattern), alphabet=_CHARACTERS)
    if not min_length and max_length is None:
        return matching
    limits = Constraints(min_length=min_length, max_length=max_length)
    return matching.filter(lambda text: not list(limits.problems(text)))


def integers(
    *,
    minimum: _Number | None = None,
    maximum: _Number | None = None,
    exclusive_minimum: _Number | None = None,
    exclusive_maximum: _Number | None = None,
    multiple_of: _Number | None = None,
) -> SearchStrategy[int]:
    """Integers within their bounds."""
    # The integers among the multiples of a fraction are the multiples of its numerator.
    step = 1 if multiple_of is None else Fraction(repr(multiple_of)).numerator
    lowest = [] if minimum is None else [math.ceil(minimum)]
    lowest += [] if exclusive_minimum is None else [math.floor(exclusive_minimum) + 1]
    highest = [] if maximum is None else [math.floor(maximum)]
    highest += [] if exclusive_maximum is None else [math.ceil(exclusive_maximum) - 1]
    least = max(lowest, default=min([_LEAST, *highest]))
    most = min(highest, default=max([_MOST, *lowest]))
    multiples = st.integers(-(-least // step), most // step)
    return multiples.map(lambda count: count * step)


def numbers(
    *,
    minimum: _Number | None = None,
    maximum: _Number | None = None,
    exclusive_minimum: _Number | None = None,
    exclusive_maximum: _Number | None = None,
    multiple_of: _Number | None = None,
) -> SearchStrategy[float]:
    """Finite numbers within their bounds."""
    if multiple_of is not None:
        return _multiples(multiple_of, minimum, maximum, exclusive_minimum, exclusive_maximum)
    least, excludes_least = _tighter(minimum, exclusive_minimum, max)
    most, excludes_most = _tighter(maximum, exclusive_maximum, min)
    return st.floats(
        least,
        most,
        exclude_min=excludes_least,
        exclude_max=excludes_most,
        allow_nan=False,
        allow_infinity=False,
    )


def arrays(
    item: SearchStrategy[T],
    *,
    min_items: int = 0,
    max_items: int | None = None,
    unique_items: bool = False,
) -> SearchStrategy[list[T]]:
    """Arrays; unique items differ as JSON values."""
    most = min_items + _MOST_ITEMS if max_items is None else min(max_items, min_items + _MOST_ITEMS)
    key = identity if unique_items else None
    if item is _NEVER:
        most = 0
    return _unless_deep(
        st.lists(item, min_size=min_items, max_size=most, unique_by=key),
        st.lists(item, min_size=min_items, max_size=min_items, unique_by=key),
    )


def objects(
    value: SearchStrategy[T], *, min_properties: int = 0, max_properties: int | None = None
) -> SearchStrategy[dict[str, T]]:
    """Objects whose property names are data."""
    most = min_properties + _MOST_ITEMS
    if max_properties is not None:
        most = min(most, max_properties)
    names = st.text(_CHARACTERS, max_size=8)
    if value is _NEVER:
        most = 0
    return _unless_deep(
        st.dictionaries(names, value, min_size=min_properties, max_size=most),
        st.dictionaries(names, value, min_size=min_properties, max_size=min_properties),
    )


def other_properties(
    value: SearchStrategy[T], known: Sequence[str]
) -> SearchStrategy[dict[str, T]]:
    """Objects without the known properties."""
    return objects(value).map(
        lambda made: {name: item for name, item in made.items() if name not in known}
    )


def json_values(**limits: Any) -> SearchStrategy[Json]:
    """Any JSON values; limits speak of those of their own type."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers(_LEAST, _MOST)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(_CHARACTERS, max_size=12)
    )
    values = st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(_CHARACTERS, max_size=8), inner, max_size=3)
        ),
        max_leaves=6,
    )
    if not limits:
        return values
    constraints = Constraints(**limits)
    return values.filter(lambda value: not list(constraints.problems(value)))


def date_times() -> SearchStrategy[datetime]:
    """Aware times."""
    offsets = st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    )
    return st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC) | offsets)


def dates() -> SearchStrategy[date]:
    """Days."""
    return st.dates()


def uuids() -> SearchStrategy[UUID]:
    """UUIDs."""
    return st.uuids()


def byte_strings() -> SearchStrategy[bytes]:
    """Bytes."""
    return st.binary(max_size=40)


def wire_integers(**limits: Any) -> SearchStrategy[Json]:
    """Integers as JSON may write them: 1.0 is one."""
    made = integers(**limits)
    return made | made.filter(lambda value: abs(value) <= _MOST).map(float)


def wire_numbers(**limits: Any) -> SearchStrategy[Json]:
    """Numbers as JSON may write them: 1 is one."""
    return numbers(**limits).map(
        lambda value: int(value) if value.is_integer() and abs(value) <= _MOST else value
    )


def wire_date_times() -> SearchStrategy[Json]:
    """Times in RFC 3339."""
    return date_times().map(datetime.isoformat)


def wire_dates() -> SearchStrategy[Json]:
    """Days in RFC 3339."""
    return dates().map(date.isoformat)


def wire_uuids() -> SearchStrategy[Json]:
    """UUIDs in RFC 9562."""
    return uuids().map(str)


def wire_byte_strings() -> SearchStrategy[Json]:
    """Bytes in base64 (RFC 4648)."""
    return byte_strings().map(lambda value: base64.b64encode(value).decode("ascii"))


_ANY_JSON = json_values()


def wire_objects(
    required: Mapping[str, SearchStrategy[Any]],
    optional: Mapping[str, SearchStrategy[Any]],
    *,
    others: SearchStrategy[Any] | None = _ANY_JSON,
) -> SearchStrategy[Json]:
    """Objects with named properties, and others unless the schema forbids them (None)."""
    known = st.fixed_dictionaries(dict(required), optional=dict(optional))
    if others is None:
        return known
    more = other_properties(others, [*required, *optional])
    return st.builds(_joined, st.builds(dict[str, Any]) | more, known)


def _joined(others: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    return {**others, **named}


def _tighter(
    bound: _Number | None, exclusive: _Number | None, choose: Callable[[_Number, _Number], _Number]
) -> tuple[_Number | None, bool]:
    """The tighter of two bounds, and whether it excludes itself."""
    if bound is None or exclusive is None:
        return (bound, False) if exclusive is None else (exclusive, True)
    return (exclusive, True) if choose(bound, exclusive) == exclusive else (bound, False)


def _multiples(
    multiple_of: _Number,
    minimum: _Number | None,
    maximum: _Number | None,
    exclusive_minimum: _Number | None,
    exclusive_maximum: _Number | None,
) -> SearchStrategy[float]:
    """Multiples, as the decimals that a document would write."""
    step = Fraction(repr(multiple_of))
    limits = Constraints(
        minimum=minimum,
        maximum=maximum,
        exclusive_minimum=exclusive_minimum,
        exclusive_maximum=exclusive_maximum,
        multiple_of=multiple_of,
    )
    least, _ = _tighter(minimum, exclusive_minimum, max)
    most, _ = _tighter(maximum, exclusive_maximum, min)
    low = -1000 if least is None else int(-(-Fraction(repr(least)) // step))
    high = low + 2000 if most is None else int(Fraction(repr(most)) // step)
    counts = st.integers(min(low, high) if least is None else low, high)
    # Few decimals have no exact float, and only bounds that exclude themselves remain.
    return counts.map(lambda count: float(count * step)).filter(
        lambda value: not list(limits.problems(value))
    )


# What schemas describe: a sketch, for what does not fit after all is made anew.


def _of_schema(schema: Json, root: Json) -> SearchStrategy[Json]:
    """JSON as a schema describes it, with its references into the whole of it."""
    if schema is False:
        return _NEVER
    if not is_object(schema):
        return _ANY_JSON
    if schema.get("not") in (True, {}):
        return _NEVER
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    choices = _choices(schema, root)
    if choices is not None:
        return _chosen(choices, root)
    return _one_of(_KINDS[kind](schema, root) for kind in _kinds(schema))


@st.composite
def _chosen(draw: st.DrawFn, choices: Sequence[Json], root: Json) -> Json:
    """JSON of one of some schemas, which are looked at no sooner: they hold each other."""
    _depth.value += 1
    try:
        return draw(_one_of(_of_schema(one, root) for one in choices))
    finally:
        _depth.value -= 1


def _one_of(strategies: Iterable[SearchStrategy[Json]]) -> SearchStrategy[Json]:
    possible = [one for one in strategies if one is not _NEVER]
    return st.one_of(possible) if possible else _NEVER


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
    "string": frozenset({"pattern", "minLength", "maxLength"}),
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
    if any(one is _NEVER for one in first):
        return _NEVER
    start = st.tuples(*first).map(list[Json])
    end = arrays(rest, min_items=least, max_items=least if rest is _NEVER else None)
    return st.builds(lambda *parts: [item for part in parts for item in part], start, found, end)


def _objects_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    properties = {name: _of_schema(one, root) for name, one in schema.get("properties", {}).items()}
    required = {name: properties.get(name, _ANY_JSON) for name in schema.get("required", ())}
    if any(one is _NEVER for one in required.values()):
        return _NEVER
    optional = {
        name: one for name, one in properties.items() if name not in required and one is not _NEVER
    }
    known = _unless_deep(
        wire_objects(required, optional, others=None), wire_objects(required, {}, others=None)
    )
    others = _of_schema(
        schema.get("additionalProperties", schema.get("unevaluatedProperties", True)), root
    )
    named = _of_schema(schema.get("propertyNames", True), root)
    names = st.text(_CHARACTERS, max_size=8) if named is _ANY_JSON else named.filter(_is_text)
    parts = [
        st.dictionaries(strings(pattern=pattern), _of_schema(one, root), max_size=2)
        for pattern, one in schema.get("patternProperties", {}).items()
        if one is not False
    ]
    if others is not _NEVER:
        parts.append(st.dictionaries(names, others, max_size=schema.get("minProperties", 0) + 2))
    return st.builds(_all_joined, *parts, known)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _all_joined(*parts: dict[str, Any]) -> dict[str, Any]:
    return reduce(_joined, parts)


def _numbers_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    return _if_any(wire_numbers(**_limits(schema, _NUMERIC)))


def _integers_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    return _if_any(wire_integers(**_limits(schema, _NUMERIC)))


def _strings_of(schema: dict[str, Json], root: Json) -> SearchStrategy[Json]:
    return _if_any(strings(**_limits(schema, _TEXTUAL)))


def _if_any(strategy: SearchStrategy[Json]) -> SearchStrategy[Json]:
    """The strategy, or that of nothing where its limits contradict each other."""
    try:
        strategy.validate()
    except InvalidArgument:
        return _NEVER
    return strategy


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

_KINDS: Final[dict[str, Callable[[dict[str, Json], Json], SearchStrategy[Json]]]] = {
    "any": lambda schema, root: _ANY_JSON,
    "array": _arrays_of,
    "boolean": lambda schema, root: st.booleans(),
    "integer": _integers_of,
    "null": lambda schema, root: st.none(),
    "number": _numbers_of,
    "object": _objects_of,
    "string": _strings_of,
}
