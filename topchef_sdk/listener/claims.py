"""Taking jobs from a service's queue: only this module knows what a claim is.

A job is claimed by setting it to WORKING, and how safe that is depends on the server. Where it
keeps versions (`ETag`, RFC 9110, section 8.8.3) the claim is for the version that was looked at
(`If-Match`), so of two listeners one wins. Servers of both generations hand one job to all who
ask: there a claim promises something only while one listener works for the service, or each for
its own shard. Which it is, is asked of the server with the first job.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from math import inf
from uuid import UUID, uuid4

from attrs import evolve, frozen

from ..api.models import JobStatus, JobSummary
from ..connection import Connection
from ..errors import JournalError, NetworkError
from ..exchanges import Polled, TaggedJob, results_of
from .answers import Answer, meaning_of
from .ledger import Ledger, LiveJob
from .pacing import Clock
from .shard import ALL, Shard
from .states import Entry, Event, State, after, seen

_log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which what the queue said of a job is believed without asking again."""

FULL_QUEUE = 10
"""How many jobs a queue shows at most, on 2.0: behind them there may be more."""

MOST_TRIES = 3
"""After so many failures in a row a claim waits until others have had their turn."""

MOST_BEGUN = 10
"""With so many claims that came to no end no others are begun: it is not a single job's fault."""


@frozen
class _Waiting:
    """A job that can perhaps be claimed."""

    job_id: UUID
    known_until: float
    """Until when it is believed that nobody has it, by this listener's clock."""


class Claims:
    """The jobs of one service, taken one after the other."""

    def __init__(
        self,
        connection: Connection,
        service_id: UUID,
        ledger: Ledger,
        *,
        shard: Shard = ALL,
        clock: Clock = time.monotonic,
    ) -> None:
        self._connection = connection
        self._service_id = service_id
        self._ledger = ledger
        self._shard = shard
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self.keeps_versions: bool | None = None
        """Whether the server keeps versions of jobs; None until a job was seen."""

    def take(self) -> LiveJob | None:
        """The next job that could be claimed, in state CLAIMING and ours; None if none is left.

        Those come first whose claim was begun before; where that fails again and again they come
        last, since one job that the server stumbles over must not hold up all others. Raises
        `NetworkError` while the server cannot be asked, or nobody knows whose a job is, and
        `JournalError`; nothing is lost then.
        """
        begun = self._ledger.in_state(State.CLAIMING)
        for live in begun:
            if live.refusals < MOST_TRIES and self._claim(live, None):
                return live
        while self._waiting:
            waiting = self._waiting.popleft()
            found = self._claimable(waiting.job_id, may_begin=len(begun) < MOST_BEGUN)
            if found is not None and self._claim(found, waiting):
                return found
        return None

    def forget_waiting(self) -> None:
        """Forget what was read of the queue; nothing of it was claimed."""
        self._waiting.clear()

    def poll(self, wait: int = 0) -> Polled:
        """Read the queue; a server that can may take `wait` seconds to find a job."""
        has_others = bool(self._ledger.in_state(State.CLAIMING))
        polled = self._connection.poll_queue(self._service_id, wait=0 if has_others else wait)
        if len(polled.jobs) >= FULL_QUEUE and not any(map(self._is_mine, polled.jobs)):
            # Jobs that are not for us, such as those of a shard that nobody works for, would hide
            # all that is behind them.
            jobs = self._connection.list_service_jobs(self._service_id)
            return evolve(polled, jobs=jobs)
        return polled

    def add(self, polled: Polled) -> int:
        """Remember what can be claimed of what the queue has; returns how much there is now."""
        known_until = self._clock() + FRESH
        mine = [job for job in polled.jobs if self._is_mine(job)]
        self._waiting.extend(_Waiting(job.id, known_until) for job in mine)
        begun = self._ledger.in_state(State.CLAIMING)
        self._waiting.extend(_Waiting(live.entry.job_id, -inf) for live in begun)
        return len(self._waiting)

    def hand_back(self, live: LiveJob) -> bool:
        """Put a job that was claimed and not done into the queue again; says if that worked."""
        try:
            if not live.entry.is_ours and not self._claim(live, None):
                return True
            if self._may_land_late(live) and self._ledger.is_durable:
                _log.warning("job %s is kept: a claim is still on its way", live.entry.job_id)
                return False
            self._set(live, JobStatus.REGISTERED)
        except (NetworkError, JournalError) as error:
            _log.warning("job %s could not be handed back: %s", live.entry.job_id, error)
            return False
        self._ledger.note(live, after(live.entry, Event.HANDED_BACK))
        return True

    def _claimable(self, job_id: UUID, *, may_begin: bool) -> LiveJob | None:
        live = self._ledger.get(job_id)
        if live is None:
            return self._ledger.add(Entry(job_id=job_id)) if may_begin else None
        return live if live.entry.state is State.CLAIMING else None

    def _is_mine(self, job: JobSummary) -> bool:
        return (
            job.status is JobStatus.REGISTERED
            and self._shard.has(job.id)
            and self._ledger.get(job.id) is None
        )

    def _may_land_late(self, live: LiveJob) -> bool:
        """Whether a claim may still land, and set the job to WORKING when nobody works on it.

        Where the server keeps versions it is too late for that.
        """
        return live.entry.needs_audit and live.entry.etag is None

    def _claim(self, live: LiveJob, waiting: _Waiting | None) -> bool:
        """Claim a job; raises `NetworkError` while nobody knows whose it is."""
        try:
            event = self._look(live) if self._has_to_look(live, waiting) else Event.FREE
            if event is Event.FREE:
                event = self._ask_for(live)
        except NetworkError as error:
            live.refusals += 1
            meaning = _meaning(live.entry, meaning_of(error))
            if meaning is None:
                raise
            event = meaning
            _log.info("job %s is not taken: %s", live.entry.job_id, error)
        if event is Event.TAKEN:
            live.entry, live.refusals = evolve(live.entry, is_ours=True), 0
            return True
        self._ledger.note(live, after(live.entry, event))
        return False

    def _has_to_look(self, live: LiveJob, waiting: _Waiting | None) -> bool:
        """Whether a claim needs to know more than that the job was in the queue."""
        entry = live.entry
        if entry.etag is not None:
            return False  # asked for again by the same key, the server itself knows whose it is
        is_fresh = waiting is not None and self._clock() <= waiting.known_until
        may_be_ours = entry.is_ours or entry.needs_audit
        return may_be_ours or not is_fresh or self.keeps_versions is not False

    def _look(self, live: LiveJob) -> Event:
        tagged = self._connection.get_tagged_job(live.entry.job_id)
        live.details = tagged.job
        event = seen(live.entry, tagged.job.status, results_of(tagged.job))
        if self.keeps_versions is None and event is Event.FREE:
            self.keeps_versions = self._connection.is_if_match_honoured(tagged)
        if self.keeps_versions:
            live.entry = evolve(live.entry, etag=tagged.etag)
        return event

    def _ask_for(self, live: LiveJob) -> Event:
        """Send the claim, which is in the journal before."""
        entry = evolve(live.entry, key=live.entry.key or uuid4().hex)
        self._ledger.demand(live, entry)
        # Without versions a claim that is sent twice may land after the verdict. With a key it
        # would be sent again where nobody sees it.
        tagged = self._set(live, JobStatus.WORKING, key=entry.etag and entry.key)
        live.details = tagged.job
        if entry.etag is not None:
            live.entry = evolve(live.entry, etag=tagged.etag)
        return Event.TAKEN

    def _set(self, live: LiveJob, status: JobStatus, key: str | None = None) -> TaggedJob:
        """Change a job's status; where nobody knows whether that was done, this is noted."""
        try:
            return self._connection.change_job(
                live.entry.job_id, status, known=live.details, if_match=live.entry.etag, key=key
            )
        except NetworkError as error:
            if meaning_of(error) is Answer.UNKNOWN:
                self._ledger.note(live, after(live.entry, Event.IN_DOUBT))
            raise


def _meaning(entry: Entry, answer: Answer) -> Event | None:
    """What it means for a job that its claim has failed; None where nobody knows."""
    if answer is Answer.GONE:
        return Event.GONE
    if answer is Answer.CHANGED and entry.etag is not None:
        return Event.NOT_OURS
    # A refusal says nothing of the claims before it.
    is_first = not entry.is_ours and not entry.needs_audit
    is_refused = answer in (Answer.CHANGED, Answer.REFUSED, Answer.TOO_LARGE)
    return Event.NOT_OURS if is_first and is_refused else None
