"""Invalid JSON that breaks a model's schema in one way, which is known.

A valid value is made first. Every place in it can be broken in some ways, each of which is a
`Fault`: wrong types, missing properties, limits that are passed, and so on. One of them is made.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import NoneType
from typing import Any, Final, get_args
from uuid import UUID

from attrs import evolve, frozen
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..choice import Choice, UnknownVariant
from ..constraints import FREE, Constraints
from ..enums import OpenIntEnum, OpenStrEnum
from ..json_schema import schema_problems
from ..json_types import Json, JsonObject, is_array, is_object
from ..record import Record, record_of
from ..shapes import (
    is_enum,
    is_list,
    is_literal,
    is_map,
    is_record,
    is_typed_dict,
    meaning,
    members,
)
from ..unset import Unset
from ..violations import Step, json_path
from . import formats
from .containers import arrays, maps
from .free import numeric
from .impossible import NOTHING, any_of, fitting
from .making import STRICT
from .numbers import integers, numbers, odd_numbers
from .regular import CHARACTERS
from .schemas import described
from .texts import misfits, strings


@frozen
class Invalid:
    """JSON with one fault in it."""

    payload: Json
    keyword: str
    """The JSON Schema keyword that is broken, as `Violation` names it."""
    path: str
    """JSON path (RFC 9535) of what breaks it, such as `$.data[3].id`."""


@frozen(kw_only=True)
class Fault:
    """One way to break a value."""

    keyword: str
    path: tuple[Step, ...]
    """Where it will be found."""
    place: tuple[Step, ...]
    """What is put into another's place."""
    instead: SearchStrategy[Json]
    schema: str | None = None
    """What finds the fault in some of these values; which one it is, is told by it."""


@frozen(kw_only=True)
class _Place:
    """A part of a value, and the type that it is of."""

    steps: tuple[Step, ...]
    value: Json
    form: Any
    constraints: Constraints
    guards: tuple[tuple[tuple[Step, ...], str], ...] = ()
    """Schemas of what this is a part of, which have to hold all the same, and where they do."""

    def fault(self, keyword: str, instead: SearchStrategy[Json], *below: Step) -> Fault:
        """A fault of this place, or found below it."""
        return Fault(keyword=keyword, path=(*self.steps, *below), place=self.steps, instead=instead)

    def below(self, step: Step, form: Any, constraints: Constraints | None) -> _Place:
        """A part of this."""
        schema = self.constraints.schema
        guard = () if schema is None else ((self.steps, schema),)
        return _Place(
            steps=(*self.steps, step),
            value=self.value[step],
            form=form,
            constraints=constraints or FREE,
            guards=(*self.guards, *guard),
        )


@st.composite
def invalid_json(draw: st.DrawFn, form: Any, constraints: Constraints = FREE) -> Invalid:
    """JSON of a type with one fault in it."""
    # Drawn first, so that it is any of them, however the value comes out.
    chosen = draw(st.integers(0, _MANY - 1)), draw(st.integers(0, _MANY - 1))
    whole: Json = draw(STRICT.of(form, constraints))
    places = list(_places(_Place(steps=(), value=whole, form=form, constraints=constraints)))
    # By keyword first, or else wrong types would be nearly all that there is.
    by_keyword: dict[str, list[tuple[_Place, Fault]]] = {}
    for place in places:
        for fault in _faults(place):
            if fault.instead is not NOTHING:
                by_keyword.setdefault(fault.keyword, []).append((place, fault))
    if not by_keyword:
        reject()
    keyword = sorted(by_keyword)[chosen[0] % len(by_keyword)]
    place, fault = by_keyword[keyword][chosen[1] % len(by_keyword[keyword])]
    instead = draw(fault.instead)
    if fault.schema is not None:
        problems = schema_problems(fault.schema, instead)
        ((steps, found, _),) = problems
        fault = evolve(fault, keyword=found, path=(*fault.path, *steps))
    payload = _put(whole, fault.place, instead)
    if any(schema_problems(schema, _at(payload, steps)) for steps, schema in place.guards):
        reject()
    return Invalid(payload, fault.keyword, json_path(fault.path))


_MANY: Final = 120
"""A number that many others divide: a choice of so many is one of fewer, each as likely."""


def _put(whole: Json, steps: tuple[Step, ...], value: Json) -> Json:
    """The whole with another value at a place."""
    if not steps:
        return value
    changed: Json = copy.copy(whole)
    changed[steps[0]] = _put(whole[steps[0]], steps[1:], value)
    return changed


def _at(whole: Json, steps: tuple[Step, ...]) -> Json:
    for step in steps:
        whole = whole[step]
    return whole


# Places.


def _places(place: _Place) -> Iterator[_Place]:
    """A place and all below it whose type is sure."""
    yield place
    form = _only(place)
    if form is None:
        return
    if is_list(form) and is_array(place.value):
        part = (get_args(form) or (Any,))[-1]
        for index in range(len(place.value)):
            yield from _places(place.below(index, part, place.constraints.items))
    elif is_map(form) and is_object(place.value):
        part = (get_args(form) or (Any,))[-1]
        for name in place.value:
            yield from _places(place.below(name, part, place.constraints.values))
    elif (is_record(form) or is_typed_dict(form)) and is_object(place.value):
        yield from _in_record(place, record_of(form))


def _in_record(place: _Place, record: Record) -> Iterator[_Place]:
    limits = record.limits or FREE
    within = place
    if limits.schema is not None:
        within = _Place(
            steps=place.steps,
            value=place.value,
            form=place.form,
            constraints=place.constraints,
            guards=(*place.guards, (place.steps, limits.schema)),
        )
    tag = (meaning(place.form)[1] or Choice()).tag
    for known in record.properties:
        if known.wire in place.value and known.wire != tag:  # which is no mere property
            yield from _places(within.below(known.wire, known.form, known.constraints))
    if record.others is not None:
        part = get_args(record.others.form)[-1]
        of_values = (record.others.constraints or FREE).values
        for name in place.value.keys() - record.wire_names:
            yield from _places(within.below(name, part, of_values))


def _kinds(form: Any) -> list[Any]:
    """The types that a type is one of, but for what only stands for being absent or unknown."""
    return [one for one in members(form) if one not in (Unset, UnknownVariant)]


def _only(place: _Place) -> Any:
    """The one type that a value can be of; None where that is not sure."""
    choice = meaning(place.form)[1] or Choice()
    kinds = [one for one in _kinds(place.form) if one is not NoneType]
    if place.value is None:
        return None
    if choice.tag is not None and is_object(place.value):
        return choice.named_by(place.value.get(choice.tag))
    if len(kinds) == 1:
        return meaning(kinds[0])[0]
    if not (is_object(place.value) or is_array(place.value)) or any(map(_is_vague, kinds)):
        return None
    same = [one for one in kinds if _takes(one, place.value)]
    return meaning(same[0])[0] if len(same) == 1 else None


def _is_vague(form: Any) -> bool:
    """Whether a type may be of objects, of arrays and of anything else."""
    inner, choice = meaning(form)
    return inner in (Any, object) or choice is not None or len(members(form)) > 1


def _takes(form: Any, value: Json) -> bool:
    inner, _ = meaning(form)
    if is_object(value):
        return is_record(inner) or is_typed_dict(inner) or is_map(inner)
    return is_list(inner)


# What can be wrong with the value of a place.


def _faults(place: _Place) -> Iterator[Fault]:
    yield from _wrong_types(place)
    form = _only(place)
    value = place.value
    if is_object(value):
        if form is not None and (is_record(form) or is_typed_dict(form)):
            yield from _of_record(place, record_of(form), value)
        elif form is not None and is_map(form):
            yield from _of_map(place, form, value)
        yield from _untold(place, value)
    elif is_array(value) and form is not None and is_list(form):
        yield from _of_array(place, form, value)
    elif isinstance(value, str):
        yield from _of_text(place, form)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _of_number(place, form)
    yield from _of_schema(place)


_SAMPLES: Final[Mapping[str, SearchStrategy[Json]]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**53), 2**53),
    "number": st.integers(-1000, 1000).map(lambda count: count + 0.5),
    "string": st.text(CHARACTERS, max_size=12),
    "array": st.just(list[Json]()) | st.lists(st.none(), max_size=2),
    "object": st.just(dict[str, Json]())
    | st.dictionaries(st.text(CHARACTERS, max_size=3), st.none(), max_size=2),
}
"""Values of each JSON type; those of `number` are no integers."""


_COMPOUND: Final = ("array", "object")
_SCALARS: Final = ("null", "boolean", "integer", "number", "string")


def _wrong_types(place: _Place) -> Iterator[Fault]:
    kinds = _kinds(place.form)
    taken = {kind for one in kinds for kind in _json_types(one)}
    wanted = [one for one in kinds if one is not NoneType]
    if "any" in taken or not wanted or place.constraints.schema is not None:
        return
    compound = [one for one in wanted if not {"array", "object"}.isdisjoint(_json_types(one))]
    for some, among in ((_COMPOUND, compound or wanted), (_SCALARS, wanted)):
        complaints = {_complaint(one) for one in among}
        words = {keyword for keyword, _ in complaints}
        keyword = next(iter(words)) if len(complaints) == 1 else "anyOf"
        wrong = [_SAMPLES[kind] for kind in some if kind not in taken]
        if wrong:
            yield place.fault(keyword, st.one_of(wrong))
    constants = [one for one in kinds if is_literal(one)]
    if len(kinds) == 1 and constants:
        yield place.fault("const", _other_than(get_args(constants[0])))


def _other_than(constants: Sequence[Any]) -> SearchStrategy[Json]:
    """Values of the same type as a constant."""
    first = constants[0]
    if isinstance(first, bool):
        wrong = [one for one in (False, True) if one not in constants]
        return st.sampled_from(wrong) if wrong else NOTHING
    if isinstance(first, str):
        return st.text(CHARACTERS, max_size=12).filter(lambda text: text not in constants)
    return st.integers(-(2**53), 2**53).filter(lambda number: number not in constants)


def _json_types(form: Any) -> list[str]:
    """The JSON types that a type takes values of."""
    inner, choice = meaning(form)
    if inner in (Any, object) or choice is not None or len(members(inner)) > 1:
        return ["any"]
    if is_literal(inner):
        return [_kind_of(constant) for constant in get_args(inner)]
    if is_enum(inner):
        return list({_kind_of(member.value) for member in inner})
    if (is_record(inner) or is_typed_dict(inner)) and record_of(inner).untyped is not None:
        return ["any"]  # what is no object stands in
    if is_record(inner) or is_typed_dict(inner) or is_map(inner):
        return ["object"]
    if is_list(inner):
        return ["array"]
    return _OF_SCALARS.get(inner, ["any"])


_OF_SCALARS: Final[Mapping[Any, list[str]]] = {
    NoneType: ["null"],
    bool: ["boolean"],
    int: ["integer"],
    float: ["integer", "number"],
    str: ["string"],
    bytes: ["string"],
    date: ["string"],
    datetime: ["string"],
    UUID: ["string"],
}


def _kind_of(value: object) -> str:
    kinds: dict[type[Any], str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return kinds.get(type(value), "null")


def _complaint(form: Any) -> tuple[str, object]:
    """The keyword that a value of no type that is wanted breaks, and what is wanted."""
    inner, _ = meaning(form)
    if is_literal(inner):
        return "const", json.dumps(get_args(inner))  # of which true is no 1
    if is_enum(inner) and not issubclass(inner, (OpenStrEnum, OpenIntEnum)):
        return "enum", inner
    kinds = _json_types(form)
    return "type", "number" if len(kinds) > 1 else kinds[0]


def _of_record(place: _Place, record: Record, value: JsonObject) -> Iterator[Fault]:
    needed = [known.wire for known in record.properties if known.is_required]
    tag = (meaning(place.form)[1] or Choice()).tag
    if place.constraints.schema is None and record.limits is None:
        for name in needed:
            if name != tag:
                yield place.fault("required", st.just(_without(value, {name})))
    limits = record.limits or FREE
    if record.is_closed and record.others is None and limits == FREE:
        # The path names the property, so its name has to be known before it is made.
        for name in ("x", "not known", "é"):
            if name not in record.wire_names:
                more = st.builds(_with, st.just(value), st.just(name), _SAMPLES["string"])
                yield place.fault("additionalProperties", more, name)
    if limits.schema is not None or place.constraints.schema is not None:
        return
    if limits.min_properties:
        least = {name: value[name] for name in needed}
        for name in value:
            if len(least) < limits.min_properties - 1:
                least.setdefault(name, value[name])
        if len(least) < limits.min_properties:
            yield place.fault("minProperties", st.just(least))
    most = limits.max_properties
    if most is not None and most <= _MOST_ITEMS and not record.is_closed and record.others is None:
        names = [f"more {count}" for count in range(most + 1 - len(value))]
        yield place.fault("maxProperties", st.just({**value, **dict.fromkeys(names)}))


def _with(value: JsonObject, name: str, more: Json) -> JsonObject:
    return {**value, name: more}


def _without(value: JsonObject, names: set[str]) -> JsonObject:
    return {name: item for name, item in value.items() if name not in names}


def _untold(place: _Place, value: JsonObject) -> Iterator[Fault]:
    """Objects that do not say which alternative they are."""
    choice = meaning(place.form)[1] or Choice()
    named = [*choice.types.values(), choice.otherwise]
    kinds = [one for one in _kinds(place.form) if one is not NoneType]
    is_sure = all(one in named for one in kinds) and choice.otherwise is None
    if choice.tag is None or not is_sure or place.constraints.schema is not None:
        return
    yield place.fault("discriminator", st.just(_without(value, {choice.tag})))
    others = {"null": "null", "integer": "number", "array": "array"}
    wrong = any_of(_SAMPLES[one] for one, kind in others.items() if kind not in choice.kinds)
    told = st.builds(_with, st.just(value), st.just(choice.tag), wrong)
    yield place.fault("discriminator", told, choice.tag)


def _of_array(place: _Place, form: Any, value: list[Json]) -> Iterator[Fault]:
    limits = place.constraints
    if limits.schema is not None:
        return
    if limits.min_items:
        yield place.fault("minItems", st.just(value[: limits.min_items - 1]))
    if limits.max_items is not None and limits.max_items <= _MOST_ITEMS:
        item = STRICT.of((get_args(form) or (Any,))[-1], limits.items or FREE)
        size = limits.max_items + 1
        more = arrays(item, min_items=size, max_items=size, unique_items=limits.unique_items)
        yield place.fault("maxItems", more)
    if limits.unique_items and len(value) > 1:
        yield place.fault("uniqueItems", st.just([*value[:-1], value[0]]))
    elif limits.unique_items and len(value) == 1 and limits.max_items != 1:
        yield place.fault("uniqueItems", st.just([value[0], value[0]]))


_MOST_ITEMS: Final = 40
"""Up to how many items one more than there may be is made."""


def _of_map(place: _Place, form: Any, value: JsonObject) -> Iterator[Fault]:
    limits = place.constraints
    if limits.schema is not None:
        return
    if limits.min_properties:
        fewer = dict(list(value.items())[: limits.min_properties - 1])
        yield place.fault("minProperties", st.just(fewer))
    if limits.max_properties is not None and limits.max_properties <= _MOST_ITEMS:
        item = STRICT.of((get_args(form) or (Any,))[-1], limits.values or FREE)
        size = limits.max_properties + 1
        yield place.fault("maxProperties", maps(item, min_properties=size, max_properties=size))


_MOST_CHARACTERS: Final = 100_000
"""Up to how many characters a text is made too long; Java calls 2,147,483,647 its longest."""


_NO_FORMAT: Final[Mapping[Any, SearchStrategy[Json]]] = {
    datetime: formats.NO_DATE_TIMES,
    date: formats.NO_DATES,
    UUID: formats.NO_UUIDS,
    bytes: formats.NO_BYTES,
}


def _of_text(place: _Place, form: Any) -> Iterator[Fault]:
    limits = place.constraints
    if limits.schema is not None:
        return
    if form in _NO_FORMAT:
        yield place.fault("format", _NO_FORMAT[form])
    if form is not str:
        return
    least, most, pattern = limits.min_length or 0, limits.max_length, limits.pattern
    if least:
        yield place.fault("minLength", strings(max_length=least - 1, pattern=pattern))
    if most is not None and most <= _MOST_CHARACTERS:
        made = strings(min_length=most + 1, max_length=most + 8, pattern=pattern)
        yield place.fault("maxLength", made)
    if pattern is not None:
        yield place.fault("pattern", misfits(pattern, min_length=least, max_length=most))


def _of_number(place: _Place, form: Any) -> Iterator[Fault]:
    limits = place.constraints
    if limits.schema is not None or form not in (int, float):
        return
    made = integers if form is int else numbers
    said = numeric(limits)
    for keyword, broken in _broken_bounds(said):
        yield place.fault(keyword, made(**broken))
    step = limits.multiple_of
    if step is not None:
        yield place.fault("multipleOf", _between_multiples(said, step, is_integer=form is int))


def _broken_bounds(
    said: Mapping[str, int | float | None],
) -> Iterator[tuple[str, dict[str, int | float | None]]]:
    """Bounds beyond one of those that are said and within all others."""
    for name, keyword, outside in (
        ("minimum", "minimum", "exclusive_maximum"),
        ("exclusive_minimum", "exclusiveMinimum", "maximum"),
        ("maximum", "maximum", "exclusive_minimum"),
        ("exclusive_maximum", "exclusiveMaximum", "minimum"),
    ):
        bound = said[name]
        if bound is not None:
            is_low = name.endswith("minimum")
            kept = {
                other: value
                for other, value in said.items()
                if other != name and (other.endswith("minimum") == is_low or other == "multiple_of")
            }
            # What is below a minimum is below a maximum too.
            yield keyword, {**dict.fromkeys(said), **kept, outside: bound}


def _between_multiples(
    said: Mapping[str, int | float | None], step: int | float, *, is_integer: bool
) -> SearchStrategy[Json]:
    """Numbers within their bounds that are no multiples."""
    bounds = {name: value for name, value in said.items() if name != "multiple_of"}
    if is_integer:
        made = integers(**bounds)
        return (
            made.filter(lambda number: number % step != 0)
            if step > 1 and made is not NOTHING
            else NOTHING
        )
    if said["exclusive_minimum"] is not None or said["exclusive_maximum"] is not None:
        low = said["exclusive_minimum"] if said["minimum"] is None else said["minimum"]
        high = said["exclusive_maximum"] if said["maximum"] is None else said["maximum"]
        return odd_numbers(step, minimum=low, maximum=high)
    return odd_numbers(step, minimum=said["minimum"], maximum=said["maximum"])


def _of_schema(place: _Place) -> Iterator[Fault]:
    """What no type can say: other values of the type, of which the schema refuses some."""
    schema = place.constraints.schema
    form = _only(place)
    if schema is not None:
        yield from _refused(
            place, schema, STRICT.of(place.form, evolve(place.constraints, schema=None))
        )
    elif form is not None and is_record(form):
        limits = record_of(form).limits or FREE
        if limits.schema is not None and limits == Constraints(schema=limits.schema):
            yield from _refused(place, limits.schema, STRICT.bare_objects(record_of(form)))


def _refused(place: _Place, schema: str, made: SearchStrategy[Json]) -> Iterator[Fault]:
    """The fault that a schema finds in some of these values."""
    if accepts_all_json(place.form):  # and hardly anything of it is refused
        made |= _changed_somewhere(described(schema))
    if made is not NOTHING:
        # Null may stand for what is absent, and is no fault then.
        refused = fitting(
            made, lambda value: value is not None and len(schema_problems(schema, value)) == 1
        )
        yield evolve(place.fault("schema", refused), schema=schema)


@st.composite
def _changed_somewhere(draw: st.DrawFn, values: SearchStrategy[Json]) -> Json:
    """Values with something else in one place."""
    whole = draw(values)
    steps = draw(st.sampled_from(list(_all_steps(whole))))
    return _put(whole, steps, draw(st.sampled_from(_OTHERS)))


_OTHERS: Final[Sequence[Json]] = (0, "", True, [], {})


def _all_steps(value: Json, steps: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    yield steps
    inner = value.items() if is_object(value) else enumerate(value) if is_array(value) else ()
    for step, item in inner:
        yield from _all_steps(item, (*steps, step))


def accepts_all_json(form: Any, constraints: Constraints = FREE) -> bool:
    """Whether a type refuses nothing, so that there is no invalid JSON of it."""
    kinds = {kind for one in _kinds(form) for kind in _json_types(one)}
    if constraints != FREE or not ("any" in kinds or kinds >= _SAMPLES.keys()):
        return False
    records = [record_of(one) for one in _kinds(form) if is_record(one) or is_typed_dict(one)]
    return not any(_refuses_some(record) for record in records)


def _refuses_some(record: Record) -> bool:
    """Whether an object may be wrong for a model that takes anything else."""
    typed = [one for one in record.properties if "any" not in _json_types(one.form)]
    return bool(typed) or record.is_closed or record.limits is not None
