"""Parameters of operations, in the default style of their place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from ..ir import (
    Identifier,
    ListOf,
    Literal,
    Location,
    Named,
    Nullable,
    Parameter,
    Scalar,
    Text,
    Type,
)
from .names import Names, argument_name
from .node import Node
from .references import References
from .schemas import Schemas

FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header field's name (RFC 9110, section 5.1)."""

_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Header parameters of these names mean nothing (OpenAPI 3.1, section 4.8.12)."""

_STYLES = {Location.PATH: "simple", Location.QUERY: "form", Location.HEADER: "simple"}


@frozen
class Parameters:
    """Lowers the parameters of one operation."""

    references: References
    schemas: Schemas
    owner: Identifier

    def lower(self, shared: Iterable[Node], own: Iterable[Node]) -> tuple[Parameter, ...]:
        """The operation's parameters, which stand in place of shared ones of their name."""
        chosen = {**self._by_key(shared), **self._by_key(own)}
        names = Names()
        return tuple(
            self._parameter(node, names.take(argument_name(wire_name)), wire_name, place)
            for (wire_name, place), node in chosen.items()
            if not (place == "header" and wire_name.lower() in _IGNORED_HEADERS)
        )

    def _by_key(self, nodes: Iterable[Node]) -> dict[tuple[str, str], Node]:
        found: dict[tuple[str, str], Node] = {}
        for node in nodes:
            resolved = self.references.resolve(node)
            key = (resolved.require("name").string(), resolved.require("in").string())
            if key in found:
                raise node.refusal(f"the {key[1]} parameter {key[0]!r} is described twice")
            found[key] = resolved
        return found

    def _parameter(self, node: Node, name: Identifier, wire_name: str, place: str) -> Parameter:
        location = _location(node, place)
        refuse_styles(node, location)
        if location is Location.HEADER and not FIELD_NAME.fullmatch(wire_name):
            raise node.require("name").refusal("this is no name for a header field")
        is_required = node.boolean_of("required")
        if location is Location.PATH and not is_required:
            raise node.refusal("a path parameter needs 'required: true'")
        inner = self.schemas.type_of(node.require("schema"), f"{self.owner}_{wire_name}")
        self._refuse_shape(node, inner, location)
        return Parameter(
            name=name,
            wire_name=Text(wire_name),
            location=location,
            type=inner,
            is_required=is_required,
            doc=node.text_of("description"),
        )

    def _refuse_shape(self, node: Node, inner: Type, location: Location) -> None:
        if isinstance(inner, ListOf):
            if location is not Location.QUERY:
                raise node.refusal("arrays are supported in queries only, for now")
            inner = inner.item
        if isinstance(inner, Nullable):
            raise node.refusal("a parameter cannot be null; make it optional instead")
        is_enumeration = isinstance(inner, Named) and self.schemas.is_enumeration(inner.name)
        if not (isinstance(inner, Scalar | Literal) or is_enumeration):
            raise node.refusal(
                "parameters can be strings, numbers, booleans, enumerations and, in queries, "
                "arrays of these, for now"
            )


def refuse_styles(node: Node, location: Location) -> None:
    """Refuse a parameter or header that is not in the default style of its place."""
    if node.has("content"):
        raise node.require("content").refusal("parameters with 'content' are not supported yet")
    style = node.string_of("style")
    if style not in (None, _STYLES[location]):
        raise node.require("style").refusal(f"the style {style!r} is not supported yet")
    explode = location is Location.QUERY
    if node.boolean_of("explode", default=explode) is not explode:
        raise node.require("explode").refusal("only the default 'explode' is supported yet")
    for key in ("allowReserved", "allowEmptyValue"):
        if node.boolean_of(key):
            raise node.require(key).refusal(f"{key!r} is not supported yet")


def _location(node: Node, place: str) -> Location:
    if place == "cookie":
        raise node.require("in").refusal("cookie parameters are not supported yet")
    try:
        return Location(place)
    except ValueError:
        raise node.require("in").refusal(
            f"{place!r} is no place for a parameter; use path, query or header"
        ) from None
