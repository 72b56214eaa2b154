"""What stands where in an OpenAPI document: which objects there are, and what they may hold.

Only this module knows that grammar as a table (OpenAPI 3.0 to 3.2, section 4; JSON Schema
2020-12). It tells a `$ref` from an example that holds one, and a schema from a property that is
called `schema`. It judges nothing: what is not as it should be is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TypeAlias

from .places import place_of
from .tree import Json, pointer_to
from .values import field, frozen

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

ADDITIONAL = "additionalOperations"
"""Where a path item has the operations of other methods, by these (OpenAPI 3.2)."""


class Kind(Enum):
    """The objects of OpenAPI, by what several of them are called."""

    __hash__ = object.__hash__  # identity is enough; Enum hashes names, in Python code

    DOCUMENT = "OpenAPI documents"
    INFO = "info"
    CONTACT = "contacts"
    LICENSE = "licenses"
    SERVER = "servers"
    SERVER_VARIABLE = "variables of servers"
    TAG = "tags"
    EXTERNAL_DOCS = "external docs"
    COMPONENTS = "components"
    PATH_ITEM = "path items"
    OPERATION = "operations"
    PARAMETER = "parameters"
    HEADER = "headers"
    BODY = "request bodies"
    RESPONSE = "responses"
    MEDIA_TYPE = "media types"
    ENCODING = "encodings"
    CALLBACK = "callbacks"
    EXAMPLE = "examples"
    LINK = "links"
    SECURITY_SCHEME = "security schemes"
    OAUTH_FLOWS = "OAuth flows"
    OAUTH_FLOW = "an OAuth flow"
    SCHEMA = "schemas"
    DISCRIMINATOR = "discriminators"
    XML = "xml"


REFERABLE = frozenset(
    {
        Kind.PATH_ITEM,
        Kind.PARAMETER,
        Kind.HEADER,
        Kind.BODY,
        Kind.RESPONSE,
        Kind.MEDIA_TYPE,
        Kind.CALLBACK,
        Kind.EXAMPLE,
        Kind.LINK,
        Kind.SECURITY_SCHEME,
        Kind.SCHEMA,
    }
)
"""The objects in whose place a reference may stand."""


class _Held(Enum):
    """How an object holds others under a key."""

    ONE = "one"
    LIST = "list"
    MAP = "map"
    """By names that are data."""
    EXTENSIBLE_MAP = "extensible map"
    """By names that are data, but for those that begin with `x-`."""


_Rule: TypeAlias = tuple[_Held, Kind]
_Rules: TypeAlias = dict[str, _Rule]


def _under(held: _Held, kind: Kind, *keys: str) -> _Rules:
    return dict.fromkeys(keys, (held, kind))


_PARAMETER = {
    **_under(_Held.ONE, Kind.SCHEMA, "schema"),
    **_under(_Held.MAP, Kind.MEDIA_TYPE, "content"),
    **_under(_Held.MAP, Kind.EXAMPLE, "examples"),
}

_RULES: dict[Kind, _Rules] = {
    Kind.DOCUMENT: {
        **_under(_Held.ONE, Kind.INFO, "info"),
        **_under(_Held.LIST, Kind.SERVER, "servers"),
        **_under(_Held.LIST, Kind.TAG, "tags"),
        **_under(_Held.ONE, Kind.EXTERNAL_DOCS, "externalDocs"),
        **_under(_Held.EXTENSIBLE_MAP, Kind.PATH_ITEM, "paths"),
        **_under(_Held.MAP, Kind.PATH_ITEM, "webhooks"),
        **_under(_Held.ONE, Kind.COMPONENTS, "components"),
    },
    Kind.INFO: {
        **_under(_Held.ONE, Kind.CONTACT, "contact"),
        **_under(_Held.ONE, Kind.LICENSE, "license"),
    },
    Kind.CONTACT: {},
    Kind.LICENSE: {},
    Kind.SERVER: _under(_Held.MAP, Kind.SERVER_VARIABLE, "variables"),
    Kind.SERVER_VARIABLE: {},
    Kind.TAG: _under(_Held.ONE, Kind.EXTERNAL_DOCS, "externalDocs"),
    Kind.EXTERNAL_DOCS: {},
    Kind.COMPONENTS: {
        **_under(_Held.MAP, Kind.SCHEMA, "schemas"),
        **_under(_Held.MAP, Kind.RESPONSE, "responses"),
        **_under(_Held.MAP, Kind.PARAMETER, "parameters"),
        **_under(_Held.MAP, Kind.EXAMPLE, "examples"),
        **_under(_Held.MAP, Kind.BODY, "requestBodies"),
        **_under(_Held.MAP, Kind.HEADER, "headers"),
        **_under(_Held.MAP, Kind.SECURITY_SCHEME, "securitySchemes"),
        **_under(_Held.MAP, Kind.LINK, "links"),
        **_under(_Held.MAP, Kind.CALLBACK, "callbacks"),
        **_under(_Held.MAP, Kind.PATH_ITEM, "pathItems"),
        **_under(_Held.MAP, Kind.MEDIA_TYPE, "mediaTypes"),
    },
    Kind.PATH_ITEM: {
        **_under(_Held.ONE, Kind.OPERATION, *METHODS),
        **_under(_Held.MAP, Kind.OPERATION, ADDITIONAL),
        **_under(_Held.LIST, Kind.PARAMETER, "parameters"),
        **_under(_Held.LIST, Kind.SERVER, "servers"),
    },
    Kind.OPERATION: {
        **_under(_Held.LIST, Kind.PARAMETER, "parameters"),
        **_under(_Held.ONE, Kind.BODY, "requestBody"),
        **_under(_Held.EXTENSIBLE_MAP, Kind.RESPONSE, "responses"),
        **_under(_Held.MAP, Kind.CALLBACK, "callbacks"),
        **_under(_Held.LIST, Kind.SERVER, "servers"),
        **_under(_Held.ONE, Kind.EXTERNAL_DOCS, "externalDocs"),
    },
    Kind.PARAMETER: _PARAMETER,
    Kind.HEADER: _PARAMETER,
    Kind.BODY: _under(_Held.MAP, Kind.MEDIA_TYPE, "content"),
    Kind.RESPONSE: {
        **_under(_Held.MAP, Kind.HEADER, "headers"),
        **_under(_Held.MAP, Kind.MEDIA_TYPE, "content"),
        **_under(_Held.MAP, Kind.LINK, "links"),
    },
    Kind.MEDIA_TYPE: {
        **_under(_Held.ONE, Kind.SCHEMA, "schema", "itemSchema"),
        **_under(_Held.MAP, Kind.EXAMPLE, "examples"),
        **_under(_Held.MAP, Kind.ENCODING, "encoding"),
    },
    Kind.ENCODING: _under(_Held.MAP, Kind.HEADER, "headers"),
    Kind.CALLBACK: {},  # a map itself: see `_members`
    Kind.EXAMPLE: {},
    Kind.LINK: _under(_Held.ONE, Kind.SERVER, "server"),
    Kind.SECURITY_SCHEME: _under(_Held.ONE, Kind.OAUTH_FLOWS, "flows"),
    Kind.OAUTH_FLOWS: _under(
        *(_Held.ONE, Kind.OAUTH_FLOW),
        *("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization"),
    ),
    Kind.OAUTH_FLOW: {},
    Kind.SCHEMA: {
        **_under(
            *(_Held.MAP, Kind.SCHEMA),
            *("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"),
        ),
        **_under(
            *(_Held.ONE, Kind.SCHEMA),
            *("items", "additionalProperties", "not", "contains", "propertyNames"),
            *("if", "then", "else", "contentSchema", "unevaluatedItems", "unevaluatedProperties"),
        ),
        **_under(_Held.LIST, Kind.SCHEMA, "allOf", "anyOf", "oneOf", "prefixItems"),
        **_under(_Held.ONE, Kind.DISCRIMINATOR, "discriminator"),
        **_under(_Held.ONE, Kind.XML, "xml"),
        **_under(_Held.ONE, Kind.EXTERNAL_DOCS, "externalDocs"),
    },
    Kind.DISCRIMINATOR: {},
    Kind.XML: {},
}

SECTIONS: dict[str, Kind] = {key: kind for key, (_, kind) in _RULES[Kind.COMPONENTS].items()}
"""What each part of the components holds."""

HOLDING: dict[Kind, frozenset[str]] = {kind: frozenset(rules) for kind, rules in _RULES.items()}
"""The keys of each object under which others stand."""

Leaves: TypeAlias = "Mapping[Kind, frozenset[str]]"
"""Keys by objects: those that say no more than these are passed over."""

Trail: TypeAlias = "tuple[Trail, str | int] | None"
"""How a walk came to an object; pointers are made of it only when somebody asks."""


@frozen
class Start:
    """Where a walk began."""

    file: str
    pointer: str


class Part:
    """One object of the document, or a reference in its place."""

    __slots__ = ("kind", "start", "trail", "value")  # written out, because there are very many

    def __init__(
        self, kind: Kind, value: dict[str, Json], start: Start, trail: Trail = None
    ) -> None:
        self.kind = kind
        self.value = value
        self.start = start
        self.trail = trail

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self.start.file

    @property
    def place(self) -> str:
        """Where it stands."""
        steps: list[str | int] = []
        trail = self.trail
        while trail is not None:
            trail, step = trail
            steps.append(step)
        return place_of(self.start.file, self.start.pointer + pointer_to(*reversed(steps)))

    @property
    def reference(self) -> str | None:
        """The `$ref`, if there is one that may be followed."""
        reference = self.value.get("$ref")
        return reference if isinstance(reference, str) and self.kind in REFERABLE else None


@frozen(eq=False)
class Walk:
    """Visits every object once, in the order of the document, and whatever else is begun at."""

    leaves: Leaves = field(factory=dict[Kind, frozenset[str]])
    """What is passed over, which most is."""
    _ahead: list[Part] = field(factory=list)
    _seen: set[tuple[int, Kind]] = field(factory=set)

    def begin(self, kind: Kind, value: Json, file: str, pointer: str = "") -> None:
        """Visit an object, and what it holds, next."""
        if isinstance(value, dict):
            self._ahead.append(Part(kind, value, Start(file, pointer)))

    def __iter__(self) -> Iterator[Part]:
        while self._ahead:
            part = self._ahead.pop()
            identity = (id(part.value), part.kind)
            if identity not in self._seen:
                self._seen.add(identity)
                self._ahead.extend(reversed(_members(part, self.leaves)))
                yield part


def _members(part: Part, leaves: Leaves) -> list[Part]:
    found: list[Part] = []
    if part.kind is Kind.CALLBACK:
        path_items = (_Held.EXTENSIBLE_MAP, Kind.PATH_ITEM)
        _take_map(found, part, path_items, part.value, part.trail, leaves)
        return found
    rules = _RULES[part.kind]
    for key, value in part.value.items():
        rule = rules.get(key)
        if rule is not None:
            _take(found, part, rule, value, (part.trail, key), leaves)
    return found


def _take(
    found: list[Part], part: Part, rule: _Rule, value: Json, trail: Trail, leaves: Leaves
) -> None:
    held, kind = rule
    if isinstance(value, dict):
        if held is _Held.ONE:
            if not _is_leaf(kind, value, leaves):
                found.append(Part(kind, value, part.start, trail))
        elif held is not _Held.LIST:
            _take_map(found, part, rule, value, trail, leaves)
    elif isinstance(value, list) and held is _Held.LIST:
        for place, item in enumerate(value):
            if isinstance(item, dict) and not _is_leaf(kind, item, leaves):
                found.append(Part(kind, item, part.start, (trail, place)))


def _take_map(
    found: list[Part],
    part: Part,
    rule: _Rule,
    values: dict[str, Json],
    trail: Trail,
    leaves: Leaves,
) -> None:
    held, kind = rule
    is_extensible = held is _Held.EXTENSIBLE_MAP
    for name, value in values.items():
        if (
            isinstance(value, dict)
            and not _is_leaf(kind, value, leaves)
            and not (is_extensible and name.startswith("x-"))
        ):
            found.append(Part(kind, value, part.start, (trail, name)))


def _is_leaf(kind: Kind, value: dict[str, Json], leaves: Leaves) -> bool:
    passed_over = leaves.get(kind)
    return passed_over is not None and passed_over.issuperset(value)
