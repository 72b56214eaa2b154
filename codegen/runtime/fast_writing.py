"""Models to JSON on the fast road: for each class a function of straight lines, and msgspec.

What is to be written becomes a tree of JSON values and of the few other types that msgspec writes
just as `writing` does. Objects in it are msgspec's own, which leave out what is UNSET. Whatever is not
quite as it should be is left to `writing`, which judges and explains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from math import isfinite
from threading import RLock
from types import NoneType
from typing import Any, Final, TypeAlias, get_args
from uuid import UUID

from .absence import changed
from .choice import UnknownVariant
from .constraints import Constraints
from .files import File
from .json_text import UTC_TEXT, date_time_text, object_of, write_tree
from .record import Property, Record, record_of
from .shadows import FACTORY, UnfitError
from .shapes import is_enum, is_list, is_map, is_record, meaning, members
from .straight_lines import attribute, function_of
from .unset import UNSET, Unset
from .violations import Problem
from .writing import write

Written: TypeAlias = Callable[[Any], Any]
"""Makes the tree of a value of one class; raises what is in `_NOT_FAST`."""

_NOT_FAST: Final = (AttributeError, LookupError, OverflowError, RecursionError, ValueError)
"""What says that a value is to be written on the other road."""

_AS_IT_IS: Final[frozenset[Any]] = frozenset({str, int, bool, NoneType, UUID, bytes, date})
"""The classes whose instances msgspec writes as they should be."""

_making = RLock()
_under_way: Final[set[type[Any]]] = set()

_STRINGS: Final = frozenset({str})

_ODD_RECORDS: Final = (File, UnknownVariant)
"""Classes of attrs that are no objects of JSON, or none that is sent."""

_writers: dict[type[Any], Written] = {}


def fast_text(value: object) -> bytes | None:
    """The JSON text of a value; None where it is to be written on the other road."""
    try:
        return write_tree(fast_written(value))
    except _NOT_FAST:
        return None


def fast_written(value: object) -> object:
    """The tree of a value."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    return (_writers.get(kind) or _writer_of(kind))(value)


def _writer_of(kind: type[Any]) -> Written:
    """The function for a class, made when it is first asked for."""
    known = _writers.get(kind)
    if known is not None:
        return known
    with _making:
        if kind in _under_way:  # by this thread: a class that holds itself
            return fast_written
        _under_way.add(kind)
        try:
            return _writers.setdefault(kind, _new_writer(kind))
        finally:
            _under_way.discard(kind)


def _new_writer(kind: type[Any]) -> Written:
    if is_enum(kind):
        return _of_enumeration(kind)
    # Of classes derived from models, such as stand-ins, `writing` knows more.
    if is_record(kind) and "__attrs_attrs__" in vars(kind) and kind not in _ODD_RECORDS:
        return _of_record(kind)
    return _refuse


def _refuse(_value: object) -> object:
    raise UnfitError


def _of_float(value: float) -> float:
    if not isfinite(value):
        raise UnfitError
    return value


def _of_list(value: list[Any]) -> list[Any]:
    kinds: list[type[Any]] = list(map(type, value))
    distinct = set(kinds)
    if distinct <= _AS_IT_IS:
        return value
    if len(distinct) == 1:
        return list(map(_writer_of(distinct.pop()), value))
    writers = map(_writers.get, kinds)
    return [(write or fast_written)(item) for write, item in zip(writers, value, strict=True)]


def _of_map(value: dict[Any, Any]) -> dict[str, Any]:
    if not _STRINGS.issuperset(map(type, value)):
        raise UnfitError
    if _AS_IT_IS.issuperset(map(type, value.values())):
        return value
    return {key: fast_written(item) for key, item in value.items()}


def _of_date_time(value: datetime) -> str:
    if value.tzinfo is not UTC:
        offset = value.utcoffset()
        if offset is None or offset % timedelta(minutes=1):
            raise UnfitError
    return date_time_text(value)


def _of_enumeration(kind: type[Enum]) -> Written:
    values = {member: member.value for member in kind}
    if not {type(value) for value in values.values()} <= {str, int, bool, NoneType}:
        return _refuse
    return values.__getitem__  # an unknown member is in no table


_writers.update({float: _of_float, list: _of_list, dict: _of_map, datetime: _of_date_time})


# Records.


def _of_record(cls: type[Any]) -> Written:
    record = record_of(cls)
    if record.needs_json or not all(one.name.isidentifier() for one in record.properties):
        return _written_strictly
    names: dict[str, object] = {
        "UNSET": UNSET,
        "UnfitError": UnfitError,
        "isfinite": isfinite,
        "writer_of": _writers.get,
        "UTC": UTC,
        "encode": write_tree,
        "write": fast_written,
    }
    lines = [
        line
        for position, known in enumerate(record.properties)
        for line in _of_property(record, known, position, names)
    ]
    return function_of([*lines, *_ending(record, names)], names)


def _written_strictly(value: object) -> object:
    problems: list[Problem] = []
    written = write(value, (), problems)
    if problems:
        raise UnfitError
    return written


def _of_property(
    record: Record, known: Property, position: int, names: dict[str, object]
) -> Iterator[str]:
    """Lines that leave what is written of a property in a variable: UNSET for nothing."""
    x = f"x{position}"
    if known.name in record.defaulted:
        names[f"get{position}"] = _slot_of(record.cls, known.name)
        yield "try:"
        yield f"    {x} = get{position}(o)"
        yield "except AttributeError:"
        if isinstance(known.default, FACTORY):
            names["changed"] = changed
            yield f"    {x} = changed(o, {known.name!r})"
        else:
            yield f"    {x} = UNSET"
    else:
        yield f"{x} = o.{attribute(known.name)}"
    indent = ""
    if known.default is None:
        yield f"if {x} is None:"
        yield f"    {x} = UNSET"
        yield f"elif {x} is not UNSET:"
        indent = "    "
    elif known.default is UNSET or known.name in record.defaulted:
        yield f"if {x} is not UNSET:"
        indent = "    "
    elif NoneType in members(known.form):
        yield f"if {x} is not None:"
        indent = "    "
    yield from (indent + line for line in _checked_and_converted(known, position, names))


def _checked_and_converted(
    known: Property, position: int, names: dict[str, object]
) -> Iterator[str]:
    """Lines that check and write a value: quickly if it is of the class that the model says."""
    x, kind, constraints = f"x{position}", _class_of(known.form), known.constraints
    holds = None if constraints is None else constraints.holds
    check = _check(x, f"holds{position}", holds, names)
    if kind is None:
        yield from check
        yield f"{x} = (writer_of(type({x})) or write)({x})"
        return
    names[f"kind{position}"] = kind
    condition = f"type({x}) is kind{position}"
    item = _class_of_items(known.form) if kind is list else None
    if item is not None and item in _AS_IT_IS:
        names[f"plain{position}"] = frozenset({item})
        condition = f"{condition} and plain{position}.issuperset(map(type, {x}))"
        holds = None if constraints is None else constraints.holds_for_list_of(item)
        quick_check = _check(x, f"check{position}", holds, names)
    else:
        quick_check = _check_by_class(constraints, kind, position, names)
    yield f"if {condition}:"
    quickly = [*quick_check, *_conversion(known, kind, item, position, names)]
    yield from (f"    {line}" for line in quickly or ["pass"])
    yield "else:"
    yield from (f"    {line}" for line in (*check, f"{x} = write({x})"))


def _check(
    x: str, name: str, holds: Callable[[Any], bool] | None, names: dict[str, object]
) -> list[str]:
    """Lines that refuse a value of which something does not hold; none where all of it does."""
    if holds is None:
        return []
    names[name] = holds
    return [f"if not {name}({x}):", "    raise UnfitError"]


def _check_by_class(
    constraints: Constraints | None, kind: type[Any], position: int, names: dict[str, object]
) -> list[str]:
    """The same for a value of one class; bounds are compared there and then, without a call."""
    if constraints is None:
        return []
    x = f"x{position}"
    broken = _NO_BOUNDS if constraints.has_schema else _BROKEN.get(kind, _NO_BOUNDS)
    bounds = {name: constraints.given[name] for name in broken if name in constraints.given}
    names |= {f"{name}{position}": bound for name, bound in bounds.items()}
    others = Constraints(**{name: v for name, v in constraints.given.items() if name not in bounds})
    lines = _check(x, f"check{position}", others.holds_for(kind), names)
    if not bounds:
        return lines
    conditions = [broken[name].format(x=x, bound=f"{name}{position}") for name in bounds]
    return [f"if {' or '.join(conditions)}:", "    raise UnfitError", *lines]


_OF_NUMBERS: Final = {
    "minimum": "{x} < {bound}",
    "maximum": "{x} > {bound}",
    "exclusive_minimum": "{x} <= {bound}",
    "exclusive_maximum": "{x} >= {bound}",
}
_BROKEN: Final[Mapping[type[Any], Mapping[str, str]]] = {
    str: {"min_length": "len({x}) < {bound}", "max_length": "len({x}) > {bound}"},
    int: _OF_NUMBERS,
    float: _OF_NUMBERS,
}
"""When a value of a class breaks a bound: as `Constraints` has it."""
_NO_BOUNDS: Final[Mapping[str, str]] = {}


def _conversion(
    known: Property,
    kind: type[Any],
    item: type[Any] | None,
    position: int,
    names: dict[str, object],
) -> Iterator[str]:
    """Lines that write a value of the class that the model says; none if it stays as it is.

    `item` is the class of what is in it, if it is a list of one class.
    """
    x = f"x{position}"
    if kind in _AS_IT_IS or item in _AS_IT_IS:
        return
    if kind is float:
        yield f"if not isfinite({x}):"
        yield "    raise UnfitError"
    elif kind is datetime:
        yield f"{x} = {UTC_TEXT.format(value=x)} if {x}.tzinfo is UTC else write({x})"
    elif item is not None and (is_record(item) or is_enum(item)):
        names |= {f"item{position}": item, f"write{position}": _writer_of(item)}
        one = f"write{position}(one) if type(one) is item{position} else write(one)"
        yield f"{x} = [{one} for one in {x}] if {x} else {x}"
    elif kind is list and _has_records(known.form):
        yield f"{x} = [(writer_of(type(one)) or write)(one) for one in {x}] if {x} else {x}"
    else:
        names[f"write{position}"] = _writer_of(kind)
        yield f"{x} = write{position}({x})"


def _class_of_items(form: Any) -> type[Any] | None:
    """The class of what a type of lists has in it; None for others."""
    items = _items_of(form)
    return None if items is None else _class_of(items)


def _has_records(form: Any) -> bool:
    """Whether a type of lists has objects in it, of one class or another."""
    inner = [meaning(one)[0] for one in members(_items_of(form))]
    return all(is_record(one) or one is UnknownVariant for one in inner)


def _items_of(form: Any) -> Any:
    """The type of what a type of lists has in it; None for others."""
    lists = [meaning(one)[0] for one in members(form) if is_list(meaning(one)[0])]
    return (get_args(lists[0]) or (Any,))[0] if len(lists) == 1 else None


def _class_of(form: Any) -> type[Any] | None:
    """The class of a type's values, but for None and UNSET; None if there are several."""
    forms = [meaning(one)[0] for one in members(form) if one not in (NoneType, Unset)]
    if len(forms) != 1:
        return None
    (inner,) = forms
    if is_list(inner):
        return list
    if is_map(inner):
        return dict
    has_writer = inner in _AS_IT_IS or inner in _writers or is_enum(inner) or is_record(inner)
    return inner if has_writer else None


def _slot_of(cls: type[Any], name: str) -> Callable[[Any], Any]:
    slot = next(vars(base)[name] for base in cls.__mro__ if name in vars(base))
    get: Callable[[Any], Any] = slot.__get__
    return get


def _ending(record: Record, names: dict[str, object]) -> Iterator[str]:
    """Lines that put the properties together."""
    wires = [known.wire for known in record.properties]
    variables = [f"x{position}" for position in range(len(wires))]
    if record.others is None:
        try:
            names["make"] = object_of(wires)
        except ValueError:  # a name with a quotation mark
            yield "made = {}"
        else:
            yield f"return make({', '.join(variables)})"
            return
    else:
        yield f"made = o.{attribute(record.others.name)}"
        yield from _of_others(record, record.others, names)
    for position, wire in enumerate(wires):
        names[f"wire{position}"] = wire
        yield f"if x{position} is not UNSET:"
        yield f"    made[wire{position}] = x{position}"
    yield "return made"


def _of_others(record: Record, others: Property, names: dict[str, object]) -> Iterator[str]:
    """Lines that write the properties that have no field of their own, as a new object."""
    names |= {"dict": dict, "wires": record.wire_names, "of_map": _of_map}
    yield "if type(made) is not dict or not wires.isdisjoint(made):"
    yield "    raise UnfitError"
    if others.constraints is not None:
        names["others_hold"] = others.constraints.holds
        yield "if not others_hold(made):"
        yield "    raise UnfitError"
    yield "made = dict(of_map(made))"
