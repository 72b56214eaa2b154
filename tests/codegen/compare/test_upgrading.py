"""The worked example in docs/upgrading.md says what the commands really print.

`pytest tests/codegen --update-golden` writes its reports anew; read the difference.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.compare.approvals import Approvals
from codegen.compare.comparing import compare
from codegen.compare.judgement import Judgement
from codegen.compare.reports.markdown import changelog
from codegen.compare.reports.text import text
from codegen.compare.running import understood

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "upgrading.md"
FOLDER = ROOT / "tests" / "codegen" / "diffs" / "topchef_1_to_2"

_BLOCK = re.compile(r"(```(?:text|markdown)\n)(.*?)(```\n)", re.DOTALL)

SHOWN = (
    "break: PUT /jobs/{job_id}: the operation is gone",
    "break: Job: the property 'result' is gone",
    "the property 'job_details' is gone",
    'break: JobStatus: the value "ERROR" is new',
)
"""The changes that the page shows, in its order."""


def blocks() -> list[str]:
    """What the blocks of the page have to be."""
    judgement = Judgement(
        compare(understood(FOLDER / "old.yaml"), understood(FOLDER / "new.yaml")), Approvals()
    )
    head, *changes = text(judgement).replace(f"{FOLDER}/", "").split("\n\n")
    shown = [next(one for one in changes if start in one) for start in SHOWN]
    return [*(f"{one.rstrip()}\n" for one in (head, *shown)), changelog(judgement)]


def test_the_page_shows_what_the_commands_print(pytestconfig: pytest.Config) -> None:
    expected = blocks()
    page = PAGE.read_text(encoding="utf-8")
    if pytestconfig.getoption("--update-golden"):
        left = iter(expected)
        page = _BLOCK.sub(lambda found: f"{found[1]}{next(left)}{found[3]}", page)
        PAGE.write_text(page, encoding="utf-8")
    assert expected == [found[2] for found in _BLOCK.finditer(page)]


def test_the_fingerprint_of_the_page_is_that_of_the_change() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (approved,) = re.findall(r'^fingerprint = "(.*)"$', page, re.MULTILINE)
    assert f"fingerprint {approved}\n" in blocks()[4]
