"""The type of what is chosen from alternatives, how these are told apart, and what holds besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Discriminator,
    Identifier,
    Limits,
    MapOf,
    Named,
    Null,
    Nullable,
    Text,
    Type,
    UnionOf,
)
from ..values import define, evolve, field, frozen
from .alternative_names import alternative_names
from .apart import are_apart
from .choosing import Choosing, is_of_more_than_formats
from .joining import Joined, says_only
from .keywords import doc_of, is_said, restricts
from .models import named_in
from .node import Node
from .residue import Said
from .unions import NOTHING, Choice, choice_of, freed, is_free, needs_name, overlap, with_limits
from .variants import Nest, Variant

if TYPE_CHECKING:
    from .schemas import Schemas

_MOST_COMBINED = 10_000
"""How many alternatives are joined with what stands beside their choices: a choice in a choice
multiplies them."""


@frozen
class _Chosen:
    """A choice, what its alternatives are, and the types that they have."""

    joined: Joined
    """What holds of the value besides."""
    choosing: Choosing
    wholes: list[Joined]
    """The alternatives, together with what stands beside the choice."""
    types: list[Type]


@define
class Choices:
    """Lowers the choices of one document."""

    schemas: Schemas
    _combined: int = field(init=False, default=0)
    """How many alternatives were joined with what stands beside their choices."""

    def type_of(self, joined: Joined, choosing: Choosing, hint: str) -> Type:
        """The type of a value that is chosen; an inline model is named after `hint`."""
        models = self.schemas.models
        members = [self.schemas.joining.joined(one) for one in choosing.inner]
        names = self._names(choosing, members, hint)
        wholes = [_whole(joined, choosing, member) for member in members]
        types = [
            self._alternative(joined, choosing, member, whole, node, name)
            for member, whole, node, name in zip(
                members, wholes, choosing.inner, names, strict=True
            )
        ]
        if all(one == NOTHING for one in types):
            return NOTHING
        choice = choice_of(types, models.members_of)
        if choosing.keyword == "anyOf" and self._is_beside_untyped(choice.type):
            choice = Choice(freed(choice.type), is_exact=False)
        chosen = _Chosen(joined, choosing, wholes, types)
        limits = self._limits(chosen, is_exact=choice.is_exact)
        match choice.type:
            case UnionOf() as union:
                told = self._told_apart(chosen, union, limits)
                is_whole = not self.schemas.shapes.is_nullable(joined)
                return with_limits(self._by_name(joined, told, hint, is_whole=is_whole), limits)
            case Nullable(UnionOf() as union):
                told = self._told_apart(chosen, union, limits)
                named = self._by_name(joined, told, hint, is_whole=False)
                return Nullable(with_limits(named, limits))
            case found:
                return with_limits(found, limits)

    # Alternatives.

    def _names(self, choosing: Choosing, members: list[Joined], hint: str) -> list[str]:
        """What models are called that alternatives may need."""
        if sum(not _is_null(one) and one.kinds != ["null"] for one in members) < 2:
            return [hint] * len(members)
        schemas, target_of = self.schemas, self.schemas.references.target
        pairs = zip(choosing.alternatives, choosing.inner, strict=True)
        nodes = [inner if target_of(node) is None else node for node, inner in pairs]
        targets = map(target_of, nodes)
        return [
            name if target is None else f"{hint}_{schemas.referring.name_for(target)}"
            for target, name in zip(targets, alternative_names(nodes, hint), strict=True)
        ]

    def _alternative(
        self,
        joined: Joined,
        choosing: Choosing,
        member: Joined,
        whole: Joined,
        node: Node,
        own: str,
    ) -> Type:
        if _is_null(member):
            return Null()  # strictly it is anything, but nobody means that
        target = self.schemas.references.target(node)
        if whole is member:
            if target is not None and self._stands_for_heirs(joined, choosing, target):
                return self.schemas.type_of(node, own)
            if target is None:
                self._name_sole(joined, choosing, member)
            return self._alternative_itself(node, target, own)
        if self._combined >= _MOST_COMBINED:
            raise node.refusal("choices of choices make too many alternatives; leave some out")
        self._combined += 1
        self._name_sole(joined, choosing, whole)
        return NOTHING if self._contradicts_itself(whole) else self.schemas.of_joined(whole, own)

    def _name_sole(self, joined: Joined, choosing: Choosing, alternative: Joined) -> None:
        """Name the only alternative after the component that the choice is: it is nothing else."""
        models, is_nullable = self.schemas.models, self.schemas.shapes.is_nullable
        name = models.component_at(joined.key)
        if name is None or len(choosing.alternatives) > 1 or joined.has("discriminator"):
            return
        if not (is_nullable(joined) or is_nullable(alternative)):
            models.stand_for(alternative.key, name)

    def _contradicts_itself(self, whole: Joined) -> bool:
        """Whether an object must have a property that can have no value.

        So it is with most pairs where a choice meets another one of records that a constant tells
        apart. Their other properties are not looked at, which may be such choices again.
        """
        if whole.kinds != ["object"]:
            return False
        said = whole.properties
        return any(
            len(said.get(name, ())) > 1 and self.schemas.has_no_value(whole.place, said[name])
            for name in whole.required
        )

    def _alternative_itself(self, node: Node, target: Node | None, hint: str) -> Type:
        """An alternative as it is: a base among those that inherit from it is only itself."""
        is_reference = self.schemas.shapes.is_reference
        if target is None or is_reference(target) or not is_reference(node):
            return self.schemas.type_of(node, hint)
        return self.schemas.referring.plainly(node, target)

    def _stands_for_heirs(self, joined: Joined, choosing: Choosing, target: Node) -> bool:
        """Whether an alternative is a base that stands for all that inherit from it, as elsewhere.

        It is only itself where the choice has a discriminator of its own, or others are its kin.
        """
        families = self.schemas.families
        base = families.base_of(target)
        if base is None or joined.has("discriminator") or choosing.part.has("discriminator"):
            return False
        kin = families.kin_of(base)
        others = map(self.schemas.references.target, choosing.inner)
        return not any(other is not None and other.pointer in kin for other in others)

    def _is_beside_untyped(self, type_: Type) -> bool:
        """Whether what breaks the limits of an alternative may fit a record that has no type."""
        inner = type_.inner if isinstance(type_, Nullable) else type_
        alternatives = inner.alternatives if isinstance(inner, UnionOf) else ()
        return any(map(self.schemas.models.is_untyped, alternatives)) and not is_free(type_)

    # What holds besides.

    def _limits(self, chosen: _Chosen, *, is_exact: bool) -> Limits:
        """What of a choice the types do not say: which scalars it allows, and how many may fit."""
        joined, choosing = chosen.joined, chosen.choosing
        if joined.has("unevaluatedProperties", "unevaluatedItems"):
            return Limits(schema=self.schemas.residues.of_whole(joined))
        is_told = choosing.keyword != "oneOf" or not self._may_fit_twice(chosen.types)
        if is_exact and is_told:
            return NO_LIMITS
        # What is not exact has lost the limits of its alternatives, with all that stood beside them.
        parts = (
            list(joined.parts)
            if is_of_more_than_formats(choosing.part, choosing.keyword)
            else _without_choice(joined, choosing)
        )
        if not parts:
            return NO_LIMITS
        said: Said = {"allOf": parts}
        if len(parts) == 1 and says_only(parts[0], frozenset({choosing.keyword})):
            said = {choosing.keyword: list(choosing.alternatives)}
        return Limits(schema=self.schemas.residues.of(joined.place, said))

    def _may_fit_twice(self, types: list[Type]) -> bool:
        """Whether a scalar or null may be of two types, or one is not told apart from others."""
        models = self.schemas.models
        inner = [one.inner if isinstance(one, Nullable) else one for one in types]
        return (
            overlap(inner, models.members_of)
            or sum(map(models.takes_null, types)) > 1
            or any(map(_is_vague, inner))
        )

    # What tells alternatives apart.

    def _told_apart(self, chosen: _Chosen, union: UnionOf, limits: Limits) -> UnionOf:
        """A union with what tells its alternatives apart, besides what is checked anyway."""
        models = self.schemas.models
        described = self._discriminator(chosen)
        if described is not None:
            key = described.require("propertyName").string()
            found, is_hint = self._named_by(described, chosen)
            if found is not None and not is_hint:
                each = [
                    one
                    for type_ in union.alternatives
                    for one in self._alternatives_within(type_, key)
                ]
                return evolve(union, alternatives=tuple(dict.fromkeys(each)), discriminator=found)
            if limits.schema is None:
                union = evolve(union, hint=found)
        if chosen.choosing.keyword != "oneOf" or limits.schema is not None:
            return union
        compound = [
            whole
            for type_, whole in zip(chosen.types, chosen.wholes, strict=True)
            if models.may_be_compound(type_)
        ]
        return evolve(union, is_exclusive=not are_apart(compound))

    def _named_by(self, described: Node, chosen: _Chosen) -> tuple[Discriminator | None, bool]:
        """What a discriminator names, and whether no alternative knows its property."""
        models, key = self.schemas.models, described.require("propertyName").string()
        variants: list[Variant] = []
        nests: list[Nest] = []
        nodes = chosen.choosing.alternatives
        for type_, whole, node in zip(chosen.types, chosen.wholes, nodes, strict=True):
            within, pointers = self._choice_within(type_, key), self._ways(node)
            name = named_in(type_) or self._map_at(type_, whole, pointers)
            if within is not None:
                nests.append(self._nest(pointers, within))
            elif name is not None and not models.is_enumeration(name):
                variants.append(Variant(name, whole, pointers))
        count = sum(map(models.may_be_object, chosen.types))
        found = self.schemas.discriminators.discriminator(described, variants, nests, count)
        return found, any(not one.has(key) for one in variants)

    def _map_at(self, type_: Type, whole: Joined, pointers: Sequence[str]) -> Identifier | None:
        """The name of a component that is a map, where nothing stands beside the choice."""
        if not isinstance(type_, MapOf) or not is_free(type_) or whole.beside:
            return None
        named = map(self.schemas.models.component_at, pointers)
        return next((one for one in named if one is not None), None)

    def _ways(self, node: Node) -> tuple[str, ...]:
        """Where an alternative stands, and where it leads to."""
        schemas = self.schemas
        found: dict[str, None] = {}
        ahead: Node | None = node
        while ahead is not None and ahead.pointer not in found:
            found[ahead.pointer] = None
            ahead = (
                schemas.references.target(ahead)
                or schemas.shapes.sole_reference(ahead)
                or schemas.choosings.only_alternative(ahead)
            )
        return tuple(found)

    def _choice_within(self, type_: Type, key: str) -> UnionOf | None:
        """A choice of records by the same property, which may be made here as well as there."""
        inner = type_.inner if isinstance(type_, Nullable) else type_
        union = self.schemas.models.union_of(inner)
        if union is None or union.discriminator is None or union.limits != NO_LIMITS:
            return None
        told = union.discriminator
        are_named = {Named(name) for _, name in told.names}.issuperset(union.alternatives)
        return union if are_named and told.wire_name == Text(key) else None

    def _alternatives_within(self, type_: Type, key: str) -> Iterable[Type]:
        within = self._choice_within(type_, key)
        return (type_,) if within is None else within.alternatives

    def _nest(self, pointers: tuple[str, ...], within: UnionOf) -> Nest:
        told = () if within.discriminator is None else within.discriminator.names
        return Nest(
            pointers=pointers,
            names={tag.reveal(): name for tag, name in told},
            members=self.schemas.models.pointers_of({name for _, name in told}),
        )

    def _discriminator(self, chosen: _Chosen) -> Node | None:
        """What the document says of a discriminator, in the choice or in a base of all."""
        said = chosen.joined.first_of("discriminator") or chosen.choosing.part.get("discriminator")
        if said is not None:
            return said
        alternatives = [
            self._ways(node)
            for type_, node in zip(chosen.types, chosen.choosing.alternatives, strict=True)
            if self.schemas.models.may_be_object(type_)
        ]
        return self.schemas.families.inherited_by(alternatives)

    def _by_name(self, joined: Joined, union: UnionOf, hint: str, *, is_whole: bool) -> Type:
        """A union that needs a name by the name of its alias."""
        models = self.schemas.models
        if not needs_name(union):
            return union
        if is_whole and models.component_at(joined.key) is not None:
            return union  # the component itself is the alias
        name = models.inline(joined.key)
        if name is None:
            name = models.name_inline(joined.key, hint)
            wire_name, doc = Text(hint), doc_of(joined.place, hint)
            models.add(Alias(name=name, wire_name=wire_name, type=union, doc=doc))
        return Named(name)


def _whole(joined: Joined, choosing: Choosing, member: Joined) -> Joined:
    """An alternative with what stands beside the choice, if that says anything new of it."""
    if _is_null(member) or _adds_nothing(joined, choosing, member):
        return member
    return joined.with_part(member, choosing.part, choosing.keyword)


def _is_null(member: Joined) -> bool:
    """Whether an alternative is null and nothing else."""
    return member.is_nullable and not _says_more_than_nullable(member)


def _says_more_than_nullable(joined: Joined) -> bool:
    return any(restricts(part.without("nullable")) for part in joined.parts)


def _adds_nothing(joined: Joined, choosing: Choosing, member: Joined) -> bool:
    """Whether what stands beside a choice says nothing new of an alternative."""
    beside = [
        part.without(choosing.keyword) if part is choosing.part else part for part in joined.parts
    ]
    own = {part.pointer for part in member.parts}
    said = {
        key
        for part in beside
        if part.pointer not in own  # an alternative that joins the base says it all itself
        for key in part.names
        if is_said(key)
    }
    if not said - {"nullable"}:
        return True
    if said - {"nullable", "type"}:
        return False
    kinds = member.kinds or ([member.implied_kind] if member.implied_kind else [])
    allowed = joined.kinds or []
    return bool(kinds) and all(kind in allowed for kind in kinds)


def _is_vague(type_: Type) -> bool:
    """Whether a type is not told apart from others: it takes anything, or becomes part of them."""
    return isinstance(type_, Anything) or (isinstance(type_, UnionOf) and not needs_name(type_))


def _without_choice(joined: Joined, choosing: Choosing) -> list[Node]:
    """The parts that say anything besides a choice."""
    parts = [
        part.without(choosing.keyword) if part is choosing.part else part for part in joined.parts
    ]
    return [part for part in parts if restricts(part)]
