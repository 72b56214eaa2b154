"""Arithmetic on numbers as the decimals that were written: 0.3 is a multiple of 0.1."""

from __future__ import annotations

import math


def is_multiple(value: int | float, divisor: int | float) -> bool:
    """Whether the decimal that was written is a multiple, floats or not."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    from fractions import Fraction  # few documents need it

    return (Fraction(repr(value)) / Fraction(repr(divisor))).denominator == 1
