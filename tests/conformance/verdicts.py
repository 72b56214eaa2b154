"""Models of schemas made at random, held against an independent validator of JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from tests.conformance.generated import Package, package
from tests.conformance.outside import Json
from tests.conformance.random_schemas import RandomSchemas, values

_SCHEMAS = 60
"""How many schemas share a document."""

_VALUES = 40
"""How many values are made besides the simple ones."""


def document(schemas: dict[str, Json]) -> Json:
    """A document of schemas, each with one that holds it: a value may be absent but there."""
    holders = {
        f"{name}Holder": {
            "type": "object",
            "required": ["value"],
            "properties": {"value": {"$ref": f"#/components/schemas/{name}"}},
        }
        for name in schemas
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Verdicts", "version": "1"},
        "components": {"schemas": {**schemas, **holders}},
    }


def accepts(generated: Package, name: str, value: Json) -> bool:
    """Whether the model of a schema reads a value."""
    try:
        generated.decode(f"{name}Holder", {"value": value})
    except generated.invalid:
        return False
    return True


def disagreements(seed: int, root: Path) -> Iterator[str]:
    """What a model accepts and the validator refuses, or the other way about."""
    random = Random(seed)
    names = [f"S{index}" for index in range(_SCHEMAS)]
    schemas: dict[str, Json] = {}
    for name in names:
        schemas[name] = RandomSchemas(random, tuple(schemas), is_untyped=seed % 2 == 1).schema()
    whole = document(schemas)
    spec = root / f"verdicts{seed}.json"
    spec.write_text(json.dumps(whole), "utf-8")
    outcome, generated = package(spec, root)
    if generated is None:
        yield f"seed {seed}: {outcome.lines}"
        return
    candidates = values(random, _VALUES)
    for name in names:
        validator: Any = Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": whole["components"]}
        )
        for value in candidates:
            expected = validator.is_valid(value)
            if expected != accepts(generated, name, value):
                said = "refuses" if expected else "accepts"
                schema = json.dumps(schemas[name])
                yield f"seed {seed}: the model of {schema} {said} {json.dumps(value)}"
