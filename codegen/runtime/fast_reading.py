"""JSON text to models on the fast road: msgspec reads all that it can, and little is left to do.

A `Road` says what msgspec reads for a type, and what makes a value of that. Records are read
straight into their slots (`shadows`), with the constraints that msgspec knows (`bounds`). Where it
cannot tell what a part of the text is (a union with a discriminator, an object whose other properties
are kept), it leaves the part as text, which is looked into and read on its own. What no road leads to
is read by the strict hooks, part by part.

Whatever is refused here, the strict hooks judge and explain; whatever is accepted, they accept
with an equal result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from threading import Lock, local
from types import NoneType
from typing import Any, Final, TypeAlias, Union, get_args
from uuid import UUID

from .bounds import Bounded, with_bounds
from .choice import Choice, UnknownVariant
from .constraints import Constraints, is_absent
from .enums import OpenIntEnum, OpenStrEnum, is_unknown
from .files import File
from .json_text import AwareDatetime, Decode, RawJson, new_decoder, object_with, parse_json
from .record import Property, Record, record_of
from .shadows import FACTORY, ShadowField, UnfitError, can_have_shadow, give_types, new_shadow
from .shapes import (
    is_alias,
    is_enum,
    is_list,
    is_literal,
    is_map,
    is_record,
    is_union,
    meaning,
    members,
)
from .tags import tag_of
from .templates import Template, marked
from .unset import Unset

Finish: TypeAlias = Callable[[Any], Any]

_building = Lock()
"""msgspec 0.22 crashes the process where one thread reads with what another still builds."""

_SCALARS: Final[dict[Any, Any]] = {
    **{one: one for one in (str, bool, int, float, bytes, date, UUID, NoneType)},
    datetime: AwareDatetime,
}
"""The types that msgspec reads as the strict hooks do, and what it calls them."""

_RESCANS: Final = 8
"""How many times its length all the looking into parts of a text may cost."""

_SHORT: Final = 256
"""The bytes of a part that is looked into for nothing: little fits in there."""


_FORMS: Final = 256
"""How many sets of names a union remembers which alternative they are of."""


class _Allowance(local):
    """The bytes that may still be read a second time, so that nesting costs no more than width."""

    bytes_left = 0


_allowance = _Allowance()


class Road:
    """How a type is read."""

    __slots__ = ("finish", "form", "is_strict")

    def __init__(self, form: Any, finish: Finish | None = None, *, is_strict: bool = False) -> None:
        self.form = form
        """What msgspec reads; `RawJson` for a part that it leaves as text."""
        self.finish = finish
        """What makes the value of it; None where msgspec has made it."""
        self.is_strict = is_strict
        """Whether the strict hooks read all of it."""


class Piece:
    """A part of a text that is read on its own."""

    read: Decode
    """Reads it; raises `ValueError`, or `BrokenError`."""

    def __init__(self, road: Road) -> None:
        self.road = road
        self.read = _refuse  # until it is ready

    def get_ready(self) -> None:
        """Let msgspec build what it reads the part with, if it can."""
        decode, finish = new_decoder(self.road.form), self.road.finish
        if decode is not None:
            self.read = decode if finish is None else _in_turn(decode, finish)

    @property
    def is_ready(self) -> bool:
        """Whether it can be read."""
        return self.read is not _refuse


def _refuse(_text: bytes | RawJson) -> Any:
    raise UnfitError


def _in_turn(decode: Decode, finish: Finish) -> Decode:
    return lambda text: finish(decode(text))


class FastReader:
    """Reads JSON text as the strict hooks of one codec would."""

    def __init__(
        self,
        *,
        hook: Callable[[Any, Constraints | None], Callable[[Any, Any], Any]],
        checks: bool,
        is_open: bool,
    ) -> None:
        self._hook = hook
        self._checks = checks
        self._is_open = is_open
        self._readers: dict[Any, Decode | None] = {}
        self._records: dict[type[Any], Road] = {}
        self._shared: dict[Any, Road] = {}
        """The roads of types whose values msgspec makes: many fields have the same types."""
        self._bounded: dict[Any, Bounded] = {}
        self._new_pieces: list[Piece] = []
        self._new_templates: list[Template] = []
        self._aliases: list[Any] = []
        """Those that are being looked into."""

    def reader(self, form: Any, key: Any) -> Decode | None:
        """What reads a type, or None where only the strict hooks do.

        `key` is the same for types that are read alike.
        """
        try:
            return self._readers[key]
        except KeyError:
            pass
        except TypeError:  # what is noted in a type may have no hash
            return None
        with _building:
            if key not in self._readers:
                self._readers[key] = self._new_reader(form)
            return self._readers[key]

    def _new_reader(self, form: Any) -> Decode | None:
        try:
            road = self._road(form)
        except (NameError, TypeError):  # such as an annotation that cannot be evaluated
            road = self._strict(form)
        whole = self._piece(road)
        pieces, self._new_pieces = self._new_pieces, []
        templates, self._new_templates = self._new_templates, []
        with marked(templates):
            for piece in pieces:
                piece.get_ready()
        if road.is_strict or not whole.is_ready:
            return None
        read_whole = whole.read

        def read(text: bytes | RawJson) -> Any:
            _allowance.bytes_left = _RESCANS * len(text)
            return read_whole(text)

        return read

    def _piece(self, road: Road) -> Piece:
        piece = Piece(road)
        self._new_pieces.append(piece)
        return piece

    # Types.

    def _road(self, whole: Any) -> Road:
        try:
            known = self._shared.get(whole)
        except TypeError:  # what is noted in a type may have no hash
            return self._new_road(whole)
        if known is None:
            known = self._new_road(whole)
            if known.finish is None:
                self._shared[whole] = known
        return known

    def _new_road(self, whole: Any) -> Road:
        if not is_alias(whole):
            return self._road_of(whole)
        if any(whole is one for one in self._aliases):
            return self._strict(whole)  # a type without a record in it that holds itself
        self._aliases.append(whole)
        try:
            return self._road_of(whole)
        finally:
            self._aliases.pop()

    def _road_of(self, whole: Any) -> Road:
        form, choice = meaning(whole)
        if choice is not None or is_union(form):
            return self._union(whole, choice or Choice())
        if is_list(form):
            return _of_list(self._road((get_args(form) or (Any,))[0]))
        if is_map(form):
            return _of_map(self._road((get_args(form) or (str, Any))[1]))
        if is_record(form) and form is not File:
            return self._record(form)
        if is_enum(form) and issubclass(form, (OpenStrEnum, OpenIntEnum)):
            return Road(form, None if self._is_open else _named_only)
        if is_literal(form):
            return Road(form) if _is_of_one_kind(get_args(form)) else self._strict(form)
        if form is Any or form is object:
            return Road(Any)
        return Road(_SCALARS[form]) if form in _SCALARS else self._strict(form)

    def _strict(self, form: Any) -> Road:
        """The strict hooks read a part of the parsed text."""
        return Road(Any, self._strict_finish(form), is_strict=True)

    def _strict_finish(self, form: Any, constraints: Constraints | None = None) -> Finish:
        hooks: list[Callable[[Any, Any], Any]] = []

        def finish(value: Any) -> Any:
            if not hooks:  # building them takes milliseconds
                hooks.append(self._hook(form, constraints))
            return hooks[0](value, form)

        return finish

    # Unions.

    def _union(self, whole: Any, choice: Choice) -> Road:
        forms = [one for one in members(whole) if one not in (Unset, UnknownVariant)]
        takes_null = NoneType in forms
        forms = [one for one in forms if one is not NoneType]
        if choice.hint is not None:
            return self._strict(whole)  # which keeps what no class has a place for
        if choice.tag is not None and choice.kinds != frozenset({"string"}):
            return self._strict(whole)
        if choice.tag is not None:
            return self._left_as_text(self._by_name(whole, choice.types, choice.tag), takes_null)
        if _differ_in_json(forms):
            return self._by_kind(whole, forms, takes_null)
        tag = tag_of(forms)
        if tag is not None:
            return self._left_as_text(self._by_name(whole, tag.forms, tag.wire), takes_null)
        if all(is_record(one) for one in forms):
            return self._left_as_text(self._by_properties(whole, forms), takes_null)
        return self._strict(whole)

    def _left_as_text(self, finish: Finish, takes_null: bool) -> Road:
        def finish_or_null(text: Any) -> Any:
            return None if len(text) == 4 and bytes(text) == b"null" else finish(text)

        return Road(RawJson, finish_or_null if takes_null else finish)

    def _by_name(self, whole: Any, types: Mapping[Any, Any], tag: str) -> Finish:
        """A property says what an object is."""
        named = self._piece(Road(object_with(tag)))
        by_type = {id(form): self._piece(self._road(form)) for form in types.values()}
        pieces: dict[object, Piece] = {name: by_type[id(form)] for name, form in types.items()}
        otherwise = self._strict_finish(whole)

        def finish(text: RawJson) -> Any:
            if len(text) > _SHORT:
                _spend(len(text))
            piece = pieces.get(named.read(text).field)
            return otherwise(parse_json(text)) if piece is None else piece.read(text)

        return finish

    def _by_properties(self, whole: Any, classes: Iterable[type[Any]]) -> Finish:
        """Only one of the classes may fit an object with these properties; or else all are tried."""
        named = self._piece(Road(dict[str, RawJson]))
        records = [record_of(cls) for cls in classes]
        candidates = [
            (_required_by(record), _allowed_by(record), self._piece(self._road(record.cls)))
            for record in records
        ]
        otherwise = self._strict_finish(whole)

        known: dict[tuple[str, ...], Piece | None] = {}

        def only_fitting(names: tuple[str, ...]) -> Piece | None:
            there = frozenset(names)
            fitting = [
                piece
                for required, allowed, piece in candidates
                if required <= there and (allowed is None or there <= allowed)
            ]
            found = fitting[0] if len(fitting) == 1 else None
            if len(known) < _FORMS:  # whoever sends ever new names fills no memory
                known[names] = found
            return found

        def finish(text: RawJson) -> Any:
            if len(text) > _SHORT:
                _spend(len(text))
            names = tuple(named.read(text))
            piece = known[names] if names in known else only_fitting(names)
            return otherwise(parse_json(text)) if piece is None else piece.read(text)

        return finish

    def _by_kind(self, whole: Any, forms: Sequence[Any], takes_null: bool) -> Road:
        """No two of the types have values of the same JSON type, so msgspec tells them apart."""
        roads = [self._road(one) for one in forms]
        if len(roads) == 1 and roads[0].form is RawJson and roads[0].finish is not None:
            return self._left_as_text(roads[0].finish, takes_null) if takes_null else roads[0]
        if any(road.is_strict or road.form is RawJson for road in roads):
            return self._strict(whole)
        finishes = {
            _type_of_values(form): road.finish
            for form, road in zip(forms, roads, strict=True)
            if road.finish is not None
        }
        parts = [*(road.form for road in roads), *([NoneType] if takes_null else [])]
        form = Union[tuple(parts)] if parts else NoneType  # noqa: UP007  # of as many as there are
        return Road(form, _finish_by_type(finishes) if finishes else None)

    # Records.

    def _record(self, cls: type[Any]) -> Road:
        if cls not in self._records:
            self._add_record(record_of(cls))
        return self._records[cls]

    def _add_record(self, record: Record) -> None:
        cls = record.cls
        if not self._can_have_shadow(record):
            is_direct = self._checks and self._is_open and _reads_directly(cls, set())
            self._records[cls] = Road(cls) if is_direct else self._strict(cls)
            return
        template = new_shadow(cls, {known.name: known.wire for known in record.properties})
        if record.others is None and not record.is_closed:
            self._records[cls] = Road(template.form)
        else:
            everything = _Everything(record, self._piece(Road(template.form)))
            self._records[cls] = Road(RawJson, everything.read)  # not after: it may hold itself
            everything.names = self._piece(Road(dict[str, RawJson]))
            if record.others is not None:
                item = (get_args(meaning(record.others.form)[0]) or (str, Any))[1]
                everything.item = self._piece(self._road(item))
                if self._checks and record.others.constraints is not None:
                    everything.holds = record.others.constraints.holds
        give_types(template, cls, [self._field(record, known) for known in record.properties])
        self._new_templates.append(template)

    def _can_have_shadow(self, record: Record) -> bool:
        others = record.others
        return (
            record.is_whole
            and can_have_shadow(record.cls, record.field_names, record.wire_names)
            and not any(_takes_self(known.default) for known in record.properties)
            and (others is None or is_map(meaning(others.form)[0]))
            and not _is_judged_whole(record, checks=self._checks)
            and (record.has_only_constraints or not self._checks)
        )

    def _field(self, record: Record, known: Property) -> ShadowField:
        road, constraints = self._road(known.form), known.constraints
        form, finish = road.form, road.finish
        rest: Constraints | None = None
        if self._checks and constraints is not None:
            if constraints.has_schema:
                form, finish = Any, self._judged(known, constraints)
            elif finish is None:
                form, rest = self._with_bounds(form, constraints)
            else:
                rest = constraints
        return ShadowField(
            known.wire,
            form,
            known.default,
            stays_absent=known.name in record.defaulted,
            finish=finish,
            holds=None if rest is None else rest.holds,
        )

    def _with_bounds(self, form: Any, constraints: Constraints) -> Bounded:
        """The same type for fields that have the same type and the same constraints."""
        if constraints.items is not None:
            return with_bounds(form, constraints)
        # 1 and 1.0 are equal, but not to msgspec.
        given = constraints.given
        key = (form, *given.items(), *map(type, given.values()))
        if key not in self._bounded:
            self._bounded[key] = with_bounds(form, constraints)
        return self._bounded[key]

    def _judged(self, known: Property, constraints: Constraints) -> Finish:
        """A schema judges the JSON of a field."""
        strict = self._strict_finish(known.form, constraints)

        def finish(json: Any) -> Any:
            value = strict(json)
            if not is_absent(value, known.default):
                for _ in constraints.problems(value, json):
                    raise UnfitError
            return value

        return finish


class _Everything:
    """Reads an object of which all properties count, also those that have no field."""

    names: Piece
    item: Piece | None = None
    holds: Callable[[Any], bool] | None = None

    def __init__(self, record: Record, known: Piece) -> None:
        self._record = record
        self._known = known

    def read(self, text: RawJson) -> Any:
        """The instance."""
        if (length := len(text)) > _SHORT:
            _spend(length)
        names = self.names.read(text)
        wire_names, others = self._record.wire_names, self._record.others
        if others is None or self.item is None:
            if not names.keys() <= wire_names:
                raise UnfitError
            return self._known.read(text)
        read = self.item.read
        rest = {name: read(item) for name, item in names.items() if name not in wire_names}
        if self.holds is not None and not self.holds(rest):
            raise UnfitError
        instance = self._known.read(text)
        object.__setattr__(instance, others.name, rest)
        return instance


def _spend(length: int) -> None:
    _allowance.bytes_left -= length
    if _allowance.bytes_left < 0:
        raise UnfitError


# Lists, maps and unions of what is not ready when msgspec has read it.


def _of_list(item: Road) -> Road:
    form: Any = item.form
    finish = item.finish
    if finish is None:
        return Road(list[form])
    return Road(list[form], lambda values: [finish(value) for value in values])


def _of_map(item: Road) -> Road:
    form: Any = item.form
    finish = item.finish
    if finish is None:
        return Road(dict[str, form])
    return Road(
        dict[str, form], lambda values: {name: finish(value) for name, value in values.items()}
    )


def _finish_by_type(finishes: Mapping[type[Any], Finish]) -> Finish:
    def finish(value: object) -> Any:
        one = finishes.get(type(value))
        return value if one is None else one(value)

    return finish


def _type_of_values(form: Any) -> type[Any]:
    """The class of the values that msgspec reads for a type whose values are not ready then."""
    inner, _ = meaning(form)
    if is_enum(inner):
        return inner
    return list if is_list(inner) else dict


def _named_only(member: Enum) -> Enum:
    if is_unknown(member):
        raise UnfitError
    return member


# What is read as it stands.


def _is_of_one_kind(constants: Collection[object]) -> bool:
    return {type(one) for one in constants} in ({str}, {int})


def _differ_in_json(forms: Collection[Any]) -> bool:
    """Whether no two types have values of the same JSON type."""
    kinds = [_json_type(meaning(form)[0]) for form in forms]
    return len(set(kinds)) == len(kinds) and ("any" not in kinds or len(kinds) == 1)


def _json_type(form: Any) -> str:
    if is_literal(form):
        constants: set[type[Any]] = {type(one) for one in get_args(form)}
        return _JSON_TYPES.get(constants.pop(), "any") if len(constants) == 1 else "any"
    if is_enum(form):
        return "number" if issubclass(form, int) else "string" if issubclass(form, str) else "any"
    if is_list(form):
        return "array"
    if is_record(form) or is_map(form):
        return "object"
    return _JSON_TYPES.get(form, "any")


_JSON_TYPES: Final[dict[Any, str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    bytes: "string",
    date: "string",
    datetime: "string",
    UUID: "string",
}


def _required_by(record: Record) -> frozenset[str]:
    return frozenset(known.wire for known in record.properties if known.is_required)


def _allowed_by(record: Record) -> frozenset[str] | None:
    """The properties that an object may have at most; None if all."""
    return record.wire_names if record.is_closed and record.others is None else None


def _takes_self(default: object) -> bool:
    return isinstance(default, FACTORY) and bool(getattr(default, "takes_self", False))


def _is_judged_whole(record: Record, *, checks: bool) -> bool:
    """Whether the JSON itself of an object, or of its other properties, has to be looked at."""
    others, limits = record.others, record.limits
    if not checks:
        return record.counts_unnamed  # which are kept all the same
    has_schema = (
        others is not None and others.constraints is not None and others.constraints.has_schema
    )
    return limits is not None or has_schema


def _reads_directly(form: object, seen: set[object]) -> bool:
    """Whether msgspec reads a class with validators of its own by itself, and runs these."""
    inner, choice = meaning(form)
    if inner in _SCALARS or inner is Any or form in seen:
        return True
    if is_record(inner):
        seen.add(inner)
        return _is_direct_record(record_of(inner), seen)
    parts = [one for one in get_args(inner) if one is not Unset]
    if is_union(inner):
        different = _differ_in_json([one for one in parts if one is not NoneType])
        return choice is None and different and all(_reads_directly(one, seen) for one in parts)
    if is_list(inner) or is_map(inner):
        return all(_reads_directly(part, seen) for part in parts)
    return is_enum(inner) and issubclass(inner, (OpenStrEnum, OpenIntEnum))


def _is_direct_record(record: Record, seen: set[object]) -> bool:
    return (
        record.others is None
        and record.is_plain
        and not record.has_constants
        and not record.is_closed
        and not record.needs_json
        and all(
            known.name == known.wire and _reads_directly(known.form, seen)
            for known in record.properties
        )
    )
