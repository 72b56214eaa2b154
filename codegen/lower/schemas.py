"""Schemas of the document to types and models.

A schema becomes a class where it has properties or an enumeration of values, and is written out
where it stands otherwise. The type is never narrower than the schema; what it cannot say goes
along as a schema that is complete in itself (`residue`).

What a schema is, `shapes` and `choosing` tell, and what it limits, `limiting` does: they know no
types. `referring`, `choices` and `records` make the types of what they are named after, and come
back to here for those of the schemas in it.
"""

from __future__ import annotations

from ..ir import (
    Anything,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    Null,
    Type,
)
from ..names import Names
from ..places import file_of
from ..values import define, field
from . import enumerations
from .choices import Choices
from .choosing import Choosings
from .defaults import default_of
from .discriminators import Discriminators
from .families import Families
from .joining import Joined, Joining
from .kinds import (
    ALL_KINDS,
    ScalarKey,
    plain_scalar,
    range_of,
    scalar_key,
    scalar_kind,
    scalar_of,
)
from .limiting import Limiting
from .models import Models
from .multipart import Files
from .nesting import Nesting
from .node import Json, Node
from .notes import Notes
from .records import Records
from .references import References
from .referring import Referring
from .residue import Residues, Said
from .shapes import Shapes, is_record, is_untyped_record, kinds_besides_null
from .unions import NOTHING, choice_of, with_limits


@define
class Schemas:
    """The models of a document, which grow as inline schemas are met."""

    references: References
    names: Names
    is_3_0: bool
    """Whether the document speaks OpenAPI 3.0's dialect of JSON Schema."""
    notes: Notes
    joining: Joining
    files: Files
    models: Models = field(init=False)
    nesting: Nesting = field(init=False)
    residues: Residues = field(init=False)
    choosings: Choosings = field(init=False)
    shapes: Shapes = field(init=False)
    limiting: Limiting = field(init=False)
    families: Families = field(init=False)
    discriminators: Discriminators = field(init=False)
    referring: Referring = field(init=False)
    _choices: Choices = field(init=False)
    _records: Records = field(init=False)
    _values: enumerations.NamedValues = field(init=False)
    _ahead: dict[str, tuple[str, Node]] = field(init=False, factory=dict[str, tuple[str, Node]])
    """The components that are not lowered yet: their keys and schemas by their names."""
    _begun: set[Identifier] = field(init=False, factory=set[Identifier])
    """The records that are lowered or being lowered."""
    _types: dict[str, Type] = field(init=False, factory=dict[str, Type])
    """The types of schemas by pointer."""
    _scalars: dict[ScalarKey, Type] = field(init=False, factory=dict[ScalarKey, Type])
    """The types of schemas of scalars by what they say."""

    def __post_init__(self) -> None:
        self.models = Models(self.names)
        self.nesting = Nesting()
        self.residues = residues = Residues(self.references, self.notes, self.is_3_0)
        self.choosings = Choosings(self.joining)
        self._values = enumerations.NamedValues(residues, self.notes, self.is_3_0)
        self.families = Families(self.references, self.notes)
        self.discriminators = Discriminators(
            self.families, self.references, self.joining, self.notes
        )
        self.shapes = Shapes(
            self.joining, self.families, self.choosings, self._values, residues, self.is_3_0
        )
        self.limiting = Limiting(residues, self.choosings, self.notes, self.is_3_0)
        self.referring = Referring(self)
        self._choices = Choices(self)
        self._records = Records(self)

    # Components.

    def add_components(self, components: Node) -> None:
        """Lower all of `components/schemas`; their names come first."""
        described = list(components.entries_of("schemas"))
        self.names.keep({key for key, _ in described})
        named = [
            (self.models.add_component(node.pointer, key), key, node) for key, node in described
        ]
        for _, _, node in named:
            self.referring.refuse_circle(node)
        schemas = [(name, key, self._in_a_file(name, node) or node) for name, key, node in named]
        self.families.find_children(node for _, _, node in schemas)
        self._ahead.update((name, (key, node)) for name, key, node in schemas)
        for name, _, _ in schemas:
            self.model(name)

    def _in_a_file(self, name: Identifier, node: Node) -> Node | None:
        """The schema of another file that a component is, which has the component's name then."""
        if not self.shapes.is_reference(node):
            return None
        target = self.references.resolve(node)
        is_elsewhere = file_of(target.pointer) != file_of(node.pointer)
        return target if is_elsewhere and self.models.adopt(target.pointer, name) else None

    def model(self, name: Identifier) -> Model:
        """The model of a name, which is an empty alias while it is being lowered."""
        if name in self._ahead:
            key, node = self._ahead.pop(name)
            self.models.add(self._component(node, name, key))
        return self.models.of_name(name)

    def _component(self, node: Node, name: Identifier, key: str) -> Model:
        if self.shapes.makes_class(node):
            type_ = self.of_joined(self.joining.joined(node), name)
            default_of(self, node, type_)  # which is nobody's, but has to be right
            return self.models.of_name(name)
        type_ = self.referring.component(node, name)
        default_of(self, node, type_)
        if isinstance(type_, Named) and type_.name == name:
            return self.models.of_name(name)
        return self.referring.alias(node, name, key, type_)

    # One schema.

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
        if target is not None and self.shapes.is_reference(node):
            return self.referring.type_of(node, target)
        sole = self.shapes.sole_reference(node)
        if sole is None:
            return self.of_joined(self.joining.joined(node), hint)
        inner = self.type_of(sole, hint)
        is_nullable = self.is_3_0 and node.boolean_of("nullable")
        return self._or_null(inner) if is_nullable else inner

    def _or_null(self, type_: Type) -> Type:
        return self.chosen([type_, Null()])

    def chosen(self, types: list[Type]) -> Type:
        """The type of values that have one of some types, whatever else has to be checked."""
        return choice_of(types, self.models.members_of).type

    def members(self, joined: Joined) -> frozenset[Literal]:
        """The values of a schema that makes an enumeration class; none of all others."""
        return enumerations.members_among(self._values.of(joined) or [])

    def has_no_value(self, place: Node, nodes: list[Node]) -> bool:
        """Whether the values that schemas name one by one are none that fits all of them."""
        return self._values.of(self.joining.together(place, nodes)) == []

    def of_joined(self, joined: Joined, hint: str) -> Type:
        """The type of schemas that hold of one value together."""
        if joined.is_nothing:
            return NOTHING
        with self.nesting.beside(joined.place):
            inner = self._without_null(joined, hint)
        return self._or_null(inner) if self.shapes.is_nullable(joined) else inner

    def _without_null(self, joined: Joined, hint: str) -> Type:
        values = self._values.of(joined)
        if values == []:
            return self._nothing(joined)
        if values is not None:
            return self._enumerated(joined, values, hint)
        choosings = self.choosings.of(joined)
        if choosings:
            return self._choices.type_of(joined, choosings[0], hint)
        kinds = kinds_besides_null(joined)
        if kinds is None and joined.implied_kinds:
            return Anything(Limits(schema=self.residues.of_whole(joined)))
        if kinds is None:
            return Anything(self.limiting.of(joined, ALL_KINDS))
        if joined.kinds is None and not is_record(joined):
            implied = self.chosen([self._of_kind(joined, kinds[0], hint), Anything()])
            return with_limits(implied, Limits(schema=self.residues.of_whole(joined)))
        if kinds:
            return self._of_kinds(joined, kinds, hint)
        if joined.kinds == ["null"] and self.shapes.allows_null(joined):
            return Null()
        return self._nothing(joined)

    def _nothing(self, joined: Joined) -> Type:
        """The type of what no value fits; for an alternative that is no more than a way to say so."""
        if not joined.beside and len(joined.parts) > 1:
            self.notes.warn(joined.place, "no value fits, for its parts contradict each other")
        return NOTHING

    def _enumerated(self, joined: Joined, values: list[Json], hint: str) -> Type:
        """The type of values that are named one by one, besides null."""
        some = [value for value in values if value is not None]
        if not some:
            return Null()
        constant = enumerations.constant_type(some[0])
        if joined.has("const") and constant is not None:
            return constant
        if all(isinstance(value, bool) for value in some):
            return enumerations.type_of_truths(some)
        if enumerations.makes_class(some):
            name = self._class(joined, hint)
            self.models.note_members(name, enumerations.members_among(some))
            if not self.models.is_lowered_enumeration(name):
                wire_name = self.models.of_name(name).wire_name
                self.models.add(enumerations.enumeration_of(joined, some, name, wire_name))
            return Named(name)
        types = enumerations.types_of_values(some)
        said: Said = {"const": values[0]} if joined.has("const") else {"enum": values}
        residue = self.residues.of(joined.place, said)
        return with_limits(self.chosen(types), Limits(schema=residue))

    def _of_kinds(self, joined: Joined, kinds: list[str], hint: str) -> Type:
        if len(kinds) == 1:
            return self._of_kind(joined, kinds[0], hint)
        types = [self._of_kind(joined, kind, hint) for kind in kinds]
        choice = choice_of(types, self.models.members_of)
        if choice.is_exact:
            return choice.type
        return with_limits(choice.type, Limits(schema=self.residues.of_whole(joined)))

    def _of_kind(self, joined: Joined, kind: str, hint: str) -> Type:
        match kind:
            case "object" if is_record(joined):
                return self._record(joined, hint)
            case "object":
                return MapOf(self.others_of(joined, hint), self.limiting.of(joined, [kind]))
            case "array":
                with self.nesting.inside(joined.place):
                    item = self._item(joined, f"{hint}_item")
                return ListOf(item, self.limiting.of(joined, [kind]))
            case _:
                form = joined.first_of("format")
                named = form.value if form is not None and isinstance(form.value, str) else None
                limits = self.limiting.of(joined, [kind], range_of(kind, named))
                if scalar_kind(kind, named) is not scalar_kind(kind, None):
                    limits = self.limiting.of_text(joined, limits)
                return scalar_of(kind, named, limits)

    def _item(self, joined: Joined, hint: str) -> Type:
        items = joined.all_of("items")
        first = [item for listed in joined.all_of("prefixItems") for item in listed.items()]
        rest = self._of_all(joined.place, items, hint) if items else _rest_of(joined)
        if not first:
            return rest
        forms = [self.type_of(item, f"{hint}_{at}") for at, item in enumerate(first, 1)]
        return self.chosen([*forms, *([] if rest == NOTHING else [rest])])

    def _of_all(self, place: Node, nodes: list[Node], hint: str) -> Type:
        """The type of one schema, or of several that hold together."""
        together = self.joining.together(place, nodes)
        return self.type_of(nodes[0], hint) if len(nodes) == 1 else self.of_joined(together, hint)

    def others_of(self, joined: Joined, hint: str) -> Type:
        """The type of properties that have no name: of all that may be there."""
        others = joined.all_of("additionalProperties")
        patterns = [
            entry for part in joined.parts for entry in part.entries_of("patternProperties")
        ]
        is_all_matched = any(pattern in _MATCHING_ALL for pattern, _ in patterns)
        said = [node for node in others if node.value is not False and not is_all_matched]
        with self.nesting.inside(joined.place):
            rest: list[Type] = []
            if said:
                rest = [self._of_all(joined.place, said, f"{hint}_value")]
            elif not others and not is_all_matched:
                rest = [Anything()]
            forms = [
                self.type_of(node, f"{hint}_value_{at}" if at > 1 else f"{hint}_value")
                for at, (_, node) in enumerate(patterns, 1)
            ]
        types = [*forms, *rest]
        return self.chosen(types) if types else Anything()

    # Classes.

    def _record(self, joined: Joined, hint: str) -> Named:
        name = self._class(joined, hint)
        if is_untyped_record(joined):
            self.models.note_untyped(name)
        if name not in self._begun:
            self._begun.add(name)
            wire_name = self.models.of_name(name).wire_name
            self.models.add(self._records.record(joined, name, wire_name))
        return Named(name)

    def _class(self, joined: Joined, hint: str) -> Identifier:
        """The name of a class, which comes before those of what it contains, and has its place."""
        name = self.models.inline(joined.key)
        if name is None and self.shapes.is_known_class(joined.key):
            name = self.models.component_at(joined.key)
        if name is None:
            name = self.models.name_inline(joined.key, hint)
        self.models.begin_class(name, hint)
        return name


_MATCHING_ALL = frozenset({"", ".*", "^", "^.*"})
"""Patterns that are found in each name; `^.*$` is in none that has a line break."""


def _rest_of(joined: Joined) -> Type:
    """What items are of which nothing is said: anything, if there may be any behind the first."""
    most = [count for part in joined.parts if (count := part.count_of("maxItems")) is not None]
    first = max(len(list(part.items_of("prefixItems"))) for part in joined.parts)
    return NOTHING if most and first and min(most) <= first else Anything()
