"""The models of a document: their names, decided once, and what is behind a name."""

from __future__ import annotations

from collections.abc import Collection

from ..ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Enumeration,
    Identifier,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Text,
    Type,
    UnionOf,
)
from ..names import Names, class_name
from ..values import define, field


@define
class Models:
    """Components first, then inline ones, as they are met."""

    names: Names
    _by_name: dict[str, Model] = field(init=False, factory=dict[str, Model])
    _components: dict[str, Identifier] = field(init=False, factory=dict[str, Identifier])
    """The names of components, by pointer."""
    _inline: dict[str, Identifier] = field(init=False, factory=dict[str, Identifier])
    """Of inline schemas, by what tells them apart: several references may lead to one."""
    _classes: set[Identifier] = field(init=False, factory=set[Identifier])
    """The names of records and enumerations, also of such as are not lowered yet."""
    _members: dict[Identifier, frozenset[Literal]] = field(
        init=False, factory=dict[Identifier, frozenset[Literal]]
    )
    """The values of enumerations, also of such as are not lowered yet."""
    _untyped: set[Identifier] = field(init=False, factory=set[Identifier])
    """Those of records whose schemas name no type."""

    @property
    def all(self) -> tuple[Model, ...]:
        """All models, in their order."""
        return tuple(self._by_name.values())

    def add(self, model: Model) -> None:
        """Put a model in its place, which is the last one unless its name was there before."""
        self._by_name[model.name] = model

    def of_name(self, name: Identifier) -> Model:
        """The model of a name, as far as it is lowered."""
        return self._by_name[name]

    # Names.

    def add_component(self, pointer: str, key: str) -> Identifier:
        """Name a component, whose model is an empty alias until it is lowered."""
        name = self._components[pointer] = self.names.take(class_name(key), key)
        self.hold_place(name, key)
        return name

    def adopt(self, pointer: str, name: Identifier) -> bool:
        """Name what stands elsewhere as a component; False where it has a name already."""
        return self._components.setdefault(pointer, name) == name

    def hold_place(self, name: Identifier, wire_name: str) -> None:
        """Put an empty alias in the place of a model that is being lowered."""
        self.add(Alias(name=name, wire_name=Text(wire_name), type=Anything()))

    def component_at(self, pointer: str) -> Identifier | None:
        """The name of a component."""
        return self._components.get(pointer)

    def pointers_of(self, names: Collection[Identifier]) -> dict[str, Identifier]:
        """Those of some names that are components, by where these stand."""
        return {at: name for at, name in self._components.items() if name in names}

    def inline(self, key: str) -> Identifier | None:
        """The name of an inline model, if it has one already."""
        return self._inline.get(key)

    def name_inline(self, key: str, hint: str) -> Identifier:
        """Name an inline model after `hint`; `key` tells it from others."""
        name = self._inline[key] = self.take(hint)
        return name

    def stand_for(self, key: str, name: Identifier) -> None:
        """Give an inline model the name of the component that is nothing else."""
        self._inline.setdefault(key, name)

    def take(self, hint: str) -> Identifier:
        """A name that no other model has."""
        return self.names.take(class_name(hint))

    # What is behind a name.

    def note_class(self, name: Identifier) -> bool:
        """Note that a name is one of a record or an enumeration; False where that was known."""
        is_new = name not in self._classes
        self._classes.add(name)
        return is_new

    def begin_class(self, name: Identifier, wire_name: str) -> None:
        """Note a class that is about to be lowered: it comes before those that it contains."""
        self._classes.add(name)
        if name not in self._by_name:
            self.hold_place(name, wire_name)

    def note_untyped(self, name: Identifier) -> None:
        """Note that the schema of a record names no type."""
        self._untyped.add(name)

    def is_untyped(self, type_: Type) -> bool:
        """Whether a type is a record whose schema names no type."""
        return isinstance(type_, Named) and type_.name in self._untyped

    def note_members(self, name: Identifier, members: frozenset[Literal]) -> None:
        """Note the values of an enumeration, for those who ask before it is lowered."""
        self._members[name] = members

    def members_of(self, name: Identifier) -> frozenset[Literal]:
        """The values of an enumeration; none of all other models."""
        return self._members.get(name, frozenset())

    def is_enumeration(self, name: Identifier) -> bool:
        """Whether the model of a name is an enumeration, also if it is not lowered yet."""
        return bool(self.members_of(name))

    def is_lowered_enumeration(self, name: Identifier) -> bool:
        """Whether the model of a name is there, and an enumeration."""
        return isinstance(self._by_name.get(name), Enumeration)

    def union_of(self, type_: Type) -> UnionOf | None:
        """The union that a type names and adds nothing to."""
        if not isinstance(type_, Named) or type_.limits != NO_LIMITS:
            return None
        model = self._by_name.get(type_.name)
        return model.type if isinstance(model, Alias) and isinstance(model.type, UnionOf) else None

    def takes_null(self, type_: Type) -> bool:
        """Whether null may be of a type."""
        return self._takes_null(type_, set())

    def _takes_null(self, type_: Type, asked: set[Identifier]) -> bool:
        """The same; no name is asked twice, of which aliases of aliases may have very many."""
        match type_:
            case Named(name):
                if name in self._classes or name in asked:
                    return False
                asked.add(name)
                model = self._by_name.get(name)
                return isinstance(model, Alias) and self._takes_null(model.type, asked)
            case UnionOf():
                return any(self._takes_null(one, asked) for one in type_.alternatives)
            case _:
                return isinstance(type_, Null | Nullable | Anything)

    def may_be_compound(self, type_: Type) -> bool:
        """Whether objects or arrays may be of a type."""
        match type_:
            case Nullable(inner):
                return self.may_be_compound(inner)
            case Named(name):
                return not self.is_enumeration(name)
            case _:
                return isinstance(type_, Anything | ListOf | MapOf | UnionOf)

    def may_be_object(self, type_: Type) -> bool:
        """Whether objects may be of a type."""
        return self.may_be_compound(type_) and not isinstance(_besides_null(type_), ListOf)


def _besides_null(type_: Type) -> Type:
    return type_.inner if isinstance(type_, Nullable) else type_


def named_in(type_: Type) -> Identifier | None:
    """The name of a type that is a model, perhaps or null."""
    match type_:
        case Named(name) | Nullable(Named(name)):
            return name
        case _:
            return None
