"""What references lead to: a class by its name, or a schema that is written out where it is used.

Bases with a discriminator stand for all that inherit from them. What contains itself, and a choice
that says how its alternatives are told apart, has the name of an alias.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ir import Alias, Identifier, Limits, Named, Nullable, Text, Type, UnionOf
from ..places import last_name
from ..tree import tokens
from ..values import field, frozen
from .enumerations import is_deprecated
from .keywords import doc_of
from .models import named_in
from .node import Node
from .shapes import is_untyped_record
from .unions import is_free, needs_name
from .variants import Variant

if TYPE_CHECKING:
    from .schemas import Schemas


@frozen
class Referring:
    """Follows the references of one document."""

    schemas: Schemas
    _written: dict[str, Type] = field(factory=dict[str, Type])
    """The types of schemas that references lead to, by pointer."""
    _recursive: dict[str, Identifier] = field(factory=dict[str, Identifier])
    """The aliases that refer to themselves, by pointer."""

    def refuse_circle(self, node: Node) -> None:
        """Refuse names for each other at the first of them."""
        shapes, target_of = self.schemas.shapes, self.schemas.references.target
        seen, target = {node.pointer}, target_of(node)
        while target is not None and target.pointer not in seen and shapes.is_reference(target):
            seen.add(target.pointer)
            target = target_of(target)
        if target is not None and target.pointer == node.pointer:
            raise node.refusal("this $ref leads back to itself and says nothing on the way")

    def name_for(self, target: Node) -> str:
        """What to name the model after that a reference leads to."""
        return self.schemas.models.component_at(target.pointer) or last_name(target.pointer)

    def type_of(self, node: Node, target: Node) -> Type:
        """A model by its name; any other schema is written out where it is used."""
        schemas = self.schemas
        if schemas.shapes.is_reference(target):
            schemas.references.resolve(node)  # refuses a circle
            return schemas.type_of(target, self.name_for(target))
        base = schemas.families.base_of(target)
        if base is not None and schemas.shapes.makes_class(target):
            return self._polymorphic(target)
        return self.plainly(node, target)

    def plainly(self, node: Node, target: Node) -> Type:
        """The type of a component itself, whatever inherits from it."""
        schemas = self.schemas
        if not schemas.shapes.makes_class(target):
            return self._written_out(node, target, self.name_for(target))
        joined = schemas.joining.joined(target)
        name = schemas.models.component_at(target.pointer)
        if name is None:
            return schemas.of_joined(joined, self.name_for(target))
        if schemas.models.note_class(name):
            schemas.models.note_members(name, schemas.members(joined))
        if is_untyped_record(joined):
            schemas.models.note_untyped(name)
        return Nullable(Named(name)) if schemas.shapes.is_nullable(joined) else Named(name)

    def component(self, node: Node, name: Identifier) -> Type:
        """The type of a component that makes no class; its own name where that stands for it."""
        if node.pointer not in self._written and not self.schemas.shapes.is_reference(node):
            self._written_out(node, node, name)
        return self._written.get(node.pointer) or self.schemas.type_of(node, name)

    def alias(self, target: Node, name: Identifier, wire_name: str, type_: Type) -> Alias:
        """The alias for the type of a schema."""
        return Alias(
            name=name,
            wire_name=Text(wire_name),
            type=type_,
            is_recursive=target.pointer in self._recursive,
            doc=doc_of(target, wire_name),
            is_deprecated=is_deprecated(target),
        )

    def _written_out(self, place: Node, target: Node, name: str) -> Type:
        """The type of a schema that makes no class, which it may contain all the same."""
        schemas = self.schemas
        if target.pointer in self._written:
            return self._written[target.pointer]
        if schemas.nesting.contains(target):
            return self._recursion(place, target, name)
        hint = f"{name}_value" if schemas.shapes.may_be_null(target) else name
        with schemas.nesting.of(place, target):
            found = schemas.type_of(target, hint)
        found = self._written[target.pointer] = self._named(target, found, name)
        return found

    def _recursion(self, place: Node, target: Node, name: str) -> Type:
        """The alias for a schema that contains itself, inside an array or a map."""
        if not self.schemas.nesting.is_inside(target):
            raise place.refusal("this schema contains itself without an object in between")
        if target.pointer not in self._recursive:
            models = self.schemas.models
            known = models.component_at(target.pointer)
            self._recursive[target.pointer] = known or models.take(name)
        return Named(self._recursive[target.pointer])

    def _named(self, target: Node, found: Type, name: str) -> Type:
        """A type by the name of its alias, where it has a reason to stay one."""
        recursive = self._recursive.get(target.pointer)
        known = self.schemas.models.component_at(target.pointer)
        alias = recursive or known
        if alias is None or found == Named(alias):
            return found
        if recursive is None and not _needs_alias(found):
            return found
        wire_name = tokens(target.pointer)[-1] if known else name
        self.schemas.models.add(self.alias(target, alias, wire_name, found))
        if is_free(found):
            return Named(alias)
        said = {"allOf": [target]}
        return Named(alias, Limits(schema=self.schemas.residues.of(target, said)))

    def _polymorphic(self, base: Node) -> Type:
        """A record or one of those that inherit from it, as a discriminator tells."""
        key = f"{base.pointer} and its children"
        known = self.schemas.models.inline(key)
        return Named(self._name_polymorphic(base, key) if known is None else known)

    def _name_polymorphic(self, base: Node, key: str) -> Identifier:
        models, discriminators = self.schemas.models, self.schemas.discriminators
        alias = models.name_inline(key, f"any_{self.name_for(base)}")
        models.hold_place(alias, alias)
        variants = [
            Variant(known, self.schemas.joining.joined(child), (child.pointer,))
            for child in [*self.schemas.families.children_of(base), base]
            if (known := named_in(self._heir(base, child))) is not None
        ]
        otherwise = variants[-1].name  # the base itself
        types: list[Type] = [Named(one.name) for one in variants]
        union = UnionOf(
            alternatives=tuple(dict.fromkeys(types)),
            discriminator=discriminators.inherited(base, variants, otherwise),
        )
        models.add(Alias(name=alias, wire_name=Text(alias), type=union, doc=doc_of(base, alias)))
        return alias

    def _heir(self, base: Node, child: Node) -> Type:
        """An heir itself, or any of its own heirs where another property tells which."""
        goes_on = self.schemas.families.goes_on(base, child.pointer)
        return self._polymorphic(child) if goes_on else self.plainly(child, child)


def _needs_alias(type_: Type) -> bool:
    """Whether a union of a component keeps its name: where it is told apart, or has no limits."""
    return isinstance(type_, UnionOf) and (needs_name(type_) or is_free(type_))
