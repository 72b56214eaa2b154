"""That our keywords judge as those of jsonschema do, and still end where those do not."""

from __future__ import annotations

import json
from typing import Any, Protocol, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from codegen.runtime.json_schema import schema_problems
from codegen.runtime.json_types import Json, JsonObject, is_object

NAMES = st.sampled_from(["a", "b", "ab"])
SCALARS = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([0.0, 1.0, "", "a"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def objects(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    return st.fixed_dictionaries({}, optional=parts)


def in_place(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    """Schemas within one that are about the same value."""
    several = st.lists(inner, min_size=1, max_size=2)
    by_name = st.dictionaries(NAMES, inner, min_size=1, max_size=2)
    return st.one_of(
        *(st.fixed_dictionaries({key: several}) for key in ("allOf", "anyOf", "oneOf")),
        st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner}),
        st.fixed_dictionaries({"dependentSchemas": by_name}),
        st.fixed_dictionaries({"not": inner}),
    )


def of_parts(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    """Schemas within one that are about parts of the value."""
    by_name = st.dictionaries(NAMES, inner, max_size=2)
    by_pattern = st.dictionaries(st.sampled_from(["^a", "b$"]), inner, max_size=2)
    return (
        objects(properties=by_name, additionalProperties=inner)
        | objects(patternProperties=by_pattern, unevaluatedProperties=inner)
        | objects(prefixItems=st.lists(inner, min_size=1, max_size=2), items=inner)
        | objects(contains=inner, uniqueItems=st.booleans(), unevaluatedItems=inner)
    )


PLAIN: list[JsonObject] = [{}, {"type": "object"}, {"type": ["integer", "array"]}, {"const": 1}]
REFERENCES: list[JsonObject] = [
    {"$ref": "#/$defs/first"},
    {"$ref": "#/$defs/second", "minItems": 1},
]
DOWN: list[JsonObject] = [
    {key: {"a": one, "b": one} if key == "properties" else one}
    for one in REFERENCES
    for key in ("properties", "items", "additionalProperties", "contains")
]
"""What a schema that refers to itself says of parts alone: of the same value it would never end."""

LOOKING: list[JsonObject] = [
    {"properties": {"a": True}},
    {"properties": {"a": {"const": 1}, "b": True}},
    {"required": ["ab"], "patternProperties": {"b$": {"type": "integer"}}},
    {"additionalProperties": {"type": "integer"}},
    {"prefixItems": [True]},
    {"prefixItems": [{"const": 1}, True]},
    {"contains": {"const": 1}},
    {"items": {"type": "integer"}},
]
"""What looks at parts of a value, of which others then are unevaluated."""


def schemas_of(
    whole: st.SearchStrategy[Any], unevaluated: list[Json], definitions: st.SearchStrategy[Any]
) -> st.SearchStrategy[JsonObject]:
    defined = st.fixed_dictionaries({"first": definitions, "second": definitions})
    return st.builds(with_unevaluated, whole, st.sampled_from(unevaluated), defined)


def with_unevaluated(whole: Json, said: Json, defined: JsonObject) -> JsonObject:
    every: JsonObject = whole if is_object(whole) else {"allOf": [whole]}
    return {
        **every,
        "unevaluatedItems": said,
        "unevaluatedProperties": said,
        "$defs": defined,
    }


def schemas_in(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    return st.builds(both, in_place(inner), of_parts(inner))


def both(one: JsonObject, other: JsonObject) -> JsonObject:
    return {**one, **other}


ANY = schemas_of(
    st.recursive(st.booleans() | st.sampled_from(PLAIN + REFERENCES), schemas_in, max_leaves=8),
    [True, {"type": "integer"}],
    st.recursive(st.booleans() | st.sampled_from(PLAIN + DOWN), schemas_in, max_leaves=8),
)
LOOKED_AT = st.sampled_from(LOOKING + REFERENCES)
OF_UNEVALUATED = schemas_of(
    in_place(LOOKED_AT | in_place(LOOKED_AT)), [False, {"const": 0}], st.sampled_from(LOOKING)
)
FLAT = st.lists(SCALARS, max_size=3) | st.dictionaries(NAMES, SCALARS, max_size=3)


class Judge(Protocol):
    def is_valid(self, instance: Json) -> bool: ...


def agree(schema: JsonObject, values: list[Json]) -> None:
    usual = cast("Judge", Draft202012Validator(schema))
    expected = [usual.is_valid(value) for value in values]

    assert expected == [not schema_problems(json.dumps(schema), value) for value in values]


@given(schema=ANY, values=st.lists(VALUES, min_size=1, max_size=5))
def test_they_judge_as_those_of_jsonschema_do(schema: JsonObject, values: list[Json]) -> None:
    agree(schema, values)


@given(schema=OF_UNEVALUATED, values=st.lists(FLAT, min_size=5, max_size=20))
def test_what_is_unevaluated_is_what_jsonschema_says(
    schema: JsonObject, values: list[Json]
) -> None:
    agree(schema, values)


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"dependentSchemas": {"a": {"properties": {"a": True}}}}, [{"a": 1}, {"b": 1}]),
        ({"if": {"required": ["a"]}, "else": {"properties": {"b": True}}}, [{"b": 1}, {"a": 1}]),
        ({"if": {"properties": {"a": True}}, "then": {"required": ["a"]}}, [{"a": 1}, {"b": 1}]),
        ({"$ref": "#/$defs/looking"}, [{"a": 1}, {"b": 1}]),
        (
            {"anyOf": [{"properties": {"a": True}, "required": ["b"]}, {"required": ["a"]}]},
            [{"a": 1}, {"b": 1}, {"a": 1, "b": 1}],
        ),
        ({"contains": {"const": 1}}, [[1, 1], [1, 2], [2]]),
        ({"allOf": [{"contains": {"const": 1}}], "prefixItems": [True]}, [[2, 1], [2, 1, 2]]),
        ({"items": {"$ref": "#/$defs/first"}}, [[1, "a"], [1, 1], ["a", 1]]),
    ],
)
def test_each_way_to_look_at_parts_counts(schema: JsonObject, values: list[Json]) -> None:
    unevaluated = {"unevaluatedItems": False, "unevaluatedProperties": False}
    definitions = {"first": {"type": "integer"}, "looking": {"properties": {"a": True}}}
    agree({**schema, **unevaluated, "$defs": definitions}, values)


def nested(depth: int, name: str = "child") -> Json:
    value: Json = {}
    for _ in range(depth):
        value = {name: value}
    return value


@pytest.mark.parametrize(
    ("form", "fitting", "others"),
    [
        ("date", "2020-02-29", ["2021-02-29", "2020-02-29T00:00:00Z"]),
        ("date-time", "2020-02-29T00:00:00Z", ["2020-02-29", "2020-02-29T00:00:00"]),
        ("uuid", "6f1c0d1e-0000-4000-8000-000000000001", ["6f1c0d1e"]),
        ("byte", "QUJD", ["QUJ", "a!"]),
    ],
)
def test_formats_that_have_a_type_are_asserted_of_texts(
    form: str, fitting: str, others: list[str]
) -> None:
    schema = json.dumps({"format": form})
    assert [[]] * 3 == [schema_problems(schema, value) for value in (fitting, 1, None)]
    assert [["format"]] * len(others) == [
        [keyword for _, keyword, _ in schema_problems(schema, value)] for value in others
    ]


def test_other_formats_only_describe() -> None:
    assert [] == schema_problems('{"format":"email"}', "nobody")


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_a_value_is_judged_once_for_each_way_that_leads_to_it(keyword: str) -> None:
    """2 to the power of 60 judgements would not end."""
    tree = {"properties": {"child": {"$ref": "#/$defs/tree"}}}
    schema = {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {keyword: [{**tree, "required": ["a"]}, {**tree, "required": ["b"]}]}},
    }
    assert [((), keyword)] == [one[:2] for one in schema_problems(json.dumps(schema), nested(60))]


def test_schemas_that_are_reached_in_many_ways_are_asked_once() -> None:
    steps = {f"s{n}": {"allOf": [{"$ref": f"#/$defs/s{n + 1}"}] * 2} for n in range(60)}
    last = {"s60": {"properties": {"a": True}}}
    schema = {"$ref": "#/$defs/s0", "unevaluatedProperties": False, "$defs": {**steps, **last}}

    assert [] == schema_problems(json.dumps(schema), {"a": 1})
    ((_, keyword, _),) = schema_problems(json.dumps(schema), {"b": 1})
    assert keyword == "unevaluatedProperties"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"uniqueItems": True}, [{"a": number} for number in range(50_000)]),
        ({"anyOf": [{"items": True}], "unevaluatedItems": False}, [0] * 200_000),
        (
            {"anyOf": [{"additionalProperties": True}], "unevaluatedProperties": False},
            {str(number): 0 for number in range(200_000)},
        ),
    ],
    ids=["uniqueItems", "unevaluatedItems", "unevaluatedProperties"],
)
def test_what_is_large_is_not_compared_with_itself(schema: JsonObject, value: Json) -> None:
    """50,000 items are more than a billion pairs: hours."""
    assert schema_problems(json.dumps(schema), value) == []


def test_as_many_problems_are_told_as_an_error_has() -> None:
    assert len(schema_problems('{"items": {"type": "string"}}', [0] * 5000)) == 1000
