"""Each pair of documents plants one change; its report is beside it, and its first line is the truth.

`pytest tests/codegen --update-golden` writes the reports anew; read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.compare.approvals import Approvals
from codegen.compare.changes import Comparison, Wire
from codegen.compare.comparing import compare
from codegen.compare.judgement import Judgement
from codegen.compare.reports.text import text
from codegen.compare.running import understood

DIFFS = Path(__file__).parents[1] / "diffs"
NAMES = sorted(path.parent.name for path in DIFFS.glob("*/new.yaml"))


def compared(name: str, *, proves_all: bool = True) -> Comparison:
    """What is found, with a search also for what is said to be compatible unless that is not asked."""
    folder = DIFFS / name
    return compare(
        understood(folder / "old.yaml"),
        understood(folder / "new.yaml"),
        proves_all=proves_all,
    )


def planted(name: str) -> str:
    """What a pair says of itself: `breaks` or `harmless`."""
    line = (DIFFS / name / "new.yaml").read_text("utf-8").splitlines()[0]
    return line.removeprefix("# ").partition(":")[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_pair_has_its_report_and_what_was_planted_is_found_and_proven(
    name: str, pytestconfig: pytest.Config
) -> None:
    comparison = compared(name)
    file = DIFFS / name / "expected.txt"
    report = text(Judgement(comparison, Approvals())).replace(f"{DIFFS / name}/", "")
    if pytestconfig.getoption("--update-golden"):
        file.write_text(report, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == report
    assert planted(name) == ("breaks" if comparison.breaks else "harmless")
    assert [] == [
        change.what
        for change in comparison.changes
        if change.wire is Wire.BREAKING and change.example is None
    ]
    if name.startswith("same_"):
        assert () == comparison.changes


@pytest.mark.parametrize("name", NAMES)
def test_a_document_does_not_differ_from_itself(name: str) -> None:
    document = understood(DIFFS / name / "new.yaml")
    assert () == compare(document, document).changes


def test_every_pair_says_what_is_planted_in_it() -> None:
    assert {"breaks", "harmless"} == {planted(name) for name in NAMES}
