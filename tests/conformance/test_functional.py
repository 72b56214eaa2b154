"""188 cases of what generated code must do, drawn from another generator's functional tests."""

from __future__ import annotations

import pytest

from tests.conformance.cases import Case, Judge, cases
from tests.conformance.outside import FUNCTIONAL, functional, needs

pytestmark = needs(FUNCTIONAL)

CASES = cases(functional()) if FUNCTIONAL.exists() else []
NORMATIVE = [case for case in CASES if case.is_normative]
OTHERS = [case for case in CASES if not case.is_normative]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(tmp_path_factory.mktemp("functional"))


@pytest.mark.parametrize("case", NORMATIVE, ids=lambda case: case.id)
def test_what_follows_from_the_standards_holds(judge: Judge, case: Case) -> None:
    assert None is judge.fault(case)


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.id)
def test_where_either_outcome_is_good_nothing_crashes(judge: Judge, case: Case) -> None:
    fault = judge.fault(case)
    assert fault is None or isinstance(fault, str)


def test_the_cases_are_all_there() -> None:
    assert (158, 30) == (len(NORMATIVE), len(OTHERS))
