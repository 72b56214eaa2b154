"""The worker of the harness: a listener that tells a ledger of each run, to be killed.

    python -m tests.chaos.worker --url URL --service ID --journal FILE --ledger FILE

It prints `begins` before it begins to work, and `heeds` once it heeds signals. With `--die-at N` it ends right after the N-th write of
its journal, with `--die-before N` right before it.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final, Literal, NoReturn

from tests.chaos import ledger
from tests.chaos.service import results_for
from tests.chaos.worker_process import BEGINS, HEEDS
from topchef_sdk import Client, ServiceListener, Timeout
from topchef_sdk.api import JsonObject
from topchef_sdk.listener import Journal
from topchef_sdk.listener.crew import ExecutorFactory
from topchef_sdk.listener.states import Entry

LEDGER: Final = "TOPCHEF_CHAOS_LEDGER"
"""Names the ledger to the processes of an executor, too."""

DIED: Final = 137
"""The exit code of a worker that ended as it was told to: that of one that was killed."""

TIMEOUT: Final = Timeout(connect=1, read=1, total=2)

SHORT_WORK: Final = 0.02
LONG_WORK: Final = 1.0
"""Seconds that a job takes at most: most jobs, and each fourth."""


class Appending(ServiceListener):
    """Doubles numbers, and tells the ledger before it does."""

    def run(self, parameters: JsonObject) -> JsonObject:
        number = int(parameters["number"])
        ledger.append(
            Path(os.environ[LEDGER]), ledger.Run(number, self.context.attempt, os.getpid())
        )
        longest = LONG_WORK if number % 4 == 3 else SHORT_WORK
        time.sleep(random.Random(number).uniform(0, longest))
        return results_for(number)


class MortalJournal(Journal):
    """Ends the process right after the so many-th time that it has written, or right before."""

    def __init__(self, path: Path, *, after: int | None, before: int | None) -> None:
        super().__init__(path)
        self._writes = count(1)
        self._after = after
        self._before = before

    def write(self, entry: Entry, *, synced: bool = False) -> None:
        """Write an entry, unless this is the end, and end if that was the last one."""
        write = next(self._writes)
        if write == self._before:
            os._exit(DIED)
        super().write(entry, synced=synced)
        if write == self._after:
            os._exit(DIED)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Work until a signal."""
    options = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    os.environ[LEDGER] = str(options.ledger)
    journal = MortalJournal(options.journal, after=options.die_at, before=options.die_before)
    with Client(options.url, timeout=TIMEOUT) as client:
        listener = Appending(
            client,
            options.service,
            journal=journal,
            on_crash=options.on_crash,
            max_attempts=50,
            in_flight=options.in_flight,
            executor=_executor(options),
            concurrency=options.concurrency,
        )
        say(BEGINS)
        threading.Thread(target=say_when_it_heeds, daemon=True).start()
        sys.exit(listener.work())


def say(word: str) -> None:
    """Tell the harness something, at once and in one piece."""
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


def say_when_it_heeds() -> None:
    """Wait until a signal would be heeded, and say so."""
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        time.sleep(0.01)
    say(HEEDS)


def _executor(options: _Options) -> ExecutorFactory | None:
    if options.executor == "thread":
        return None
    # The listener has threads, which a fork would copy in whatever they do.
    context = multiprocessing.get_context("spawn")
    return partial(ProcessPoolExecutor, options.concurrency, mp_context=context)


class _Options(argparse.Namespace):
    url: str
    service: str
    journal: Path
    ledger: Path
    on_crash: Literal["error", "retry"]
    die_at: int | None
    die_before: int | None
    executor: Literal["thread", "process"]
    concurrency: int
    in_flight: float


def _options(arguments: Sequence[str] | None) -> _Options:
    parser = argparse.ArgumentParser("tests.chaos.worker")
    parser.add_argument("--url", required=True)
    parser.add_argument("--service", required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--on-crash", choices=("error", "retry"), default="error")
    parser.add_argument("--die-at", type=int)
    parser.add_argument("--die-before", type=int)
    parser.add_argument("--executor", choices=("thread", "process"), default="thread")
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--in-flight", type=float, default=3.0)
    return parser.parse_args(arguments, namespace=_Options())


if __name__ == "__main__":
    main()
