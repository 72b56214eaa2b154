"""A few plain values of everything: the cheapest candidates, put together without any search.

Most breaks need no more than the empty text, a number beyond a bound, or an object of what it has
to have. What is hard to make (a pattern, a schema that no type says) has few values or none here.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, zip_longest
from typing import ClassVar, Final, TypeAlias

from ...ir import NO_LIMITS, Limits, ScalarKind
from ...tree import Json
from ..membership import is_within

Few: TypeAlias = tuple[Json, ...]

_MOST: Final = 12
"""How many values there are of anything."""

_FORMATTED: Final[Mapping[ScalarKind, Few]] = {
    ScalarKind.DATE_TIME: ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00+01:00"),
    ScalarKind.DATE: ("2000-01-01",),
    ScalarKind.UUID: ("00000000-0000-4000-8000-000000000000",),
    ScalarKind.BYTES: ("", "AA=="),
}

_PIECES: Final = ("0", "a", "A", " ", "-", "é", "a0", "a-", "\n")
"""What texts are made of that have a length or match a pattern."""

_USUAL: Final = (
    *("aa", "a1", "aaa", "aaaa", "a.a", "a.aa", "a@a.aa", "a/a", "a:a", "a b", "a_a", "Aa", "AA"),
    *("00", "000", "0000", "0.0", "1.0.0", "v1", "1.1.1.1", "10.0.0.0/8", "#000000", "+10000000"),
    *("12:00", "2000-01-01", "2000-01-01T00:00:00Z", "00000000-0000-4000-8000-000000000000"),
    *("/", "/a", "https://a.aa", "http://a.aa/", "s3://a", "arn:aws:a", "en", "en-US", "US", "USD"),
)
"""Texts that match many a pattern that people write."""

_NUMBERS: Final = (0, 1, 2, -1, 0.5)

_LEAST_DIFFERENCE: Final = 1e-9
"""Of a number to a bound that it is not to reach, in proportion."""

Sampler: TypeAlias = Callable[[Limits], Few]
"""Makes a few texts that match a pattern, where none comes to mind."""


class FewValues:
    """Makes a few values of each type."""

    most_characters: ClassVar = 200_000
    """There are limits of 131,072; reports cut what is long."""
    most_items: ClassVar = 200

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._known: dict[tuple[ScalarKind, Limits], Few] = {}

    def nothing(self) -> Few:
        """No value."""
        return ()

    def constants(self, values: Sequence[Json]) -> Few:
        """These values, whose number the document bounds."""
        return tuple(values)

    def scalars(self, kind: ScalarKind, limits: Limits) -> Few:
        """Values of a kind, such as are at the edges of its limits."""
        key = (kind, limits)
        if key not in self._known:
            self._known[key] = self._scalars(kind, limits)
        return self._known[key]

    def _scalars(self, kind: ScalarKind, limits: Limits) -> Few:
        match kind:
            case ScalarKind.STRING | ScalarKind.FILE:
                return self._texts(limits)
            case ScalarKind.INTEGER:
                whole = (one for one in _numbers(limits) if isinstance(one, int))
                return _few(one for one in whole if is_within(limits, one))
            case ScalarKind.NUMBER:
                return _few(one for one in _numbers(limits) if is_within(limits, one))
            case ScalarKind.BOOLEAN:
                return (False, True)
            case _:
                return _FORMATTED[kind]

    def anything(self, limits: Limits) -> Few:
        """A value or two of each JSON type."""
        texts = self.scalars(ScalarKind.STRING, limits)[:2]
        numbers = self.scalars(ScalarKind.NUMBER, limits)[:2]
        return (None, False, *texts, *numbers, [], {}, [None], {"": None})

    def arrays(self, items: Few, limits: Limits) -> Few:
        """Arrays as short and as long as they may be."""
        least, most = limits.min_items or 0, limits.max_items
        if least > self.most_items or (most is not None and most < least):
            return ()
        lengths = [least, least + 1] if most is None else sorted({least, min(least + 1, most)})
        if limits.unique_items:
            return tuple([*items[:length]] for length in lengths if length <= len(items))
        filled = [[item] * length for item in items for length in lengths if length]
        return _few([*([[]] if least == 0 else []), *filled])

    def twice(self, items: Few) -> Few:
        """Arrays of two equal items."""
        return tuple([item, item] for item in items)

    def maps(self, values: Few, limits: Limits) -> Few:
        """Objects with as few properties as there may be, and with one."""
        least, most = limits.min_properties or 0, limits.max_properties
        if least > self.most_items or (most is not None and most < least):
            return ()
        filled = [
            {f"a{number}" if number else "a": value for number in range(max(least, 1))}
            for value in values
            if most != 0
        ]
        return _few([*([{}] if least == 0 else []), *filled])

    def objects(
        self,
        required: Mapping[str, Few],
        optional: Mapping[str, Callable[[], Few]],
        others: Callable[[], Few] | None,
        least: int,
    ) -> Few:
        """Objects of what they need, each of whose properties is varied by itself."""
        given = dict(required)
        for name, make in optional.items():
            if len(given) >= least:
                break
            if values := make():
                given[name] = values
        for number in range(len(given), min(least, self.most_items)):
            if others is not None:
                given[f"another_{number}"] = others()
        if not all(given.values()):
            return ()
        base = {name: values[0] for name, values in given.items()}
        varied = ({**base, name: one} for name, values in given.items() for one in values[1:])
        return _few(chain([base], varied))

    def any_of(self, parts: Sequence[Few]) -> Few:
        """The first values of all kinds before the second ones."""
        rows = zip_longest(*parts, fillvalue=_NONE)
        return _few(one for row in rows for one in row if one is not _NONE)

    def named(self, objects: Few, wire_name: str, names: Sequence[str | int]) -> Few:
        """Objects that say the first of the names."""
        return tuple(
            {**one, wire_name: names[0]} if isinstance(one, dict) else one for one in objects
        )

    def kept(self, values: Few, limits: Limits) -> Few:
        """Those that keep limits."""
        if limits == NO_LIMITS:
            return values
        return tuple(one for one in values if is_within(limits, one))

    def later(self, make: Callable[[], Few]) -> Few:
        """The same at once: a model that holds itself has no values while it is being made."""
        return make()

    def _texts(self, limits: Limits) -> Few:
        if (limits.min_length or 0) > self.most_characters:
            return ()
        fitting = _few(one for one in _lengthened(limits) if is_within(limits, one))
        if fitting or limits.pattern is None:
            return fitting
        return self._sampler(limits)


_NONE: Final[Json] = ["no value"]
"""What fills rows, told by its identity."""


def _few(values: Iterable[Json]) -> Few:
    return tuple(one for _, one in zip(range(_MOST), values, strict=False))


def _lengthened(limits: Limits) -> list[str]:
    """Texts as short as they may be, of several pieces each."""
    least = limits.min_length or 0
    texts = [piece * -(-least // len(piece)) for piece in _PIECES] if least else ["", *_PIECES]
    usual = () if limits.pattern is None else _USUAL
    return [*(text[: limits.max_length] for text in texts), *usual]


def _numbers(limits: Limits) -> list[int | float]:
    """Numbers near zero and at the edges of limits, which they may miss."""
    found: list[int | float] = list(_NUMBERS)
    for bound in (limits.minimum, limits.maximum):
        if bound is not None:
            found += [bound, math.ceil(bound), math.floor(bound)]
    for bound, towards in ((limits.exclusive_minimum, 1), (limits.exclusive_maximum, -1)):
        if bound is not None:
            nearest = math.floor(bound) + 1 if towards > 0 else math.ceil(bound) - 1
            found.append(nearest)
            if abs(bound) <= sys.float_info.max:  # an integer may be beyond all floats
                found += [bound + towards / 2, bound + towards * _LEAST_DIFFERENCE]
    if limits.multiple_of is not None:
        found += _multiples(found, limits.multiple_of)
    whole = [int(one) if one == math.floor(one) else one for one in found]
    return sorted(dict.fromkeys(whole), key=lambda one: (isinstance(one, float), abs(one), one < 0))


def _multiples(numbers: Sequence[int | float], of: int | float) -> list[int | float]:
    """The multiples around some numbers."""
    step = Fraction(repr(of))
    counts = {count for one in numbers for count in _around(Fraction(repr(one)) / step)}
    multiples = [count * step for count in sorted(counts)]
    return [float(one) for one in multiples if abs(one) <= sys.float_info.max]


def _around(quotient: Fraction) -> tuple[int, int]:
    return math.floor(quotient), math.ceil(quotient)
