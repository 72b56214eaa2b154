"""What tells the alternatives of a union apart: discriminators, constants, required properties."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from ..errors import SpecError
from ..ir import Discriminator, Identifier, Text
from ..places import file_and_pointer
from ..tree import Json, tokens
from ..values import field, frozen
from .joining import Joined, Joining
from .keywords import restricts
from .node import Node
from .notes import Notes
from .references import References


@frozen
class Nest:
    """An alternative that is a choice itself, and goes by the same property."""

    node: Node
    names: Mapping[str, Identifier]
    """What the property may say in it."""
    pointers: Mapping[str, Identifier]
    """Its own alternatives, as far as they are components."""


@frozen
class Discriminators:
    """The discriminators of one document, and who inherits from whom."""

    references: References
    joining: Joining
    notes: Notes
    _children: dict[str, list[Node]] = field(factory=dict[str, list[Node]])
    """The components that join a base with a discriminator, by the base's pointer."""
    _bases: dict[str, Node] = field(factory=dict[str, Node])
    """The discriminators of bases, by the base's pointer: their own ones, or those they inherit."""
    _heirs: set[str] = field(factory=set[str])
    """The pointers of all components that join a base with a discriminator."""

    def find_children(self, components: Iterable[Node]) -> None:
        """Find all components that join another one, directly or through others."""
        objects = [one for one in components if one.is_object and not _is_or_null(one)]
        for component in objects:
            if component.has("discriminator") and not component.has("oneOf", "anyOf"):
                self._bases[component.pointer] = component.require("discriminator")
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

    def inherited(
        self, base: Node, named: Sequence[tuple[Identifier, Joined, Node]], otherwise: Identifier
    ) -> Discriminator | None:
        """The discriminator of a base and its children."""
        described = self._bases[base.pointer]
        names = self._names(described, named, otherwise)
        return Discriminator(
            wire_name=Text(described.require("propertyName").string()),
            names=tuple((Text(value), name) for value, name in names.items()),
            otherwise=self._default_of(described, named) or otherwise,
        )

    def discriminator(
        self,
        described: Node,
        named: Sequence[tuple[Identifier, Joined, Node]],
        nests: Sequence[Nest],
        count: int,
    ) -> Discriminator | None:
        """The discriminator of a choice; None where it does not name each alternative.

        Where none of these has its property, nor anything against it, it is a hint: a document
        without the property means it all the same (OpenAPI 3.1, section 4.8.25).
        """
        key = described.require("propertyName").string()
        default = self._default_of(described, named)
        lacking = [
            joined for name, joined, _ in named if key not in joined.properties and name != default
        ]
        is_hint = len(lacking) == count and all(_leaves_open(one, key) for one in lacking)
        if lacking and not is_hint:
            what = (
                f"the alternatives do not all have {key!r}; they are told apart by what they hold"
            )
            self.notes.remark(described, what)
            return None
        if lacking:
            what = f"no alternative has {key!r}; it counts where it comes"
            self.notes.remark(described, what)
        names = self._names(described, named, nests=nests)
        missing = {name for name, _, _ in named} - {default, *names.values()}
        if missing or not names or len(named) + len(nests) != count:
            what = "does not name every alternative; they are told apart by what they hold"
            self.notes.remark(described, what)
            return None
        return Discriminator(
            wire_name=Text(key),
            names=tuple((Text(value), name) for value, name in names.items()),
            otherwise=default,
        )

    def _default_of(
        self, described: Node, named: Sequence[tuple[Identifier, Joined, Node]]
    ) -> Identifier | None:
        """What an object is that says nothing, or nothing known (OpenAPI 3.2, `defaultMapping`)."""
        said = described.get("defaultMapping")
        if said is None:
            return None
        target = self.references.find(said, _as_reference(said.string()))
        pointers = {target.pointer, self.references.resolve(target).pointer}
        for name, _, node in named:
            if not pointers.isdisjoint({node.pointer, self.references.resolve(node).pointer}):
                return name
        self.notes.warn(said, "this is none of the alternatives that are objects; it is left out")
        return None

    def inherited_by(self, alternatives: Sequence[Node | None]) -> Node | None:
        """The discriminator of a base that all of some schemas join."""
        pointers = [one.pointer for one in alternatives if one is not None]
        for pointer, described in self._bases.items():
            children = {one.pointer for one in self._children.get(pointer, ())}
            if len(pointers) == len(alternatives) and children.issuperset(pointers):
                return described
        return None

    def _names(
        self,
        described: Node,
        named: Sequence[tuple[Identifier, Joined, Node]],
        otherwise: Identifier | None = None,
        nests: Sequence[Nest] = (),
    ) -> dict[str, Identifier]:
        """What the property may say: as mapped, by constants, by the names of components.

        A constant that several alternatives have names none of them, but for a base, which has
        those of all. What a choice within names there, it names here.
        """
        key = described.require("propertyName").string()
        by_pointer = {
            (self.references.target(node) or node).pointer: name for name, _, node in named
        }
        nested = {value: name for nest in nests for value, name in nest.names.items()}
        owner = described.pointer.removesuffix("/discriminator")
        is_inherited = owner in self._bases and owner not in by_pointer  # and says more than this
        names: dict[str, Identifier] = {}
        for value, target in self._mapping_of(described):
            resolved = self.references.resolve(target)
            found = (
                by_pointer.get(target.pointer)
                or by_pointer.get(resolved.pointer)
                or self._nested(nests, value, {target.pointer, resolved.pointer})
            )
            if found is not None:
                names[value] = found
            elif not is_inherited:
                self.notes.remark(described, f"maps {value!r} to what is no alternative")
        listed = {name: self._constants_of(joined, key) for name, joined, _ in named}
        for name, constants in listed.items():
            others = [listed[one] for one in listed if one not in (name, otherwise)]
            own = (constants or frozenset()).difference(nested, *filter(None, others))
            for constant in sorted(own):
                names.setdefault(constant, name)
        for value, name in nested.items():
            names.setdefault(value, name)
        known = set(names.values())
        for pointer, name in by_pointer.items():
            path = tokens(file_and_pointer(pointer)[1])
            is_component = len(path) == 3 and path[:2] == ["components", "schemas"]
            constants = listed[name]
            may_say_so = constants is None or path[-1] in constants or name in known
            if is_component and may_say_so and path[-1] not in names:
                names[path[-1]] = name
        return names

    def _nested(
        self, nests: Sequence[Nest], value: str, pointers: Collection[str]
    ) -> Identifier | None:
        """What is named where a mapping leads to a choice within, or to an alternative of it."""
        for nest in nests:
            for pointer in pointers:
                if pointer in nest.pointers:
                    return nest.pointers[pointer]
            if (self.references.target(nest.node) or nest.node).pointer in pointers:
                return nest.names.get(value)
        return None

    def _constants_of(self, joined: Joined, key: str) -> frozenset[str] | None:
        """The strings that a property may be, where these are listed, there or by reference."""
        nodes = joined.properties.get(key, ())
        return _common(part for node in nodes for part in self.joining.joined(node).parts)

    def _mapping(self, base: Node) -> list[tuple[str, Node]]:
        """What a base's own discriminator maps; that which it inherits is about others, too."""
        described = base.get("discriminator")
        return [] if described is None else list(self._mapping_of(described))

    def _mapping_of(self, described: Node) -> Iterator[tuple[str, Node]]:
        for value, named in described.entries_of("mapping"):
            reference = named.string()
            try:
                yield value, self.references.find(named, _as_reference(reference))
            except SpecError:
                if reference.startswith("#"):
                    raise
                self.notes.warn(named, "names no schema; the value is left out")


def _as_reference(name: str) -> str:
    """A mapping names a component, or refers to a schema (OpenAPI 3.1, section 4.8.25.3)."""
    if "/" in name or name.startswith("#") or name.endswith((".json", ".yaml", ".yml")):
        return name
    escaped = name.replace("~", "~0").replace("%", "%25")
    return f"#/components/schemas/{escaped}"


def _leaves_open(joined: Joined, key: str) -> bool:
    """Whether a schema has nothing against a property that it does not name."""
    others = joined.all_of("additionalProperties")
    return (
        key not in joined.required
        and all(one.value is True for one in others)
        and not joined.has(*_OF_OTHERS)
    )


_OF_OTHERS = ("patternProperties", "propertyNames", "maxProperties", "unevaluatedProperties", "not")
"""What may forbid properties that a schema does not name."""


def are_apart(members: Sequence[Joined]) -> bool:
    """Whether no value can match two of some schemas of objects, arrays or both."""
    return all(_is_apart(one, other) for one, other in combinations(members, 2))


def _is_apart(one: Joined, other: Joined) -> bool:
    first, second = _kind_of(one), _kind_of(other)
    if first is None or second is None:
        return False
    if first != second:
        return True
    if first != "object":
        return False
    return _differ(one, other) or _is_closed_to(one, other) or _is_closed_to(other, one)


def _kind_of(joined: Joined) -> str | None:
    kinds = [kind for kind in joined.kinds or [] if kind != "null"]
    if not kinds and joined.implied_kind:
        return joined.implied_kind
    return kinds[0] if len(kinds) == 1 else None


def _differ(one: Joined, other: Joined) -> bool:
    """Whether a property that both need must have another value in each."""
    for key in one.required.keys() & other.required.keys():
        first, second = constants_of(one, key), constants_of(other, key)
        if first is not None and second is not None and not first & second:
            return True
    return False


def _is_closed_to(one: Joined, other: Joined) -> bool:
    """Whether one forbids a property that the other needs."""
    is_closed = any(
        (others := part.get("additionalProperties")) is not None and others.value is False
        for part in one.parts
    )
    return is_closed and bool(other.required.keys() - one.properties.keys())


def constants_of(joined: Joined, key: str) -> frozenset[str] | None:
    """The strings that a property may be, where these are listed."""
    return _common(joined.properties.get(key, ()))


def _common(nodes: Iterable[Node]) -> frozenset[str] | None:
    listed = [said for node in nodes if node.is_object and (said := _listed(node)) is not None]
    return listed[0].intersection(*listed) if listed else None


def _listed(node: Node) -> frozenset[str] | None:
    if node.has("const"):
        constant: Json = node.require("const").value
        return frozenset({constant}) if isinstance(constant, str) else None
    if not node.has("enum"):
        return None
    values: list[Json] = [item.value for item in node.items_of("enum")]
    texts = [value for value in values if isinstance(value, str)]
    return frozenset(texts) if len(texts) == len(values) else None


def _is_or_null(node: Node) -> bool:
    """Whether a component is nothing but what it joins, or null: another name, and no heir.

    Of OpenAPI 3.1, whose `nullable` is in other words here, none is.
    """
    return node.boolean_of("nullable") and not restricts(node.without("allOf", "nullable"))
