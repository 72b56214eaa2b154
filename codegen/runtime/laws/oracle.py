"""What a document says of JSON, by a validator that knows nothing of models: jsonschema.

OpenAPI 3.0 has a dialect of its own, for which openapi-schema-validator is needed. Nothing is ever
fetched. Multiples are those of the decimals that are written, which jsonschema divides as floats.
Not judged is what the two understand differently on purpose: `oneOf` where a discriminator chooses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Final, Protocol, cast
from urllib.parse import quote, unquote, urljoin

from attrs import field, frozen

from ..formats import is_of_format
from ..json_types import Json, JsonObject, is_array, is_object
from ..patterns import matcher

_BASE: Final = "http://document.invalid/"
"""Where the documents are said to be, so that references between them mean something."""

_FORMATS: Final = ("date", "date-time", "uuid")


class _Error(Protocol):
    @property
    def message(self) -> str: ...
    @property
    def validator(self) -> object: ...
    @property
    def instance(self) -> Json: ...
    @property
    def schema(self) -> Json: ...


class _Validator(Protocol):
    def iter_errors(self, instance: Json) -> Iterator[_Error]: ...
    def is_valid(self, instance: Json) -> bool: ...
    def evolve(self, *, schema: Json) -> _Validator: ...


def _without_anchors(documents: Mapping[str, JsonObject]) -> Mapping[str, JsonObject]:
    """The documents with pointers for anchors, which jsonschema finds in whole schemas alone."""
    anchors = {
        f"{quote(name)}#{anchor}": f"{quote(name)}#{pointer}"
        for name, tree in documents.items()
        for anchor, pointer in _anchors(tree, "")
    }
    if not anchors:
        return documents
    return {name: _pointing(tree, quote(name), anchors) for name, tree in documents.items()}


def _anchors(tree: Json, pointer: str) -> Iterator[tuple[str, str]]:
    if is_object(tree) and isinstance(tree.get("$anchor"), str):
        yield tree["$anchor"], pointer
    entries = tree.items() if is_object(tree) else enumerate(tree) if is_array(tree) else ()
    for name, inner in entries:
        yield from _anchors(inner, f"{pointer}/{_step(name)}")


def _pointing(tree: Json, base: str, anchors: Mapping[str, str]) -> Json:
    if is_array(tree):
        return [_pointing(one, base, anchors) for one in tree]
    if not is_object(tree):
        return tree
    reference = tree.get("$ref")
    found = anchors.get(urljoin(base, reference)) if isinstance(reference, str) else None
    pointing = {name: _pointing(one, base, anchors) for name, one in tree.items()}
    return pointing if found is None else {**pointing, "$ref": found}


def _step(name: str | int) -> str:
    """A name as a step of a pointer in a URL."""
    return quote(str(name).replace("~", "~0").replace("/", "~1"), safe="~")


@frozen(slots=False)
class Description:
    """The documents of an API, by their names from the folder of the first."""

    documents: Mapping[str, JsonObject] = field(repr=False, converter=_without_anchors)
    _schemas: dict[tuple[str, str | None], Schema] = field(factory=dict, repr=False, init=False)
    """Those that were asked for; it takes time to make ready for one."""

    @classmethod
    def of_texts(cls, documents: Mapping[str, Sequence[str]]) -> Description:
        """Read the documents from their JSON text, which is in pieces."""
        return cls({name: json.loads("".join(text)) for name, text in documents.items()})

    @property
    def main(self) -> JsonObject:
        """The document itself."""
        return next(iter(self.documents.values()))

    @property
    def is_3_0(self) -> bool:
        """Whether its schemas are in the dialect of OpenAPI 3.0."""
        return str(self.main.get("openapi", "")).startswith("3.0")

    @property
    def root(self) -> Place:
        """The document as a place."""
        return Place(self, f"{self._urls[0]}#", self.main)

    @property
    def _urls(self) -> list[str]:
        return [_BASE + quote(name) for name in self.documents]

    def schema(self, pointer: str, *, hidden: str | None = None) -> Schema:
        """The schema at a pointer into the main document."""
        return self.schema_at(f"{self._urls[0]}#{quote(pointer, safe='/~')}", hidden=hidden)

    def schema_at(self, uri: str, *, hidden: str | None = None) -> Schema:
        """The schema at a place."""
        key = (uri, hidden)
        if key not in self._schemas:
            self._schemas[key] = Schema(self, uri, hidden)
        return self._schemas[key]

    @cached_property
    def _registries(self) -> dict[str | None, Any]:
        return {}

    def registry(self, hidden: str | None) -> Any:
        """The documents as jsonschema looks them up, without properties of one direction."""
        from referencing import Registry
        from referencing.jsonschema import DRAFT4, DRAFT202012

        if hidden not in self._registries:
            dialect = DRAFT4 if self.is_3_0 else DRAFT202012
            trees = zip(self._urls, self.documents.values(), strict=True)
            made = [(url, dialect.create_resource(_without(tree, hidden))) for url, tree in trees]
            self._registries[hidden] = Registry[Any]().with_resources(made)
        return self._registries[hidden]

    def at(self, uri: str) -> Place:
        """A place in the documents, or nothing where there is none."""
        url, _, fragment = uri.partition("#")
        node: Json = dict(zip(self._urls, self.documents.values(), strict=True)).get(url)
        for step in fragment.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            is_there = is_object(node) and name in node
            node = node[name] if is_there else node[int(name)] if is_array(node) else None
        return Place(self, f"{url}#{fragment}", node)  # what is in a whole file is below "#" too


_MOST_STEPS: Final = 50
"""How many references are followed from one to the next."""


@frozen
class Place:
    """A place in the documents, and what is there."""

    description: Description = field(repr=False)
    uri: str
    value: Json = field(repr=False)

    def resolved(self) -> Place:
        """The same, or what it refers to."""
        place = self
        for _ in range(_MOST_STEPS):
            if not (is_object(place.value) and isinstance(place.value.get("$ref"), str)):
                return place
            place = self.description.at(urljoin(place.uri, place.value["$ref"]))
        return place

    def child(self, name: str | int) -> Place:
        """What is below a place that is no reference, or nothing."""
        value: Json = None
        if is_object(self.value) and isinstance(name, str):
            value = self.value.get(name)
        elif is_array(self.value) and isinstance(name, int):
            value = self.value[name]
        return Place(self.description, f"{self.uri}/{_step(name)}", value).resolved()

    def children(self) -> dict[str, Place]:
        """All that is below an object, by names."""
        return {name: self.child(name) for name in self.value} if is_object(self.value) else {}

    def get(self, name: str) -> Json:
        """What an object has by a name."""
        return self.value.get(name) if is_object(self.value) else None

    def schema(self, *, hidden: str | None = None) -> Schema:
        """What is there, as a schema."""
        return self.description.schema_at(self.uri, hidden=hidden)


@frozen(slots=False)
class Schema:
    """One schema of a document."""

    description: Description = field(repr=False)
    uri: str
    hidden: str | None = None
    """`readOnly` or `writeOnly`: properties of that kind do not count."""

    def faults(self, value: Json) -> list[str]:
        """What is wrong with JSON; nothing where it is valid, or cannot be judged."""
        return [error.message for error in self._errors(value)]

    def can_judge(self, value: Json) -> bool:
        """Whether jsonschema says anything of some JSON."""
        return self._verdict(value) is not None

    def _errors(self, value: Json) -> list[_Error]:
        return self._verdict(value) or []

    def _verdict(self, value: Json) -> list[_Error] | None:
        if self.description.is_3_0:
            value = _whole(value)
        try:
            return [one for one in self._validator.iter_errors(value) if self._counts(one)]
        except (RecursionError, TypeError, re.error):
            # A parent that is one of its children; a list for a name; a pattern of ECMA-262 alone.
            return None

    def _counts(self, error: _Error) -> bool:
        if error.validator == "type" and self._is_contradicted(error.schema):
            return False
        if error.validator == "format" and self.leaves_types_open:
            return False  # what need not be an array need not hold such items either
        return not (error.validator in ("discriminator", "oneOf") and self.has_discriminator)

    def _is_contradicted(self, schema: Json) -> bool:
        """Whether a schema's enumeration has no value but null of its type, which is ignored then."""
        listed = schema.get("enum") if is_object(schema) else None
        values = [one for one in listed if one is not None] if is_array(listed) else []
        of_type = self._validator.evolve(schema={"type": schema.get("type")}) if values else None
        return of_type is not None and not any(map(of_type.is_valid, values))

    @cached_property
    def edges(self) -> list[tuple[str, Json]]:
        """Properties that are named in it, with values at the edges of what each may be."""
        named = (
            (name, one)
            for place in _reached(self.description.at(self.uri))
            for name, one in place.child("properties").children().items()
            if is_object(one.value)
        )
        return [
            (name, edge)
            for name, one in named
            for key, value in one.value.items()
            for edge in _edges(key, value)
        ]

    @cached_property
    def has_discriminator(self) -> bool:
        """Whether a property chooses in it, which JSON Schema knows nothing of."""
        places = _reached(self.description.at(self.uri))
        return any(is_object(one.get("discriminator")) for one in places)

    @cached_property
    def leaves_types_open(self) -> bool:
        """Whether something is said of objects or arrays in it that need be neither."""
        places = list(_reached(self.description.at(self.uri)))
        said = [one for one in places if one.get("properties") or one.get("items")]
        return any(not one.get("type") for one in said)

    def is_valid_without_nulls(self, value: Json) -> bool:
        """Whether it is only nulls that are wrong with JSON, which would better be absent.

        In 3.0 none is wrong: `nullable` beside a reference is meant, and not heard by its dialect.
        """
        if self.description.is_3_0:
            return all(error.instance is None for error in self._errors(value))
        while faults := self.faults(value):
            better = (one for one in _without_a_null(value) if len(self.faults(one)) < len(faults))
            value = next(better, None)
            if value is None:
                return False
        return True

    def needs_a_null(self, value: Json) -> bool:
        """Whether JSON is valid for a null in it alone, which a model reads as absent."""
        return any(self.faults(less) for less in _without_a_null(value))

    @cached_property
    def constants(self) -> list[Json]:
        """What stands in the schema, and in those that it refers to."""
        return list(_constants(self.description.at(self.uri)))

    @cached_property
    def _validator(self) -> _Validator:
        from jsonschema import FormatChecker

        validator: Any = _dialect(is_3_0=self.description.is_3_0)
        made = validator(
            {"$ref": self.uri},
            registry=self.description.registry(self.hidden),
            format_checker=FormatChecker(_FORMATS),
        )
        return cast("_Validator", made)


def _dialect(*, is_3_0: bool) -> object:
    from jsonschema import validators

    from ..schema_keywords import multiple_of  # it loads jsonschema

    extend: Callable[..., Any] = cast("Any", validators).extend  # jsonschema says no types of it
    base = _oas30() if is_3_0 else validators.Draft202012Validator
    own = {
        # Patterns are those of ECMA-262, of which Python knows other spaces and no properties.
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": partial(_others, base.VALIDATORS["additionalProperties"]),
        "format": partial(_format, base.VALIDATORS["format"]),
        "multipleOf": multiple_of,
        # That of 3.0 asks for no property of one direction; which one it is, `hidden` says.
        "required": validators.Draft202012Validator.VALIDATORS["required"],
    }
    return extend(base, own)


def _oas30() -> Any:
    try:
        from openapi_schema_validator import OAS30Validator
    except ImportError as error:
        message = "OpenAPI 3.0 is judged by openapi-schema-validator; pip install it"
        raise ImportError(message) from error
    return OAS30Validator


def _pattern(_validator: Any, pattern: str, value: Json, _schema: Json) -> Iterator[object]:
    from jsonschema import ValidationError

    if isinstance(value, str) and not matcher(pattern).fits(value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: JsonObject, value: Json, _schema: Json
) -> Iterator[object]:
    for name, item in value.items() if is_object(value) else ():
        for pattern, schema in patterns.items():
            if matcher(pattern).fits(name):
                yield from validator.descend(item, schema, path=name, schema_path=pattern)


def _others(
    usual: Callable[..., Any], validator: Any, others: Json, value: Json, schema: JsonObject
) -> Any:
    """What holds for properties that have no name and match no pattern, which is found out here."""
    patterns: JsonObject = schema.get("patternProperties", {})
    if not patterns or not is_object(value):
        return usual(validator, others, value, schema)
    matched = [name for name in value if any(matcher(one).fits(name) for one in patterns)]
    named = {**schema.get("properties", {}), **dict.fromkeys(matched, True)}
    return usual(validator, others, value, {"properties": named})


def _format(
    usual: Callable[..., Any], validator: Any, form: Json, value: Json, schema: Json
) -> Any:
    """Formats as usual, but for bytes, integers of 32 bits, and UUIDs without hyphens."""
    from jsonschema import ValidationError

    if form == "byte" and isinstance(value, str) and not is_of_format(value, form):
        return [ValidationError(f"{value!r} is no base64", validator="format")]
    if form == "uuid" and isinstance(value, str) and re.fullmatch("[0-9A-Fa-f]{32}", value):
        return []
    kind = schema.get("type")
    is_meant = form == "int32" and "integer" in (kind if is_array(kind) else [kind])
    is_whole = validator.is_type(value, "integer")
    if is_meant and is_whole and isinstance(value, (int, float)) and not _fits_32_bits(value):
        return [ValidationError(f"{value!r} has more than 32 bits", validator="maximum")]
    return usual(validator, form, value, schema)


def _fits_32_bits(value: float) -> bool:
    return -(2**31) <= value < 2**31


def _whole(value: Json) -> Json:
    """The same JSON with 1 for 1.0, which the dialect of 3.0 does not take for an integer."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if is_array(value):
        return [_whole(one) for one in value]
    return {name: _whole(one) for name, one in value.items()} if is_object(value) else value


def _without_a_null(value: Json) -> Iterator[Json]:
    """The same JSON without one of the properties that are null."""
    if is_object(value):
        for name, item in value.items():
            if item is None:
                yield {key: one for key, one in value.items() if key != name}
            else:
                yield from ({**value, name: less} for less in _without_a_null(item))
    elif is_array(value):
        for index, item in enumerate(value):
            for less in _without_a_null(item):
                yield [*value[:index], less, *value[index + 1 :]]


def _without(schema: Json, hidden: str | None) -> Json:
    """A document without discriminators, and properties that do not go in one direction."""
    if is_array(schema):
        return [_without(one, hidden) for one in schema]
    if not is_object(schema):
        return schema
    seen = {
        key: _without(value, hidden)
        for key, value in schema.items()
        if not (key == "discriminator" and is_object(value) and "propertyName" in value)
    }
    properties = seen.get("properties")
    if hidden is not None and is_object(properties):
        gone = {name for name, one in properties.items() if is_object(one) and one.get(hidden)}
        seen["properties"] = {name: one for name, one in properties.items() if name not in gone}
        required = seen.pop("required", None)
        kept = [name for name in required if name not in gone] if is_array(required) else required
        seen |= {"required": kept} if kept else {}
    return seen


_MOST_PLACES: Final = 2_000
"""How many places are looked through."""


def _reached(root: Place) -> Iterator[Place]:
    """Everything in a schema, and in those that it refers to."""
    ahead = [root]
    known: set[str] = set()
    while ahead and len(known) < _MOST_PLACES:
        place = ahead.pop().resolved()
        if place.uri in known or isinstance(place.value, bool):
            continue  # a schema of one word has nothing in it
        known.add(place.uri)
        yield place
        value: Json = place.value
        names: list[Any] = list(value if is_object(value) else range(len(value)))
        ahead += [place.child(one) for one in names if isinstance(value[one], (dict, list))]


def _constants(root: Place) -> Iterator[Json]:
    """Values at the edges that schemas draw, on both sides of them."""
    for place in _reached(root):
        if is_object(place.value):
            for key, item in place.value.items():
                yield from _edges(key, item)


_MOST_LONG: Final = 2_000


def _edges(key: str, value: Json) -> Iterator[Json]:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        if is_number:
            yield from (value - 1, value, value + 1, value + 0.5)
    elif key in ("minLength", "maxLength", "minItems", "maxItems", "minProperties"):
        if is_number and 0 <= value <= _MOST_LONG:
            size = int(value)
            for length in {max(size - 1, 0), size, size + 1}:
                yield "a" * length if key.endswith("Length") else list(range(length))
    elif key == "enum" and is_array(value):
        yield from value
    elif key == "const":
        yield value
