"""The runtime's modules, to be copied as they are."""

from __future__ import annotations

from pathlib import Path

# A folder beside this one, however the generator is installed; `importlib.resources` takes as long
# to import as all these files take to read.
_FOLDER = Path(__file__).parents[1] / "runtime"


def runtime_files() -> tuple[tuple[str, str], ...]:
    """File names from the folder of the runtime and texts, sorted."""
    files = ((file.relative_to(_FOLDER).as_posix(), file) for file in _FOLDER.rglob("*.py"))
    return tuple((name, _text(file)) for name, file in sorted(files))


def _text(file: Path) -> str:
    # `read_text` asks the system four questions about each file that it then reads.
    with file.open("rb", buffering=0) as stream:
        return stream.readall().decode().replace("\r\n", "\n")
