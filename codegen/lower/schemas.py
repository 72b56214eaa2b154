"""Schemas of the document to types and models.

A schema becomes a class where it has properties or an enumeration of values, and is written out
where it stands otherwise. What JSON Schema can say and these types cannot is refused here.
"""

from __future__ import annotations

from attrs import field, frozen

from ..ir import (
    Alias,
    Anything,
    Enumeration,
    Field,
    Identifier,
    Limits,
    ListOf,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Others,
    Presence,
    Record,
    Text,
    Type,
)
from ..tree import tokens
from .enumerations import enumeration_of
from .keywords import ANNOTATIONS, doc_of, refuse_siblings, refuse_unsupported
from .kinds import constant_of, implied_kind, kinds_of, scalar_of
from .limits import limits_of
from .merging import Merged, forbids_others, merged, merged_all_of
from .names import Names, class_name, field_name
from .node import Node
from .references import References

_MOST_NESTED = 50
"""How many schemas without a class may be written out inside each other."""


@frozen
class Schemas:
    """The models of a document, which grow as inline schemas are met."""

    references: References
    names: Names
    is_3_0: bool
    """Whether the document speaks OpenAPI 3.0's dialect of JSON Schema."""
    _component_names: dict[str, Identifier] = field(factory=dict)
    _models: dict[str, Model] = field(factory=dict)
    _inline_names: dict[str, Identifier] = field(factory=dict)
    """Of the classes of inline schemas, by pointer: several references may lead to one."""
    _expanding: set[str] = field(factory=set)

    def add_components(self, components: Node) -> None:
        """Lower all of `components/schemas`; their names come first."""
        schemas = list(components.entries_of("schemas"))
        for key, node in schemas:
            self._component_names[node.pointer] = self.names.take(class_name(key))
        for key, node in schemas:
            name = self._component_names[node.pointer]
            self._models[name] = self._component(node, name, Text(key))

    @property
    def models(self) -> tuple[Model, ...]:
        """All models, components first, then inline ones as they were met."""
        return tuple(self._models.values())

    def is_enumeration(self, name: Identifier) -> bool:
        """Whether the model of a name is an enumeration."""
        return isinstance(self._models.get(name), Enumeration)

    def type_of(self, node: Node, hint: str) -> Type:
        """The type of a schema; an inline model is named after `hint`."""
        if isinstance(node.value, bool):
            if not node.value:
                raise node.refusal("the schema false matches nothing; leave out what it describes")
            return Anything()
        target = self.references.target(node)
        if target is not None:
            return self._referenced(node, target)
        refuse_unsupported(node)
        if node.has("allOf"):
            return self._all_of(node, hint)
        return self._nullable(node, self._plain(node, hint))

    def _component(self, node: Node, name: Identifier, wire_name: Text) -> Model:
        inner = self._class(node, name, wire_name)
        if inner is not None:
            return inner
        type_ = self._written_out(node, node, name)
        return Alias(name=name, wire_name=wire_name, type=type_, doc=doc_of(node))

    def _class(self, node: Node, name: Identifier, wire_name: Text) -> Record | Enumeration | None:
        """The class that a schema needs, or None where it needs none."""
        if isinstance(node.value, bool) or node.has("$ref") or self._is_nullable(node):
            return None
        refuse_unsupported(node)
        if node.has("allOf"):
            if self._sole_part(node) is not None:
                return None
            return self._merged_record(node, name, wire_name)
        if node.has("enum"):
            return enumeration_of(node, name, wire_name)
        return (
            self._record(merged([node]), name, wire_name, node) if self._is_record(node) else None
        )

    def _referenced(self, node: Node, target: Node) -> Type:
        """A model by its name; any other schema is written out where it is used."""
        refuse_siblings(node)
        name = self._component_names.get(target.pointer)
        if name is not None and self._makes_class(target):
            return Named(name)
        return self._written_out(node, target, name or tokens(target.pointer)[-1])

    def _written_out(self, place: Node, target: Node, name: str) -> Type:
        """The type of a schema that makes no class, which it may contain all the same."""
        hint = f"{name}_value" if self._may_be_null(target) else name
        if target.pointer in self._inline_names:
            return self.type_of(target, hint)
        if target.pointer in self._expanding:
            raise place.refusal("this schema contains itself without an object in between")
        if len(self._expanding) >= _MOST_NESTED:
            raise place.refusal(f"more than {_MOST_NESTED} schemas without properties are nested")
        self._expanding.add(target.pointer)
        try:
            return self.type_of(target, hint)
        finally:
            self._expanding.discard(target.pointer)

    def _makes_class(self, node: Node) -> bool:
        if isinstance(node.value, bool) or node.has("$ref") or self._is_nullable(node):
            return False
        if node.has("allOf"):
            return self._sole_part(node) is None
        return node.has("enum") or self._is_record(node)

    def _is_record(self, node: Node) -> bool:
        if not {"object", "null"}.issuperset(kinds_of(node)):
            return False
        return node.has("properties") or forbids_others(node)

    def _inline(self, node: Node, hint: str) -> Type | None:
        """The class of an inline schema, named after where it stands."""
        if not (node.has("enum") or self._is_record(node)):
            return None
        if node.pointer not in self._inline_names:
            name = self._begin_inline(node, hint)
            self._models[name] = (
                enumeration_of(node, name, Text(hint))
                if node.has("enum")
                else self._record(merged([node]), name, Text(hint), node)
            )
        return Named(self._inline_names[node.pointer])

    def _begin_inline(self, node: Node, hint: str) -> Identifier:
        """The name of an inline class, which comes before those of what it contains."""
        name = self.names.take(class_name(hint))
        self._inline_names[node.pointer] = name
        self._models[name] = Alias(name=name, wire_name=Text(hint), type=Anything())
        return name

    def _plain(self, node: Node, hint: str) -> Type:
        """The type of a schema without its null."""
        if node.has("const"):
            return constant_of(node.require("const"))
        inline = self._inline(node, hint)
        if inline is not None:
            return inline
        kinds = [kind for kind in kinds_of(node) if kind != "null"]
        if len(kinds) > 1:
            raise node.refusal("several types are not supported yet; choose one, or one and null")
        if not kinds and kinds_of(node):
            return Null()
        kind = kinds[0] if kinds else implied_kind(node)
        limits = limits_of(node, kind, is_3_0=self.is_3_0)
        if kind == "object":
            return self._map(node, limits, hint)
        if kind == "array":
            items = node.get("items")
            item = Anything() if items is None else self.type_of(items, f"{hint}_item")
            return ListOf(item, limits)
        return Anything(limits) if kind is None else scalar_of(node, kind, limits)

    def _map(self, node: Node, limits: Limits, hint: str) -> Type:
        if node.has("required"):
            raise node.refusal("'required' needs the properties that it names under 'properties'")
        others = node.get("additionalProperties")
        value = Anything() if others is None else self.type_of(others, f"{hint}_value")
        return MapOf(value, limits)

    def _nullable(self, node: Node, inner: Type) -> Type:
        if self._is_nullable(node) and not isinstance(inner, Null | Anything | Nullable):
            return Nullable(inner)
        return inner

    def _may_be_null(self, node: Node) -> bool:
        return node.is_object and self._is_nullable(node)

    def _is_nullable(self, node: Node) -> bool:
        if self.is_3_0 and node.boolean_of("nullable"):
            return True
        kinds = kinds_of(node)
        has_null = any(item.value is None for item in node.items_of("enum"))
        return ("null" in kinds and kinds != ["null"]) or (has_null and not kinds)

    # Records.

    def _all_of(self, node: Node, hint: str) -> Type:
        part = self._sole_part(node)
        if part is not None:
            return self._nullable(node, self.type_of(part, hint))
        if node.pointer not in self._inline_names:
            name = self._begin_inline(node, hint)
            self._models[name] = self._merged_record(node, name, Text(hint))
        return self._nullable(node, Named(self._inline_names[node.pointer]))

    def _sole_part(self, node: Node) -> Node | None:
        """The only part of an `allOf` that says anything: the way to put a text beside a $ref."""
        parts = list(node.items_of("allOf"))
        said = [key for key, _ in node.entries() if key not in {"allOf", "nullable", *ANNOTATIONS}]
        if len(parts) != 1 or said or self._makes_record(parts[0]):
            return None
        return parts[0]

    def _makes_record(self, node: Node) -> bool:
        """Whether a schema is an inline object, whose class may as well be that of its `allOf`."""
        return not node.has("$ref") and self._is_record(node) and not self._is_nullable(node)

    def _merged_record(self, node: Node, name: Identifier, wire_name: Text) -> Record:
        return self._record(merged_all_of(node, self.references), name, wire_name, node)

    def _record(self, found: Merged, name: Identifier, wire_name: Text, whole: Node) -> Record:
        names = Names()
        fields = tuple(
            self._field(node, key, names, name, is_required=key in found.required)
            for key, node in found.properties.items()
        )
        return Record(
            name=name,
            wire_name=wire_name,
            fields=(
                *(one for one in fields if one.presence is Presence.REQUIRED),
                *(one for one in fields if one.presence is not Presence.REQUIRED),
            ),
            others=self._others(found.others, names, name),
            is_closed=found.is_closed,
            doc=doc_of(whole),
            is_deprecated=whole.boolean_of("deprecated"),
        )

    def _others(self, found: Node | None, names: Names, name: Identifier) -> Others | None:
        if found is None:
            return None
        inner = self.type_of(found, f"{name}_value")
        return Others(name=names.take("additional_properties"), value=inner)

    def _field(
        self, node: Node, key: str, names: Names, owner: Identifier, *, is_required: bool
    ) -> Field:
        inner = self.type_of(node, f"{owner}_{key}")
        presence = Presence.REQUIRED if is_required else Presence.OPTIONAL
        if presence is Presence.OPTIONAL and isinstance(inner, Nullable):
            presence = Presence.OPTIONAL_NULLABLE
        described = node if isinstance(node.value, dict) else Node({}, node.pointer)
        return Field(
            name=names.take(field_name(key)),
            wire_name=Text(key),
            type=inner,
            presence=presence,
            doc=doc_of(described),
            is_deprecated=described.boolean_of("deprecated"),
        )
