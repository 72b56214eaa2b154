"""Enumerations of strings and of integers."""

from __future__ import annotations

from ..ir import Enumeration, Identifier, Member, Text
from .keywords import doc_of
from .kinds import kinds_of
from .names import Names, member_name
from .node import Node


def enumeration_of(node: Node, name: Identifier, wire_name: Text) -> Enumeration:
    """The class of a schema with an `enum`; its null, if any, is for the type to say."""
    values = [item for item in node.items_of("enum") if item.value is not None]
    if not values:
        raise node.require("enum").refusal("an enumeration needs at least one value besides null")
    kinds: set[type[object]] = {type(item.value) for item in values}
    if kinds not in ({str}, {int}):
        raise node.require("enum").refusal(
            "only enumerations of strings or of integers are supported yet"
        )
    _refuse_mismatch(node, "string" if kinds == {str} else "integer")
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
        doc=doc_of(node),
        is_deprecated=node.boolean_of("deprecated"),
    )


def _refuse_mismatch(node: Node, kind: str) -> None:
    kinds = [one for one in kinds_of(node) if one != "null"]
    if kinds and kinds != [kind] and not (kind == "integer" and kinds == ["number"]):
        raise node.require("type").refusal(f"the enumeration holds values of type {kind}")
