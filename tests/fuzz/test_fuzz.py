"""A few payloads in our golden documents, the same each time; `python -m tests.fuzz` is the long run."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.fuzz.fuzzing import Fuzzer, attempts, golden_documents
from tests.fuzz.payloads import CODE, PAYLOADS, faults_of_source, planted, positions


@pytest.mark.parametrize("seed", [1, 2])
def test_no_text_of_a_document_becomes_code(tmp_path: Path, seed: int) -> None:
    fuzzer = Fuzzer(tmp_path, imports_each=20)
    found = [
        (attempt.name, attempt.path, attempt.payload, fault)
        for attempt in islice(attempts(golden_documents(), seed), 60)
        for fault in fuzzer.faults(attempt)
    ]
    assert [] == found
    assert fuzzer.accepted > 15


@pytest.mark.parametrize(
    "text",
    [
        f"x = {CODE}",
        f'Pet = TypeAliasType("Pet", "A[{CODE}]")',
        'Pet = TypeAliasType("Pet", "A[")',
        "x = 'a\u202eb'",
        "x = eval('1')",
        "x = '\\d'",
        "x =",
    ],
)
def test_live_payloads_are_seen(text: str) -> None:
    assert [] != list(faults_of_source(text))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_in_literals_are_no_fault(payload: str) -> None:
    assert [] == list(faults_of_source(f"x = {payload!a}\n"))


def test_every_text_of_a_tree_is_a_place_to_plant() -> None:
    tree = {"a": ["b", {"c": "d"}], "e": 1}
    grown = [planted(tree, path, "!") for path in positions(tree)]
    assert [
        {"!": ["b", {"c": "d"}], "e": 1},
        {"a": ["!", {"c": "d"}], "e": 1},
        {"a": ["b", {"!": "d"}], "e": 1},
        {"a": ["b", {"c": "!"}], "e": 1},
        {"a": ["b", {"c": "d"}], "!": 1},
    ] == grown
