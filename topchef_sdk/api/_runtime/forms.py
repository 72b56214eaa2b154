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
from .properties import put_together
from .shapes import is_compound, is_list, is_record, members
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
    names = list(dict.fromkeys(_name(raw, styles) for raw, _ in fields))

    def read(name: str, form: Any) -> object:
        style = styles.get(name)
        if style is not None:
            return read_query(fields, name, form, style, besides=names)
        return _read_plain([one for one in fields if unquote_plus(one[0]) == name], form)

    return put_together(form, read, names)


def _name(raw: str, styles: Mapping[str, QueryStyle]) -> str:
    """The property that a field belongs to."""
    name = unquote_plus(raw)
    head = name.partition("[")[0]
    return head if styles.get(head, "").startswith("deepObject") else name


def _read_plain(fields: Fields, form: Any) -> object:
    """The value of the fields of one name."""
    if not fields:
        return None
    parts = members(form)
    lists = [part for part in parts if is_list(part)]
    if lists or (len(fields) > 1 and Any in parts):
        item = (get_args(lists[0]) or (Any,))[0] if lists else Any
        return [_read_text(one, item) for one in fields]
    return _read_text(fields[-1], form)


def _read_text(field: tuple[str, str], form: Any) -> object:
    _, text = field
    if any(is_compound(part) for part in members(form)):
        try:
            return read_query([("", text)], "", form, "json")
        except InvalidError:
            if all(is_compound(part) for part in members(form)):
                raise
    return read_query([("", text)], "", form)
