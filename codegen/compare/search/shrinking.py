"""Shrinks what proves something: each step is a simpler JSON value that still proves it.

By itself, and not by Hypothesis: the judge takes JSON, so nothing has to be drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ...tree import Json

_MOST: Final = 300
"""How many simpler values are tried for one example."""


def shrunk(value: Json, proves: Callable[[Json], bool]) -> Json:
    """The simplest value found from one that proves something."""
    left = _MOST
    is_simpler = True
    while is_simpler:
        is_simpler = False
        for one in _simpler(value):
            if not left:
                return value
            left -= 1
            if proves(one):
                value, is_simpler = one, True
                break
    return value


def _simpler(value: Json) -> Iterator[Json]:
    """Simpler values, those that save most first; there is no way back from any of them."""
    match value:
        case dict():
            yield from (_without(value, name) for name in value)
            for name, inner in value.items():
                yield from ({**value, name: one} for one in _simpler(inner))
        case list():
            half = len(value) // 2
            yield from ([value[:half], value[half:]] if half else [])
            yield from (value[:at] + value[at + 1 :] for at in range(len(value)))
            for at, inner in enumerate(value):
                yield from ([*value[:at], one, *value[at + 1 :]] for one in _simpler(inner))
        case str():
            yield from _simpler_text(value)
        case bool() | None:
            pass
        case _:
            yield from _simpler_number(value)


def _without(value: dict[str, Json], name: str) -> dict[str, Json]:
    return {key: inner for key, inner in value.items() if key != name}


def _simpler_text(text: str) -> Iterator[str]:
    if text:
        yield ""
    half = len(text) // 2
    yield from ([text[:half], text[half:]] if half else [])
    yield from (text[:at] + text[at + 1 :] for at in range(len(text)))
    for at, character in enumerate(text):
        if character not in _PLAIN:
            yield from (text[:at] + plain + text[at + 1 :] for plain in _PLAIN)


_PLAIN: Final = "0a"


def _simpler_number(number: int | float) -> Iterator[int | float]:
    if number:
        yield 0
    if isinstance(number, float):
        yield from _simpler_fraction(number)
        return
    for one in (_half(number), number - (1 if number > 0 else -1)):
        if 0 < abs(one) < abs(number):
            yield one


def _simpler_fraction(number: float) -> Iterator[int | float]:
    if abs(number) < _MOST_WHOLE:
        yield int(number)
    if not number.is_integer() and round(number, 1) != number:
        yield round(number, 1)


_MOST_WHOLE: Final = 2.0**53
"""From here on there are integers that no float is."""


def _half(number: int) -> int:
    """Half of an integer, rounded towards zero."""
    return number // 2 if number > 0 else -(-number // 2)
