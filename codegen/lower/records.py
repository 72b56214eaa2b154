"""Objects with properties: attrs classes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ..ir import (
    NO_DEFAULT,
    Access,
    Anything,
    Field,
    Identifier,
    Limits,
    Null,
    Nullable,
    Others,
    Presence,
    Record,
    Text,
    Type,
    UnionOf,
)
from ..names import Names, field_name
from ..values import frozen
from .defaults import default_of
from .enumerations import is_deprecated
from .joining import Joined
from .keywords import doc_of
from .kinds import NO_OBJECTS, plain_scalar
from .node import Node
from .nulls import takes_null
from .shapes import forbids_others
from .standing import standing

if TYPE_CHECKING:
    from .schemas import Schemas

_NO_NODE = Node({}, "")
_PART = re.compile(r"(?:/allOf/\d+)+$")
"""The end of the pointer of a part that a schema joins and that has no name of its own."""


@frozen
class Records:
    """Lowers the records of one document."""

    schemas: Schemas

    def record(self, joined: Joined, name: Identifier, wire_name: Text) -> Record:
        """The class of schemas that hold of one object together."""
        properties = joined.properties
        names = Names()
        names.keep(properties.keys())
        required = joined.required
        is_form = self.schemas.files.is_form(joined)
        fields = [
            self._field(
                joined, key, nodes, names, name, is_required=key in required, is_form=is_form
            )
            for key, nodes in properties.items()
        ]
        fields += [_bare_field(key, names) for key in required if key not in properties]
        others = self._others(joined, name)
        if is_form and others is not None:
            others = self.schemas.files.in_others(others, joined, self.schemas.models)
        limiting = self.schemas.limiting
        whole = joined.place if joined.place.is_object else _NO_NODE
        return Record(
            name=name,
            wire_name=wire_name,
            fields=(
                *(one for one in fields if one.presence is Presence.REQUIRED),
                *(one for one in fields if one.presence is not Presence.REQUIRED),
            ),
            others=None
            if others is None
            else Others(name=names.take("additional_properties"), value=others),
            is_closed=_is_closed(joined),
            untyped=limiting.of(joined, NO_OBJECTS) if joined.kinds is None else None,
            limits=limiting.of(joined, ("object",)),
            doc=doc_of(whole, wire_name.reveal()) or standing(joined.place.pointer),
            is_deprecated=is_deprecated(whole),
        )

    def _others(self, joined: Joined, name: Identifier) -> Type | None:
        """The type of the properties that a record keeps besides its own; None for none."""
        said = joined.all_of("additionalProperties")
        if all(node.value is False for node in said) and not joined.has("patternProperties"):
            return None
        return self.schemas.others_of(joined, name)

    def _field(
        self,
        joined: Joined,
        key: str,
        nodes: list[Node],
        names: Names,
        owner: Identifier,
        *,
        is_required: bool,
        is_form: bool,
    ) -> Field:
        node = nodes[-1] if nodes[-1].is_object else _NO_NODE
        inner = self._type(joined, key, nodes, owner)
        if is_form:
            files = self.schemas.files
            inner = files.in_property(
                inner, node, self.schemas.models, told=files.told(joined, key)
            )
        return Field(
            name=names.take(field_name(key), key),
            wire_name=Text(key),
            type=inner,
            presence=_presence(inner, is_required=is_required),
            default=NO_DEFAULT if is_required else default_of(self.schemas, nodes[-1], inner),
            access=_access(nodes),
            doc=doc_of(node, key),
            is_deprecated=is_deprecated(node),
        )

    def _type(self, joined: Joined, key: str, nodes: list[Node], owner: Identifier) -> Type:
        plain = plain_scalar(nodes[0]) if len(nodes) == 1 else None
        if plain is not None:  # as most are
            return plain
        hint = f"{self._holder(nodes, owner)}_{key}"
        with self.schemas.nesting.inside(joined.place):
            if self._is_one(nodes):
                return self.schemas.type_of(nodes[-1], hint)
            together = self.schemas.joining.together(nodes[-1], nodes)
            return self.schemas.of_joined(together, hint)

    def _is_one(self, nodes: list[Node]) -> bool:
        """Whether several places say one thing: they are one, or refer to one."""
        if len(nodes) == 1 or len({node.pointer for node in nodes}) == 1:
            return True
        if not all(map(self.schemas.shapes.is_reference, nodes)):
            return False
        targets = {self.schemas.references.resolve(node).pointer for node in nodes}
        return len(targets) == 1

    def _holder(self, nodes: list[Node], owner: Identifier) -> Identifier:
        """Which record a property is called after: that of the component which says it.

        So it is called the same whoever joins the component, and whichever is lowered first. Of
        several, that is the component which joins the others and says more than they do.
        """
        places = [node.pointer.rpartition("/properties/")[0] for node in nodes]
        inside = [place for place in places if _PART.search(place)]
        component_at = self.schemas.models.component_at
        holders = [component_at(_PART.sub("", place)) for place in inside or places]
        return owner if owner in holders else holders[-1] or owner


def _bare_field(key: str, names: Names) -> Field:
    """A property that must be there, whatever it is."""
    return Field(
        name=names.take(field_name(key), key),
        wire_name=Text(key),
        type=Anything(),
        presence=Presence.REQUIRED,
    )


def _presence(type_: Type, *, is_required: bool) -> Presence:
    if is_required:
        return Presence.REQUIRED
    if isinstance(type_, UnionOf):
        is_null_too = any(map(_may_be_null, type_.alternatives))
    else:
        is_null_too = _may_be_null(type_)
    return Presence.OPTIONAL_NULLABLE if is_null_too else Presence.OPTIONAL


def _may_be_null(type_: Type) -> bool:
    match type_:
        case Anything(Limits(schema=None)):
            return True  # what bounds strings, numbers, arrays and objects allows null
        case Anything(Limits(schema=Text() as schema)):
            return takes_null(json.loads(schema.reveal()))
        case _:
            return isinstance(type_, Nullable | Null)


def _access(nodes: list[Node]) -> Access:
    for node in nodes:
        if not node.is_object or not node.has("readOnly", "writeOnly"):
            continue
        if node.boolean_of("readOnly"):
            return Access.READ_ONLY
        if node.boolean_of("writeOnly"):
            return Access.WRITE_ONLY
    return Access.BOTH


def _is_closed(joined: Joined) -> bool:
    """Whether a part forbids all properties that no part names; the residue says the rest."""
    return any(forbids_others(part) for part in joined.parts)
