"""Formats that nothing checks: where they stand, and what texts of them are made.

A model accepts any text there (JSON Schema 2020-12, validation, 7.2.1), and a server does not. So
models say nothing of these formats; the module of strategies notes them, by the names of models
and fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import evolve, fields, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..constraints import FREE, Constraints
from .distinct import distinct
from .impossible import NOTHING
from .numbers import MOST
from .well_known import makers_of

_MOST_ATTEMPTS: Final = 6
"""How often a text is made anew that has the wrong length or does not match a pattern."""

_SLOPPY: Final = 16
"""One of so many texts of servers is any text: it would be read."""

_OF_TYPES: Final = frozenset({"binary", "byte", "date", "date-time", "uuid"})
"""Formats whose values are no texts in Python."""

_BOUNDS: Final[dict[str | None, tuple[int, int]]] = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, MOST),
}
"""What formats of integers say."""


@frozen(kw_only=True)
class Formatted(Constraints):
    """Validation keywords, and a format beside them, which nothing checks."""

    format: str | None = None


_registered: Final[dict[str, SearchStrategy[str]]] = {}
_noted: Final[dict[str, Mapping[str, Mapping[str, str]]]] = {}
# Both are only ever replaced entry by entry, so threads need no lock.


def register_format(name: str, texts: SearchStrategy[str]) -> None:
    """Make texts of a format in this way from now on, also those of a well-known one.

    Those that break a limit or a pattern are made anew a few times, and are any text then.

    Raises:
        TypeError: that is no strategy.
        ValueError: values of the format are no texts in Python; give fields a strategy instead.
    """
    if not _is_strategy(texts):
        raise TypeError(f"texts of {name!r} have to be a strategy, not {texts!r}")
    if name in _OF_TYPES:
        raise ValueError(f"{name!r} has a type of its own; give the fields a strategy instead")
    _registered[name] = texts


def _is_strategy(given: object) -> bool:
    return isinstance(given, SearchStrategy)


def note_formats(models: str, formats: Mapping[str, Mapping[str, str]]) -> None:
    """Note the formats in a package of models, by the names of these and then of fields.

    Behind the name of a field, `[]` stands for its items, and `{}` for its values.
    """
    _noted[models] = formats


def limits_in(cls: type[Any], name: str, limits: Constraints) -> Constraints:
    """What holds for a field of a model, with its formats."""
    formats = _noted.get(cls.__module__.rpartition(".")[0], {}).get(cls.__name__, {})
    for place, form in formats.items():
        field, path = _field_and_path(place)
        if field == name:
            limits = _with_format(limits, path, form)
    return limits


def _field_and_path(place: str) -> tuple[str, str]:
    ends = [at for at in (place.find("["), place.find("{")) if at >= 0]
    end = min(ends, default=len(place))
    return place[:end], place[end:]


def _with_format(limits: Constraints, path: str, form: str) -> Constraints:
    if path.startswith("[]"):
        return evolve(limits, items=_with_format(limits.items or FREE, path[2:], form))
    if path.startswith("{}"):
        return evolve(limits, values=_with_format(limits.values or FREE, path[2:], form))
    return Formatted(**{name: getattr(limits, name) for name in _NAMES}, format=form)


_NAMES: Final = tuple(one.name for one in fields(Constraints))


def format_of(limits: Constraints) -> str | None:
    """The format that stands beside constraints."""
    return limits.format if isinstance(limits, Formatted) else None


def bounded(limits: Constraints) -> Constraints:
    """Constraints of an integer within the bounds of its format, unless it has others of these."""
    form = format_of(limits)
    if form not in _BOUNDS:
        return limits
    low, high = _BOUNDS[form]
    return evolve(
        limits,
        minimum=low if limits.minimum is None else limits.minimum,
        maximum=high if limits.maximum is None else limits.maximum,
    )


def texts_in_format(
    limits: Constraints,
    otherwise: SearchStrategy[str],
    *,
    fits: Callable[[str], bool] = lambda _: True,
    is_open: bool = False,
) -> SearchStrategy[str]:
    """Texts that keep limits and fit, and are of the format where such are soon found.

    Where it is open what a server sends, some are not.
    """
    if format_of(limits) is None or otherwise is NOTHING:
        return otherwise
    keeps = evolve(limits, schema=None).holds

    def text(draw: st.DrawFn) -> str:
        makers = _makers_of(limits)
        if not makers or (is_open and draw(_COUNTS) == _SLOPPY - 1):
            return draw(otherwise)
        first = draw(st.integers(0, len(makers) - 1)) if len(makers) > 1 else 0
        for attempt in range(_MOST_ATTEMPTS):
            made: object = draw(makers[(first + attempt) % len(makers)])
            if isinstance(made, str) and keeps(made) and fits(made):
                return made
        return draw(otherwise)

    return distinct(text)


_COUNTS: Final = st.sampled_from(range(_SLOPPY))


def _makers_of(limits: Constraints) -> tuple[SearchStrategy[Any], ...]:
    name = format_of(limits) or ""
    if name in _registered:
        return (_registered[name],)
    return makers_of(name, limits.min_length or 0, limits.max_length, limits.pattern)
