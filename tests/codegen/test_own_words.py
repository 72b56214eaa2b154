"""A document is read in the words of its own version, and left as it is where it has no others."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.lower.notes import Notes
from codegen.lower.own_words import in_own_words
from codegen.tree import Json


def document(schemas: dict[str, Any]) -> Json:
    return {"components": {"schemas": schemas}}


def reworded(tree: Json, *, is_3_0: bool) -> tuple[Json, list[str]]:
    notes = Notes()
    made, _ = in_own_words(tree, {"api.yaml": tree}, notes, is_3_0=is_3_0)
    return made, [note.pointer for note in notes.all]


@pytest.mark.parametrize(
    ("schema", "is_3_0"),
    [
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True, "nullable": True}, True),
        ({"type": ["integer", "null"], "exclusiveMinimum": 1}, False),
        ({"$dynamicAnchor": "node"}, False),
        ({"type": "array", "example": {"items": [1], "nullable": True}}, True),
        ({"examples": [{"type": None}]}, False),
    ],
    ids=str,
)
def test_a_document_in_its_own_words_stays_as_it_is(schema: Json, is_3_0: bool) -> None:
    tree = document({"A": schema})
    assert (tree, []) == reworded(tree, is_3_0=is_3_0)
    assert tree is reworded(tree, is_3_0=is_3_0)[0]


def test_a_schema_that_is_called_example_is_no_example() -> None:
    other: Json = {
        "type": "object",
        "properties": {"example": {"type": "string", "nullable": True}},
    }
    own: Json = {"type": "object", "properties": {"example": {"type": ["string", "null"]}}}
    place = "/components/schemas/A/properties/example/nullable"
    assert (document({"A": own}), [place]) == reworded(document({"A": other}), is_3_0=False)


def test_references_are_plain_before_other_words_are_looked_at() -> None:
    tree: Json = document(
        {
            "Tree": {"$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}},
            "Size": {"minimum": 1, "exclusiveMinimum": True},
        }
    )
    own = {"Tree": {"$anchor": "node", "items": {"$ref": "#node"}}, "Size": {"exclusiveMinimum": 1}}
    told = ["/components/schemas/Size/exclusiveMinimum"]
    assert (document(own), told) == reworded(tree, is_3_0=False)


REFERENCE: dict[str, Json] = {"$ref": "#/components/schemas/Other"}


def test_null_beside_a_reference_of_3_0_is_said_as_3_0_says_it() -> None:
    other: Json = {"type": "integer"}
    said: Json = {**REFERENCE, "nullable": True, "description": "d", "readOnly": True, "enum": [1]}
    own: Json = {"allOf": [REFERENCE], "nullable": True, "description": "d", "readOnly": True}
    tree = document({"Items": {"type": "array", "items": said}, "Other": other})
    expected = document({"Items": {"type": "array", "items": own}, "Other": other})
    place = "/components/schemas/Items/items/nullable"
    assert (expected, [place]) == reworded(tree, is_3_0=True)


@pytest.mark.parametrize(
    ("beside", "other"),
    [
        ({"nullable": False}, {"type": "integer"}),
        ({"nullable": True}, {"type": "integer", "nullable": True}),
        ({"nullable": True}, {"description": "anything"}),
    ],
    ids=["false", "of what is null already", "of anything"],
)
def test_a_reference_that_gains_no_null_stays_as_it_is(
    beside: dict[str, Json], other: Json
) -> None:
    tree = document({"A": {**REFERENCE, **beside}, "Other": other})
    assert (tree, []) == reworded(tree, is_3_0=True)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("/^[a-z]+$/", "^[a-z]+$"),
        ("/^[a-z]+$/u", "^[a-z]+$"),
        ("/^a/", "^a"),
        ("/a$/g", "a$"),
        ("^[a-z]+$/", "^[a-z]+$"),
        ("/^[a-z]+$/i", None),
        ("^[a-z]+$/i", None),
    ],
)
def test_a_pattern_is_taken_out_of_the_slashes_of_javascript(said: str, meant: str | None) -> None:
    own: dict[str, Json] = {"type": "string", **({} if meant is None else {"pattern": meant})}
    tree = document({"A": {"type": "string", "pattern": said}})
    expected = (document({"A": own}), ["/components/schemas/A/pattern"])
    assert expected == reworded(tree, is_3_0=False)


@pytest.mark.parametrize("pattern", ["/v1/.*/", "^/a/$", "/a", r"^\$/", "^(a|b$/c)", "/"])
def test_a_pattern_of_slashes_stays_as_it_is(pattern: str) -> None:
    tree = document({"A": {"type": "string", "pattern": pattern}})
    assert (tree, []) == reworded(tree, is_3_0=False)
