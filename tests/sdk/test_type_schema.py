"""The schema of a type says what the codec reads as one, no more and no less."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import Enum, IntEnum, StrEnum
from functools import partial
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NewType,
    NotRequired,
    Required,
    TypedDict,
    TypeVar,
)
from uuid import UUID

import pytest
import typing_extensions
from attrs import define, field, frozen
from hypothesis import example, find, given, settings
from hypothesis import strategies as st
from typing_extensions import ReadOnly, TypeAliasType

from tests.thoroughness import examples
from topchef_sdk.api import (
    UNSET,
    AwareDatetime,
    InvalidError,
    Json,
    JsonObject,
    Unset,
    is_array,
    is_object,
)
from topchef_sdk.api._runtime.record import other_properties
from topchef_sdk.api.models import JobStatus, ServiceSummary
from topchef_sdk.contract import Contract
from topchef_sdk.handler_types import read_parameters, schema_of, written_results

Celsius = NewType("Celsius", float)
Names = TypeAliasType("Names", list[str])


class Solvent(Enum):
    WATER = "water"
    ACETONE = "acetone"


class Nucleus(StrEnum):
    H1 = "1H"
    C13 = "13C"


class Gain(IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(Enum):
    NONE = 0
    ALL = "all"


@frozen
class Point:
    """A point
    in the plane.
    """

    x: float
    y: float = 0.0


@frozen
class Scalars:
    text: str
    number: float
    whole: int
    flag: bool
    nothing: None
    anything: Any
    temperature: Celsius
    noted: Annotated[int, {"unit": "mm"}] = 5


@define
class Formats:
    when: datetime
    aware: AwareDatetime
    day: date
    id: UUID
    data: bytes


@define
class Constants:
    solvent: Solvent
    nucleus: Nucleus
    gain: Gain
    mixed: Mixed
    mode: Literal["auto", 1, None]
    only: Literal[True]
    one: Literal[1]
    status: JobStatus


@define
class Containers:
    numbers: list[float]
    points: list[Point]
    by_name: dict[str, Point]
    nested: dict[str, list[dict[str, int]]]
    names: Names
    noted: list[Annotated[int, {"unit": "mm"}]]
    any_list: list[Any]
    any_map: JsonObject


@define
class Unions:
    optional: int | None = None
    point: Point | None = None
    scalar: str | int | None = "a"
    number: int | float = 1
    automatic: Literal["auto"] | float = "auto"
    flag_or_points: bool | list[Point] = False
    nested: Names | Gain | None = None
    unset: int | Unset | None = UNSET
    never_null: int | Unset = UNSET


@define
class Tree:
    value: int
    children: list[Tree] = field(factory=list)
    other: Leaf | None = None


@define
class Leaf:
    tree: Tree | None = None
    again: Leaf | None = None


@define
class Named:
    _private: int
    computed: int = field(init=False, default=3)
    class_: str = field(default="a", alias="klass")


@frozen
class Child(Point):
    z: float = 0.0


class Total(TypedDict):
    """A dictionary with keys."""

    a: int
    b: NotRequired[list[Point]]
    c: ReadOnly[NotRequired[Annotated[str, "a note"]]]


class Partial(TypedDict, total=False):
    a: Required[Total]
    b: int | None


class Both(Partial):
    c: str
    d: NotRequired[bool]


@define
class Keeping:
    a: int
    others: dict[str, int] = field(factory=dict, metadata=other_properties())


typed_dict: Any = typing_extensions.TypedDict
"""For TypedDicts that type checkers need not know."""

Odd = TypedDict("Odd", {"a b": int, "$ref": str, "class": "NotRequired[Odd]"})
OddExtended = typing_extensions.TypedDict("OddExtended", {"a~b/%": Point})
"""A TypedDict of the other kind."""

FORMS: list[Any] = [
    JsonObject,
    dict[str, int],
    dict[str, Tree],
    dict[str, JobStatus],
    Point,
    Scalars,
    Formats,
    Constants,
    Containers,
    Unions,
    Tree,
    Leaf,
    Named,
    Child,
    Total,
    Partial,
    Both,
    Odd,
    OddExtended,
    Keeping,
    ServiceSummary,
]


# What schemas look like.


def test_a_class_is_an_object_with_no_other_properties() -> None:
    assert {
        "type": "object",
        "description": "A point\nin the plane.",
        "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
        "required": ["x"],
        "additionalProperties": False,
    } == schema_of(Point)


def test_scalars_are_types() -> None:
    assert {
        "text": {"type": "string"},
        "number": {"type": "number"},
        "whole": {"type": "integer"},
        "flag": {"type": "boolean"},
        "nothing": {"type": "null"},
        "anything": {},
        "temperature": {"type": "number"},
        "noted": {"type": "integer"},
    } == schema_of(Scalars)["properties"]


def test_formats_are_said_though_no_server_looks_at_them() -> None:
    assert {
        "when": {"type": "string", "format": "date-time"},
        "aware": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "id": {"type": "string", "format": "uuid"},
        "data": {"type": "string", "format": "byte"},
    } == schema_of(Formats)["properties"]


def test_constants_are_enumerated() -> None:
    assert {
        "solvent": {"type": "string", "enum": ["water", "acetone"]},
        "nucleus": {"type": "string", "enum": ["1H", "13C"]},
        "gain": {"type": "integer", "enum": [1, 2]},
        "mixed": {"type": ["integer", "string"], "enum": [0, "all"]},
        "mode": {"type": ["string", "integer", "null"], "enum": ["auto", 1, None]},
        "only": {"type": "boolean", "enum": [True]},
        "one": {"type": "integer", "enum": [1]},
        "status": {"type": "string", "enum": ["REGISTERED", "WORKING", "COMPLETED", "ERROR"]},
    } == schema_of(Constants)["properties"]


def test_containers_say_what_they_contain() -> None:
    point = {"$ref": "#/definitions/Point"}
    schema = schema_of(Containers)

    assert {
        "numbers": {"type": "array", "items": {"type": "number"}},
        "points": {"type": "array", "items": point},
        "by_name": {"type": "object", "additionalProperties": point},
        "nested": {
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
        },
        "names": {"type": "array", "items": {"type": "string"}},
        "noted": {"type": "array", "items": {"type": "integer"}},
        "any_list": {"type": "array"},
        "any_map": {"type": "object"},
    } == schema["properties"]
    assert {"Point": schema_of(Point)} == schema["definitions"]


def test_unions_are_alternatives() -> None:
    point = {"$ref": "#/definitions/Point"}
    names = {"type": "array", "items": {"type": "string"}}
    schema = schema_of(Unions)

    assert {
        "optional": {"type": ["integer", "null"]},
        "point": {"anyOf": [point, {"type": "null"}]},
        "scalar": {"type": ["string", "integer", "null"]},
        "number": {"type": ["integer", "number"]},
        "automatic": {"anyOf": [{"type": "string", "enum": ["auto"]}, {"type": "number"}]},
        "flag_or_points": {"anyOf": [{"type": "boolean"}, {"type": "array", "items": point}]},
        "nested": {"anyOf": [names, {"type": "integer", "enum": [1, 2]}, {"type": "null"}]},
        "unset": {"type": ["integer", "null"]},
        "never_null": {"type": "integer"},
    } == schema["properties"]
    assert "required" not in schema


def test_classes_refer_to_themselves_and_each_other() -> None:
    leaf = {"$ref": "#/definitions/Leaf"}
    schema = schema_of(Tree)

    assert {"type": "array", "items": {"$ref": "#"}} == schema["properties"]["children"]
    assert {"anyOf": [leaf, {"type": "null"}]} == schema["properties"]["other"]
    assert {
        "Leaf": {
            "type": "object",
            "properties": {
                "tree": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
                "again": {"anyOf": [leaf, {"type": "null"}]},
            },
            "additionalProperties": False,
        }
    } == schema["definitions"]


def test_a_field_is_called_what_the_constructor_calls_it() -> None:
    schema = schema_of(Named)

    assert {"private": {"type": "integer"}, "klass": {"type": "string"}} == schema["properties"]
    assert ["private"] == schema["required"]
    named = read_parameters({"private": 1, "klass": "b"}, Named)
    assert Named(1, klass="b") == named
    assert {"private": 1, "klass": "b"} == written_results(named, Named)


def test_keys_are_required_or_not_also_where_annotations_are_text() -> None:
    required = {form: schema_of(form).get("required") for form in (Total, Partial, Both, Odd)}

    assert {Total: ["a"], Partial: ["a"], Both: ["a", "c"], Odd: ["a b", "$ref"]} == required
    assert "A dictionary with keys." == schema_of(Total)["description"]
    assert "description" not in schema_of(Partial)


def test_a_name_in_a_reference_is_escaped() -> None:
    schema = schema_of(with_field(typed_dict("a~b/c %d", {"x": int})))

    assert {"value": {"$ref": "#/definitions/a~0b~1c%20%25d"}} == schema["properties"]
    assert () == Contract(schema).violations({"value": {"x": 1}})
    assert ("$.value: 'x' is a required property",) == Contract(schema).violations({"value": {}})


def test_classes_of_one_name_are_told_apart() -> None:
    def other() -> Any:
        @define
        class Point:
            r: float

        return Point

    def another() -> Any:
        return typed_dict("Point2", {"a": int})

    both = typed_dict("Both", {"a": Point, "b": other(), "c": another(), "d": other(), "e": Point})
    schema = schema_of(both)

    assert ["Point", "Point2", "Point22", "Point3", "Point"] == [
        value["$ref"].removeprefix("#/definitions/") for value in schema["properties"].values()
    ]
    properties = [list(one["properties"]) for one in schema["definitions"].values()]
    assert [["x", "y"], ["r"], ["a"], ["r"]] == properties


def test_a_class_that_keeps_other_properties_says_what_they_are() -> None:
    others: JsonObject = {"additionalProperties": {"type": "integer"}}

    assert others.items() <= schema_of(Keeping).items()
    assert ["a"] == list(schema_of(Keeping)["properties"])


def test_plain_json_is_any_object() -> None:
    assert {"type": "object"} == schema_of(JsonObject)
    assert {} == schema_of(Any)


# What has no schema.

T = TypeVar("T")


@define
class Box(Generic[T]):
    item: T


@define
class Deep:
    boxes: list[dict[str, Box[int]]]


literal: Any = Literal
"""For constants that type checkers refuse as well."""


class Empty(Enum):
    pass


class Vector(Enum):
    UP = (0, 1)


@define
class Slip:
    value: Nowhere  # type: ignore[name-defined]  # noqa: F821  # a slip


def with_field(form: Any) -> Any:
    """A class of that name with a field `value`."""
    return typed_dict("Sample", {"value": form})


HINT = "use attrs classes and TypedDicts"
WHICH = "a JSON value is; beside scalars there may be one type of objects or arrays"


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        (set[int], f"set[int]: no JSON is read as set[int]; {HINT}"),
        (with_field(set[int]), f"Sample.value: no JSON is read as set[int]; {HINT}"),
        (
            with_field(list[dict[str, tuple[int, int]]]),
            f"Sample.value: no JSON is read as tuple[int, int]; {HINT}",
        ),
        (with_field(complex), f"Sample.value: no JSON is read as complex; {HINT}"),
        (with_field(T), f"Sample.value: no JSON is read as ~T; {HINT}"),
        (Box, f"Box.item: no JSON is read as ~T; {HINT}"),
        (Deep, f"Deep.boxes: no JSON is read as {__name__}.Box[int]; {HINT}"),
        (
            with_field(dict[int, str]),
            "Sample.value: the keys of dict[int, str] have to be str, as in JSON",
        ),
        (with_field(int | Any), f"Sample.value: nobody can tell which of Union[int, Any] {WHICH}"),
        (
            with_field(list[int] | dict[str, int]),
            f"Sample.value: nobody can tell which of Union[list[int], dict[str, int]] {WHICH}",
        ),
        (
            with_field(Literal[b"a"]),
            "Sample.value: b'a' is no constant that JSON has; use str or int",
        ),
        (with_field(Empty), "Sample.value: an enumeration without members has no values"),
        (
            with_field(literal[[1]]),
            "Sample.value: [1] is no constant that JSON has; use str or int",
        ),
        (with_field(Vector), "Sample.value: (0, 1) is no constant that JSON has; use str or int"),
        (
            typed_dict("Extended", {}, extra_items=int),
            "Extended: extra items of a TypedDict are not read",
        ),
        (Slip, "Slip: an annotation cannot be evaluated: name 'Nowhere' is not defined"),
    ],
    ids=str,
)
def test_what_has_no_schema_is_refused_by_class_and_field(form: Any, problem: str) -> None:
    with pytest.raises(TypeError) as caught:
        schema_of(form)
    assert problem == str(caught.value)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no alias can mean itself before 3.12")
def test_an_alias_of_itself_is_refused() -> None:
    names: dict[str, Any] = {}
    exec("type Endless = list[Endless]", names)
    with pytest.raises(TypeError, match=r"^Sample\.value: Endless is an alias of itself$"):
        schema_of(with_field(names["Endless"]))


# The schema and the codec agree.

NOTHING_LIKE_IT: st.SearchStrategy[Json] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        2,
        1.0,
        2.5,
        "",
        "a",
        "auto",
        "1H",
        [],
        {},
        [1],
        {"x": 1},
        {"a": None},
    ]
)
FORMATTED: dict[str, st.SearchStrategy[str]] = {
    "date-time": st.datetimes(timezones=st.timezones()).map(lambda one: one.isoformat()[:19] + "Z"),
    "date": st.dates().map(str),
    "uuid": st.uuids().map(str),
    "byte": st.sampled_from(["", "AAE="]),
}
OF_TYPE: dict[str, st.SearchStrategy[Json]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**70), 2**70),
    "number": st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False),
    "string": st.text(max_size=3),
    "array": st.just([]),
    "object": st.just({}),
}


def about(schema: JsonObject, root: JsonObject, depth: int = 3) -> st.SearchStrategy[Json]:
    """JSON that is valid by a schema, or nearly: anywhere there may be something else."""
    below = partial(about, root=root, depth=depth - 1)
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        return st.deferred(
            lambda: about(root if name == "#" else root["definitions"][name], root, depth - 1)
        )
    if "anyOf" in schema:
        return st.one_of([below(one) for one in schema["anyOf"]])
    if "format" in schema:
        return FORMATTED[schema["format"]] | NOTHING_LIKE_IT.filter(
            lambda one: not isinstance(one, str)
        )
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | NOTHING_LIKE_IT
    if "properties" in schema:
        properties = schema["properties"]
        required = set(schema.get("required", ()))
        chosen = {
            key: below(one) for key, one in properties.items() if key in required or depth > 0
        }
        optional = {key: one for key, one in chosen.items() if key not in required}
        valid = st.fixed_dictionaries({key: chosen[key] for key in required}, optional=optional)
        return st.one_of(
            valid, valid, valid, st.builds(broken, valid, NOTHING_LIKE_IT), NOTHING_LIKE_IT
        )
    types = schema.get("type", list(OF_TYPE))
    found = [OF_TYPE[one] for one in ([types] if isinstance(types, str) else types)]
    if "items" in schema and depth > 0:
        found.append(st.lists(below(schema["items"]), max_size=2))
    if is_object(schema.get("additionalProperties")) and depth > 0:
        values = below(schema["additionalProperties"])
        found.append(st.dictionaries(st.sampled_from(["a", "b"]), values, max_size=2))
    return st.one_of(*found, *found, NOTHING_LIKE_IT)


def broken(value: JsonObject, other: Json) -> JsonObject:
    """An object with one property less, and perhaps another one more."""
    return {**dict(list(value.items())[1:]), **({"other": other} if other else {})}


SCHEMAS = {str(form): schema_of(form) for form in FORMS}
CONTRACTS = {name: Contract(schema) for name, schema in SCHEMAS.items()}


@st.composite
def instances(draw: st.DrawFn) -> tuple[Any, JsonObject]:
    """A type, and JSON that is valid for it or nearly so."""
    form = draw(st.sampled_from(FORMS))
    value = draw(about(SCHEMAS[str(form)], SCHEMAS[str(form)]))
    return form, value if is_object(value) else {"a": value}


def with_whole_numbers(value: Json) -> Json:
    """The same for JSON Schema since draft 6, for which 1.0 is an integer as well."""
    if is_object(value):
        return {key: with_whole_numbers(one) for key, one in value.items()}
    if is_array(value):
        return [with_whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_readable(form: Any, value: JsonObject) -> bool:
    try:
        read_parameters(value, form)
    except InvalidError:
        return False
    return True


def is_valid(form: Any, value: Json) -> bool:
    return not CONTRACTS[str(form)].violations(value)


MANY = settings(max_examples=examples(200))


@MANY
@given(instances())
@example((Constants, {"mode": True}))
@example((Total, {"a": 1, "b": None}))
@example((Unions, {"never_null": None}))
@example((dict[str, JobStatus], {"a": "UNKNOWN"}))
def test_what_is_valid_is_read_and_nothing_else(instance: tuple[Any, JsonObject]) -> None:
    form, value = instance

    assert is_valid(form, with_whole_numbers(value)) is is_readable(form, value)
    assert is_readable(form, value) or not is_valid(form, value)


@MANY
@given(instances())
def test_what_is_read_is_written_as_valid_json_that_reads_the_same(
    instance: tuple[Any, JsonObject],
) -> None:
    form, value = instance
    if not is_readable(form, value):
        return
    read: object = read_parameters(value, form)
    written = written_results(read, form)

    assert is_valid(form, written)
    assert read == read_parameters(written, form)


@MANY
@given(instances())
def test_what_cannot_be_read_is_not_written(instance: tuple[Any, JsonObject]) -> None:
    form, value = instance
    try:
        written_results(value, form)
    except InvalidError:
        assert not is_readable(form, value)
    else:
        assert is_readable(form, value)


def test_only_the_codec_looks_at_formats() -> None:
    value = dict.fromkeys(["when", "aware", "day", "id", "data"], "%")

    assert is_valid(Formats, value)
    with pytest.raises(InvalidError) as caught:
        read_parameters(value, Formats)
    assert [f"$.{name}" for name in value] == [
        violation.path for violation in caught.value.violations
    ]


def test_only_the_codec_minds_a_number_too_large_for_a_float() -> None:
    assert is_valid(Point, {"x": 10**400})
    assert not is_readable(Point, {"x": 10**400})


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_laws_meet_valid_json_of_each_form(form: Any) -> None:
    assert is_valid(
        form, find(about(SCHEMAS[str(form)], SCHEMAS[str(form)]), partial(is_valid, form))
    )
