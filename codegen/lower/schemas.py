"""Schemas of the document to types and models.

A schema becomes a class where it has properties or an enumeration of values, and is written out
where it stands otherwise. What JSON Schema can say and these types cannot is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

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
    Null,
    Nullable,
    Others,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
)
from ..tree import tokens
from .keywords import ANNOTATIONS, refuse_siblings, refuse_unsupported
from .limits import limits_of
from .names import Names, class_name, field_name, member_name
from .node import Node
from .references import References

_SCALARS = {
    "string": ScalarKind.STRING,
    "integer": ScalarKind.INTEGER,
    "number": ScalarKind.NUMBER,
    "boolean": ScalarKind.BOOLEAN,
}

_TEXT_FORMATS = {
    "byte": ScalarKind.BYTES,
    "date": ScalarKind.DATE,
    "date-time": ScalarKind.DATE_TIME,
    "uuid": ScalarKind.UUID,
}

_TYPES = frozenset({*_SCALARS, "array", "null", "object"})

_MOST_NESTED = 50
"""How many schemas without a class may be written out inside each other."""

_INTEGER_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


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
        return Alias(name=name, wire_name=wire_name, type=type_, doc=_doc(node))

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
            return self._enumeration(node, name, wire_name)
        return self._record([node], name, wire_name, node) if self._is_record(node) else None

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
        if not {"object", "null"}.issuperset(_kinds(node)):
            return False
        return node.has("properties") or _forbids_others(node)

    def _inline(self, node: Node, hint: str) -> Type | None:
        """The class of an inline schema, named after where it stands."""
        if not (node.has("enum") or self._is_record(node)):
            return None
        if node.pointer not in self._inline_names:
            name = self._begin_inline(node, hint)
            self._models[name] = (
                self._enumeration(node, name, Text(hint))
                if node.has("enum")
                else self._record([node], name, Text(hint), node)
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
            return _constant(node.require("const"))
        inline = self._inline(node, hint)
        if inline is not None:
            return inline
        kinds = [kind for kind in _kinds(node) if kind != "null"]
        if len(kinds) > 1:
            raise node.refusal("several types are not supported yet; choose one, or one and null")
        if not kinds and _kinds(node):
            return Null()
        kind = kinds[0] if kinds else _implied_kind(node)
        limits = limits_of(node, kind, is_3_0=self.is_3_0)
        if kind == "object":
            return self._map(node, limits, hint)
        if kind == "array":
            items = node.get("items")
            item = Anything() if items is None else self.type_of(items, f"{hint}_item")
            return ListOf(item, limits)
        return Anything(limits) if kind is None else _scalar(node, kind, limits)

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
        kinds = _kinds(node)
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
        parts = list(self._parts(node, set()))
        return self._record(parts, name, wire_name, node)

    def _parts(self, node: Node, seen: set[str]) -> Iterator[Node]:
        """The schemas that an `allOf` joins, with all that they join themselves."""
        resolved = self.references.resolve(node)
        if resolved.pointer in seen:
            raise node.refusal("this allOf contains itself")
        refuse_unsupported(resolved)
        seen = seen | {resolved.pointer}
        for part in resolved.items_of("allOf"):
            yield from self._parts(part, seen)
        self._refuse_no_object(resolved)
        yield resolved

    def _refuse_no_object(self, node: Node) -> None:
        allowed = {
            "additionalProperties",
            "allOf",
            "properties",
            "required",
            "type",
            "nullable",
            "minProperties",
            "maxProperties",
        }
        for key, keyword in node.entries():
            if key not in allowed | ANNOTATIONS and not key.startswith("x-"):
                raise keyword.refusal(
                    "allOf is supported for objects only; this keyword is not one's"
                )
        if _kinds(node) not in ([], ["object"]):
            raise node.require("type").refusal("allOf is supported for objects only")
        others = node.get("additionalProperties")
        if others is not None and others.value is False:
            raise others.refusal(
                "an allOf with a part that forbids other properties matches next to nothing"
            )

    def _record(self, parts: list[Node], name: Identifier, wire_name: Text, whole: Node) -> Record:
        required = {item.string() for part in parts for item in part.items_of("required")}
        properties: dict[str, Node] = {}
        for part in parts:
            for key, node in part.entries_of("properties"):
                if key in properties and properties[key].value != node.value:
                    raise node.refusal(f"the parts of an allOf describe {key!r} in two ways")
                properties[key] = node
        self._refuse_unknown_required(parts, properties)
        self._refuse_property_counts(parts)
        names = Names()
        fields = tuple(
            self._field(node, key, names, name, is_required=key in required)
            for key, node in properties.items()
        )
        others = [part.require("additionalProperties") for part in parts if _keeps_others(part)]
        self._refuse_others_of_a_part(others, parts, properties)
        return Record(
            name=name,
            wire_name=wire_name,
            fields=(
                *(one for one in fields if one.presence is Presence.REQUIRED),
                *(one for one in fields if one.presence is not Presence.REQUIRED),
            ),
            others=self._others(others, names, name),
            is_closed=any(_forbids_others(part) for part in parts),
            doc=_doc(whole),
            is_deprecated=whole.boolean_of("deprecated"),
        )

    def _refuse_unknown_required(self, parts: list[Node], properties: dict[str, Node]) -> None:
        for part in parts:
            for item in part.items_of("required"):
                if item.string() not in properties:
                    raise item.refusal(
                        f"{item.string()!r} is required but not among the properties"
                    )

    def _refuse_others_of_a_part(
        self, others: list[Node], parts: list[Node], properties: dict[str, Node]
    ) -> None:
        """For a part alone, the properties of the other parts are additional ones."""
        for described in others:
            part = next(one for one in parts if one.get("additionalProperties") == described)
            named = {key for key, _ in part.entries_of("properties")}
            if described.value not in (True, {}) and not named.issuperset(properties):
                raise described.refusal(
                    "in an allOf this restricts the properties of the other parts too; "
                    "name them beside it"
                )

    def _refuse_property_counts(self, parts: list[Node]) -> None:
        for part in parts:
            for key in ("minProperties", "maxProperties"):
                if part.has(key):
                    raise part.require(key).refusal(f"{key} beside properties is not supported yet")

    def _others(self, found: list[Node], names: Names, name: Identifier) -> Others | None:
        if not found:
            return None
        if len(found) > 1 and found[0].value != found[1].value:
            raise found[1].refusal("the parts of an allOf describe other properties in two ways")
        return Others(
            name=names.take("additional_properties"),
            value=self.type_of(found[0], f"{name}_value"),
        )

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
            doc=_doc(described),
            is_deprecated=described.boolean_of("deprecated"),
        )

    # Enumerations.

    def _enumeration(self, node: Node, name: Identifier, wire_name: Text) -> Enumeration:
        values = [item for item in node.items_of("enum") if item.value is not None]
        if not values:
            raise node.require("enum").refusal(
                "an enumeration needs at least one value besides null"
            )
        kinds: set[type[object]] = {type(item.value) for item in values}
        if kinds not in ({str}, {int}):
            raise node.require("enum").refusal(
                "only enumerations of strings or of integers are supported yet"
            )
        self._refuse_mismatch(node, "string" if kinds == {str} else "integer")
        names = Names()
        members: dict[str | int, Member] = {}
        for item in values:
            if item.value in members:
                raise item.refusal("this value is in the enumeration twice")
            members[item.value] = Member(
                name=names.take(member_name(item.value)),
                value=Text(item.value) if isinstance(item.value, str) else item.value,
            )
        return Enumeration(
            name=name,
            wire_name=wire_name,
            members=tuple(members.values()),
            doc=_doc(node),
            is_deprecated=node.boolean_of("deprecated"),
        )

    def _refuse_mismatch(self, node: Node, kind: str) -> None:
        kinds = [one for one in _kinds(node) if one != "null"]
        if kinds and kinds != [kind] and not (kind == "integer" and kinds == ["number"]):
            raise node.require("type").refusal(f"the enumeration holds values of type {kind}")


def _kinds(node: Node) -> list[str]:
    """The types that a schema names."""
    named = node.get("type")
    if named is None:
        return []
    kinds = [named] if isinstance(named.value, str) else list(named.items())
    for kind in kinds:
        if kind.string() not in _TYPES:
            raise kind.refusal(
                f"{kind.string()!r} is no JSON Schema type; use one of {sorted(_TYPES)}"
            )
    return [kind.string() for kind in kinds]


def _implied_kind(node: Node) -> str | None:
    """The type that a schema without one speaks of."""
    if node.has("additionalProperties"):
        return "object"
    if node.has("items"):
        return "array"
    return None


def _scalar(node: Node, kind: str, limits: Limits) -> Scalar:
    scalar = _SCALARS[kind]
    form = node.string_of("format")
    if scalar is ScalarKind.STRING and form in _TEXT_FORMATS:
        scalar = _TEXT_FORMATS[form]
        if limits != NO_LIMITS:
            raise node.refusal(f"lengths and patterns beside format {form!r} are not supported yet")
    if scalar is ScalarKind.INTEGER and form in _INTEGER_RANGES:
        least, most = _INTEGER_RANGES[form]
        limits = evolve(
            limits,
            minimum=least if limits.minimum is None else max(least, limits.minimum),
            maximum=most if limits.maximum is None else min(most, limits.maximum),
        )
    return Scalar(scalar, limits)


def _constant(node: Node) -> Type:
    value: object = node.value
    if value is None:
        return Null()
    if isinstance(value, str):
        return Literal(Text(value))
    if isinstance(value, bool | int):
        return Literal(value)
    raise node.refusal(
        "only constants that are strings, integers, booleans or null are supported yet"
    )


def _keeps_others(node: Node) -> bool:
    others = node.get("additionalProperties")
    return others is not None and others.value is not False


def _forbids_others(node: Node) -> bool:
    others = node.get("additionalProperties")
    return others is not None and others.value is False


def _doc(node: Node) -> Text | None:
    if not isinstance(node.value, dict):
        return None
    return node.text_of("description") or node.text_of("title")
