"""Security: a class for the credentials of the API, and what a call says that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from ..ir import Api, Endpoint, Identifier, Location, SecurityKind, SecurityScheme, Text
from .annotations import Annotations
from .source import (
    INDENT,
    Doc,
    Imports,
    call,
    docstring,
    exports,
    grouping,
    keyword,
    layout,
    literal,
    mapping,
    module,
    signature,
)

_WRITERS: Final = {
    SecurityKind.BASIC: "basic",
    SecurityKind.BEARER: "bearer",
    SecurityKind.OTHER_HTTP: "authorization",
}

_KEY_WRITERS: Final = {
    Location.QUERY: "key_in_query",
    Location.HEADER: "key_in_header",
    Location.COOKIE: "key_in_cookie",
}

_MODULE_DOC: Final = """Who calls: the credentials of the API.

Give `ApiClient` what you have: `ApiClient(url, credentials=Credentials(...))`. For each call it
sends what that call takes, and nothing where the call takes nothing of it.
"""


def has_credentials(api: Api) -> bool:
    """Whether the API has security schemes for which something is sent."""
    return bool(sent_schemes(api))


def sent_schemes(api: Api) -> list[SecurityScheme]:
    """The security schemes for which something is sent."""
    return [scheme for scheme in api.security_schemes if _is_sent(scheme)]


def security_items(endpoint: Endpoint, api: Api, annotations: Annotations) -> list[Doc]:
    """The argument of a `Call` that says which schemes it takes; none where it takes none."""
    sent = {scheme.name for scheme in sent_schemes(api)}
    alternatives = list(
        dict.fromkeys(
            tuple(one.scheme for one in together if one.scheme in sent)
            for together in endpoint.security
        )
    )
    if not any(alternatives):
        return []
    accepted = annotations.runtime("auth", "accepted")
    return [keyword("security", call(accepted, *map(_together, alternatives)))]


def scope_docs(endpoint: Endpoint) -> Iterator[str]:
    """What to say of the scopes that an operation asks for, a paragraph for each scheme."""
    asked: dict[Identifier, dict[str, None]] = {}
    for one in chain.from_iterable(endpoint.security):
        told = " and ".join(f"`{scope.reveal()}`" for scope in one.scopes)
        asked.setdefault(one.scheme, {})[told] = None
    for scheme, alternatives in asked.items():
        if "" not in alternatives:
            yield f"Scopes that `{scheme}` has to grant: {'; or '.join(alternatives)}."


def security_module(api: Api) -> str:
    """The module of the credentials of an API that has some."""
    imports = Imports()
    annotations = Annotations(imports, runtime="._runtime", models=".models")
    schemes = sent_schemes(api)
    frozen = imports.use("attrs", "frozen")
    fields = [_field(scheme, annotations) for scheme in schemes]
    head = (
        f"@{frozen}(kw_only=True, repr=False)\n"
        "class Credentials:\n"
        f"{docstring('Who calls, in the ways that the API knows; give those that you have.', indent=INDENT)}"
    )
    method = _given(schemes, imports, annotations)
    body = "\n\n".join([head, "\n".join(fields), method])
    return module(_MODULE_DOC, imports, [exports(["Credentials"]), body])


def _field(scheme: SecurityScheme, annotations: Annotations) -> str:
    kind = "Login" if scheme.kind is SecurityKind.BASIC else "Secret"
    line = f"{INDENT}{scheme.name}: {annotations.runtime('auth', kind)} | None = None"
    doc = "" if scheme.doc is None else f"{scheme.doc.reveal().strip()}\n\n"
    return f"{line}\n{docstring(Text(doc + _where(scheme)), indent=INDENT)}"


def _where(scheme: SecurityScheme) -> str:
    """Where a credential goes."""
    match scheme.kind:
        case SecurityKind.API_KEY:
            name = "" if scheme.key_name is None else scheme.key_name.reveal()
            place = "" if scheme.location is None else scheme.location.value
            what = {"header": "header field", "query": "query field"}.get(place, place)
            return f"A key, sent as the {what} `{name}`."
        case SecurityKind.BASIC:
            return "A name and a password, sent as `Authorization: Basic …`."
        case SecurityKind.BEARER:
            return "A token, sent as `Authorization: Bearer …`."
        case SecurityKind.OTHER_HTTP:
            return "The whole value of the header field `Authorization`."
        case SecurityKind.MUTUAL_TLS:
            return "Nothing is sent: the connection says who calls."


def _given(schemes: Iterable[SecurityScheme], imports: Imports, annotations: Annotations) -> str:
    result = (
        f"{imports.use('collections.abc', 'Mapping')}[str, "
        f"{annotations.runtime('auth', 'Credential')}]"
    )
    entries = [(literal(scheme.name), _credential(scheme, annotations)) for scheme in schemes]
    present = annotations.runtime("auth", "present")
    return "\n".join(
        [
            signature("given", ["self"], [], result, indent=INDENT),
            docstring("Return what there is, by the names of the schemes.", indent=INDENT * 2),
            layout("return ", call(present, mapping(entries)), indent=INDENT * 2),
        ]
    )


def _credential(scheme: SecurityScheme, annotations: Annotations) -> Doc:
    secret = f"self.{scheme.name}"
    if scheme.kind is not SecurityKind.API_KEY:
        return call(annotations.runtime("auth", _WRITERS[scheme.kind]), secret)
    if scheme.location is None or scheme.key_name is None:
        raise ValueError(f"{scheme.name} has no place")
    writer = annotations.runtime("auth", _KEY_WRITERS[scheme.location])
    return call(writer, literal(scheme.key_name), secret)


def _is_sent(scheme: SecurityScheme) -> bool:
    return scheme.kind is not SecurityKind.MUTUAL_TLS


def _together(names: tuple[Identifier, ...]) -> Doc:
    """One alternative: a scheme, or several that go together, or none."""
    literals = [literal(name) for name in names]
    return literals[0] if len(literals) == 1 else grouping(literals)
