"""Types of both documents side by side: what differs, from a body down to its last property.

A model is compared once for each direction, at its own place in the document, however many
operations use it.
"""

from __future__ import annotations

from typing import Final

from ..ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Enumeration,
    Identifier,
    Limits,
    ListOf,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..lower.unions import with_limits
from ..values import define, evolve, field, names_of
from .callers import Annotation, spelled
from .changes import Caller, Direction, Kind, Wire
from .faults import Instead
from .findings import Findings, Owner, Side, Spot
from .members import Members
from .parts import in_order
from .paths import Entry, Item
from .records import Records
from .relation import YES, Relation
from .residues import is_told_by_properties, told_keywords
from .unchanged import Unchanged
from .unions import Unions
from .visits import Visits
from .wording import KEYWORDS, limit, told

_REQUEST: Final = Direction.REQUEST

_NUMBERS: Final = frozenset({ScalarKind.INTEGER, ScalarKind.NUMBER})
_TEXTS: Final = frozenset(ScalarKind) - _NUMBERS - {ScalarKind.BOOLEAN}


@define
class Schemas:
    """Compares types, and adds to the findings what differs."""

    findings: Findings
    unchanged: Unchanged | None = None
    """What is not to be looked at."""
    _visits: Visits = field(init=False, factory=Visits)
    _compared: set[Identifier] = field(init=False, factory=set[Identifier])
    _of_records: Records = field(init=False)
    _of_unions: Unions = field(init=False)
    _of_members: Members = field(init=False)

    def __post_init__(self) -> None:
        self._of_records = Records(self.findings, self)
        self._of_unions = Unions(self.findings, self)
        self._of_members = Members(self.findings)

    def has_compared(self, old: Identifier) -> bool:
        """Whether a model of the old document was compared."""
        return old in self._compared

    # What is sent as a whole.

    def whole(self, spot: Spot, old: Type, new: Type, owner: Owner) -> None:
        """Compare what is sent as a whole; no difference stays untold that may break somebody."""
        if self.unchanged is not None and self.unchanged.are_same(old, new):
            return
        relation = YES if spot.is_taken else self.decide(spot, old, new)
        has_break = self.types(spot, old, new, owner)
        if relation is not YES and not has_break:
            what = "values are sent that are not accepted, and no single keyword says why"
            fault = Instead(spot.root.sent, spot.root.accepted)
            self.findings.leaf(spot, Kind.SCHEMA_CHANGED, what, relation, fault)
        elif relation is YES and not spot.is_taken:
            self._confirm(spot)
        was, now = self.findings.callers.of_old(old), self.findings.callers.of_new(new)
        if was != now:  # or else what breaks them is not here
            self.untold(spot, owner, was, now)

    def untold(self, spot: Spot, owner: Owner, was: Annotation, now: Annotation) -> None:
        """Tell of an annotation that breaks callers, if no change on the wire did."""
        caller = owner.tell()
        if caller is not None:
            what = f"is {spelled(now)} in Python, and was {spelled(was)}"
            self.findings.add(spot, Kind.TYPE_CHANGED, what, Wire.SAME, caller=caller)

    def _confirm(self, spot: Spot) -> None:
        fault = Instead(spot.root.sent, spot.root.accepted)
        self.findings.verdict(evolve(spot, steps=()), "all of it", YES, fault)

    def decide(self, spot: Spot, old: Type, new: Type) -> Relation:
        """Whether all that is sent is accepted."""
        sent, accepted = in_order(spot, old, new)
        return self.findings.subschemas[spot.direction].decide(sent, accepted)

    # Two types.

    def types(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        """Compare two types, and tell whether a break on the wire was found."""
        if self.unchanged is not None and self.unchanged.are_same(old, new):
            return False
        if isinstance(old, Named) and isinstance(new, Named):
            pair = (self._model(self.findings.old, old), self._model(self.findings.new, new))
            if isinstance(pair[0], Alias) == isinstance(pair[1], Alias):
                has_break = self._models(spot, old, new, owner)
                return self.limits(spot, old.limits, new.limits, old, new, is_told=has_break)
        mine, theirs = self._without_name(old, new)
        if (mine, theirs) != (old, new):
            return self.types(spot, mine, theirs, owner)
        has_break = self._nulls(spot, old, new, owner)
        old, new = _not_null(old), _not_null(new)
        if self._is_alias(old, new) or (isinstance(old, Named) and isinstance(new, Named)):
            return self.types(spot, old, new, owner) or has_break
        return self._plain(spot, old, new, owner) or has_break

    def _is_alias(self, old: Type, new: Type) -> bool:
        return any(
            isinstance(one, Named) and isinstance(self._model(side, one), Alias)
            for side, one in ((self.findings.old, old), (self.findings.new, new))
        )

    def _without_name(self, old: Type, new: Type) -> tuple[Type, Type]:
        """The types with aliases written out."""
        return self._written_out(self.findings.old, old), self._written_out(self.findings.new, new)

    def _written_out(self, side: Side, type_: Type) -> Type:
        if isinstance(type_, Named):
            model = self._model(side, type_)
            if isinstance(model, Alias):
                return with_limits(model.type, type_.limits)
        return type_

    @staticmethod
    def _model(side: Side, type_: Named) -> Model:
        return side.models[type_.name]

    def _plain(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        """Compare two types without aliases and null."""
        match old, new:
            case (UnionOf(), Anything()) | (Anything(), UnionOf()):
                return self._replaced(spot, old, new, owner)
            case UnionOf(), _:
                return self._of_unions.compare(spot, old, new, owner)
            case _, UnionOf():
                return self._of_unions.compare(spot, old, new, owner)
            case Scalar(one, limits), Scalar(other, others) if one is other:
                return self.limits(spot, limits, others, old, new)
            case Scalar(one), Scalar(other) if {one, other} <= _NUMBERS or {one, other} <= _TEXTS:
                return self._of_another_kind(spot, old, new, owner)
            case Anything(limits), Anything(others):
                return self.limits(spot, limits, others, old, new)
            case ListOf(one, limits), ListOf(other, others):
                has_break = self.limits(spot, limits, others, old, new)
                return self.types(spot.into(Item()), one, other, owner) or has_break
            case MapOf(one, limits), MapOf(other, others):
                has_break = self.limits(spot, limits, others, old, new)
                return self.types(spot.into(Entry()), one, other, owner) or has_break
            case _ if old == new and not isinstance(old, Named):
                return False
            case _:
                return self._replaced(spot, old, new, owner)

    def _of_another_kind(self, spot: Spot, old: Scalar, new: Scalar, owner: Owner) -> bool:
        """Compare two kinds of numbers, or of texts, whose limits are told besides."""
        mine, theirs = old, new
        if spot.direction is _REQUEST:
            theirs = evolve(new, limits=NO_LIMITS)
        else:
            mine = evolve(old, limits=NO_LIMITS)
        has_break = self._replaced(spot, mine, theirs, owner)
        return self.limits(spot, old.limits, new.limits, old, new) or has_break

    def _replaced(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        """Tell that one type was put in the place of another."""
        is_format = (
            isinstance(old, Scalar) and isinstance(new, Scalar) and {old.kind, new.kind} <= _TEXTS
        )
        keywords: tuple[str, ...] = ("format" if is_format else "type",)
        if isinstance(new, Named) and self.findings.new.locator.component(
            self._model(self.findings.new, new)
        ):
            keywords = ()  # the reference is another one, and not what it leads to
        return self.findings.leaf(
            spot,
            Kind.FORMAT_CHANGED if is_format else Kind.TYPE_CHANGED,
            f"is {told(new)}, and was {told(old)}",
            self.decide(spot, old, new),
            Instead(*in_order(spot, old, new)),
            keywords=keywords,
            caller=owner.tell() or self.findings.class_gone([old]),
        )

    def _nulls(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        before, after = _may_be_null(old), _may_be_null(new)
        if before is after or isinstance(old, Anything) or isinstance(new, Anything):
            return False
        sent, accepted = in_order(spot, old, new)
        is_sent = before if spot.direction is _REQUEST else after
        return self.findings.leaf(
            spot,
            Kind.NULL_ALLOWED if after else Kind.NULL_FORBIDDEN,
            "may be null" if after else "may not be null any more",
            self.findings.subschemas[spot.direction].decide(Null(), accepted) if is_sent else YES,
            Instead(Null() if is_sent else sent, accepted),
            caller=owner.tell(),
            note=owner.remark(),
        )

    # Limits.

    def limits(
        self,
        spot: Spot,
        old: Limits,
        new: Limits,
        mine: Type,
        theirs: Type,
        *,
        is_told: bool = False,
    ) -> bool:
        """Compare the limits of two types, and tell whether a break on the wire was found.

        `is_told` is whether one was found in what the types hold, which is told once.
        """
        if old == new:
            return is_told
        sent, _ = in_order(spot, mine, theirs)
        accepted = new if spot.direction is _REQUEST else old
        has_break = is_told
        for name in names_of(Limits):
            before, after = getattr(old, name), getattr(new, name)
            if before == after:
                continue
            wanted = Anything(Limits(**{name: getattr(accepted, name)}))
            relation = self.findings.subschemas[spot.direction].decide(sent, wanted)
            note = ""
            if name == "schema":
                rules = [None if one is None else one.reveal() for one in (before, after)]
                if (is_told or relation is YES) and is_told_by_properties(*rules):
                    continue  # or else something is left that the types do not tell
                kind, what = Kind.RULE_CHANGED, _told_rule(before, after)
                note = _told_by(told_keywords(*rules))
                keywords: tuple[str, ...] = ()
            else:
                keyword = KEYWORDS[name]
                kind, keywords = Kind.LIMIT_CHANGED, (keyword,)
                what = f"{keyword} is {limit(after)}, and was {limit(before)}"
            has_break |= self.findings.leaf(
                spot, kind, what, relation, Instead(sent, wanted), keywords=keywords, note=note
            )
        return has_break

    # Models.

    def _models(self, spot: Spot, old: Named, new: Named, owner: Owner) -> bool:
        pair = (old.name, new.name, spot.direction, spot.is_taken)
        if self._visits.is_new(pair):
            self._compared.add(old.name)
            mine, theirs = self.findings.old.models[old.name], self.findings.new.models[new.name]
            inside = self._at(spot, mine, theirs)
            if self.findings.new.locator.component(theirs) is not None:
                owner = Owner(None)  # it is nobody's own
            with self._visits.inside(pair):
                has_break = self._pair(inside, mine, theirs, old, new, owner)
            if has_break:
                self._visits.broke(pair)
        return self._visits.has_break(pair)

    def _at(self, spot: Spot, old: Model, new: Model) -> Spot:
        """The spot of two models: their own places, where they are components."""
        before = self.findings.old.locator.component(old)
        after = self.findings.new.locator.component(new)
        is_component = after is not None
        return evolve(
            spot,
            old=spot.old if before is None else before,
            new=spot.new if after is None else after,
            subject=self._named(old, new) if is_component else spot.subject,
        )

    def _named(self, old: Model, new: Model) -> str:
        """What two models are called, of which one may have taken the place of the other."""
        renamed = self.findings.callers.renamed.get(old.name, old.name)
        return str(new.name) if renamed == new.name else f"{old.name} to {new.name}"

    def _pair(
        self, spot: Spot, old: Model, new: Model, mine: Named, theirs: Named, owner: Owner
    ) -> bool:
        self._deprecation(spot, old, new)
        match old, new:
            case Record(), Record():
                return self._of_records.compare(spot, old, new)
            case Enumeration(), Enumeration():
                return self._of_members.compare(spot, old, new)
            case Alias(), Alias():
                return self.types(spot, old.type, new.type, owner)
            case _:
                return self._replaced(spot, mine, theirs, Owner(_gone_class(old, new)))

    def _deprecation(self, spot: Spot, old: Model, new: Model) -> None:
        if old.is_deprecated is not new.is_deprecated:
            kind = Kind.SCHEMA_DEPRECATED if new.is_deprecated else Kind.SCHEMA_REINSTATED
            what = "is deprecated" if new.is_deprecated else "is not deprecated any more"
            self.findings.add(spot, kind, what, Wire.SAME, direction=Direction.NEITHER)


def _may_be_null(type_: Type) -> bool:
    return isinstance(type_, Nullable | Null)


def _not_null(type_: Type) -> Type:
    return type_.inner if isinstance(type_, Nullable) else type_


def _told_rule(old: Text | None, new: Text | None) -> str:
    if old is None:
        return "a rule is new that only a schema can say"
    if new is None:
        return "a rule is gone that only a schema can say"
    return "a rule that only a schema can say is another one"


def _told_by(keywords: tuple[str, ...]) -> str:
    return f"it stands under {' and '.join(map(repr, keywords))}" if keywords else ""


def _gone_class(old: Model, new: Model) -> Caller:
    kinds = {Record: "a class", Enumeration: "an enumeration", Alias: "an alias"}
    return Caller(
        line=f"models.{old.name}(...)",
        why=f"it is {kinds[type(new)]} now, and was {kinds[type(old)]}",
    )
