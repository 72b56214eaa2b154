"""Each refusal is a document beside the whole message that it is refused with.

`pytest tests/codegen --update-golden` writes the messages anew; read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.emit import emit
from codegen.errors import SpecError
from codegen.load import load
from codegen.lower import lower

REFUSALS = Path(__file__).parent / "refusals"
NAMES = sorted(path.stem for path in REFUSALS.glob("*.yaml"))


def message(name: str) -> str:
    """What the command would print, were it started beside the document."""
    with pytest.raises(SpecError) as caught:
        _generate(REFUSALS / f"{name}.yaml")
    return str(caught.value).replace(f"{REFUSALS}/", "")


def _generate(path: Path) -> None:
    document = load(path)
    try:
        emit(lower(document.tree, document.files))
    except SpecError as error:
        raise document.sources.locate(error) from None


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_refused_with_its_message(name: str, pytestconfig: pytest.Config) -> None:
    file = REFUSALS / f"{name}.txt"
    actual = message(name)
    if pytestconfig.getoption("--update-golden"):
        file.write_text(f"{actual}\n", encoding="utf-8")
    assert file.read_text(encoding="utf-8") == f"{actual}\n"


def test_every_message_belongs_to_a_document() -> None:
    assert sorted(path.stem for path in REFUSALS.glob("*.txt")) == NAMES
