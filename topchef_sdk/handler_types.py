"""Handlers with types: what a handler says that it takes and gives, and how JSON becomes that.

A handler takes and gives attrs classes, TypedDicts, or JSON as it is. It says so where it binds the
type variables of its base class, as in `ServiceListener[Parameters, Results]`, or by annotations.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import partial
from inspect import Parameter, Signature
from types import SimpleNamespace
from typing import Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from attrs import field, frozen
from typing_extensions import NoDefault, TypeForm, get_original_bases

from .api import Codec, InvalidError, Json, JsonObject, Violation, codec
from .api._runtime.shapes import bare, is_compound, is_list
from .type_schema import schema_of

__all__ = [
    "HandlerTypes",
    "read_parameters",
    "schema_of",
    "takes_context",
    "types_of_class",
    "types_of_function",
    "written_results",
]

T = TypeVar("T")

Handler = Callable[..., object]

_reading: Final = Codec(open_enums=False, open_objects=False)
"""As strict as the schemas of `schema_of`."""

_proof_reading: Final = Codec(check_constraints=False, open_enums=False, open_objects=False)
"""The same, but makes no instance: these would run their validators and converters once more."""


def _of_objects(form: Any) -> Any:
    """A type of JSON objects that can be read, in its own words."""
    form = bare(form)
    if form in (Any, object, dict):
        return JsonObject
    if not is_compound(form) or is_list(form):
        told = inspect.formatannotation(form)
        raise TypeError(f"{told} is none of attrs class, TypedDict and JsonObject")
    schema_of(form)
    return form


@frozen
class HandlerTypes:
    """What a handler takes and what it gives: attrs classes, TypedDicts or `JsonObject`.

    Raises `TypeError` for what is no type of JSON objects, or of such that cannot be read.
    """

    parameters: TypeForm[object] = field(default=JsonObject, converter=_of_objects)
    results: TypeForm[object] = field(default=JsonObject, converter=_of_objects)


# What handlers say.


def types_of_class(cls: type[object], base: type[object]) -> HandlerTypes:
    """What a class binds the two type variables of a generic base class to.

    A variable that it leaves unbound is its default, and without one `JsonObject`. Raises
    `TypeError`, naming the class, for types that cannot be read.
    """
    try:
        return HandlerTypes(*map(_or_default, _arguments(cls, base)))
    except (NameError, TypeError) as error:
        raise TypeError(f"{cls.__qualname__}: {error}") from None


def types_of_function(handler: Handler) -> HandlerTypes:
    """What the annotations of a function say, or those of an object that can be called.

    The first positional parameter and the return value count; one that is not annotated is
    `JsonObject`. Raises `TypeError`, naming the function, for types that cannot be read, and for a
    function that takes no parameter.
    """
    signature = _signature(handler)
    taken = [parameter.annotation for parameter in _positional(signature)[:1]] or [Any]
    names = getattr(_function(handler), "__globals__", {})
    try:
        forms = [_evaluated(one, names) for one in (*taken, signature.return_annotation)]
        return HandlerTypes(*map(_or_default, forms))
    except (NameError, TypeError) as error:
        raise TypeError(f"{_name(handler)}: {error}") from None


def takes_context(handler: Handler) -> bool:
    """Whether a handler takes a context beside the parameters: as its second positional parameter.

    One with a default is only if it is called `context`; others are the handler's own affair.
    """
    for parameter in _positional(_signature(handler))[1:2]:
        return parameter.default is Parameter.empty or parameter.name == "context"
    return False


def _arguments(cls: type[object], base: type[object]) -> tuple[object, ...]:
    """The arguments of a generic base class, in terms of the type variables of `cls`."""
    if cls is base:
        return _variables(cls)
    for written in get_original_bases(cls):
        origin = get_origin(written) or written
        if isinstance(origin, type) and issubclass(origin, base):
            names = vars(sys.modules[cls.__module__])
            given = [_evaluated(argument, names) for argument in get_args(written)]
            bindings = dict(zip(_variables(origin), given, strict=False))
            return tuple(_bound(form, bindings) for form in _arguments(origin, base))
    raise TypeError(f"is no subclass of {base.__qualname__}")


def _variables(form: object) -> tuple[object, ...]:
    return getattr(form, "__parameters__", ())


def _evaluated(annotation: object, names: dict[str, object]) -> object:
    """A type that may be written as text, in which names mean what they do in a module."""
    if annotation is Signature.empty:
        return JsonObject
    return get_type_hints(SimpleNamespace(__annotations__={"form": annotation}), names)["form"]


def _bound(form: Any, bindings: dict[object, object]) -> object:
    """A type with its variables bound as far as they are."""
    if isinstance(form, TypeVar):
        return bindings.get(form, form)
    if isinstance(form, type) or not _variables(form):
        return form
    return form[tuple(bindings.get(variable, variable) for variable in _variables(form))]


def _or_default(form: object) -> object:
    if not isinstance(form, TypeVar):
        return form
    default: object = getattr(form, "__default__", NoDefault)
    return JsonObject if default is NoDefault else default


_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def _signature(handler: Handler) -> Signature:
    """What a handler takes and gives; of some that are written in C nobody knows."""
    try:
        signature = inspect.signature(handler)
    except ValueError:
        return Signature([Parameter("parameters", Parameter.POSITIONAL_ONLY)])
    kinds = {one.kind for one in signature.parameters.values()}
    if not kinds & {*_POSITIONAL, Parameter.VAR_POSITIONAL}:
        raise TypeError(f"{_name(handler)}: takes no parameters of a job, but has to")
    return signature


def _positional(signature: Signature) -> list[Parameter]:
    return [one for one in signature.parameters.values() if one.kind in _POSITIONAL]


def _function(handler: Handler) -> Handler:
    """The function that is run in the end, in whose module its annotations mean something."""
    while isinstance(handler, partial):
        handler = cast("partial[object]", handler).func
    if not inspect.isroutine(handler):
        handler = type(handler).__call__
    function: Handler = inspect.unwrap(handler)
    return function


def _name(handler: Handler) -> str:
    return str(getattr(handler, "__qualname__", repr(handler)))


# JSON to what handlers take, and back.


def read_parameters(value: JsonObject, form: TypeForm[T]) -> T:
    """Read a job's parameters as what its handler takes; raises `InvalidError` with all violations.

    Whatever is valid by `schema_of` is read, but for what draft 4 cannot say. `JsonObject` is
    handed on as it is.
    """
    return cast("T", value) if form == JsonObject else _reading.structure(value, form)


def written_results(value: object, form: TypeForm[object]) -> Json:
    """Write what a handler gave as JSON; raises `InvalidError` with all violations.

    These are also that fields hold what their types do not allow, which nothing else notices.
    """
    try:
        written: Json = codec.unstructure(value)
    except NameError as error:  # of a class whose annotations cannot be evaluated
        message = f"a {type(value).__name__} cannot be written: {error}"
        raise InvalidError([Violation(path="$", keyword="type", message=message)]) from None
    if form != JsonObject:
        _proof_reading.structure(written, form)
    return written
