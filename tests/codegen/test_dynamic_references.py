"""References that depend on who refers are plain ones where only one schema can be meant."""

from __future__ import annotations

from codegen.lower.dynamic_references import made_plain
from codegen.lower.notes import Notes
from codegen.tree import Json

Schemas = dict[str, Json]


def plain(schemas: Schemas) -> tuple[Json, list[str]]:
    notes = Notes()
    tree: Json = {"components": {"schemas": schemas}}
    made, _ = made_plain(tree, {"api.yaml": tree}, notes)
    assert isinstance(made, dict)
    components = made["components"]
    assert isinstance(components, dict)
    return components["schemas"], [f"{note.pointer}: {note.what}" for note in notes.all]


def test_the_only_anchor_is_what_all_mean() -> None:
    schemas: Schemas = {
        "Tree": {"$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}},
        "Other": {"$dynamicAnchor": "other"},
    }
    expected = {
        "Tree": {"$anchor": "node", "items": {"$ref": "#node"}},
        "Other": {"$anchor": "other"},
    }
    assert (expected, []) == plain(schemas)


def test_one_of_several_anchors_is_not_guessed() -> None:
    one: Json = {"$dynamicAnchor": "node"}
    schemas: Schemas = {"A": one, "B": {"$dynamicAnchor": "node"}, "C": {"$dynamicRef": "#node"}}
    assert (schemas, []) == plain(schemas)


def test_what_recurs_is_the_nearest_schema_that_says_so_with_a_warning() -> None:
    schemas: Schemas = {
        "A/B": {"$recursiveAnchor": True, "items": {"anyOf": [{"$recursiveRef": "#"}]}},
        "C": {"$recursiveRef": "#"},
    }
    made, told = plain(schemas)
    expected = {
        "A/B": {
            "$recursiveAnchor": True,
            "items": {"anyOf": [{"$ref": "#/components/schemas/A~1B"}]},
        },
        "C": {"$recursiveRef": "#"},
    }
    what = "'$recursiveRef' is no keyword of OpenAPI; it is taken for a $ref to"
    place = "/components/schemas/A~1B"
    assert expected == made
    assert [f"{place}/items/anyOf/0/$recursiveRef: {what} {place}"] == told
