"""What a schema is, before it has a type: a reference, values, a record, or null besides these."""

from __future__ import annotations

from ..values import field, frozen
from .choosing import Choosings
from .enumerations import NamedValues, makes_class
from .families import Families
from .joining import Joined, Joining, says_only
from .keywords import OF_ALL, restricts
from .node import Node
from .residue import Residues

_REPEATED = frozenset({"required", "type"})
"""What people write beside a reference though it says so itself."""


@frozen
class Shapes:
    """Tells what the schemas of one document are."""

    joining: Joining
    families: Families
    choosings: Choosings
    values: NamedValues
    residues: Residues
    is_3_0: bool
    _classes: dict[str, bool] = field(factory=dict[str, bool])
    """Which schemas make a class, by pointer, as far as somebody has asked."""

    def is_reference(self, node: Node) -> bool:
        """Whether a schema is nothing but another name for what it refers to."""
        if not node.is_object or not node.has("$ref"):
            return False
        beside = node.without("$ref")
        if self.is_3_0 or not restricts(beside):
            return True
        target = self.joining.references.target(node)
        return target is not None and self._repeats(node, [beside], target)

    def sole_reference(self, node: Node) -> Node | None:
        """The only part of an `allOf` that says anything: the way to put a text beside a $ref."""
        if not node.is_object or not node.has("allOf") or node.has("$ref"):
            return None
        if self.families.is_heir(node):
            return None
        parts = list(node.items_of("allOf"))
        references = [part for part in parts if self.is_reference(part)]
        if len(references) != 1 or any(part.value is False for part in parts):
            return None
        if self._is_chosen_by(node, references[0]):
            return None
        others = (node.without("allOf", "nullable"), *(one for one in parts if one.is_object))
        said = [one for one in others if restricts(one) and one is not references[0]]
        return references[0] if self._repeats(node, said, references[0]) else None

    def _is_chosen_by(self, node: Node, part: Node) -> bool:
        """Whether a schema is an alternative of the part that it joins: that part without a choice."""
        whole = self.joining.joined(part)
        return whole.has("oneOf", "anyOf") and not self.joining.joined(node).has("oneOf", "anyOf")

    def _repeats(self, whole: Node, said: list[Node], part: Node) -> bool:
        """Whether what is said beside a part only says again what types and properties that has."""
        if not said:
            return True
        one, other = map(self.joining.joined, (whole, part))
        return (
            all(says_only(beside, _REPEATED) for beside in said)
            and one.kinds == other.kinds
            and one.required.keys() == other.required.keys()
        )

    def makes_class(self, node: Node) -> bool:
        """Whether a schema becomes a record or an enumeration."""
        known = self._classes.get(node.pointer)
        if known is None:
            known = self._classes[node.pointer] = self._decide_class(node)
        return known

    def is_known_class(self, pointer: str) -> bool:
        """Whether somebody has asked already, and it does."""
        return self._classes.get(pointer, False)

    def _decide_class(self, node: Node) -> bool:
        if not node.is_object or self.is_reference(node) or self.sole_reference(node):
            return False
        joined = self.joining.joined(node)
        if joined.is_nothing or joined.has("const"):
            return False
        values = self.values.of(joined)
        if values is not None:
            return makes_class(values)
        if self.choosings.of(joined):
            return False
        return kinds_besides_null(joined) == ["object"] and is_record(joined)

    def may_be_null(self, node: Node) -> bool:
        """Whether null is a value of what a schema says itself."""
        if not node.is_object or self.is_reference(node):
            return False
        return self.is_nullable(self.joining.joined(node))

    def is_nullable(self, joined: Joined) -> bool:
        """Whether null is a value besides others."""
        if joined.is_nullable:
            return True
        values = self.values.of(joined)
        if values is not None:
            return None in values and any(value is not None for value in values)
        kinds = joined.kinds
        if kinds is None or "null" not in kinds or kinds == ["null"]:
            return False
        return self.allows_null(joined)

    def allows_null(self, joined: Joined) -> bool:
        """Whether nothing is opposed to null, which is among the types."""
        is_opposed = not self.is_3_0 and joined.has(*OF_ALL, "anyOf", "oneOf")
        return not is_opposed or self.residues.takes_null(joined)


def kinds_besides_null(joined: Joined) -> list[str] | None:
    """The types besides null; None for all."""
    kinds = joined.kinds
    if kinds is None:
        implied = joined.implied_kind
        return [implied] if implied else None
    return [kind for kind in kinds if kind != "null"]


def is_record(joined: Joined) -> bool:
    """Whether a schema names properties, or says that there are no others.

    `properties: {}` names none, which frameworks write into maps, too.
    """
    if joined.required or any(forbids_others(part) for part in joined.parts):
        return True
    return joined.has("properties") and bool(joined.properties or not _describes_others(joined))


def _describes_others(joined: Joined) -> bool:
    """Whether a schema says what properties without a name there may be."""
    return joined.has("additionalProperties", "patternProperties")


def is_untyped_record(joined: Joined) -> bool:
    """Whether a schema names properties, but no type."""
    return joined.kinds is None and is_record(joined)


def forbids_others(node: Node) -> bool:
    """Whether a schema forbids properties that it does not name."""
    others = node.get("additionalProperties")
    return others is not None and others.value is False and not node.has("patternProperties")
