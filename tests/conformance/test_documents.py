"""Real documents that are small, checked in every way; `python -m tests.conformance` takes all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.document_checks import report
from tests.conformance.outside import DOCUMENTS, documents, needs

pytestmark = needs(DOCUMENTS)

SMALL = 60_000
"""Bytes: five of the ten documents."""


@pytest.fixture(scope="module")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all documents: most of the time goes into what they have in common."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize(
    "spec",
    [path for path in documents() if path.stat().st_size < SMALL],
    ids=lambda path: path.stem,
)
def test_a_real_document_becomes_a_package_that_nothing_is_wrong_with(
    tmp_path: Path, mypy_cache: Path, spec: Path
) -> None:
    faults = report(spec, tmp_path, mypy_cache).faults
    assert {} == {name: said for name, said in faults.items() if said}
