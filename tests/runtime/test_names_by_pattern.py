"""Names that match patterns which `re` may take for ever to match: jsonschema never searches for them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.runtime.json_schema import schema_problems

LONG = "a" * 20_000 + "!"

SCHEMA: dict[str, Any] = {
    "properties": {"ax": {"minimum": 3}, "list": {"items": {"$ref": "#/$defs/inner"}}},
    "patternProperties": {"^(.*)*x$": {"type": "integer"}, "^(c+)+$": False},
    "allOf": [{"patternProperties": {"^(b|b)+$": True}}],
    "unevaluatedProperties": False,
    "$defs": {
        "inner": {
            "patternProperties": {"^(.*)*x$": {"enum": [{"patternProperties": {"(": 1}}]}},
            "additionalProperties": {"type": "null"},
        }
    },
}


@pytest.mark.parametrize(
    ("value", "path", "keyword"),
    [
        ({"ax": 3, "bbb": "anything", "list": [{LONG: None}]}, None, None),
        ({"ax": 2}, ("ax",), "minimum"),
        ({"ax": 3.5}, ("ax",), "type"),
        ({LONG + "x": "a"}, (LONG + "x",), "type"),
        ({"b" * 20_000 + "!": 1}, (), "unevaluatedProperties"),
        ({"c": 1}, ("c",), "schema"),
        ({"list": [{}, {LONG: 1}]}, ("list", 1, LONG), "type"),
        ({"list": [{"x": 1}]}, ("list", 0, "x"), "enum"),
        ({"list": [{"x": {"patternProperties": {"(": 1}}}]}, None, None),
        ([LONG], None, None),
    ],
)
def test_names_are_judged(
    value: Any, path: tuple[str | int, ...] | None, keyword: str | None
) -> None:
    problems = schema_problems(json.dumps(SCHEMA), value)
    assert ([] if path is None else [(path, keyword)]) == [one[:2] for one in problems]


@pytest.mark.parametrize("name", ["a-b", "a-" * 300 + "b", "a-" * 300 + "!"])
def test_short_names_and_long_ones_are_judged_alike(name: str) -> None:
    schema = {"patternProperties": {"^.*-.*b$": False}}
    refused = [((name,), "schema")] if name.endswith("b") else []
    assert refused == [one[:2] for one in schema_problems(json.dumps(schema), {name: 1})]
