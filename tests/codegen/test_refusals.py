"""Each refusal is a document beside the whole message that it is refused with.

`pytest tests/codegen --update-golden` writes the messages anew; read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from codegen.emit import emit
from codegen.errors import SpecError
from codegen.load import load
from codegen.lower import lower
from codegen.lower.keywords import UNSUPPORTED

REFUSALS = Path(__file__).parent / "refusals"
NAMES = sorted(path.stem for path in REFUSALS.glob("*.yaml"))


def message(name: str) -> str:
    """What the command would print, were it started beside the document."""
    document = evolve(load(REFUSALS / f"{name}.yaml"), path=Path(f"{name}.yaml"))
    with pytest.raises(SpecError) as caught:
        emit(lower(document.tree))
    return str(document.locate(caught.value))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_refused_with_its_message(name: str, pytestconfig: pytest.Config) -> None:
    file = REFUSALS / f"{name}.txt"
    actual = message(name)
    if pytestconfig.getoption("--update-golden"):
        file.write_text(f"{actual}\n", encoding="utf-8")
    assert file.read_text(encoding="utf-8") == f"{actual}\n"


def test_every_message_belongs_to_a_document() -> None:
    assert sorted(path.stem for path in REFUSALS.glob("*.txt")) == NAMES


@pytest.mark.parametrize("keyword", sorted(UNSUPPORTED))
def test_a_keyword_that_no_type_can_say_is_refused_wherever_a_schema_stands(keyword: str) -> None:
    unsupported: dict[str, object] = {keyword: {}}
    schemas: list[dict[str, object]] = [
        unsupported,
        {"items": unsupported},
        {"additionalProperties": unsupported},
        {"properties": {"x": unsupported}},
        {"allOf": [{"properties": {}}, unsupported]},
    ]
    for schema in schemas:
        tree: dict[str, object] = {
            "openapi": "3.1.0",
            "info": {"title": "Refused", "version": "1"},
            "components": {"schemas": {"Thing": schema}},
        }
        with pytest.raises(SpecError, match=r"is not supported yet") as caught:
            lower(tree)
        assert caught.value.pointer.endswith(f"/{keyword}")
