"""Calls of endpoints with valid arguments of all kinds.

What the types of a function leave open is told besides: where each parameter goes, for not all
text can go everywhere, its constraints, and what a body is in each of its media types.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from types import NoneType
from typing import Any, Final, TypeAlias, TypeVar, get_type_hints

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..call import Call
from ..constraints import FREE, Constraints
from ..contents import (
    BytesFormat,
    Format,
    FormFormat,
    JsonFormat,
    MultipartFormat,
    TextFormat,
    TypedTextFormat,
)
from ..errors import RequestError
from ..shapes import meaning, members
from .formats import BYTES
from .formatted import format_of, texts_in_format
from .impossible import MISFIT, NOTHING, any_of, fitting
from .making import VALUES
from .texts import strings

T = TypeVar("T")

Place: TypeAlias = str
"""`path`, `query`, `header` or `cookie`."""

Told: TypeAlias = "Place | tuple[Place, Constraints] | Format[object]"
"""Where a parameter goes, and its constraints; of a whole query, what that is."""

_PLAIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
"""Characters that mean themselves wherever a parameter goes, in all styles."""

_RANGES: Final = {"*/*": "application/octet-stream", "text/*": "text/plain"}


def calls(
    function: Callable[..., Call[T]],
    parameters: Mapping[str, Told] | None = None,
    *,
    body: Mapping[str, Format[object]] | None = None,
) -> SearchStrategy[Call[T]]:
    """Calls of an endpoint, each of which could be sent.

    The parameters are told by where they go; a body by what it is in each media type.
    """
    return st.deferred(lambda: _calls(function, parameters or {}, body))


def _calls(
    function: Callable[..., Call[T]],
    parameters: Mapping[str, Told],
    body: Mapping[str, Format[object]] | None,
) -> SearchStrategy[Call[T]]:
    arguments = st.fixed_dictionaries(dict(_of_parameters(function, parameters)))
    bodies = st.just(dict[str, Any]()) if body is None else _of_body(function, body)

    return fitting(_called(function, arguments, bodies), lambda call: call is not MISFIT)


@st.composite
def _called(
    draw: st.DrawFn,
    function: Callable[..., Call[T]],
    arguments: SearchStrategy[dict[str, Any]],
    bodies: SearchStrategy[dict[str, Any]],
) -> Any:
    """A call, which a test that fails shows as it would be written."""
    given = {name: st.just(value) for name, value in {**draw(arguments), **draw(bodies)}.items()}
    try:
        return draw(st.builds(function, **given))
    except RequestError:  # such as two items with a comma, which a style cannot tell apart
        return MISFIT


def _hints(function: Callable[..., object]) -> dict[str, Any]:
    """The types of a function's parameters, of which its result is none."""
    return get_type_hints(function, vars(sys.modules[function.__module__]), include_extras=True)


def _of_parameters(
    function: Callable[..., object], parameters: Mapping[str, Told]
) -> Iterator[tuple[str, SearchStrategy[Any]]]:
    hints = _hints(function)
    signature = inspect.signature(function)
    for name, told in parameters.items():
        made = _of_told(hints[name], told)
        if signature.parameters[name].default is None:
            made = st.none() | made if made is not NOTHING else st.none()
        yield name, made


def _of_told(form: Any, told: Told) -> SearchStrategy[Any]:
    match told:
        case str():
            return _of_parameter(form, told, FREE)
        case tuple():
            return _of_parameter(form, *told)
        case _:
            return _of_format(told)


def _of_parameter(form: Any, place: Place, constraints: Constraints) -> SearchStrategy[Any]:
    kinds = [one for one in members(form) if one is not NoneType]
    if len(kinds) == 1 and meaning(kinds[0])[0] in (str, Any, object):
        return _text(place, constraints)
    # What a style cannot say of arrays and objects is refused, and made anew.
    return any_of(VALUES.of(one, constraints) for one in kinds)


_SAYABLE: Final[Mapping[Place, re.Pattern[str]]] = {
    "path": re.compile(r"(?!\.\.?\Z).+", re.DOTALL),
    "query": re.compile(r".*", re.DOTALL),
    "header": re.compile(r"[!-~](?:[ -~]*[!-~])?"),
    "cookie": re.compile(r"[!#-+\--:<-\[\]-~]+"),
}
"""What means itself at a place, whatever the style.

RFC 9110, section 5.5, and RFC 6265, section 4.1.
"""


def _text(place: Place, constraints: Constraints) -> SearchStrategy[str]:
    """Text that may stand at a place."""
    if format_of(constraints) is None or constraints.schema is not None:
        return _any_text(place, constraints)
    return texts_in_format(
        constraints,
        _any_text(place, Constraints(**constraints.given)),
        fits=lambda text: _SAYABLE[place].fullmatch(text) is not None,
    )


def _any_text(place: Place, constraints: Constraints) -> SearchStrategy[str]:
    """Text that may stand at a place, whatever its format."""
    if constraints.pattern is not None or constraints.schema is not None:
        return VALUES.of(str, constraints)
    least = max(constraints.min_length or 0, 1 if place == "path" else 0)
    most = constraints.max_length
    if most is not None and most < least:
        return NOTHING
    if most == 0:
        return st.just("")
    plain = st.text(_PLAIN, min_size=max(least, 1), max_size=most)
    if place in ("header", "cookie"):
        return plain
    free = strings(min_length=least, max_length=most)
    if place == "query":
        return plain | free
    return plain | free.filter(lambda text: text not in (".", ".."))


def _of_body(
    function: Callable[..., object], body: Mapping[str, Format[object]]
) -> SearchStrategy[dict[str, Any]]:
    """The arguments for a body: itself, and its media type where that is chosen."""
    parameters = inspect.signature(function).parameters
    is_chosen = "content_type" in parameters
    parts: list[SearchStrategy[dict[str, Any]]] = []
    if parameters["body"].default is None:
        parts.append(st.just({}))
    for described, written_as in body.items():
        made = _of_format(written_as)
        if made is NOTHING:
            continue
        media_type = _RANGES.get(described, described.replace("*", "x-any"))
        if isinstance(written_as, BytesFormat) and media_type.startswith("multipart/"):
            media_type = f"{media_type}; boundary=x"
        kept = {"content_type": st.just(media_type)} if is_chosen else {}
        parts.append(st.fixed_dictionaries({"body": made, **kept}))
    return any_of(parts)


def _of_format(written_as: Format[object]) -> SearchStrategy[Any]:
    match written_as:
        case JsonFormat(form, constraints):
            return VALUES.of(form, constraints)
        case TextFormat(constraints):
            return VALUES.of(str, constraints)
        case TypedTextFormat(form, constraints):
            return VALUES.of(form, constraints)
        case BytesFormat():
            return BYTES
        case FormFormat() | MultipartFormat():
            return VALUES.of(written_as.form, written_as.constraints)
        case _:
            return NOTHING
