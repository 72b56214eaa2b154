"""Records of both documents side by side: their properties, and what else they hold."""

from __future__ import annotations

from typing import Final

from ..ir import (
    NO_DEFAULT,
    NO_LIMITS,
    Anything,
    Field,
    Identifier,
    ListOf,
    Named,
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
from ..values import define, evolve
from .callers import UNSET, fits, lost, sample, spelled, variable
from .changes import Caller, Direction, Kind, Wire
from .faults import Instead, With, WithOther, Without
from .findings import Findings, Owner, Spot
from .matching import matched
from .parts import Parts
from .paths import Entry, Property
from .relation import NO, YES, Relation
from .wording import default, quoted, told

_REQUEST: Final = Direction.REQUEST

_NOBODY: Final = Owner(None)

_NO_OBJECTS: Final = (
    Scalar(ScalarKind.STRING),
    Scalar(ScalarKind.NUMBER),
    Scalar(ScalarKind.BOOLEAN),
    ListOf(Anything()),
)
"""What there is besides objects and null."""


@define
class Records:
    """Compares records, and adds to the findings what differs."""

    findings: Findings
    parts: Parts

    def compare(self, spot: Spot, old: Record, new: Record) -> bool:
        """Compare two records, and tell whether a break on the wire was found."""
        pairs = matched(old.fields, new.fields, lambda one: one.wire_name)
        sent, _ = (old, new) if spot.direction is _REQUEST else (new, old)
        has_break = self._untyped(spot, old, new)
        for one in pairs.removed:
            has_break |= self._removed(spot, old, new, one)
        for one in pairs.added:
            has_break |= self._added(spot, old, new, one)
        for before, after in pairs.both:
            has_break |= self._field(spot, old, new, before, after)
        has_break |= self._others(spot, old, new)
        name = Named(sent.name)
        return self.parts.limits(spot, old.limits, new.limits, name, name, is_told=has_break)

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
        successor = _named(new, one.name)
        note = "" if successor is None else _succeeded(one, successor)
        return self.findings.leaf(
            spot,
            Kind.PROPERTY_REMOVED,
            f"the property {quoted(one.wire_name)} is gone",
            relation,
            fault,
            keywords=(Property(one.wire_name),),
            is_old=True,
            caller=self._gone(spot, old, new, one, successor),
            note=note,
        )

    def _gone(
        self, spot: Spot, old: Record, new: Record, one: Field, successor: Field | None
    ) -> Caller | None:
        """The break of those who use a property that is gone; another may have its name."""
        if self.findings.callers.is_other_class(old.name, new.name):
            return None
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
            is_missing = _is_needed(one) and not _is_given(old, one.name)
            if is_missing and not self.findings.callers.is_other_class(old.name, new.name):
                caller = _missing(old, one)
        else:
            relation = self._extra(spot, one.type, old)
        kind = "required property" if is_required else "property"
        return self.findings.leaf(
            spot,
            Kind.PROPERTY_ADDED,
            f"the {kind} {quoted(one.wire_name)} is new",
            relation,
            fault,
            keywords=(Property(one.wire_name),),
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
        self._renamed(inside, old, new, before, after)
        self._field_texts(inside, before, after)
        owner = Owner(
            self._field_caller(spot, old, new, before, after),
            self._never_unset(spot, old, new, before, after),
        )
        has_break = self._presence(spot, inside, before, after, owner)
        has_break |= self.parts.types(inside, before.type, after.type, owner)
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
    ) -> bool:
        was, is_ = (one.presence is Presence.REQUIRED for one in (before, after))
        if was is is_:
            return False
        may_be_left_out = (not was) if spot.direction is _REQUEST else (not is_)
        return self.findings.leaf(
            evolve(inside, steps=spot.steps),
            Kind.PROPERTY_REQUIRED if is_ else Kind.PROPERTY_OPTIONAL,
            f"is {'required' if is_ else 'optional'} now",
            NO if may_be_left_out else YES,
            Without(after.wire_name),
            caller=owner.tell(),
            note=owner.remark(),
        )

    def _renamed(self, spot: Spot, old: Record, new: Record, before: Field, after: Field) -> None:
        """Tell of another name in Python; another property may have the old one now."""
        if before.name == after.name:
            return
        if self.findings.callers.is_other_class(old.name, new.name):
            return
        successor = _named(new, before.name)
        note = ""
        if successor is not None:
            caller = self._field_caller(spot, old, new, before, successor)
            note = _succeeded(before, successor)
        else:
            line = f"{variable(old.name)}.{before.name}"
            if spot.direction is _REQUEST:
                line = f"models.{old.name}({before.name}={self._sample(before)})"
            caller = Caller(line=line, why=f"write {after.name}")
        what = f"is {after.name} in Python, and was {before.name}"
        self.findings.add(spot, Kind.PROPERTY_RENAMED, what, Wire.SAME, caller=caller, note=note)

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
        if callers.is_other_class(old.name, new.name):
            return None
        if spot.direction is _REQUEST and _is_needed(after) and not _is_needed(before):
            return _missing(old, after)
        was, now = callers.of_old_field(before), callers.of_new_field(after)
        if spot.direction is _REQUEST:
            if fits(was, now):
                return None
            given = sample(lost(was, now))
            line = f"models.{old.name}({before.name}={given})"
            return Caller(line=line, why=f"the argument is {spelled(now)} now")
        if fits(now, was) or spelled(now) == spelled(was):
            return None  # a class may have taken the name of another, which is told of the class
        line = f"value: {spelled(was)} = {variable(old.name)}.{before.name}"
        return Caller(line=line, why=f"the attribute is {spelled(now)} now")

    def _never_unset(
        self, spot: Spot, old: Record, new: Record, before: Field, after: Field
    ) -> str:
        """What to say to those who ask whether an attribute is UNSET that never is any more.

        All of their lines do what they did, so it is no break. That a comparison with None is in
        vain, mypy does not say.
        """
        callers = self.findings.callers
        is_lost = UNSET in callers.of_old_field(before) - callers.of_new_field(after)
        is_gone = callers.is_other_class(old.name, new.name)
        if spot.direction is _REQUEST or not is_lost or is_gone:
            return ""
        asked = f"{variable(old.name)}.{before.name} is UNSET"
        return f"`{asked}` is never true any more, which mypy --strict reports"

    def _sample(self, one: Field) -> str:
        return sample(self.findings.callers.of_old(one.type))

    def _closing(self, spot: Spot) -> tuple[str, ...]:
        """The keyword that says what other properties there may be."""
        said = self.findings.new.locator.value(spot.new / "unevaluatedProperties")
        return ("additionalProperties" if said is None else "unevaluatedProperties",)

    def _others(self, spot: Spot, old: Record, new: Record) -> bool:
        if old.others is not None and new.others is not None:
            return self.parts.types(spot.into(Entry()), old.others.value, new.others.value, _NOBODY)
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
        is_other = self.findings.callers.is_other_class(old.name, new.name)
        if old.others is not None and not is_other:
            line = f"{variable(old.name)}.{old.others.name}"
            caller = Caller(line=line, why="other properties are not kept any more")
        return self.findings.leaf(
            spot,
            kind,
            what,
            relation,
            fault,
            keywords=self._closing(spot),
            caller=caller,
        )


def _named(record: Record, name: Identifier) -> Field | None:
    """The field that has a name in Python."""
    return next((one for one in record.fields if one.name == name), None)


def _succeeded(field: Field, successor: Field) -> str:
    return f"{field.name} in Python is the property {quoted(successor.wire_name)} now"


def _is_needed(field: Field) -> bool:
    """Whether a constructor has to be given it."""
    return field.presence is Presence.REQUIRED and not field.is_constant


def _missing(old: Record, field: Field) -> Caller:
    """The break of those who make an instance without it."""
    return Caller(line=f"models.{old.name}(...)", why=f"the argument {field.name} is missing")


def _is_given(record: Record, name: Identifier) -> bool:
    """Whether callers have to give an argument of some name."""
    return any(one.name == name and one.presence is Presence.REQUIRED for one in record.fields)


def _told_others(others: Others | None) -> str:
    return "not kept" if others is None else told(others.value)


def _any_field(type_: Type) -> Field:
    return Field(
        name=Identifier("value"),
        wire_name=Text("value"),
        type=type_,
        presence=Presence.REQUIRED,
        default=NO_DEFAULT,
    )
