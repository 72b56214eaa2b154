"""The root of the generated package: what a user needs to send calls."""

from __future__ import annotations

from ..ir import Api, Text
from .source import Imports, exports, module

_PUBLIC = {
    "call": ("Call",),
    "client": ("ApiClient", "Exchange"),
    "codec": ("Codec", "codec"),
    "errors": (
        "ClientError",
        "DecodeError",
        "ExchangeError",
        "Facts",
        "OutcomeUnknown",
        "RequestError",
        "SdkError",
        "ServerError",
        "StatusError",
        "TransportError",
        "Unrepeatable",
        "Violation",
    ),
    "http": ("Headers", "Request", "Response", "Timeout", "Transport"),
    "json_text": ("AwareDatetime",),
    "json_types": ("Json", "JsonObject", "is_array", "is_object"),
    "retry": ("RetryPolicy",),
    "server": ("ErrorReply", "Refusal", "Reply"),
    "transport": ("Urllib3Transport",),
    "unset": ("UNSET", "Unset"),
    "violations": ("InvalidError",),
}


def package_module(api: Api) -> str:
    """The package's `__init__`: its public names."""
    imports = Imports()
    for name, names in _PUBLIC.items():
        for public in names:
            imports.use(f"._runtime.{name}", public)
    public_names = exports(name for group in _PUBLIC.values() for name in group)
    title = f"{api.title.reveal().strip()} {api.version.reveal().strip()}"
    doc = "\n\n".join(
        [
            f"{title}: models, endpoints, and a client that sends them.",
            "Send a call with `ApiClient(url).send(endpoints.tag.function(...))`.",
        ]
    )
    return module(Text(doc), imports, [public_names])
