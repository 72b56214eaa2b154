"""What a parameter is written as reads as the same value, and as nothing that it is not."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.runtime.errors import RequestError
from codegen.runtime.parameters import text_of, value_of
from codegen.runtime.violations import InvalidError


@pytest.mark.parametrize(
    ("value", "text", "form"),
    [
        (True, "true", bool),
        (5, "5", int),
        (1.5, "1.5", float),
        (1e300, "1e+300", float),
        (1e-7, "1e-07", float),
        (b"\x00", "AA==", bytes),
    ],
)
def test_a_value_reads_as_it_was_written(value: Any, text: str, form: Any) -> None:
    read: object = value_of(text, form)
    assert (text, value, form) == (text_of(value), read, type(read))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_not_written(value: float) -> None:
    with pytest.raises(RequestError, match=r"is not a number that JSON knows"):
        text_of(value)


@pytest.mark.parametrize("form", [int, float])
@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-Infinity", "1_000", " 5", "5 ", "٣", "0x10", "true", "1e", "--1"]
)
def test_what_python_would_take_for_a_number_is_none(text: str, form: Any) -> None:
    with pytest.raises(InvalidError):
        value_of(text, form)


def test_a_number_with_too_many_digits_is_none() -> None:
    for form, text in ((int, "1" * 5000), (float, "1e999")):
        with pytest.raises(InvalidError):
            value_of(text, form)


@pytest.mark.parametrize("text", ["True", "1", "yes", ""])
def test_only_true_and_false_are_booleans(text: str) -> None:
    with pytest.raises(InvalidError):
        value_of(text, bool)
