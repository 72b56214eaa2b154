"""Which alternative of a union a JSON value is.

Null and scalars are told apart by what they are. Objects and arrays go by the property that names
their alternative, where there is one (`tags`, too); else all alternatives read them, and the one that
loses the fewest properties has them. One value is read at most once by each alternative of each union,
however deep unions are nested in each other.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from types import NoneType
from typing import Any, Final, TypeAlias
from uuid import UUID

from attrs import define, field, frozen

from .choice import Choice, UnknownVariant
from .json_types import JsonObject, is_array, is_object
from .record import record_of
from .shapes import is_enum, is_list, is_literal, is_map, is_record, is_typed_dict, meaning, members
from .tags import Tag, tag_of
from .unnamed import can_keep, with_unnamed
from .unset import Unset
from .violations import BrokenError, Problem

Read: TypeAlias = Callable[[Any], Any]
"""Reads a JSON value as one type; raises `BrokenError`."""


@frozen
class _Outcome:
    """What came of reading a value as one type."""

    value: Any = None
    problems: list[Problem] = field(factory=list[Problem])
    lost: int = 0
    """How many of the value's properties the type has no place for."""
    unknown: int = 0
    """How many values in it the document does not name."""


class Losses(threading.local):
    """What the reading at hand has lost so far, and what is known of the values in it."""

    count = 0
    unknown = 0
    known: dict[tuple[int, int], _Outcome] | None = None
    """What unions read values as, both by identity, while the outermost union is at it."""


@define
class Readers:
    """What unions need of the reader they belong to."""

    of_type: Callable[[Any], Read]
    of_named_members: Callable[[Any], Read]
    """Reads an enumeration, but no values that it does not name."""
    losses: Losses
    is_open: bool
    """Whether values and variants that the document does not name are read."""
    is_exclusive: bool
    """Whether a value that fits several alternatives of a `oneOf` is refused."""


class Alternatives:
    """Reads a union."""

    def __init__(self, form: Any, readers: Readers) -> None:
        self._readers = readers
        forms = [one for one in members(form) if one not in (Unset, UnknownVariant)]
        self._takes_null = NoneType in forms
        self._forms = [one for one in forms if one is not NoneType]
        by_generality = sorted(self._forms, key=_generality)
        # What is no object is one only where nothing else takes it (see `stand_ins`).
        self._of_compounds = [one for one in by_generality if _is_named_record(one)]
        self._of_scalars = [one for one in by_generality if not _is_named_record(one)]
        self._choice = meaning(form)[1] or Choice()
        named = [*self._choice.types.values(), self._choice.otherwise]
        self._reads: dict[int, Read] = {}
        self._unnamed = [one for one in self._forms if _is_of_objects(one) and one not in named]
        """What an object may be that says it is something else."""

    @cached_property
    def _of_objects(self) -> Sequence[Any]:
        return [one for one in self._forms if _is_of_objects(one)]

    @cached_property
    def _tag(self) -> Tag | None:
        return tag_of(self._of_objects)

    def _read_as(self, form: Any) -> Read:
        """What reads one of the types, each of which lives as long as this union does."""
        if id(form) not in self._reads:
            self._reads[id(form)] = self._readers.of_type(form)
        return self._reads[id(form)]

    def read(self, value: Any, _form: Any = None) -> Any:
        """Read a value as the alternative that it is; raises `BrokenError`."""
        if value is None and self._takes_null:
            return None
        if is_object(value):
            if self._choice.tag is not None:
                return self._read_named(value, self._choice.tag)
            hinted = self._hinted(value)
            if hinted is not None:
                return self._read_hinted(hinted, value)
            told = self._told(value)
            if told is not None:
                return self._read_as(told)(value)
            return self._read_compound(value, self._of_objects)
        if is_array(value):
            return self._read_array(value)
        return self._read_scalar(value)

    def _read_array(self, value: Any) -> Any:
        try:
            return self._read_compound(value, [one for one in self._forms if _is_of_arrays(one)])
        except BrokenError:
            for form in self._of_compounds:
                try:
                    return self._read_as(form)(value)
                except BrokenError:
                    continue
            raise

    # Objects that say what they are.

    def _read_named(self, value: JsonObject, tag: str) -> Any:
        name = value.get(tag)
        named = self._choice.named_by(name)
        if named is not None:
            return self._read_as(named)(value)
        if self._unnamed:
            return self._read_compound(value, self._unnamed)
        if self._choice.otherwise is not None:
            return self._read_as(self._choice.otherwise)(value)
        if tag not in value:
            text = f"{tag!r} is required: it says what the object is"
            raise BrokenError([((), "discriminator", text)])
        if not self._choice.may_name(name):
            text = f"expected a {' or a '.join(sorted(self._choice.kinds))}"
            raise BrokenError([((tag,), "discriminator", text)])
        if self._readers.is_open:
            self._readers.losses.unknown += 1
            return UnknownVariant(name if isinstance(name, str) else json.dumps(name), value)
        expected = ", ".join(json.dumps(known) for known in self._choice.types)
        raise BrokenError([((tag,), "discriminator", f"expected one of {expected}")])

    def _told(self, value: JsonObject) -> Any:
        """What an object says that it is by a property that all alternatives have."""
        name = None if self._tag is None else value.get(self._tag.wire)
        return self._tag.forms.get(name) if self._tag and isinstance(name, str) else None

    def _hinted(self, value: JsonObject) -> Any:
        """What an object says that it is, of which its alternatives know nothing."""
        hint = self._choice.hint
        return None if hint is None else self._choice.named_by(value.get(hint))

    def _read_hinted(self, form: Any, value: JsonObject) -> Any:
        """Read what an object says that it is; that it says so is kept, to be written again."""
        inner, _ = meaning(form)
        if not (is_record(inner) and can_keep(record_of(inner))):
            return self._read_as(form)(value)
        hint = self._choice.hint
        read = self._read_as(form)({name: one for name, one in value.items() if name != hint})
        return with_unnamed(read, {name: one for name, one in value.items() if name == hint})

    # Other objects, and arrays.

    def _read_compound(self, value: Any, forms: Sequence[Any]) -> Any:
        if len(forms) == 1:
            return self._read_as(forms[0])(value)
        if not forms:
            compound = [one for one in self._forms if _is_of_objects(one) or _is_of_arrays(one)]
            return self._read_first(value, compound or self._forms)
        outcome = self._remembered(value, forms)
        if outcome.problems:
            raise BrokenError(outcome.problems)
        self._readers.losses.count += outcome.lost
        self._readers.losses.unknown += outcome.unknown
        return outcome.value

    def _remembered(self, value: Any, forms: Sequence[Any]) -> _Outcome:
        losses = self._readers.losses
        is_outermost = losses.known is None
        known = losses.known = {} if losses.known is None else losses.known
        try:
            # Identities are those of living objects: the outermost union holds the whole value.
            place = (id(self), id(value))
            if place not in known:
                known[place] = self._nearest(value, forms)
            return known[place]
        finally:
            if is_outermost:
                losses.known = None

    def _nearest(self, value: Any, forms: Sequence[Any]) -> _Outcome:
        outcomes = [(form, self._try(value, form)) for form in forms]
        fitting = [(form, outcome) for form, outcome in outcomes if not outcome.problems]
        # What the document does not name is read where nothing else fits.
        named = [(form, outcome) for form, outcome in fitting if not outcome.unknown]
        fitting = named or fitting
        if not fitting:
            form, nearest = min(
                outcomes, key=lambda one: (_distance(one[1]), -_recognized(value, one[0]))
            )
            text = f"fits no alternative; the nearest is {_name(form)}"
            keyword = "oneOf" if self._choice.one_of else "anyOf"
            return _Outcome(problems=[((), keyword, text), *nearest.problems])
        if len(named) > 1 and self._choice.one_of and self._readers.is_exclusive:
            names = ", ".join(_name(form) for form, _ in fitting)
            return _Outcome(problems=[((), "oneOf", f"fits several alternatives: {names}")])
        return min(
            fitting, key=lambda one: (one[1].lost, _is_any(one[0]), -_recognized(value, one[0]))
        )[1]

    def _try(self, value: Any, form: Any) -> _Outcome:
        losses = self._readers.losses
        before = losses.count, losses.unknown
        losses.count = losses.unknown = 0
        try:
            return _Outcome(self._read_as(form)(value), [], losses.count, losses.unknown)
        except BrokenError as broken:
            return _Outcome(problems=broken.problems)
        finally:
            losses.count, losses.unknown = before

    # Scalars.

    def _read_scalar(self, value: Any) -> Any:
        """The most particular type has it; what an enumeration does not name comes last."""
        for form in [*self._of_scalars, *self._of_compounds]:
            read = self._readers.of_named_members if is_enum(form) else self._read_as
            try:
                return read(form)(value)
            except BrokenError:
                continue
        return self._read_first(value, self._forms)

    def _read_first(self, value: Any, forms: Sequence[Any]) -> Any:
        problems: list[Problem] = []
        for form in forms:
            try:
                return self._read_as(form)(value)
            except BrokenError as broken:
                problems.extend(broken.problems)
        distinct = list(dict.fromkeys(problems))
        if len(forms) == 1 or len(distinct) == 1:
            raise BrokenError(distinct)
        texts = dict.fromkeys(text for _, _, text in distinct)
        raise BrokenError([((), "anyOf", f"fits no alternative: {', '.join(texts)}")])


def _distance(outcome: _Outcome) -> int:
    """How much is wrong; that unions within are none of their alternatives is no more of it."""
    return sum(keyword not in ("anyOf", "oneOf") for _, keyword, _ in outcome.problems)


def _is_of_objects(form: Any) -> bool:
    inner, _ = meaning(form)
    return is_record(inner) or is_typed_dict(inner) or is_map(inner) or _is_of_both(inner)


def _is_named_record(form: Any) -> bool:
    return is_record(meaning(form)[0])


def _is_of_arrays(form: Any) -> bool:
    inner, _ = meaning(form)
    return is_list(inner) or _is_of_both(inner)


def _is_of_both(inner: Any) -> bool:
    """Whether a type may be one of objects and of arrays: any, or a union within the union."""
    return inner in (Any, object) or len(members(inner)) > 1


def _is_any(form: Any) -> bool:
    return meaning(form)[0] in (Any, object)


_GENERALITY: Final[dict[Any, int]] = {
    datetime: 2,
    date: 2,
    UUID: 2,
    bool: 2,
    int: 3,
    str: 4,
    float: 4,
    bytes: 5,
}
"""Bytes come after text: most short words happen to be base64."""


def _generality(form: Any) -> int:
    """How many other types' values a type takes as well, so to say."""
    inner, _ = meaning(form)
    if is_literal(inner):
        return 0
    if isinstance(inner, type) and issubclass(inner, Enum):
        return 1
    if inner in (Any, object):
        return 7
    return _GENERALITY.get(inner, 6) if isinstance(inner, type) else 6


def _recognized(value: Any, form: Any) -> int:
    """How many of an object's properties a type names."""
    inner, _ = meaning(form)
    if not is_object(value) or not (is_record(inner) or is_typed_dict(inner)):
        return 0
    return len(record_of(inner).wire_names & value.keys())


def _name(form: Any) -> str:
    return getattr(form, "__name__", None) or str(form)
