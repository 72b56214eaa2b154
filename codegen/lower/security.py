"""Security schemes, and which of them an operation asks for.

OAuth 2 and OpenID Connect end in a bearer token, which whoever calls has to bring: nothing here
follows a URL.
"""

from __future__ import annotations

from typing import Final

from ..ir import Identifier, Location, SecurityKind, SecurityRequirement, SecurityScheme, Text
from ..names import Names, field_name
from ..places import last_name
from .node import Node
from .notes import Notes
from .parameters import FIELD_NAME
from .references import References

_KEY_PLACES: Final = {
    "query": Location.QUERY,
    "header": Location.HEADER,
    "cookie": Location.COOKIE,
}

_KINDS: Final = {
    "oauth2": SecurityKind.BEARER,
    "openIdConnect": SecurityKind.BEARER,
    "mutualTLS": SecurityKind.MUTUAL_TLS,
}

_HTTP_KINDS: Final = {"basic": SecurityKind.BASIC, "bearer": SecurityKind.BEARER}

_FLOW_URLS: Final = ("authorizationUrl", "deviceAuthorizationUrl", "tokenUrl")

_WHERE_TOLD: Final = {
    "OAuth 2, metadata": "oauth2MetadataUrl",
    "OpenID Connect": "openIdConnectUrl",
}
"""Where a scheme says that more is said of it."""

_RESERVED: Final = "given"
"""What generated credentials have a method of."""


class Security:
    """The security schemes of one document."""

    def __init__(self, root: Node, references: References, notes: Notes) -> None:
        self._references = references
        self._notes = notes
        components = root.get("components") or Node({}, "/components")
        self._names = Names()
        self._names.take(_RESERVED)
        described = {
            key: node
            for key, node in components.entries_of("securitySchemes")
            if _is_scheme(key, node)
        }
        self._schemes = {
            key: self._scheme(node, self._names.take(field_name(key)), key)
            for key, node in described.items()
        }
        self._by_pointer = {node.pointer: self._schemes[key] for key, node in described.items()}
        self._default = self._alternatives(root)

    @property
    def schemes(self) -> tuple[SecurityScheme, ...]:
        """All schemes, in the document's order."""
        return tuple(self._schemes.values())

    def of(self, operation: Node) -> tuple[tuple[SecurityRequirement, ...], ...]:
        """What an operation asks for: alternatives of schemes that go together."""
        own = operation.get("security")
        return self._default if own is None or own.value is None else self._alternatives(operation)

    def _alternatives(self, node: Node) -> tuple[tuple[SecurityRequirement, ...], ...]:
        described = node.get("security")
        if described is None or described.value is None:  # an empty line in YAML says nothing
            return ()
        found = [self._together(one) for one in described.items()]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _together(self, requirement: Node) -> tuple[SecurityRequirement, ...] | None:
        """The schemes of one alternative; None where one of them is not described."""
        found: list[SecurityRequirement] = []
        for key, node in requirement.entries():
            scheme = self._schemes.get(key) or self._referred(key, node)
            if scheme is None:
                self._notes.warn(node, f"no security scheme is called {key!r}; it is left out")
                return None
            found.append(SecurityRequirement(scheme.name, _scopes(node)))
        return tuple(found)

    def _referred(self, key: str, node: Node) -> SecurityScheme | None:
        """The scheme that a key refers to, which is no name then but a URI (OpenAPI 3.2)."""
        if not frozenset("#/").intersection(key):
            return None
        described = self._references.find(node, key)
        if described.pointer not in self._by_pointer:
            name = last_name(described.pointer)
            scheme = self._scheme(described, self._names.take(field_name(name)), name)
            self._by_pointer[described.pointer] = self._schemes[key] = scheme
        return self._by_pointer[described.pointer]

    def _scheme(self, node: Node, name: Identifier, key: str) -> SecurityScheme:
        node = self._references.resolve(node)
        kind = _kind(node)
        place, key_name = _key(node) if kind is SecurityKind.API_KEY else (None, None)
        return SecurityScheme(
            name=name,
            wire_name=Text(key),
            kind=kind,
            location=place,
            key_name=key_name,
            doc=_doc(node),
        )


def _is_scheme(key: str, node: Node) -> bool:
    """Whether this is a scheme, which may have any name, and not what people extend the map with.

    `^x-` extends the Components Object and not the maps in it (OpenAPI 3.1, section 4.8.7).
    """
    return not key.startswith("x-") or (node.is_object and node.has("type", "$ref"))


def _scopes(node: Node) -> tuple[Text, ...]:
    """The scopes of a requirement; `bearer:` without a list, which many write, has none."""
    listed = node.items() if isinstance(node.value, list) else ()
    return tuple(Text(one.value) for one in listed if isinstance(one.value, str))


def _kind(node: Node) -> SecurityKind:
    type_ = node.require("type").string()
    if type_ == "apiKey":
        return SecurityKind.API_KEY
    if type_ == "http":
        scheme = node.require("scheme").string().lower()
        return _HTTP_KINDS.get(scheme, SecurityKind.OTHER_HTTP)
    if type_ not in _KINDS:
        raise node.require("type").refusal(
            f"{type_!r} is no type of security scheme; use apiKey, http, mutualTLS, oauth2 "
            "or openIdConnect"
        )
    return _KINDS[type_]


def _key(node: Node) -> tuple[Location, Text]:
    """Where an API key goes, and what its field is called."""
    place, name = node.require("in"), node.require("name")
    if place.string() not in _KEY_PLACES:
        raise place.refusal(
            f"{place.string()!r} is no place for a key; use query, header or cookie"
        )
    location = _KEY_PLACES[place.string()]
    if location is not Location.QUERY and not FIELD_NAME.fullmatch(name.string()):
        what = "a header field" if location is Location.HEADER else "a cookie"
        raise name.refusal(f"this is no name for {what}")
    return location, Text(name.string())


def _doc(node: Node) -> Text | None:
    """What the document says of a scheme, and where tokens for it come from."""
    parts = ["Deprecated." if node.boolean_of("deprecated") else ""]
    parts.append((node.string_of("description") or "").strip())
    for flow, described in node.entries_of("flows"):
        if not flow.startswith("x-") and described.is_object:
            urls = [described.string_of(key) for key in _FLOW_URLS]
            told = ", ".join(f"`{url}`" for url in urls if url)
            parts.append(f"OAuth 2, {flow}: {told}." if told else "")
            parts.append(_granted(described))
    for called, key in _WHERE_TOLD.items():
        url = node.string_of(key)
        parts.append(f"{called}: `{url}`." if url else "")
    text = "\n\n".join(part for part in parts if part)
    return Text(text) if text else None


def _granted(flow: Node) -> str:
    """The scopes that a flow can grant, a line each; nobody depends on how they are described."""
    scopes = flow.get("scopes")
    if scopes is None or not scopes.is_object:
        return ""
    lines = [
        f"- `{name}`: {node.value.strip()}" if isinstance(node.value, str) else f"- `{name}`"
        for name, node in scopes.entries()
    ]
    return "\n".join(["Its scopes:", *lines] if lines else [])
