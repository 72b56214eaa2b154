"""The official tests of JSON Schema: nothing that is forbidden passes unnoticed, and no less
is judged rightly than the numbers here say.
"""

from __future__ import annotations

from pathlib import Path

from tests.conformance.json_schema_suite import judged, suite, table
from tests.conformance.outside import SUITE, needs

pytestmark = needs(SUITE)

RIGHT: dict[str, tuple[int, int]] = {
    "draft2020-12 A-annotation": (151, 151),
    "draft2020-12 A-core": (611, 611),
    "draft2020-12 B-applicator": (397, 397),
    "draft2020-12 B-ref-scope": (2, 52),
    "draft2020-12 X-refuse": (0, 88),
    "draft4 A-annotation": (36, 36),
    "draft4 A-core": (440, 440),
    "draft4 B-applicator": (20, 20),
}
"""How many values are judged as the suite does, of how many. They are exact, and only grow."""

CRASHING: list[str] = []
"""Schemas that crash the generator."""


def test_values_are_judged_as_they_were_or_better(tmp_path: Path) -> None:
    # One test, because workers of the test suite share no fixture and judging takes seconds.
    verdicts = list(judged(suite(), tmp_path))
    rows = table(verdicts)

    assert {name: (row["right"], row["tests"]) for name, row in rows.items()} == RIGHT
    accepted = {name: row["silently accepted"] for name, row in rows.items()}
    assert {name: number for name, number in accepted.items() if number} == {}
    assert [one.case.id for one in verdicts if one.is_crash] == CRASHING
    assert [] == [
        (one.case.id, one.wrong)
        for one in verdicts
        if one.case.tier == "X-refuse" and (one.accepted or one.is_crash)
    ]
