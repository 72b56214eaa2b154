"""Formats that nothing checks, for strategies alone: models and endpoints say nothing of them.

So models stay as short as they are, and whoever reads an answer waits for no format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from ..ir import ListOf, MapOf, Model, Nullable, Record, Scalar, Text, Type, UnionOf
from .annotations import Annotations
from .source import Doc, Group, Labelled, call, keyword, literal, mapping

_Formats: TypeAlias = dict[str, Text]
"""The formats in a type: of itself (`""`), its items (`"[]"`), its values (`"{}"`), and so on."""


def formats_of_models(models: Iterable[Model]) -> list[tuple[str, Doc]]:
    """The formats of fields, by the names of models."""
    # By the identities of types, of which many fields share one.
    known: dict[int, _Formats] = {}
    found: list[tuple[str, Doc]] = []
    for model in models:
        if isinstance(model, Record):
            entries = list(_of_fields(model, known))
            if entries:
                found.append((literal(model.name), mapping(entries)))
    return found


def _of_fields(record: Record, known: dict[int, _Formats]) -> Iterator[tuple[str, Doc]]:
    for field in record.fields:
        type_ = field.type
        formats = known.get(id(type_))
        if formats is None:
            formats = known[id(type_)] = dict(_formats_in(type_))
        for path, form in formats.items():
            yield literal(f"{field.name}{path}"), literal(form)
    if record.others is not None:
        for path, form in _formats_in(record.others.value):
            yield literal(f"{record.others.name}{{}}{path}"), literal(form)


def _formats_in(type_: Type) -> Iterator[tuple[str, Text]]:
    match type_:
        case Scalar(_, _, Text() as form):
            yield "", form
        case ListOf(inner):
            yield from ((f"[]{path}", form) for path, form in _formats_in(inner))
        case MapOf(inner):
            yield from (("{}" + path, form) for path, form in _formats_in(inner))
        case Nullable(inner):
            yield from _formats_in(inner)
        case UnionOf():
            # Alternatives that a type has no two of: a text has one format at most.
            yield from (found for one in type_.alternatives for found in _formats_in(one))
        case _:
            pass


class FormattedAnnotations(Annotations):
    """Annotations whose constraints say formats as well."""

    def constraints_of(self, items: tuple[Labelled, ...]) -> Group | None:
        """The `Constraints(…)` or `Formatted(…)` of keywords, or None where there are none."""
        if any(one.label == "format=" for one in items):
            return call(self.runtime("strategies", "Formatted"), *items)
        return super().constraints_of(items)

    def _items(self, type_: Type) -> tuple[Labelled, ...]:
        items = super()._items(type_)
        if isinstance(type_, Scalar) and type_.format is not None:
            return (*items, keyword("format", literal(type_.format)))
        return items
