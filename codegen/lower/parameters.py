"""Parameters of operations: which there are, what they are called, and what they may hold.

Only this module decides which of several descriptions of a parameter counts, and what a caller
names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeAlias

from ..ir import (
    ContentKind,
    Encoding,
    Identifier,
    ListOf,
    Literal,
    Location,
    MapOf,
    Named,
    Nullable,
    Parameter,
    Scalar,
    ScalarKind,
    Style,
    Text,
    Type,
    UnionOf,
)
from ..names import Names, argument_name
from ..values import evolve, field, frozen
from .contents import Contents
from .node import Node
from .notes import Notes
from .paths import names_in, query_of
from .references import References
from .schemas import Schemas
from .styles import Writing, content_writing, usual, warn_of_two, writing_of

FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header field (RFC 9110, section 5.1) or of a cookie (RFC 6265, section 4.1.1)."""

_IGNORED_HEADERS: Final = {
    "accept": "the media types of answers say it",
    "content-type": "the media types of the body say it",
    "authorization": "a security scheme says it",
}
"""Header parameters of these names mean nothing (OpenAPI 3.1, section 4.8.12): what says it instead."""

_ORDER: Final = (
    *(Location.PATH, Location.QUERY, Location.QUERYSTRING),
    *(Location.HEADER, Location.COOKIE),
)
"""Who keeps a name that parameters in several places have."""

_STRING: Final = Scalar(ScalarKind.STRING)

_PLACE: Final = re.compile(r"\{[^{}]*\}")
"""A field of a path's query that holds the value of a parameter."""

_Key: TypeAlias = tuple[Location, str]
"""What tells parameters apart: names of header fields without regard to case."""


@frozen
class _Described:
    """A parameter as the document has it."""

    wire_name: str
    location: Location
    node: Node


@frozen
class _Found:
    """A parameter that has everything but its name."""

    wire_name: str
    location: Location
    type: Type
    writing: Writing
    kind: ContentKind | None = None
    encodings: tuple[Encoding, ...] = ()
    is_required: bool = True
    doc: Text | None = None
    is_deprecated: bool = False


@frozen
class Parameters:
    """Lowers the parameters of one operation."""

    references: References
    schemas: Schemas
    owner: Identifier
    notes: Notes = field(factory=Notes)

    def of(self, node: Node, shared: Iterable[Node], template: str) -> tuple[Parameter, ...]:
        """The parameters of an operation, of which those of the path are those of its template."""
        in_path, query = names_in(template), query_of(template)
        chosen = self._chosen(shared, node.items_of("parameters"))
        if query:
            chosen = self._where_they_stand(chosen, in_path, query)
        fields = [
            self._field_of_path(node, wire_name, value)
            for wire_name, value in query
            if (Location.QUERY, wire_name) not in chosen
        ]
        for key, one in list(chosen.items()):
            if one.location is Location.PATH and one.wire_name not in in_path:
                self.notes.warn(one.node, "the path has no place for this parameter")
                del chosen[key]
        missing = [name for name in in_path if (Location.PATH, name) not in chosen]
        for name in missing:
            self.notes.warn(node, f"the path parameter {name!r} is not described; it is a string")
        all_ = [
            *(self._found(one) for one in chosen.values()),
            *(_Found(name, Location.PATH, _STRING, usual(Location.PATH)) for name in missing),
            *fields,
        ]
        return _named(all_)

    def lower(self, shared: Iterable[Node], own: Iterable[Node]) -> tuple[Parameter, ...]:
        """The parameters, of which an operation's own stand in place of shared ones."""
        return _named([self._found(one) for one in self._chosen(shared, own).values()])

    def _where_they_stand(
        self,
        chosen: Mapping[_Key, _Described],
        in_path: Collection[str],
        query: Iterable[tuple[str, str]],
    ) -> dict[_Key, _Described]:
        """The parameters, of which those "of the path" that stand in its query are the query's."""
        fields = {value: wire_name for wire_name, value in query}
        found: dict[_Key, _Described] = {}
        for key, one in chosen.items():
            wire_name = fields.get(f"{{{one.wire_name}}}")
            is_in_path = one.location is not Location.PATH or one.wire_name in in_path
            if wire_name is None or is_in_path or (Location.QUERY, wire_name) in chosen:
                found[key] = one
                continue
            self.notes.warn(one.node, "this stands in the query of the path; say `in: query`")
            found[Location.QUERY, wire_name] = _Described(wire_name, Location.QUERY, one.node)
        return found

    def _field_of_path(self, node: Node, wire_name: str, value: str) -> _Found:
        """A field of the path's query, where no standard has it, that no parameter describes."""
        place = _Found(wire_name, Location.QUERY, _STRING, usual(Location.QUERY), is_required=False)
        if _PLACE.fullmatch(value):
            what = f"the query parameter {wire_name!r} is not described; it is a string"
            self.notes.warn(node, what)
            return place
        if "{" in value:
            raise node.refusal(
                f"the query of the path has {value!r}; describe {wire_name!r} as a parameter"
            )
        self.notes.remark(node, f"{wire_name!r} in the path is sent as a query field")
        return evolve(place, type=Literal(Text(value)), is_required=True)

    def _chosen(self, shared: Iterable[Node], own: Iterable[Node]) -> dict[_Key, _Described]:
        chosen = {**self._by_key(shared), **self._by_key(own)}
        _refuse_beside_whole_query(chosen.values())
        ignored = [
            key
            for key, one in chosen.items()
            if one.location is Location.HEADER and key[1] in _IGNORED_HEADERS
        ]
        for key in ignored:
            what = (
                f"OpenAPI ignores header parameters called {key[1]!r}; {_IGNORED_HEADERS[key[1]]}"
            )
            self.notes.remark(chosen.pop(key).node, what)
        return chosen

    def _by_key(self, nodes: Iterable[Node]) -> dict[_Key, _Described]:
        found: dict[_Key, _Described] = {}
        for node in nodes:
            one = self._described(node)
            if not one.wire_name:
                self.notes.warn(node, "a parameter without a name is left out")
                continue
            is_header = one.location is Location.HEADER
            key = (one.location, one.wire_name.lower() if is_header else one.wire_name)
            if key in found:
                self._refuse_two(found[key], one, node)
            found[key] = one
        return found

    def _refuse_two(self, one: _Described, other: _Described, node: Node) -> None:
        """Refuse two descriptions of a parameter, but for those of which the later may count.

        Frameworks read a header field from the code, besides the one that people describe.
        """
        if one.wire_name != other.wire_name:
            what = f"the header field {one.wire_name!r} is described again, which is what counts"
            self.notes.warn(node, what)
        elif one.node.value == other.node.value:
            self.notes.warn(node, "this parameter is described twice in the same words")
        else:
            raise node.refusal(
                f"the {one.location.value} parameter {one.wire_name!r} is described twice, "
                "in two ways; keep one"
            )

    def _described(self, node: Node) -> _Described:
        resolved = self.references.resolve(node)
        wire_name = resolved.require("name").string()
        place = resolved.require("in")
        try:
            location = Location(place.string())
        except ValueError:
            raise place.refusal(
                f"{place.string()!r} is no place for a parameter; "
                "use path, query, querystring, header or cookie, and requestBody for a body"
            ) from None
        is_field = location in (Location.HEADER, Location.COOKIE)
        wire_name = wire_name.strip() if is_field else wire_name
        if wire_name and is_field and not FIELD_NAME.fullmatch(wire_name):
            what = "a header field" if location is Location.HEADER else "a cookie"
            raise resolved.require("name").refusal(f"this is no name for {what}")
        return _Described(wire_name, location, resolved)

    def _found(self, one: _Described) -> _Found:
        node = one.node
        if one.location is Location.QUERYSTRING:
            return self._whole_query(one)
        type_, writing = self._type(one)
        is_required = node.boolean_of("required")
        if one.location is Location.PATH and not is_required:
            self.notes.remark(node, "a path parameter is always required")
            is_required = True
        return _Found(
            one.wire_name,
            one.location,
            type_,
            writing,
            is_required=is_required,
            doc=_doc(node, self.references),
            is_deprecated=node.boolean_of("deprecated"),
        )

    def _whole_query(self, one: _Described) -> _Found:
        """A parameter that is all of the query, in a media type (OpenAPI 3.2, section 4.12)."""
        contents = Contents(self.schemas, self.notes).lower(
            one.node, f"{self.owner}_{one.wire_name}"
        )
        if len(contents) != 1:
            what = "the whole query needs 'content' with one media type, such as application/json"
            raise one.node.refusal(what)
        held = contents[0]
        if held.kind not in (ContentKind.FORM, ContentKind.JSON, ContentKind.TEXT):
            what = "a query holds text; use application/x-www-form-urlencoded or application/json"
            raise one.node.require("content").refusal(what)
        return _Found(
            one.wire_name,
            one.location,
            held.type.inner if isinstance(held.type, Nullable) else held.type,
            usual(one.location),
            held.kind,
            held.encodings,
            is_required=one.node.boolean_of("required"),
            doc=_doc(one.node, self.references),
            is_deprecated=one.node.boolean_of("deprecated"),
        )

    def _type(self, one: _Described) -> tuple[Type, Writing]:
        node, hint = one.node, f"{self.owner}_{one.wire_name}"
        if node.has("content"):
            warn_of_two(node, self.notes)
            writing, entry = content_writing(node, one.location, self.notes)
            media = self.references.resolve(entry)
            schema = media.get("schema")
            if schema is not None:
                return self.schemas.type_of(schema, hint), writing
            described = Node({}, media.pointer) if writing.style is Style.JSON else None
            return (self.schemas.type_of(described, hint) if described else _STRING), writing
        if not node.has("schema"):
            self.notes.warn(node, "nothing says what this parameter holds; it is a string")
            return _STRING, usual(one.location)
        type_ = self.schemas.type_of(node.require("schema"), hint)
        if isinstance(type_, Nullable):  # what is null is left out
            type_ = type_.inner
        is_scalar = self._is_scalar(type_)
        writing = writing_of(node, one.location, self.notes, is_scalar=is_scalar)
        self._note_nesting(node, type_, writing)
        return type_, writing

    def _is_scalar(self, type_: Type) -> bool:
        """Whether a value is one text in any style."""
        match type_:
            case Scalar() | Literal():
                return True
            case Named(name):
                return self.schemas.models.is_enumeration(name)
            case Nullable(inner):
                return self._is_scalar(inner)
            case UnionOf(alternatives=alternatives):
                return all(self._is_scalar(one) for one in alternatives)
            case _:
                return False

    def _note_nesting(self, node: Node, type_: Type, writing: Writing) -> None:
        inner = type_.item if isinstance(type_, ListOf) else None
        inner = type_.value if isinstance(type_, MapOf) else inner
        if writing.style is Style.DEEP_OBJECT and isinstance(type_, ListOf):
            self.notes.remark(node, "no standard has deepObject for arrays; sent as name[0]=…")
        elif writing.style not in (Style.DEEP_OBJECT, Style.JSON) and (
            isinstance(inner, ListOf | MapOf)
            or (isinstance(inner, Named) and not self.schemas.models.is_enumeration(inner.name))
        ):
            self.notes.remark(node, "no style nests values; arrays and objects in it are JSON")


def _refuse_beside_whole_query(chosen: Collection[_Described]) -> None:
    """Refuse what cannot stand in a query that is one parameter already."""
    whole = next((one for one in chosen if one.location is Location.QUERYSTRING), None)
    if whole is None:
        return
    for one in chosen:
        if one is not whole and one.location in (Location.QUERYSTRING, Location.QUERY):
            what = f"the whole query is the parameter {whole.wire_name!r} already; keep one of them"
            raise one.node.refusal(what)


def _named(found: list[_Found]) -> tuple[Parameter, ...]:
    """The parameters under their names, in the order in which they were found."""
    return tuple(
        Parameter(
            name=name,
            wire_name=Text(one.wire_name),
            location=one.location,
            type=one.type,
            is_required=one.is_required,
            style=one.writing.style,
            explode=one.writing.explode,
            allows_reserved=one.writing.allows_reserved,
            kind=one.kind,
            encodings=one.encodings,
            doc=one.doc,
            is_deprecated=one.is_deprecated,
        )
        for one, name in zip(found, _names(found), strict=True)
    )


def _names(found: list[_Found]) -> list[Identifier]:
    """The names of parameters: one that several places have says its place in all but the first."""
    names = Names()
    names.keep([one.wire_name for one in found])
    places: dict[str, Location] = {}
    chosen: dict[int, Identifier] = {}
    for location in _ORDER:
        for index, one in enumerate(found):
            if one.location is not location:
                continue
            name = argument_name(_spoken(one.wire_name))
            if places.setdefault(name, location) is not location:
                name = f"{name.rstrip('_')}_{location.value}"
            chosen[index] = names.take(name, one.wire_name)
    return [chosen[index] for index in range(len(found))]


def _spoken(wire_name: str) -> str:
    """The name with words for signs that tell it from another: `StartTime<`, `StartTime>`."""
    return wire_name.replace("<", " lt ").replace(">", " gt ")


def _doc(node: Node, references: References) -> Text | None:
    """What the document says of a parameter, and what a server assumes where it is left out."""
    said = (node.string_of("description") or _of_schema(node) or "").strip()
    default = _default(node, references)
    text = f"{said}{_between(said)}{default}" if said and default else said or default
    return Text(text) if text else None


def _between(said: str) -> str:
    """What parts a text from the sentence behind it."""
    if "\n" in said:
        return "\n\n"
    return " " if said.endswith((".", "!", "?", ":")) else ". "


def _of_schema(node: Node) -> str | None:
    """The description of a schema that stands in a parameter itself."""
    schema = node.get("schema")
    return schema.string_of("description") if schema is not None and schema.is_object else None


def _default(node: Node, references: References) -> str:
    schema = node.get("schema")
    if schema is None or not schema.is_object:
        return ""
    default = schema.get("default") or references.resolve(schema).get("default")
    if default is None or default.value is None:
        return ""
    return f"Default: `{json.dumps(default.value, ensure_ascii=False)}`."
