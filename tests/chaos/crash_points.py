"""Death at each point: a worker ends right after a write of its journal, or right before it.

    python -m tests.chaos.crash_points

goes through all writes before which a worker can end, while another does what is left to do, and
through all pairs of writes after which the first worker and the next one can end, while a third
does. Nothing is left to chance here, and the network is good.

Before and after are not the same: between two writes the worker claims a job, runs it, reports it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from itertools import chain, count
from pathlib import Path

from attrs import frozen

from tests.chaos.chaos import settle, worker_arguments
from tests.chaos.judgement import Policy, Trial, problems
from tests.chaos.laboratory import Laboratory
from tests.chaos.patience import OverdueError, wait_until_none
from tests.chaos.traces import Traces
from tests.chaos.worker import DIED
from tests.chaos.worker_process import WorkerProcess


@frozen
class Death:
    """Where a worker is to end."""

    write: int
    """Of its journal, from 1 on."""
    is_before: bool = False

    def __str__(self) -> str:
        return f"{'before' if self.is_before else 'after'} {self.write}"

    @property
    def argument(self) -> str:
        """What the worker has to be told."""
        return f"--die-{'before' if self.is_before else 'at'}={self.write}"


@frozen
class Deaths:
    """How it went where workers were to end."""

    policy: Policy
    planned: tuple[Death, ...]
    """Where each worker was to end."""
    died: int
    """How many did; the others had nothing left to write before that."""
    problems: Sequence[str]
    told: str
    """What the workers said."""

    @property
    def have_all_died(self) -> bool:
        """Whether each worker ended where it was to."""
        return self.died == len(self.planned)

    def __str__(self) -> str:
        ends = ", ".join(map(str, self.planned))
        verdict = "\n  ".join(["FAILED", *self.problems, self.told]) if self.problems else "right"
        return f"{self.policy.value}, ends {ends} ({self.died} did): {verdict}"


def deaths(policy: Policy, *planned: Death, jobs: int = 2) -> Deaths:
    """Let one worker after the other end, and the last one do the rest."""
    with tempfile.TemporaryDirectory(prefix="topchef-chaos-") as folder:
        traces = Traces(Path(folder))
        with Laboratory(traces.db) as laboratory:
            arguments = worker_arguments(laboratory.url, laboratory, traces, policy)
            # Nothing between them keeps a request back.
            with WorkerProcess([*arguments, "--in-flight=0.1"], traces.log) as worker:
                for _ in range(jobs):
                    laboratory.post()
                died, found = _lived_through(laboratory, worker, traces, planned)
            trial = Trial(policy, jobs=jobs, kills=died)
            found += problems(trial, laboratory.jobs(), traces.runs())
        return Deaths(policy, planned, died, found, worker.told)


def _lived_through(
    laboratory: Laboratory, worker: WorkerProcess, traces: Traces, planned: Sequence[Death]
) -> tuple[int, list[str]]:
    """How many workers have died, and what is wrong with the one that did not."""
    died = 0
    try:
        for death in planned:
            worker.start(death.argument)
            died += _dies(laboratory, worker, traces)
        worker.start()
        return died, settle(laboratory, worker, traces)
    except OverdueError as error:
        return died, [str(error)]


def _dies(laboratory: Laboratory, worker: WorkerProcess, traces: Traces) -> bool:
    """Wait until a worker has died or has nothing left to do; whether it died."""

    def in_the_way() -> list[str]:
        if worker.exit_code is not None:
            return []
        return laboratory.unfinished() or traces.open_entries()

    wait_until_none(in_the_way)
    # With its last write the work ends before the worker does: it may be dying now.
    code = worker.terminate()
    if code not in (0, DIED):
        raise OverdueError(f"the worker ended with {code}: {worker.told}")
    return code == DIED


def single_deaths(policy: Policy, *, is_before: bool, jobs: int) -> Iterator[Deaths]:
    """Each write at which a worker can end, and last the first at which none does."""
    for write in count(1):
        told = deaths(policy, Death(write, is_before), jobs=jobs)
        yield told
        if not told.have_all_died:
            return


def double_deaths(policy: Policy) -> Iterator[Deaths]:
    """Each pair of writes after which a worker and the next one can end."""
    for first in count(1):
        if (yield from _deaths_after(policy, Death(first))) == 0:
            return


def _deaths_after(policy: Policy, first: Death) -> Generator[Deaths, None, int]:
    """Each write after which the second worker can end; how many died where not both did."""
    for second in count(1):
        told = deaths(policy, first, Death(second))
        yield told
        if not told.have_all_died:
            return told.died
    raise AssertionError("a worker writes without end")


def main(arguments: Sequence[str] | None = None) -> int:
    """Go through all writes and all pairs, tell of each, and say if all were right."""
    argparse.ArgumentParser("tests.chaos.crash_points").parse_args(arguments)
    failed = 0
    for policy in Policy:
        before = single_deaths(policy, is_before=True, jobs=2)
        for told in chain(before, double_deaths(policy)):
            print(told, flush=True)
            failed += bool(told.problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
