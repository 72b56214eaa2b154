"""Real documents that are small, checked in every way; `python -m tests.conformance` takes all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.document_checks import report
from tests.conformance.outside import DOCUMENTS, documents, needs

pytestmark = needs(DOCUMENTS)

SMALL = 60_000
"""Bytes: five of the ten documents."""


@pytest.mark.parametrize(
    "spec",
    [path for path in documents() if path.stat().st_size < SMALL],
    ids=lambda path: path.stem,
)
def test_a_real_document_becomes_a_package_that_nothing_is_wrong_with(
    tmp_path: Path, spec: Path
) -> None:
    assert {} == {name: said for name, said in report(spec, tmp_path).faults.items() if said}
