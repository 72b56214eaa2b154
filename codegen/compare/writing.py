"""How parameters are written: whether two styles write the same text, told by writing some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..emit.arguments import style_name
from ..ir import ListOf, Location, MapOf, Named, Parameter, Scalar, Style, Type, UnionOf
from ..runtime.errors import RequestError
from ..runtime.parameters import cookie_fields, header_fields, query_fields, styled
from ..runtime.styles import query_text

if TYPE_CHECKING:
    from ..tree import Json


def is_written_alike(old: Parameter, new: Parameter) -> bool:
    """Whether both write what is sent in the same way."""
    if _how(old) == _how(new):
        return True
    samples = _samples(old.type)
    return all(_written(old, one) == _written(new, one) for one in samples)


def written(parameter: Parameter) -> str:
    """What a parameter looks like."""
    return _written(parameter, _samples(parameter.type)[-1])


def _how(parameter: Parameter) -> tuple[Style, bool, bool]:
    return parameter.style, parameter.explode, parameter.allows_reserved


def _samples(type_: Type) -> list[Json]:
    """Values that styles write in different ways; the last is the plainest."""
    match type_:
        case ListOf():
            return [["a"], ["a", "b"]]
        case MapOf() | Named():
            return [{"a": "b"}]
        case UnionOf():
            return [one for part in type_.alternatives for one in _samples(part)]
        case Scalar():
            return ["a/b", "a"]
        case _:
            return ["a/b", ["a", "b"], {"a": "b"}, "a"]


def _written(parameter: Parameter, value: Json) -> str:
    name = parameter.wire_name.reveal()
    # The styles are told apart by their place, which the types of the runtime keep apart.
    style = cast("Any", style_name(parameter))
    field = (name, value) if style is None else (name, value, style)
    try:
        match parameter.location:
            case Location.QUERY:
                return query_text(query_fields(field))
            case Location.HEADER:
                return "; ".join(f"{one}: {text}" for one, text in header_fields(field))
            case Location.COOKIE:
                return "; ".join(f"{one}={text}" for one, text in cookie_fields(field))
            case Location.PATH:
                return styled(name, value, style or "simple").text
    except RequestError:
        return "what cannot be sent"
