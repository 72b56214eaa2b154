"""Which module may import what: the sums hold on the syntax trees of all files."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path.relative_to(ROOT)
    for top in ("codegen", "topchef_sdk")
    for path in (ROOT / top).rglob("*.py")
)


def _modules(folder: str, names: str) -> Iterator[str]:
    """Modules of the runtime, and their copies."""
    for name in names.split():
        yield f"codegen/{folder}/{name}.py"
        yield f"topchef_sdk/api/_{folder}/{name}.py"


KNOWN_BY = {
    "anyio": {"codegen/runtime/async_io.py", "topchef_sdk/api/_runtime/async_io.py"},
    "h11": {
        "codegen/runtime/async_connection.py",
        "topchef_sdk/api/_runtime/async_connection.py",
    },
    "urllib3": {*_modules("runtime/transport", "answers connections")},
    "cattrs": {"codegen/runtime/reading.py", "topchef_sdk/api/_runtime/reading.py"},
    "msgspec": {
        "codegen/runtime/json_text.py",
        "codegen/runtime/unset.py",
        "topchef_sdk/api/_runtime/json_text.py",
        "topchef_sdk/api/_runtime/unset.py",
    },
    "hypothesis": {
        *_modules("runtime/strategies", "__init__ calls containers exclusive faults formats free"),
        *_modules("runtime/strategies", "distinct formatted impossible making nesting numbers"),
        *_modules("runtime/strategies", "regular responses schemas telling texts well_known"),
        *_modules("runtime/laws", "cases law near_misses of_endpoints subjects"),
        *_modules("runtime", "registration"),
        "codegen/compare/search/strategies.py",
        "topchef_sdk/api/strategies.py",
    },
    "yaml": {"codegen/load/yaml_reader.py"},
    "sqlalchemy": {"topchef_sdk/server/store.py"},
    "waitress": {"topchef_sdk/server/http_server.py"},
    "jsonschema": {
        *_modules("runtime", "json_schema schema_keywords"),
        *_modules("runtime/laws", "oracle"),
        "topchef_sdk/contract.py",
    },
    "referencing": {
        *_modules("runtime", "json_schema"),
        *_modules("runtime/laws", "oracle"),
        "topchef_sdk/contract.py",
    },
    "openapi_schema_validator": {*_modules("runtime/laws", "oracle")},
    "filelock": {"topchef_sdk/listener/journal.py"},
    "platformdirs": {"topchef_sdk/listener/journal.py"},
    "click": {
        "topchef_sdk/cli/asking.py",
        "topchef_sdk/cli/group.py",
        "topchef_sdk/cli/listening.py",
        "topchef_sdk/cli/serving.py",
    },
    "rich": {
        "topchef_sdk/cli/serving.py",
        "topchef_sdk/cli/showing.py",
        "topchef_sdk/cli/watching.py",
    },
}
"""Each outside package, and the modules that know it."""


def _imports(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, wherever in it."""
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (ast.literal_eval(one) for one in node.args if isinstance(one, ast.Constant))


IMPORTS = {path.as_posix(): set(_imports(path)) for path in FILES}


def _importing(module: str, below: str) -> dict[str, set[str]]:
    """What files below a folder import of a module."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, names in IMPORTS.items():
        if path.startswith(below):
            found[path] = {name for name in names if f"{name}.".startswith(f"{module}.")}
    return {path: names for path, names in found.items() if names}


def test_one_module_knows_each_outside_package() -> None:
    for package, expected in KNOWN_BY.items():
        assert (package, expected) == (package, set(_importing(package, "")))


def test_the_generator_does_not_know_the_sdk() -> None:
    assert {} == _importing("topchef_sdk", "codegen/")


def test_the_sdk_does_not_know_the_generator() -> None:
    assert {} == _importing("codegen", "topchef_sdk/")


def test_generated_code_knows_nothing_that_was_written_by_hand() -> None:
    for names in _importing("topchef_sdk", "topchef_sdk/api/").values():
        assert all(name.startswith("topchef_sdk.api") for name in names)


def test_what_is_copied_into_every_sdk_stands_alone() -> None:
    for names in _importing("codegen", "codegen/runtime/").values():
        assert all(name.startswith("codegen.runtime.") for name in names)


def test_only_what_is_copied_into_sdks_takes_the_time_to_import_attrs() -> None:
    """See `docs/decisions/0020`."""
    for package in ("attrs", "attr"):
        for path in _importing(package, "codegen/"):
            assert path.startswith("codegen/runtime/")
