"""Schemas of the document to types and models.

A schema becomes a class where it has properties or an enumeration of values, and is written out
where it stands otherwise. The type is never narrower than the schema; what it cannot say goes
along as a schema that is complete in itself (`residue`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from ..ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Enumeration,
    Identifier,
    Limits,
    ListOf,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Scalar,
    Text,
    Type,
    UnionOf,
)
from ..places import last_name
from ..tree import tokens
from ..values import define, evolve, field, frozen
from . import enumerations
from .defaults import default_of
from .discriminators import Discriminators, are_apart
from .joining import Joined, Joining, says_only
from .keywords import LIMITING, OF_ALL, OF_ARRAYS, OF_OBJECTS, doc_of, is_said, restricts
from .kinds import ScalarKey, kinds_of, plain_scalar, range_of, scalar_key, scalar_kind
from .limits import is_within, limits_of, spoken_of, tightened
from .names import Names, class_name
from .node import Json, Node
from .notes import Notes
from .records import Records, forbids_others, named_in
from .references import References
from .residue import Residues, Said
from .unions import NOTHING, Choice, choice_of, freed, is_free, needs_name, overlap, with_limits

_MOST_NESTED = 50
"""How many schemas without a class may be written out inside each other."""

_MOST_COMBINED = 100
"""Into how many alternatives choices that stand beside each other are multiplied out."""

_NO_OBJECTS = ("array", "boolean", "number", "string")

_ALL_KINDS = (*_NO_OBJECTS, "object")

_OF_CONSTRAINTS = frozenset(
    {
        "dependentRequired",
        "maxProperties",
        "minProperties",
        "not",
        "properties",
        "required",
        "type",
    }
)
"""What alternatives say that only hold an object to something."""

_OF_SCALARS = frozenset(
    {
        "const",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxLength",
        "maximum",
        "minLength",
        "minimum",
        "multipleOf",
        "not",
        "pattern",
    }
)
"""What alternatives say that only hold a string or a number to something."""


_UNSAID = (*OF_ALL, *OF_OBJECTS, *OF_ARRAYS, "additionalProperties", "anyOf", "oneOf", "required")
"""What may have to be said by a schema."""

_LIMITING = (*LIMITING, *_UNSAID)


@frozen(kw_only=True)
class Choosing:
    """A `oneOf` or an `anyOf`: where it stands, and its alternatives."""

    part: Node
    keyword: str
    alternatives: tuple[Node, ...]


@define
class Schemas:
    """The models of a document, which grow as inline schemas are met."""

    references: References
    names: Names
    is_3_0: bool
    """Whether the document speaks OpenAPI 3.0's dialect of JSON Schema."""
    notes: Notes
    joining: Joining
    files: frozenset[str] = frozenset()
    """The pointers of schemas of multipart bodies, whose binary properties are files."""
    _component_names: dict[str, Identifier] = field(init=False, factory=dict[str, Identifier])
    _models: dict[str, Model] = field(init=False, factory=dict[str, Model])
    _ahead: dict[str, tuple[str, Node]] = field(init=False, factory=dict[str, tuple[str, Node]])
    """The components that are not lowered yet: their keys and schemas by their names."""
    _class_names: dict[str, Identifier] = field(init=False, factory=dict[str, Identifier])
    """Of inline schemas, by what tells them apart: several references may lead to one."""
    _expanding: list[str] = field(init=False, factory=list[str])
    """The schemas that are being written out, and "" where a value is in another one's inside."""
    _begun: set[str] = field(init=False, factory=set[str])
    """The records that are lowered or being lowered, by name."""
    _classes: set[Identifier] = field(init=False, factory=set[Identifier])
    """The names of records and enumerations, also of such as are not lowered yet."""
    _untyped: set[Identifier] = field(init=False, factory=set[Identifier])
    """Those of records whose schemas name no type."""
    _types: dict[str, Type] = field(init=False, factory=dict[str, Type])
    """The types of schemas by pointer."""
    _scalars: dict[ScalarKey, Type] = field(init=False, factory=dict[ScalarKey, Type])
    """The types of schemas of scalars by what they say."""
    _chosen_from: dict[str, list[Choosing]] = field(init=False, factory=dict[str, list[Choosing]])
    _written: dict[str, Type] = field(init=False, factory=dict[str, Type])
    """The types of schemas that references lead to, by pointer."""
    _recursive: dict[str, Identifier] = field(init=False, factory=dict[str, Identifier])
    """The aliases that refer to themselves, by pointer."""
    _is_class: dict[str, bool] = field(init=False, factory=dict[str, bool])
    _residues: Residues = field(init=False)
    _records: Records = field(init=False)
    _discriminators: Discriminators = field(init=False)

    def __post_init__(self) -> None:
        self._residues = Residues(self.references, self.notes, self.is_3_0)
        self._records = Records(self)
        self._discriminators = Discriminators(self.references, self.joining, self.notes)

    def add_components(self, components: Node) -> None:
        """Lower all of `components/schemas`; their names come first."""
        schemas = list(components.entries_of("schemas"))
        for key, node in schemas:
            self._component_names[node.pointer] = self.names.take(class_name(key))
            self._models[self._component_names[node.pointer]] = _placeholder(
                self._component_names[node.pointer], key
            )
        for _, node in schemas:
            self._refuse_circle(node)
        self._discriminators.find_children(node for _, node in schemas)
        self._ahead.update(
            (self._component_names[node.pointer], (key, node)) for key, node in schemas
        )
        for _, node in schemas:
            self.model(self._component_names[node.pointer])

    @property
    def models(self) -> tuple[Model, ...]:
        """All models, components first, then inline ones as they were met."""
        return tuple(self._models.values())

    def model(self, name: Identifier) -> Model:
        """The model of a name, which is an empty alias while it is being lowered."""
        if name in self._ahead:
            key, node = self._ahead.pop(name)
            self._models[name] = self._component(node, name, key)
        return self._models[name]

    def is_enumeration(self, name: Identifier) -> bool:
        """Whether the model of a name is an enumeration."""
        return isinstance(self._models.get(name), Enumeration)

    def name_of(self, pointer: str) -> Identifier | None:
        """The name of a component's model."""
        return self._component_names.get(pointer)

    def type_of(self, node: Node, hint: str) -> Type:
        """The type of a schema; an inline model is named after `hint`."""
        known = self._types.get(node.pointer)
        if known is None:
            known = self._types[node.pointer] = self._new_type(node, hint)
        return known

    def _new_type(self, node: Node, hint: str) -> Type:
        if isinstance(node.value, bool):
            return Anything() if node.value else NOTHING
        plain = plain_scalar(node)
        if plain is not None:
            return plain
        key = scalar_key(node)
        if key is None:
            return self._found_type(node, hint)
        known = self._scalars.get(key)
        if known is None:
            known = self._scalars[key] = self._found_type(node, hint)
        return known

    def _found_type(self, node: Node, hint: str) -> Type:
        target = self.references.target(node)
        if target is not None and (self.is_3_0 or not restricts(node.without("$ref"))):
            return self._referenced(node, target)
        sole = self._sole_reference(node)
        if sole is None:
            return self.of_joined(self.joining.joined(node), hint)
        inner = self.type_of(sole, hint)
        is_nullable = self.is_3_0 and node.boolean_of("nullable")
        return choice_of([inner, Null()]).type if is_nullable else inner

    def of_joined(self, joined: Joined, hint: str) -> Type:
        """The type of schemas that hold of one value together."""
        if joined.is_nothing:
            return NOTHING
        with self.inside(joined.place, marker=None):
            inner = self._without_null(joined, hint)
        return choice_of([inner, Null()]).type if self._is_nullable(joined) else inner

    def inside(self, node: Node, marker: str | None = "") -> _Inside:
        """Say for a while that a value is inside another one."""
        return _Inside(self._expanding, node, marker)

    # Components and references.

    def _component(self, node: Node, name: Identifier, key: str) -> Model:
        if self._makes_class(node):
            type_ = self.of_joined(self.joining.joined(node), name)
            default_of(self, node, type_)  # which is nobody's, but has to be right
            return self._models[name]
        if node.pointer not in self._written and not self._is_reference(node):
            self._written_out(node, node, name)
        type_ = self._written.get(node.pointer) or self.type_of(node, name)
        default_of(self, node, type_)
        if isinstance(type_, Named) and type_.name == name:
            return self._models[name]
        return Alias(
            name=name,
            wire_name=Text(key),
            type=type_,
            is_recursive=node.pointer in self._recursive,
            doc=doc_of(node),
            is_deprecated=enumerations.is_deprecated(node),
        )

    def _refuse_circle(self, node: Node) -> None:
        """Refuse names for each other at the first of them."""
        seen, target = {node.pointer}, self.references.target(node)
        while target is not None and target.pointer not in seen and self._is_reference(target):
            seen.add(target.pointer)
            target = self.references.target(target)
        if target is not None and target.pointer == node.pointer:
            raise node.refusal("this $ref leads back to itself and says nothing on the way")

    def _referenced(self, node: Node, target: Node) -> Type:
        """A model by its name; any other schema is written out where it is used."""
        if self._is_reference(target):
            self.references.resolve(node)  # refuses a circle
            return self.type_of(target, self._name_for(target))
        base = self._discriminators.base_of(target)
        if base is not None and self._makes_class(target):
            return self._polymorphic(target)
        return self.plainly(node, target)

    def plainly(self, node: Node, target: Node) -> Type:
        """The type of a component itself, whatever inherits from it."""
        name = self._component_names.get(target.pointer)
        if self._makes_class(target):
            if name is not None:
                self._classes.add(name)
                self._note_untyped(joined := self.joining.joined(target), name)
                is_nullable = self._is_nullable(joined)
                return Nullable(Named(name)) if is_nullable else Named(name)
            return self.of_joined(self.joining.joined(target), self._name_for(target))
        return self._written_out(node, target, self._name_for(target))

    def _name_for(self, target: Node) -> str:
        name = self._component_names.get(target.pointer)
        return name or last_name(target.pointer)

    def _is_reference(self, node: Node) -> bool:
        """Whether a schema is nothing but another name for what it refers to."""
        if not node.is_object:
            return False
        if node.has("$ref"):
            return self.is_3_0 or not restricts(node.without("$ref"))
        return False

    def _written_out(self, place: Node, target: Node, name: str) -> Type:
        """The type of a schema that makes no class, which it may contain all the same."""
        if target.pointer in self._written:
            return self._written[target.pointer]
        if target.pointer in self._expanding:
            return self._recursion(place, target, name)
        hint = f"{name}_value" if self._may_be_null(target) else name
        with self.inside(place, target.pointer):
            found = self.type_of(target, hint)
        found = self._named_alias(target, found, name)
        self._written[target.pointer] = found
        return found

    def _recursion(self, place: Node, target: Node, name: str) -> Type:
        """The alias for a schema that contains itself, inside an array or a map."""
        since = self._expanding[self._expanding.index(target.pointer) :]
        if "" not in since:
            raise place.refusal("this schema contains itself without an object in between")
        if target.pointer not in self._recursive:
            known = self._component_names.get(target.pointer)
            self._recursive[target.pointer] = known or self.names.take(class_name(name))
        return Named(self._recursive[target.pointer])

    def _named_alias(self, target: Node, found: Type, name: str) -> Type:
        """A type by the name of its alias, where it has a reason to stay one."""
        recursive = self._recursive.get(target.pointer)
        known = self._component_names.get(target.pointer)
        if recursive is None and (known is None or not isinstance(found, UnionOf)):
            return found
        is_told_apart = isinstance(found, UnionOf) and needs_name(found)
        if recursive is None and not is_told_apart and not is_free(found):
            return found
        alias = recursive or known
        if alias is None:
            return found
        wire_name = tokens(target.pointer)[-1] if known else name
        self._models[alias] = Alias(
            name=alias,
            wire_name=Text(wire_name),
            type=found,
            is_recursive=recursive is not None,
            doc=doc_of(target),
            is_deprecated=enumerations.is_deprecated(target),
        )
        if is_free(found):
            return Named(alias)
        return Named(alias, Limits(schema=self._residues.of(target, {"allOf": [target]})))

    def _makes_class(self, node: Node) -> bool:
        known = self._is_class.get(node.pointer)
        if known is None:
            known = self._is_class[node.pointer] = self._decide_class(node)
        return known

    def _decide_class(self, node: Node) -> bool:
        if not node.is_object or self._is_reference(node) or self._sole_reference(node):
            return False
        joined = self.joining.joined(node)
        if joined.is_nothing or joined.has("const"):
            return False
        values = self._values(joined)
        if values is not None:
            return enumerations.makes_class(values)
        if self._choices(joined):
            return False
        return self._kinds(joined) == ["object"] and self._is_record(joined)

    def _may_be_null(self, node: Node) -> bool:
        if not node.is_object or self._is_reference(node):
            return False
        return self._is_nullable(self.joining.joined(node))

    def _sole_reference(self, node: Node) -> Node | None:
        """The only part of an `allOf` that says anything: the way to put a text beside a $ref."""
        if not node.is_object or not node.has("allOf") or node.has("$ref"):
            return None
        if restricts(node.without("allOf", "nullable")):
            return None
        parts = list(node.items_of("allOf"))
        said = [part for part in parts if part.is_object and restricts(part)]
        if (
            len(said) != 1
            or not self._is_reference(said[0])
            or any(part.value is False for part in parts)
        ):
            return None
        return said[0]

    # One schema.

    def _kinds(self, joined: Joined) -> list[str] | None:
        """The types besides null; None for all."""
        kinds = joined.kinds
        if kinds is None:
            implied = joined.implied_kind
            return [implied] if implied else None
        return [kind for kind in kinds if kind != "null"]

    def _is_nullable(self, joined: Joined) -> bool:
        kinds = joined.kinds
        if joined.is_nullable:
            return True
        values = self._values(joined)
        if values is not None:
            return None in values and any(value is not None for value in values)
        if kinds is None or "null" not in kinds or kinds == ["null"]:
            return False
        return self._allows_null(joined)

    def _allows_null(self, joined: Joined) -> bool:
        """Whether nothing is opposed to null, which is among the types."""
        is_opposed = not self.is_3_0 and joined.has(*OF_ALL, "anyOf", "oneOf")
        return not is_opposed or self._residues.takes_null(joined)

    def _without_null(self, joined: Joined, hint: str) -> Type:
        values = self._values(joined)
        if values == []:
            return NOTHING
        if values is not None:
            return self._enumerated(joined, values, hint)
        choices = self._choices(joined)
        if choices:
            return self._chosen(joined, choices[0], hint)
        kinds = self._kinds(joined)
        if kinds is None and joined.implied_kinds:
            return Anything(Limits(schema=self._residues.of_whole(joined)))
        if kinds is None:
            return Anything(self._limits(joined, _ALL_KINDS))
        if joined.kinds is None and not self._is_record(joined):
            implied = choice_of([self._of_kind(joined, kinds[0], hint), Anything()]).type
            return with_limits(implied, Limits(schema=self._residues.of_whole(joined)))
        if not kinds:
            return Null() if joined.kinds == ["null"] and self._allows_null(joined) else NOTHING
        return self._of_kinds(joined, kinds, hint)

    def _values(self, joined: Joined) -> list[Json] | None:
        """The values that a schema names one by one and allows; None where it names none."""
        if not joined.has("const", "enum"):  # as most do not
            return None
        if joined.values is None:
            joined.values = [self._named_values(joined)]
        return joined.values[0]

    def _named_values(self, joined: Joined) -> list[Json] | None:
        constants = joined.all_of("const")
        listed = enumerations.values_of(joined, self.notes) if joined.has("enum") else None
        if not constants:
            return listed if listed is None else self._allowed(joined, listed)
        named = [constants[0].value]
        for others in (listed, *([one.value] for one in constants[1:])):
            if others is not None:
                named = [value for value in named if enumerations.is_among(value, others)]
        return self._allowed(
            joined, [value for value in named if enumerations.is_of_kinds(value, joined.kinds)]
        )

    def _allowed(self, joined: Joined, values: list[Json]) -> list[Json]:
        """The values to which nothing else that the schema says is opposed."""
        rest = _without(joined, "const", "enum", "type", "nullable")
        if not rest or not values:
            return values
        limits, left = tightened(limits_of(part, self.notes, is_3_0=self.is_3_0) for part in rest)
        if left or not all(says_only(part, frozenset(LIMITING)) for part in rest):
            limits = Limits(schema=self._residues.of(joined.place, {"allOf": rest}))
        return [value for value in values if is_within(value, limits)]

    def _enumerated(self, joined: Joined, values: list[Json], hint: str) -> Type:
        """The type of values that are named one by one, besides null."""
        some = [value for value in values if value is not None]
        if not some:
            return Null()
        constant = enumerations.constant_type(some[0])
        if joined.has("const") and constant is not None:
            return constant
        if enumerations.makes_class(some):
            name = self._class(joined, hint)
            if not isinstance(self._models.get(name), Enumeration):
                self._models[name] = enumerations.enumeration_of(joined, some, name, Text(hint))
            return Named(name)
        types = enumerations.types_of_values(some)
        said: Said = {"const": values[0]} if joined.has("const") else {"enum": values}
        residue = self._residues.of(joined.place, said)
        return with_limits(choice_of(types).type, Limits(schema=residue))

    def _of_kinds(self, joined: Joined, kinds: list[str], hint: str) -> Type:
        if len(kinds) == 1:
            return self._of_kind(joined, kinds[0], hint)
        types = [self._of_kind(joined, kind, hint) for kind in kinds]
        choice = choice_of(types)
        if choice.is_exact:
            return choice.type
        return with_limits(choice.type, Limits(schema=self._residues.of_whole(joined)))

    def _of_kind(self, joined: Joined, kind: str, hint: str) -> Type:
        match kind:
            case "object" if self._is_record(joined):
                return self._record(joined, hint)
            case "object":
                others = joined.all_of("additionalProperties")
                return MapOf(self._others(joined, others, hint), self._limits(joined, [kind]))
            case "array":
                with self.inside(joined.place):
                    item = self._item(joined, f"{hint}_item")
                return ListOf(item, self._limits(joined, [kind]))
            case _:
                form = joined.first_of("format")
                named = form.value if form is not None and isinstance(form.value, str) else None
                limits = self._limits(joined, [kind], range_of(kind, named))
                scalar = scalar_kind(kind, named)
                if scalar is not scalar_kind(kind, None):
                    limits = self._limits_of_text(joined, limits)
                return Scalar(scalar, limits)

    def _limits_of_text(self, joined: Joined, limits: Limits) -> Limits:
        """Limits of a text that Python has another type for: they speak of its JSON."""
        spoken = spoken_of(limits, ["string"])
        if spoken == NO_LIMITS:
            return limits
        said = {"minLength": spoken.min_length, "maxLength": spoken.max_length}
        if spoken.pattern is not None:
            said["pattern"] = spoken.pattern.reveal()  # type: ignore[assignment]  # JSON again
        return Limits(
            schema=self._residues.of(
                joined.place, {key: value for key, value in said.items() if value is not None}
            )
        )

    def _item(self, joined: Joined, hint: str) -> Type:
        items = joined.all_of("items")
        first = [item for listed in joined.all_of("prefixItems") for item in listed.items()]
        rest = (
            self.of_joined_or_reference(self.joining.together(joined.place, items), items, hint)
            if items
            else Anything()
        )
        if not first:
            return rest
        forms = [self.type_of(item, f"{hint}_{at}") for at, item in enumerate(first, 1)]
        return choice_of([*forms, *([] if rest == NOTHING else [rest])]).type

    def of_joined_or_reference(self, joined: Joined, nodes: list[Node], hint: str) -> Type:
        """The type of one schema, or of several that hold together."""
        return self.type_of(nodes[0], hint) if len(nodes) == 1 else self.of_joined(joined, hint)

    def _others(self, joined: Joined, others: list[Node], hint: str) -> Type:
        """The type of properties that have no name: of all that may be there."""
        patterns = [
            node for part in joined.parts for _, node in part.entries_of("patternProperties")
        ]
        said = [node for node in others if node.value is not False]
        with self.inside(joined.place):
            rest: list[Type] = []
            if said:
                together = self.joining.together(joined.place, said)
                rest = [self.of_joined_or_reference(together, said, f"{hint}_value")]
            elif not others:
                rest = [Anything()]
            forms = [
                self.type_of(node, f"{hint}_value_{at}" if at > 1 else f"{hint}_value")
                for at, node in enumerate(patterns, 1)
            ]
        types = [*forms, *rest]
        return choice_of(types).type if types else Anything()

    # Records.

    def _is_record(self, joined: Joined) -> bool:
        if joined.has("properties") or joined.required:
            return True
        return any(forbids_others(part) for part in joined.parts)

    def _record(self, joined: Joined, hint: str) -> Named:
        name = self._class(joined, hint)
        self._note_untyped(joined, name)
        if name not in self._begun:
            self._begun.add(name)
            self._models[name] = self._records.record(joined, name, Text(hint))
        return Named(name)

    def _note_untyped(self, joined: Joined, name: Identifier) -> None:
        if joined.kinds is None and self._is_record(joined):
            self._untyped.add(name)

    def record_limits(self, joined: Joined) -> Limits:
        """What holds for a whole object."""
        return self._limits(joined, ["object"])

    def limits_of_others(self, joined: Joined) -> Limits:
        """What holds for values that are no objects."""
        return self._limits(joined, _NO_OBJECTS)

    def others_of(self, joined: Joined, name: Identifier) -> Type | None:
        """The type of the properties that a record keeps besides its own; None for none."""
        others = [node for node in joined.all_of("additionalProperties") if node.value is not False]
        if not others and not joined.has("patternProperties"):
            return None
        return self._others(joined, joined.all_of("additionalProperties"), name)

    def _class(self, joined: Joined, hint: str) -> Identifier:
        """The name of a class, which comes before those of what it contains."""
        known = self._class_names.get(joined.key)
        if known is None and self._is_class.get(joined.key):
            known = self._component_names.get(joined.key)
        if known is None:
            known = self._class_names[joined.key] = self.names.take(class_name(hint))
        self._classes.add(known)
        if known not in self._models:
            self._models[known] = _placeholder(known, hint)
        return known

    # Choices.

    def _choices(self, joined: Joined) -> list[Choosing]:
        """What the value is chosen from, besides choices that only hold it to something."""
        if not joined.has("oneOf", "anyOf"):
            return []
        known = self._chosen_from.get(joined.key)
        if known is None:
            known = self._chosen_from[joined.key] = self._find_choices(joined)
        return known

    def _find_choices(self, joined: Joined) -> list[Choosing]:
        found = [
            choosing
            for choosing in _choosings(joined)
            if not self._only_constrains(joined, choosing)
        ]
        combined = prod(len(one.alternatives) for one in found)
        return [] if len(found) > 1 and combined > _MOST_COMBINED else found

    def _only_constrains(self, joined: Joined, choosing: Choosing) -> bool:
        """Whether alternatives add nothing to the type, only to what is checked."""
        alternatives = [self.joining.joined(one) for one in choosing.alternatives]
        if any(one.is_nullable or one.is_nothing for one in alternatives):
            return False
        parts = [part for one in alternatives for part in one.parts]
        kinds = joined.kinds
        if kinds is not None and len(kinds) == 1 and kinds[0] not in ("array", "object"):
            return all(says_only(part, _OF_SCALARS) for part in parts)
        if not all(says_only(part, _OF_CONSTRAINTS) for part in parts):
            return False
        known = joined.properties.keys()
        is_typed = any(part.has("type") for part in parts)
        if not (known or joined.required or kinds == ["object"]) and is_typed:
            return False
        return all(name in known for one in alternatives for name in one.properties)

    def _chosen(self, joined: Joined, choosing: Choosing, hint: str) -> Type:
        members = [self.joining.joined(one) for one in choosing.alternatives]
        types = [
            self._alternative(joined, choosing, member, index, hint)
            for index, member in enumerate(members)
        ]
        choice = choice_of(types, self.is_enumeration)
        if choosing.keyword == "anyOf" and self._is_beside_untyped(choice.type):
            choice = Choice(freed(choice.type), is_exact=False)
        found = choice.type
        limits = self._limits_of_choice(joined, choosing, choice.is_exact, types)
        match found:
            case UnionOf() as union:
                told = self._told_apart(joined, choosing, union, types, members, limits)
                is_whole = not self._is_nullable(joined)
                return with_limits(self._by_name(joined, told, hint, is_whole=is_whole), limits)
            case Nullable(UnionOf() as union):
                told = self._told_apart(joined, choosing, union, types, members, limits)
                named = self._by_name(joined, told, hint, is_whole=False)
                return Nullable(with_limits(named, limits))
            case _:
                return with_limits(found, limits)

    def _is_beside_untyped(self, type_: Type) -> bool:
        """Whether what breaks the limits of an alternative may fit a record that has no type."""
        inner = type_.inner if isinstance(type_, Nullable) else type_
        alternatives = inner.alternatives if isinstance(inner, UnionOf) else ()
        is_untyped = any(
            isinstance(one, Named) and one.name in self._untyped for one in alternatives
        )
        return is_untyped and not is_free(type_)

    def _limits_of_choice(
        self,
        joined: Joined,
        choosing: Choosing,
        is_exact: bool,
        types: list[Type],
    ) -> Limits:
        """What of a choice the types do not say: which scalars it allows, and how many may fit."""
        if joined.has("unevaluatedProperties", "unevaluatedItems"):
            return Limits(schema=self._residues.of_whole(joined))
        scalars = choosing.keyword == "oneOf" and (
            overlap(_distinct(types), self.is_enumeration) or sum(map(self._takes_null, types)) > 1
        )
        is_vague = choosing.keyword == "oneOf" and any(map(_is_vague, _distinct(types)))
        if is_exact and not scalars and not is_vague:
            return NO_LIMITS
        # What is not exact has lost the limits of its alternatives, with all that stood beside them.
        parts = (
            list(joined.parts)
            if _is_said(choosing.part, choosing.keyword)
            else _without_choice(joined, choosing)
        )
        if len(parts) == 1 and says_only(parts[0], frozenset({choosing.keyword})):
            said: Said = {choosing.keyword: list(choosing.alternatives)}
            return Limits(schema=self._residues.of(joined.place, said))
        return (
            Limits(schema=self._residues.of(joined.place, {"allOf": parts})) if parts else NO_LIMITS
        )

    def _alternative(
        self, joined: Joined, choosing: Choosing, member: Joined, index: int, hint: str
    ) -> Type:
        node = choosing.alternatives[index]
        if member.is_nullable and not _says_more_than_nullable(member):
            return Null()  # strictly it is anything, but nobody means that
        target = self.references.target(node)
        suffix = str(index + 1) if target is None else self._name_for(target)
        own = f"{hint}_{suffix}" if len(choosing.alternatives) > 1 else hint
        if self._adds_nothing(joined, choosing, member):
            return self._alternative_itself(node, own)
        return self.of_joined(joined.with_part(member, choosing.part, choosing.keyword), own)

    def _alternative_itself(self, node: Node, hint: str) -> Type:
        """An alternative as it is: a base among alternatives is only itself."""
        target = self.references.target(node)
        if target is None or self._is_reference(target) or not self._is_reference(node):
            return self.type_of(node, hint)
        return self.plainly(node, target)

    def _adds_nothing(self, joined: Joined, choosing: Choosing, member: Joined) -> bool:
        """Whether what stands beside a choice says nothing new of an alternative."""
        beside = [
            part.without(choosing.keyword) if part is choosing.part else part
            for part in joined.parts
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

    def _told_apart(
        self,
        joined: Joined,
        choosing: Choosing,
        union: UnionOf,
        types: list[Type],
        members: list[Joined],
        limits: Limits,
    ) -> UnionOf:
        """A union with what tells its alternatives apart, besides what is checked anyway."""
        pairs = [
            (name, member, node)
            for type_, member, node in zip(types, members, choosing.alternatives, strict=True)
            if (name := named_in(type_)) is not None
        ]
        described = joined.first_of("discriminator") or choosing.part.get("discriminator")
        if described is None:
            described = self._discriminators.inherited_by(
                [self.references.target(node) for node in choosing.alternatives]
            )
        if described is not None:
            found = self._discriminators.discriminator(described, pairs, len(types))
            if found is not None:
                return evolve(union, discriminator=found)
        if choosing.keyword != "oneOf" or limits.schema is not None:
            return union
        compound = [
            member
            for type_, member in zip(types, members, strict=True)
            if self._may_be_compound(type_)
        ]
        return evolve(union, is_exclusive=not are_apart(compound))

    def _takes_null(self, type_: Type) -> bool:
        """Whether null may be of a type."""
        match type_:
            case Named(name):
                model = None if name in self._classes else self._models.get(name)
                return isinstance(model, Alias) and self._takes_null(model.type)
            case UnionOf():
                return any(map(self._takes_null, type_.alternatives))
            case _:
                return isinstance(type_, Null | Nullable | Anything)

    def _may_be_compound(self, type_: Type) -> bool:
        """Whether objects or arrays may be of a type."""
        match type_:
            case Nullable(inner):
                return self._may_be_compound(inner)
            case Named(name):
                return not self.is_enumeration(name)
            case _:
                return isinstance(type_, Anything | ListOf | MapOf | UnionOf)

    def _by_name(self, joined: Joined, union: UnionOf, hint: str, *, is_whole: bool) -> Type:
        """A union that needs a name by the name of its alias."""
        if not needs_name(union):
            return union
        if is_whole and joined.key in self._component_names:
            return union  # the component itself is the alias
        name = self._class_names.get(joined.key)
        if name is None:
            name = self._class_names[joined.key] = self.names.take(class_name(hint))
            self._models[name] = Alias(
                name=name, wire_name=Text(hint), type=union, doc=doc_of(joined.place)
            )
        return Named(name)

    def _polymorphic(self, base: Node) -> Type:
        """A record or one of those that inherit from it, as a discriminator tells."""
        key = f"{base.pointer} and its children"
        name = self._component_names[base.pointer]
        if key not in self._class_names:
            alias = self._class_names[key] = self.names.take(class_name(f"any_{name}"))
            self._models[alias] = _placeholder(alias, alias)
            children = self._discriminators.children_of(base)
            named: list[tuple[Identifier, Joined, Node]] = []
            for child in [*children, base]:
                type_ = self.plainly(child, child)
                known = named_in(type_)
                if known is not None:
                    named.append((known, self.joining.joined(child), child))
            found = self._discriminators.inherited(base, named, name)
            types: list[Type] = [Named(one) for one, _, _ in named]
            self._models[alias] = Alias(
                name=alias,
                wire_name=Text(alias),
                type=UnionOf(alternatives=tuple(dict.fromkeys(types)), discriminator=found),
                doc=doc_of(base),
            )
        return Named(self._class_names[key])

    # Limits.

    def _limits(self, joined: Joined, kinds: Iterable[str], besides: Limits = NO_LIMITS) -> Limits:
        """All that holds of values of some types, besides the types themselves."""
        if besides == NO_LIMITS and not joined.has(*_LIMITING):
            return NO_LIMITS
        kinds = tuple(kinds)
        each = [limits_of(part, self.notes, is_3_0=self.is_3_0) for part in joined.parts]
        together, left = tightened([*each, besides])
        said: list[Said] = [
            {key: value.reveal() if isinstance(value, Text) else value}
            for key, values in left.items()
            for value in values
            if _speaks(key, kinds)
        ]
        said += self._unsaid(joined, kinds)
        limits = spoken_of(together, kinds)
        return evolve(limits, schema=self._residues.of(joined.place, *said)) if said else limits

    def _unsaid(self, joined: Joined, kinds: tuple[str, ...]) -> Iterator[Said]:
        """What only a schema can say of values of some types."""
        whole = joined.place.is_object and any(
            joined.has(key)
            for key, kind in (("unevaluatedProperties", "object"), ("unevaluatedItems", "array"))
            if kind in kinds
        )
        if whole:
            yield {"allOf": list(joined.undivided)}
            return
        if not joined.has(*_UNSAID):
            return
        if "array" in kinds and _apply_to_the_same_items(joined):
            yield {"allOf": list(joined.parts)}
            return
        structural = {id(one.part.value) for one in self._choices(joined)}
        named = joined.properties.keys() | joined.required.keys()
        for part in joined.parts:
            keys = [key for key in OF_ALL if part.has(key)]
            if "object" in kinds:
                keys += [key for key in OF_OBJECTS if part.has(key)]
                keys += _restrictions_of_others(part, named)
                if part.has("required") and not self._is_record_for(joined, kinds):
                    keys.append("required")
            if "array" in kinds:
                keys += [key for key in OF_ARRAYS if part.has(key)]
                if part.has("prefixItems") and part.has("items"):
                    keys.append("items")
            if id(part.value) not in structural:
                keys += [key for key in ("oneOf", "anyOf") if part.has(key) and _is_said(part, key)]
            if keys:
                yield self._said(part, keys)

    def _is_record_for(self, joined: Joined, kinds: tuple[str, ...]) -> bool:
        return kinds == ("object",) and self._is_record(joined)

    def _said(self, part: Node, keys: list[str]) -> Said:
        said: dict[str, object] = {}
        for key in dict.fromkeys(keys):
            value = part.require(key)
            said[key] = list(value.items()) if key in ("oneOf", "anyOf", "prefixItems") else value
        if "patternProperties" in keys or "additionalProperties" in keys:
            said["properties"] = {name: True for name, _ in part.entries_of("properties")}
            others = part.get("additionalProperties")
            if others is not None:
                said["additionalProperties"] = others
        return said


@frozen
class _Inside:
    """A context in which a schema is being written out; refuses too deep a nesting."""

    expanding: list[str]
    node: Node
    marker: str | None

    def __enter__(self) -> None:
        if len(self.expanding) >= 3 * _MOST_NESTED:
            raise self.node.refusal(
                f"more than {_MOST_NESTED} schemas without properties are nested"
            )
        self.expanding.append("-" if self.marker is None else self.marker)

    def __exit__(self, *_: object) -> None:
        self.expanding.pop()


def _placeholder(name: Identifier, wire_name: str) -> Alias:
    """What stands in a model's place until it is lowered."""
    return Alias(name=name, wire_name=Text(wire_name), type=Anything())


def _choosings(joined: Joined) -> Iterator[Choosing]:
    for part in joined.parts:
        for keyword in ("oneOf", "anyOf"):
            alternatives = tuple(part.items_of(keyword)) if part.has(keyword) else ()
            if alternatives:
                yield Choosing(part=part, keyword=keyword, alternatives=alternatives)


def _distinct(types: list[Type]) -> list[Type]:
    return [inner for one in types for inner in [one.inner if isinstance(one, Nullable) else one]]


def _without(joined: Joined, *keywords: str) -> list[Node]:
    """The parts that say anything besides some keywords, without these."""
    parts = [part.without(*keywords) for part in joined.parts]
    return [part for part in parts if restricts(part)]


def _without_choice(joined: Joined, choosing: Choosing) -> list[Node]:
    """The parts that say anything besides a choice."""
    parts = [
        part.without(choosing.keyword) if part is choosing.part else part for part in joined.parts
    ]
    return [part for part in parts if restricts(part)]


def _is_vague(type_: Type) -> bool:
    """Whether a type is not told apart from others: it takes anything, or becomes part of them."""
    return isinstance(type_, Anything) or (isinstance(type_, UnionOf) and not needs_name(type_))


def _is_said(part: Node, keyword: str) -> bool:
    """Whether a choice is one of more than formats, which nobody checks but the types."""
    alternatives = list(part.items_of(keyword))
    return not (
        all(_is_string(one) for one in alternatives)
        and any(one.has("format") for one in alternatives)
    )


def _is_string(node: Node) -> bool:
    """Whether a schema says no more than that a value is a string, or what format it has."""
    return says_only(node, frozenset({"type"})) and kinds_of(node) in ([], ["string"])


def _apply_to_the_same_items(joined: Joined) -> bool:
    """Whether one part speaks of items by their place, and another one speaks of items too."""
    return (
        joined.has("prefixItems")
        and sum(part.has("items", "prefixItems") for part in joined.parts) > 1
    )


def _speaks(key: str, kinds: tuple[str, ...]) -> bool:
    if key == "pattern":
        return "string" in kinds
    return bool({"integer", "number"} & set(kinds))


def _restrictions_of_others(part: Node, named: Iterable[str]) -> list[str]:
    """`additionalProperties` where it restricts properties that other parts name."""
    others = part.get("additionalProperties")
    if others is None or others.value is True or others.value == {}:
        return []
    own = {name for name, _ in part.entries_of("properties")}
    return [] if own.issuperset(named) else ["additionalProperties"]


def _says_more_than_nullable(joined: Joined) -> bool:
    return any(restricts(part.without("nullable")) for part in joined.parts)
