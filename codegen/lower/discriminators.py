"""What tells the alternatives of a union apart: mappings, constants, the names of components.

Who inherits from whom is known here, too: a base with a discriminator stands for all its heirs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..errors import SpecError
from ..ir import Discriminator, Identifier, Literal, Text
from ..places import last_name
from ..values import field, frozen
from .joining import Joined, Joining
from .keywords import restricts
from .kinds import kind_of_value
from .node import Node
from .notes import Notes
from .references import References
from .tag_values import JsonTag, constants_in, in_order, is_text, kinds_of_tags, spelled
from .variants import Nest, Variant


@frozen
class Discriminators:
    """The discriminators of one document, and who inherits from whom."""

    references: References
    joining: Joining
    notes: Notes
    _children: dict[str, list[Node]] = field(factory=dict[str, list[Node]])
    """The components that join a base with a discriminator, by the base's pointer."""
    _own: dict[str, Node] = field(factory=dict[str, Node])
    """What bases say themselves of a discriminator, by their pointers."""
    _bases: dict[str, Node] = field(factory=dict[str, Node])
    """The discriminators of bases, by the base's pointer: their own ones, or those they inherit."""
    _heirs: set[str] = field(factory=set[str])
    """The pointers of all components that join a base with a discriminator."""

    def find_children(self, components: Iterable[Node]) -> None:
        """Find all components that join another one, directly or through others."""
        objects = [one for one in components if one.is_object and not _is_or_null(one)]
        for component in objects:
            said = own_discriminator(component)
            if said is not None:
                self._own[component.pointer] = self._bases[component.pointer] = said
        inherited: dict[str, Node] = {}
        for component in objects if self._bases else ():
            ancestors = self._ancestors(component)
            for base in ancestors:
                self._children.setdefault(base, []).append(component)
            nearest = next((base for base in ancestors if base in self._bases), None)
            if nearest is not None:
                self._heirs.add(component.pointer)
                inherited[component.pointer] = self._bases[nearest]
        # An heir that has heirs is a base in its turn.
        for pointer, described in inherited.items():
            if pointer in self._children:
                self._bases.setdefault(pointer, described)

    def _ancestors(self, node: Node) -> list[str]:
        """The pointers of all schemas that one joins, directly or through others; nearest first."""
        found: dict[str, None] = {}
        ahead = deque([node])
        while ahead:
            for part in ahead.popleft().items_of("allOf"):
                target = self.references.target(part)
                if target is not None and target.is_object and target.pointer not in found:
                    found[target.pointer] = None
                    ahead.append(target)
        return list(found)

    def is_heir(self, node: Node) -> bool:
        """Whether a schema inherits from a base with a discriminator, which tells it from others."""
        return node.pointer in self._heirs

    def base_of(self, node: Node) -> Node | None:
        """The node itself where it has a discriminator for those that inherit from it."""
        if node.pointer not in self._bases:
            return None
        return node if self._children.get(node.pointer) or self._mapping(node) else None

    def children_of(self, base: Node) -> list[Node]:
        """Who inherits from a base, or is named by its mapping; each once."""
        mapped = [target for _, target in self._mapping(base)]
        every = [*self._children.get(base.pointer, []), *mapped]
        return list({one.pointer: one for one in every if one.pointer != base.pointer}.values())

    def kin_of(self, base: Node) -> set[str]:
        """The pointers of other schemas that inherit from one, or it from them, or both from a third."""
        kin = {child.pointer for child in self.children_of(base)}
        for ancestor, children in self._children.items():
            family = {ancestor, *(child.pointer for child in children)}
            if base.pointer in family:
                kin |= family
        return kin - {base.pointer}

    def name_of(self, base: Node, node: Node) -> str | None:
        """What an object of a base or an heir says in the property; None for a base without a name.

        That is what the mapping says of it, or of an heir from which another property leads to it,
        or else its own name. A base that the mapping passes over is no object by itself.
        """
        mapped = {target.pointer: text for text, target in reversed(self._mapping(base))}
        if node.pointer in mapped or node.pointer == base.pointer:
            return mapped.get(node.pointer)
        leading = (at for at in self._ancestors(node) if self.goes_on(base, at))
        found = next((at for at in leading if at in mapped), None)
        return last_name(node.pointer) if found is None else mapped[found]

    def inherited(
        self, base: Node, variants: Sequence[Variant], otherwise: Identifier
    ) -> Discriminator:
        """The discriminator of a base and its children."""
        described = self._bases[base.pointer]
        names = self._names(described, variants, otherwise=otherwise)
        for child in self.children_of(base):
            # What an heir maps by the same property, only in its own words.
            own = self._own.get(child.pointer)
            if own is not None and _key_of(own) == _key_of(described):
                for tag, name in self._mapped(own, variants, is_whole=False):
                    names.setdefault(tag, name)
        return _made(described, names, self._default_of(described, variants) or otherwise)

    def goes_on(self, base: Node, pointer: str) -> bool:
        """Whether what stands somewhere inherits from a base, and another property tells its heirs."""
        own = self._own.get(pointer)
        return (
            own is not None
            and any(pointer == one.pointer for one in self._children.get(base.pointer, ()))
            and _key_of(own) != _key_of(self._bases[base.pointer])
            and bool(self._children.get(pointer) or list(self._mapping_of(own)))
        )

    def discriminator(
        self, described: Node, variants: Sequence[Variant], nests: Sequence[Nest], count: int
    ) -> Discriminator | None:
        """The discriminator of a choice; None where it does not name each alternative.

        Where none of these has its property, nor anything against it, it is a hint: a document
        without the property means it all the same (OpenAPI 3.1, section 4.8.25).
        """
        key = _key_of(described)
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
        target = self.references.find(said, _as_reference(said.string()))
        pointers = {target.pointer, self.references.resolve(target).pointer}
        for one in variants:
            if not pointers.isdisjoint(one.pointers):
                return one.name
        self.notes.warn(said, "this is none of the alternatives that are objects; it is left out")
        return None

    def _base_among(self, described: Node, variants: Sequence[Variant]) -> Identifier | None:
        """The base which says so itself, where it stands among its heirs: it is any other of them."""
        owners = self._owners_of(described)
        return next((one.name for one in variants if not owners.isdisjoint(one.pointers)), None)

    def _owners_of(self, described: Node) -> set[str]:
        """The pointers of the bases of which something is the discriminator."""
        return {at for at, own in self._own.items() if own.pointer == described.pointer}

    def inherited_by(self, alternatives: Sequence[Collection[str]]) -> Node | None:
        """The discriminator of the nearest base that several schemas all join, or are; by pointers."""
        if len(alternatives) < 2:
            return None
        fitting = [
            (len(family), described)
            for pointer, described in self._bases.items()
            if (family := {pointer, *(one.pointer for one in self._children.get(pointer, ()))})
            and all(not family.isdisjoint(one) for one in alternatives)
        ]
        return min(fitting, key=lambda one: one[0])[1] if fitting else None

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
        key = _key_of(described)
        nested = {tag: name for nest in nests for tag, name in nest.names.items()}
        names: dict[JsonTag, Identifier] = {}
        for tag, name in self._mapped(described, variants, nests):
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
        variants: Sequence[Variant],
        nests: Sequence[Nest] = (),
        *,
        is_whole: bool = True,
    ) -> Iterator[tuple[JsonTag, Identifier]]:
        """What a mapping names, as values; what it says of others is remarked if this is all of it."""
        key, owners = _key_of(described), self._owners_of(described)
        own = {pointer for one in variants for pointer in one.pointers}
        is_whole = is_whole and (not owners or not owners.isdisjoint(own))
        for text, target in self._mapping_of(described):
            pointers = (target.pointer, self.references.resolve(target).pointer)
            found = _meant(variants, pointers)
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

    def _mapping(self, base: Node) -> list[tuple[str, Node]]:
        """What a base's own discriminator maps; that which it inherits is about others, too."""
        described = self._own.get(base.pointer)
        return [] if described is None else list(self._mapping_of(described))

    def _mapping_of(self, described: Node) -> Iterator[tuple[str, Node]]:
        for value, named in described.entries_of("mapping"):
            reference = named.string()
            try:
                yield value, self.references.find(named, _as_reference(reference))
            except SpecError:
                if reference.startswith("#"):
                    raise
                what = "names no schema"
                if _is_of_file(reference):
                    what = "names a file that no $ref names, so it is not loaded"
                self.notes.warn(named, f"{what}; the value is left out")


def own_discriminator(node: Node) -> Node | None:
    """What a schema says of its heirs, itself or in a part of it that has no name.

    Beside a choice, a discriminator is about its alternatives.
    """
    if node.has("oneOf", "anyOf"):
        return None
    said = node.get("discriminator")
    if said is not None:
        return said
    inline = (one for one in node.items_of("allOf") if one.is_object and not one.has("$ref"))
    return next((found for one in inline if (found := own_discriminator(one)) is not None), None)


def _key_of(described: Node) -> str:
    return described.require("propertyName").string()


def _made(
    described: Node, names: Mapping[JsonTag, Identifier], otherwise: Identifier | None
) -> Discriminator:
    return Discriminator(
        wire_name=Text(_key_of(described)),
        names=tuple(
            (Literal(Text(tag) if isinstance(tag, str) else tag), name)
            for tag, name in names.items()
        ),
        otherwise=otherwise,
    )


def _meant(variants: Sequence[Variant], pointers: Sequence[str]) -> Variant | None:
    """The alternative that a reference means; nearer than what an alternative leads to is itself."""
    for pointer in pointers:
        fitting = [one for one in variants if pointer in one.pointers]
        if fitting:
            return min(fitting, key=lambda one: one.pointers.index(pointer))
    return None


def _as_reference(name: str) -> str:
    """A mapping names a component, or refers to a schema (OpenAPI 3.1, section 4.8.25.3)."""
    if "/" in name or name.startswith("#") or _is_of_file(name):
        return name
    escaped = name.replace("~", "~0").replace("%", "%25")
    return f"#/components/schemas/{escaped}"


def _is_of_file(name: str) -> bool:
    """Whether a mapping names a file, or a place in one."""
    return name.partition("#")[0].endswith((".json", ".yaml", ".yml"))


def leaves_open(joined: Joined) -> bool:
    """Whether a schema has nothing against a property that it does not name."""
    others = joined.all_of("additionalProperties")
    return all(one.value is True for one in others) and not joined.has(*OF_OTHERS)


OF_OTHERS = ("patternProperties", "propertyNames", "maxProperties", "unevaluatedProperties", "not")
"""What may forbid properties that a schema does not name."""


def _is_or_null(node: Node) -> bool:
    """Whether a component is nothing but what it joins, or null: another name, and no heir.

    Of OpenAPI 3.1, whose `nullable` is in other words here, none is.
    """
    return node.boolean_of("nullable") and not restricts(node.without("allOf", "nullable"))
