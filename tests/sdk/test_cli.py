"""The command line: in this process, and as a process of its own against a server over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from tests.sdk.commands import ROOT, done, registered, run, running, told, until
from tests.sdk.servers import NOBODY
from topchef_sdk import Client, JobStatus, Service
from topchef_sdk.report import ErrorKind, error_report
from topchef_sdk.server import TopChefServer


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
    return registered(client)


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
    (["--nope", "jobs"], "No such option"),
    (["--url", "http://localhost", "jobs"], "--url belongs behind the command"),
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
    service = registered(client, "Add one", "adds one")
    lines = done(run(url, "services")).splitlines()

    assert f"{service.id}\tAdd one\talive\tadds one" in lines


def test_texts_of_services_cannot_command_the_terminal(url: str, client: Client) -> None:
    service = registered(client, "[/bold]\x1b]0;x\x07\tn", "two\nlines\u202e")
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


# Processes of their own.


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
            service = registered(client)
            assert [service.id] == list(client.services)
        process.interrupt(number)

        assert (0, f"{started}\n", "") == process.end()
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
    # Before it stands what Python says of a signal that it drops.
    assert err.splitlines(keepends=True)[-1] in expected


def test_the_results_of_a_failed_job_are_told_in_one_line(url: str, service: Service) -> None:
    with running("submit", str(service.id), '{"value": 1}', "--wait", "--url", url) as process:
        until(lambda: bool(service.jobs))
        [job] = service.jobs
        job.report(JobStatus.ERROR, error_report(ErrorKind.HANDLER, "No", "sample\nin the magnet"))

        expected = f"topchef: job {job.id} failed: No: sample in the magnet\n"
        assert (1, "", expected) == process.end()


def test_the_demonstration_comes_right() -> None:
    with running("demo", "--jobs", "5") as process:
        code, out, _ = process.end()

    assert 0 == code
    assert "5 jobs: 5 right" == out.splitlines()[-1]
    assert {"jobs\t5", "right\t5"} <= set(out.splitlines())


def has_results(database: Path) -> bool:
    """Whether a job has gone all the way, so that nothing more has to be imported for the next."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return bool(connection.execute("SELECT 1 FROM jobs WHERE results NOTNULL").fetchone())
        except sqlite3.OperationalError:  # still without tables, or busy
            return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demonstration_can_be_interrupted_and_leaves_nothing(
    number: signal.Signals, tmp_path: Path
) -> None:
    with running("demo", "--jobs", "100000", TMPDIR=str(tmp_path)) as process:
        until(lambda: any(map(has_results, tmp_path.glob("topchef-demo-*/topchef.db"))))
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
