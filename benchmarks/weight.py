"""What a generated package weighs: lines, bytes, and the time until it can be used and is checked.

`python -m benchmarks.weight DOCUMENT ...` prints a row for what becomes of each document; `--beside`
names one that is compared with what peers make of it. Imports are measured in fresh processes that
find bytecode, as users' second start does, beyond those of the dependencies: all modules that are
not of the package itself are imported before the clock starts. The median of several runs counts.
"""

from __future__ import annotations

import argparse
import ast
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.peers import OURS, ROOT, Generator, peers
from benchmarks.process import WITH_BYTECODE, Cost, cost, machine, median_of

PACKAGE = "api_client"
MODEL = f"from {PACKAGE} import models\nmodels.{{model}}"


def of_documents(specs: list[Path], runs: int) -> None:
    """Print what becomes of each document."""
    print(
        "| document | files | lines | kB | root ms | one call ms | one model ms | model modules |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for spec in specs:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / PACKAGE
            cost(OURS.command(spec, out), ROOT)
            print("|", " | ".join([spec.stem, *_row(out, runs)]), "|", flush=True)


def _row(out: Path, runs: int) -> list[str]:
    tag = min(path.stem for path in (out / "endpoints").glob("[a-z]*.py"))
    call = f"from {PACKAGE} import ApiClient\nfrom {PACKAGE}.endpoints import {tag}"
    model = MODEL.format(model=_largest_model(out / "models"))
    times = [milliseconds(code, out, OURS.python, runs) for code in (_ROOT, call, model)]
    modules = len(list((out / "models").glob("*.py"))) - 1
    loaded = _loaded(model, out, OURS.python, f"{PACKAGE}.models.")
    return [*_size(out), *(f"{time:.1f}" for time in times), f"{loaded} of {modules}"]


def _largest_model(models: Path) -> str:
    """The first record of the longest module."""
    longest = max(models.glob("[a-z]*.py"), key=lambda path: (path.stat().st_size, path.name))
    body = ast.parse(longest.read_text("utf-8")).body
    return next(
        node.name for node in body if isinstance(node, ast.ClassDef) and node.decorator_list
    )


def beside_peers(spec: Path, runs: int) -> None:
    """Print what becomes of a document, ours and others'."""
    print(f"{spec.stem}: importing, and `mypy` of a program that calls one operation\n")
    print(
        "| generator | files | lines | kB | root ms | one call ms | modules of the package "
        "| mypy, cold, s | warm, s | cold, ours = 1 |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    ours: Cost | None = None
    for generator in (OURS, *peers()):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "made" / PACKAGE
            out.parent.mkdir()
            cwd = ROOT if generator is OURS else out.parent
            cost(generator.command(spec, out), cwd, generator.environment)
            name = f"{generator.name} {generator.version}"
            if not _imports(generator, out):
                print(f"| {name} | does not import |" + " |" * 8, flush=True)
                continue
            cold, warm = _checked(generator, out, Path(folder), runs)
            ours = ours or cold
            cells = [
                *_size(out),
                *_used(generator, out, runs),
                f"{cold.seconds:.1f}",
                f"{warm.seconds:.1f}",
                f"{cold.seconds / ours.seconds:.1f}",
            ]
            print("|", " | ".join([name, *cells]), "|", flush=True)


def _imports(generator: Generator, out: Path) -> bool:
    """Whether what was written can be used at all."""
    if not (out / "__init__.py").exists():
        return False
    try:
        _run(_import_lines(generator), out, generator.python)
    except subprocess.CalledProcessError:
        return False
    return True


def _import_lines(generator: Generator) -> str:
    return "\n".join(line for line in generator.program.splitlines() if "import" in line)


def _used(generator: Generator, out: Path, runs: int) -> list[str]:
    """What it takes to import the root, and all that a call needs."""
    call = _import_lines(generator)
    times = [milliseconds(code, out, generator.python, runs) for code in (_ROOT, call)]
    loaded = _loaded(call, out, generator.python, f"{PACKAGE}.")
    modules = len(list(out.rglob("*.py"))) - 1
    return [*(f"{time:.1f}" for time in times), f"{loaded} of {modules}"]


def _checked(generator: Generator, out: Path, folder: Path, runs: int) -> tuple[Cost, Cost]:
    """What mypy costs without and with its cache of the package."""
    program = out.parent / "program.py"
    program.write_text(generator.program, "utf-8")
    colds: list[Cost] = []
    warms: list[Cost] = []
    for run in range(runs):
        command = [
            *(sys.executable, "-m", "mypy", "--python-executable", generator.python),
            *("--config-file=", "--cache-dir", str(folder / f"cache{run}"), program.name),
        ]
        for found in (colds, warms):
            found.append(cost(command, out.parent))
    return median_of(colds), median_of(warms)


# --- measuring one package ----------------------------------------------------------------------

_ROOT = f"import {PACKAGE}"


def _size(out: Path) -> list[str]:
    """Files, lines and kB of Python, without a runtime that is the same for all documents."""
    files = [path for path in out.rglob("*.py") if "_runtime" not in path.parts]
    texts = [path.read_bytes() for path in files]
    lines = sum(text.count(b"\n") for text in texts)
    return [str(len(files)), str(lines), str(sum(map(len, texts)) // 1000)]


def milliseconds(code: str, out: Path, python: str, runs: int) -> float:
    """The median time of statements, beyond that of the modules of others that they import."""
    others = json.loads(_run(_LISTED.format(code=code), out, python))
    timed = _TIMED.format(code=code, others=others)
    return statistics.median(float(_run(timed, out, python)) for _ in range(runs))


_LISTED = f"""\
import sys
{{code}}
import json
print(json.dumps([name for name in sys.modules if name.split(".")[0] != "{PACKAGE}"]))
"""

_TIMED = """\
import importlib, time
for name in {others!r}:
    try:
        importlib.import_module(name)
    except ImportError:  # what only its parent can import
        pass
start = time.perf_counter()
{code}
print((time.perf_counter() - start) * 1000)
"""


def _loaded(code: str, out: Path, python: str, below: str) -> int:
    """How many modules statements load."""
    count = f"import sys\nprint(sum(name.startswith({below!r}) for name in sys.modules))"
    return int(_run(f"{code}\n{count}", out, python))


def _run(code: str, out: Path, python: str) -> str:
    """What a fresh process prints."""
    done = subprocess.run(
        [python, "-c", code],
        cwd=out.parent,
        env=WITH_BYTECODE,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def main() -> int:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weight", description=__doc__)
    parser.add_argument("documents", type=Path, nargs="*")
    parser.add_argument("--beside", type=Path, metavar="DOCUMENT")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{machine()}; medians of {arguments.runs} runs\n")
    of_documents([path.resolve() for path in arguments.documents], arguments.runs)
    if arguments.beside is not None:
        print()
        beside_peers(arguments.beside.resolve(), arguments.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
