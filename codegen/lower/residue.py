"""What no type can say, as a JSON Schema that is complete in itself.

It is JSON Schema 2020-12, whatever dialect the document speaks, with all that it refers to under
`$defs`. Of formats those are written that have a type of their own: they are checked as it checks
them, so that alternatives are told apart by them; all others only describe.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from ..ir import Text
from ..values import field, frozen
from .joining import Joined
from .keywords import ANNOTATIONS, KNOWN, OF_LISTS, OF_MAPS, OF_SCHEMAS
from .kinds import INT32, kinds_of, makes_type
from .limits import is_endless, is_readable
from .node import Json, Node
from .notes import Notes
from .nulls import takes_null
from .omissions import Omissions
from .references import References

Said: TypeAlias = Mapping[str, Json]
"""Keywords and what stands under them: places of the document, or JSON."""

_MOST_CHARACTERS = 100_000
"""A longer schema is not put into an SDK."""

_ROOT_FREE = ANNOTATIONS | {"$id", "$anchor", "$dynamicAnchor", "nullable"}


@frozen
class Residues:
    """Writes schemas of one document down."""

    references: References
    notes: Notes
    is_3_0: bool

    def of_whole(self, joined: Joined) -> Text | None:
        """All that some schemas say together."""
        return self.of(joined.place, {"allOf": list(joined.undivided)})

    def of(self, place: Node, *said: Said, has_fields: bool = False) -> Text | None:
        """Keywords with what the document says under them; None where that is too much.

        Where properties have fields, these say what the properties are, and only that they are
        there is written: fields know values that the document does not name, such as those of
        enumerations that are open.
        """
        schema, is_whole = self._written(*said, has_fields=has_fields)
        if not is_whole:
            Omissions(self.references, self.notes, self.is_3_0).tell(said)
        text = json_text(schema)
        if len(text.reveal()) > _MOST_CHARACTERS:
            self.notes.remark(place, "is not checked: what it refers to is too much for a check")
            return None
        return text

    def _written(self, *said: Said, has_fields: bool = False) -> tuple[dict[str, Json], bool]:
        """The schema, and whether no pattern was left out."""
        writer = _Writer(self.references, is_3_0=self.is_3_0, has_fields=has_fields)
        schemas: list[dict[str, Json]] = [
            {key: writer.keyword(key, value) for key, value in each.items()} for each in said
        ]
        schema: dict[str, Json] = schemas[0] if len(schemas) == 1 else {"allOf": schemas}
        writer.write_definitions()
        if writer.definitions:
            schema["$defs"] = writer.definitions
        return schema, not writer.unread

    def takes_null(self, joined: Joined) -> bool:
        """Whether all that some schemas say together leaves null allowed."""
        schema, _ = self._written({"allOf": list(joined.undivided)})
        return takes_null(schema)


def json_text(schema: Json) -> Text:
    """A schema as it goes into an SDK."""
    return Text(json.dumps(schema, ensure_ascii=False, separators=(",", ":")))


@frozen
class _Writer:
    references: References
    is_3_0: bool = field(kw_only=True)
    has_fields: bool = field(kw_only=True)
    definitions: dict[str, Json] = field(factory=dict[str, Json])
    unread: list[Node] = field(factory=list[Node])
    """Patterns that are left out."""
    _names: dict[tuple[str, bool], str] = field(factory=dict[tuple[str, bool], str])
    _ahead: list[tuple[str, Node, bool]] = field(factory=list[tuple[str, Node, bool]])

    def keyword(self, key: str, value: Json) -> Json:
        """What stands under a keyword."""
        match value:
            case Node():
                return self._value(key, value)
            case [Node(), *_]:
                is_of_fields = self.has_fields and key == "allOf"
                return [self._schema(item, is_of_fields=is_of_fields) for item in value]
            case _:
                return value

    def write_definitions(self) -> None:
        """Write what was referred to, and what that refers to."""
        while self._ahead:
            name, target, is_of_fields = self._ahead.pop()
            self.definitions[name] = self._schema(target, is_of_fields=is_of_fields)

    def _schema(self, node: Node, *, is_of_fields: bool = False) -> Json:
        """A schema; one of the fields holds for just that object whose properties have these."""
        if isinstance(node.value, bool):
            return node.value
        target = self.references.target(node)
        if target is not None and self.is_3_0:
            return self._reference(target, is_of_fields=is_of_fields)
        written: dict[str, Json] = {}
        if target is not None:
            written.update(self._reference(target, is_of_fields=is_of_fields))
        for key, value in node.entries():
            if value.value is None and key != "const":
                continue  # left blank
            if key == "pattern" and not is_readable(value.value):
                self.unread.append(value)
                continue
            if _is_written(node, key, value):
                write = self._value_of_fields if is_of_fields else self._value
                written[key] = write(key, value)
        _bound(node, written)
        return self._of_2020(node, written) if self.is_3_0 else written

    def _reference(self, target: Node, *, is_of_fields: bool) -> dict[str, Json]:
        key = (target.pointer, is_of_fields)
        if key not in self._names:
            name = f"s{len(self._names) + 1}"
            self._names[key] = name
            self._ahead.append((name, target, is_of_fields))
        return {"$ref": f"#/$defs/{self._names[key]}"}

    def _value_of_fields(self, key: str, value: Node) -> Json:
        if key == "allOf":
            return [self._schema(item, is_of_fields=True) for item in value.items()]
        if key == "properties":
            return {name: item.value is not False for name, item in value.entries()}
        return self._value(key, value)

    def _value(self, key: str, value: Node) -> Json:
        if key == "patternProperties":
            for pattern, schema in value.entries():
                _refuse_unreadable(schema, pattern)
        if key in OF_SCHEMAS and (value.is_object or isinstance(value.value, bool)):
            return self._schema(value)
        if key in OF_LISTS:
            return [self._schema(item) for item in value.items()]
        if key in OF_MAPS:
            return {name: self._schema(item) for name, item in value.entries()}
        plain: Json = value.value
        return plain

    def _of_2020(self, node: Node, written: dict[str, Json]) -> Json:
        """A schema of OpenAPI 3.0 in the words of 2020-12."""
        for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if isinstance(written.get(flag), bool) and written.pop(flag) and bound in written:
                written[flag] = written.pop(bound)
        if not node.boolean_of("nullable"):
            return written
        if isinstance(written.get("type"), str):
            written["type"] = [written["type"], "null"]
            if isinstance(written.get("enum"), list):
                written["enum"] = [*written["enum"], None]
            return written
        return {"anyOf": [written, {"type": "null"}]} if written else {"type": "null"}


def _is_written(node: Node, key: str, value: Node) -> bool:
    if key == "format":
        # What an enumeration names is what it is, whatever its format.
        return not node.has("const", "enum") and makes_type(value.value)
    return key in KNOWN and key not in _ROOT_FREE and key != "$ref"


def _bound(node: Node, written: dict[str, Json]) -> None:
    """Write the bounds down that integers have by their format, as types have them."""
    if node.string_of("format") == "int32" and "integer" in kinds_of(node):
        for key, bound, narrower in zip(("minimum", "maximum"), INT32, (max, min), strict=True):
            said = node.number_of(key)
            written[key] = bound if said is None else narrower(said, bound)


def _refuse_unreadable(node: Node, pattern: str) -> None:
    if is_endless(pattern):
        what = "matching this regular expression may take for ever; write it in other words"
        raise node.refusal(what)
    if not is_readable(pattern):
        raise node.refusal("Python cannot read this regular expression; write it in other words")
