"""Where a job stands with its listener: the core, without any I/O.

What the journal keeps of a job is an `Entry`. Everything that happens to it is an `Event`, and
`TABLE` says where that leads; an event that has no place there is a bug and raises. What a look at
the server means is `seen`, and what is left to do after a crash of the listener is `recovered`.
"""

from __future__ import annotations

from enum import Enum
from uuid import UUID

from attrs import evolve, frozen

from ..api import JsonObject
from ..api.models import JobStatus
from .outcome import Verdict


class State(Enum):
    """How far a job has come. The first four are live; the others are ends."""

    CLAIMING = "claiming"
    """WORKING is on its way to the server; nothing was run."""
    RUNNING = "running"
    """The server has answered; the handler is about to be called, or runs. Synced before."""
    DONE = "done"
    """The handler has ended, and its verdict is here. Synced before it is sent."""
    AUDIT = "audit"
    """The server has the verdict, but an older write may still land and undo it: look again."""

    ACKED = "acked"
    """The server has the verdict."""
    DROPPED = "dropped"
    """The server has no such job any more."""
    CONFLICT = "conflict"
    """The server has another's verdict; ours stays in the journal."""
    PARKED = "parked"
    """The server takes nothing for this job, not even a bare ERROR: for a person to look at."""
    SKIPPED = "skipped"
    """Somebody else's job: it was never run here."""
    RELEASED = "released"
    """Handed back to the queue."""


LIVE = frozenset({State.CLAIMING, State.RUNNING, State.DONE, State.AUDIT})
FORGOTTEN = frozenset({State.SKIPPED, State.RELEASED})
"""Ends that leave nothing in the journal: nothing was computed."""


class Event(Enum):
    """What can happen to a job."""

    IN_DOUBT = "the answer to a write was lost: the server may have acted"
    FREE = "the server has not acted: the write can be sent again"
    GONE = "the server has no such job"
    TAKEN = "the job is ours, the server says"
    NOT_OURS = "somebody else has the job"
    FINISHED = "the handler has ended, right or wrong"
    CRASHED = "whoever ran the job has died; it is reported"
    REPEATED = "whoever ran the job has died; it is run again"
    HANDED_BACK = "the job is in the queue again"
    ACCEPTED = "the server has the verdict"
    REFUSED = "the server does not take the verdict; a lesser one follows"
    UNACCEPTABLE = "the server does not even take a bare ERROR"
    UNDONE = "a late write has undone the verdict"
    OVERRULED = "the job has ended with another's verdict"


TABLE: dict[tuple[State, Event], State] = {
    (State.CLAIMING, Event.IN_DOUBT): State.CLAIMING,
    (State.CLAIMING, Event.FREE): State.CLAIMING,
    (State.CLAIMING, Event.TAKEN): State.RUNNING,
    (State.CLAIMING, Event.NOT_OURS): State.SKIPPED,
    (State.CLAIMING, Event.GONE): State.SKIPPED,
    (State.CLAIMING, Event.HANDED_BACK): State.RELEASED,
    (State.RUNNING, Event.IN_DOUBT): State.RUNNING,
    (State.RUNNING, Event.FINISHED): State.DONE,
    (State.RUNNING, Event.CRASHED): State.DONE,
    (State.RUNNING, Event.REPEATED): State.CLAIMING,
    (State.RUNNING, Event.HANDED_BACK): State.RELEASED,
    (State.DONE, Event.IN_DOUBT): State.DONE,
    (State.DONE, Event.FREE): State.DONE,
    (State.DONE, Event.REFUSED): State.DONE,
    (State.DONE, Event.UNACCEPTABLE): State.PARKED,
    (State.DONE, Event.ACCEPTED): State.ACKED,  # AUDIT, where an older write may still land
    (State.DONE, Event.OVERRULED): State.CONFLICT,
    (State.DONE, Event.GONE): State.DROPPED,
    (State.AUDIT, Event.ACCEPTED): State.ACKED,
    (State.AUDIT, Event.UNDONE): State.DONE,
    (State.AUDIT, Event.OVERRULED): State.CONFLICT,
    (State.AUDIT, Event.GONE): State.DROPPED,
}


@frozen(kw_only=True)
class Entry:
    """What the journal keeps of a job."""

    job_id: UUID
    state: State = State.CLAIMING
    attempt: int = 1
    etag: str | None = None
    """The version of the job that the next write is for, where the server has versions."""
    key: str | None = None
    """The claim's `Idempotency-Key`: by it the server tells whether a claim was ours."""
    is_ours: bool = False
    """Whether the server has said that the job is ours."""
    is_in_doubt: bool = False
    """Whether the server may have acted on the last write, whose answer was lost."""
    needs_audit: bool = False
    """Whether a write from before the verdict may still be on its way, and would undo it."""
    verdict: Verdict | None = None
    """How the job ended."""
    lesser: Verdict | None = None
    """What is reported in its place, because the server did not take that."""

    @property
    def to_send(self) -> Verdict:
        """The verdict to report; raises `ValueError` for jobs that have none."""
        for verdict in self.verdicts:
            return verdict
        raise ValueError(f"job {self.job_id} is {self.state.name} and has no verdict")

    @property
    def is_with_server(self) -> bool:
        """Whether the server has all that was computed, so that nobody needs the journal for it."""
        is_computed_only_here = self.verdict is not None and self.verdict.computed is not None
        return self.state is State.ACKED and self.lesser is None and not is_computed_only_here

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All that may have been reported, the last first: the one before may land after it."""
        return tuple(one for one in (self.lesser, self.verdict) if one is not None)


def after(entry: Entry, event: Event) -> Entry:
    """The entry after an event; raises `ValueError` for one that cannot happen to it."""
    state = TABLE.get((entry.state, event))
    if state is None:
        raise ValueError(f"job {entry.job_id}: {event.name} cannot happen in {entry.state.name}")
    if entry.state is State.DONE and state is State.ACKED and entry.needs_audit:
        state = State.AUDIT
    return evolve(
        entry,
        state=state,
        attempt=entry.attempt + (event is Event.REPEATED),
        is_ours=entry.is_ours or event is Event.TAKEN,
        is_in_doubt=event is Event.IN_DOUBT,
        # A verdict that lands twice does no harm; a claim that lands after it does.
        needs_audit=entry.needs_audit or (event is Event.IN_DOUBT and entry.verdict is None),
    )


def finished(entry: Entry, verdict: Verdict, event: Event = Event.FINISHED) -> Entry:
    """The entry of a job that has ended."""
    return evolve(after(entry, event), verdict=verdict)


def reduced(entry: Entry, reason: str, *, is_too_large: bool = False) -> Entry:
    """The entry after the server refused its verdict: results become a report, a report bare."""
    verdict = entry.to_send
    if verdict.is_bare:
        return after(entry, Event.UNACCEPTABLE)
    lesser = verdict.bare() if not verdict.is_right else verdict.refused(reason, is_too_large)
    return evolve(after(entry, Event.REFUSED), lesser=lesser)


def seen(entry: Entry, status: JobStatus, results: JsonObject | None) -> Event:
    """What it means that the server has the job in this status, with these results."""
    if entry.state is State.CLAIMING:
        if status is JobStatus.REGISTERED:
            return Event.FREE
        # Without versions nobody else takes jobs: then it was the claim whose answer was lost.
        is_claimed = entry.is_ours or (entry.needs_audit and entry.etag is None)
        return Event.TAKEN if is_claimed and status is JobStatus.WORKING else Event.NOT_OURS
    if any(sent.is_reported_by(status, results) for sent in entry.verdicts):
        return Event.ACCEPTED
    if status in (JobStatus.COMPLETED, JobStatus.ERROR):
        return Event.OVERRULED
    return Event.UNDONE if entry.state is State.AUDIT else Event.FREE


def recovered(entry: Entry, crash: Verdict | None) -> Entry:
    """The entry as a new listener finds it that takes the place of one that has died.

    What was on its way may have arrived or not, and may still arrive. A job that was running gets
    `crash` for its verdict, or is run once more where that is None.
    """
    match entry.state:
        case State.CLAIMING | State.DONE:
            return after(entry, Event.IN_DOUBT)
        case State.RUNNING:
            is_repeated = crash is None
            again = after(entry, Event.REPEATED if is_repeated else Event.CRASHED)
            return evolve(again, verdict=crash, needs_audit=True)
        case _:
            return entry
