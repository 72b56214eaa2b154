"""Whether each value that one side sends is one that the other accepts: the one decision here.

A request is compatible where what the old client sends is accepted by the new server, a response
where what the new server sends is accepted by the old client: one question with two polarities.

YES and NO are proven on the types; everything else is UNKNOWN.

An object whose schema says nothing of other properties may be sent with some, but with none that
the accepting side has a meaning for: a client cannot have sent what was only added to the document
later. Without that, each new optional property would be a break. For that reason the relation is
transitive only between types that say what other properties are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from ..ir import (
    NO_LIMITS,
    Anything,
    Discriminator,
    Enumeration,
    ListOf,
    Literal,
    MapOf,
    Named,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
)
from ..values import define, evolve, field
from .apart import are_apart
from .atoms import ANY, NUMERIC, Atom, are_akin, atoms_of, core_of, record_of
from .bounds import (
    FREE,
    Bounds,
    counts_imply,
    numbers_imply,
    range_of,
    schemas_imply,
    texts_imply,
)
from .equality import Equality
from .inhabitants import Inhabitants
from .membership import Membership, Models, Shape
from .relation import NO, UNKNOWN, YES, Relation, all_of, unless, yes_if
from .variants import has_nameless, saying, variants_of

_Key: TypeAlias = tuple[Type, Type]


@define
class Subschemas:
    """Decides between types of two documents: one that sends, and one that accepts."""

    sent: Models
    accepted: Models
    _known: dict[_Key, Relation] = field(init=False, factory=dict[_Key, Relation])
    _open: dict[_Key, int] = field(init=False, factory=dict[_Key, int])
    """Pairs that are being decided, which are YES as far as they themselves go: by their depth."""
    _provisional: list[_Key] = field(init=False, factory=list[_Key])
    """Pairs that are YES if those being decided are."""
    _lowest: int = field(init=False, default=0)
    """The depth of the outermost open pair that the pair at hand was found to rely on."""
    _equality: Equality = field(init=False)
    _inhabitants: Inhabitants = field(init=False)

    def __post_init__(self) -> None:
        self._equality = Equality(self.sent, self.accepted)
        self._inhabitants = Inhabitants(self.sent)

    def decide(self, sent: Shape, accepted: Shape) -> Relation:
        """Whether each value that is sent as one type is accepted as the other."""
        if isinstance(sent, Record | Enumeration) or isinstance(accepted, Record | Enumeration):
            return self._decided(sent, accepted)
        key = (sent, accepted)
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._open:
            self._lowest = min(self._lowest, self._open[key])
            return YES
        return self._closed(key)

    def _closed(self, key: _Key) -> Relation:
        """Decide a pair that is not open, and remember what came of it as long as it holds."""
        depth, start, outer = len(self._open), len(self._provisional), self._lowest
        self._open[key] = self._lowest = depth
        try:
            relation = self._decided(*key)
        finally:
            del self._open[key]
        if relation is not YES:
            for one in self._provisional[start:]:
                del self._known[one]
            del self._provisional[start:]
        elif self._lowest >= depth:
            del self._provisional[start:]  # they rely on nothing that is still open
        else:
            self._provisional.append(key)
        self._known[key] = relation
        self._lowest = min(outer, self._lowest)
        return relation

    def _decided(self, sent: Shape, accepted: Shape) -> Relation:
        theirs = list(atoms_of(accepted, self.accepted))
        constants = {one.constant for one in theirs if set(one.limits) <= {NO_LIMITS}} - {None}
        return all_of(
            self._atom(one, theirs, accepted)
            for one in atoms_of(sent, self.sent)
            if one.constant not in constants
        )

    def _atom(self, mine: Atom, theirs: Sequence[Atom], accepted: Shape) -> Relation:
        if self._inhabitants.is_empty(mine):
            return YES
        values = mine.values
        if values is not None:
            judge = Membership(self.accepted)
            return yes_if(all(judge.holds(accepted, one) for one in values), NO)
        found: list[Relation] = []
        for one in theirs:
            relation = self._pair(mine, one)
            if relation is YES:
                return YES
            found.append(relation)
        if isinstance(mine.core, Anything):
            parts = (Atom(core_of(part), (*mine.limits, mine.core.limits)) for part in ANY)
            relations = (self._atom(part, theirs, accepted) for part in parts)
            return unless(mine.bounds.is_open, all_of(relations))
        if isinstance(mine.core, UnionOf):
            return self._union(mine, theirs, accepted)
        akin = [one for one in theirs if self._may_share(mine, one)]
        if not akin:
            return unless(self._inhabitants.is_inhabited(mine), NO)
        if len(akin) > 1:
            return UNKNOWN  # each of them may have some of the values
        return found[theirs.index(akin[0])]

    # Pairs of one alternative each.

    def _pair(self, mine: Atom, theirs: Atom) -> Relation:
        if isinstance(theirs.core, Anything) and theirs.bounds == FREE:
            return YES
        schemas = schemas_imply(mine.bounds, theirs.bounds)
        match mine.core, theirs.core:
            case _, Anything():
                relation = self._within(mine, theirs)
            case UnionOf(), UnionOf():
                relation = yes_if(
                    self._equality.same(mine.core, theirs.core) and mine.bounds == theirs.bounds,
                    UNKNOWN,
                )
            case _, UnionOf():
                relation = self._into_union(mine, theirs)
            case Scalar(), Scalar():
                relation = self._scalars(mine, mine.core, theirs, theirs.core)
            case ListOf(item), ListOf(other):
                relation = self._lists(mine, item, theirs, other)
            case ((Record() | MapOf()), (Record() | MapOf())):
                relation = self._objects(mine, theirs)
            case _:
                relation = NO
        return all_of([unless(self._inhabitants.is_inhabited(mine), relation), schemas])

    def _within(self, mine: Atom, theirs: Atom) -> Relation:
        """Whether values keep to limits that are not of their own type alone."""
        left, right = mine.bounds, theirs.bounds
        match mine.core:
            case Scalar(ScalarKind.INTEGER | ScalarKind.NUMBER as kind):
                return numbers_imply(left, right, is_left_integer=kind is ScalarKind.INTEGER)
            case Scalar(ScalarKind.BOOLEAN):
                return YES
            case Scalar(kind):
                return texts_imply(left, right, is_formatted=kind is not ScalarKind.STRING)
            case ListOf(item):
                return self._counts_of_lists(mine, item, theirs)
            case Record() | MapOf():
                return self._counts_of_objects(record_of(mine.core), left, right)
            case Anything():
                open_left = evolve(left, schemas=right.schemas)
                return yes_if(open_left == right or right == FREE, UNKNOWN)
            case _:
                return UNKNOWN

    def _scalars(self, mine: Atom, one: Scalar, theirs: Atom, other: Scalar) -> Relation:
        left, right = mine.bounds, theirs.bounds
        if one.kind in NUMERIC and other.kind in NUMERIC:
            found = numbers_imply(left, right, is_left_integer=one.kind is ScalarKind.INTEGER)
            if other.kind is ScalarKind.NUMBER or one.kind is ScalarKind.INTEGER:
                return found
            return all_of([found, self._are_whole(left)])
        if one.kind is other.kind:
            if one.kind is ScalarKind.BOOLEAN:
                return YES
            return texts_imply(left, right, is_formatted=one.kind is not ScalarKind.STRING)
        if ScalarKind.FILE in (one.kind, other.kind):
            return UNKNOWN  # a part of a form is bytes, whatever they are called
        if ScalarKind.BOOLEAN in (one.kind, other.kind) or one.kind in NUMERIC:
            return NO
        if other.kind in NUMERIC:
            return NO
        if other.kind is ScalarKind.STRING:
            return texts_imply(left, right, is_formatted=True)
        return unless(left.is_open, NO)

    def _are_whole(self, left: Bounds) -> Relation:
        """Whether numbers within some bounds are integers."""
        numbers = range_of(left, is_integer=False)
        if numbers.step is not None:
            return yes_if(numbers.step.denominator == 1, UNKNOWN)
        if numbers.is_one and numbers.low is not None:
            return yes_if(numbers.low.denominator == 1, NO)
        return unless(left.is_open, NO)

    def _lists(self, mine: Atom, item: Type, theirs: Atom, other: Type) -> Relation:
        if mine.bounds.limits.max_items == 0:
            items = YES
        else:
            # An array that must have several different items may not be able to hold that one.
            least = mine.bounds.limits.min_items or 0
            is_free = least <= 1 or not mine.bounds.limits.unique_items
            items = unless(is_free, self.decide(item, other))
        return all_of([items, self._counts_of_lists(mine, item, theirs)])

    def _counts_of_lists(self, mine: Atom, item: Type, theirs: Atom) -> Relation:
        left, right = mine.bounds.limits, theirs.bounds.limits
        counts = counts_imply((left.min_items, left.max_items), (right.min_items, right.max_items))
        is_free = (
            mine.bounds.is_open and not left.unique_items and self._inhabitants.has_values(item)
        )
        unique = yes_if(
            not right.unique_items
            or left.unique_items
            or (left.max_items is not None and left.max_items < 2),
            NO,
        )
        return unless(is_free, all_of([counts, unique]))

    # Objects.

    def _objects(self, mine: Atom, theirs: Atom) -> Relation:
        if not isinstance(mine.core, Record | MapOf) or not isinstance(theirs.core, Record | MapOf):
            return UNKNOWN
        left, right = record_of(mine.core), record_of(theirs.core)
        limits = mine.bounds
        counts = self._counts_of_objects(left, limits, theirs.bounds)
        # A property more or less may be what limits of the whole do not allow.
        is_free = limits == FREE
        properties = all_of(chain(self._named(left, right), self._unnamed(left, right)))
        return all_of([counts, unless(is_free, properties)])

    def _named(self, left: Record, right: Record) -> Iterator[Relation]:
        """Of each property that the accepting side names."""
        mine = {one.wire_name: one for one in left.fields}
        for wanted in right.fields:
            own = mine.get(wanted.wire_name)
            if wanted.presence is Presence.REQUIRED and (
                own is None or own.presence is not Presence.REQUIRED
            ):
                yield NO
            elif own is not None:
                yield self.decide(own.type, wanted.type)
            elif left.others is not None:
                yield self.decide(left.others.value, wanted.type)

    def _unnamed(self, left: Record, right: Record) -> Iterator[Relation]:
        """Of each property that the accepting side does not name."""
        named = {one.wire_name for one in right.fields}
        for own in left.fields:
            if own.wire_name in named:
                continue
            if right.others is not None:
                yield self.decide(own.type, right.others.value)
            elif right.is_closed:
                yield self._never(own.type)
        others = None if left.others is None else left.others.value
        if others is None and not left.is_closed:
            others = Anything()
        if others is not None:
            if right.others is not None:
                yield self.decide(others, right.others.value)
            elif right.is_closed:
                yield self._never(others)

    def _never(self, type_: Type) -> Relation:
        """Whether a property that is not accepted is never sent."""
        if all(map(self._inhabitants.is_empty, atoms_of(type_, self.sent))):
            return YES
        return NO if self._inhabitants.has_values(type_) else UNKNOWN

    def _counts_of_objects(self, left: Record, mine: Bounds, theirs: Bounds) -> Relation:
        required = sum(one.presence is Presence.REQUIRED for one in left.fields)
        least = max(required, mine.limits.min_properties or 0)
        most = mine.limits.max_properties
        if left.is_closed:
            most = len(left.fields) if most is None else min(most, len(left.fields))
        wanted = (theirs.limits.min_properties, theirs.limits.max_properties)
        is_free = mine.is_open and all(
            self._inhabitants.has_values(one.type) for one in left.fields
        )
        is_free = is_free and (
            left.others is None or self._inhabitants.has_values(left.others.value)
        )
        return unless(is_free, counts_imply((least, most), wanted))

    # Unions that say how their alternatives are told apart.

    def _union(self, mine: Atom, theirs: Sequence[Atom], accepted: Shape) -> Relation:
        """Of such a union that is sent: each alternative, as it is sent."""
        union = mine.core
        if not isinstance(union, UnionOf):
            return UNKNOWN
        limits = (*mine.limits, union.limits)
        variants = [
            evolve(atom, limits=(*atom.limits, *limits)) for atom in variants_of(union, self.sent)
        ]
        relations = [
            unless(
                not union.is_exclusive or self._is_alone(atom, variants),
                self._atom(atom, theirs, accepted),
            )
            for atom in variants
        ]
        has_rest = union.discriminator is not None and union.discriminator.otherwise is not None
        return unless(not has_rest and mine.bounds.is_open, all_of(relations))

    def _is_alone(self, atom: Atom, variants: Sequence[Atom]) -> bool:
        """Whether what is sent as one alternative is none of the others; only one may fit."""
        return all(
            one is atom
            or not are_akin(atom.core, one.core)
            or are_apart(atom, one, self.sent, self.sent)
            for one in variants
        )

    def _into_union(self, mine: Atom, theirs: Atom) -> Relation:
        """Of a value that is accepted as such a union."""
        union = theirs.core
        if not isinstance(union, UnionOf):
            return UNKNOWN
        if isinstance(mine.core, Record | MapOf) and union.discriminator is not None:
            return self._into_named(mine, theirs, union, union.discriminator)
        limits = (*theirs.limits, union.limits)
        parts = [
            evolve(atom, limits=(*atom.limits, *limits))
            for one in union.alternatives
            for atom in atoms_of(one, self.accepted)
        ]
        found = [self._pair(mine, part) for part in parts if self._may_share(mine, part)]
        is_compound = isinstance(mine.core, Record | MapOf | ListOf)
        if YES in found:
            is_sure = not (union.is_exclusive and is_compound and len(found) > 1)
            return yes_if(is_sure, UNKNOWN)
        if not found:
            return unless(self._inhabitants.is_inhabited(mine), NO)
        return NO if found == [NO] else UNKNOWN

    def _may_share(self, mine: Atom, theirs: Atom) -> bool:
        """Whether what is sent as one type may be of another, as far as anybody knows."""
        if not are_akin(mine.core, theirs.core):
            return False
        return not are_apart(mine, theirs, self.sent, self.accepted)

    def _into_named(
        self, mine: Atom, theirs: Atom, union: UnionOf, told: Discriminator
    ) -> Relation:
        """Of an object that has to say what it is."""
        left = record_of(mine.core)
        tag = next((one for one in left.fields if one.wire_name == told.wire_name), None)
        names = None if tag is None else self._constants_of(tag.type)
        has_unnamed = has_nameless(union, told, self.accepted)
        has_others = told.otherwise is not None or has_unnamed
        known = dict(told.names)
        limits = (*theirs.limits, union.limits)
        is_certain = True
        if tag is None or names is None or tag.presence is not Presence.REQUIRED:
            if tag is None or has_unnamed or told.otherwise is None:
                return UNKNOWN if has_others or not self._inhabitants.is_inhabited(mine) else NO
            # It may say any of the names, or none of them.
            names = [
                *(one for one in known if not mine.leaves_to_others(told.wire_name, one)),
                None,
            ]
            is_certain = False
        relations: list[Relation] = []
        for name in names:
            record = told.otherwise if name is None else known.get(name)
            if record is None:
                relations.append(UNKNOWN if has_others else NO)
                continue
            core = left if name is None else saying(left, tag, name)
            relations.extend(
                self._pair(Atom(core, mine.limits), evolve(one, limits=(*one.limits, *limits)))
                for one in atoms_of(Named(record), self.accepted)
            )
        return unless(is_certain, all_of(relations))

    def _constants_of(self, type_: Type) -> list[Literal | None] | None:
        """The constants that a type has, where it names them all."""
        found: list[Literal | None] = []
        for atom in atoms_of(type_, self.sent):
            if not isinstance(atom.core, Literal):
                return None
            found.append(atom.core)
        return found
