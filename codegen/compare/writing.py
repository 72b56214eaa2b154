"""How parameters are written: whether two styles write the same text, told by writing some."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, assert_never, cast

from ..emit.arguments import style_name
from ..ir import (
    Alias,
    ContentKind,
    Enumeration,
    ListOf,
    Literal,
    Location,
    MapOf,
    Model,
    Named,
    Nullable,
    Parameter,
    Record,
    Scalar,
    ScalarKind,
    Style,
    Text,
    Type,
    UnionOf,
)
from ..runtime.errors import RequestError
from ..runtime.forms import write_form
from ..runtime.parameters import cookie_fields, header_fields, query_fields, styled
from ..runtime.styles import percent, query_text
from ..tree import Json
from ..values import evolve
from .membership import Models


def written_apart(old: Parameter, new: Parameter, models: Models) -> tuple[str, str] | None:
    """What both write where they differ, of the plainest value that shows it; None for nothing.

    Whether reserved characters are encoded (`allowReserved`) is no difference: only those are left
    as they are that delimit nothing in a query, which have to be read as what they are encoded as
    (RFC 3986, section 2.2).
    """
    if _how(old) == _how(new):
        return None
    old, new = (evolve(one, allows_reserved=False) for one in (old, new))
    samples = reversed(_samples(old.type, models))
    texts = ((_written(old, one), _written(new, one)) for one in samples)
    return next((pair for pair in texts if pair[0] != pair[1]), None)


def _how(parameter: Parameter) -> tuple[Style, bool, ContentKind | None]:
    return parameter.style, parameter.explode, parameter.kind


_TEXTS: Final[list[Json]] = ["a"]
_ARRAYS: Final[list[Json]] = [["a"], ["a", "b"]]
_OBJECTS: Final[list[Json]] = [{"a": "b"}]
_OF_KINDS: Final[Mapping[ScalarKind, Json]] = {
    ScalarKind.INTEGER: 1,
    ScalarKind.NUMBER: 1.5,
    ScalarKind.BOOLEAN: True,
    ScalarKind.DATE: "2000-01-01",
    ScalarKind.DATE_TIME: "2000-01-01T00:00:00Z",
    ScalarKind.UUID: "00000000-0000-4000-8000-000000000000",
}


def _samples(type_: Type, models: Models) -> list[Json]:
    """Values that styles write in different ways; the last is the plainest."""
    match type_:
        case ListOf():
            return _ARRAYS
        case MapOf():
            return _OBJECTS
        case Named(name):
            return _samples_of(models[name], models)
        case Nullable(inner):
            return _samples(inner, models)
        case UnionOf():
            return [one for part in type_.alternatives for one in _samples(part, models)]
        case Literal(value):
            return [_plain(value)]
        case Scalar(kind) if kind in _OF_KINDS:
            return [_OF_KINDS[kind]]
        case Scalar():
            return _TEXTS
        case _:
            return [*_OBJECTS, *_ARRAYS, *_TEXTS]


def _samples_of(model: Model, models: Models) -> list[Json]:
    match model:
        case Record():
            return _OBJECTS
        case Enumeration(members=members):
            return [_plain(one.value) for one in reversed(members)]
        case Alias(is_recursive=True):
            return [*_OBJECTS, *_ARRAYS, *_TEXTS]
        case Alias():
            return _samples(model.type, models)
        case _:
            assert_never(model)


def _plain(value: Text | int | bool) -> Json:
    return value.reveal() if isinstance(value, Text) else value


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
            case Location.QUERYSTRING:
                return _written_whole(parameter, value)
    except RequestError:
        return "what cannot be sent"


def _written_whole(parameter: Parameter, value: Json) -> str:
    """A value as the whole of a query: the fields of a form, or JSON or text as it is."""
    match parameter.kind, value:
        case ContentKind.FORM, dict():
            return write_form(value.items(), {}).decode()
        case (ContentKind.TEXT, str()):
            return percent(value)
        case _:
            return percent(json.dumps(value, separators=(",", ":")))
