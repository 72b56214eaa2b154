"""`Api` to source files: the package that a user imports.

models/           attrs classes, enumerations, aliases, each loaded when it is first used
endpoints/        a module for each tag, a function for each endpoint
contract.py       what users rely on, for type checkers alone, unless it is not wanted
security.py       the credentials, where the API asks for some
server.py         the Handlers Protocol and dispatch
servers.py        where the API is found, if the document says so
strategies.py     Hypothesis strategies
testing/          the laws of all models and endpoints, and the document to judge by
_runtime/         the runtime, copied as it is
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from ..ir import Api
from ..options import DEFAULT, Options
from ..source_file import HEADER, MARKER, SourceFile
from ..uses import uses_of
from .contract import contract_module
from .endpoints import endpoints_modules
from .models import models_files
from .package import base_error_files, endpoints_package, package_module
from .runtime import runtime_files
from .security import has_credentials, security_module
from .server import server_module
from .servers import servers_module, servers_of
from .strategies import strategies_module
from .strategy_names import strategy_names
from .testing import testing_files


def emit(api: Api, options: Options = DEFAULT) -> tuple[SourceFile, ...]:
    """Write the package of an API; equal APIs give equal bytes."""
    uses = uses_of(api)
    names = strategy_names(api, uses)
    contract = [contract_module(api, uses, options)] if options.has_contract else []
    return (
        _file("__init__.py", package_module(api, options)),
        *(_file(name, text) for name, text in base_error_files(options)),
        *(_file("contract.py", text) for text in contract),
        _file("endpoints/__init__.py", endpoints_package(api)),
        *(_file(f"endpoints/{name}", text) for name, text in endpoints_modules(api)),
        *(_file(f"models/{name}", text) for name, text in models_files(api, uses)),
        SourceFile.of(PurePosixPath(MARKER)),
        *([_file("security.py", security_module(api))] if has_credentials(api) else []),
        _file("server.py", server_module(api)),
        *([_file("servers.py", servers_module(api))] if servers_of(api) else []),
        _file("strategies.py", strategies_module(api, names)),
        *(_file(f"testing/{name}", text) for name, text in testing_files(api, names, uses)),
        *(_file(f"_runtime/{name}", text) for name, text in runtime_files()),
    )


_PARAMETERS: Final = re.compile(r"^def test\w*\((.*?)\) -> ", re.MULTILINE | re.DOTALL)
"""Those of functions that may be taken for tests."""


def _file(path: str, text: str) -> SourceFile:
    head = "".join(f"{line}\n" for line in (HEADER, *_exempted(path, text)))
    return SourceFile.of(PurePosixPath(path), head, text)


def _exempted(path: str, text: str) -> Iterator[str]:
    """The rules of ruff that names of the API cannot heed."""
    if not path.isascii():
        yield "# ruff: noqa: N999 - the name is the API's"
    if "\ndef test" in text and any("=" in one for one in _PARAMETERS.findall(text)):
        yield "# ruff: noqa: PT028 - no tests, though the API calls some so"
