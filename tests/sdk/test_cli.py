"""The command line: in this process, and as a process of its own against a server over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from tests.sdk.servers import ADD_ONE, ANY_OBJECT, NOBODY
from topchef_sdk import Client, JobStatus, Service
from topchef_sdk.api import JsonObject
from topchef_sdk.api.models import NewService
from topchef_sdk.cli import topchef
from topchef_sdk.report import error_report
from topchef_sdk.server import TopChefServer

ROOT = Path(__file__).parents[2]
TOPCHEF = [sys.executable, "-W", "error", "-m", "topchef_sdk"]
PATIENCE = 60.0
"""Seconds after which a process is held for stuck."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with TopChefServer() as server:
        yield server.url


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with Client(url) as client:
        yield client


@pytest.fixture
def service(client: Client) -> Service:
    return _registered(client)


def _registered(
    client: Client, name: str = "Add one", description: str = "adds one", **schemas: JsonObject
) -> Service:
    new = NewService(
        name=name,
        description=description,
        job_registration_schema=schemas.get("parameters", ADD_ONE),
        job_result_schema=ANY_OBJECT,
    )
    return Service(client.connection.create_service(new), client)


def run(url: str, *arguments: str, text: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(topchef, arguments, input=text, env={"TOPCHEF_URL": url})


def told(result: Result, code: int) -> str:
    """The one line of an error, which must have this exit code."""
    assert (code, "") == (result.exit_code, result.stdout), result.output
    assert result.stderr.startswith("topchef: ")
    assert [result.stderr] == result.stderr.splitlines(keepends=True)
    assert result.stderr.strip().isprintable()
    return result.stderr.removeprefix("topchef: ").strip()


def done(result: Result) -> str:
    """What a command that went well printed."""
    assert (0, "") == (result.exit_code, result.stderr), result.output
    return result.stdout


# Usage.


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["submit", "-h"], ["listen", "--help"]])
def test_help_is_no_error(arguments: list[str]) -> None:
    assert done(run("", *arguments)).startswith("Usage: topchef")


def test_all_commands_are_in_the_help_and_so_are_the_exit_codes() -> None:
    shown = done(run("", "--help"))
    for word in ("serve", "services", "submit", "jobs", "listen", "demo", "130 interrupted"):
        assert word in shown


def test_the_version_is_that_of_the_package() -> None:
    assert "topchef, version 0" in done(run("", "--version"))


def test_no_command_shows_the_help_and_is_wrong_usage() -> None:
    result = run("")

    assert (2, "") == (result.exit_code, result.stdout)
    assert result.stderr.startswith("Usage: topchef")


USAGES = [
    (["nope"], "No such command 'nope'; see 'topchef --help'"),
    (["jobs", "abc"], "Invalid value for '[JOB]': 'abc' is not a valid UUID"),
    (["jobs", "--nope"], "No such option"),
    (["submit"], "Missing argument 'SERVICE'; see 'topchef submit --help'"),
    (["serve", "--port", "65536"], "Invalid value for '--port': 65536 is not in the range"),
    (["demo", "--jobs", "0"], "Invalid value for '--jobs': 0 is not in the range x>=1"),
    (["listen", "a:b"], "Missing option '--service'"),
    (
        ["listen", "a:b", "--service", str(NOBODY), "--timeout", "0"],
        "Invalid value for '--timeout'",
    ),
    (["submit", str(NOBODY), "{}", "--timeout", "-1"], "Invalid value for '--timeout'"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGES)
def test_wrong_usage_is_told_in_one_line(arguments: list[str], message: str) -> None:
    assert told(run("http://127.0.0.1:1", *arguments), 2).startswith(message)


@pytest.mark.parametrize("command", [["services"], ["jobs"], ["submit", str(NOBODY), "{}"]])
def test_a_server_that_cannot_be_reached_is_told_in_one_line(command: list[str]) -> None:
    assert "http://127.0.0.1:1/" in told(run("http://127.0.0.1:1", *command), 3)


def test_a_url_that_is_none_is_invalid_input() -> None:
    expected = "the base URL is not an absolute http or https URL, such as http://127.0.0.1:8080"

    assert expected == told(run("", "services", "--url", "topchef.example"), 2)


# Services and jobs.


def test_services_are_listed_a_line_each(url: str, client: Client) -> None:
    service = _registered(client, "Add one", "adds one")
    lines = done(run(url, "services")).splitlines()

    assert f"{service.id}\tAdd one\talive\tadds one" in lines


def test_texts_of_services_cannot_command_the_terminal(url: str, client: Client) -> None:
    service = _registered(client, "[/bold]\x1b]0;x\x07\tn", "two\nlines\u202e")
    lines = done(run(url, "services")).splitlines()

    assert f"{service.id}\t[/bold]\\x1b]0;x\\x07 n\talive\ttwo lines\\u202e" in lines


def test_jobs_are_listed_in_one_request_a_line_each(url: str, service: Service) -> None:
    job = service.new_job({"value": 3})
    date = job.date_submitted.isoformat(" ", "seconds")

    assert f"{job.id}\tREGISTERED\t{date}" in done(run(url, "jobs")).splitlines()
    assert f"{job.id}\tREGISTERED\t{date}\n" == done(run(url, "jobs", "--service", str(service.id)))


def test_a_job_is_shown_with_parameters_and_results(url: str, service: Service) -> None:
    job = service.new_job({"value": 3})
    job.report(JobStatus.COMPLETED, {"µ": "\x1b[2J"})
    shown = done(run(url, "jobs", str(job.id)))

    assert {
        "id": str(job.id),
        "status": "COMPLETED",
        "date_submitted": job.date_submitted.isoformat(),
        "parameters": {"value": 3},
        "results": {"µ": "\x1b[2J"},
    } == json.loads(shown)
    assert '"µ": "\\u001b[2J"' in shown


def test_what_is_unknown_is_told_in_one_line(url: str) -> None:
    assert f"no job has the id {NOBODY}" == told(run(url, "jobs", str(NOBODY)), 3)
    assert f"no service has the id {NOBODY}" == told(run(url, "jobs", "--service", str(NOBODY)), 3)
    assert f"no service has the id {NOBODY}" == told(run(url, "submit", str(NOBODY), "{}"), 3)


# Submitting.


def test_parameters_come_from_an_argument_a_file_or_standard_input(
    url: str, service: Service, tmp_path: Path
) -> None:
    file = tmp_path / "job.json"
    file.write_text('{"value": 2}', "utf-8")
    posted = [
        done(run(url, "submit", str(service.id), '{"value": 1}')),
        done(run(url, "submit", str(service.id), f"@{file}")),
        done(run(url, "submit", str(service.id), "-", text='{"value": 3}')),
    ]

    assert [UUID(line.strip()) for line in posted] == [job.id for job in service.jobs]
    assert [1, 2, 3] == [job.parameters["value"] for job in service.jobs]


def test_wrong_parameters_are_told_in_one_line(url: str, service: Service, tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_bytes(b"\xff")
    cases = [
        ("{", "PARAMETERS: not JSON: Expecting property name"),
        ("", "PARAMETERS: not JSON: Expecting value"),
        ("[1]", "PARAMETERS: not a JSON object"),
        ("[" * 100_000, "PARAMETERS: nested too deeply"),
        ("@nowhere.json", "PARAMETERS: @nowhere.json: No such file or directory"),
        ("@", "PARAMETERS: @: Is a directory"),
        (f"@{file}", "PARAMETERS: not JSON: 'utf-8' codec"),
        ('{"value": "a"}', "$.value: 'a' is not of type 'integer'"),
        ('{"value": NaN}', "$.value: nan is not of type 'integer'"),
    ]
    for parameters, message in cases:
        assert told(run(url, "submit", str(service.id), parameters), 2).startswith(message)

    assert [] == service.jobs


def test_waiting_that_takes_too_long_is_told_in_one_line(url: str, service: Service) -> None:
    result = run(url, "submit", str(service.id), '{"value": 1}', "--wait", "--timeout", "0")

    [job] = service.jobs
    assert f"job {job.id} has not ended after 0.0 s" == told(result, 1)


# Listeners that are none.

MODULE = """
from topchef_sdk import ServiceListener
class Nothing: ...
value = 1
class AddOne(ServiceListener):
    def run(self, parameters):
        if parameters["value"] == 10:
            raise RuntimeError("ten is too much")
        return {"value": parameters["value"] + 1}
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere_at_all:X", "nowhere_at_all:X: No module named 'nowhere_at_all'"),
        ("json:Nope", "json:Nope: module 'json' has no attribute 'Nope'"),
        ("json", "'json' has not the form MODULE:CLASS"),
        (":X", "':X' has not the form MODULE:CLASS"),
        ("json:", "'json:' has not the form MODULE:CLASS"),
        (".json:X", ".json:X: TypeError: the 'package' argument is required"),
        ("json:dumps", "json:dumps is no ServiceListener"),
        ("json:JSONDecoder", "json:JSONDecoder is no ServiceListener"),
        ("topchef_sdk:ServiceListener", "topchef_sdk:ServiceListener does not say how to run"),
        ("broken_listener:X", "broken_listener:X: SyntaxError: "),
    ],
)
def test_a_listener_that_is_none_is_told_in_one_line(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_listener.py").write_text("class X(:\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    result = run("http://127.0.0.1:1", "listen", name, "--service", str(NOBODY))

    assert told(result, 2).startswith(f"MODULE:CLASS: {message}")


# Processes of their own.


class Process:
    """A running command, and what it wrote."""

    def __init__(self, *arguments: str, cwd: Path = ROOT, **environment: str) -> None:
        self._process = subprocess.Popen(
            [*TOPCHEF, *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a process group of its own, as a shell makes it
        )

    def line(self, stream: str = "stdout") -> str:
        """The next line, waited for."""
        found = getattr(self._process, stream)
        assert found is not None
        text: str = found.readline()
        return text.rstrip("\n")

    def interrupt(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, as a terminal does with Ctrl-C."""
        os.killpg(self._process.pid, number)

    def is_ended_by(self, number: signal.Signals) -> bool:
        """Send a signal and say whether that ended the process.

        Python drops the exception of a signal that comes in a callback of the garbage
        collector, and then a person presses Ctrl-C again.
        """
        self.interrupt(number)
        try:
            self._process.wait(timeout=PATIENCE / 6)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output and error, once it has ended and its group is empty."""
        try:
            out, err = self._process.communicate(timeout=PATIENCE)
        except BaseException:
            self.kill()
            raise
        with pytest.raises(ProcessLookupError):
            os.killpg(self._process.pid, 0)
        return self._process.returncode, out, err

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def until(condition: Callable[[], bool]) -> None:
    """Look again and again, until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def running(*arguments: str, cwd: Path = ROOT, **environment: str) -> Generator[Process]:
    process = Process(*arguments, cwd=cwd, **environment)
    try:
        yield process
    finally:
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("is_stored", [True, False])
def test_a_server_serves_until_it_is_told_to_stop(
    number: signal.Signals, is_stored: bool, tmp_path: Path
) -> None:
    place = ["--db", str(tmp_path / "topchef.db")] if is_stored else []
    with running("serve", "--port", "0", *place) as process:
        started = process.line()
        url = started.split()[1]
        with Client(url) as client:
            service = _registered(client)
            assert [service.id] == list(client.services)
        process.interrupt(number)

        assert (0, "", "") == process.end()
    assert f"serving {url} from {place[-1] if place else 'memory'}; Ctrl-C ends it" == started
    with socket.socket() as probe:
        assert 0 != probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2])))
    if is_stored:
        with TopChefServer(tmp_path / "topchef.db") as server, Client(server.url) as client:
            assert [service.id] == list(client.services)


def test_a_busy_port_is_told_in_one_line(url: str) -> None:
    port = url.rpartition(":")[2]
    with running("serve", "--port", port) as process:
        expected = f"topchef: cannot serve at 127.0.0.1 port {port}: Address already in use\n"
        assert (3, "", expected) == process.end()


def test_a_database_that_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--db", str(tmp_path / "no" / "x.db")) as process:
        code, out, err = process.end()
    assert (2, "") == (code, out)
    assert 1 == len(err.splitlines())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_listener_does_jobs_until_it_is_told_to_stop(
    number: signal.Signals, url: str, service: Service
) -> None:
    name = "examples.add_one:AddOne"
    with running("listen", name, "--service", str(service.id), "--url", url) as process:
        started = process.line("stderr")
        submitted = run(url, "submit", str(service.id), '{"value": 3}', "--wait", "--timeout", "30")
        process.interrupt(number)
        code, out, err = process.end()

    assert f"listening for jobs of 'Add one' at {url}; Ctrl-C ends it" == started
    assert '{"value": 4}\n' == done(submitted)
    assert (0, "") == (code, out)
    [job] = service.jobs
    done_line, stopping, stopped = err.splitlines()
    assert f" INFO job {job.id} completed after " in done_line
    assert "no more jobs are taken; Ctrl-C again ends at once" == stopping
    assert "the listener has stopped" == stopped


def test_a_listener_of_the_current_folder_and_a_job_that_fails(
    url: str, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "laboratory.py").write_text(MODULE, "utf-8")
    name = "laboratory:AddOne"
    with running(
        "listen", name, "--service", str(service.id), cwd=tmp_path, TOPCHEF_URL=url
    ) as process:
        process.line("stderr")
        result = run(url, "submit", str(service.id), '{"value": 10}', "--wait", "--timeout", "30")
        process.interrupt(signal.SIGTERM)
        code, _, _ = process.end()

    [job] = service.jobs
    assert f"job {job.id} failed: RuntimeError: ten is too much" == told(result, 1)
    assert 0 == code


def test_a_second_interrupt_ends_a_listener_at_once(
    url: str, service: Service, tmp_path: Path
) -> None:
    module = "from topchef_sdk import ServiceListener\nimport threading\n"
    module += "class Stuck(ServiceListener):\n"
    module += "    def run(self, parameters):\n        threading.Event().wait()\n"
    (tmp_path / "laboratory.py").write_text(module, "utf-8")
    with running(
        "listen", "laboratory:Stuck", "--service", str(service.id), "--url", url, cwd=tmp_path
    ) as process:
        process.line("stderr")
        job = service.new_job({"value": 1})
        until(lambda: job.status is JobStatus.WORKING)
        process.interrupt(signal.SIGINT)
        assert process.line("stderr").startswith("no more jobs are taken")
        process.interrupt(signal.SIGINT)

        assert (130, "", "") == process.end()


def test_a_listener_for_no_service_is_told_in_one_line(url: str) -> None:
    with running(
        "listen", "examples.add_one:AddOne", "--service", str(NOBODY), "--url", url
    ) as one:
        expected = f"topchef: no service has the id {NOBODY}\n"
        assert (3, "", expected) == one.end()


def test_waiting_can_be_interrupted(url: str, service: Service) -> None:
    with running("submit", str(service.id), '{"value": 1}', "--wait", "--url", url) as process:
        until(lambda: bool(service.jobs))
        [job] = service.jobs
        until(lambda: process.is_ended_by(signal.SIGINT))
        code, out, err = process.end()

    # The signal may come before the answer to the post does.
    expected = {
        "topchef: interrupted\n",
        f"topchef: interrupted; job {job.id} goes on without you\n",
    }
    assert (130, "") == (code, out)
    assert err in expected


def test_the_results_of_a_failed_job_are_told_in_one_line(url: str, service: Service) -> None:
    with running("submit", str(service.id), '{"value": 1}', "--wait", "--url", url) as process:
        until(lambda: bool(service.jobs))
        [job] = service.jobs
        job.report(JobStatus.ERROR, error_report("handler", "No", "sample\nin the magnet"))

        expected = f"topchef: job {job.id} failed: No: sample in the magnet\n"
        assert (1, "", expected) == process.end()


def test_the_demonstration_comes_right() -> None:
    with running("demo", "--jobs", "5") as process:
        code, out, _ = process.end()

    assert 0 == code
    assert "5 jobs: 5 right" == out.splitlines()[-1]
    assert {"jobs\t5", "right\t5"} <= set(out.splitlines())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demonstration_can_be_interrupted_and_leaves_nothing(
    number: signal.Signals, tmp_path: Path
) -> None:
    with running("demo", "--jobs", "100000", TMPDIR=str(tmp_path)) as process:
        until(lambda: bool(list(tmp_path.glob("topchef-demo-*/topchef.db"))))
        process.interrupt(number)
        code, out, err = process.end()

    assert (130, "") == (code, out)
    assert "topchef: interrupted" == err.splitlines()[-1]
    assert "Traceback" not in err
    assert [] == list(tmp_path.iterdir())


FORGETFUL = """
from topchef_sdk import Service, Validator
import sys

url, service_id = sys.argv[1:]
job = Service(service_id, url).new_job({"value": 1})
Validator(url).assert_instance_matches_schema({}, {})
print(job.status)
"""


def test_a_program_need_not_close_what_it_made_from_a_url(url: str, service: Service) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", FORGETFUL, url, str(service.id)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (0, "REGISTERED\n", "") == (ended.returncode, ended.stdout, ended.stderr)


BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
"""


@pytest.mark.parametrize(
    ("blocked", "command", "message"),
    [
        ("click", "services", "click is missing; pip install 'topchef-sdk[cli]'"),
        ("rich", "services", "rich is missing; pip install 'topchef-sdk[cli]'"),
        ("sqlalchemy", "serve", "sqlalchemy is missing; pip install 'topchef-sdk[server]'"),
        ("waitress", "demo", "waitress is missing; pip install 'topchef-sdk[server]'"),
    ],
)
def test_what_is_not_installed_is_told_in_one_line(
    blocked: str, command: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BLOCKED.format(blocked=[blocked]), "utf-8")
    with running(command, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}") as process:
        code, out, err = process.end()

    assert (2, "") == (code, out)
    assert f"topchef: {message}" == err.splitlines()[-1]
    assert "Traceback" not in err
