"""What a schema may be, and that judging by it never does harm."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk.api import Json, JsonObject
from topchef_sdk.contract import (
    DEEPEST,
    MOST_PROBLEMS,
    Contract,
    InvalidSchemaError,
    check_schema,
    is_too_deep,
    references_to_root,
    violations,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYWORDS = [
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "definitions",
    "dependencies",
    "enum",
    "exclusiveMinimum",
    "format",
    "id",
    "items",
    "maxItems",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "required",
    "$schema",
    "type",
    "uniqueItems",
]
ALMOST_SCHEMAS = st.recursive(
    JSON | st.sampled_from(["#", "#/definitions/a", "object", "integer", "(", "http://["]),
    lambda inner: (
        st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=4) | st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)


def nested(depth: int) -> Json:
    value: Json = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "reference",
    [
        "http://topchef.example/schema",
        "https://topchef.example/schema#/a",
        "file:///etc/passwd",
        "ftp://topchef.example/x",
        "other.json",
        "//topchef.example/x",
        "http://json-schema.org/draft-07/schema#",
        "http://[",
    ],
)
def test_a_reference_to_another_document_is_a_problem_and_never_fetched(reference: str) -> None:
    schema: JsonObject = {"properties": {"a": {"$ref": reference}}}

    assert check_schema(schema) == [
        f"$.properties.a.$ref: {reference!r} is no schema in here, and no other document is fetched"
    ]
    assert violations({"a": 1}, schema) != []


def test_no_machine_is_ever_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        schema: JsonObject = {"$ref": f"http://127.0.0.1:{listening.getsockname()[1]}/schema"}

        assert check_schema(schema) != []
        assert violations({}, schema) != []

        with pytest.raises(BlockingIOError):  # nobody has called
            listening.accept()


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"$ref": "http://json-schema.org/draft-04/schema#"},
        {"definitions": {"a": {}}, "$ref": "#/definitions/a"},
        {"id": "http://topchef.example/", "definitions": {"a": {"id": "b"}}, "$ref": "b"},
        {"definitions": {"a": {"id": "#here"}}, "$ref": "#here"},
        {"items": {"$ref": "#"}},
        {"properties": {"$ref": {"type": "string"}}},
        {"enum": [{"$ref": "http://topchef.example/is-data-here"}]},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"unknown": {"type": 5}},
        {"dependencies": {"a": ["b"], "c": {"type": "object"}}},
    ],
    ids=str,
)
def test_a_sound_schema_has_no_problems(schema: JsonObject) -> None:
    assert check_schema(schema) == []


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (True, "$: True is not of type 'object'"),
        ({"type": 5}, "$.type: 5 is not valid under any of the given schemas"),
        ({"pattern": "("}, "$.pattern: '(' is not a 'regex'"),
        ({"patternProperties": {"(": {}}}, "$.patternProperties['(']: is not a pattern"),
        (
            {"foo": {"$ref": "http://x"}, "not": {"$ref": "#/foo"}},
            "$.not.$ref.$ref: 'http://x' is no schema in here, and no other document is fetched",
        ),
        (
            {"dependencies": {"a": {"$ref": "#/nowhere"}}},
            "$.dependencies.a.$ref: '#/nowhere' is no schema in here, "
            "and no other document is fetched",
        ),
        (
            {"$ref": 5},
            "$.$ref: 5 is no schema in here, and no other document is fetched",
        ),
        (
            {"anyOf": [{"$ref": "#"}]},
            "$: is nested too deeply, or the schema refers to itself without end",
        ),
        (
            {"required": ["a"], "allOf": [{"$ref": "#"}]},
            "$: is nested too deeply, or the schema refers to itself without end",
        ),
    ],
    ids=str,
)
def test_a_schema_that_cannot_be_kept_has_a_problem_with_its_place(
    schema: Json, problem: str
) -> None:
    assert check_schema(schema) == [problem]


def test_an_endless_reference_is_a_problem_wherever_the_stack_ends() -> None:
    schema: JsonObject = {"properties": {"a": {"not": {"$ref": "#/properties/a"}}}}

    def judged(frames: int) -> list[str]:
        return judged(frames - 1) if frames else violations({"a": 1}, schema)

    endless = ["$: is nested too deeply, or the schema refers to itself without end"]
    assert [endless] * 60 == [judged(frames) for frames in range(60)]


def test_a_reference_may_lead_to_where_no_keyword_does() -> None:
    schema: JsonObject = {"items": {"$ref": "#/elsewhere/0"}, "elsewhere": [{"type": "null"}]}

    assert check_schema(schema) == []
    assert violations([1], schema) == ["$[0]: 1 is not of type 'null'"]


def test_references_to_the_root_are_told_from_those_to_schemas_with_an_id() -> None:
    to_root: list[JsonObject] = [
        {"$ref": "#"},
        {"$ref": "#/properties/a"},
        {"$ref": "http://topchef.example/"},
        {"$ref": "#/properties/inner/items"},
    ]
    to_others: list[JsonObject] = [{"$ref": "inner"}, {"$ref": "inner#/items"}]
    inner: JsonObject = {"id": "inner", "items": {"$ref": "#"}, "not": {"$ref": "/#/properties/a"}}
    schema: JsonObject = {
        "id": "http://topchef.example/",
        "properties": {"a": {"enum": [{"$ref": "#"}]}, "inner": inner},
        "items": [*to_root, *to_others],
    }

    assert check_schema(schema) == []
    found = references_to_root(schema)
    assert {id(one) for one in [*to_root, inner["not"]]} == {id(one) for one in found}


def test_schemas_are_of_draft_4() -> None:
    draft_4: JsonObject = {"minimum": 1, "exclusiveMinimum": True}

    assert check_schema(draft_4) == []
    assert violations(1, draft_4) == ["$: 1 is less than or equal to the minimum of 1"]
    assert check_schema({"exclusiveMinimum": 1}) != []


def test_formats_are_not_looked_at() -> None:
    assert violations("x", {"format": "date-time"}) == []


def test_a_contract_judges_as_often_as_is_asked() -> None:
    contract = Contract({"properties": {"value": {"type": "integer"}}, "required": ["value"]})

    assert contract.violations({"value": 1}) == ()
    assert contract.violations({"value": "a"}) == ("$.value: 'a' is not of type 'integer'",)
    assert contract.violations({}) == ("$: 'value' is a required property",)
    assert contract.violations({"value": 1}) == ()


def test_a_contract_cannot_be_made_of_a_schema_with_problems() -> None:
    with pytest.raises(InvalidSchemaError) as caught:
        Contract({"properties": {"a": {"type": 5}, "b": {"type": 6}}})

    assert str(caught.value).startswith("$.properties.")
    assert str(caught.value).endswith("is not valid under any of the given schemas")


def test_a_contract_can_judge_in_many_threads_at_once() -> None:
    contract = Contract(
        {"definitions": {"a": {"type": "null"}}, "items": {"$ref": "#/definitions/a"}}
    )
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(contract.violations, [[1] * 10, [None] * 10] * 50))

    assert told[0::2] == [tuple(f"$[{n}]: 1 is not of type 'null'" for n in range(10))] * 50
    assert told[1::2] == [()] * 50


def test_no_problem_is_more_than_a_line_whatever_a_key_is_called() -> None:
    schema: JsonObject = {
        "additionalProperties": {"type": "null"},
        "patternProperties": {"\n(": {}},
    }
    (problem,) = check_schema(schema)
    assert problem.isprintable()
    del schema["patternProperties"]
    (problem,) = violations({"a\nb\x1b" + "c" * 10_000: 1}, schema)

    assert problem.isprintable()
    assert len(problem) < 700


def test_problems_are_told_up_to_a_number() -> None:
    assert len(violations([0] * 1000, {"items": {"minimum": 1}})) == MOST_PROBLEMS


def test_a_problem_quotes_no_more_than_a_line() -> None:
    (problem,) = violations("x" * 1_000_000, {"type": "integer"})

    assert len(problem) < 400
    assert problem.endswith("is not of type 'integer'")


@pytest.mark.parametrize("depth", [1, DEEPEST - 1, DEEPEST])
def test_what_is_not_too_deep_is_judged(depth: int) -> None:
    assert not is_too_deep(nested(depth))
    assert violations(nested(depth), {"items": {"$ref": "#"}}) == []


@pytest.mark.parametrize("depth", [DEEPEST + 1, 100_000])
def test_what_is_too_deep_is_a_problem(depth: int) -> None:
    assert is_too_deep(nested(depth))
    assert violations(nested(depth), {}) == ["$: is nested more than 100 deep"]
    assert check_schema({"enum": [nested(depth)]}) == ["$: is nested more than 100 deep"]


def test_the_deepest_schema_is_checked() -> None:
    schema: JsonObject = {}
    for _ in range((DEEPEST - 1) // 2):
        schema = {"properties": {"a": schema}}

    assert not is_too_deep(schema)
    assert check_schema(schema) == []


def test_an_instance_is_judged_once_for_each_way_that_leads_to_it() -> None:
    """2 to the power of 60 judgements would not end."""
    tree: JsonObject = {"properties": {"child": {"$ref": "#"}}}
    schema: JsonObject = {"anyOf": [{**tree, "required": ["a"]}, {**tree, "required": ["b"]}]}
    instance: JsonObject = {}
    for _ in range(60):
        instance = {"child": instance}

    assert check_schema(schema) == []
    (problem,) = violations(instance, schema)
    assert problem.endswith("valid under any of the given schemas")


def test_items_are_not_compared_with_each_other_to_find_equal_ones() -> None:
    """50,000 items are more than a billion pairs: hours."""
    instance: list[Json] = [{"a": number} for number in range(50_000)]

    assert violations(instance, {"uniqueItems": True}) == []
    (problem,) = violations([*instance, {"a": 7.0}], {"uniqueItems": True})
    assert problem.endswith("has non-unique elements")
    assert violations([1, True, 0, False, "1"], {"uniqueItems": True}) == []


@given(schema=ALMOST_SCHEMAS, instance=JSON)
def test_no_schema_and_no_instance_does_harm(schema: Json, instance: Json) -> None:
    problems = check_schema(schema)

    assert all(problem.startswith("$") for problem in problems)
    if not problems:
        assert all(problem.startswith("$") for problem in violations(instance, schema))
