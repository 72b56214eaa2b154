"""The parts of a listener that speak to a server, without what runs jobs: claims and an outbox."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from attrs import define, field

from tests.listener.laboratory import ONCE, URL
from tests.listener.plain import Plain
from tests.sdk.carriers import Fault, Faulty
from tests.sdk.generation_1 import Generation1
from tests.sdk.servers import ANY_OBJECT, Recording
from topchef_sdk import NetworkError, Outcome, RetryPolicy
from topchef_sdk.api import JsonObject, Request, Response, Transport
from topchef_sdk.api.models import Job, JobStatus, NewService
from topchef_sdk.connection import Connection
from topchef_sdk.exchanges import results_of
from topchef_sdk.listener.claims import Claims
from topchef_sdk.listener.journal import Journal, records_of
from topchef_sdk.listener.ledger import Ledger, LiveJob
from topchef_sdk.listener.outbox import Outbox
from topchef_sdk.listener.outcome import Verdict
from topchef_sdk.listener.shard import ALL, Shard
from topchef_sdk.listener.states import Entry, Event, State, after, finished
from topchef_sdk.server import in_process_transport

Kind = Literal["1.0", "plain", "tagged"]
KINDS: tuple[Kind, ...] = ("1.0", "plain", "tagged")
"""Servers: of 1.0; of 2.0; of 2.0 with versions, keys and waiting."""

AUDIT_SECONDS = 120.0
RIGHT = Verdict(True, {"value": 1})


class Instead:
    """Answers some requests itself, with what is next in line; the others are carried."""

    def __init__(self, carrier: Transport) -> None:
        self._carrier = carrier
        self._planned: list[tuple[Callable[[Request], bool], Response]] = []
        self.before: Callable[[Request], None] | None = None
        """Called before each request."""

    def answer(self, meant: Callable[[Request], bool], *answers: Response) -> None:
        """Give these answers, one to each of the next requests that are meant."""
        self._planned.extend((meant, answer) for answer in answers)

    def send(self, request: Request) -> Response:
        """Carry a request, or answer it."""
        if self.before is not None:
            self.before(request)
        for planned in self._planned:
            meant, answer = planned
            if meant(request):
                self._planned.remove(planned)
                return answer
        return self._carrier.send(request)

    def close(self) -> None:
        """Close the carrier."""
        self._carrier.close()


def is_change(request: Request) -> bool:
    """Whether a request changes a job; the probe for versions changes nothing."""
    return request.method in ("PATCH", "PUT") and b"status" in request.whole_body


def is_look(request: Request) -> bool:
    """Whether a request asks for one job."""
    return request.method == "GET" and "/jobs/" in request.url


def repeated(_entry: Entry) -> Verdict | None:
    """The verdict over a job whose listener died, where it is run again."""
    return None


@define(eq=False)
class Bench:
    """A service on a server of some kind, and what works for it."""

    kind: Kind
    server: Transport
    direct: Connection
    """To the server, without faults."""
    service_id: UUID
    journal: Journal
    retry: RetryPolicy
    now: float = 1000.0
    faulty: Faulty = field(init=False)
    instead: Instead = field(init=False)
    recording: Recording = field(init=False)
    connection: Connection = field(init=False)
    ledger: Ledger = field(init=False)
    claims: Claims = field(init=False)
    outbox: Outbox = field(init=False)
    outcomes: list[Outcome] = field(factory=list[Outcome])

    def __attrs_post_init__(self) -> None:
        self.instead = Instead(self.server)
        self.faulty = Faulty(self.instead)
        self.recording = Recording(self.faulty)
        self.connection = Connection(URL, transport=self.recording, retry=self.retry)
        self.begin()

    def begin(self, shard: Shard = ALL) -> list[LiveJob]:
        """Take the place of whoever worked before and was killed; what was left."""
        self.journal.close()
        self.ledger = Ledger(self.journal, clock=self.clock)
        self.claims = Claims(
            self.connection, self.service_id, self.ledger, shard=shard, clock=self.clock
        )
        self.outbox = Outbox(
            self.connection,
            self.ledger,
            on_outcome=self.outcomes.append,
            audit_seconds=AUDIT_SECONDS,
            clock=self.clock,
        )
        return self.ledger.open(repeated, AUDIT_SECONDS)

    def clock(self) -> float:
        """What time it is."""
        return self.now

    def fail(self, *faults: Fault) -> None:
        """Let the next exchanges fail."""
        self.faulty.faults.extend(faults)

    def sent(self) -> list[str]:
        """The requests since this was asked last, such as `GET queue`."""
        told = [
            f"{request.method} {_name(urlsplit(request.url).path)}{_status(request)}"
            for request in self.recording.requests
        ]
        self.recording.requests.clear()
        return told

    def rows(self) -> dict[UUID, Entry]:
        """What is in the journal."""
        assert self.journal.path is not None
        return {record.entry.job_id: record.entry for record in records_of(self.journal.path)}

    # Jobs.

    def post(self, value: int = 1) -> UUID:
        """A new job."""
        return self.direct.create_job(self.service_id, {"value": value})[0]

    def job(self, job_id: UUID) -> Job:
        """A job as the server has it."""
        return self.direct.get_job(job_id)

    def status(self, job_id: UUID) -> JobStatus:
        """The status that the server has."""
        return self.job(job_id).status

    def results(self, job_id: UUID) -> JsonObject | None:
        """The results that the server has."""
        return results_of(self.job(job_id))

    def change(self, job_id: UUID, status: JobStatus, results: JsonObject | None = None) -> None:
        """What somebody else does with a job."""
        self.direct.change_job(job_id, status, results)

    # What a listener does with them.

    def poll(self) -> int:
        """Read the queue; how much can be claimed."""
        return self.claims.add(self.claims.poll())

    def take(self) -> LiveJob | None:
        """Take the next job; the queue is read where nothing is left of it."""
        return self.claims.take() or (self.claims.take() if self.poll() else None)

    def take_at_last(self) -> LiveJob | None:
        """The same, however often it takes."""
        for _ in range(20):
            try:
                return self.take()
            except NetworkError:
                self.now += 1
        raise AssertionError("the server has failed 20 times")

    def finish(self, live: LiveJob, verdict: Verdict = RIGHT) -> None:
        """Run a job that was taken, to its end."""
        self.ledger.demand(live, after(live.entry, Event.TAKEN), synced=True)
        self.ledger.note(live, finished(live.entry, verdict), synced=True)

    def done(self, verdict: Verdict = RIGHT) -> LiveJob:
        """A job of which the server does not know that it is done."""
        self.post()
        live = self.take()
        assert live is not None
        self.finish(live, verdict)
        self.sent()
        return live

    def attend(self, live: LiveJob) -> None:
        """Attend to a job when it is due."""
        self.now = max(self.now, live.due)
        self.outbox.attend(live)

    def attend_until_over(self, live: LiveJob, most: int = 20) -> None:
        """Attend to a job until nothing is left to do."""
        for _ in range(most):
            if live.entry.state not in (State.DONE, State.AUDIT):
                return
            self.attend(live)
        raise AssertionError(f"{live.entry.state} after {most} times")


def _name(path: str) -> str:
    """The part of a path that tells what it is of."""
    return "job" if path.startswith("/jobs/") else path.rpartition("/")[2]


def _status(request: Request) -> str:
    """What a request sets a job to."""
    body = request.whole_body
    return "".join(f" {status.value}" for status in JobStatus if status.value.encode() in body)


@contextmanager
def bench(
    kind: Kind,
    path: Path | None = None,
    *,
    results: JsonObject = ANY_OBJECT,
    retry: RetryPolicy = ONCE,
) -> Generator[Bench]:
    """A bench whose journal is at a path, or in memory."""
    with _server(kind) as server:
        direct = Connection(URL, transport=server)
        service_id = direct.create_service(
            NewService(
                name="Add one",
                description="adds one",
                job_registration_schema=ANY_OBJECT,
                job_result_schema=results,
            )
        )
        made = Bench(kind, server, direct, service_id, Journal(path), retry)
        try:
            yield made
        finally:
            made.journal.close()


@contextmanager
def _server(kind: Kind) -> Generator[Transport]:
    if kind == "1.0":
        yield Generation1()
        return
    with in_process_transport() as server:
        yield Plain(server) if kind == "plain" else server


def taken(lives: Iterable[LiveJob | None]) -> list[UUID]:
    """The ids of jobs that were taken."""
    return [live.entry.job_id for live in lives if live is not None]
