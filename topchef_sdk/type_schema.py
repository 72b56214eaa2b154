"""JSON Schema draft 4 of Python types: what a type promises of its JSON.

It says of a class what the codec reads as one, and reads the class as the codec does. Where the two
differ the schema is no wider than the codec but for what draft 4 cannot say: formats, a number too
large for a float, and what a class refuses of its own accord. An integer may be written 1.0 for the
codec, as later drafts have it; for draft 4 that is none.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain, count
from types import NoneType
from typing import Any, Final, TypeGuard, get_args
from urllib.parse import quote
from uuid import UUID

from attrs import define, field
from typing_extensions import NoExtraItems, TypeForm

from .api import Json, JsonObject, Unset
from .api._runtime.record import Record, record_of
from .api._runtime.shapes import (
    alternatives,
    bare,
    is_compound,
    is_enum,
    is_list,
    is_literal,
    is_map,
    is_record,
    is_typed_dict,
    is_union,
)

_SCALARS: Final[dict[object, JsonObject]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    UUID: {"type": "string", "format": "uuid"},
    bytes: {"type": "string", "format": "byte"},
}
_TYPES: Final[dict[type[object], str]] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    NoneType: "null",
}


def schema_of(form: TypeForm[object]) -> JsonObject:
    """The schema of all JSON that is read as a type: of attrs classes, TypedDicts and plain JSON.

    No property is admitted that a class has no field for. Docstrings become descriptions; a class
    within another goes to `definitions`. Raises `TypeError`, naming class and field, for what draft
    4 cannot say or the codec cannot read.
    """
    root = _bare(form, _told(form))
    return _Making(root if _is_class(root) else None).whole(root)


@define
class _Making:
    """A schema in the making: the class of its root, and those that it has definitions of."""

    _root: type[object] | None
    _definitions: dict[str, JsonObject] = field(factory=dict)
    _names: dict[type[object], str] = field(factory=dict)

    def whole(self, form: object) -> JsonObject:
        """The schema of the root, with all definitions."""
        root = self._root
        schema = self._schema(form, _told(form)) if root is None else self._object(root)
        return {**schema, "definitions": self._definitions} if self._definitions else schema

    def _schema(self, form: object, where: str) -> JsonObject:
        form = _bare(form, where)
        if form is Any or form is object:
            return {}
        if isinstance(form, type) and form in _SCALARS:
            return dict(_SCALARS[form])
        if is_literal(form):
            return _constants(get_args(form), where)
        if is_enum(form):
            return _constants((member.value for member in form), where)
        if is_union(form):
            return self._union(form, where)
        if is_list(form):
            (item,) = get_args(form) or (Any,)
            return {"type": "array", **_unless_free("items", self._schema(item, where))}
        if is_map(form):
            return self._map(form, where)
        if _is_class(form):
            return {"$ref": self._reference(form)}
        raise TypeError(
            f"{where}: no JSON is read as {_told(form)}; use attrs classes and TypedDicts"
        )

    def _map(self, form: object, where: str) -> JsonObject:
        key, value = get_args(form) or (str, Any)
        if key is not str:
            raise TypeError(f"{where}: the keys of {_told(form)} have to be str, as in JSON")
        values = self._schema(value, where)
        return {"type": "object", **_unless_free("additionalProperties", values)}

    def _union(self, form: object, where: str) -> JsonObject:
        forms = [one for one in alternatives(form) if one is not Unset]
        if Any in forms or object in forms or len(list(filter(is_compound, forms))) > 1:
            told = f"{where}: nobody can tell which of {_told(form)} a JSON value is"
            raise TypeError(f"{told}; beside scalars there may be one type of objects or arrays")
        schemas = [self._schema(one, where) for one in forms]
        if len(schemas) == 1:
            return schemas[0]
        if all(schema.keys() == {"type"} for schema in schemas):
            return {"type": [schema["type"] for schema in schemas]}
        return {"anyOf": schemas}

    def _reference(self, cls: type[object]) -> str:
        if cls is self._root:
            return "#"
        if cls not in self._names:
            name = self._names[cls] = self._new_name(cls.__name__)
            self._definitions[name] = {}  # its place is in the order of mention, and it is taken
            self._definitions[name] = self._object(cls)
        name = self._names[cls].replace("~", "~0").replace("/", "~1")
        return f"#/definitions/{quote(name)}"

    def _new_name(self, name: str) -> str:
        numbered = (f"{name}{number}" for number in count(2))
        return next(one for one in chain([name], numbered) if one not in self._definitions)

    def _object(self, cls: type[object]) -> JsonObject:
        record = _record(cls)
        schema: JsonObject = {"type": "object"}
        if doc := vars(cls).get("__doc__"):
            schema["description"] = inspect.cleandoc(doc)
        schema["properties"] = {
            known.wire: self._schema(known.form, f"{cls.__qualname__}.{known.name}")
            for known in record.properties
        }
        if required := [known.wire for known in record.properties if known.is_required]:
            schema["required"] = required
        return {**schema, **self._others(record)}

    def _others(self, record: Record) -> JsonObject:
        if record.others is None:
            return {"additionalProperties": False}
        return self._map(record.others.form, f"{record.cls.__qualname__}.{record.others.name}")


def _bare(form: object, where: str) -> object:
    try:
        return bare(form)
    except RecursionError:
        raise TypeError(f"{where}: {_told(form)} is an alias of itself") from None


def _is_class(form: object) -> TypeGuard[type[object]]:
    return is_record(form) or is_typed_dict(form)


def _record(cls: type[object]) -> Record:
    extra_items: object = getattr(cls, "__extra_items__", NoExtraItems)
    if is_typed_dict(cls) and extra_items not in (NoExtraItems, None):
        raise TypeError(f"{cls.__qualname__}: extra items of a TypedDict are not read")
    try:
        return record_of(cls)
    except NameError as error:
        raise TypeError(f"{cls.__qualname__}: an annotation cannot be evaluated: {error}") from None


def _constants(constants: Iterable[Json], where: str) -> JsonObject:
    values = list(constants)
    if not values:
        raise TypeError(f"{where}: an enumeration without members has no values")
    for value in values:
        if type(value) not in _TYPES:
            raise TypeError(f"{where}: {value!r} is no constant that JSON has; use str or int")
    types = list(dict.fromkeys(_TYPES[type(value)] for value in values))
    return {"type": types if len(types) > 1 else types[0], "enum": values}


def _unless_free(keyword: str, schema: JsonObject) -> JsonObject:
    return {keyword: schema} if schema else {}


def _told(form: object) -> str:
    return inspect.formatannotation(form)
