"""What each object of OpenAPI may say: its keys, by the version that has them.

Only this module knows all keys and all keywords of schemas by name (OpenAPI 3.0, 3.1 and 3.2,
section 4; JSON Schema 2020-12 and before).
"""

from __future__ import annotations

from typing import Final

from .structure import ADDITIONAL, Kind

_CORE: Final = """
    $anchor $comment $defs $dynamicAnchor $dynamicRef $id $ref $schema $vocabulary
    allOf anyOf oneOf not if then else dependentSchemas
    prefixItems items contains properties patternProperties additionalProperties propertyNames
    unevaluatedItems unevaluatedProperties
"""
_VALIDATION: Final = """
    type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum
    maxLength minLength pattern maxItems minItems uniqueItems maxContains minContains
    maxProperties minProperties required dependentRequired
"""
_ANNOTATION: Final = """
    title description default deprecated readOnly writeOnly examples
    format contentEncoding contentMediaType contentSchema
"""
_OPENAPI: Final = "nullable discriminator xml externalDocs example"
_FORMER: Final = "$recursiveAnchor $recursiveRef additionalItems definitions dependencies"

KEYWORDS: Final = frozenset(f"{_CORE} {_VALIDATION} {_ANNOTATION} {_OPENAPI} {_FORMER}".split())
"""Of JSON Schema 2020-12 and before, and of OpenAPI 3.0 to 3.2."""

DIALECTS: Final = (
    "https://json-schema.org/",
    "http://json-schema.org/",
    "https://spec.openapis.org/",
)
"""Where the dialects are at home whose keywords mean what they mean here."""

RESTRICTING: Final = frozenset(
    word for word in f"{_CORE} {_VALIDATION} nullable".split() if not word.startswith("$")
)
"""The keywords that say what values there may be."""

FORMER: Final = {
    "additionalItems": "'items' beside 'prefixItems'",
    "dependencies": "'dependentRequired' or 'dependentSchemas'",
    "nullable": "'null' among the types",
}
"""Keywords that went, with what came for them: the first two before OpenAPI 3.0."""

NARROWING: Final = frozenset({"type", "enum", "const", "$ref", "allOf", "anyOf", "oneOf"})
"""What may keep null out."""

FOREIGN: Final = frozenset({"noneOf", "optionalProperties"})
"""Keywords of others that are like one of ours."""

_VALUE: Final = "description required deprecated allowEmptyValue style explode allowReserved"
_SHOWN: Final = "schema example examples content"

_KEYS: Final = {
    Kind.DOCUMENT: "openapi info servers paths webhooks components security tags externalDocs",
    Kind.INFO: "title description termsOfService contact license version",
    Kind.CONTACT: "name url email",
    Kind.LICENSE: "name url",
    Kind.SERVER: "url description variables",
    Kind.SERVER_VARIABLE: "enum default description",
    Kind.TAG: "name description externalDocs",
    Kind.EXTERNAL_DOCS: "description url",
    Kind.COMPONENTS: "schemas responses parameters examples requestBodies headers securitySchemes "
    "links callbacks pathItems",
    Kind.PATH_ITEM: "$ref summary description servers parameters "
    "get put post delete options head patch trace",
    Kind.OPERATION: "tags summary description externalDocs operationId parameters requestBody "
    "responses callbacks deprecated security servers",
    Kind.PARAMETER: f"name in {_VALUE} {_SHOWN}",
    Kind.HEADER: f"{_VALUE} {_SHOWN}",
    Kind.BODY: "description content required",
    Kind.RESPONSE: "description headers content links",
    Kind.MEDIA_TYPE: "schema itemSchema example examples encoding",
    Kind.ENCODING: "contentType headers style explode allowReserved",
    Kind.CALLBACK: "",
    Kind.EXAMPLE: "summary description value externalValue",
    Kind.LINK: "operationRef operationId parameters requestBody description server",
    Kind.SECURITY_SCHEME: "type description name in scheme bearerFormat flows openIdConnectUrl",
    Kind.OAUTH_FLOWS: "implicit password clientCredentials authorizationCode",
    Kind.OAUTH_FLOW: "authorizationUrl tokenUrl refreshUrl scopes",
    Kind.DISCRIMINATOR: "propertyName mapping",
    Kind.XML: "name namespace prefix attribute wrapped",
}
"""Of OpenAPI 3.0, and those of later versions that mean the same in a document of 3.0.

They are made use of. Frameworks write `itemSchema` of 3.2 into documents of 3.1, which have no word
for it.
"""

_KEYS_3_1: Final = {
    Kind.DOCUMENT: "jsonSchemaDialect",
    Kind.INFO: "summary",
    Kind.LICENSE: "identifier",
}
"""What else OpenAPI 3.1 has."""

_KEYS_3_2: Final = {
    Kind.SERVER: "name",
    Kind.TAG: "summary",
    Kind.COMPONENTS: "mediaTypes",
    Kind.PATH_ITEM: f"query {ADDITIONAL}",
    Kind.RESPONSE: "summary",
    Kind.SECURITY_SCHEME: "deprecated oauth2MetadataUrl",
    Kind.OAUTH_FLOWS: "deviceAuthorization",
    Kind.OAUTH_FLOW: "deviceAuthorizationUrl",
    Kind.DISCRIMINATOR: "defaultMapping",
}
"""What else OpenAPI 3.2 has that is made use of, in documents of any version."""

_DESCRIBING_3_2: Final = {
    Kind.TAG: "parent kind",
    Kind.EXAMPLE: "dataValue serializedValue",
    Kind.XML: "nodeType",
}
"""What else it has that only describes."""

_ADDED: Final = {1: (_KEYS_3_1,), 2: (_KEYS_3_2, _DESCRIBING_3_2)}
"""What each minor version added."""

UNSUPPORTED: Final = {
    Kind.DOCUMENT: frozenset({"$self"}),
    Kind.MEDIA_TYPE: frozenset({"prefixEncoding", "itemEncoding"}),
    Kind.ENCODING: frozenset({"encoding", "prefixEncoding", "itemEncoding"}),
}
"""What OpenAPI 3.2 has that nothing is made of: another address of the document than its file, and
how parts without names are written.
"""


def known_keys(minor: int) -> dict[Kind, frozenset[str]]:
    """The keys of each object in a version of OpenAPI 3, or the keywords of schemas.

    `$ref` is among them only where it may have company.
    """
    known: dict[Kind, set[str]] = {kind: set(keys.split()) for kind, keys in _KEYS.items()}
    for one in (one for version, added in _ADDED.items() if version <= minor for one in added):
        for kind, keys in one.items():
            known[kind].update(keys.split())
    known[Kind.SCHEMA] = {*(KEYWORDS - FORMER.keys()), *(["nullable"] if minor == 0 else [])}
    return {kind: frozenset(keys) for kind, keys in known.items()}


def minor_version_of(kind: Kind, key: str) -> int | None:
    """The later minor version of OpenAPI 3 that has a key which 3.0 has not, if one has."""
    for minor, added in _ADDED.items():
        if any(key in keys.get(kind, "").split() for keys in added):
            return minor
    return None


def counts_everywhere(kind: Kind, key: str) -> bool:
    """Whether a key of a later version is heeded in documents of any."""
    return key in _KEYS_3_2.get(kind, "").split()


_OF_OPERATIONS: Final = frozenset(
    {"tags", "operationId", "requestBody", "responses", "callbacks", "deprecated", "security"}
)
_OF_SCHEMAS: Final = KEYWORDS - {"$ref", "description", "title", "externalDocs"}

_HOMES: Final = {
    Kind.PATH_ITEM: (_OF_OPERATIONS, "an operation, such as 'get'"),
    Kind.PARAMETER: (_OF_SCHEMAS, "'schema'"),
    Kind.HEADER: (_OF_SCHEMAS, "'schema'"),
    Kind.MEDIA_TYPE: (_OF_SCHEMAS, "'schema'"),
    Kind.BODY: (frozenset({"schema"}), "a media type under 'content'"),
    Kind.RESPONSE: (frozenset({"schema"}), "a media type under 'content'"),
    Kind.OPERATION: (frozenset({"content"}), "'requestBody' or an answer under 'responses'"),
}


def home_of(kind: Kind, key: str) -> str | None:
    """Where a key belongs that was written to an object around its own, if it was."""
    keys, home = _HOMES.get(kind, ((), ""))
    return home if key in keys else None
