"""The document that a package judges itself by is the one that it was generated from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codegen.emit.embedded import document_module
from codegen.ir import Api, Text, Tree
from codegen.load import load
from codegen.lower import lower
from codegen.values import evolve

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)


def any_api() -> Api:
    document = load(Path(__file__).parents[2] / "examples" / "zoo.yaml")
    return lower(document.tree, document.files)


API = any_api()


@given(st.dictionaries(texts, trees, max_size=4))
def test_a_document_is_read_as_it_was_written(tree: dict[str, Any]) -> None:
    source = document_module(evolve(API, documents=((Text("a.json"), Tree(tree)),)))
    found: dict[str, Any] = {}
    exec(source, found)
    assert tree == json.loads("".join(found["DOCUMENTS"]["a.json"]))
    assert all(character < "\U00010000" for character in source)
