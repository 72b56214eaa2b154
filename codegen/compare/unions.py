"""Unions of both documents side by side: their alternatives, and how these are told apart."""

from __future__ import annotations

from typing import Final

from ..ir import (
    NO_LIMITS,
    Anything,
    Identifier,
    ListOf,
    Literal,
    MapOf,
    Named,
    Scalar,
    Type,
    UnionOf,
)
from ..values import define, evolve
from .changes import Caller, Direction, Kind
from .faults import Instead
from .findings import Findings, Owner, Spot
from .matching import Matched, matched
from .parts import Parts, in_order
from .paths import Alternative
from .relation import YES, Relation
from .wording import as_json, constant, told

_REQUEST: Final = Direction.REQUEST


@define
class Unions:
    """Compares unions, and adds to the findings what differs."""

    findings: Findings
    parts: Parts

    def compare(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        """Compare two types of which one is a union, and tell whether a break was found."""
        relation = self.parts.decide(spot, old, new)
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
            has_break |= self.parts.types(inside, before, after, owner)
        return self._choices(spot, old, new, pairs, relation, is_told=has_break)

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
            caller=owner.tell() or (self.findings.class_gone([one]) if is_removed else None),
        )

    def _choices(
        self,
        spot: Spot,
        old: Type,
        new: Type,
        pairs: Matched[Type],
        relation: Relation,
        *,
        is_told: bool,
    ) -> bool:
        """Compare how alternatives are told apart, and what holds of all of them."""
        limits = [one.limits if isinstance(one, UnionOf) else NO_LIMITS for one in (old, new)]
        has_new = is_told
        if isinstance(old, UnionOf) and isinstance(new, UnionOf):
            has_new = self.parts.limits(spot, limits[0], limits[1], old, new, is_told=is_told)
            before, after = _told_apart(old), _told_apart(new)
            renamed = self.findings.callers.renamed
            before = {tag: renamed.get(name, name) for tag, name in before.items()}
            tellers = [one.discriminator or one.hint for one in (old, new)]
            names = [None if one is None else one.wire_name for one in tellers]
            changed = sorted(
                (
                    tag
                    for tag in before.keys() | after.keys()
                    if before.get(tag) != after.get(tag)
                    and not {before.get(tag), after.get(tag)} <= {None, *_names_of(pairs)}
                ),
                key=_spelled,
            )
            if changed or names[0] != names[1]:
                told_names = ", ".join(f"'{_spelled(tag)}'" for tag in changed) or "its property"
                swapped = [tag for tag in changed if tag in before and tag in after]
                has_new |= self.findings.leaf(
                    spot,
                    Kind.DISCRIMINATOR_CHANGED,
                    f"the discriminator names its alternatives in another way: {told_names}",
                    relation,
                    Instead(*in_order(spot, old, new)),
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
                    Instead(*in_order(spot, old, new)),
                )
        return has_new


def _parts(type_: Type) -> tuple[Type, ...]:
    return type_.alternatives if isinstance(type_, UnionOf) else (type_,)


def _names_of(pairs: Matched[Type]) -> set[Identifier]:
    """The alternatives that are told to be new or gone, and what names them with them."""
    return {one.name for one in (*pairs.removed, *pairs.added) if isinstance(one, Named)}


def _told_apart(union: UnionOf) -> dict[Literal, Identifier]:
    told_by = union.discriminator or union.hint
    return {} if told_by is None else dict(told_by.names)


def _spelled(tag: Literal) -> str:
    """A value that names an alternative, as a mapping has it."""
    value = tag.reveal()
    return value if isinstance(value, str) else as_json(value)


def _other_class(
    tag: Literal, old: dict[Literal, Identifier], new: dict[Literal, Identifier]
) -> Caller:
    return Caller(
        line=f"match value: case models.{old[tag]}(): ...",
        why=f"what says {constant(tag.value)} is a models.{new[tag]} now",
    )
