"""A listener as a program in whose jobs a test can interfere, and a dask cluster for it.

    python -m tests.listener.instrument --url URL --service ID --place FOLDER --executor process
    python -m tests.listener.instrument --cluster

Its jobs tell a diary in the folder what they do, and hold until they are released if told to. A
cluster says where it is. Both end at once with their input: that is with whoever started them.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from attrs import frozen

from topchef_sdk import ServiceListener
from topchef_sdk.api import JsonObject

_GLANCE: Final = 0.02
"""Seconds between two looks for a file."""


@frozen
class Line:
    """Something that happened in a process."""

    what: str
    pid: int
    job_id: UUID | None = None


@frozen
class Diary:
    """What happened in many processes, in the order in which it did."""

    place: Path

    def note(self, what: str, job_id: UUID | None = None) -> None:
        """Add a line, in one piece."""
        with (self.place / "diary").open("ab", buffering=0) as file:
            file.write(f"{what} {os.getpid()} {job_id or ''}\n".encode())

    def lines(self, what: str) -> list[Line]:
        """All lines that say so."""
        path = self.place / "diary"
        lines = path.read_text("ascii").splitlines() if path.exists() else []
        return [_line(*line.split()) for line in lines if line.split()[0] == what]

    def release(self) -> None:
        """Let jobs that hold go on."""
        (self.place / "released").touch()

    def hold(self, unless: Callable[[], bool]) -> None:
        """Wait until released."""
        while not (self.place / "released").exists() and not unless():
            time.sleep(_GLANCE)


def _line(what: str, pid: str, job_id: str | None = None) -> Line:
    return Line(what, int(pid), None if job_id is None else UUID(job_id))


class Instrument(ServiceListener):
    """Adds one. A job that says `hold` does so in its first attempt, until it is released."""

    diary: Diary

    def setup(self) -> None:
        self.diary.note("setup")

    def teardown(self) -> None:
        self.diary.note("teardown")

    def run(self, parameters: JsonObject) -> JsonObject:
        context = self.context
        self.diary.note("begun", context.job_id)
        if parameters.get("hold") and context.attempt == 1:
            self.diary.hold(unless=lambda: context.cancelled)
        if context.cancelled:
            raise RuntimeError("cancelled while it held")
        self.diary.note("ended", context.job_id)
        return {"value": parameters["value"] + 1}


class _Options(argparse.Namespace):
    cluster: bool
    url: str
    service: str
    place: Path
    executor: str
    concurrency: int
    on_crash: Literal["error", "retry"]


def main() -> int:
    """Work until a signal, or be a cluster."""
    told = _options()
    if told.cluster:
        be_a_cluster()
        return 0
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    threading.Thread(target=_end_with_input, daemon=True).start()
    listener = Instrument(
        told.url,
        told.service,
        journal=told.place / "journal",
        executor=_executor(told),
        concurrency=told.concurrency,
        on_crash=told.on_crash,
    )
    listener.diary = Diary(told.place)
    return listener.work()


def _end_with_input() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _executor(told: _Options) -> Executor | Callable[[], Executor]:
    match told.executor:
        case "thread":
            return partial(ThreadPoolExecutor, told.concurrency)
        case "process":
            # The listener has threads, which a fork would copy in whatever they do.
            context = multiprocessing.get_context("spawn")
            return partial(ProcessPoolExecutor, told.concurrency, mp_context=context)
        case address:
            _, distributed = _dask()
            executor: Executor = distributed.Client(address).get_executor(pure=False, retries=0)
            return executor


def be_a_cluster() -> None:
    """Two workers of two threads each, which run no task again whose worker died."""
    dask, distributed = _dask()
    dask.config.set({"distributed.scheduler.allowed-failures": 0})
    size = {"n_workers": 2, "threads_per_worker": 2}
    with distributed.LocalCluster(**size, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


def _dask() -> tuple[Any, Any]:
    """Packages of which type checkers know nothing, and which take a second to import."""
    import dask
    import distributed

    return dask, distributed


def _options() -> _Options:
    parser = argparse.ArgumentParser("tests.listener.instrument")
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--url")
    parser.add_argument("--service")
    parser.add_argument("--place", type=Path)
    parser.add_argument("--executor", default="thread")
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--on-crash", choices=("error", "retry"), default="error")
    return parser.parse_args(namespace=_Options())


if __name__ == "__main__":
    sys.exit(main())
