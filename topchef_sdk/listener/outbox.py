"""Bringing verdicts to the server, for ever if need be, and looking after what was doubtful."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

from attrs import evolve

from ..connection import Connection
from ..contract import Contract
from ..errors import NetworkError
from ..exchanges import TaggedJob, results_of
from .answers import Answer, is_servers_fault, meaning_of
from .ledger import Ledger, LiveJob
from .outcome import Ending, Outcome
from .pacing import FIRST_RESEND, Clock, RetryPauses
from .states import Event, State, after, reduced, seen

_log = logging.getLogger(__name__)

MOST_REFUSALS = 20
"""After so many failures of a server over one job, with others passing between any two of them, a
person has to look."""

MOST_AT_ONCE = 6
"""Exchanges in a row over one job: a server whose versions never match must not hold up others."""

_ENDINGS = {
    State.DROPPED: Ending.GONE,
    State.CONFLICT: Ending.OVERRULED,
    State.PARKED: Ending.REFUSED,
}


class Outbox:
    """The verdicts that the server has not got yet, or may not have kept.

    `on_outcome` is told what became of each job, once. `audit_seconds` is for how long a write
    whose answer was lost may still be on its way.
    """

    def __init__(
        self,
        connection: Connection,
        ledger: Ledger,
        *,
        on_outcome: Callable[[Outcome], None],
        audit_seconds: float,
        clock: Clock = time.monotonic,
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._on_outcome = on_outcome
        self._audit_seconds = audit_seconds
        self._clock = clock
        self._deliveries = 0
        self.reports: Contract | None = None
        """The service's result schema, where it is known: reports that it refuses are not sent."""

    @property
    def undelivered(self) -> list[LiveJob]:
        """The jobs whose verdict the server has not got."""
        return self._ledger.in_state(State.DONE)

    def tell_of_undelivered(self) -> int:
        """How many verdicts wait; without a journal on disk the log is all that keeps them."""
        waiting = self.undelivered
        for live in waiting if not self._ledger.is_durable else ():
            text = json.dumps(live.entry.to_send.results)
            _log.error("job %s: undelivered: %s", live.entry.job_id, text)
        return len(waiting)

    def next_due(self) -> LiveJob | None:
        """The job to be seen to first, which may be in the future; None without any."""
        waiting = self._ledger.in_state(State.DONE, State.AUDIT)
        return min(waiting, key=lambda live: live.due, default=None)

    def attend(self, live: LiveJob) -> None:
        """Send a verdict or look after it: one exchange, and those that this leads to at once.

        What fails is due again later. Raises nothing of the network's and nothing of the disk's.
        """
        try:
            for _ in range(MOST_AT_ONCE):
                live.sends += 1
                if not self._exchange(live) or live.entry.state not in (State.DONE, State.AUDIT):
                    return
        except NetworkError as error:
            self._put_off(live, error)
        else:
            live.due = self._clock() + live.pauses.after_failure()

    def _exchange(self, live: LiveJob) -> bool:
        """Exchange once; says whether to go on at once. Raises `NetworkError`."""
        entry = live.entry
        if entry.state is State.AUDIT or entry.is_in_doubt:
            return self._look(live)
        if self._cannot_be_reported(live):
            self._ledger.note(live, reduced(entry, "the result schema does not admit it"))
            return True
        try:
            verdict = entry.to_send
            changed = self._connection.change_job(
                entry.job_id,
                verdict.status,
                verdict.results,
                known=live.details,
                if_match=entry.etag,
                key=None if entry.etag is None else f"{entry.key}-{entry.attempt}-{_form(live)}",
            )
        except NetworkError as error:
            return self._failed(live, error)
        self._keep_version(live, changed)
        self._happened(live, Event.ACCEPTED)
        return False

    def _look(self, live: LiveJob) -> bool:
        try:
            tagged = self._connection.get_tagged_job(live.entry.job_id)
        except NetworkError as error:
            if meaning_of(error) is not Answer.GONE:
                raise
            self._happened(live, Event.GONE)
            return False
        self._keep_version(live, tagged)
        event = seen(live.entry, tagged.job.status, results_of(tagged.job))
        if event is Event.UNDONE:
            _log.warning("job %s was undone by a late write; it is reported again", tagged.job.id)
        self._happened(live, event)
        return event is not Event.ACCEPTED

    def _failed(self, live: LiveJob, error: NetworkError) -> bool:
        """Note what a failed report means; says whether to go on at once, or raises the error."""
        match meaning_of(error):
            case Answer.GONE:
                self._happened(live, Event.GONE)
            case Answer.CHANGED:
                live.entry = after(live.entry, Event.IN_DOUBT)
            case Answer.REFUSED | Answer.TOO_LARGE as answer:
                is_too_large = answer is Answer.TOO_LARGE
                entry = reduced(live.entry, str(error), is_too_large=is_too_large)
                _log.warning("job %s: the server refused its outcome: %s", entry.job_id, error)
                self._ledger.note(live, entry)
                self._tell_if_over(live)
            case Answer.UNKNOWN:
                live.entry = after(live.entry, Event.IN_DOUBT)
                raise error
            case Answer.NOT_NOW:
                raise error
        return True

    def _happened(self, live: LiveJob, event: Event) -> None:
        self._ledger.note(live, after(live.entry, event), synced=event is Event.UNDONE)
        if event is Event.ACCEPTED:
            self._deliveries += 1
            live.refusals = 0
            live.pauses = RetryPauses(first=FIRST_RESEND)
            live.due = self._clock() + self._audit_seconds
        self._tell_if_over(live)

    def _put_off(self, live: LiveJob, error: NetworkError) -> None:
        pause = live.pauses.after_failure()
        live.due = self._clock() + max(pause, getattr(error, "retry_after", None) or 0.0)
        _log.warning("job %s: will be reported again: %s", live.entry.job_id, error)
        if not is_servers_fault(error) or live.entry.state is not State.DONE:
            return
        # While nothing passes at all it is not this job's fault.
        if live.refusals == 0 or live.passed_by < self._deliveries:
            live.refusals, live.passed_by = live.refusals + 1, self._deliveries
        if live.refusals >= MOST_REFUSALS:
            self._happened(live, Event.UNACCEPTABLE)

    def _cannot_be_reported(self, live: LiveJob) -> bool:
        """Whether it is an error report that the service's result schema has no place for."""
        verdict = live.entry.to_send
        if verdict.is_right or verdict.results is None or self.reports is None:
            return False
        return bool(self.reports.violations(verdict.results))

    def _keep_version(self, live: LiveJob, tagged: TaggedJob) -> None:
        live.details = tagged.job
        if live.entry.etag is not None:
            live.entry = evolve(live.entry, etag=tagged.etag)

    def _tell_if_over(self, live: LiveJob) -> None:
        state, verdict = live.entry.state, live.entry.to_send
        if state is State.DONE:
            return
        ending = _ENDINGS.get(state, Ending.COMPLETED if verdict.is_right else Ending.FAILED)
        if ending in (Ending.OVERRULED, Ending.REFUSED, Ending.GONE):
            # Nobody else has these results: without a journal on disk only the log keeps them.
            kept = live.entry.verdict or verdict
            text = json.dumps(kept.results if kept.computed is None else kept.computed)
            _log.error("job %s: %s: %s", live.entry.job_id, ending.value, text)
        if live.is_told:
            return
        live.is_told = True
        self._on_outcome(
            Outcome(
                ending,
                live.entry.job_id,
                verdict.message,
                seconds=self._clock() - live.since,
                kind=verdict.kind,
                attempt=live.entry.attempt,
                run_seconds=live.run_seconds,
                sends=live.sends,
            )
        )


def _form(live: LiveJob) -> str:
    """Which form of a verdict is sent: each has a key of its own."""
    if live.entry.lesser is None:
        return "whole"
    return "bare" if live.entry.lesser.is_bare else "lesser"
