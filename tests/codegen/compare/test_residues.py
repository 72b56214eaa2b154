"""What is known of JSON Schemas by their keywords holds of values, which know nothing of keywords."""

from __future__ import annotations

import json
from typing import Final

import pytest

from codegen.compare.closing import without_closing_schema
from codegen.compare.membership import Membership, is_within
from codegen.compare.relation import UNKNOWN, YES, Relation
from codegen.compare.residues import implied, is_told_by_properties, told_keywords
from codegen.ir import (
    Field,
    Identifier,
    Limits,
    Nullable,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
)
from codegen.tree import Json

NAMED: Final[dict[str, Json]] = {"properties": {"a": {"type": "string"}}}
CLOSED: Final[dict[str, Json]] = {**NAMED, "unevaluatedProperties": False}

SCHEMAS: Final[list[Json]] = [
    NAMED,
    CLOSED,
    {**CLOSED, "required": ["a"]},
    {**CLOSED, "properties": {"a": {"type": ["string", "null"]}}},
    {**CLOSED, "properties": {"a": True, "b": True}},
    {**CLOSED, "allOf": [{"properties": {"b": {"type": "integer"}}}]},
    {**CLOSED, "allOf": [{"properties": {"b": True}}]},
    {"allOf": [CLOSED]},
    {"allOf": [CLOSED, {"properties": {"b": True}}]},
    {"allOf": [{"$ref": "#/$defs/s1"}], "unevaluatedProperties": False, "$defs": {"s1": NAMED}},
    {"$ref": "#/$defs/s1", "unevaluatedProperties": False, "$defs": {"s1": NAMED}},
    {**NAMED, "unevaluatedProperties": {"type": "integer"}},
    {**NAMED, "unevaluatedProperties": {"type": "number"}},
    {**CLOSED, "if": {"required": ["b"]}, "then": {"properties": {"b": True}}},
    {**CLOSED, "if": {"required": ["b"]}, "then": {"properties": {"b": {"type": "string"}}}},
    {**CLOSED, "anyOf": [{"properties": {"b": True}}, {"minProperties": 0}]},
    {"$ref": "#/$defs/s1", "$defs": {"s1": {"properties": {"a": {"$ref": "#/$defs/s1"}}}}},
    {"prefixItems": [{"type": "integer"}], "unevaluatedItems": False},
    {"prefixItems": [{"type": "number"}], "unevaluatedItems": False},
    {"prefixItems": [{"type": "number"}, {"type": "number"}], "unevaluatedItems": False},
    {"items": {"type": "number"}, "unevaluatedItems": False},
    {"prefixItems": [{"type": "integer"}]},
    {"prefixItems": [{"type": "number"}], "items": False},
    {"prefixItems": [{"type": "number"}], "items": {"type": "integer"}},
    {"prefixItems": [{"type": "number"}, {"type": "number"}]},
    {"items": {"type": "integer"}},
    {"contains": {"type": "integer"}, "minContains": 2},
    {"contains": {"type": "number"}},
    {"contains": {"type": "integer"}, "maxContains": 1},
    {"contains": {"type": "number"}, "maxContains": 1},
    {"additionalProperties": {"type": "integer"}},
    {**NAMED, "additionalProperties": {"type": "integer"}},
    {**NAMED, "additionalProperties": {"type": "number"}},
    {**NAMED, "patternProperties": {"b": True}, "additionalProperties": False},
]

OBJECTS: Final[list[Json]] = [
    {},
    {"a": ""},
    {"a": None},
    {"a": 1},
    {"b": 1},
    {"b": ""},
    {"b": 1.5},
    {"a": "", "b": 1},
    {"a": "", "b": ""},
    {"c": True},
    {"a": {"a": {}}},
]
OTHERS: Final[list[Json]] = [[], [1], [1.5], [1, 2], ["a"], [1, "a"], "a", None]


def fits(schema: Json, value: Json) -> bool:
    return is_within(Limits(schema=Text(json.dumps(schema))), value)


@pytest.mark.parametrize("left", SCHEMAS, ids=json.dumps)
def test_what_is_said_to_be_implied_is_so_of_every_value(left: Json) -> None:
    for right in SCHEMAS:
        if implied([json.dumps(left)], json.dumps(right)) is YES:
            refused = [
                one for one in (*OBJECTS, *OTHERS) if fits(left, one) and not fits(right, one)
            ]
            assert ([], right) == (refused, right)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (CLOSED, {**CLOSED, "properties": {"a": {"type": ["string", "null"]}}}, YES),
        ({**CLOSED, "required": ["a"]}, CLOSED, YES),
        ({"allOf": [CLOSED]}, CLOSED, YES),
        (SCHEMAS[9], {"allOf": [NAMED], "unevaluatedProperties": False}, YES),
        (CLOSED, NAMED, YES),
        ({**NAMED, "unevaluatedProperties": {"type": "integer"}}, SCHEMAS[12], YES),
        ({"prefixItems": [NAMED], "items": False}, {"prefixItems": [NAMED]}, YES),
        ({"prefixItems": [NAMED], "items": False}, {"prefixItems": [NAMED, NAMED]}, YES),
        (CLOSED, {**CLOSED, "properties": {"a": True, "b": True}}, UNKNOWN),
        (CLOSED, {"properties": {}, "unevaluatedProperties": False}, UNKNOWN),
    ],
)
def test_a_schema_that_sees_all_is_implied_by_one_that_sees_the_same_and_allows_less(
    left: Json, right: Json, expected: Relation
) -> None:
    assert expected is implied([json.dumps(left)], json.dumps(right))


def test_schemas_that_differ_in_their_properties_alone_are_told_by_the_types_of_these() -> None:
    other = {**CLOSED, "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    assert is_told_by_properties(json.dumps(CLOSED), json.dumps(other))
    more: Json = {**CLOSED, "properties": {"a": True, "b": True}}
    assert not is_told_by_properties(json.dumps(CLOSED), json.dumps(more))
    assert not is_told_by_properties(json.dumps(CLOSED), json.dumps(NAMED))


def test_the_keywords_are_told_in_which_schemas_differ() -> None:
    rule = {**NAMED, "dependentRequired": {"a": ["b"]}, "not": {"required": ["c"]}}
    other = {**rule, "not": {"required": ["d"]}}
    assert ("not",) == told_keywords(json.dumps(rule), json.dumps(other))
    assert ("dependentRequired", "not") == told_keywords(None, json.dumps(rule))


TEXT: Final = Scalar(ScalarKind.STRING)


def record(schema: Json, *names: str) -> Record:
    """A record of strings, of which `b` may be null."""
    return Record(
        name=Identifier("Pet"),
        wire_name=Text("Pet"),
        fields=tuple(
            Field(
                name=Identifier(name),
                wire_name=Text(name),
                type=Nullable(TEXT) if name == "b" else TEXT,
                presence=Presence.OPTIONAL,
            )
            for name in names
        ),
        limits=Limits(schema=Text(json.dumps(schema))),
    )


B: Final[dict[str, Json]] = {"properties": {"b": {"type": ["string", "null"]}}}
PERHAPS_B: Final[list[Json]] = [B, True]


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        (CLOSED, ["a"]),
        ({"allOf": [CLOSED]}, ["a"]),
        ({**CLOSED, "allOf": [B]}, ["a", "b"]),
        (
            {
                "allOf": [{"$ref": "#/$defs/s1"}, B],
                "unevaluatedProperties": False,
                "$defs": {"s1": NAMED},
            },
            ["a", "b"],
        ),
    ],
)
def test_a_record_is_closed_without_a_schema_where_that_says_the_same(
    schema: Json, names: list[str]
) -> None:
    before = record(schema, *names)
    after = without_closing_schema(before)
    assert isinstance(after, Record)
    assert (True, None) == (after.is_closed, after.limits.schema)
    judge = Membership({})
    assert [judge.holds(before, one) for one in OBJECTS] == [
        judge.holds(after, one) for one in OBJECTS
    ]


def test_a_record_is_closed_by_a_schema_that_names_what_never_goes_in_its_direction() -> None:
    schema: Json = {**CLOSED, "properties": {"a": {"type": "string"}, "secret": True}}
    after = without_closing_schema(record(schema, "a"))
    assert isinstance(after, Record)
    assert (True, None) == (after.is_closed, after.limits.schema)


def test_what_holds_itself_is_the_same_only_in_the_same_schema() -> None:
    tree: dict[str, Json] = {"properties": {"a": {"$ref": "#/$defs/s1"}}, "maxProperties": 1}
    texts = [
        json.dumps({**CLOSED, "allOf": [{"$ref": "#/$defs/s1"}], "$defs": {"s1": one}})
        for one in (tree, {**tree, "maxProperties": 2})
    ]
    assert [YES, UNKNOWN] == [implied([texts[0]], one) for one in texts]
    assert is_told_by_properties(texts[0], texts[0])
    assert () == told_keywords(texts[0], texts[0])


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ({**CLOSED, "dependentRequired": {"a": ["b"]}}, ["a"]),
        ({**CLOSED, "anyOf": PERHAPS_B}, ["a", "b"]),
        ({"allOf": [CLOSED, B]}, ["a", "b"]),
        ({**NAMED, "unevaluatedProperties": {"type": "integer"}}, ["a"]),
        ({**CLOSED, "additionalProperties": {"type": "integer"}}, ["a"]),
        (NAMED, ["a"]),
    ],
)
def test_a_record_keeps_a_schema_that_says_more_or_less(schema: Json, names: list[str]) -> None:
    before = record(schema, *names)
    assert before == without_closing_schema(before)
