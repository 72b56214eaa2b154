"""`python -m tests.fuzz`: payloads in each position of documents, until the time is over.

Takes our golden documents, and real ones where they are here. Prints a line for each fault, with the
place and the payload, keeps the document in `--keep`, and exits with 1 if there was one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.conformance.counted import counted
from tests.conformance.outside import documents
from tests.fuzz.fuzzing import Attempt, Fuzzer, attempts, crowds, golden_documents, smallest

SMALL = 60_000
"""Bytes: real documents of which one text at a time is replaced."""


def main() -> int:
    """Look for faults until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for documents with faults")
    arguments = parser.parse_args()
    real = {path.stem: (path.stat().st_size, counted(path).tree) for path in documents()}
    small = {name: tree for name, (size, tree) in real.items() if size < SMALL}
    large = {name: tree for name, (size, tree) in real.items() if size >= SMALL}
    one_by_one = attempts({**golden_documents(), **small}, arguments.seed)
    many_at_once = crowds(large, arguments.seed, 200) if large else None
    end, bad = time.monotonic() + arguments.seconds, 0
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(Path(folder))
        while time.monotonic() < end:
            for _ in range(100):
                bad += _tried(fuzzer, next(one_by_one), arguments.keep)
                if time.monotonic() > end:
                    break
            if many_at_once is not None and time.monotonic() < end:
                bad += _tried(fuzzer, next(many_at_once), None)
    print(f"{fuzzer.accepted} accepted, {fuzzer.refused} refused, {bad} with faults")
    return 1 if bad else 0


def _tried(fuzzer: Fuzzer, attempt: Attempt, keep: Path | None) -> bool:
    faults = list(fuzzer.faults(attempt))
    if not faults:
        return False
    where = "/".join(map(str, attempt.path))
    print(f"{attempt.name}: {where}: {attempt.payload[:80]!r}: {faults[0]}", flush=True)
    if keep is not None:
        kind = faults[0][:12]
        tree = smallest(
            attempt,
            lambda less: any(
                fault.startswith(kind)
                for fault in fuzzer.faults(Attempt(attempt.name, (), attempt.payload, less))
            ),
        )
        keep.mkdir(parents=True, exist_ok=True)
        number = len(list(keep.glob("*.json")))
        (keep / f"{number}-{attempt.name}.json").write_text(json.dumps(tree, indent=1), "utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main())
