"""The runtime's modules, to be copied as they are."""

from __future__ import annotations

from pathlib import Path

# A folder beside this one, however the generator is installed; `importlib.resources` takes as long
# to import as all these files take to read.
_FOLDER = Path(__file__).parents[1] / "runtime"


def runtime_files() -> tuple[tuple[str, str], ...]:
    """File names and texts of the runtime, sorted."""
    return tuple((file.name, file.read_text("utf-8")) for file in sorted(_FOLDER.glob("*.py")))
