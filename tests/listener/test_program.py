"""A listener as a program: signals and exit codes of real processes, and what is left of them."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
from attrs import define

from tests.listener.laboratory import laboratory
from tests.sdk.carriers import Counting
from tests.sdk.commands import ROOT, TOPCHEF, Process, registered, run, running, told, until
from tests.sdk.servers import NOBODY
from topchef_sdk import Client, Job, JobFailedError, JobStatus, Service
from topchef_sdk.api import Headers, JsonObject, Request, Response
from topchef_sdk.listener.program import work_until_told
from topchef_sdk.listener.threads import GRACE
from topchef_sdk.server import TopChefServer

MODULE = '''
import os
import time
from concurrent.futures import ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from topchef_sdk import ServiceListener

HERE = Path(__file__).parent


class Waits(ServiceListener):
    """Begins each job with a line in the file `runs`, and ends it once the file `go` is there."""

    heeds = False

    def run(self, parameters):
        with open(HERE / "runs", "a") as file:
            file.write(f"{parameters['value']} {os.getpid()}\\n")
        while not (HERE / "go").exists():
            if self.heeds and self.context.cancelled:
                raise RuntimeError("told to end")
            time.sleep(0.01)
        if self.context.cancelled:
            (HERE / "cancelled").touch()
        return {"value": parameters["value"] + 1}


class Heeds(Waits):
    """The same, and ends when it is cancelled."""

    heeds = True


class Fails(ServiceListener):
    def run(self, parameters):
        raise RuntimeError("no\\nsample \x1b[31min the  magnet")


class NeverReady(Waits):
    """Fails before its first job."""

    def __init__(self, *arguments, **options):
        # The pauses between its tries are not what is tested.
        super().__init__(*arguments, wait=lambda event, s: event.wait(min(s, 0.01)), **options)

    def setup(self):
        raise OSError("no instrument")


def three_processes():
    pool = ProcessPoolExecutor(3, mp_context=get_context("spawn"))
    wait([pool.submit(time.sleep, 0.2) for _ in range(3)])
    return pool
'''

EXECUTORS = ["thread", "process"]
APART = 1.2
"""Seconds after which a signal is one more, and no repetition of the one before."""


@define
class Room:
    """A service, and the folder in which its listeners work."""

    url: str
    service: Service
    folder: Path

    def post(self, value: int = 1) -> Job:
        return self.service.new_job({"value": value})

    @property
    def place(self) -> list[str]:
        """Which service it is, and where the journal is."""
        journal = str(self.folder / "journal.sqlite")
        return ["--service", str(self.service.id), "--url", self.url, "--journal", journal]

    @contextmanager
    def listening(self, name: str, *options: str) -> Generator[Process]:
        """A listener that works."""
        arguments = ["listen", f"laboratory_of_program:{name}", *self.place, *options]
        with running(*arguments, cwd=self.folder) as process:
            process.said("listening for jobs of")
            yield process

    def once(self, *options: str) -> tuple[int, str]:
        """The exit code of a listener that does one job, and what it said."""
        arguments = ["listen", "laboratory_of_program:Waits", *self.place, "--once", *options]
        with running(*arguments, cwd=self.folder) as process:
            code, _, said = process.end()
        return code, said

    def runs(self) -> list[int]:
        """The values of the jobs that were begun, in that order."""
        path = self.folder / "runs"
        text = path.read_text("utf-8") if path.exists() else ""
        return [int(line.split()[0]) for line in text.splitlines()]

    def until_begun(self, *values: int) -> None:
        until(lambda: list(values) == self.runs())

    def let_go(self) -> None:
        """Let the jobs that run come to their end."""
        (self.folder / "go").touch()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with TopChefServer() as server:
        yield server.url


def room_at(url: str, client: Client, folder: Path) -> Room:
    (folder / "laboratory_of_program.py").write_text(MODULE, "utf-8")
    return Room(url, registered(client), folder)


@pytest.fixture
def room(url: str, tmp_path: Path) -> Iterator[Room]:
    with Client(url) as client:
        yield room_at(url, client, tmp_path)


def kind_of(job: Job) -> str:
    """The kind of a job's error."""
    with pytest.raises(JobFailedError) as failure:
        job.wait(timeout=0)
    assert failure.value.report is not None
    return str(failure.value.report["kind"])


# At work.


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_first_signal_lets_jobs_at_hand_come_to_their_end(room: Room, executor: str) -> None:
    with room.listening("Waits", "--executor", executor, "--concurrency", "2") as process:
        jobs = [room.post(value) for value in (1, 2, 3)]
        until(lambda: {1, 2} == set(room.runs()))
        process.interrupt()  # the whole group, as a terminal does
        process.interrupt()  # twice at once is once
        process.said("no more jobs are taken; Ctrl-C again cancels those that run")
        room.let_go()
        code, out, said = process.end()

    assert (0, "") == (code, out)
    assert [{"value": 2}, {"value": 3}] == [job.results for job in jobs[:2]]
    assert JobStatus.REGISTERED is jobs[2].status
    assert "cancelled" not in said
    assert not (room.folder / "cancelled").exists()
    assert "the listener has stopped" == said.splitlines()[-1]
    for job in jobs[:2]:
        [line] = [line for line in said.splitlines() if str(job.id) in line]
        assert re.search(rf" INFO job {job.id} completed after \d+\.\d+ s$", line)


def test_a_job_that_fails_is_one_line_of_the_log_that_commands_no_terminal(room: Room) -> None:
    with room.listening("Fails") as process:
        job = room.post()
        process.said(f"job {job.id} failed after ")
        process.interrupt()
        code, _, said = process.end()

    assert 0 == code
    assert all(line.isprintable() for line in said.splitlines())
    [line] = [line for line in said.splitlines() if str(job.id) in line]
    assert line.endswith(r": RuntimeError: no\nsample \u001b[31min the  magnet")


def test_a_supervisor_stops_a_listener_as_ctrl_c_does(room: Room) -> None:
    with room.listening("Waits", "--executor", "process") as process:
        job = room.post()
        room.until_begun(1)
        process.supervise(signal.SIGTERM)
        process.said("no more jobs are taken")
        room.let_go()

        assert 0 == process.end()[0]
    assert {"value": 2} == job.results


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_second_signal_cancels_the_jobs_that_run(room: Room, executor: str) -> None:
    with room.listening("Heeds", "--executor", executor) as process:
        job, next_job = room.post(1), room.post(2)
        room.until_begun(1)
        process.interrupt()
        process.said("no more jobs are taken")
        time.sleep(APART)
        process.interrupt()
        process.said("the running jobs are cancelled; Ctrl-C again ends the process at once")

        assert 0 == process.end()[0]
    assert "cancelled" == kind_of(job)
    assert JobStatus.REGISTERED is next_job.status


def test_jobs_that_take_too_long_after_a_stop_are_cancelled(room: Room) -> None:
    with room.listening("Heeds", "--drain-timeout", "0.1") as process:
        job = room.post()
        room.until_begun(1)
        process.interrupt(signal.SIGTERM)

        assert 0 == process.end()[0]
    assert "cancelled" == kind_of(job)


@pytest.mark.parametrize(
    ("executor", "policy", "status"),
    [("thread", "error", JobStatus.ERROR), ("process", "requeue", JobStatus.REGISTERED)],
)
def test_a_job_that_does_not_end_although_it_was_cancelled_is_given_up(
    room: Room, executor: str, policy: str, status: JobStatus
) -> None:
    with room.listening("Waits", "--executor", executor, "--on-interrupt", policy) as process:
        job = room.post()
        room.until_begun(1)
        process.interrupt()
        process.said("no more jobs are taken")
        time.sleep(APART)
        began = time.monotonic()
        process.interrupt()
        code, _, said = process.end()  # and nothing of its group is left

    assert 130 == code
    assert GRACE <= time.monotonic() - began
    assert status is job.status
    if status is JobStatus.ERROR:
        assert "cancelled" == kind_of(job)
    assert "the listener has stopped; jobs were cut short" == said.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_third_signal_ends_the_process_and_the_next_start_settles_the_job(
    room: Room, executor: str, number: signal.Signals
) -> None:
    with room.listening("Waits", "--executor", executor) as process:
        job = room.post()
        room.until_begun(1)
        for said in ("no more jobs are taken", "the running jobs are cancelled"):
            process.supervise(number)
            process.said(said)
            time.sleep(APART)
        process.supervise(number)

        assert 130 == process.end()[0]  # and nothing of its group is left
    assert JobStatus.WORKING is job.status

    room.let_go()
    if number is signal.SIGINT:
        assert 0 == room.once()[0]
        assert "worker-crash" == kind_of(job)
        assert [1] == room.runs()
    else:
        assert 0 == room.once("--on-crash", "retry")[0]
        assert {"value": 2} == job.results
        assert [1, 1] == room.runs()


def test_the_third_signal_ends_processes_that_never_had_a_job(room: Room) -> None:
    executor = "laboratory_of_program:three_processes"
    with room.listening("Waits", "--executor", executor) as process:
        room.post()
        room.until_begun(1)
        for said in ("no more jobs are taken", "the running jobs are cancelled"):
            process.supervise(signal.SIGTERM)
            process.said(said)
            time.sleep(APART)
        process.supervise(signal.SIGTERM)

        assert 130 == process.end()[0]  # and nothing of its group is left


def test_a_listener_that_is_killed_leaves_no_processes_behind(room: Room) -> None:
    with room.listening("Waits", "--executor", "process", "--concurrency", "2") as process:
        job = room.post()
        room.until_begun(1)
        process.supervise(signal.SIGKILL)

        assert -signal.SIGKILL == process.end()[0]
    room.let_go()
    assert 0 == room.once()[0]
    assert "worker-crash" == kind_of(job)


def test_a_signal_that_comes_before_there_is_contact_ends_the_listener(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        arguments = ["listen", "examples.add_one:AddOne", "--service", str(NOBODY), "--url", url]
        with running(*arguments, XDG_STATE_HOME=str(tmp_path)) as process:
            connection, _ = server.accept()  # which nobody answers
            process.interrupt(signal.SIGTERM)
            code, out, _ = process.end()
        connection.close()

    assert (0, "") == (code, out)


class Time:
    """Time that passes only when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_signals_count_when_they_are_a_second_apart() -> None:
    seconds = [0.0, 0.5, 0.99, 1.5, 2.0]
    """When a signal comes; those at 0.0 and 1.5 count."""
    clock, lines, cancelled = Time(), list[str](), list[bool]()
    begun, may_end = threading.Event(), threading.Event()
    with laboratory() as lab:

        def action(parameters: JsonObject) -> JsonObject:
            begun.set()
            assert may_end.wait(60)
            return {"value": parameters["value"] + 1}

        job, listener = lab.post(1), lab.listener(action)

        def watch() -> None:
            if begun.is_set() and seconds:
                clock.now = seconds.pop(0)
                signal.raise_signal(signal.SIGTERM)
                cancelled.append(any("are cancelled" in line for line in lines))
            if not seconds:
                may_end.set()

        code = work_until_told(
            listener, tell=lambda _, line: lines.append(line), watch=watch, clock=clock
        )
        assert {"value": 2} == job.results

    assert 0 == code
    assert [False, False, False] == cancelled[:3]
    assert [
        "listening for jobs of 'Add one' at http://topchef.invalid; Ctrl-C ends it",
        "no more jobs are taken; Ctrl-C again cancels those that run",
        "the running jobs are cancelled; Ctrl-C again ends the process at once",
        "the listener has stopped",
    ] == lines
    assert signal.SIG_DFL is signal.getsignal(signal.SIGTERM)


def test_a_signal_that_comes_while_the_listener_begins_is_not_lost() -> None:
    ticks = count()

    class Signalling(Counting):
        """A signal comes with the first answer."""

        def send(self, request: Request) -> Response:
            response = super().send(request)
            if self.total == 1:
                signal.raise_signal(signal.SIGTERM)
            return response

    def watch() -> None:
        assert next(ticks) < 100  # half a second each

    with laboratory() as lab:
        listener = lab.listener(carrier=Signalling(lab.server))
        try:
            assert 0 == work_until_told(listener, watch=watch)
        finally:
            listener.stop()
            listener.join(60)


# Who else is there.


def test_a_second_listener_ends_and_tells_who_works(room: Room) -> None:
    with room.listening("Waits") as process:
        with running(
            "listen", "laboratory_of_program:Waits", *room.place, cwd=room.folder
        ) as second:
            code, _, said = second.end()
        status = run(room.url, "listen", "--status", *room.place)
        flush = told(run(room.url, "listen", "--flush", *room.place), 78)
        process.interrupt()
        assert 0 == process.end()[0]

    assert 78 == code
    assert said.startswith("topchef: another listener works for this service with the journal ")
    assert f"process {process.pid} on " in said
    assert 1 == len(said.splitlines())
    assert f"process {process.pid} on " in status.stderr
    assert status.stderr.splitlines()[1].endswith(": alive")
    assert flush.startswith("a listener works with the journal ")
    assert "not alive" in run(room.url, "listen", "--status", *room.place).stderr.splitlines()[1]


def test_a_service_that_is_unknown_is_a_wrong_configuration(url: str, tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite"
    arguments = ["examples.add_one:AddOne", "--service", str(NOBODY), "--journal", str(journal)]
    with running("listen", *arguments, "--url", url) as process:
        assert (78, "", f"topchef: no service has the id {NOBODY}\n") == process.end()
    assert not journal.exists()


def test_a_proxy_that_knows_no_service_is_no_wrong_configuration() -> None:
    class Proxy(Counting):
        """Has no server behind it at first."""

        def send(self, request: Request) -> Response:
            self.requests[request.method] += 1
            if self.total == 1:
                html = Headers({"Content-Type": "text/html"})
                return Response(status=404, headers=html, body=b"<h1>Not Found</h1>")
            return self._carrier.send(request)

    lines: list[str] = []
    with laboratory() as lab:
        job = lab.post(1)
        listener = lab.listener(carrier=Proxy(lab.server))
        code = work_until_told(
            listener,
            tell=lambda _, line: lines.append(line),
            watch=lambda: listener.stop() if job.is_done else None,
        )
        assert {"value": 2} == job.results

    assert 0 == code
    assert lines[0].startswith("no contact yet; it will be tried again: no service has the id ")
    assert lines[1].startswith("listening for jobs of service ")


def test_a_listener_may_be_up_before_its_server(tmp_path: Path) -> None:
    db = tmp_path / "topchef.db"
    with TopChefServer(db) as server, Client(server.url) as client:
        room = room_at(server.url, client, tmp_path)
        job = room.post()
    room.let_go()
    with room.listening("Waits") as process:
        process.said("no contact yet; it will be tried again: GET ")
        process.said("no job can be taken now")
        with TopChefServer(db, port=int(room.url.rpartition(":")[2])) as server:
            process.said(f"job {job.id} completed after ")
            process.interrupt()
            assert 0 == process.end()[0]


# How it ends.


def test_outcomes_that_cannot_be_delivered_stay_in_the_journal(tmp_path: Path) -> None:
    db = tmp_path / "topchef.db"
    with TopChefServer(db) as server, Client(server.url) as client:
        room = room_at(server.url, client, tmp_path)
        job = room.post()
        with room.listening("Waits") as process:
            room.until_begun(1)
            server.stop()
            process.interrupt()
            process.said("no more jobs are taken")
            time.sleep(APART)
            process.interrupt()  # so that it does not wait for long
            process.said("the running jobs are cancelled")
            room.let_go()
            code, _, said = process.end()
    assert 75 == code
    assert "the listener has stopped; outcomes are not delivered yet" == said.splitlines()[-1]

    status = run(room.url, "listen", "--status", *room.place)
    assert [str(job.id), "done", "1", "completed"] == [
        *status.stdout.rstrip("\n").split("\t")[:3],
        status.stdout.rstrip("\n").split("\t")[4],
    ]
    with TopChefServer(db) as server, Client(server.url) as client:
        room.url = server.url
        result = run(room.url, "listen", "--flush", *room.place)
        assert (0, "1 settled, 0 still waiting") == (
            result.exit_code,
            result.stderr.splitlines()[-1],
        )
        assert {"value": 2} == Job(client, job.id).results
    assert [1] == room.runs()


def test_a_listener_that_never_gets_ready_ends(room: Room) -> None:
    job = room.post()
    with room.listening("NeverReady") as process:
        code, _, said = process.end()

    assert 70 == code
    assert "OSError: no instrument" in said
    assert JobStatus.REGISTERED is job.status
    expected = "the listener has stopped, because a part of it failed again and again"
    assert expected == said.splitlines()[-1]


# One job.


def test_one_job_is_finished_first_and_cut_short_then(room: Room) -> None:
    first, second = room.post(1), room.post(2)
    arguments = ["listen", "laboratory_of_program:Waits", *room.place, "--once"]
    with running(*arguments, cwd=room.folder) as process:
        room.until_begun(1)
        process.interrupt()
        process.said("the job is finished first; Ctrl-C again interrupts it")
        time.sleep(APART)
        process.interrupt()
        assert 130 == process.end()[0]
    assert "cancelled" == kind_of(first)

    with running(*arguments, cwd=room.folder) as process:
        room.until_begun(1, 2)
        process.interrupt(signal.SIGTERM)
        process.said("the job is finished first")
        room.let_go()
        assert 0 == process.end()[0]
    assert {"value": 3} == second.results


def test_one_job_in_a_process_is_cut_short_with_it(room: Room) -> None:
    job = room.post(1)
    arguments = ["listen", "laboratory_of_program:Waits", *room.place, "--once"]
    with running(*arguments, "--executor", "process", cwd=room.folder) as process:
        room.until_begun(1)
        process.interrupt()
        process.said("the job is finished first")
        time.sleep(APART)
        process.interrupt()
        assert 130 == process.end()[0]  # and nothing of its group is left

    room.let_go()
    assert 0 == room.once()[0]
    assert "worker-crash" == kind_of(job)


# As others run it.

SCRIPT = """
import sys
from laboratory_of_program import Waits

url, service, journal = sys.argv[1:]
sys.exit(Waits(url, service, journal=journal).work())
"""


def test_a_program_of_ones_own_ends_with_the_same_codes_and_is_silent(room: Room) -> None:
    journal = str(room.folder / "journal.sqlite")
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(room.folder)])}

    def start(service: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*command, room.url, service, journal],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    with start(str(NOBODY)) as wrong:
        _, said = wrong.communicate(timeout=60)
    assert (78, f"no service has the id {NOBODY}\n") == (wrong.returncode, said)

    job = room.post()
    with start(str(room.service.id)) as right:
        room.until_begun(1)
        right.send_signal(signal.SIGTERM)
        room.let_go()
        assert ("", "") == right.communicate(timeout=60)
    assert 0 == right.returncode
    assert {"value": 2} == job.results


def test_a_terminal_shows_what_the_listener_does_below_its_log(room: Room) -> None:
    """The line is drawn anew in its place, and never amid a line of the log."""
    arguments = ["listen", "laboratory_of_program:Waits", *room.place]
    watched, given = pty.openpty()
    process = subprocess.Popen(
        [*TOPCHEF, *arguments],
        cwd=room.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "150"},
        stdin=given,
        stdout=given,
        stderr=given,
        start_new_session=True,
    )
    os.close(given)
    seen = bytearray()
    try:
        _watch(watched, seen, b"no job")
        job = room.post()
        _watch(watched, seen, f"job {str(job.id)[:8]} at work".encode())
        room.let_go()
        _watch(watched, seen, b"1 completed")
        process.send_signal(signal.SIGINT)
        _watch(watched, seen, b"the listener has stopped")
        assert 0 == process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
        os.close(watched)

    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    expected = rf"[\r\n](\[[^\]\r\n]*\])? +INFO +job {job.id} completed after [0-9.]+ s *[\r\n]"
    assert re.search(expected, text), text


def _watch(terminal: int, seen: bytearray, text: bytes) -> None:
    """Read what a terminal shows until it has shown a text."""
    deadline = time.monotonic() + 60
    while text not in seen:
        assert time.monotonic() < deadline, seen
        seen.extend(os.read(terminal, 4096))
