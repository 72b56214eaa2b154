"""All cells for each kind of client: `python -m tests.faults [sync] [async] [--only NAME ...]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.faults.catalogue import Cell, Mode, Verb, cells
from tests.faults.clients import DRIVERS
from tests.faults.laboratory import Verdict, judged

_CALLS_EACH = 32
"""How many calls each one of a crowd makes: 1,024 in all."""


def main(arguments: Sequence[str]) -> int:
    """Print the table of each kind, and then what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*DRIVERS, []], help="sync, async; both")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names or ids of faults")
    options = parser.parse_args(arguments)
    chosen = [
        cell
        for cell in cells()
        if not options.only or {cell.fault.name, cell.fault.id} & set(options.only)
    ]
    failed = 0
    for kind in options.kinds or DRIVERS:
        started = time.monotonic()
        verdicts = judged(kind, chosen, thoroughly=True, calls_each=_CALLS_EACH)
        print(_table(verdicts))
        bad = [verdict for verdict in verdicts if verdict.complaints]
        for verdict in bad:
            print(f"{verdict.cell} ({verdict.cell.letter}): {verdict.got}")
            for complaint in verdict.complaints:
                print(f"    {complaint}")
        failed += len(bad)
        good = len(verdicts) - len(bad)
        print(f"{kind}: {good} of {len(verdicts)} cells, {time.monotonic() - started:.0f} s\n")
    return 1 if failed else 0


def _table(verdicts: Sequence[Verdict]) -> str:
    """A row for each fault: the letter of each verb and mode, small and marked where it fails."""
    by_cell: dict[tuple[str, Mode, Verb], Verdict] = {
        (verdict.cell.fault.id, verdict.cell.mode, verdict.cell.verb): verdict
        for verdict in verdicts
    }
    faults = dict.fromkeys((one.cell.fault.id, one.cell.fault.name) for one in verdicts)
    lines = [f"{'':31}{'transient':<28}persistent", f"{'':31}" + 2 * _row([*Verb])]
    for number, name in faults:
        marks = [[_mark(by_cell.get((number, mode, verb))) for verb in Verb] for mode in Mode]
        lines.append(f"{number} {name:<27}" + "".join(map(_row, marks)).rstrip())
    return "\n".join(lines)


def _row(texts: Sequence[str]) -> str:
    return "".join(f"{text:<7}" for text in texts)


def _mark(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    letter = _letter(verdict.cell)
    return f"{letter} ✗" if verdict.complaints else letter


def _letter(cell: Cell) -> str:
    return f"{cell.letter}→E" if cell.ends_in_error else cell.letter


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
