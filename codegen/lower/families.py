"""Who inherits from whom: bases with a discriminator, and the components that join them by `allOf`.

What a discriminator says is read here, too: its property, and the schemas that its mapping names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence

from ..errors import SpecError
from ..places import last_name
from ..values import field, frozen
from .keywords import restricts
from .node import Node
from .notes import Notes
from .references import References


@frozen
class Families:
    """The bases of one document and their heirs."""

    references: References
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

    def names_of(self, base: Node) -> dict[str, str]:
        """What objects of a base and its heirs say in the property, by the pointers of these.

        That is what the mapping says of one, or of an heir from which another property leads to it,
        or else its own name. A base that the mapping passes over is no object by itself.
        """
        mapped = {target.pointer: text for text, target in reversed(self._mapping(base))}
        names = dict(mapped)
        for heir in self.children_of(base):
            if heir.pointer not in mapped:
                leading = (at for at in self._ancestors(heir) if at in mapped)
                found = next((at for at in leading if self.goes_on(base, at)), None)
                names[heir.pointer] = last_name(heir.pointer) if found is None else mapped[found]
        return names

    def described(self, base: Node) -> Node:
        """The discriminator of a base, its own one or that which it inherits."""
        return self._bases[base.pointer]

    def own(self, node: Node) -> Node | None:
        """What a base says itself of a discriminator; None for what is no base by itself."""
        return self._own.get(node.pointer)

    def goes_on(self, base: Node, pointer: str) -> bool:
        """Whether what stands somewhere inherits from a base, and another property tells its heirs."""
        own = self._own.get(pointer)
        return (
            own is not None
            and any(pointer == one.pointer for one in self._children.get(base.pointer, ()))
            and key_of(own) != key_of(self._bases[base.pointer])
            and bool(self._children.get(pointer) or list(self.mapping_of(own)))
        )

    def owners_of(self, described: Node) -> set[str]:
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

    def _mapping(self, base: Node) -> list[tuple[str, Node]]:
        """What a base's own discriminator maps; that which it inherits is about others, too."""
        described = self._own.get(base.pointer)
        return [] if described is None else list(self.mapping_of(described))

    def mapping_of(self, described: Node) -> Iterator[tuple[str, Node]]:
        """What a discriminator maps, as it spells it, and the schemas that it means."""
        for value, named in described.entries_of("mapping"):
            reference = named.string()
            try:
                yield value, self.references.find(named, as_reference(reference))
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


def key_of(described: Node) -> str:
    """The property of a discriminator."""
    return described.require("propertyName").string()


def as_reference(name: str) -> str:
    """A mapping names a component, or refers to a schema (OpenAPI 3.1, section 4.8.25.3)."""
    if "/" in name or name.startswith("#") or _is_of_file(name):
        return name
    escaped = name.replace("~", "~0").replace("%", "%25")
    return f"#/components/schemas/{escaped}"


def _is_of_file(name: str) -> bool:
    """Whether a mapping names a file, or a place in one."""
    return name.partition("#")[0].endswith((".json", ".yaml", ".yml"))


def _is_or_null(node: Node) -> bool:
    """Whether a component is nothing but what it joins, or null: another name, and no heir.

    Of OpenAPI 3.1, whose `nullable` is in other words here, none is.
    """
    return node.boolean_of("nullable") and not restricts(node.without("allOf", "nullable"))
