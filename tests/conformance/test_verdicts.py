"""Keywords that stand together: what a model accepts is what an independent validator accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conformance.generated import Package, package
from tests.conformance.outside import Json
from tests.conformance.verdicts import accepts, disagreements, document

CAT: Json = {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}}

VALUES: list[Json] = [
    None,
    True,
    0,
    1,
    1.5,
    2.5,
    "",
    "a",
    "aaaaaa",
    "2024-01-02",
    "2124-01-02",
    [],
    [1],
    {"lives": 1},
    {"lives": "a"},
    {"a": "x", "lives": 1},
    {"a": "x"},
]
"""Of the many strings that a format refuses only such are here as all formats below accept."""

SCHEMAS: dict[str, Json] = {
    "EnumerationAndChoice": {
        "enum": ["a", "aaaaaa", "b"],
        "oneOf": [{"const": "a"}, {"maxLength": 3}],
    },
    "NumbersAndNot": {"enum": [1.5, 2.5], "not": {"const": 2.5}},
    "MixedAndBounds": {"enum": ["a", 1, 0, None], "minimum": 1},
    "ConstantOfAnotherType": {"type": "integer", "const": "a"},
    "ConstantOutOfBounds": {"const": "a", "minLength": 2},
    "ConstantAndNot": {"const": "a", "not": {"type": "string"}},
    "ConstantWithin": {"type": "string", "const": "a"},
    "NumberConstant": {"type": "number", "const": 1},
    "NullAlone": {"type": ["string", "null"], "const": None},
    "NullableAlternatives": {
        "oneOf": [{**CAT, "type": ["object", "null"]}, {"type": "object", "required": ["a"]}]
    },
    "RecordOrAnything": {"oneOf": [CAT, {}]},
    "RecordOrNumber": {"oneOf": [CAT, {"minimum": 1}]},
    "DateWithPatternAndNot": {
        "type": "string",
        "format": "date",
        "pattern": "^20",
        "not": {"maxLength": 3},
    },
    "TwoChoicesBesideEachOther": {
        "type": "object",
        "oneOf": [
            {"required": ["lives"], "properties": {"lives": {"type": "integer"}}},
            {"required": ["a"], "properties": {"a": {"type": "string"}}},
        ],
        "anyOf": [{"minProperties": 2}, {"required": ["a"]}],
    },
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Package:
    root = tmp_path_factory.mktemp("verdicts")
    return made_of(SCHEMAS, root)


def made_of(schemas: dict[str, Json], root: Path) -> Package:
    spec = root / "openapi.json"
    spec.write_text(json.dumps(document(schemas)), "utf-8")
    outcome, made = package(spec, root)
    assert made is not None, outcome
    return made


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_model_accepts_what_its_schema_accepts(generated: Package, name: str) -> None:
    validator: Any = Draft202012Validator(SCHEMAS[name])
    is_date = SCHEMAS[name].get("format") == "date"
    values = [one for one in VALUES if not is_date or not isinstance(one, str) or one[:1] == "2"]
    expected = [value for value in values if validator.is_valid(value)]
    assert expected == [value for value in values if accepts(generated, name, value)]


def test_alternatives_that_differ_in_their_formats_only_are_told_apart_by_nobody(
    tmp_path: Path,
) -> None:
    schema: Json = {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "string"}]}
    made = made_of({"Formats": schema}, tmp_path)
    assert accepts(made, "Formats", "any text")
    assert not accepts(made, "Formats", 1)


@pytest.mark.parametrize("seed", range(4))
def test_models_of_random_schemas_accept_what_these_accept(seed: int, tmp_path: Path) -> None:
    assert [] == list(disagreements(seed, tmp_path))
