"""The harness: a listener that is killed again and again behind a bad network loses nothing.

    python -m tests.chaos.chaos --runs 12 --jobs 80 --kills 12 --seed 1

A run starts an embedded server on a file, a proxy that lets a quarter of all exchanges fail, and
a worker. Jobs are posted straight to the server; meanwhile the worker is killed, stopped and
woken, and the server restarted, as the `timeline` of the seed says. In the end every job has the
end that it has to have (`judgement`), and the worker goes when it is asked to.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, product
from pathlib import Path
from typing import Final

from tests.chaos.fault_proxy import FaultProxy
from tests.chaos.faults import Blackouts, SeededFaults
from tests.chaos.judgement import Policy, Trial, problems
from tests.chaos.laboratory import Laboratory
from tests.chaos.patience import OverdueError, wait_until_none
from tests.chaos.run_report import Executor, Report, Setting
from tests.chaos.timeline import Action, timeline
from tests.chaos.traces import Traces
from tests.chaos.worker_process import WorkerProcess

_WAYS: Final[tuple[tuple[Executor, int], ...]] = (("thread", 1), ("thread", 4), ("process", 2))
"""Executors and how many jobs they do at a time."""

_NEW_FIELDS: Final = ("etag", "if-match", "idempotency-key", "prefer", "preference-applied")
"""What servers of 2017 neither send nor heed."""


def run(setting: Setting) -> Report:
    """Do one run and judge it; its files are kept if there are problems."""
    began = time.monotonic()
    traces = Traces(Path(tempfile.mkdtemp(prefix="topchef-chaos-")))
    faults = SeededFaults(setting.seed, rate=setting.rate)
    with (
        Laboratory(traces.db) as laboratory,
        FaultProxy(
            laboratory.url,
            faults,
            blackouts=Blackouts(),
            hidden=() if setting.has_versions else _NEW_FIELDS,
        ) as proxy,
        WorkerProcess(_arguments(setting, laboratory, proxy, traces), traces.log) as worker,
    ):
        found = _disturbed(setting, laboratory, proxy, worker, traces)
        jobs, runs = laboratory.jobs(), traces.runs()
    trial = Trial(setting.policy, setting.jobs, setting.kills, setting.concurrency)
    found += problems(trial, jobs, runs)
    if not found:
        shutil.rmtree(traces.folder)
    return Report(
        setting=setting,
        figures=proxy.figures,
        seconds=time.monotonic() - began,
        runs=len(runs),
        crash_errors=sum(job.is_crash for job in jobs),
        problems=found,
        folder=traces.folder if found else None,
    )


def settle(laboratory: Laboratory, worker: WorkerProcess, traces: Traces) -> list[str]:
    """Wait until nothing is left to do, and have the worker end; what is wrong about that.

    Raises `OverdueError`.
    """
    wait_until_none(lambda: _still(worker) or laboratory.unfinished() or traces.open_entries())
    code = worker.terminate()
    return [f"the worker ended with {code} when it was asked to"] if code else []


def _still(worker: WorkerProcess) -> list[str]:
    """Raises `OverdueError` at once where nobody is there to wait for."""
    if worker.exit_code is not None:
        raise OverdueError(f"the worker ended by itself with {worker.exit_code}: {worker.told}")
    return []


def _disturbed(
    setting: Setting,
    laboratory: Laboratory,
    proxy: FaultProxy,
    worker: WorkerProcess,
    traces: Traces,
) -> list[str]:
    """Play the timeline and wait for the end of it; what is wrong with the worker."""
    try:
        _play(setting, laboratory, proxy, worker)
        found = settle(laboratory, worker, traces)
        # What it gave up may still arrive, and must not undo anything.
        wait_until_none(lambda: [] if proxy.is_quiet else ["a request that was given up"])
    except OverdueError as error:
        return [str(error)]
    return found


def _play(
    setting: Setting, laboratory: Laboratory, proxy: FaultProxy, worker: WorkerProcess
) -> None:
    worker.start()
    began = time.monotonic()
    for moment in timeline(setting.seed, jobs=setting.jobs, kills=setting.kills):
        time.sleep(max(0.0, began + moment.at - time.monotonic()))
        match moment.action:
            case Action.POST:
                laboratory.post()
            case Action.KILL:
                worker.kill()
                killed = time.monotonic()
                worker.start()
                began += time.monotonic() - killed
            case Action.PAUSE:
                worker.send(signal.SIGSTOP)
            case Action.RESUME:
                worker.send(signal.SIGCONT)
            case Action.RESTART:
                laboratory.restart()
                proxy.lead_to(laboratory.url)


def _arguments(
    setting: Setting, laboratory: Laboratory, proxy: FaultProxy, traces: Traces
) -> list[str]:
    return [
        *worker_arguments(proxy.url, laboratory, traces, setting.policy),
        f"--executor={setting.executor}",
        f"--concurrency={setting.concurrency}",
        f"--in-flight={setting.in_flight}",
    ]


def worker_arguments(url: str, laboratory: Laboratory, traces: Traces, policy: Policy) -> list[str]:
    """What a worker has to be told."""
    return [
        f"--url={url}",
        f"--service={laboratory.service_id}",
        f"--journal={traces.journal}",
        f"--ledger={traces.ledger}",
        f"--on-crash={policy.value}",
    ]


def settings(
    runs: int, *, jobs: int, kills: int, seed: int, policies: Sequence[Policy] = tuple(Policy)
) -> list[Setting]:
    """So many runs: all policies, with and without versions, by all executors, in turns."""
    turns = cycle(product(_WAYS, (True, False), policies))
    return [
        Setting(
            seed=seed + number,
            jobs=jobs,
            kills=kills,
            policy=policy,
            executor=executor,
            concurrency=concurrency,
            has_versions=has_versions,
        )
        for number, ((executor, concurrency), has_versions, policy) in zip(
            range(runs), turns, strict=False
        )
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do the runs, tell of each, and say if all were right."""
    parser = argparse.ArgumentParser("tests.chaos.chaos")
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=80)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; one more for each")
    parser.add_argument("--policy", choices=[policy.value for policy in Policy])
    options = parser.parse_args(arguments)
    policies = [Policy(options.policy)] if options.policy else list(Policy)
    failed = 0
    for setting in settings(
        options.runs, jobs=options.jobs, kills=options.kills, seed=options.seed, policies=policies
    ):
        report = run(setting)
        print(report.whole, flush=True)
        failed += bool(report.problems)
    print(f"{options.runs - failed} of {options.runs} runs right", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
