"""What a document says in vain is found wherever a schema or a reference stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.ir import Note
from codegen.load import load
from codegen.tree import Json
from codegen.unheeded import KEYWORDS, unheeded

NOT_HEEDED = "is no keyword of schemas and not heeded; did you mean"


def notes(tmp_path: Path, tree: Json, **files: Json) -> tuple[Note, ...]:
    for name, other in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(other))
    path = tmp_path / "api.json"
    path.write_text(json.dumps(tree))
    return unheeded(load(path))


def of_schema(tmp_path: Path, schema: Json) -> tuple[Note, ...]:
    return notes(tmp_path, {"components": {"schemas": {"A": schema}}})


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("requried", "required"),
        ("require", "required"),
        ("additionalproperties", "additionalProperties"),
        ("additional_properties", "additionalProperties"),
        ("propertees", "properties"),
        ("minlength", "minLength"),
        ("nulable", "nullable"),
        ("oneof", "oneOf"),
        ("readonly", "readOnly"),
        ("discription", "description"),
    ],
)
def test_a_misspelt_keyword_is_a_warning_with_the_nearest_one(
    tmp_path: Path, misspelt: str, meant: str
) -> None:
    pointer = f"/components/schemas/A/{misspelt}"
    what = f"{misspelt!r} {NOT_HEEDED} {meant!r}?"
    expected = Note(pointer=pointer, what=what, is_warning=True)
    assert (expected,) == of_schema(tmp_path, {misspelt: 1})


def test_a_word_that_is_like_no_keyword_or_like_one_that_is_there_is_no_warning(
    tmp_path: Path,
) -> None:
    found = of_schema(tmp_path, {"colour": 1, "types": 1, "type": "string", "z" * 9000: 1})
    assert [False] * 3 == [note.is_warning for note in found]


def test_keywords_and_extensions_are_no_matter(tmp_path: Path) -> None:
    schema: dict[str, Json] = dict.fromkeys(KEYWORDS - {"$ref"}, None)
    assert () == of_schema(tmp_path, {**schema, "x-anything": 1})


@pytest.mark.parametrize(
    ("outer", "where"),
    [
        ({"properties": {"requried": {"tpye": 1}}}, "/properties/requried/tpye"),
        ({"items": {"tpye": 1}}, "/items/tpye"),
        ({"allOf": [{}, {"not": {"tpye": 1}}]}, "/allOf/1/not/tpye"),
        ({"$defs": {"x-a": {"if": {"tpye": 1}}}}, "/$defs/x-a/if/tpye"),
    ],
)
def test_schemas_are_looked_for_in_schemas(tmp_path: Path, outer: Json, where: str) -> None:
    pointers = [note.pointer for note in of_schema(tmp_path, outer)]
    assert [f"/components/schemas/A{where}"] == pointers


@pytest.mark.parametrize(
    "schema",
    [
        {"example": {"tpye": 1}},
        {"default": {"items": {"tpye": 1}}},
        {"enum": [{"tpye": 1}]},
        {"x-old": {"properties": {"a": {"tpye": 1}}}},
        {"dependentRequired": {"tpye": ["a"]}},
    ],
)
def test_data_is_no_schema(tmp_path: Path, schema: Json) -> None:
    assert () == of_schema(tmp_path, schema)


def test_every_place_of_a_schema_in_a_document_is_known(tmp_path: Path) -> None:
    wrong: dict[str, Json] = {"schema": {"tpye": 1}}
    content: dict[str, Json] = {
        "content": {"a/b": {**wrong, "encoding": {"f": {"headers": {"H": wrong}}}}}
    }
    operation: Json = {
        "parameters": [wrong],
        "requestBody": content,
        "responses": {"200": {"headers": {"H": wrong}, **content}, "x-a": content},
        "callbacks": {"c": {"{$url}": {"get": {"parameters": [content]}}, "x-a": {"get": 1}}},
    }
    tree: Json = {
        "paths": {"/a": {"parameters": [wrong], "get": operation}, "x-a": {"get": operation}},
        "webhooks": {"w": {"post": {"requestBody": content}}},
        "components": {
            "responses": {"R": content},
            "parameters": {"P": wrong},
            "requestBodies": {"B": content},
            "headers": {"H": wrong},
            "callbacks": {"C": {"u": {"get": {"parameters": [wrong]}}}},
            "pathItems": {"I": {"get": {"parameters": [wrong]}}},
        },
    }
    found = [note.pointer for note in notes(tmp_path, tree)]
    assert 19 == len(found)
    assert 19 == len(set(found))
    assert "/paths/~1a/get/callbacks/c/{$url}/get/parameters/0/content/a~1b/schema/tpye" in found


def test_other_files_and_odd_places_are_looked_into_once(tmp_path: Path) -> None:
    tree: Json = {
        "x-odd": {"B": {"tpye": 1}},
        "components": {
            "schemas": {
                "A": {"items": {"$ref": "other.json#/A"}},
                "B": {"items": {"$ref": "other.json#/A"}},
                "C": {"$ref": "#/x-odd/B"},
                "D": {"$ref": "#nowhere"},
                "E": {"$ref": "#/x-odd/gone"},
            }
        },
    }
    found = notes(tmp_path, tree, other={"A": {"properties": {"p": {"tpye": 1}}}})
    assert ["other.json#/A/properties/p/tpye", "/x-odd/B/tpye"] == [each.pointer for each in found]


def test_what_stands_beside_a_reference_is_told_but_for_texts(tmp_path: Path) -> None:
    reference: Json = {
        "$ref": "#/components/responses/R",
        "description": "d",
        "summary": "s",
        "x-a": 1,
        "headers": {},
    }
    tree: Json = {
        "paths": {"/a": {"get": {"responses": {"200": reference}}}},
        "components": {"responses": {"R": {"description": "r"}}},
    }
    what = "'headers' beside $ref is not heeded; OpenAPI has none there"
    expected = Note(pointer="/paths/~1a/get/responses/200/headers", what=what)
    assert (expected,) == notes(tmp_path, tree)
