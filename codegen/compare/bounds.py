"""What limits allow, and whether some limits imply others; only this module computes with them.

Numbers are the decimals that were written, so that nothing here depends on how floats round.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from ..ir import NO_LIMITS, Limits
from ..lower.limits import tightened
from ..values import evolve, frozen
from .relation import NO, UNKNOWN, YES, Relation, all_of, unless, yes_if
from .residues import implied

NOTHING = '{"not":{}}'
"""The schema that no value meets, as `lower` writes it."""


@frozen
class Bounds:
    """All limits that hold of a value together."""

    limits: Limits = NO_LIMITS
    """The tightest of each keyword; patterns, divisors and schemas are below."""
    patterns: frozenset[str] = frozenset()
    divisors: frozenset[Fraction] = frozenset()
    schemas: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether nothing holds that only a search could tell the values of."""
        return not (self.patterns or self.schemas)

    @property
    def is_nothing(self) -> bool:
        """Whether no value meets them, whatever its type."""
        return NOTHING in self.schemas


FREE = Bounds()


def together(several: Iterable[Limits]) -> Bounds:
    """What some limits say together."""
    found = [limits for limits in several if limits != NO_LIMITS]
    if not found:
        return FREE
    tight, _ = tightened(found)
    return Bounds(
        evolve(tight, pattern=None, multiple_of=None, schema=None),
        frozenset(one.pattern.reveal() for one in found if one.pattern is not None),
        frozenset(exact(one.multiple_of) for one in found if one.multiple_of is not None),
        frozenset(one.schema.reveal() for one in found if one.schema is not None),
    )


def exact(number: int | float) -> Fraction:
    """The decimal that was written."""
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


# --- numbers ------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Range:
    """Which numbers there are: between two ends, and in steps from zero if there is a step."""

    low: Fraction | None
    high: Fraction | None
    is_low_out: bool = False
    """Whether the lower end itself is none of them."""
    is_high_out: bool = False
    step: Fraction | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no number."""
        if self.low is None or self.high is None:
            return False
        is_point_out = self.is_low_out or self.is_high_out
        return self.low > self.high or (self.low == self.high and is_point_out)

    @property
    def is_one(self) -> bool:
        """Whether there is one number only."""
        return self.low is not None and self.low == self.high and not self.is_empty


def range_of(bounds: Bounds, *, is_integer: bool) -> Range:
    """The numbers that bounds allow."""
    limits = bounds.limits
    low, is_low_out = _end(limits.minimum, limits.exclusive_minimum, is_low=True)
    high, is_high_out = _end(limits.maximum, limits.exclusive_maximum, is_low=False)
    divisors = [*bounds.divisors, *([Fraction(1)] if is_integer else [])]
    if not divisors:
        return Range(low=low, high=high, is_low_out=is_low_out, is_high_out=is_high_out)
    step = _common_multiple(divisors)
    if low is not None:
        count = ceil(low / step)
        low = step * (count + 1 if is_low_out and count * step == low else count)
    if high is not None:
        count = floor(high / step)
        high = step * (count - 1 if is_high_out and count * step == high else count)
    return Range(low=low, high=high, step=step)


def _end(
    inclusive: int | float | None, exclusive: int | float | None, *, is_low: bool
) -> tuple[Fraction | None, bool]:
    """The tighter of two ends, and whether it is out itself."""
    if exclusive is None:
        return (None if inclusive is None else exact(inclusive)), False
    if inclusive is None:
        return exact(exclusive), True
    one, other = exact(inclusive), exact(exclusive)
    is_tighter = other >= one if is_low else other <= one
    return (other, True) if is_tighter else (one, False)


def _common_multiple(numbers: Iterable[Fraction]) -> Fraction:
    found = Fraction(1, 1)
    for index, number in enumerate(numbers):
        if index == 0:
            found = number
            continue
        numerator = lcm(found.numerator, number.numerator)
        found = Fraction(numerator, gcd(found.denominator, number.denominator))
    return found


def numbers_imply(left: Bounds, right: Bounds, *, is_left_integer: bool) -> Relation:
    """Whether each number within some bounds is within others."""
    mine = range_of(left, is_integer=is_left_integer)
    theirs = range_of(right, is_integer=False)
    if mine.is_empty:
        return YES
    relation = yes_if(_is_between(mine, _ends(right)) and _is_in_steps(mine, theirs.step), NO)
    return unless(left.is_open, relation)


def _ends(bounds: Bounds) -> Range:
    return range_of(evolve(bounds, divisors=frozenset[Fraction]()), is_integer=False)


def _is_between(mine: Range, theirs: Range) -> bool:
    is_low = theirs.low is None or (
        mine.low is not None
        and (
            mine.low > theirs.low
            or (mine.low == theirs.low and (mine.is_low_out or not theirs.is_low_out))
        )
    )
    is_high = theirs.high is None or (
        mine.high is not None
        and (
            mine.high < theirs.high
            or (mine.high == theirs.high and (mine.is_high_out or not theirs.is_high_out))
        )
    )
    return is_low and is_high


def _is_in_steps(mine: Range, step: Fraction | None) -> bool:
    if step is None:
        return True
    if mine.is_one and mine.low is not None:
        return (mine.low / step).denominator == 1
    return mine.step is not None and (mine.step / step).denominator == 1


# --- strings, arrays, objects -------------------------------------------------------------------


def are_counts_empty(least: int | None, most: int | None) -> bool:
    """Whether no count lies between two ends."""
    return most is not None and (least or 0) > most


def counts_imply(
    mine: tuple[int | None, int | None], theirs: tuple[int | None, int | None]
) -> Relation:
    """Whether counts between two ends are between two others."""
    if are_counts_empty(*mine):
        return YES
    is_least = not theirs[0] or (mine[0] or 0) >= theirs[0]
    is_most = theirs[1] is None or (mine[1] is not None and mine[1] <= theirs[1])
    return yes_if(is_least and is_most, NO)


def texts_imply(left: Bounds, right: Bounds, *, is_formatted: bool) -> Relation:
    """Whether each string within some bounds is within others."""
    mine, theirs = left.limits, right.limits
    if are_counts_empty(mine.min_length, mine.max_length):
        return YES
    lengths = counts_imply(
        (mine.min_length, mine.max_length), (theirs.min_length, theirs.max_length)
    )
    patterns = yes_if(right.patterns <= left.patterns, UNKNOWN)
    return all_of([unless(left.is_open and not is_formatted, lengths), patterns])


def schemas_imply(left: Bounds, right: Bounds) -> Relation:
    """Whether what only schemas say of values implies what others say."""
    if left.is_nothing:
        return YES
    return all_of(implied(left.schemas, schema) for schema in right.schemas)
