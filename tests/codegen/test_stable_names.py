"""What a document gains elsewhere renames nothing that was there, however alike the names are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from codegen.emit import emit
from codegen.load import load
from codegen.lower import lower
from codegen.tree import Json

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/openapi.yaml"))

UNRELATED: Json = {
    "type": "object",
    "properties": {"odd_one_out": {"type": "string", "enum": ["only"]}},
}
OPERATION: Json = {
    "operationId": "visit_what_is_unrelated",
    "tags": ["unrelated"],
    "responses": {
        "200": {
            "description": "Done.",
            "content": {"application/json": {"schema": {"type": "array", "items": UNRELATED}}},
        }
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_added_in_front_renames_nothing(name: str) -> None:
    document = load(CASES / name / "openapi.yaml")
    tree = json_object(document.tree)
    components = json_object(tree.get("components"))
    schemas = json_object(components.get("schemas"))
    alike: dict[str, Json] = {f"{key}_and_what_is_unrelated": UNRELATED for key in schemas}
    more: Json = {
        **tree,
        "paths": {"/an-unrelated-path": {"get": OPERATION}, **json_object(tree.get("paths"))},
        "components": {
            **components,
            "schemas": {"WhatIsUnrelated": UNRELATED, **alike, **schemas},
        },
    }
    # Other files refer to the document by its own name.
    files = {path: more if each is document.tree else each for path, each in document.files.items()}
    before = modules(document.tree, document.files)
    after = modules(more, files)
    assert before == {path: after.get(path) for path in before}


def json_object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def modules(tree: Json, files: Mapping[str, Json]) -> dict[str, str]:
    """The modules of models and endpoints, each of which is about a part of the document."""
    texts = {source.path.as_posix(): source.text for source in emit(lower(tree, files))}
    return {
        path: text
        for path, text in texts.items()
        if path.startswith(("models/", "endpoints/")) and not path.endswith("__init__.py")
    }
