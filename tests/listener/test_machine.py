"""Whatever the network does, and whenever the listener dies: each job ends with its own outcome.

Hypothesis plays the network, the listeners' deaths and the clients. The listeners are whole ones,
on journals in files, and the servers are a fake of 1.0, one of 2.0, and the embedded one, which
keeps versions of jobs: there two listeners work for the service.
"""

from __future__ import annotations

import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from math import inf
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.listener.bad_network import IN_FLIGHT, BadNetwork, Clock, CrashError, Mishap
from tests.listener.laboratory import ONCE, URL
from tests.listener.plain import Plain
from tests.sdk.generation_1 import Generation1
from tests.thoroughness import examples
from topchef_sdk import Client, Ending, ServiceListener
from topchef_sdk.api import JsonObject, Request, Response, Transport
from topchef_sdk.connection import Connection
from topchef_sdk.exchanges import results_of
from topchef_sdk.listener import Journal
from topchef_sdk.listener.journal import records_of
from topchef_sdk.listener.outcome import Verdict
from topchef_sdk.listener.states import LIVE, Entry, State
from topchef_sdk.report import ErrorKind
from topchef_sdk.server import in_process_transport

Policy = Literal["error", "retry"]
How = Literal["right", "raise", "nonsense"]
Kind = Literal["1.0", "plain", "tagged"]

PARAMETERS: JsonObject = {
    "type": "object",
    "properties": {"number": {"type": "integer"}, "how": {"type": "string"}},
    "required": ["number", "how"],
}
RESULTS: JsonObject = {
    "type": "object",
    "properties": {"answer": {"type": "integer"}},
    "required": ["answer"],
}

OUTCOMES: dict[How, Callable[[int], tuple[ErrorKind | None, object]]] = {
    "right": lambda number: (None, {"answer": number}),
    "raise": lambda number: (ErrorKind.HANDLER, f"RuntimeError: job {number}"),
    "nonsense": lambda number: (
        ErrorKind.RESULT_INVALID,
        f"Invalid results: $.answer: 'of {number}' is not of type 'integer'",
    ),
}
"""The own outcome of each job."""

hows = st.sampled_from(["right", "right", "raise", "nonsense"])
mishaps = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([*Mishap, Mishap.LATE, Mishap.LATE])),
    min_size=1,
    max_size=3,
)
"""What goes wrong, each after so many exchanges that go well. What comes late is worst."""

places = st.sampled_from(["before write", "after write", "before send", "after send", "while sent"])
"""Where a listener dies."""

MOST_JOBS = 5
"""What goes wrong goes wrong with few jobs, and many take long."""


class Fuse:
    """Kills a listener at the n-th time that it passes one of the places where it may die."""

    def __init__(self) -> None:
        self._place: str | None = None
        self._left = 0
        self.has_burnt = False
        """Whether it is dead: then nothing is written or sent any more, whatever it tries."""

    def set(self, place: str | None, times: int = 1) -> None:
        """Burn at a place, when it is passed so many times."""
        self._place, self._left, self.has_burnt = place, times, False

    def passes(self, place: str) -> None:
        """Die here, if it is the time."""
        self._left -= place == self._place
        self.has_burnt |= self._place is not None and self._left == 0
        if self.has_burnt:
            raise CrashError(place)


class MortalJournal(Journal):
    """A journal whose listener may die right before or after each write to it."""

    def __init__(self, path: Path, fuse: Fuse, written: dict[UUID, Verdict]) -> None:
        super().__init__(path)
        self._fuse = fuse
        self._written = written

    def write(self, entry: Entry, *, synced: bool = False) -> None:
        self._fuse.passes("before write")
        before = self._written.get(entry.job_id)
        assert before in (None, entry.verdict), "a verdict was changed or lost"
        super().write(entry)  # no power is lost here: nobody has to wait for the disk
        if entry.verdict is not None:
            self._written[entry.job_id] = entry.verdict
        self._fuse.passes("after write")


class WatchedNetwork:
    """A listener's way to the network: it may die there, and each change has to be written down."""

    def __init__(self, network: BadNetwork, fuse: Fuse, path: Path) -> None:
        self._network = network
        self._fuse = fuse
        self._path = path

    def send(self, request: Request) -> Response:
        self._check(request)
        self._fuse.passes("before send")
        try:
            self._fuse.passes("while sent")
        except CrashError:
            self._network.delay(request)
            raise
        response = self._network.send(request)
        self._fuse.passes("after send")
        return response

    def _check(self, request: Request) -> None:
        """A claim needs a row that says CLAIMING, a report one that says DONE, with its verdict."""
        body = json.loads(request.whole_body or b"{}")
        if request.method not in ("PATCH", "PUT") or "status" not in body:
            return
        job_id = UUID(request.url.rpartition("/")[2])
        rows = {record.entry.job_id: record.entry for record in records_of(self._path)}
        assert job_id in rows, f"{body['status']} for a job that is not in the journal"
        entry = rows[job_id]
        if body["status"] == "WORKING":
            assert State.CLAIMING is entry.state
        else:
            assert State.DONE is entry.state
            assert entry.to_send.is_right == ("answer" in (_results(body) or {}))

    def close(self) -> None:
        """The network is its owner's."""


def _results(body: JsonObject) -> JsonObject | None:
    found: JsonObject | None = body.get("results", body.get("result"))
    return found


class Answering(ServiceListener):
    """Comes right, fails, or answers nonsense, as the job asks."""

    runs: Counter[int]

    def run(self, parameters: JsonObject) -> Any:
        self.runs[parameters["number"]] += 1
        match parameters["how"]:
            case "raise":
                raise RuntimeError(f"job {parameters['number']}")
            case "nonsense":
                return {"answer": f"of {parameters['number']}"}
            case _:
                return {"answer": parameters["number"]}


class Listeners(RuleBasedStateMachine):
    """Listeners of one service, a network that fails them, and clients that post jobs."""

    kind: Kind
    policy: Policy

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.clock = Clock()
        self.posted: dict[UUID, tuple[int, How]] = {}
        self.runs: Counter[int] = Counter()
        self.verdicts: list[dict[UUID, Verdict]] = []
        """What each listener has ever written down as a job's verdict."""
        self.killed: set[UUID] = set()
        """The jobs that were running when their listener died."""

    def begin(self, count: int, patience: float, hows: list[How]) -> None:
        self.folder = Path(self.opened.enter_context(tempfile.TemporaryDirectory()))
        server = self._server()
        self.direct = Connection(URL, transport=server)
        self.network = BadNetwork(server, self.clock)
        self.patience = patience
        made = Answering.new_service(
            Client(URL, transport=server), "Answers", "answers", PARAMETERS, RESULTS
        )
        self.service_id = made.service_id
        self.fuses = [Fuse() for _ in range(count)]
        self.verdicts = [{} for _ in range(count)]
        self.journals = [self._journal(number) for number in range(count)]
        self.listeners = [self._listener(number) for number in range(count)]
        for how in hows:
            self.post(how)

    def _server(self) -> Transport:
        if self.kind == "1.0":
            return Generation1()
        server = self.opened.enter_context(in_process_transport())
        return Plain(server) if self.kind == "plain" else server

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.sqlite"

    def _journal(self, number: int) -> MortalJournal:
        return MortalJournal(self._path(number), self.fuses[number], self.verdicts[number])

    def _listener(self, number: int) -> Answering:
        network = WatchedNetwork(self.network, self.fuses[number], self._path(number))
        listener = Answering(
            Client(URL, transport=network, retry=ONCE),
            self.service_id,
            journal=self.journals[number],
            on_crash=self.policy,
            max_attempts=1_000_000,
            in_flight=IN_FLIGHT,
            patience=self.patience,
            clock=self.clock,
            wait=self.clock.wait,
        )
        listener.runs = self.runs
        return listener

    def entries(self, number: int) -> list[Entry]:
        return [record.entry for record in records_of(self._path(number))]

    # What happens.

    @precondition(lambda self: len(self.posted) < MOST_JOBS)
    @rule(how=hows)
    def post(self, how: How) -> None:
        number = len(self.posted)
        job_id, _ = self.direct.create_job(self.service_id, {"number": number, "how": how})
        self.posted[job_id] = number, how

    @rule(who=st.integers(0, 1))
    def work(self, who: int) -> None:
        self._work(who % len(self.listeners))

    @rule(who=st.integers(0, 1), mishaps=mishaps)
    def work_on_a_bad_network(self, who: int, mishaps: list[tuple[int, Mishap]]) -> None:
        self._plan(mishaps)
        self._work(who % len(self.listeners))

    @rule(who=st.integers(0, 1), place=places, times=st.integers(1, 5))
    def work_and_die(self, who: int, place: str, times: int) -> None:
        number = who % len(self.listeners)
        self.fuses[number].set(place, times)
        self._work(number)

    @rule(who=st.integers(0, 1), place=places, times=st.integers(1, 5), mishaps=mishaps)
    def work_on_a_bad_network_and_die(
        self, who: int, place: str, times: int, mishaps: list[tuple[int, Mishap]]
    ) -> None:
        self._plan(mishaps)
        self.work_and_die(who, place, times)

    @precondition(lambda self: self.network.on_its_way > 0)
    @rule(which=st.integers(0, 9))
    def land(self, which: int) -> None:
        self.network.land(which % self.network.on_its_way)

    @precondition(lambda self: self.network.on_its_way > 0)
    @rule(seconds=st.floats(0.1, IN_FLIGHT))
    def pass_time(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    def _plan(self, mishaps: list[tuple[int, Mishap]]) -> None:
        for before, mishap in mishaps:
            self.network.plan.extend([*[Mishap.NONE] * before, mishap])

    def _work(self, number: int) -> None:
        """One iteration, in which the listener may die."""
        try:
            self.listeners[number].run_iteration()
        except BaseException:
            # What it raises on its way does not matter: its process is dead.
            if not self.fuses[number].has_burnt:
                raise
            self._bury(number)
        self.fuses[number].set(None)
        self.network.plan.clear()

    def _bury(self, number: int) -> None:
        """Put a new listener in the place of one that has died; it knows the journal alone."""
        self.journals[number].close()
        running = (one for one in self.entries(number) if one.state is State.RUNNING)
        self.killed.update(one.job_id for one in running)
        self.journals[number] = self._journal(number)
        self.listeners[number] = self._listener(number)

    # What must be so.

    def teardown(self) -> None:
        with self.opened:
            if hasattr(self, "listeners"):
                self._settle()
                self._judge()

    def _settle(self) -> None:
        """Let all that is late arrive, and the listeners work until there is nothing to do."""
        self.network.land_all()
        for _ in range(200):
            endings = [listener.run_iteration().ending for listener in self.listeners]
            self.clock.pass_by(IN_FLIGHT)
            if {*endings} == {Ending.NO_JOB} and not any(self._live()):
                break
        for journal in self.journals:
            journal.close()
        assert [] == [*self._live()]

    def _live(self) -> Iterable[Entry]:
        everything = itertools.chain(*map(self.entries, range(len(self.listeners))))
        return (entry for entry in everything if entry.state in LIVE)

    def _judge(self) -> None:
        rows = {
            entry.job_id: (entry, self.verdicts[number][entry.job_id])
            for number in range(len(self.listeners))
            for entry in self.entries(number)
        }
        assert rows.keys() == self.posted.keys()
        for job_id, (number, how) in self.posted.items():
            (entry, verdict), job = rows[job_id], self.direct.get_job(job_id)
            assert State.ACKED is entry.state
            assert entry.lesser is None or str(job_id) in self.network.refused
            forms = [one for one in (entry.lesser, verdict) if one is not None]
            assert any(one.is_reported_by(job.status, results_of(job)) for one in forms)
            if verdict.kind is ErrorKind.WORKER_CRASH:
                assert (self.policy, True) == ("error", job_id in self.killed)
                assert self.runs[number] <= 1
            else:
                assert OUTCOMES[how](number) == _outcome(verdict)
                assert 1 <= self.runs[number] <= (1 if self.policy == "error" else inf)


def _outcome(verdict: Verdict) -> tuple[ErrorKind | None, object]:
    """What a verdict says, in brief."""
    return verdict.kind, verdict.results if verdict.is_right else verdict.message


class AloneAtMostOnce(Listeners):
    """One listener, on servers that give one job to all who ask."""

    policy: Policy = "error"

    @initialize(
        kind=st.sampled_from(["1.0", "plain"]),
        patience=st.sampled_from([0.0, 3.0]),
        hows=st.lists(hows, min_size=1, max_size=3),
    )
    def begin_with(self, kind: Kind, patience: float, hows: list[How]) -> None:
        self.kind = kind
        self.begin(1, patience, hows)


class AloneAtLeastOnce(AloneAtMostOnce):
    policy: Policy = "retry"


class TogetherAtMostOnce(Listeners):
    """Two listeners of one service, on a server that keeps versions."""

    policy: Policy = "error"
    kind = "tagged"

    @initialize(
        patience=st.sampled_from([0.0, 3.0]),
        hows=st.lists(hows, min_size=1, max_size=3),
        has_copies=st.booleans(),
    )
    def begin_with(self, patience: float, hows: list[How], has_copies: bool) -> None:
        self.begin(2, patience, hows)
        self.network.has_unseen_copies = has_copies


class TogetherAtLeastOnce(TogetherAtMostOnce):
    policy: Policy = "retry"


_settings = settings(max_examples=examples(10), stateful_step_count=25)

TestAloneAtMostOnce = AloneAtMostOnce.TestCase
TestAloneAtMostOnce.settings = _settings
TestAloneAtLeastOnce = AloneAtLeastOnce.TestCase
TestAloneAtLeastOnce.settings = _settings
TestTogetherAtMostOnce = TogetherAtMostOnce.TestCase
TestTogetherAtMostOnce.settings = _settings
TestTogetherAtLeastOnce = TogetherAtLeastOnce.TestCase
TestTogetherAtLeastOnce.settings = _settings
