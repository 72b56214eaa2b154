"""Forms as `application/x-www-form-urlencoded`.

A property is written as a query parameter would be, in the style that the document asks for
(`styles`). Where it asks for none, it is text, an array of which is a field for each item, and what
is neither is JSON (OpenAPI 3.1.1, section 4.8.15).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args
from urllib.parse import unquote_plus

from .json_types import is_array, is_object
from .parameters import query_fields, read_query
from .properties import ReadProperty, put_together
from .record import record_of
from .shapes import bare_members, is_compound, is_list, is_map, is_record
from .styles import Fields, QueryField, QueryStyle, query_text, raw_query
from .violations import InvalidError


def write_form(properties: Iterable[tuple[str, object]], styles: Mapping[str, QueryStyle]) -> bytes:
    """Write properties as fields; raises `RequestError` for what a style cannot say."""
    fields: list[QueryField] = []
    for name, value in properties:
        style = styles.get(name)
        if style is not None:
            fields.extend(query_fields((name, value, style)))
            continue
        for item in value if is_array(value) else [value]:
            fields.extend(query_fields((name, item, "json" if _nests(item) else "form*")))
    return query_text(fields).encode("ascii")


def _nests(value: object) -> bool:
    return is_array(value) or is_object(value) or is_record(type(value))


def read_form(body: bytes, form: Any, styles: Mapping[str, QueryStyle]) -> Any:
    """Read a form as a `form`; raises `InvalidError` with every violation."""
    fields = raw_query(body.decode("utf-8", "replace").replace("+", "%20"))

    def read(name: str, form: Any) -> object:
        return _read_plain([one for one in fields if unquote_plus(one[0]) == name], form)

    return read_styled(fields, form, styles, read)


def read_styled(
    fields: Fields,
    form: Any,
    styles: Mapping[str, QueryStyle],
    read_plain: ReadProperty,
    others: Iterable[str] = (),
) -> Any:
    """Put together a `form` of fields, of which those without a style are read by `read_plain`.

    `others` are names of properties that may be no fields. Raises `InvalidError` with every
    violation.
    """
    named = [_property_of(unquote_plus(raw), styles) for raw, _ in fields]
    exploded = _Exploded(form, styles)

    def read(name: str, form: Any) -> object:
        style = styles.get(name)
        if style is None:
            return read_plain(name, form)
        return read_query(fields, name, form, style, besides=exploded.besides(name))

    names = dict.fromkeys([*named, *others])
    return put_together(form, read, [one for one in names if not exploded.takes(one)])


class _Exploded:
    """The objects of a form whose properties are fields of their own."""

    def __init__(self, form: Any, styles: Mapping[str, QueryStyle]) -> None:
        records = [record_of(one) for one in bare_members(form) if is_record(one)]
        known = [one for record in records for one in record.properties]
        self._names = {*styles, *(one.wire for one in known)}
        self._objects = {
            one.wire: part
            for one in known
            if styles.get(one.wire, "").startswith("form*")
            for part in bare_members(one.form)
            if is_record(part) or is_map(part)
        }

    def besides(self, name: str) -> list[object]:
        """What is no property of this object: those of the form, and those of the other objects."""
        objects = [form for other, form in self._objects.items() if other != name]
        return [*(self._names - {name}), *objects]

    def takes(self, name: str) -> bool:
        """Whether a field is of one of the objects."""
        if name in self._names:
            return False
        return any(_may_have(form, name) for form in self._objects.values())


def _may_have(form: Any, name: str) -> bool:
    """Whether an object may have such a property."""
    if is_map(form):
        return True
    record = record_of(form)
    return record.others is not None or name in record.wire_names


def _property_of(name: str, styles: Mapping[str, QueryStyle]) -> str:
    """The property that a field belongs to."""
    head = name.partition("[")[0]
    return head if styles.get(head, "").startswith("deepObject") else name


def _read_plain(fields: Fields, form: Any) -> object:
    """The value of the fields of one name."""
    if not fields:
        return None
    parts = bare_members(form)
    lists = [part for part in parts if is_list(part)]
    if lists or (len(fields) > 1 and Any in parts):
        item = (get_args(lists[0]) or (Any,))[0] if lists else Any
        return [_read_text(one, item) for one in fields]
    return _read_text(fields[-1], form)


def _read_text(field: tuple[str, str], form: Any) -> object:
    _, text = field
    if any(is_compound(part) for part in bare_members(form)):
        try:
            return read_query([("", text)], "", form, "json")
        except InvalidError:
            if all(is_compound(part) for part in bare_members(form)):
                raise
    return read_query([("", text)], "", form)
