"""What the laws judge by: the document, read once more by jsonschema and by its path templates."""

from __future__ import annotations

import pytest

from codegen.runtime.http import Headers, Request, Response
from codegen.runtime.json_types import JsonObject
from codegen.runtime.laws.oracle import Description
from codegen.runtime.laws.requests import faults_of_answer, faults_of_request

LONG = "/subscriptions/{id}/resourceGroups/{group}/providers/Microsoft.Automation/accounts"


def described(paths: JsonObject | None = None, schema: JsonObject | None = None) -> Description:
    components = {"schemas": {"Thing": schema or {}}}
    document = {"openapi": "3.1.0", "paths": paths or {}, "components": components}
    return Description({"openapi.json": document})


def operation(*parameters: JsonObject) -> JsonObject:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in ("id", "group")
    ]
    return {"get": {"parameters": [*in_path, *parameters], "responses": {}}}


@pytest.mark.parametrize("path", ["{id}", "{id}/{group}", "{id}%20{group}"])
def test_a_long_path_of_another_template_is_told_apart_at_once(path: str) -> None:
    """Whether a letter may be encoded is asked once; else these would take years."""
    paths = {LONG: operation(), f"{LONG}/{path}": operation()}
    url = f"https://api.example{LONG.format(id='i' * 30, group='g' * 30)}/other/and/more"
    assert faults_of_request(described(paths), Request(method="GET", url=url)) == [
        f"the document has no GET {url}"
    ]


def test_a_path_is_found_whether_its_letters_are_encoded_or_not() -> None:
    paths = {"/a b/{id}-{group}": operation()}
    for spelled in ("/a%20b/1-2", "/a b/1-2"):
        request = Request(method="GET", url=f"https://api.example{spelled}")
        assert faults_of_request(described(paths), request) == []


def test_what_a_path_template_has_encoded_stays_so() -> None:
    paths = {"/a%20b%2Fc%2D/{id}-{group}": operation()}
    for spelled in ("/a%20b%2Fc%2D/1-2", "/a%20b%2fc-/1-2"):
        request = Request(method="GET", url=f"https://api.example{spelled}")
        assert faults_of_request(described(paths), request) == []
    twice = Request(method="GET", url="https://api.example/a%2520b%2Fc-/1-2")
    assert faults_of_request(described(paths), twice) != []


def test_a_parameter_in_the_query_of_a_path_is_one_of_the_query() -> None:
    paths = {"/things?name={id}&group={group}": operation()}
    good = Request(method="GET", url="https://api.example/things?name=a&group=b")
    assert faults_of_request(described(paths), good) == []


def test_a_null_is_excused_in_answers_alone() -> None:
    """Models read it as absent, and never send it."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    content = {"content": {"application/json": {"schema": schema}}}
    paths = {"/things": {"post": {"requestBody": content, "responses": {"200": content}}}}
    headers, body = Headers({"Content-Type": "application/json"}), b'{"name": null}'
    request = Request(method="POST", url="https://api.example/things", headers=headers, body=body)
    assert faults_of_request(described(paths), request) == ["None is not of type 'string'"]
    answer = Response(status=200, headers=headers, body=body)
    assert faults_of_answer(described(paths), request, answer) == []
    wrong = Response(status=200, headers=headers, body=b'{"name": 1}')
    assert faults_of_answer(described(paths), request, wrong) == ["1 is not of type 'string'"]


def test_a_type_that_all_values_of_an_enumeration_break_does_not_count() -> None:
    """The generator ignores it, and says so."""
    schema = described(schema={"type": "string", "enum": [969, 556, None]})
    assert schema.schema("/components/schemas/Thing").faults(969) == []
    assert schema.schema("/components/schemas/Thing").faults(1) == [
        "1 is not one of [969, 556, None]"
    ]
    schema = described(schema={"type": "string", "enum": [969, "556"]})
    assert schema.schema("/components/schemas/Thing").faults(969) == ["969 is not of type 'string'"]


def test_patterns_are_those_of_ecma_262() -> None:
    schema = described(
        schema={
            "properties": {
                "word": {"pattern": r"^\S+$"},
                "letters": {"pattern": r"^\p{L}+$"},
            },
            "patternProperties": {r"^\p{Lu}": {"type": "integer"}},
        }
    ).schema("/components/schemas/Thing")
    assert schema.faults({"word": "\x1f", "letters": "ü", "Ü": 1}) == []
    assert [*map(len, map(schema.faults, ({"word": "\ufeff"}, {"letters": "1"}, {"Ü": "1"})))] == [
        1
    ] * 3


def test_only_integers_of_32_bits_have_a_range() -> None:
    schema = described(
        schema={
            "type": "object",
            "properties": {
                "a": {"type": ["integer", "null"], "format": "int32"},
                "b": {"type": "integer", "format": "int64"},
                "c": {"type": "number", "format": "int32"},
            },
        }
    ).schema("/components/schemas/Thing")
    assert schema.faults({"a": 2**31 - 1, "b": 2**80, "c": 2**40}) == []
    assert schema.faults({"a": None}) == []
    assert schema.faults({"a": 2**31}) == ["2147483648 has more than 32 bits"]
    assert schema.faults({"a": 1e300}) == ["1e+300 has more than 32 bits"]


def test_uuids_may_lack_hyphens() -> None:
    schema = described(schema={"type": "string", "format": "uuid"})
    judge = schema.schema("/components/schemas/Thing")
    assert judge.faults("0" * 32) == []
    assert judge.faults("0" * 31) == [f"'{'0' * 31}' is not a 'uuid'"]


def test_bytes_are_base64() -> None:
    judge = described(schema={"type": "string", "format": "byte"}).schema(
        "/components/schemas/Thing"
    )
    assert judge.faults("QUJD") == []
    assert judge.faults("A!") == ["'A!' is no base64"]


def test_multiples_are_those_of_the_decimal_that_is_written() -> None:
    tenth: JsonObject = {"oneOf": [{"type": "number", "multipleOf": 0.1}]}
    judge = described(schema=tenth).schema("/components/schemas/Thing")
    assert judge.faults(0.3) == []
    assert judge.faults(0.35) == ["0.35 is not valid under any of the given schemas"]


def test_what_jsonschema_cannot_read_it_does_not_judge() -> None:
    properties = {"name": {"pattern": r"^\p{Nothing}+$"}, "count": {"type": "integer"}}
    schema = described(schema={"properties": properties}).schema("/components/schemas/Thing")
    assert schema.can_judge({"count": "1"})
    assert schema.faults({"count": "1"}) == ["'1' is not of type 'integer'"]
    assert not schema.can_judge({"name": "a", "count": "1"})
    assert schema.faults({"name": "a", "count": "1"}) == []


def test_an_anchor_is_found_wherever_it_stands() -> None:
    schemas = {
        "Whole": {"properties": {"part": {"$ref": "#part"}}},
        "a/b": {"$defs": {"c~d": {"$anchor": "part", "type": "integer"}}},
    }
    document = {"openapi": "3.1.0", "components": {"schemas": schemas}}
    schema = Description({"openapi.json": document}).schema("/components/schemas/Whole")
    assert ["'x' is not of type 'integer'"] == schema.faults({"part": "x"})
    assert [] == schema.faults({"part": 1})


@pytest.mark.parametrize(
    ("media_type", "faults"),
    [
        ("application/json; version=2", []),
        ('application/json;charset=utf-8; Version="2"', []),
        ("application/json; version=1", ["1 is not of type 'string'"]),
        ("application/json", ["1 is not of type 'string'"]),
    ],
)
def test_media_types_are_told_apart_by_their_parameters(media_type: str, faults: list[str]) -> None:
    content = {
        "application/json; version=1": {"schema": {"type": "string"}},
        "application/json; version=2": {"schema": {"type": "integer"}},
    }
    paths = {"/": {"get": {"responses": {"200": {"content": content}}}}}
    response = Response(status=200, headers=Headers({"Content-Type": media_type}), body=b"1")
    assert faults == faults_of_answer(described(paths), Request(method="GET", url="/"), response)


def test_a_schema_of_one_word_is_looked_through() -> None:
    schemas = {"Whole": {"properties": {"any": {"$ref": "#/components/schemas/Any"}}}, "Any": True}
    document = {"openapi": "3.1.0", "components": {"schemas": schemas}}
    schema = Description({"openapi.json": document}).schema("/components/schemas/Whole")
    assert [] == schema.constants
