"""Enumerations and constants: which values there are, and what type they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..ir import (
    Anything,
    Enumeration,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Member,
    Null,
    Scalar,
    ScalarKind,
    Text,
    Type,
)
from ..names import Names, member_name
from ..values import frozen
from .annotated import AnnotatedEnumeration, annotated_enumeration
from .joining import Joined, says_only
from .keywords import LIMITING, doc_of, restricts
from .kinds import is_of_kinds, kind_of_value, scalar_kind
from .limits import is_within, limits_of, tightened
from .node import Json, Node
from .notes import Notes
from .residue import Residues
from .standing import standing

_LIMITING = frozenset(LIMITING)


@frozen
class NamedValues:
    """The values that schemas of one document name one by one.

    They do so by `const`, by `enum`, or by a choice of constants that have titles.
    """

    residues: Residues
    notes: Notes
    is_3_0: bool

    def of(self, joined: Joined) -> list[Json] | None:
        """The values that a schema names and allows; None where it names none."""
        if not joined.has("const", "enum", "oneOf", "anyOf"):  # as most do not
            return None
        if joined.values is None:
            joined.values = [self._find(joined)]
        return joined.values[0]

    def _find(self, joined: Joined) -> list[Json] | None:
        constants = joined.all_of("const")
        listed, choice = _listed(joined, self.notes), annotated_enumeration(joined)
        if choice is not None:
            chosen = [one for one in choice.values if is_of_kinds(one, joined.kinds)]
            listed = chosen if listed is None else _among(listed, chosen)
        if not constants:
            return listed if listed is None else self._allowed(joined, listed, choice)
        named = [constants[0].value]
        for others in (listed, *([one.value] for one in constants[1:])):
            if others is not None:
                named = _among(named, others)
        fitting = [one for one in named if is_of_kinds(one, joined.kinds)]
        said = _beside_type(joined, "const") if len(fitting) < len(named) else None
        if said is not None:
            kinds = " or ".join(joined.kinds or ())
            self.notes.warn(said, f"no value fits, for this is not of type {kinds}")
        return self._allowed(joined, fitting, choice)

    def _allowed(
        self, joined: Joined, values: list[Json], choice: AnnotatedEnumeration | None
    ) -> list[Json]:
        """The values to which nothing else that the schema says is opposed."""
        chosen = [
            part.without(choice.keyword) if choice and part is choice.part else part
            for part in joined.parts
        ]
        others = [part.without("const", "enum", "format", "type", "nullable") for part in chosen]
        rest = [part for part in others if restricts(part)]
        if not rest or not values:
            return values
        limits, left = tightened(limits_of(part, self.notes, is_3_0=self.is_3_0) for part in rest)
        if left or not all(says_only(part, _LIMITING) for part in rest):
            limits = Limits(schema=self.residues.of(joined.place, {"allOf": rest}))
        return [value for value in values if is_within(value, limits)]


def _listed(joined: Joined, notes: Notes) -> list[Json] | None:
    """The values that an `enum` allows, each once, null included; None where there is none."""
    if not joined.has("enum"):
        return None
    found: list[Json] | None = None
    for listed in joined.all_of("enum"):
        values = _distinct(listed, notes)
        if not values:
            notes.warn(listed, "an enumeration without values matches nothing")
        found = values if found is None else _among(found, values)
    return found if found is None else _of_kinds(joined, found, notes)


def makes_class(values: list[Json]) -> bool:
    """Whether there is an enumeration class for the values, apart from null."""
    kinds: set[type[object]] = {type(value) for value in values if value is not None}
    return kinds in ({str}, {int})


def members_among(values: list[Json]) -> frozenset[Literal]:
    """The values of the class that there is for some; none where there is none."""
    if not makes_class(values):
        return frozenset()
    return frozenset(Literal(_constant(one)) for one in values if isinstance(one, str | int))


def enumeration_of(
    joined: Joined, values: list[Json], name: Identifier, wire_name: Text
) -> Enumeration:
    """The class of an enumeration of strings or of integers."""
    choice, names = annotated_enumeration(joined), Names()
    titles = dict[str | int, str]() if choice is None else choice.titles
    called = {one: titles.get(one, one) for one in values if isinstance(one, str | int)}
    names.keep([name for name in called.values() if isinstance(name, str)])
    members = tuple(
        Member(name=names.take(member_name(wanted), str(wanted)), value=_constant(value))
        for value, wanted in called.items()
    )
    return Enumeration(
        name=name,
        wire_name=wire_name,
        members=members,
        doc=doc_of(joined.place, wire_name.reveal()) or standing(joined.place.pointer),
        is_deprecated=is_deprecated(joined.place),
    )


def types_of_values(values: Iterable[Json]) -> list[Type]:
    """The types that some values have, where they make no class."""
    return [_type_of_value(value) for value in values]


def constant_type(value: Json) -> Type | None:
    """The type of one constant, or None where it takes a schema to say it."""
    if value is None:
        return Null()
    return Literal(_constant(value)) if isinstance(value, str | int) else None


def type_of_truths(values: Sequence[Json]) -> Type:
    """The type of values that are true or false: one of them, or both."""
    return Literal(values[0] is True) if len(values) == 1 else Scalar(ScalarKind.BOOLEAN)


def is_deprecated(node: Node) -> bool:
    """Whether a schema is marked so."""
    return node.is_object and node.boolean_of("deprecated")


def _type_of_value(value: Json) -> Type:
    match kind_of_value(value):
        case "null":
            return Null()
        case "array":
            return ListOf(Anything())
        case "object":
            return MapOf(Anything())
        case kind:
            return Scalar(scalar_kind("number" if isinstance(value, float) else kind, None))


def _constant(value: str | int) -> Text | int | bool:
    return Text(value) if isinstance(value, str) else value


def _distinct(listed: Node, notes: Notes) -> list[Json]:
    items = list(listed.items())
    names = dict.fromkeys(item.value for item in items if isinstance(item.value, str))
    if len(names) == len(items):  # texts and each of them once, as nearly always
        return list(names)
    values: dict[str, Json] = {}
    for item in items:
        key = _identity(item.value)
        if key in values:
            notes.warn(item, "this value is in the enumeration twice")
        else:
            values[key] = item.value
    return list(values.values())


def _among(found: list[Json], values: list[Json]) -> list[Json]:
    """Those that JSON Schema holds for equal to one of some values."""
    known = set(map(_identity, values))
    return [value for value in found if _identity(value) in known]


def _identity(value: Json) -> str:
    """A text that is the same for values that JSON Schema holds for equal."""
    from ..runtime.constraints import identity  # which few documents need

    return identity(value)


def _of_kinds(joined: Joined, values: list[Json], notes: Notes) -> list[Json]:
    """The values that have one of the types that the schema names."""
    kinds = joined.kinds
    if kinds is None:
        return values
    fitting = [value for value in values if is_of_kinds(value, kinds)]
    listed = _beside_type(joined, "enum") if len(fitting) < len(values) else None
    if listed is not None:
        if not any(value is not None for value in fitting) and values != [*fitting, None]:
            notes.warn(listed, f"no value is of type {' or '.join(kinds)}; the type is ignored")
            return values
        _warn_of_lost(listed, kinds, notes, is_3_0=joined.is_3_0)
    null_too = joined.is_3_0 and "null" in kinds and None not in fitting
    return [*fitting, None] if null_too else fitting


def _beside_type(joined: Joined, keyword: str) -> Node | None:
    """What stands under a keyword, if one part alone says it, and also which types there are."""
    speaking = [part for part in joined.parts if part.has(keyword, "type")]
    return speaking[0].get(keyword) if len(speaking) == 1 and speaking[0].has("type") else None


def _warn_of_lost(listed: Node, kinds: list[str], notes: Notes, *, is_3_0: bool) -> None:
    """Warn of each value of an enumeration that is of no type that stands beside it."""
    for item in listed.items():
        if is_of_kinds(item.value, kinds):
            continue
        if item.value is None:
            what_to_do = "say 'nullable: true'" if is_3_0 else "add 'null' to its types"
        elif "string" in kinds and isinstance(item.value, int | float):
            what_to_do = "put it in quotes"
        else:
            what_to_do = "name its type, too"
        notes.warn(item, f"is not of type {' or '.join(kinds)} and is left out; {what_to_do}")
