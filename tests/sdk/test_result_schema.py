"""A schema that admits reports says of everything else what it said before, and can be had back."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from topchef_sdk.api import Json, JsonObject, is_array, is_object
from topchef_sdk.contract import DEEPEST, check_schema, is_too_deep, violations
from topchef_sdk.result_schema import admitting_reports, without_reports

REPORT: JsonObject = {"required": ["$topchef"], "properties": {"$topchef": {"type": "object"}}}
ID = "http://topchef.example/schemas/result.json"


# What moves, and what follows it.


def test_a_schema_becomes_the_first_of_two() -> None:
    schema: JsonObject = {"type": "object", "required": ["value"]}

    assert {"anyOf": [schema, REPORT]} == admitting_reports(schema)
    assert {"type": "object", "required": ["value"]} == schema


def test_what_is_looked_for_at_the_root_stays_there() -> None:
    draft = "http://json-schema.org/draft-04/schema#"
    at_the_root: JsonObject = {"$schema": draft, "id": ID, "definitions": {"d": {"minimum": 0}}}
    schema: JsonObject = {**at_the_root, "title": "Result", "required": ["value"]}

    assert {
        **at_the_root,
        "anyOf": [{"title": "Result", "required": ["value"]}, REPORT],
    } == admitting_reports(schema)


def test_an_id_that_is_a_name_goes_where_its_schema_goes() -> None:
    schema: JsonObject = {"id": "#here", "required": ["a"], "items": {"$ref": "#here"}}

    assert {"anyOf": [schema, REPORT]} == admitting_reports(schema)
    assert schema == without_reports(admitting_reports(schema))


def referring(reference: str, place: str) -> JsonObject:
    """A schema with most that can be referred to, and a reference in some place."""
    schema: JsonObject = {
        "id": ID,
        "anyOf": [{}],
        "$defs": {"d": {}},
        "definitions": {"d": {"not": {"type": "null"}}},
        "properties": {
            "x": {"type": "integer"},
            "a b": {"id": "#here"},
            "definitions": {},
            "inner": {"id": "inner.json", "items": {}},
        },
    }
    schema.setdefault(place, {})["referring"] = {"items": {"$ref": reference}}
    return schema


@pytest.mark.parametrize(
    ("reference", "moved"),
    [
        ("#", "#/anyOf/0"),
        ("", "#/anyOf/%30"),
        ("#/properties/x", "#/anyOf/0/properties/x"),
        ("#/properties/a%20b", "#/anyOf/0/properties/a%20b"),
        ("#/anyOf/0", "#/anyOf/0/anyOf/0"),
        ("#/anyOf/%30", "#/anyOf/0/anyOf/%30"),
        ("#/$defs/d", "#/anyOf/0/$defs/d"),
        ("#/definitions/d", "#/definitions/d"),
        ("#/%64efinitions/d", "#/%64efinitions/d"),
        ("#/definitions/d/not", "#/definitions/d/not"),
        ("#/properties/definitions", "#/anyOf/0/properties/definitions"),
        ("#here", "#here"),
        (ID, f"{ID}#/anyOf/%30"),
        (f"{ID}#", f"{ID}#/anyOf/0"),
        (f"{ID}#/properties/x", f"{ID}#/anyOf/0/properties/x"),
        (f"{ID}#/definitions/d", f"{ID}#/definitions/d"),
        (f"{ID}#here", f"{ID}#here"),
        ("result.json", "result.json#/anyOf/%30"),
        ("result.json#", "result.json#/anyOf/0"),
        ("/schemas/result.json#/properties/x", "/schemas/result.json#/anyOf/0/properties/x"),
        ("inner.json", "inner.json"),
        ("inner.json#/items", "inner.json#/items"),
        ("http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-04/schema#"),
    ],
)
@pytest.mark.parametrize(
    "place", ["properties", "patternProperties", "dependencies", "definitions"]
)
def test_references_follow_what_moves(place: str, reference: str, moved: str) -> None:
    schema = referring(reference, place)
    assert [] == check_schema(schema)

    wrapped = admitting_reports(schema)

    assert [] == check_schema(wrapped)
    holder = wrapped if place == "definitions" else wrapped["anyOf"][0]
    assert moved == holder[place]["referring"]["items"]["$ref"]
    assert referring(reference, place) == schema
    assert schema == without_reports(wrapped)


def test_references_below_an_id_are_relative_to_it() -> None:
    inner: JsonObject = {
        "id": "inner.json",
        "properties": {"x": {"type": "integer"}},
        "items": {"$ref": "#"},
        "not": {"$ref": "#/properties/x"},
        "additionalProperties": {"$ref": "result.json#"},
    }
    wrapped = admitting_reports({"id": ID, "properties": {"a": inner}})

    assert {
        **inner,
        "additionalProperties": {"$ref": "result.json#/anyOf/0"},
    } == wrapped["anyOf"][0]["properties"]["a"]


def test_references_where_only_a_reference_leads_follow_as_well() -> None:
    schema: JsonObject = {
        "items": {"$ref": "#/$defs/list"},
        "$defs": {"list": {"properties": {"next": {"$ref": "#"}}}, "unused": {"$ref": "#"}},
    }
    moved = admitting_reports(schema)["anyOf"][0]["$defs"]

    assert {"properties": {"next": {"$ref": "#/anyOf/0"}}} == moved["list"]
    assert {"$ref": "#"} == moved["unused"]  # which nothing takes for a schema


def test_what_only_looks_like_a_reference_is_data() -> None:
    schema: JsonObject = {
        "enum": [{"$ref": "#"}],
        "default": {"$ref": "#"},
        "properties": {"$ref": {"type": "string"}, "a": {"enum": [{"$ref": "#"}]}},
    }
    assert {"anyOf": [schema, REPORT]} == admitting_reports(schema)


def test_a_schema_that_stands_in_two_places_moves_once_in_each() -> None:
    shared: JsonObject = {"items": {"$ref": "#"}}
    schema: JsonObject = {"properties": {"a": shared, "b": shared}, "enum": [shared]}

    (moved, _) = admitting_reports(schema)["anyOf"]

    assert {"items": {"$ref": "#/anyOf/0"}} == moved["properties"]["a"] == moved["properties"]["b"]
    assert [{"items": {"$ref": "#"}}] == moved["enum"]


# What stays as it is.


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"type": ["null", "object"]},
        {"$schema": "http://json-schema.org/draft-04/schema#", "id": ID, "title": "Anything"},
        {"type": "object", "description": "Any", "default": {}, "definitions": {"a": {}}},
    ],
    ids=str,
)
def test_what_admits_all_objects_stays_as_it_is(schema: JsonObject) -> None:
    assert schema is admitting_reports(schema)
    assert schema is without_reports(schema)


@pytest.mark.parametrize(
    "schema",
    [{"type": "array"}, {"type": ["null"]}, {"minProperties": 1}, {"$ref": "#/definitions/a"}],
    ids=str,
)
def test_what_does_not_admit_all_objects_does_not_stay_as_it_is(schema: JsonObject) -> None:
    sound: JsonObject = {"definitions": {"a": {}}, **schema}

    assert sound != admitting_reports(sound)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": 5},
        {"id": 5, "required": ["a"]},
        {"required": ["a"], "items": {"$ref": "http://topchef.example/other.json"}},
        {"anyOf": [{"$ref": "#"}]},
        {"anyOf": [{"type": 5}, REPORT]},
        {"anyOf": [{"id": 5, "items": {"$ref": "#"}}, REPORT]},
    ],
    ids=str,
)
def test_what_is_no_sound_schema_stays_as_it_is(schema: JsonObject) -> None:
    assert schema is admitting_reports(schema)
    assert schema is without_reports(schema)


def test_a_schema_as_deep_as_can_be_stays_as_it_is() -> None:
    deep: JsonObject = {"type": "null"}
    while not is_too_deep({"not": deep}):
        deep = {"not": deep}

    assert [] == check_schema(deep)
    assert deep is admitting_reports(deep)
    wrapped = admitting_reports(deep["not"]["not"])
    assert DEEPEST == depth(wrapped)
    assert deep["not"]["not"] == without_reports(wrapped)


def depth(value: Json) -> int:
    if is_object(value):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if is_array(value) else 0


UNLIKE: list[JsonObject] = [
    {"anyOf": [{"required": ["a"]}, REPORT, {}]},
    {"anyOf": [{"required": ["a"]}]},
    {"anyOf": [{"required": ["a"]}, {"required": ["$topchef"]}]},
    {"anyOf": [{"required": ["a"]}, REPORT], "title": "By hand"},
    {"anyOf": [{"required": ["a"], "definitions": {}}, REPORT]},
    {"anyOf": [{}, REPORT]},
    {"anyOf": [{"items": {"$ref": "#"}}, REPORT]},
    {"anyOf": [{"items": {"$ref": "#/anyOf/1"}}, REPORT]},
]


@pytest.mark.parametrize("schema", UNLIKE, ids=str)
def test_what_looks_like_it_was_made_here_but_was_not_stays_whole(schema: JsonObject) -> None:
    assert schema is without_reports(schema)
    assert schema == without_reports(admitting_reports(schema))


# What holds for all schemas.

ALL_NAMES = ["a", "b", "$ref", "definitions", "$topchef"]
REFERENCES = [
    "#",
    "",
    "#/definitions/a",
    "#/definitions/b",
    "#/definitions/b/items",
    "#/properties/a",
    "#/$defs/d",
]
names = st.sampled_from(ALL_NAMES)
scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
reports: st.SearchStrategy[JsonObject] = st.just({"$topchef": {"v": 1, "error": {"kind": "a"}}})
objects = st.dictionaries(names, values | reports, max_size=4) | reports
types = st.sampled_from(["array", "boolean", "integer", "null", "object", "string"])


def keywords(inner: st.SearchStrategy[JsonObject]) -> dict[str, st.SearchStrategy[Json]]:
    """Draft 4's keywords and what may follow each, given the strategy of schemas below."""
    some = st.dictionaries(names, inner, max_size=2)
    return {
        "type": types,
        "enum": st.lists(values, min_size=1, max_size=2, unique_by=str),
        "required": st.lists(names, min_size=1, max_size=2, unique=True),
        "minimum": st.integers(-1, 1),
        "default": values,
        "properties": some,
        "patternProperties": st.dictionaries(st.just("^[ab]"), inner, max_size=1),
        "additionalProperties": st.booleans() | inner,
        "dependencies": some,
        "items": inner | st.lists(inner, min_size=1, max_size=2),
        "not": inner,
        "allOf": st.lists(inner, min_size=1, max_size=2),
        "anyOf": st.lists(inner, min_size=1, max_size=2),
    }


def of(inner: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[JsonObject]:
    return st.lists(st.sampled_from(sorted(keywords(inner))), max_size=3, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({key: keywords(inner)[key] for key in chosen})
    )


@st.composite
def schemas(draw: st.DrawFn) -> JsonObject:
    """Schemas with definitions, in which parts refer to the whole and to each other."""
    document = draw(st.sampled_from(["", ID]))
    leaves: list[JsonObject] = [
        {},
        *({"$ref": prefix + one} for prefix in ["", document] for one in REFERENCES),
    ]
    part = st.recursive(st.sampled_from(leaves), of, max_leaves=6)
    schema = draw(of(part))
    schema.setdefault("properties", {}).setdefault("a", draw(part))
    schema["definitions"] = {"a": draw(part), "b": {"items": draw(part)}}
    schema["$defs"] = {"d": draw(part)}
    if document:
        schema["id"] = document
    assume(not check_schema(schema))  # such as one that refers to itself without end
    return schema


def accepts(schema: JsonObject, value: Json) -> bool:
    problems = violations(value, schema)
    # Some refer to themselves without end, but only from where a value has something.
    assume(not any("without end" in problem for problem in problems))
    return not problems


SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@SLOW
@given(schema=schemas(), value=objects)
@example(
    schema={"required": ["a"], "properties": {"b": {"$ref": "#"}}},
    value={"a": 1, "b": {"$topchef": {}}},
)
def test_a_report_is_admitted_and_of_all_else_what_was(schema: JsonObject, value: Json) -> None:
    wrapped = admitting_reports(schema)

    is_report = is_object(value.get("$topchef"))
    assert (accepts(schema, value) or is_report) == accepts(wrapped, value)


@SLOW
@given(schema=schemas())
def test_a_schema_is_had_back_as_it_was(schema: JsonObject) -> None:
    before = copy.deepcopy(schema)
    wrapped = admitting_reports(schema)

    assert before == schema
    assert schema == without_reports(wrapped)
    assert schema == without_reports(schema)
    assert wrapped is admitting_reports(wrapped)
    assert [] == check_schema(wrapped)
