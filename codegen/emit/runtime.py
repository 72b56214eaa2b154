"""The runtime's modules, to be copied as they are."""

from __future__ import annotations

from importlib.resources import files


def runtime_files() -> tuple[tuple[str, str], ...]:
    """File names and texts of the runtime, sorted."""
    modules = (entry for entry in files("codegen.runtime").iterdir() if entry.name.endswith(".py"))
    return tuple(
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in sorted(modules, key=lambda entry: entry.name)
    )
