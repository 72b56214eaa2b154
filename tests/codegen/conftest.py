"""The packages that the golden cases generate, in a folder that can be imported from."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.emit import emit
from codegen.load import load
from codegen.lower import lower
from codegen.source_file import SourceFile

CASES = Path(__file__).parent / "cases"

GOLDEN = "golden_cases"
"""The package that holds a package for each case."""


def generate(case: Path) -> tuple[SourceFile, ...]:
    document = load(case / "openapi.yaml")
    return emit(lower(document.tree, document.files))


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with all cases as packages that share one runtime: checkers read it only once."""
    root = tmp_path_factory.mktemp("golden")
    for case in sorted(path.parent for path in CASES.glob("*/openapi.yaml")):
        for file in generate(case):
            path = str(file.path)
            shared = path.startswith("_runtime/")
            place = root / GOLDEN / (path if shared else f"{case.name}/{path}")
            place.parent.mkdir(parents=True, exist_ok=True)
            text = re.sub(r"^( *)from (\.+)_runtime", r"\1from .\2_runtime", file.text, flags=re.M)
            text = text.replace('": "_runtime.', '": "._runtime.')
            place.write_text(file.text if shared else text, encoding="utf-8", newline="")
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
