"""The property by which objects of a union say what they are, though no discriminator names it.

All alternatives need it, and no two of them name the same text there. So an object that says what
one of them names is that one or none: to the enumerations of the others it is no new value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from attrs import frozen

from .record import Record, record_of
from .shapes import is_enum, is_literal, is_record, meaning


@frozen
class Tag:
    """Such a property."""

    wire: str
    """What it is called in JSON."""
    forms: Mapping[str, Any]
    """The alternatives by what they name there."""


def tag_of(forms: Sequence[Any]) -> Tag | None:
    """What tells some types of objects apart; None where nothing does, or one is no record."""
    inner = [meaning(one)[0] for one in forms]
    if len(forms) < 2 or not all(map(is_record, inner)):
        return None
    each = [_texts_of(record_of(one)) for one in inner]
    for wire in each[0]:
        named = [
            (text, one)
            for one, texts in zip(forms, each, strict=True)
            for text in texts.get(wire, ())
        ]
        if all(wire in texts for texts in each) and len({text for text, _ in named}) == len(named):
            return Tag(wire, dict(named))
    return None


def _texts_of(record: Record) -> dict[str, Sequence[str]]:
    """The texts that a record names for properties that it needs, by the names of these."""
    texts = {
        one.wire: _texts_in(meaning(one.form)[0]) for one in record.properties if one.is_required
    }
    return {wire: found for wire, found in texts.items() if found}


def _texts_in(form: Any) -> Sequence[str]:
    """The texts that a type names one by one; none where it names anything else."""
    if not (is_literal(form) or is_enum(form)):
        return ()
    values = get_args(form) if is_literal(form) else [one.value for one in form]
    return values if all(isinstance(one, str) for one in values) else ()
