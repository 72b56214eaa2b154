"""What a run of the harness is to be, and how it went: one line of figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from attrs import frozen

from tests.chaos.fault_proxy import Figures
from tests.chaos.judgement import Policy

Executor = Literal["thread", "process"]


@frozen(kw_only=True)
class Setting:
    """What a run is to be."""

    seed: int
    jobs: int
    kills: int
    policy: Policy
    executor: Executor = "thread"
    concurrency: int = 1
    has_versions: bool = True
    """Whether the worker sees the server's versions of jobs, or a server of 2017, which has none."""
    rate: float = 0.25
    """The share of exchanges that fail."""
    in_flight: float = 3.0
    """Seconds after which the worker takes no write of its own to be on its way any more."""

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, {self.policy.value}, {self.executor} × {self.concurrency}, "
            f"{'versions' if self.has_versions else 'no versions'}, "
            f"{self.jobs} jobs, {self.kills} kills"
        )


@frozen(kw_only=True)
class Report:
    """How a run went."""

    setting: Setting
    figures: Figures
    seconds: float
    runs: int
    """How many times the handler was called."""
    crash_errors: int
    """How many jobs were reported as those with which a worker died."""
    problems: Sequence[str]
    folder: Path | None = None
    """Where database, journal, ledger and log are kept if there are problems."""

    def __str__(self) -> str:
        figures = self.figures
        most_first = sorted(figures.faults.items(), key=lambda item: -item[1])
        faults = ", ".join(f"{fault.value} {count}" for fault, count in most_first)
        return (
            f"{'FAILED' if self.problems else 'right'}: {self.setting}, {self.seconds:.1f} s, "
            f"{self.runs} runs, {self.crash_errors} crash errors, "
            f"{figures.exchanges / max(1, self.setting.jobs):.1f} requests a job; "
            f"{figures.bad} of {figures.exchanges} exchanges bad ({faults}), "
            f"{figures.cut} connections cut, {figures.unreachable} times no server"
        )

    @property
    def whole(self) -> str:
        """The line of figures, and one for each problem."""
        kept = [] if self.folder is None else [f"  its files are in {self.folder}"]
        return "\n".join([str(self), *(f"  {problem}" for problem in self.problems), *kept])
