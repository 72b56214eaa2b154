"""The contract: a file that is only type-checked, and uses all that an SDK offers to its users.

Checked against a later SDK, each line that fails is a line of somebody's code that fails. So the
old types stand in it, in words that the SDK does not define where there are such, and everything
goes one way: what is given may be asked for less strictly later, what is read may be more strict.

`codegen.contract` reads it again: what a function stands for is in its docstring, and what a
property is called on the wire in a comment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..ir import Api, Record, SecurityKind, SecurityScheme, Server, Text
from ..options import Options
from ..uses import Uses
from .contract_endpoints import endpoint_functions
from .contract_functions import BODY, Argument, FunctionNames, call_of, function, returned_call_of
from .contract_models import model_functions
from .held_types import Copy
from .security import sent_schemes
from .servers import servers_of
from .source import (
    INDENT,
    Doc,
    Imports,
    Subscript,
    any_of,
    docstring,
    literal,
)

_DOC: Final = """What users of this package rely on, for type checkers alone: nothing imports it.

`topchef-codegen contract OLD NEW` checks the contract of an old package against a new one.
"""

_CAUGHT: Final = (
    ("ClientError", ("status", "error", "retry_after")),
    ("ServerError", ("status", "error", "retry_after")),
    ("StatusError", ("status", "error", "retry_after")),
    ("DecodeError", ("violations",)),
    ("OutcomeUnknown", ("facts",)),
    ("Unrepeatable", ("facts",)),
    ("TransportError", ("sent",)),
    ("ExchangeError", ("method", "url", "attempts", "headers", "body")),
    ("RequestError", ("message", "violations")),
    ("SdkError", ("args",)),
)
"""The errors of the runtime, those that descend from others first, and what is known of each."""


def contract_module(api: Api, uses: Uses, options: Options) -> str:
    """The contract of a package."""
    imports = Imports()
    names = FunctionNames()
    used = _names_in(api)
    models, endpoints, servers = (
        f"{name} as _{name}" if name in used else name
        for name in ("models", "endpoints", "servers")
    )
    functions = [
        *model_functions(api, uses, imports, names, models=f".{models}"),
        *endpoint_functions(api, imports, names, models=f".{models}", endpoints=endpoints),
        *_credentials(api, imports),
        *(_server(one, imports, names, servers) for one in servers_of(api)),
        *_errors(options, imports),
    ]
    guarded = ["\n\n".join(imports.sections(indent=INDENT)), *functions]
    head = [
        docstring(_DOC, indent=""),
        "from __future__ import annotations",
        "from typing import TYPE_CHECKING",
    ]
    return "\n\n".join(head) + "\n\nif TYPE_CHECKING:\n" + "\n\n".join(guarded) + "\n"


def _names_in(api: Api) -> set[str]:
    """The names of all that is given to something, which may hide packages of the same name."""
    records = [model for model in api.models if isinstance(model, Record)]
    return {
        *(field.name for record in records for field in record.fields),
        *(record.others.name for record in records if record.others is not None),
        *(one.name for endpoint in api.endpoints for one in endpoint.arguments),
        *(one.name for server in servers_of(api) for one in server.variables),
    }


# --- beside models and endpoints ----------------------------------------------------------------


def _credentials(api: Api, imports: Imports) -> Iterator[str]:
    schemes = sent_schemes(api)
    if not schemes:
        return
    head = imports.use(".security", "Credentials")
    arguments = [_credential(one, imports) for one in schemes]
    whole = returned_call_of(head, [one.by_name for one in arguments])
    doc = "Credentials, given by callers."
    yield function("give_credentials", arguments, head, doc, [call_of(head, []), whole])


def _credential(scheme: SecurityScheme, imports: Imports) -> Argument:
    given: Doc = "str"
    if scheme.kind is SecurityKind.BASIC:
        given = Subscript("tuple", ("str", "str"))
    made = Subscript(imports.use("collections.abc", "Callable"), ("[]", given))
    return Argument(scheme.name, any_of(given, made, "None"), Copy(scheme.name), is_required=False)


def _server(server: Server, imports: Imports, names: FunctionNames, package: str) -> str:
    head = f"{imports.use('.', package)}.{server.name}"
    arguments = [
        Argument(
            one.name,
            Subscript(imports.use("typing", "Literal"), tuple(map(literal, one.choices)))
            if one.choices
            else "str",
            Copy(one.name),
            is_required=one.default is None,
        )
        for one in server.variables
    ]
    statements = [f"{BODY}return {head}"]
    if arguments:
        required = [one.by_name for one in arguments if one.is_required]
        whole = returned_call_of(head, [one.by_name for one in arguments])
        has_others = len(required) < len(arguments)
        statements = [*([call_of(head, required)] if has_others else []), whole]
    url = "".join(part.reveal() if isinstance(part, Text) else f"{{{part}}}" for part in server.url)
    doc = Text(f'Server "{url}", found by callers.')
    return function(names.take("find", server.name.lower()), arguments, "str", doc, statements)


def _errors(options: Options, imports: Imports) -> Iterator[str]:
    yield _catching("catch_errors", _CAUGHT, imports)
    name = options.base_error
    if name is not None and name not in dict(_CAUGHT):
        yield _catching(f"catch_{name.lower()}", ((name, ("args",)),), imports)


def _catching(name: str, caught: Iterable[tuple[str, tuple[str, ...]]], imports: Imports) -> str:
    """The function that catches errors and looks at what is known of them."""
    client = imports.use(".", "ApiClient")
    sent = Subscript(imports.use("._runtime.call", "Call"), ("object",))
    lines = [f"{BODY}try:", f"{BODY}{INDENT}return client.send(call)"]
    for error, known in caught:
        facts = ", ".join(f"error.{fact}" for fact in known)
        lines.append(f"{BODY}except {imports.use('.', error)} as error:")
        lines.append(f"{BODY}{INDENT}return {facts}")
    arguments = [
        Argument("client", client, Copy("client"), is_positional=True),
        Argument("call", sent, Copy("call"), is_positional=True),
    ]
    return function(name, arguments, "object", "Errors, caught by callers.", lines)
