"""What tells the alternatives of a union apart: mappings, constants, the names of components."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ..ir import Discriminator, Identifier, Literal, Text
from ..values import frozen
from .families import Families, as_reference, key_of
from .joining import Joined, Joining
from .kinds import kind_of_value
from .node import Node
from .notes import Notes
from .references import References
from .tag_values import JsonTag, constants_in, in_order, is_text, kinds_of_tags, spelled
from .variants import Nest, Variant, by_pointer


@frozen
class Discriminators:
    """Makes the discriminators of one document."""

    families: Families
    references: References
    joining: Joining
    notes: Notes

    def inherited(
        self, base: Node, variants: Sequence[Variant], otherwise: Identifier
    ) -> Discriminator:
        """The discriminator of a base and its children."""
        described = self.families.described(base)
        names = self._names(described, variants, otherwise=otherwise)
        meant = by_pointer(variants)
        for child in self.families.children_of(base):
            # What an heir maps by the same property, only in its own words.
            own = self.families.own(child)
            if own is not None and key_of(own) == key_of(described):
                for tag, name in self._mapped(own, meant, is_whole=False):
                    names.setdefault(tag, name)
        return _made(described, names, self._default_of(described, variants) or otherwise)

    def discriminator(
        self, described: Node, variants: Sequence[Variant], nests: Sequence[Nest], count: int
    ) -> Discriminator | None:
        """The discriminator of a choice; None where it does not name each alternative.

        Where none of these has its property, nor anything against it, it is a hint: a document
        without the property means it all the same (OpenAPI 3.1, section 4.8.25).
        """
        key = key_of(described)
        default = self._default_of(described, variants) or self._base_among(described, variants)
        lacking = [one for one in variants if not one.has(key) and one.name != default]
        is_hint = len(lacking) == count and all(leaves_open(one.whole) for one in lacking)
        if lacking and not is_hint:
            what = (
                f"the alternatives do not all have {key!r}; they are told apart by what they hold"
            )
            self.notes.remark(described, what)
            return None
        if lacking:
            what = f"no alternative has {key!r}; it counts where it comes"
            self.notes.remark(described, what)
        names = self._names(described, variants, nests)
        missing = {one.name for one in variants} - {default, *names.values()}
        if missing or not names or len(variants) + len(nests) != count:
            what = "does not name every alternative; they are told apart by what they hold"
            self.notes.remark(described, what)
            return None
        return _made(described, names, default)

    def _default_of(self, described: Node, variants: Sequence[Variant]) -> Identifier | None:
        """What an object is that says nothing, or nothing known (OpenAPI 3.2, `defaultMapping`)."""
        said = described.get("defaultMapping")
        if said is None:
            return None
        target = self.references.find(said, as_reference(said.string()))
        pointers = {target.pointer, self.references.resolve(target).pointer}
        for one in variants:
            if not pointers.isdisjoint(one.pointers):
                return one.name
        self.notes.warn(said, "this is none of the alternatives that are objects; it is left out")
        return None

    def _base_among(self, described: Node, variants: Sequence[Variant]) -> Identifier | None:
        """The base which says so itself, where it stands among its heirs: it is any other of them."""
        owners = self.families.owners_of(described)
        return next((one.name for one in variants if not owners.isdisjoint(one.pointers)), None)

    # Names.

    def _names(
        self,
        described: Node,
        variants: Sequence[Variant],
        nests: Sequence[Nest] = (),
        *,
        otherwise: Identifier | None = None,
    ) -> dict[JsonTag, Identifier]:
        """What the property may say: as mapped, by constants, by the names of components.

        A constant that several alternatives have names none of them, but for a base, which has
        those of all. What a choice within names there, it names here.
        """
        key = key_of(described)
        nested = {tag: name for nest in nests for tag, name in nest.names.items()}
        names: dict[JsonTag, Identifier] = {}
        for tag, name in self._mapped(described, by_pointer(variants), nests):
            names.setdefault(tag, name)  # several texts may spell one value
        listed = {one.name: self._constants_of(one.whole, key) for one in variants}
        for name, constants in listed.items():
            others = [listed[one] for one in listed if one not in (name, otherwise)]
            own = (constants or frozenset()).difference(nested, *filter(None, others))
            for constant in in_order(own):
                names.setdefault(constant, name)
        for tag, name in nested.items():
            names.setdefault(tag, name)
        known = set(names.values())
        for one in variants:
            called, constants = one.component_key, listed[one.name]
            may_say_so = constants is None or called in constants or one.name in known
            if called and may_say_so and is_text(self._kinds_of(one.whole, key)):
                names.setdefault(called, one.name)
        return names

    def _mapped(
        self,
        described: Node,
        meant: Mapping[str, Variant],
        nests: Sequence[Nest] = (),
        *,
        is_whole: bool = True,
    ) -> Iterator[tuple[JsonTag, Identifier]]:
        """What a mapping names, as values; what it says of others is remarked if this is all of it."""
        key, owners = key_of(described), self.families.owners_of(described)
        is_whole = is_whole and (not owners or not owners.isdisjoint(meant))
        for text, target in self.families.mapping_of(described):
            pointers = (target.pointer, self.references.resolve(target).pointer)
            found = next((meant[at] for at in pointers if at in meant), None)
            if found is not None:
                tags = list(spelled(text, self._kinds_of(found.whole, key)))
                if not tags:
                    what = f"{text!r} is no value of {key!r} in what it is mapped to"
                    self.notes.remark(described, what)
                yield from ((tag, found.name) for tag in tags)
                continue
            within = list(self._nested(nests, text, pointers))
            if not within and is_whole:
                self.notes.remark(described, f"maps {text!r} to what is no alternative")
            yield from within

    def _nested(
        self, nests: Sequence[Nest], text: str, pointers: Sequence[str]
    ) -> Iterator[tuple[JsonTag, Identifier]]:
        """What is named where a mapping leads to a choice within, or to an alternative of it."""
        for nest in nests:
            member = next((nest.members[at] for at in pointers if at in nest.members), None)
            is_nest = any(at in nest.pointers for at in pointers)
            for tag in spelled(text, kinds_of_tags(nest.names)) if member or is_nest else ():
                name = member or nest.names.get(tag)
                if name is not None:
                    yield tag, name

    def _constants_of(self, joined: Joined, key: str) -> frozenset[JsonTag] | None:
        """The values that a property may have, where these are listed, there or by reference."""
        nodes = joined.properties.get(key, ())
        return constants_in(part for node in nodes for part in self.joining.joined(node).parts)

    def _kinds_of(self, joined: Joined, key: str) -> Collection[str] | None:
        """The JSON types of a property; None where nothing is said of them."""
        nodes = joined.properties.get(key)
        kinds = self.joining.together(joined.place, nodes).kinds if nodes else None
        if kinds is not None:
            return kinds
        constants = self._constants_of(joined, key)
        return None if constants is None else {kind_of_value(one) for one in constants}


def _made(
    described: Node, names: Mapping[JsonTag, Identifier], otherwise: Identifier | None
) -> Discriminator:
    return Discriminator(
        wire_name=Text(key_of(described)),
        names=tuple(
            (Literal(Text(tag) if isinstance(tag, str) else tag), name)
            for tag, name in names.items()
        ),
        otherwise=otherwise,
    )


def leaves_open(joined: Joined) -> bool:
    """Whether a schema has nothing against a property that it does not name."""
    others = joined.all_of("additionalProperties")
    return all(one.value is True for one in others) and not joined.has(*OF_OTHERS)


OF_OTHERS = ("patternProperties", "propertyNames", "maxProperties", "unevaluatedProperties", "not")
"""What may forbid properties that a schema does not name."""
