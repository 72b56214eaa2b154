"""Sending what waits in a journal, without a listener."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.listener.laboratory import ONCE, URL, Laboratory, laboratory
from tests.sdk.carriers import Counting, Fault, Faulty
from topchef_sdk import Client, JobStatus, JournalError
from topchef_sdk.api import Request, Response, Transport, TransportError
from topchef_sdk.listener import Journal
from topchef_sdk.listener.flush import Flushed, flush
from topchef_sdk.listener.outcome import Verdict
from topchef_sdk.listener.states import Entry, State


@pytest.fixture
def lab() -> Iterator[Laboratory]:
    with laboratory() as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, _event: threading.Event, seconds: float) -> bool:
        self.now += seconds
        return False


def keep(path: Path, *entries: Entry) -> None:
    journal = Journal(path)
    journal.open()
    for entry in entries:
        journal.write(entry)
    journal.close()


def kept(path: Path) -> list[Entry]:
    journal = Journal(path)
    journal.open()
    entries = [record.entry for record in journal.records()]
    journal.close()
    return entries


def done(lab: Laboratory, value: int, state: State = State.DONE) -> Entry:
    """A job that was done, and whose outcome waits."""
    job = lab.post(value)
    job.report(JobStatus.WORKING)
    verdict = Verdict(True, {"value": value + 1})
    return Entry(job_id=job.id, state=state, verdict=verdict, is_ours=True)


def flushed(path: Path, carrier: Transport) -> Flushed:
    clock = Clock()
    client = Client(URL, transport=carrier, retry=ONCE)
    return flush(client.connection, path, wait=clock.wait, clock=clock)


def test_an_outcome_that_has_arrived_already_is_not_sent_again(lab: Laboratory, path: Path) -> None:
    entry = done(lab, 1)
    [job] = lab.service.jobs
    job.report(JobStatus.COMPLETED, {"value": 2})
    keep(path, entry)
    carrier = Counting(lab.server)

    assert Flushed(settled=1, left=0) == flushed(path, carrier)
    assert {"GET": 1} == carrier.requests
    assert [State.ACKED] == [one.state for one in kept(path)]


def test_what_fails_is_sent_again_while_there_is_time(lab: Laboratory, path: Path) -> None:
    keep(path, done(lab, 1))
    faults = [Fault.REFUSED, Fault.BROKEN_SERVER, Fault.NONE, Fault.LOST_REPLY]

    assert Flushed(settled=1, left=0) == flushed(path, Faulty(lab.server, faults))
    assert [{"value": 2}] == [job.results for job in lab.service.jobs]


def test_what_cannot_be_sent_in_time_stays_as_it_was(lab: Laboratory, path: Path) -> None:
    entry = done(lab, 1)
    keep(path, entry, done(lab, 2, State.PARKED))

    class Gone(Counting):
        def send(self, request: Request) -> Response:
            self.requests[request.method] += 1
            raise TransportError("connection refused", sent=False)

    carrier = Gone(lab.server)
    assert Flushed(settled=0, left=2) == flushed(path, carrier)
    assert 2 < carrier.total < 200
    assert {State.DONE, State.PARKED} == {one.state for one in kept(path)}
    assert all(one.verdict is not None for one in kept(path))


def test_one_outcome_that_fails_does_not_hold_up_another(lab: Laboratory, path: Path) -> None:
    bad, good = done(lab, 1), done(lab, 2)
    keep(path, bad, good)

    class FailsForOne(Counting):
        def send(self, request: Request) -> Response:
            if str(bad.job_id) in request.url:
                raise TransportError("connection reset", sent=True)
            return super().send(request)

    assert Flushed(settled=1, left=1) == flushed(path, FailsForOne(lab.server))
    assert {bad.job_id: State.DONE, good.job_id: State.ACKED} == {
        one.job_id: one.state for one in kept(path)
    }


def test_what_the_server_refused_once_is_sent_as_it_was_computed(
    lab: Laboratory, path: Path
) -> None:
    entry = done(lab, 1, State.PARKED)
    verdict = entry.to_send
    keep(
        path,
        Entry(
            job_id=entry.job_id,
            state=State.PARKED,
            verdict=verdict,
            lesser=verdict.refused("a server that was wrong", False).bare(),
        ),
    )

    assert Flushed(settled=1, left=0) == flushed(path, lab.server)
    [job] = lab.service.jobs
    assert (JobStatus.COMPLETED, {"value": 2}) == (job.status, job.results)


def test_a_job_that_ended_otherwise_meanwhile_is_settled_and_keeps_our_results(
    lab: Laboratory, path: Path
) -> None:
    entry = done(lab, 1)
    [job] = lab.service.jobs
    job.report(JobStatus.COMPLETED, {"value": 99})
    keep(path, entry)

    assert Flushed(settled=1, left=0) == flushed(path, lab.server)
    [after] = kept(path)
    assert (State.CONFLICT, entry.verdict) == (after.state, after.verdict)
    assert {"value": 99} == lab.client.jobs[0].results


def test_a_journal_that_somebody_works_with_is_left_alone(lab: Laboratory, path: Path) -> None:
    keep(path, done(lab, 1))
    journal = Journal(path)
    journal.open()
    carrier = Counting(lab.server)
    with pytest.raises(JournalError, match="another listener"):
        flushed(path, carrier)
    journal.close()

    assert 0 == carrier.total


def test_a_flush_that_is_interrupted_lets_go_of_the_journal(lab: Laboratory, path: Path) -> None:
    keep(path, done(lab, 1))

    class Interrupted(Counting):
        def send(self, request: Request) -> Response:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        flushed(path, Interrupted(lab.server))

    assert Flushed(settled=1, left=0) == flushed(path, lab.server)
