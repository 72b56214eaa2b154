"""`python -m tests.conformance`: everything that conformance means, as tables in Markdown.

Exit code 1 if anything is wrong; what it is stands on stderr. `--only` takes one part. The checks
of real documents take a folder of any others, however many: `--documents`, and `--check` for those
checks that there is time for (types take longest).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

from tests.conformance.cases import Case, Judge, cases
from tests.conformance.document_checks import CHECKS, report
from tests.conformance.json_schema_suite import judged, suite, table
from tests.conformance.outside import ROOT, documents, functional
from tests.conformance.verdicts import disagreements

_SEEDS = 200
"""How many documents of schemas are made at random."""

HOSTILE = ROOT / "tests" / "data" / "hostile" / "check_hostile.py"


def of_documents(root: Path, specs: Iterable[Path], checks: Collection[str]) -> bool:
    """Real documents, in every way that is asked for."""
    print(f"| document | operations | schemas | {' | '.join(checks)} | seconds |")
    print(f"|---|---|---|{'---|' * len(checks)}---|", flush=True)
    is_clean = True
    for spec in specs:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(dir=root) as folder:
            found = report(spec, Path(folder), root / "mypy", checks)
        cells = [_cell(found.faults.get(name)) for name in checks]
        counts = f"{len(found.sdk.document.operations)} | {len(found.sdk.document.schemas)}"
        seconds = time.monotonic() - start
        print(f"| {spec.stem} | {counts} | {' | '.join(cells)} | {seconds:.0f} |", flush=True)
        for name, said in found.faults.items():
            _complain(spec.stem, name, said)
        is_clean = is_clean and found.is_clean
    return is_clean


def of_functional_cases(root: Path) -> bool:
    """All functional cases."""
    judge = Judge(root)
    faults: dict[str, str | None] = {}
    for case in cases(functional()):
        fault = faults[case.id] = _fault(judge, case)
        _complain(case.id, case.kind, [] if fault is None else [fault])
    bad = sum(fault is not None for fault in faults.values())
    print("| functional cases | hold |\n|---|---|")
    print(f"| {len(faults)} | {len(faults) - bad} |", flush=True)
    return bad == 0


def of_json_schema(root: Path) -> bool:
    """The official tests of JSON Schema."""
    verdicts = list(judged(suite(), root))
    rows = table(verdicts)
    columns = ("tests", "right", "refused", "crashed", "silently accepted", "dropped")
    print(f"| draft and tier | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(str(row[column]) for column in columns)} |", flush=True)
    for one in verdicts:
        if one.wrong:
            _complain(one.case.id, one.case.description, list(one.wrong))
        elif one.refusal is not None and one.case.tier.startswith("A"):
            _complain(one.case.id, one.case.description, [f"refused: {one.refusal}"])
    return all(row["right"] == row["tests"] for name, row in rows.items() if "A-core" in name)


def of_random_schemas(root: Path) -> bool:
    """Models of schemas made at random, against an independent validator."""
    found = [fault for seed in range(_SEEDS) for fault in disagreements(seed, root)]
    for fault in found:
        _complain("random schemas", "verdict", [fault])
    print(
        f"| random documents of schemas | disagreements |\n|---|---|\n| {_SEEDS} | {len(found)} |"
    )
    return not found


def of_hostile_documents(root: Path) -> bool:
    """All hostile documents."""
    verdicts = root / "verdicts.json"
    start = root / "start.py"
    start.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from codegen.__main__ import main; sys.exit(main())\n",
        "utf-8",
    )
    command = f"{sys.executable} {start} generate {{spec}} --out {{out}}"
    options = ["--strict", "--cmd", command, "--python", sys.executable, "--json", str(verdicts)]
    subprocess.run([sys.executable, str(HOSTILE), *options], capture_output=True, check=False)
    judged = json.loads(verdicts.read_text("utf-8"))
    bad = [one for one in judged if not one["ok"]]
    print("| hostile runs | harmless |\n|---|---|")
    print(f"| {len(judged)} | {len(judged) - len(bad)} |", flush=True)
    for one in bad:
        _complain(one["id"], "hostile", [f"{one['violations']} {one['tail']}"])
    return not bad


PARTS: dict[str, Callable[[Path], bool]] = {
    "functional": of_functional_cases,
    "json-schema": of_json_schema,
    "random-schemas": of_random_schemas,
    "hostile": of_hostile_documents,
    "documents": lambda root: of_documents(root, documents(), CHECKS),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; 0 if nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="this part")
    parser.add_argument("--documents", type=Path, metavar="FOLDER", help="check all of a folder")
    parser.add_argument("--check", choices=CHECKS, action="append", help="in this way alone")
    asked = parser.parse_args(arguments)
    parts = {name: PARTS[name] for name in asked.only or PARTS}
    if asked.documents or asked.check:
        if asked.only not in (None, ["documents"]):
            parser.error("--documents and --check are of documents alone")
        specs = documents(asked.documents) if asked.documents else documents()
        checks: list[str] = asked.check or [*CHECKS]
        parts = {"documents": partial(of_documents, specs=specs, checks=checks)}
    results: list[bool] = []
    for name, part in parts.items():
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n### {name}\n")
            results.append(part(Path(folder)))
    return 0 if all(results) else 1


def _fault(judge: Judge, case: Case) -> str | None:
    """What is wrong; where either outcome is good, only a crash is."""
    try:
        fault = judge.fault(case)
    except Exception as error:  # a crash is one more fault
        return f"crashed: {error!r}"
    return fault if case.is_normative else None


def _cell(faults: list[str] | None) -> str:
    if faults is None:
        return "–"
    return str(len(faults)) if faults else "ok"


def _complain(where: str, what: str, said: list[str]) -> None:
    for line in said[:20]:
        print(f"{where}: {what}: {line}", file=sys.stderr)
    if len(said) > 20:
        print(f"{where}: {what}: and {len(said) - 20} more", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
