"""Packages that load what they hold when it is used, and still say its types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..ir import Text
from .source import INDENT, Doc, Imports, call, keyword, layout, listing, literal, mapping, module


def lazy_package(
    doc: Text | str,
    homes: Mapping[str, str],
    *,
    modules: Iterable[str] = (),
    extras: Mapping[str, str] | None = None,
    runtime: str,
) -> str:
    """The `__init__` of a package: names by the modules that they live in, and modules.

    `extras` are names that need packages which may not be installed.
    """
    imports = Imports()
    known = Imports()
    for name, home in {**homes, **(extras or {})}.items():
        known.use(f".{home}", f"{name} as {name}")
    for name in modules:
        known.use(".", f"{name} as {name}")
    checking = imports.use("typing", "TYPE_CHECKING")
    items: list[Doc] = ["__name__", _entries(homes)]
    if modules:
        items.append(listing(literal(name) for name in sorted(modules)))
    if extras:
        items.append(keyword("extras", _entries(extras)))
    hooks = "__all__, __getattr__, __dir__ = "
    lines = [
        f"if {checking}:",
        *(known.statements(indent=INDENT) or [f"{INDENT}pass"]),
        "else:",
        f"{INDENT}from {runtime}.lazy import lazy_names",
        "",
        layout(hooks, call("lazy_names", *items), indent=INDENT),
    ]
    return module(doc, imports, ["\n".join(lines)])


def _entries(homes: Mapping[str, str]) -> Doc:
    return mapping(sorted((literal(name), literal(home)) for name, home in homes.items()))
