"""Each pair of documents plants one change; its report is beside it, and its first line is the truth.

`pytest tests/codegen --update-golden` writes the reports anew; read the difference.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from codegen.compare.approvals import Approvals
from codegen.compare.changes import Comparison
from codegen.compare.comparing import compare
from codegen.compare.judgement import Judgement
from codegen.compare.reports.text import text
from codegen.compare.running import understood

DIFFS = Path(__file__).parents[1] / "diffs"
NAMES = sorted(path.parent.name for path in DIFFS.glob("*/new.yaml"))


@cache
def compared(name: str) -> Comparison:
    """What is found, with a search also for what is said to be compatible."""
    folder = DIFFS / name
    return compare(
        understood(folder / "old.yaml"), understood(folder / "new.yaml"), proves_all=True
    )


def planted(name: str) -> str:
    """What a pair says of itself: `breaks` or `harmless`."""
    line = (DIFFS / name / "new.yaml").read_text("utf-8").splitlines()[0]
    return line.removeprefix("# ").partition(":")[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_pair_has_the_report_that_is_expected(name: str, pytestconfig: pytest.Config) -> None:
    file = DIFFS / name / "expected.txt"
    report = text(Judgement(compared(name), Approvals())).replace(f"{DIFFS / name}/", "")
    if pytestconfig.getoption("--update-golden"):
        file.write_text(report, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == report


@pytest.mark.parametrize("name", NAMES)
def test_each_planted_break_is_found_and_nothing_else(name: str) -> None:
    found = "breaks" if compared(name).breaks else "harmless"
    assert planted(name) == found


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("same_")])
def test_what_changes_nothing_is_not_told(name: str) -> None:
    assert () == compared(name).changes


@pytest.mark.parametrize("name", NAMES)
def test_a_document_does_not_differ_from_itself(name: str) -> None:
    document = understood(DIFFS / name / "new.yaml")
    assert () == compare(document, document).changes


def test_every_break_on_the_wire_is_proven_or_said_to_be_undecided() -> None:
    unproven = {
        (name, change.what)
        for name in NAMES
        for change in compared(name).changes
        if change.wire.name == "BREAKING" and change.example is None
    }
    assert set() == unproven
