"""What the first use of a package of 300 models costs, beside the same models of pydantic.

Each runs in fresh processes that find bytecode: from before the first import until an object has been
read, with the imports of what both stand on and without. A program that calls one operation uses
one family of models; what all of them cost together is measured as well.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen.emit import emit
from codegen.lower import lower
from codegen.write import write

SIZE = 300
FAMILY = 5
"""Models of which each holds the next one."""

_OURS = """
from ours import codec, models
for name in {names!r}:
    codec.decode(b'{{"id": 1, "name": "a"}}', getattr(models, name))
"""

_PYDANTIC = """
from pydantic import TypeAdapter
import with_pydantic
for name in {names!r}:
    TypeAdapter(getattr(with_pydantic, name)).validate_json(b'{{"id": 1, "name": "a"}}')
"""

_TIMED = """
import time
start = time.process_time()
{imports}
ready = time.process_time()
{code}
end = time.process_time()
print((end - start) * 1000, (end - ready) * 1000)
"""

_CASES: Mapping[str, tuple[str, str]] = {
    "ours": ("import attrs, msgspec, typing_extensions", _OURS),
    "pydantic": ("import pydantic", _PYDANTIC),
}

_USES: Mapping[str, range] = {
    "one family": range(0, 1),
    "ten families": range(0, 10 * FAMILY, FAMILY),
    "all": range(0, SIZE, FAMILY),
}


def print_first_use(rounds: int) -> None:
    """Print a row for each of both, and their ratios."""
    with TemporaryDirectory() as folder:
        _make_packages(Path(folder))
        rows = {name: [_times(name, use, folder, rounds) for use in _USES] for name in _CASES}
    print(f"\nfirst use of {SIZE} models: CPU milliseconds (without imports of dependencies)\n")
    print(f"| | {' | '.join(_USES)} |")
    print(f"|---|{'---|' * len(_USES)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(f'{whole:.0f} ({alone:.0f})' for whole, alone in row)} |")
    both = zip(rows["ours"], rows["pydantic"], strict=True)
    ratios = [f"{ours[0] / theirs[0]:.2f} ({ours[1] / theirs[1]:.2f})" for ours, theirs in both]
    print(f"| ours / pydantic | {' | '.join(ratios)} |")


def _times(name: str, use: str, folder: str, rounds: int) -> tuple[float, float]:
    """The medians of the whole time and of that without imports of dependencies."""
    imports, code = _CASES[name]
    names = [f"Thing{number}" for number in _USES[use]]
    program = _TIMED.format(imports=imports, code=code.format(names=names))
    found = [_run(program, folder) for _ in range(rounds + 1)][1:]  # the first writes bytecode
    return statistics.median(one[0] for one in found), statistics.median(one[1] for one in found)


def _run(program: str, folder: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    whole, alone = done.stdout.split()
    return float(whole), float(alone)


def _make_packages(folder: Path) -> None:
    write(emit(lower(_document(), {})), folder / "ours")
    (folder / "with_pydantic.py").write_text("\n".join(_lines_of_pydantic()), "utf-8")


def _document() -> dict[str, object]:
    """Families of five models, each with an operation that answers with the first of them."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {f"/things{number}": _path(number) for number in range(0, SIZE, FAMILY)},
        "components": {"schemas": {f"Thing{number}": _schema(number) for number in range(SIZE)}},
    }


def _path(number: int) -> object:
    schema = {"$ref": f"#/components/schemas/Thing{number}"}
    answer = {"description": "It.", "content": {"application/json": {"schema": schema}}}
    return {"get": {"tags": [f"group {number}"], "responses": {"200": answer}}}


def _schema(number: int) -> object:
    properties: dict[str, object] = {
        "id": {"type": "integer"},
        "name": {"type": "string", "minLength": 1},
        "createdAt": {"type": "string", "format": "date-time"},
        "weight": {"type": ["number", "null"], "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 9},
        f"mark{number}": {"type": "string"},
    }
    if _has_next(number):
        properties["next"] = {"$ref": f"#/components/schemas/Thing{number + 1}"}
    return {"type": "object", "required": ["id", "name"], "properties": properties}


def _has_next(number: int) -> bool:
    return number % FAMILY != FAMILY - 1


def _lines_of_pydantic() -> list[str]:
    lines = ["from datetime import datetime", "from pydantic import BaseModel, Field", ""]
    for number in reversed(range(SIZE)):
        lines += [
            f"class Thing{number}(BaseModel):",
            "    id: int",
            "    name: str = Field(min_length=1)",
            "    created_at: datetime | None = Field(default=None, alias='createdAt')",
            "    weight: float | None = Field(default=None, ge=0)",
            "    tags: list[str] | None = Field(default=None, max_length=9)",
            f"    mark{number}: str | None = None",
            *([f"    next: Thing{number + 1} | None = None"] if _has_next(number) else []),
            "",
        ]
    return lines
