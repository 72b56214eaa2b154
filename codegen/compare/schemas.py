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
    Field,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Member,
    Model,
    Named,
    NoDefault,
    Null,
    Nullable,
    Others,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..lower.unions import with_limits
from ..values import define, evolve, field, names_of
from .callers import fits, lost, sample, spelled, variable
from .changes import Caller, Direction, Kind, Wire
from .faults import Instead, With, WithOther, Without
from .findings import Findings, Owner, Side, Spot
from .matching import Matched, matched
from .paths import Alternative, Entry, Item, Property
from .relation import NO, YES, Relation
from .unchanged import Unchanged
from .wording import KEYWORDS, constant, default, limit, quoted, told

_REQUEST: Final = Direction.REQUEST

_NOBODY: Final = Owner(None)

_NO_OBJECTS: Final = (
    Scalar(ScalarKind.STRING),
    Scalar(ScalarKind.NUMBER),
    Scalar(ScalarKind.BOOLEAN),
    ListOf(Anything()),
)
"""What there is besides objects and null."""

_TEXTS: Final = frozenset(ScalarKind) - {
    ScalarKind.BOOLEAN,
    ScalarKind.INTEGER,
    ScalarKind.NUMBER,
}


@define
class Schemas:
    """Compares types, and adds to the findings what differs."""

    findings: Findings
    unchanged: Unchanged | None = None
    """What is not to be looked at."""
    _known: dict[tuple[Identifier, Identifier, Direction, bool], bool] = field(
        init=False, factory=dict[tuple[Identifier, Identifier, Direction, bool], bool]
    )
    """Pairs of models that were compared, and whether a break was found in them."""
    _compared: set[Identifier] = field(init=False, factory=set[Identifier])

    def has_compared(self, old: Identifier) -> bool:
        """Whether a model of the old document was compared."""
        return old in self._compared

    # What is sent as a whole.

    def whole(self, spot: Spot, old: Type, new: Type, owner: Owner) -> None:
        """Compare what is sent as a whole; no difference stays untold that may break somebody."""
        if self.unchanged is not None and self.unchanged.are_same(old, new):
            self.untold(spot, owner, old, new)
            return
        relation = YES if spot.is_taken else self._decide(spot, old, new)
        has_break = self._types(spot, old, new, owner)
        if relation is not YES and not has_break:
            what = "values are sent that are not accepted, and no single keyword says why"
            fault = Instead(spot.root.sent, spot.root.accepted)
            self.findings.leaf(spot, Kind.SCHEMA_CHANGED, what, relation, fault)
        elif relation is YES and not spot.is_taken:
            self._confirm(spot)
        self.untold(spot, owner, old, new)

    def untold(self, spot: Spot, owner: Owner, old: Type, new: Type) -> None:
        """Tell of an annotation that breaks callers, if no change on the wire did."""
        caller = owner.tell()
        if caller is not None:
            before = spelled(self.findings.callers.of_old(old))
            after = spelled(self.findings.callers.of_new(new))
            what = f"is {after} in Python, and was {before}"
            self.findings.add(spot, Kind.TYPE_CHANGED, what, Wire.SAME, caller=caller)

    def _confirm(self, spot: Spot) -> None:
        fault = Instead(spot.root.sent, spot.root.accepted)
        self.findings.verdict(evolve(spot, steps=()), "all of it", YES, fault)

    def _decide(self, spot: Spot, old: Type, new: Type) -> Relation:
        sent, accepted = _in_order(spot, old, new)
        return self.findings.subschemas[spot.direction].decide(sent, accepted)

    # Two types.

    def _types(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        """Compare two types, and tell whether a break on the wire was found."""
        if self.unchanged is not None and self.unchanged.are_same(old, new):
            return False
        if isinstance(old, Named) and isinstance(new, Named):
            pair = (self._model(self.findings.old, old), self._model(self.findings.new, new))
            if isinstance(pair[0], Alias) == isinstance(pair[1], Alias):
                has_break = self._limits(spot, old.limits, new.limits, old, new)
                return self._models(spot, old, new) or has_break
        mine, theirs = self._without_name(old, new)
        if (mine, theirs) != (old, new):
            return self._types(spot, mine, theirs, owner)
        has_break = self._nulls(spot, old, new, owner)
        old, new = _not_null(old), _not_null(new)
        if self._is_alias(old, new) or (isinstance(old, Named) and isinstance(new, Named)):
            return self._types(spot, old, new, owner) or has_break
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
            case UnionOf(), _:
                return self._unions(spot, old, new, owner)
            case _, UnionOf():
                return self._unions(spot, old, new, owner)
            case Scalar(one, limits), Scalar(other, others) if one is other:
                return self._limits(spot, limits, others, old, new)
            case Anything(limits), Anything(others):
                return self._limits(spot, limits, others, old, new)
            case ListOf(one, limits), ListOf(other, others):
                has_break = self._limits(spot, limits, others, old, new)
                return self._types(spot.into(Item()), one, other, owner) or has_break
            case MapOf(one, limits), MapOf(other, others):
                has_break = self._limits(spot, limits, others, old, new)
                return self._types(spot.into(Entry()), one, other, owner) or has_break
            case _ if old == new and not isinstance(old, Named):
                return False
            case _:
                return self._replaced(spot, old, new, owner)

    def _replaced(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        """Tell that one type was put in the place of another."""
        is_format = (
            isinstance(old, Scalar)
            and isinstance(new, Scalar)
            and old.kind in _TEXTS
            and new.kind in _TEXTS
        )
        return self.findings.leaf(
            spot,
            Kind.FORMAT_CHANGED if is_format else Kind.TYPE_CHANGED,
            f"is {told(new)}, and was {told(old)}",
            self._decide(spot, old, new),
            Instead(*_in_order(spot, old, new)),
            keywords=("format" if is_format else "type",),
            caller=owner.tell(),
        )

    def _nulls(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        before, after = _may_be_null(old), _may_be_null(new)
        if before is after or isinstance(old, Anything) or isinstance(new, Anything):
            return False
        sent, accepted = _in_order(spot, old, new)
        is_sent = before if spot.direction is _REQUEST else after
        return self.findings.leaf(
            spot,
            Kind.NULL_ALLOWED if after else Kind.NULL_FORBIDDEN,
            "may be null" if after else "may not be null any more",
            self.findings.subschemas[spot.direction].decide(Null(), accepted) if is_sent else YES,
            Instead(Null() if is_sent else sent, accepted),
            caller=owner.tell(),
        )

    # Limits.

    def _limits(self, spot: Spot, old: Limits, new: Limits, mine: Type, theirs: Type) -> bool:
        if old == new:
            return False
        sent, _ = _in_order(spot, mine, theirs)
        accepted = new if spot.direction is _REQUEST else old
        has_break = False
        for name in names_of(Limits):
            before, after = getattr(old, name), getattr(new, name)
            if before == after:
                continue
            wanted = Anything(Limits(**{name: getattr(accepted, name)}))
            relation = self.findings.subschemas[spot.direction].decide(sent, wanted)
            if name == "schema":
                kind, what = Kind.RULE_CHANGED, _told_rule(before, after)
                keywords: tuple[str, ...] = ()
            else:
                keyword = KEYWORDS[name]
                kind, keywords = Kind.LIMIT_CHANGED, (keyword,)
                what = f"{keyword} is {limit(after)}, and was {limit(before)}"
            has_break |= self.findings.leaf(
                spot, kind, what, relation, Instead(sent, wanted), keywords=keywords
            )
        return has_break

    # Models.

    def _models(self, spot: Spot, old: Named, new: Named) -> bool:
        key = (old.name, new.name, spot.direction, spot.is_taken)
        if key in self._known:
            return self._known[key]
        self._compared.add(old.name)
        self._known[key] = False  # models that hold themselves: what is in them is told once
        mine, theirs = self.findings.old.models[old.name], self.findings.new.models[new.name]
        inside = self._at(spot, mine, theirs)
        self._known[key] = self._pair(inside, mine, theirs, old, new)
        return self._known[key]

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

    def _pair(self, spot: Spot, old: Model, new: Model, mine: Named, theirs: Named) -> bool:
        self._deprecation(spot, old, new)
        match old, new:
            case Record(), Record():
                return self._records(spot, old, new)
            case Enumeration(), Enumeration():
                return self._members(spot, old, new)
            case Alias(), Alias():
                owner = Owner(None)
                return self._types(spot, old.type, new.type, owner)
            case _:
                return self._replaced(spot, mine, theirs, Owner(_gone_class(old, new)))

    def _deprecation(self, spot: Spot, old: Model, new: Model) -> None:
        if old.is_deprecated is not new.is_deprecated:
            kind = Kind.SCHEMA_DEPRECATED if new.is_deprecated else Kind.SCHEMA_REINSTATED
            what = "is deprecated" if new.is_deprecated else "is not deprecated any more"
            self.findings.add(spot, kind, what, Wire.SAME, direction=Direction.NEITHER)

    def _members(self, spot: Spot, old: Enumeration, new: Enumeration) -> bool:
        pairs = matched(old.members, new.members, lambda one: one.value)
        has_break = False
        for member in pairs.removed:
            caller = Caller(
                line=f"models.{old.name}.{member.name}", why="the member is no longer there"
            )
            has_break |= self._member(spot, old, new, member, caller, is_removed=True)
        for member in pairs.added:
            has_break |= self._member(spot, old, new, member, None, is_removed=False)
        for before, after in pairs.both:
            if before.name != after.name:
                self.findings.add(
                    spot,
                    Kind.VALUE_RENAMED,
                    f"{constant(after.value)} is {after.name} in Python, and was {before.name}",
                    Wire.SAME,
                    keywords=("enum",),
                    caller=Caller(
                        line=f"models.{old.name}.{before.name}", why=f"write {after.name}"
                    ),
                )
        return has_break

    def _member(
        self,
        spot: Spot,
        old: Enumeration,
        new: Enumeration,
        member: Member,
        caller: Caller | None,
        *,
        is_removed: bool,
    ) -> bool:
        is_request = spot.direction is _REQUEST
        is_sent = is_removed if is_request else not is_removed
        accepted = new if is_request else old
        note = ""
        if not is_request and not is_removed:
            note = "this SDK reads a value that it does not know as a member with `is_unknown`"
        return self.findings.leaf(
            spot,
            Kind.VALUE_REMOVED if is_removed else Kind.VALUE_ADDED,
            f"the value {constant(member.value)} is {'gone' if is_removed else 'new'}",
            NO if is_sent else YES,
            Instead(Literal(member.value), accepted),
            keywords=("enum",),
            caller=caller,
            note=note,
            is_old=is_removed,
        )

    # Records.

    def _records(self, spot: Spot, old: Record, new: Record) -> bool:
        pairs = matched(old.fields, new.fields, lambda one: one.wire_name)
        sent, _ = (old, new) if spot.direction is _REQUEST else (new, old)
        has_break = self._record_limits(spot, old, new, sent)
        has_break |= self._untyped(spot, old, new)
        for one in pairs.removed:
            has_break |= self._removed(spot, old, new, one)
        for one in pairs.added:
            has_break |= self._added(spot, old, new, one)
        for before, after in pairs.both:
            has_break |= self._field(spot, old, new, before, after)
        return self._others(spot, old, new) or has_break

    def _record_limits(self, spot: Spot, old: Record, new: Record, sent: Record) -> bool:
        if old.limits == new.limits:
            return False
        name = Named(sent.name)
        return self._limits(spot, old.limits, new.limits, name, name)

    def _untyped(self, spot: Spot, old: Record, new: Record) -> bool:
        """Compare what else than objects fits, where no `type` forbids it."""
        if old.untyped == new.untyped:
            return False
        sent, accepted = (old, new) if spot.direction is _REQUEST else (new, old)
        others = Nullable(UnionOf(alternatives=_NO_OBJECTS, limits=sent.untyped or NO_LIMITS))
        fault = Instead(others, evolve(accepted, fields=(), limits=NO_LIMITS))
        relation = YES
        if sent.untyped is not None:
            relation = self.findings.subschemas[spot.direction].decide(others, fault.accepted)
        what = "what else than an object it may be is limited in another way"
        if new.untyped is None:
            what = "has to be an object now"
        elif old.untyped is None:
            what = "may be something else than an object now"
        return self.findings.leaf(
            spot, Kind.TYPE_CHANGED, what, relation, fault, keywords=("type",)
        )

    def _removed(self, spot: Spot, old: Record, new: Record, one: Field) -> bool:
        if spot.direction is _REQUEST:
            relation = self._extra(spot, one.type, new)
            fault: With | Without = With(one.wire_name)
        else:
            relation = NO if one.presence is Presence.REQUIRED else YES
            fault = Without(one.wire_name)
        successor = next((field for field in new.fields if field.name == one.name), None)
        note = ""
        if successor is not None:
            note = f"{one.name} in Python is the property {quoted(successor.wire_name)} now"
        return self.findings.leaf(
            spot,
            Kind.PROPERTY_REMOVED,
            f"the property {quoted(one.wire_name)} is gone",
            relation,
            fault,
            keywords=("properties", one.wire_name.reveal()),
            is_old=True,
            caller=self._gone(spot, old, new, one, successor),
            note=note,
        )

    def _gone(
        self, spot: Spot, old: Record, new: Record, one: Field, successor: Field | None
    ) -> Caller | None:
        """The break of those who use a property that is gone; another may have its name."""
        if successor is not None:
            return self._field_caller(spot, old, new, one, successor)
        if spot.direction is _REQUEST:
            line = f"models.{old.name}({one.name}={self._sample(one)})"
            return Caller(line=line, why="the argument is no longer there")
        line = f"{variable(old.name)}.{one.name}"
        return Caller(line=line, why="the attribute is no longer there")

    def _added(self, spot: Spot, old: Record, new: Record, one: Field) -> bool:
        is_required = one.presence is Presence.REQUIRED
        caller = None
        fault: With | Without = With(one.wire_name)
        if spot.direction is _REQUEST:
            relation = NO if is_required else self._sent_unnamed(spot, old, one)
            fault = Without(one.wire_name) if is_required else fault
            if is_required and not _is_given(old, one.name):
                caller = Caller(
                    line=f"models.{new.name}(...)", why=f"the argument {one.name} is missing"
                )
        else:
            relation = self._extra(spot, one.type, old)
        kind = "required property" if is_required else "property"
        return self.findings.leaf(
            spot,
            Kind.PROPERTY_ADDED,
            f"the {kind} {quoted(one.wire_name)} is new",
            relation,
            fault,
            keywords=("properties", one.wire_name.reveal()),
            caller=caller,
        )

    def _extra(self, spot: Spot, type_: Type, accepting: Record) -> Relation:
        """Whether a property is accepted that the accepting side does not name."""
        closed = Record(name=accepting.name, wire_name=Text(""), fields=(), is_closed=True)
        whole = evolve(closed, fields=(_any_field(type_),))
        others = evolve(accepting, fields=(), limits=NO_LIMITS)
        return self.findings.subschemas[spot.direction].decide(whole, others)

    def _sent_unnamed(self, spot: Spot, sending: Record, one: Field) -> Relation:
        """Whether what is sent under a name that only the accepting side has is accepted."""
        if sending.others is None:
            return YES
        return self.findings.subschemas[spot.direction].decide(sending.others.value, one.type)

    def _field(self, spot: Spot, old: Record, new: Record, before: Field, after: Field) -> bool:
        inside = spot.into(Property(before.wire_name))
        self._renamed(inside, old, before, after)
        self._field_texts(inside, before, after)
        owner = Owner(self._field_caller(spot, old, new, before, after))
        has_break = self._presence(spot, inside, before, after, owner, new)
        has_break |= self._types(inside, before.type, after.type, owner)
        caller = owner.tell()
        if caller is not None:
            callers = self.findings.callers
            was = spelled(callers.of_old_field(before))
            now = spelled(callers.of_new_field(after))
            what = f"is {now} in Python, and was {was}"
            self.findings.add(inside, Kind.TYPE_CHANGED, what, Wire.SAME, caller=caller)
        return has_break

    def _presence(
        self,
        spot: Spot,
        inside: Spot,
        before: Field,
        after: Field,
        owner: Owner,
        new: Record,
    ) -> bool:
        was, is_ = (one.presence is Presence.REQUIRED for one in (before, after))
        if was is is_:
            return False
        may_be_left_out = (not was) if spot.direction is _REQUEST else (not is_)
        caller = owner.tell()
        if is_ and spot.direction is _REQUEST:
            caller = Caller(
                line=f"models.{new.name}(...)", why=f"the argument {after.name} is missing"
            )
        return self.findings.leaf(
            evolve(inside, steps=spot.steps),
            Kind.PROPERTY_REQUIRED if is_ else Kind.PROPERTY_OPTIONAL,
            f"is {'required' if is_ else 'optional'} now",
            NO if may_be_left_out else YES,
            Without(after.wire_name),
            caller=caller,
        )

    def _renamed(self, spot: Spot, old: Record, before: Field, after: Field) -> None:
        if before.name == after.name:
            return
        if spot.direction is _REQUEST:
            line = f"models.{old.name}({before.name}={self._sample(before)})"
        else:
            line = f"{variable(old.name)}.{before.name}"
        what = f"is {after.name} in Python, and was {before.name}"
        self.findings.add(
            spot,
            Kind.PROPERTY_RENAMED,
            what,
            Wire.SAME,
            caller=Caller(line=line, why=f"write {after.name}"),
        )

    def _field_texts(self, spot: Spot, before: Field, after: Field) -> None:
        if before.is_deprecated is not after.is_deprecated:
            is_now = after.is_deprecated
            self.findings.add(
                spot,
                Kind.PROPERTY_DEPRECATED if is_now else Kind.PROPERTY_REINSTATED,
                f"is {'deprecated' if is_now else 'not deprecated any more'}",
                Wire.SAME,
                direction=Direction.NEITHER,
            )
        if before.default == after.default:
            return
        was = self.findings.old.locator.value(spot.old / "default")
        now = self.findings.new.locator.value(spot.new / "default")
        if was != now:
            self.findings.add(
                spot,
                Kind.DEFAULT_CHANGED,
                f"is {default(now)} where it is absent, and was {default(was)}",
                Wire.SILENT,
                keywords=("default",),
                note="nothing fails: what is left out means something else",
            )

    def _field_caller(
        self, spot: Spot, old: Record, new: Record, before: Field, after: Field
    ) -> Caller | None:
        callers = self.findings.callers
        was, now = callers.of_old_field(before), callers.of_new_field(after)
        if spot.direction is _REQUEST:
            if fits(was, now):
                return None
            given = sample(lost(was, now))
            line = f"models.{old.name}({before.name}={given})"
            return Caller(line=line, why=f"the argument is {spelled(now)} now")
        if fits(now, was):
            return None
        line = f"value: {spelled(was)} = {variable(old.name)}.{before.name}"
        return Caller(line=line, why=f"the attribute is {spelled(now)} now")

    def _sample(self, one: Field) -> str:
        return sample(self.findings.callers.of_old(one.type))

    # Properties that have no name.

    def _others(self, spot: Spot, old: Record, new: Record) -> bool:
        if old.others is not None and new.others is not None:
            return self._types(spot.into(Entry()), old.others.value, new.others.value, _NOBODY)
        if (old.is_closed, old.others) == (new.is_closed, new.others):
            return False
        sent, accepted = (old, new) if spot.direction is _REQUEST else (new, old)
        bare = evolve(sent, fields=(), limits=NO_LIMITS)
        relation = self.findings.subschemas[spot.direction].decide(
            bare, evolve(accepted, fields=(), limits=NO_LIMITS)
        )
        fault = WithOther(None if accepted.others is None else accepted.others.value)
        if new.is_closed:
            kind, what = Kind.OTHERS_FORBIDDEN, "other properties are forbidden now"
        elif old.is_closed:
            kind, what = Kind.OTHERS_ALLOWED, "other properties are allowed now"
        else:
            kind = Kind.OTHERS_CHANGED
            was, now = _told_others(old.others), _told_others(new.others)
            what = f"other properties are {now}, and were {was}"
        caller = None
        if old.others is not None:
            line = f"{variable(old.name)}.{old.others.name}"
            caller = Caller(line=line, why="other properties are not kept any more")
        return self.findings.leaf(
            spot,
            kind,
            what,
            relation,
            fault,
            keywords=("additionalProperties",),
            caller=caller,
        )

    # Unions.

    def _unions(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        relation = self._decide(spot, old, new)
        spot = evolve(spot, is_taken=spot.is_taken or relation is YES)
        pairs = self._alternatives(old, new)
        has_break = False
        for one in pairs.removed:
            has_break |= self._alternative(spot, one, old, new, owner, is_removed=True)
        for one in pairs.added:
            has_break |= self._alternative(spot, one, old, new, owner, is_removed=False)
        for before, after in pairs.both:
            steps = [
                Alternative(one, parts.index(one))
                for one, parts in ((before, _parts(old)), (after, _parts(new)))
            ]
            inside = spot.into(steps[0], steps[1])
            if not (isinstance(old, UnionOf) and isinstance(new, UnionOf)):
                inside = spot  # one side is no union: its value is not inside of anything
            has_break |= self._types(inside, before, after, owner)
        return self._choices(spot, old, new, relation, has_break) or has_break

    def _alternatives(self, old: Type, new: Type) -> Matched[Type]:
        renamed = self.findings.callers.renamed

        def key(one: Type, *, is_old: bool) -> object:
            match one:
                case Named(name):
                    return renamed.get(name, name) if is_old else name
                case Scalar(kind):
                    return kind
                case ListOf() | MapOf() | Anything():
                    return type(one)
                case _:
                    return one

        olds, news = _parts(old), _parts(new)
        keys = {id(one): key(one, is_old=True) for one in olds}
        keys |= {id(one): key(one, is_old=False) for one in news}
        return matched(olds, news, lambda one: keys[id(one)])

    def _alternative(
        self, spot: Spot, one: Type, old: Type, new: Type, owner: Owner, *, is_removed: bool
    ) -> bool:
        is_request = spot.direction is _REQUEST
        is_sent = is_removed if is_request else not is_removed
        accepted = new if is_request else old
        relation = YES
        if is_sent:
            relation = self.findings.subschemas[spot.direction].decide(one, accepted)
        return self.findings.leaf(
            spot,
            Kind.ALTERNATIVE_REMOVED if is_removed else Kind.ALTERNATIVE_ADDED,
            f"may {'not be' if is_removed else 'be'} {told(one)} {'any more' if is_removed else 'now'}",
            relation,
            Instead(one, accepted),
            is_old=is_removed,
            caller=owner.tell(),
        )

    def _choices(
        self, spot: Spot, old: Type, new: Type, relation: Relation, has_break: bool
    ) -> bool:
        """Compare how alternatives are told apart, and what holds of all of them."""
        limits = [one.limits if isinstance(one, UnionOf) else NO_LIMITS for one in (old, new)]
        has_new = False
        if isinstance(old, UnionOf) and isinstance(new, UnionOf):
            has_new = self._limits(spot, limits[0], limits[1], old, new)
            before, after = _told_apart(old), _told_apart(new)
            renamed = self.findings.callers.renamed
            before = {tag: renamed.get(name, name) for tag, name in before.items()}
            names = [
                None if one.discriminator is None else one.discriminator.wire_name
                for one in (old, new)
            ]
            if before != after or names[0] != names[1]:
                changed = sorted(
                    {
                        tag
                        for tag in before.keys() | after.keys()
                        if before.get(tag) != after.get(tag)
                    }
                )
                told_names = ", ".join(f"'{tag}'" for tag in changed) or "its property"
                swapped = [tag for tag in changed if tag in before and tag in after]
                has_new |= self.findings.leaf(
                    spot,
                    Kind.DISCRIMINATOR_CHANGED,
                    f"the discriminator names its alternatives in another way: {told_names}",
                    relation,
                    Instead(*_in_order(spot, old, new)),
                    keywords=("discriminator",),
                    caller=_other_class(swapped[0], before, after) if swapped else None,
                )
            elif old.is_exclusive is not new.is_exclusive:
                may = "only one alternative may fit" if new.is_exclusive else "several may fit"
                has_new |= self.findings.leaf(
                    spot,
                    Kind.RULE_CHANGED,
                    f"{may} now",
                    relation,
                    Instead(*_in_order(spot, old, new)),
                )
        return has_new


def _is_given(record: Record, name: Identifier) -> bool:
    """Whether callers have to give an argument of some name."""
    return any(one.name == name and one.presence is Presence.REQUIRED for one in record.fields)


def _in_order(spot: Spot, old: Type, new: Type) -> tuple[Type, Type]:
    """What is sent, and what is accepted."""
    return (old, new) if spot.direction is _REQUEST else (new, old)


def _may_be_null(type_: Type) -> bool:
    return isinstance(type_, Nullable | Null)


def _not_null(type_: Type) -> Type:
    return type_.inner if isinstance(type_, Nullable) else type_


def _parts(type_: Type) -> tuple[Type, ...]:
    return type_.alternatives if isinstance(type_, UnionOf) else (type_,)


def _told_apart(union: UnionOf) -> dict[str, Identifier]:
    told_by = union.discriminator
    return {} if told_by is None else {tag.reveal(): name for tag, name in told_by.names}


def _other_class(tag: str, old: dict[str, Identifier], new: dict[str, Identifier]) -> Caller:
    return Caller(
        line=f"match value: case models.{old[tag]}(): ...",
        why=f"what says {constant(Text(tag))} is a models.{new[tag]} now",
    )


def _told_rule(old: Text | None, new: Text | None) -> str:
    if old is None:
        return "a rule is new that only a schema can say"
    if new is None:
        return "a rule is gone that only a schema can say"
    return "a rule that only a schema can say is another one"


def _told_others(others: Others | None) -> str:
    return "not kept" if others is None else told(others.value)


def _any_field(type_: Type) -> Field:
    return Field(
        name=Identifier("value"),
        wire_name=Text("value"),
        type=type_,
        presence=Presence.REQUIRED,
        default=NoDefault(),
    )


def _gone_class(old: Model, new: Model) -> Caller:
    kinds = {Record: "a class", Enumeration: "an enumeration", Alias: "an alias"}
    return Caller(
        line=f"models.{old.name}(...)",
        why=f"it is {kinds[type(new)]} now, and was {kinds[type(old)]}",
    )
