"""What the annotation of a generated field says, in the words of the functional cases."""

from __future__ import annotations

from datetime import date, datetime
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from attrs import NOTHING

from tests.conformance.generated import Package

_WORDS: dict[Any, str] = {
    Any: "any",
    NoneType: "null",
    None: "null",
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    date: "date",
    datetime: "datetime",
    UUID: "uuid",
}


def words_of_property(package: Package, known: Any) -> set[str]:
    """What a property may be; `absent` where it may be missing."""
    words = words_of(package, known.form)
    if "any" in words:
        words = words - {"null"}
    if "Unset" in words:
        return words - {"Unset"} | {"absent"}
    if known.default is NOTHING:
        return words
    # Where absence needs no value of its own, it is None.
    return ({"null"} if words == {"null"} else words - {"null"}) | {"absent"}


def words_of(package: Package, form: Any) -> set[str]:
    """What a type says, all aliases looked through."""
    if hasattr(form, "__value__"):
        return words_of(package, package.looked_through(form))
    origin = get_origin(form)
    if form in _WORDS:
        return {_WORDS[form]}
    if origin is Annotated:
        return words_of(package, get_args(form)[0])
    if origin is Literal:
        return {_WORDS[type(value)] for value in get_args(form)}
    if origin is list:
        items = sorted(words_of(package, get_args(form)[0]) - {"null"})
        return {f"list[{'|'.join(items)}]"}
    if origin is dict:
        return {"object"}
    if isinstance(form, type):
        return {"Unset" if form.__name__ == "UnsetType" else form.__name__}
    return {word for part in get_args(form) for word in words_of(package, part)}


def words_of_names(package: Package, names: list[str]) -> set[str]:
    """The same for what a case expects, where a model may be an alias."""
    return {
        word
        for name in names
        for word in (
            words_of(package, getattr(package.models, name))
            if hasattr(package.models, name)
            else {name}
        )
    }


def words_of_annotation(text: str) -> set[str]:
    """What the text of a parameter's annotation says."""
    spelled = {"str": "string", "int": "integer", "bool": "boolean", "None": "absent"}
    parts = [part.strip().rpartition(".")[2] for part in text.split("|")]
    return {spelled.get(part, part) for part in parts}
