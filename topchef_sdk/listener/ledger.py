"""The live jobs of a listener, in memory and in its journal.

Only this module decides what happens when the journal cannot be written. What has to be there
before something is done (a claim, a run) is refused with `JournalError`: then it is not done. What
is already so (a verdict, an answer) is kept in memory and written as soon as that works again;
until then `is_sound` is False, and no more jobs are taken.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import RLock
from uuid import UUID

from attrs import define, field

from ..api.models import Job
from ..errors import JournalError
from .journal import Journal
from .outcome import Verdict
from .pacing import FIRST_RESEND, Clock, RetryPauses
from .states import LIVE, Entry, State, recovered

_log = logging.getLogger(__name__)


@define(eq=False)
class LiveJob:
    """A job that this listener has to do with, and what only this process knows of it."""

    entry: Entry
    since: float
    """When it was claimed, or found in the journal."""
    details: Job | None = None
    """As the server told it last."""
    due: float = 0.0
    """When it is to be sent or looked at again."""
    run_seconds: float = 0.0
    sends: int = 0
    refusals: int = 0
    """How many times in a row the server failed over it; for reports, while others passed."""
    passed_by: int = 0
    """How many reports of others had passed when it failed last."""
    was_interrupted: bool = False
    """Whether it was Ctrl-C that ended it, in the thread of whoever called `run_iteration`."""
    is_told: bool = False
    """Whether its outcome was told to whoever watches."""
    pauses: RetryPauses = field(factory=lambda: RetryPauses(first=FIRST_RESEND))


class Ledger:
    """All live jobs by their id; safe to share between threads."""

    def __init__(self, journal: Journal, *, clock: Clock = time.monotonic) -> None:
        self._journal = journal
        self._clock = clock
        self._jobs: dict[UUID, LiveJob] = {}
        self._unwritten: dict[UUID, Entry] = {}
        self._turn = RLock()

    def open(
        self, crash_of: Callable[[Entry], Verdict | None], audit_seconds: float
    ) -> list[LiveJob]:
        """Open the journal and mark what the listener before has left; raises `JournalError`.

        `crash_of` says what to report of a job that was running, or None to run it again. An audit
        that was due waits for `audit_seconds` once more: nobody knows since when it did.
        """
        self._journal.open()
        try:
            return [
                self._take_over(record.entry, crash_of, audit_seconds)
                for record in self._journal.records(LIVE)
            ]
        except BaseException:
            # Half of the jobs must not be worked on while the others are forgotten.
            self._jobs.clear()
            self._journal.close()
            raise

    def _take_over(
        self, left: Entry, crash_of: Callable[[Entry], Verdict | None], audit_seconds: float
    ) -> LiveJob:
        entry = recovered(left, crash_of(left) if left.state is State.RUNNING else None)
        self._journal.write(entry, synced=True)
        live = self.add(entry)
        if entry.state is State.AUDIT:
            live.is_told, live.due = True, self._clock() + audit_seconds
        return live

    def close(self) -> None:
        """Write what is left to write, if that works, and close the journal."""
        self.write_rest()
        self._journal.close()

    @property
    def is_open(self) -> bool:
        """Whether the journal is locked and open."""
        return self._journal.is_open

    @property
    def is_durable(self) -> bool:
        """Whether what is in the ledger outlives the process."""
        return self._journal.is_durable and self.is_sound

    @property
    def is_sound(self) -> bool:
        """Whether the journal has all that it has to have."""
        return not self._unwritten

    def in_state(self, *states: State) -> list[LiveJob]:
        """The live jobs in some states, the oldest first."""
        with self._turn:
            return [job for job in self._jobs.values() if job.entry.state in states]

    def get(self, job_id: UUID) -> LiveJob | None:
        """A live job, or None."""
        with self._turn:
            return self._jobs.get(job_id)

    def add(self, entry: Entry) -> LiveJob:
        """A job that was not there before; in memory only."""
        with self._turn:
            return self._jobs.setdefault(entry.job_id, LiveJob(entry, since=self._clock()))

    def demand(self, job: LiveJob, entry: Entry, *, synced: bool = False) -> None:
        """Write an entry before what it says is done; raises `JournalError`, changing nothing."""
        with self._turn:
            self._journal.write(entry, synced=synced)
            self._unwritten.pop(entry.job_id, None)
            job.entry = entry

    def note(self, job: LiveJob, entry: Entry, *, synced: bool = False) -> None:
        """Write an entry of what is already so, now or as soon as that works."""
        with self._turn:
            job.entry = entry
            if entry.state not in LIVE:
                self._jobs.pop(entry.job_id, None)
            self._unwritten[entry.job_id] = entry
            self._write(entry, synced=synced)

    def forget(self, job: LiveJob) -> None:
        """Drop a job of which nothing was written."""
        with self._turn:
            self._jobs.pop(job.entry.job_id, None)

    def write_rest(self) -> bool:
        """Try to write what could not be written; says whether nothing is left."""
        with self._turn:
            return all(self._write(entry, synced=True) for entry in [*self._unwritten.values()])

    def _write(self, entry: Entry, *, synced: bool) -> bool:
        try:
            self._journal.write(entry, synced=synced)
        except JournalError as error:
            _log.error("job %s: %s; no more jobs are taken until that works", entry.job_id, error)
            return False
        self._unwritten.pop(entry.job_id, None)
        return True
