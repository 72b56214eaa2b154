"""Multiples are those of the decimals that were written, of whatever size."""

from __future__ import annotations

import pytest

from codegen.lower import lower
from codegen.runtime.constraints import Constraints
from codegen.runtime.exact_numbers import is_multiple
from codegen.runtime.parameter_texts import value_of
from codegen.runtime.strategies.impossible import NOTHING
from codegen.runtime.strategies.numbers import numbers
from codegen.tree import Json


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


BEYOND = 10**400


@pytest.mark.parametrize(
    ("bounds", "is_possible"),
    [
        ({"minimum": BEYOND}, False),
        ({"maximum": -BEYOND}, False),
        ({"multiple_of": 3, "minimum": BEYOND}, False),
        ({"multiple_of": BEYOND, "minimum": 1}, False),
        ({"exclusive_minimum": -BEYOND, "exclusive_maximum": BEYOND}, True),
        ({"multiple_of": BEYOND}, True),
        ({"multiple_of": 0.1, "maximum": BEYOND}, True),
    ],
)
def test_bounds_beyond_all_floats_are_no_bounds_of_floats(
    bounds: dict[str, float], is_possible: bool
) -> None:
    assert is_possible == (numbers(**bounds) is not NOTHING)


def test_a_default_beyond_all_floats_is_only_described() -> None:
    number: Json = {"type": "number", "default": BEYOND}
    document: dict[str, Json] = {
        "openapi": "3.1.0",
        "info": {"title": "Large", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Large": {"type": "object", "properties": {"n": number}}}},
    }
    assert ["/components/schemas/Large/properties/n/default"] == [
        note.pointer for note in lower(document).notes
    ]


def test_an_integer_of_a_header_field_may_be_beyond_all_floats() -> None:
    assert BEYOND == value_of(str(BEYOND), int)
