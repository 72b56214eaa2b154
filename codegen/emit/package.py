"""The root of the generated package, what a user needs to send calls, and that of endpoints."""

from __future__ import annotations

from collections.abc import Mapping

from ..ir import Api, Identifier, Text
from ..options import DEFAULT, Options
from . import base_error
from .lazy_packages import lazy_package
from .security import has_credentials
from .servers import servers_of

_EXTRAS = {
    "async_client": ("AsyncApiClient",),
    "async_streaming": ("AsyncStream",),
    "async_threads": ("ThreadTransport",),
    "async_transport": ("AnyioTransport",),
}
"""What needs packages that not every user of a generated package installs."""

_PUBLIC = {
    "async_http": ("AsyncTransport",),
    "async_middleware": ("AsyncMiddleware", "AsyncSend"),
    "auth": ("KeptSecret",),
    "call": ("Call",),
    "changes": ("changes",),
    "choice": ("UnknownVariant",),
    "client": ("ApiClient", "Exchange"),
    "codec": ("Codec", "codec"),
    "errors": (
        "ClientError",
        "ConnectError",
        "DecodeError",
        "ExchangeError",
        "Facts",
        "OutcomeUnknown",
        "PoolExhausted",
        "ProxyError",
        "ProxyRefused",
        "RedirectError",
        "RequestError",
        "SdkError",
        "ServerError",
        "ServerOutcomeUnknown",
        "StatusError",
        "TransportError",
        "Unrepeatable",
        "Violation",
    ),
    "files": ("File",),
    "http": ("Headers", "Request", "Response", "Timeout", "Transport"),
    "items": ("Event", "Items"),
    "json_text": ("AwareDatetime",),
    "json_types": ("Json", "JsonObject", "is_array", "is_object"),
    "middleware": ("Middleware", "Send", "log_attempts"),
    "redirects": ("RedirectPolicy",),
    "retry": ("RetryPolicy",),
    "sending": ("Attempt", "OnAttempt"),
    "server": ("ErrorReply", "Refusal", "Reply"),
    "stand_ins": ("is_stand_in", "stood_for"),
    "streaming": ("Stream",),
    "transport": ("Urllib3Transport",),
    "unnamed": ("unnamed_properties",),
    "uploads": ("ByteSource",),
    "unset": ("UNSET", "Unset"),
    "violations": ("InvalidError",),
}


def package_module(api: Api, options: Options = DEFAULT) -> str:
    """The package's `__init__`: its public names."""
    homes = _in_runtime(_PUBLIC)
    if options.base_error is not None:
        homes.setdefault(options.base_error, base_error.HOME)
    if has_credentials(api):
        homes["Credentials"] = "security"
    modules = ["endpoints", "models", *(["servers"] if servers_of(api) else [])]
    ways = [f"Import it with `from {options.package} import ApiClient, endpoints`."]
    title = f"{api.title.reveal().strip()} {api.version.reveal().strip()}".rstrip()
    doc = "\n\n".join(
        [
            f"{title}: models, endpoints, and a client that sends them.",
            *(ways if options.package is not None else []),
            "Send a call with `ApiClient(url).send(endpoints.tag.function(...))`.",
        ]
    )
    extras = _in_runtime(_EXTRAS)
    return lazy_package(Text(doc), homes, modules=modules, extras=extras, runtime="._runtime")


def _in_runtime(homes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: f"_runtime.{home}" for home, names in homes.items() for name in names}


def base_error_files(options: Options) -> tuple[tuple[str, str], ...]:
    """The file of the error's own name, if one was chosen."""
    name = options.base_error
    known = {**_in_runtime(_PUBLIC), **_in_runtime(_EXTRAS)}
    public = {"endpoints", "models", *known}
    if name is None or name == "SdkError":
        return ()
    return ((f"{base_error.HOME}.py", base_error.base_error_module(Identifier(name), public)),)


def endpoints_package(api: Api) -> str:
    """The package of the endpoint modules."""
    doc = "The endpoints of the API, a module for each tag."
    return lazy_package(doc, {}, modules=[tag.name for tag in api.tags], runtime=".._runtime")
