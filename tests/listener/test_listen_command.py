"""`topchef listen` in this process: what it refuses, and what it shows and sends of a journal."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import Result

from tests.sdk.commands import ROOT, registered, run, told
from tests.sdk.servers import ADD_ONE, NOBODY
from topchef_sdk import Client, Job, JobStatus, Service
from topchef_sdk.api import JsonObject
from topchef_sdk.cli.named import executor_named
from topchef_sdk.listener import Journal
from topchef_sdk.listener.journal import Owner, default_path
from topchef_sdk.listener.liveness import is_alive
from topchef_sdk.listener.outcome import HandlerFailure, Verdict
from topchef_sdk.listener.program import CONFIGURATION
from topchef_sdk.listener.states import FORGOTTEN, Entry, State
from topchef_sdk.listener.threads import CUT_SHORT, STILL_WAITING, THREAD_DIED
from topchef_sdk.report import NOWHERE, ErrorKind
from topchef_sdk.server import TopChefServer

NO_SERVER = "http://127.0.0.1:1"
RIGHT = Verdict(True, {"value": 2, "text": "\x1b[2J two  spaces µ"})
WRONG = Verdict.failed(HandlerFailure(ErrorKind.HANDLER, "ValueError", "no\nsample"), NOWHERE)


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


def listen(url: str, *arguments: str, service: UUID = NOBODY) -> Result:
    return run(url, "listen", *arguments, "--service", str(service))


def journal_of(path: Path, *entries: Entry) -> Path:
    journal = Journal(path)
    journal.open()
    for entry in entries:
        journal.write(entry)
    journal.close()
    return path


def states_of(path: Path) -> dict[UUID, State]:
    journal = Journal(path)
    journal.open()
    found = {record.entry.job_id: record.entry.state for record in journal.records()}
    journal.close()
    return found


# What is refused.

CONTRADICTIONS: list[tuple[list[str], str]] = [
    ([], "Missing argument 'MODULE:NAME'"),
    (["a:b", "--once", "--flush"], "--once, --flush and --status exclude each other"),
    (["--status", "--flush"], "--once, --flush and --status exclude each other"),
    (["a:b", "--json"], "--json is for --status"),
    (["a:b", "--journal", "x", "--no-journal"], "--no-journal leaves no journal to use"),
    (["--flush", "--no-journal"], "--no-journal leaves no journal to use"),
    (["--status", "--no-journal"], "--no-journal leaves no journal to use"),
    (["a:b", "--max-attempts", "2"], "--max-attempts is for --on-crash retry"),
    (["a:b", "--concurrency", "0"], "Invalid value for '--concurrency': 0 is not in the range"),
    (["a:b", "--on-crash", "ignore"], "Invalid value for '--on-crash': 'ignore' is not one of"),
    (["a:b", "--drain-timeout", "-1"], "Invalid value for '--drain-timeout': -1.0 is not in"),
]


@pytest.mark.parametrize(("arguments", "message"), CONTRADICTIONS)
def test_wrong_usage_is_told_in_one_line(arguments: list[str], message: str) -> None:
    assert told(listen(NO_SERVER, *arguments), 2).startswith(message)


MODULE = """
from concurrent.futures import ThreadPoolExecutor
from topchef_sdk import ServiceListener

value = 1


class AddOne(ServiceListener):
    def run(self, parameters):
        return {"value": parameters["value"] + 1}


class OfItsOwn(AddOne):
    def __init__(self, url, service_id, timeout=30):
        super().__init__(url, service_id, timeout)


class NoInstrument(AddOne):
    def __init__(self, *args, **options):
        raise OSError("no instrument at\\nthe port")


def add_one(parameters):
    return {"value": parameters["value"] + 1}


def threads():
    return ThreadPoolExecutor(2)
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, with a module that has listeners."""
    (tmp_path / "laboratory_of_tests.py").write_text(MODULE, "utf-8")
    (tmp_path / "broken_listener.py").write_text("class X(:\n", "utf-8")
    (tmp_path / "leaving_listener.py").write_text("raise SystemExit(0)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("laboratory_of_tests", None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere_at_all:X", "nowhere_at_all:X: No module named 'nowhere_at_all'"),
        ("json:Nope", "json:Nope: module 'json' has no attribute 'Nope'"),
        ("json", "'json' has not the form MODULE:NAME"),
        (":X", "':X' has not the form MODULE:NAME"),
        ("json:", "'json:' has not the form MODULE:NAME"),
        (".json:X", ".json:X: TypeError: the 'package' argument is required"),
        (
            "laboratory_of_tests:value",
            "laboratory_of_tests:value is neither a ServiceListener nor a function",
        ),
        ("json:JSONDecoder", "json:JSONDecoder is neither a ServiceListener nor a function"),
        ("topchef_sdk:ServiceListener", "topchef_sdk:ServiceListener does not say how to run"),
        ("broken_listener:X", "broken_listener:X: SyntaxError: "),
        ("leaving_listener:X", "leaving_listener:X: SystemExit: 0"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_listener_that_is_none_is_a_wrong_configuration(name: str, message: str) -> None:
    assert told(listen(NO_SERVER, name), 78).startswith(f"MODULE:NAME: {message}")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--executor", "json:nope"], 78, "MODULE:NAME: json:nope: module 'json' has no"),
        (
            ["--executor", "laboratory_of_tests:value"],
            78,
            "MODULE:NAME: laboratory_of_tests:value is neither an executor nor a function that",
        ),
        (["--shard", "3/2"], 78, "shard '3/2' is not of the form K/N with K from 1 to N"),
        (["--url", "topchef.example"], 78, "the base URL is not an absolute http or https URL"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_cannot_be_set_is_a_wrong_configuration(
    arguments: list[str], code: int, message: str
) -> None:
    assert told(listen(NO_SERVER, "json:dumps", *arguments), code).startswith(message)


@pytest.mark.usefixtures("here")
def test_a_listener_that_cannot_be_made_is_told_in_one_line() -> None:
    name = "laboratory_of_tests:OfItsOwn"
    message = told(listen(NO_SERVER, name, "--shard", "1/2"), 78)
    assert message.startswith(f"{name} cannot be made: TypeError: ")

    name = "laboratory_of_tests:NoInstrument"
    message = told(listen(NO_SERVER, name), 70)
    assert message.startswith(f"{name} cannot be made: OSError: no instrument at the port (")


# At most one job.


@pytest.mark.parametrize("name", ["AddOne", "OfItsOwn", "add_one"])
@pytest.mark.usefixtures("here")
def test_one_job_is_done_by_a_class_and_by_a_function(
    name: str, url: str, service: Service
) -> None:
    first, second = service.new_job({"value": 1}), service.new_job({"value": 2})
    result = listen(url, f"laboratory_of_tests:{name}", "--once", service=service.id)

    assert (0, "") == (result.exit_code, result.stdout)
    assert (JobStatus.COMPLETED, {"value": 2}) == (first.status, first.results)
    assert JobStatus.REGISTERED is second.status


@pytest.mark.parametrize("executor", ["thread", "laboratory_of_tests:threads"])
@pytest.mark.usefixtures("here")
def test_one_job_is_done_in_the_executor_that_is_named(
    executor: str, url: str, service: Service
) -> None:
    job = service.new_job({"value": 1})
    name = "laboratory_of_tests:AddOne"
    result = listen(url, name, "--once", "--executor", executor, service=service.id)

    assert 0 == result.exit_code
    assert {"value": 2} == job.results


def test_processes_begin_anew_and_are_no_copies_of_one_with_threads() -> None:
    factory = executor_named("process", 3)

    assert isinstance(factory, partial)
    assert (3,) == factory.args
    assert "spawn" == factory.keywords["mp_context"].get_start_method()


@pytest.mark.usefixtures("here")
def test_no_job_is_no_error(url: str, service: Service) -> None:
    result = listen(url, "laboratory_of_tests:AddOne", "--once", service=service.id)

    assert (0, "", "no job waits\n") == (result.exit_code, result.stdout, result.stderr)


@pytest.mark.usefixtures("here")
def test_a_job_that_fails_was_done(url: str, client: Client) -> None:
    service = registered(client)
    job = service.new_job({"value": 1})
    result = listen(url, "builtins:len", "--once", service=service.id)

    assert 0 == result.exit_code
    assert JobStatus.ERROR is job.status


@pytest.mark.usefixtures("here")
def test_without_contact_one_job_is_tried_again_later() -> None:
    result = listen(NO_SERVER, "laboratory_of_tests:AddOne", "--once", service=uuid4())

    assert 75 == result.exit_code
    assert result.stderr.startswith("no job was done: GET http://127.0.0.1:1/")


@pytest.mark.usefixtures("here")
def test_a_service_that_is_unknown_is_a_wrong_configuration(url: str) -> None:
    result = listen(url, "laboratory_of_tests:AddOne", "--once")

    assert f"no service has the id {NOBODY}" == told(result, 78)


def test_the_shard_has_a_journal_of_its_own(here: Path, url: str, service: Service) -> None:
    name, mine = "laboratory_of_tests:AddOne", here / "mine.sqlite"
    listen(url, name, "--once", "--journal", str(mine), service=service.id)
    assert mine.exists()
    assert not default_path(service.id).exists()

    listen(url, name, "--once", "--no-journal", service=service.id)
    assert not default_path(service.id).exists()

    listen(url, name, "--once", service=service.id)
    assert default_path(service.id).exists()


# What the journal has.


def test_a_journal_that_is_not_there_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    result = listen(NO_SERVER, "--status", "--journal", str(path))

    assert (0, "") == (result.exit_code, result.stdout)
    assert f"there is no journal {path}: nothing waits\n" == result.stderr
    assert [] == list(tmp_path.iterdir())


def test_a_journal_is_shown_a_line_a_job_without_those_that_are_over(tmp_path: Path) -> None:
    done_, running, parked = (
        Entry(job_id=uuid4(), state=State.DONE, verdict=WRONG),
        Entry(job_id=uuid4(), state=State.RUNNING, attempt=2),
        Entry(job_id=uuid4(), state=State.PARKED, verdict=RIGHT, lesser=RIGHT.refused("no", False)),
    )
    acked = Entry(job_id=uuid4(), state=State.ACKED, verdict=RIGHT)
    path = journal_of(tmp_path / "journal.sqlite", done_, running, parked, acked)
    result = listen(NO_SERVER, "--status", "--journal", str(path))

    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [
        [str(done_.job_id), "done", "1", "ValueError: no sample"],
        [str(running.job_id), "running", "2", ""],
        [str(parked.job_id), "parked", "1", "completed; The server refused the results: no"],
    ] == [[*row[:3], row[4]] for row in rows]
    now = datetime.now(UTC)
    assert all(abs((now - datetime.fromisoformat(row[3])).total_seconds()) < 600 for row in rows)
    place, owner, counts = result.stderr.splitlines()
    assert f"journal {path}"[:300] == place
    assert owner.startswith(f"process {os.getpid()} on {platform.node()}, since ")
    assert owner.endswith(": alive")
    assert "1 running, 1 done, 1 acked, 1 parked" == counts


def test_results_come_out_of_the_journal_whole(tmp_path: Path) -> None:
    wanted = Entry(
        job_id=uuid4(), state=State.CONFLICT, verdict=RIGHT, lesser=RIGHT.refused("no", True)
    )
    path = journal_of(
        tmp_path / "journal.sqlite", wanted, Entry(job_id=uuid4(), state=State.CLAIMING)
    )
    result = listen(NO_SERVER, "--status", "--json", "--journal", str(path))

    assert all(line.isprintable() for line in result.stdout.splitlines())
    shown: list[JsonObject] = [json.loads(line) for line in result.stdout.splitlines()]
    [found] = [one for one in shown if one["job"] == str(wanted.job_id)]
    assert ("conflict", 1, "COMPLETED") == (found["state"], found["attempt"], found["status"])
    assert RIGHT.results == found["results"]
    assert {"claiming", "conflict"} == {one["state"] for one in shown}


def test_results_that_the_server_refused_are_shown_although_the_job_is_over(tmp_path: Path) -> None:
    refused = Entry(
        job_id=uuid4(), state=State.ACKED, verdict=RIGHT, lesser=RIGHT.refused("no", False)
    )
    path = journal_of(tmp_path / "journal.sqlite", refused)
    result = listen(NO_SERVER, "--status", "--json", "--journal", str(path))

    assert RIGHT.results == json.loads(result.stdout)["results"]


def test_a_journal_is_shown_while_somebody_works_with_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.open()
    journal.write(Entry(job_id=uuid4(), state=State.DONE, verdict=RIGHT))
    try:
        result = listen(NO_SERVER, "--status", "--journal", str(path))
        assert 1 == len(result.stdout.splitlines())
        journal.write(Entry(job_id=uuid4(), state=State.DONE, verdict=RIGHT))
    finally:
        journal.close()


def test_what_is_no_journal_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_text("no journal " * 1000, "utf-8")

    assert told(listen(NO_SERVER, "--status", "--journal", str(path)), 78).startswith("journal ")
    assert told(listen(NO_SERVER, "--flush", "--journal", str(path)), 78).startswith("journal ")


def test_an_owner_is_alive_only_if_that_can_be_known() -> None:
    ended = os.fork()
    if ended == 0:
        os._exit(0)
    os.waitpid(ended, 0)
    now, here = datetime.now(UTC), platform.node()

    assert True is is_alive(Owner(os.getpid(), here, now))
    assert True is is_alive(Owner(1, here, now))
    assert False is is_alive(Owner(ended, here, now))
    assert None is is_alive(Owner(os.getpid(), f"not-{here}", now))


# What the page for laboratories says.

PAGE = (ROOT / "docs" / "listener.md").read_text("utf-8")


def test_the_page_names_all_states_kinds_and_exit_codes() -> None:
    kept = {state.value for state in State if state not in FORGOTTEN}
    kinds = {kind.value for kind in ErrorKind}
    codes = {0, 2, THREAD_DIED, STILL_WAITING, CONFIGURATION, CUT_SHORT}

    assert kept <= set(re.findall(r"^\| `([a-z]+)` \|", PAGE, flags=re.MULTILINE))
    assert set() == {kind for kind in kinds if f"`{kind}`" not in PAGE}
    assert codes == {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, flags=re.MULTILINE)}


def test_the_page_names_no_option_that_is_not_there() -> None:
    offered = run("", "listen", "--help").stdout

    named = set(re.findall(r"--[a-z][a-z-]+", PAGE))
    assert set() == {option for option in named if option not in offered}


# What is sent.


def waiting(job: Job, verdict: Verdict = RIGHT, state: State = State.DONE) -> Entry:
    """A job of the server that was done, and whose outcome waits."""
    job.report(JobStatus.WORKING)
    return Entry(job_id=job.id, state=state, verdict=verdict, is_ours=True)


def test_what_waits_is_sent(tmp_path: Path, url: str, client: Client) -> None:
    service = registered(client, parameters=ADD_ONE)
    right, wrong, parked = (service.new_job({"value": value}) for value in (1, 2, 3))
    path = journal_of(
        tmp_path / "journal.sqlite",
        waiting(right),
        waiting(wrong, WRONG),
        waiting(parked, state=State.PARKED),
    )
    result = listen(url, "--flush", "--journal", str(path), service=service.id)

    assert (0, "") == (result.exit_code, result.stdout)
    assert "3 settled, 0 still waiting" == result.stderr.splitlines()[-1]
    assert [(JobStatus.COMPLETED, RIGHT.results), (JobStatus.ERROR, WRONG.results)] == [
        (job.status, job.results) for job in (right, wrong)
    ]
    assert RIGHT.results == parked.results
    assert {State.ACKED} == set(states_of(path).values())


def test_what_was_not_done_is_left_to_the_next_listener(
    tmp_path: Path, url: str, service: Service
) -> None:
    running, claiming = service.new_job({"value": 1}), service.new_job({"value": 2})
    running.report(JobStatus.WORKING)
    entries = (
        Entry(job_id=running.id, state=State.RUNNING, is_ours=True),
        Entry(job_id=claiming.id, state=State.CLAIMING),
    )
    path = journal_of(tmp_path / "journal.sqlite", *entries)
    result = listen(url, "--flush", "--journal", str(path), service=service.id)

    assert (0, "0 settled, 0 still waiting\n") == (result.exit_code, result.stderr)
    assert {entry.job_id: entry.state for entry in entries} == states_of(path)
    assert JobStatus.WORKING is running.status
    assert JobStatus.REGISTERED is claiming.status


def test_nothing_is_sent_for_a_listener_that_works(
    tmp_path: Path, url: str, service: Service
) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.open()
    try:
        message = told(listen(url, "--flush", "--journal", str(path), service=service.id), 78)
    finally:
        journal.close()

    assert f"a listener works with the journal {path} and sends what waits by itself (" in message
    assert f"(process {os.getpid()} on " in message


def test_nothing_waits_where_there_is_no_journal(tmp_path: Path) -> None:
    result = listen(NO_SERVER, "--flush", "--journal", str(tmp_path / "journal.sqlite"))

    assert (0, "0 settled, 0 still waiting\n") == (result.exit_code, result.stderr)
    assert [] == list(tmp_path.iterdir())
