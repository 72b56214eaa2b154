"""Old contracts against new SDKs, many at once: one mypy for all pairs, which share a runtime."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from codegen.contract.breaks import Break, breaks_of
from codegen.contract.laid_out import CONTRACT
from codegen.contract.lines import Lines
from codegen.contract.type_checker import complaints
from codegen.emit import emit
from codegen.load import load
from codegen.lower import lower

DIFFS = Path(__file__).parent / "diffs"
NAMES = sorted(path.parent.name for path in DIFFS.glob("*/new.yaml"))

_ALL = "pairs"
"""The package that holds a package for each pair."""


def sdk(name: str, version: str) -> dict[str, str]:
    """The files of the SDK of a version of a pair."""
    document = load(DIFFS / name / f"{version}.yaml")
    files = emit(lower(document.tree, document.files))
    return {str(file.path): file.text for file in files}


def planted(name: str) -> bool:
    """Whether a pair is planted to break somebody who calls: its new document says so first."""
    verdict, _, what = (
        (DIFFS / name / "new.yaml").read_text("utf-8").partition("\n")[0].partition(": ")
    )
    assert verdict in ("# breaks", "# harmless"), f"{name}/new.yaml does not say what is planted"
    assert what
    return verdict == "# breaks"


def lay_out(folder: Path, pairs: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
    """Write old contracts into new SDKs, the runtime of which is shared."""
    for name, (contract, new) in pairs.items():
        for path, text in {**new, CONTRACT: contract}.items():
            is_shared = path.startswith("_runtime/")
            place = folder / _ALL / (path if is_shared else f"{name}/{path}")
            place.parent.mkdir(parents=True, exist_ok=True)
            near = re.sub(r"^( *)from (\.+)_runtime", r"\1from .\2_runtime", text, flags=re.M)
            place.write_text(text if is_shared else near, encoding="utf-8")


def breaks_of_pairs(
    folder: Path, pairs: Mapping[str, tuple[str, Mapping[str, str]]]
) -> dict[str, tuple[Break, ...]]:
    """What breaks in each pair of an old contract and a new SDK."""
    lay_out(folder, pairs)
    said = complaints(
        folder,
        [f"{_ALL}.{name}.contract" for name in pairs],
        cache=folder / "cache",
        blamed="a pair",
    )
    return {
        name: breaks_of(
            [one for one in said if one.file == f"{_ALL}/{name}/{CONTRACT}"], Lines.of(contract)
        )
        for name, (contract, _) in pairs.items()
    }
