"""The official tests of JSON Schema: nothing that is forbidden passes unnoticed, and no less
is judged rightly than the numbers here say.
"""

from __future__ import annotations

import pytest

from tests.conformance.json_schema_suite import Verdict, judged, suite, table
from tests.conformance.outside import SUITE, needs

pytestmark = needs(SUITE)

RIGHT: dict[str, tuple[int, int]] = {
    "draft2020-12 A-annotation": (151, 151),
    "draft2020-12 A-core": (611, 611),
    "draft2020-12 B-applicator": (397, 397),
    "draft2020-12 B-ref-scope": (2, 52),
    "draft2020-12 X-refuse": (4, 88),
    "draft4 A-annotation": (36, 36),
    "draft4 A-core": (440, 440),
    "draft4 B-applicator": (20, 20),
}
"""How many values are judged as the suite does, of how many. They are exact, and only grow."""

CRASHING: list[str] = []
"""Schemas that crash the generator."""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    return list(judged(suite(), tmp_path_factory.mktemp("suite")))


def test_as_many_values_are_judged_rightly_as_ever(verdicts: list[Verdict]) -> None:
    rows = table(verdicts)
    assert {name: (row["right"], row["tests"]) for name, row in rows.items()} == RIGHT


def test_nothing_is_accepted_that_is_forbidden(verdicts: list[Verdict]) -> None:
    rows = table(verdicts)
    found = {name: row["silently accepted"] for name, row in rows.items()}
    assert {name: number for name, number in found.items() if number} == {}


def test_no_schema_crashes_the_generator(verdicts: list[Verdict]) -> None:
    assert [one.case.id for one in verdicts if one.is_crash] == CRASHING


def test_what_needs_other_documents_is_refused_or_judged_rightly(verdicts: list[Verdict]) -> None:
    assert [] == [
        (one.case.id, one.wrong)
        for one in verdicts
        if one.case.tier == "X-refuse" and (one.accepted or one.is_crash)
    ]
