"""Objects with properties, joined from the parts of an `allOf` where there are several."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from .keywords import ANNOTATIONS, refuse_unsupported
from .kinds import kinds_of
from .node import Node
from .references import References


@frozen(kw_only=True)
class Merged:
    """What the parts of an object say together."""

    properties: dict[str, Node]
    required: frozenset[str]
    others: Node | None
    """The schema of other properties, where these are kept."""
    is_closed: bool
    """Whether other properties are forbidden."""


def merged_all_of(node: Node, references: References) -> Merged:
    """The object that an `allOf` and all that it joins describe."""
    return merged(list(_parts(node, references, frozenset())))


def merged(parts: list[Node]) -> Merged:
    """The object that some schemas describe together."""
    properties: dict[str, Node] = {}
    for part in parts:
        for key, node in part.entries_of("properties"):
            if key in properties and properties[key].value != node.value:
                raise node.refusal(f"the parts of an allOf describe {key!r} in two ways")
            properties[key] = node
    _refuse_unknown_required(parts, properties)
    _refuse_property_counts(parts)
    others = [part.require("additionalProperties") for part in parts if _keeps_others(part)]
    _refuse_others_of_a_part(others, parts, properties)
    if len(others) > 1 and others[0].value != others[1].value:
        raise others[1].refusal("the parts of an allOf describe other properties in two ways")
    return Merged(
        properties=properties,
        required=frozenset(item.string() for part in parts for item in part.items_of("required")),
        others=others[0] if others else None,
        is_closed=any(forbids_others(part) for part in parts),
    )


def _parts(node: Node, references: References, seen: frozenset[str]) -> Iterator[Node]:
    """The schemas that an `allOf` joins, with all that they join themselves."""
    resolved = references.resolve(node)
    if resolved.pointer in seen:
        raise node.refusal("this allOf contains itself")
    refuse_unsupported(resolved)
    seen = seen | {resolved.pointer}
    for part in resolved.items_of("allOf"):
        yield from _parts(part, references, seen)
    _refuse_no_object(resolved)
    yield resolved


def _refuse_no_object(node: Node) -> None:
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
            raise keyword.refusal("allOf is supported for objects only; this keyword is not one's")
    if kinds_of(node) not in ([], ["object"]):
        raise node.require("type").refusal("allOf is supported for objects only")
    others = node.get("additionalProperties")
    if others is not None and others.value is False:
        raise others.refusal(
            "an allOf with a part that forbids other properties matches next to nothing"
        )


def _refuse_unknown_required(parts: list[Node], properties: dict[str, Node]) -> None:
    for part in parts:
        for item in part.items_of("required"):
            if item.string() not in properties:
                raise item.refusal(f"{item.string()!r} is required but not among the properties")


def _refuse_others_of_a_part(
    others: list[Node], parts: list[Node], properties: dict[str, Node]
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


def _refuse_property_counts(parts: list[Node]) -> None:
    for part in parts:
        for key in ("minProperties", "maxProperties"):
            if part.has(key):
                raise part.require(key).refusal(f"{key} beside properties is not supported yet")


def _keeps_others(node: Node) -> bool:
    others = node.get("additionalProperties")
    return others is not None and others.value is not False


def forbids_others(node: Node) -> bool:
    """Whether a schema forbids properties that it does not name."""
    others = node.get("additionalProperties")
    return others is not None and others.value is False
