"""The root of the generated package, what a user needs to send calls, and that of endpoints."""

from __future__ import annotations

from ..ir import Api, Identifier, Text
from ..options import DEFAULT, Options
from . import base_error
from .lazy_packages import lazy_package
from .security import has_credentials
from .servers import servers_of

_PUBLIC = {
    "call": ("Call",),
    "changes": ("changes",),
    "choice": ("UnknownVariant",),
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
    "files": ("File",),
    "http": ("Headers", "Request", "Response", "Timeout", "Transport"),
    "json_text": ("AwareDatetime",),
    "json_types": ("Json", "JsonObject", "is_array", "is_object"),
    "retry": ("RetryPolicy",),
    "server": ("ErrorReply", "Refusal", "Reply"),
    "stand_ins": ("is_stand_in", "stood_for"),
    "streaming": ("Stream",),
    "transport": ("Urllib3Transport",),
    "unnamed": ("unnamed_properties",),
    "unset": ("UNSET", "Unset"),
    "violations": ("InvalidError",),
}


def package_module(api: Api, options: Options = DEFAULT) -> str:
    """The package's `__init__`: its public names."""
    homes = {name: f"_runtime.{home}" for home, names in _PUBLIC.items() for name in names}
    if options.base_error is not None:
        homes.setdefault(options.base_error, base_error.HOME)
    if has_credentials(api):
        homes["Credentials"] = "security"
    modules = ["endpoints", "models", *(["servers"] if servers_of(api) else [])]
    ways = [f"Import it with `from {options.package} import ApiClient, endpoints`."]
    title = f"{api.title.reveal().strip()} {api.version.reveal().strip()}"
    doc = "\n\n".join(
        [
            f"{title}: models, endpoints, and a client that sends them.",
            *(ways if options.package is not None else []),
            "Send a call with `ApiClient(url).send(endpoints.tag.function(...))`.",
        ]
    )
    return lazy_package(Text(doc), homes, modules=modules, runtime="._runtime")


def base_error_files(options: Options) -> tuple[tuple[str, str], ...]:
    """The file of the error's own name, if one was chosen."""
    name = options.base_error
    public = {"endpoints", "models", *(name for names in _PUBLIC.values() for name in names)}
    if name is None or name == "SdkError":
        return ()
    return ((f"{base_error.HOME}.py", base_error.base_error_module(Identifier(name), public)),)


def endpoints_package(api: Api) -> str:
    """The package of the endpoint modules."""
    doc = "The endpoints of the API, a module for each tag."
    return lazy_package(doc, {}, modules=[tag.name for tag in api.tags], runtime=".._runtime")
