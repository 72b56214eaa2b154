"""`Api` to source files: the package that a user imports.

models.py         attrs classes, enumerations, aliases
endpoints/        a module for each tag, a function for each endpoint
server.py         the Handlers Protocol and dispatch
strategies.py     Hypothesis strategies
_runtime/         the runtime, copied as it is
"""

from __future__ import annotations

from pathlib import PurePosixPath

from ..ir import Api
from ..source_file import HEADER, SourceFile
from .endpoints import endpoints_module, endpoints_package
from .models import models_module
from .package import package_module
from .runtime import runtime_files
from .server import server_module
from .strategies import strategies_module
from .strategy_names import strategy_names


def emit(api: Api) -> tuple[SourceFile, ...]:
    """Write the package of an API; equal APIs give equal bytes."""
    names = strategy_names(api)
    return (
        _file("__init__.py", package_module(api)),
        _file("endpoints/__init__.py", endpoints_package(api)),
        *(_file(f"endpoints/{tag.name}.py", endpoints_module(api, tag)) for tag in api.tags),
        _file("models.py", models_module(api)),
        SourceFile(PurePosixPath("py.typed"), ""),
        _file("server.py", server_module(api)),
        _file("strategies.py", strategies_module(api, names)),
        *(_file(f"_runtime/{name}", text) for name, text in runtime_files()),
    )


def _file(path: str, text: str) -> SourceFile:
    return SourceFile(PurePosixPath(path), f"{HEADER}\n{text}")
