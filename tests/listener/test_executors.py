"""A listener on threads, on processes and on a dask cluster, of which something is killed.

Everything is real here: the listener is a program, and speaks HTTP to the embedded server.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Self
from uuid import UUID

import pytest
from attrs import define, field

from tests.listener.instrument import Diary, Instrument, Line
from tests.server.eventually import eventually
from topchef_sdk import Client, Job, JobFailedError, JobStatus, Service
from topchef_sdk.api import JsonObject
from topchef_sdk.server import TopChefServer

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = (sys.executable, "-m", "tests.listener.instrument")

LONG: Final = 300
"""Seconds after which something that should happen has not."""

EXECUTORS: Final = ("thread", "process", "dask")
POLICIES: Final = ("error", "retry")


@define
class Laboratory:
    """A service, and the program that listens for its jobs."""

    url: str
    service: Service
    diary: Diary
    options: tuple[str, ...]
    process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=LONG)

    def start(self) -> None:
        """Start the program, in a process group of its own as a terminal does."""
        arguments = ["--url", self.url, "--service", str(self.service.id), *self.options]
        self.process = subprocess.Popen(
            [*PROGRAM, *arguments, "--place", str(self.diary.place)],
            cwd=ROOT,
            process_group=0,
            stdin=subprocess.PIPE,
        )

    def kill(self) -> None:
        """End the listener at once, and nothing but it."""
        self.process.kill()
        self.process.communicate(timeout=LONG)

    def interrupt_all(self) -> None:
        """Do what Ctrl-C in a terminal does."""
        os.killpg(self.process.pid, signal.SIGINT)

    def stop(self) -> int:
        """Tell the listener to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONG)

    def post(self, value: int, *, hold: bool = False) -> Job:
        """Post a job; one that holds does so until it is released."""
        return self.service.new_job({"value": value, "hold": hold})

    def runs(self) -> Counter[UUID | None]:
        """How many times each job was begun."""
        return Counter(line.job_id for line in self.diary.lines("begun"))

    def begun(self) -> Line:
        """The first job that is being done."""
        eventually(lambda: bool(self.diary.lines("begun")))
        return self.diary.lines("begun")[0]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a dask cluster, which belongs to nobody."""
    process = subprocess.Popen(
        [*PROGRAM, "--cluster"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process:
        yield process.stdout.readline().strip()
        process.communicate(timeout=LONG)


@pytest.fixture
def laboratory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Laboratory]:
    """A laboratory whose executor and policy the test says."""
    executor, policy = request.param
    if executor == "dask":
        executor = request.getfixturevalue("cluster")
    any_object: JsonObject = {"type": "object"}
    with TopChefServer() as server, Client(server.url) as client:
        made = Instrument.new_service(client, "Add one", "adds one", any_object, any_object)
        service = client.services[made.service_id]
        options = ("--executor", executor, "--on-crash", policy)
        with Laboratory(server.url, service, Diary(tmp_path), options) as laboratory:
            yield laboratory


def executors(*names: str, policies: tuple[str, ...] = POLICIES) -> pytest.MarkDecorator:
    cases = [(name, policy) for name in names for policy in policies]
    return pytest.mark.parametrize(
        "laboratory", cases, indirect=True, ids=["-".join(one) for one in cases]
    )


def kind_of(job: Job) -> str:
    """What kind of failure a job ended in."""
    with pytest.raises(JobFailedError) as raised:
        job.wait(timeout=LONG)
    assert raised.value.report is not None
    kind: str = raised.value.report["kind"]
    return kind


def members_of(group: int) -> list[int]:
    """The processes of a group, without the one that leads it."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = path.read_text("ascii").rpartition(")")
            if int(rest.split()[2]) == group:
                found.append(int(name.split()[0]))
    return [pid for pid in found if pid != group]


def interrupt(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)


def lives(pid: int) -> bool:
    """Whether a process does anything; one that nobody has buried yet does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@executors(*EXECUTORS, policies=("error",))
def test_each_job_is_run_once_also_those_of_equal_parameters(laboratory: Laboratory) -> None:
    values = [*range(15), *[0] * 5]

    jobs = [laboratory.post(value) for value in values]
    results = [job.wait(timeout=LONG) for job in jobs]

    assert [{"value": value + 1} for value in values] == results
    assert {job.id: 1 for job in jobs} == laboratory.runs()
    assert 0 == laboratory.stop()


@executors("process", "dask", policies=("error",))
def test_the_job_of_a_worker_process_that_is_killed_is_reported(laboratory: Laboratory) -> None:
    held = laboratory.post(1, hold=True)
    os.kill(laboratory.begun().pid, signal.SIGKILL)

    assert "infrastructure" == kind_of(held)
    assert_that_later_jobs_come_right(laboratory)
    assert 1 == laboratory.runs()[held.id]
    assert 0 == laboratory.stop()


@executors("process", "dask", policies=("retry",))
def test_the_job_of_a_worker_process_that_is_killed_is_run_again(laboratory: Laboratory) -> None:
    held = laboratory.post(1, hold=True)
    os.kill(laboratory.begun().pid, signal.SIGKILL)

    assert_that_later_jobs_come_right(laboratory)
    assert {"value": 2} == held.wait(timeout=LONG)
    assert 2 == laboratory.runs()[held.id]
    assert 0 == laboratory.stop()


def assert_that_later_jobs_come_right(laboratory: Laboratory) -> None:
    jobs = [laboratory.post(value) for value in range(4)]

    assert [{"value": value + 1} for value in range(4)] == [job.wait(timeout=LONG) for job in jobs]
    assert {1} == {laboratory.runs()[job.id] for job in jobs}


@executors(*EXECUTORS)
def test_the_listener_is_killed_in_the_middle_of_a_job(laboratory: Laboratory) -> None:
    held = laboratory.post(1, hold=True)
    place = laboratory.begun().pid
    laboratory.kill()
    if "process" in laboratory.options:
        # Otherwise it would go on with the job, and then wait for ever for the next one.
        eventually(lambda: not lives(place))
    assert JobStatus.WORKING is held.status

    laboratory.start()

    if "error" in laboratory.options:
        assert "worker-crash" == kind_of(held)
        assert 1 == laboratory.runs()[held.id]
    else:
        assert {"value": 2} == held.wait(timeout=LONG)
        assert 2 == laboratory.runs()[held.id]
    assert_that_later_jobs_come_right(laboratory)
    laboratory.diary.release()  # what is left of the first attempt, in a cluster
    assert 0 == laboratory.stop()


@executors("process", policies=("error",))
def test_ctrl_c_in_a_terminal_lets_jobs_in_a_pool_of_processes_end(laboratory: Laboratory) -> None:
    jobs = [laboratory.post(value, hold=True) for value in range(2)]
    eventually(lambda: len(laboratory.runs()) == 2)

    laboratory.interrupt_all()
    laboratory.diary.release()

    assert [{"value": 1}, {"value": 2}] == [job.wait(timeout=LONG) for job in jobs]
    assert 0 == laboratory.process.wait(LONG)
    assert {job.id: 1 for job in jobs} == laboratory.runs()


@executors("process", policies=("error",))
def test_ctrl_c_reaches_no_process_that_is_just_beginning(laboratory: Laboratory) -> None:
    jobs = [laboratory.post(value, hold=True) for value in range(2)]

    def have_begun_although_interrupted() -> bool:
        interrupt(members_of(laboratory.process.pid))
        return len(laboratory.runs()) == 2

    # It takes a second until the second job's process is one that could heed or ignore signals.
    eventually(have_begun_although_interrupted)
    laboratory.interrupt_all()
    laboratory.diary.release()

    assert [{"value": 1}, {"value": 2}] == [job.wait(timeout=LONG) for job in jobs]
    assert 0 == laboratory.process.wait(LONG)


@executors("process", policies=("error",))
def test_each_process_is_set_up_before_its_first_job_and_torn_down_at_its_end(
    laboratory: Laboratory,
) -> None:
    jobs = [laboratory.post(value, hold=True) for value in range(3)]
    eventually(lambda: len(laboratory.runs()) == 3)
    laboratory.diary.release()
    for job in jobs:
        job.wait(timeout=LONG)

    assert 0 == laboratory.stop()

    places = {line.pid for line in laboratory.diary.lines("begun")}
    assert 3 == len(places)
    for what in ("setup", "teardown"):
        assert dict.fromkeys(places, 1) == Counter(
            line.pid for line in laboratory.diary.lines(what)
        )
