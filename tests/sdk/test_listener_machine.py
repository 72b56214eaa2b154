"""Clients, a listener and a server in any order, with exchanges that fail: no job is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from tests.sdk.carriers import Fault, Faulty
from tests.sdk.test_listener import ONCE, URL, no_wait
from topchef_sdk import Client, Ending, Job, JobStatus, ServiceListener
from topchef_sdk.api import JsonObject
from topchef_sdk.server import in_process_transport

PARAMETERS: JsonObject = {
    "type": "object",
    "properties": {"number": {"type": "integer"}, "how": {"type": "string"}},
    "required": ["number", "how"],
}
RESULTS: JsonObject = {
    "anyOf": [
        {"properties": {"answer": {"type": "integer"}}, "required": ["answer"]},
        {"required": ["$topchef"]},
    ]
}

FAULTS = [Fault.NONE, Fault.NONE, Fault.NONE, *Fault]
"""Mostly none, so that all parts of an exchange of several requests get their share."""


class Answering(ServiceListener):
    """Comes right, fails, or answers nonsense, as the job asks."""

    runs: list[int]

    def run(self, parameters: JsonObject) -> Any:
        self.runs.append(parameters["number"])
        match parameters["how"]:
            case "raise":
                raise RuntimeError(f"job {parameters['number']}")
            case "nonsense":
                return {"answer": "a text"}
            case "nothing":
                return None
            case _:
                return {"answer": parameters["number"]}


class ListenerMachine(RuleBasedStateMachine):
    """One service; jobs are posted while its listener works and exchanges fail."""

    jobs: Bundle[Job] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.posted: dict[int, tuple[str, Job]] = {}

    @initialize()
    def a_service_and_its_listener(self) -> None:
        self.opened = in_process_transport()
        server = self.opened.__enter__()
        self.client = Client(URL, transport=server)
        self.carrier = Faulty(server)
        made = Answering.new_service(self.client, "Answers", "answers", PARAMETERS, RESULTS)
        self.service = self.client.services[made.service_id]
        self.listener = self.new_listener()

    def new_listener(self) -> Answering:
        client = Client(URL, transport=self.carrier, retry=ONCE)
        listener = Answering(client, self.service.id, wait=no_wait)
        listener.runs = []
        return listener

    @rule(target=jobs, how=st.sampled_from(["right", "raise", "nonsense", "nothing"]))
    def post(self, how: str) -> Job:
        number = len(self.posted)
        job = self.service.new_job({"number": number, "how": how})
        self.posted[number] = (how, job)
        return job

    @rule()
    def work(self) -> None:
        self.listener.run_iteration()

    @rule(faults=st.tuples(*[st.sampled_from(FAULTS)] * 4))
    def work_while_exchanges_fail(self, faults: tuple[Fault, ...]) -> None:
        self.carrier.faults.extend(faults)
        self.listener.run_iteration()
        self.carrier.faults.clear()

    @rule(job=jobs)
    def look(self, job: Job) -> None:
        assert job.status in set(JobStatus)

    @invariant()
    def no_job_is_run_twice(self) -> None:
        if hasattr(self, "listener"):
            assert len(set(self.listener.runs)) == len(self.listener.runs)

    @invariant()
    def results_are_those_of_their_job(self) -> None:
        for number, (_, job) in self.posted.items():
            results: JsonObject = job.results or {}
            assert results.get("answer", number) == number

    def teardown(self) -> None:
        if not hasattr(self, "opened"):
            return
        self.carrier.faults.clear()
        while self.listener.run_iteration().ending is not Ending.NO_JOB:
            pass
        for number, (how, job) in self.posted.items():
            expected = JobStatus.COMPLETED if how == "right" else JobStatus.ERROR
            assert (expected, {"answer": number} if how == "right" else None) == (
                job.status,
                job.results if how == "right" else None,
            )
            assert (how == "right") != ("$topchef" in (job.results or {}))
        self.opened.__exit__(None, None, None)


TestListenerMachine = ListenerMachine.TestCase
TestListenerMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
