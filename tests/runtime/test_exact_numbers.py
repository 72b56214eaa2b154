"""Multiples are those of the decimals that were written, of whatever size."""

from __future__ import annotations

import pytest

from codegen.runtime.constraints import Constraints
from codegen.runtime.exact_numbers import is_multiple


@pytest.mark.parametrize(
    ("value", "divisor", "expected"),
    [
        (0.3, 0.1, True),
        (0.35, 0.1, False),
        (10**900, 3, False),  # no float is as large
        (3 * 10**900, 3, True),
        (3, 1e-300, True),
        (float("inf"), 1, False),
        (float("nan"), 1, False),
    ],
)
def test_a_number_is_a_multiple_or_not(value: float, divisor: float, expected: bool) -> None:
    assert expected == is_multiple(value, divisor)


def test_an_integer_beyond_all_floats_breaks_the_keyword_and_nothing_else() -> None:
    problems = list(Constraints(multiple_of=3, minimum=0.5).problems(10**900))
    assert [((), "multipleOf", "is not a multiple of 3")] == problems
