"""`Job`, on servers of both generations."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import timedelta
from typing import Any

import pytest

from tests.sdk.servers import (
    ANY_OBJECT,
    NOBODY,
    URL,
    Answering,
    Server,
    client_of,
    json_answer,
)
from topchef_sdk import (
    Client,
    ClientError,
    DecodeError,
    Job,
    JobFailedError,
    JobNotFoundError,
    JobStatus,
    RequestError,
    TransportError,
    ValidationError,
)
from topchef_sdk.api import JsonObject, Request, Response
from topchef_sdk.report import ErrorKind, error_report
from topchef_sdk.status_line import StatusLine

REPORT = error_report(ErrorKind.HANDLER, "ValueError", "no sample in the magnet")


def posted(server: Server, value: int = 3, results: JsonObject = ANY_OBJECT) -> Job:
    """A job of which nothing is known yet."""
    return Job(server.client, server.register(results=results).new_job({"value": value}).id)


# The constructor of the first client, and what it says of itself.


def test_a_job_is_made_from_a_url_or_a_client_and_an_id(server: Server) -> None:
    known = posted(server)
    by_url = Job(URL + "/", str(known.id), server.carrier)

    assert known == by_url
    assert {known} == {known, by_url}
    assert {"value": 3} == by_url.parameters
    assert known.id == by_url.id == by_url.job_id
    assert f"{URL}/jobs/{known.id}" == by_url.job_details_endpoint


def test_jobs_differ_by_id_and_by_server() -> None:
    assert Job(URL, NOBODY) != Job("http://other.invalid", NOBODY)
    assert Job(URL, NOBODY) != Job(URL, "00000000-0000-0000-0000-000000000001")
    assert Job(URL, NOBODY) != NOBODY


@pytest.mark.parametrize("job_id", ["", "abc", None, 5])
def test_an_id_that_is_none_is_refused(job_id: Any) -> None:
    with pytest.raises(RequestError, match="is no id: ids are UUIDs"):
        Job(URL, job_id)


def test_repr_tells_what_is_known(server: Server) -> None:
    job = posted(server)
    assert f"<Job {job.id} (not asked for)>" == repr(job)
    assert JobStatus.REGISTERED is job.status
    assert f"<Job {job.id} (REGISTERED)>" == repr(job)
    assert f"<Job {job.id} (REGISTERED)>" == repr(server.client.jobs[0])


def test_an_unknown_job_is_a_key_error_with_its_id(server: Server) -> None:
    job = Job(server.client, NOBODY)
    reads: list[Callable[[], object]] = [
        lambda: job.status,
        lambda: job.last_status,
        lambda: job.parameters,
        lambda: job.results,
        lambda: job.date_submitted,
        lambda: job.job_details,
        lambda: job.wait(),
        lambda: job.report(JobStatus.WORKING),
        lambda: setattr(job, "result", {}),
        job.refresh,
    ]
    for read in reads:
        with pytest.raises(JobNotFoundError) as caught:
            read()
        assert isinstance(caught.value, KeyError)
        assert NOBODY == caught.value.id
        assert f"no job has the id {NOBODY}" == str(caught.value)


# Reading.


def test_what_cannot_change_is_asked_for_once(server: Server) -> None:
    job = posted(server)
    with server.sent() as sent:
        for _ in range(2):
            assert {"value": 3} == job.parameters
            assert timedelta(0) == job.date_submitted.utcoffset()
            assert JobStatus.REGISTERED is job.last_status

    assert [f"GET /jobs/{job.id}"] == sent


def test_status_and_results_are_asked_for_until_the_job_has_ended(server: Server) -> None:
    job, worker = posted(server), server.client.jobs[0]
    with server.sent() as sent:
        assert (JobStatus.REGISTERED, None, False) == (job.status, job.results, job.is_done)
    assert 3 == len(sent)
    worker.report(JobStatus.WORKING)
    assert [JobStatus.WORKING] == [job.status]
    worker.report(JobStatus.COMPLETED, {"value": 4})
    assert [JobStatus.WORKING] == [job.last_status]

    assert job.is_done
    with server.sent() as sent:
        assert job.is_done
        assert job.is_complete
        assert {"value": 4} == job.results == job.result
        assert JobStatus.COMPLETED is job.status is job.last_status
    assert [] == sent


def test_refresh_asks_whatever_is_known(server_2: Server) -> None:
    job, worker = posted(server_2), server_2.client.jobs[0]
    worker.report(JobStatus.COMPLETED, {})
    assert job.is_complete
    worker.report(JobStatus.REGISTERED)
    assert job.is_complete

    job.refresh()
    assert JobStatus.REGISTERED is job.last_status


def test_results_of_a_listed_job_are_those_that_it_has(server: Server) -> None:
    posted(server).report(JobStatus.COMPLETED, {"value": 4})
    service = next(iter(server.client.services.values()))
    for [job] in (server.client.jobs, service.jobs):
        assert JobStatus.COMPLETED is job.last_status
        assert {"value": 4} == job.results
        assert {"value": 3} == job.parameters
        assert {"value": 4} == job.wait(timeout=0)


def test_a_job_that_completed_without_results_has_empty_ones(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.COMPLETED)

    assert {} == job.wait()


def test_a_status_that_is_unknown_is_not_the_end(server_2: Server) -> None:
    job = posted(server_2)
    record: JsonObject = {
        "id": str(job.id),
        "status": "PAUSED",
        "parameters": {},
        "date_submitted": "2026-01-01T00:00:00Z",
        "results": None,
    }
    paused = Job(client_of(json_answer(200, {"data": record})), job.id)

    assert "PAUSED" == paused.status.value
    assert not paused.is_done


# Reporting.


def test_setting_the_result_reports_it_and_not_the_end(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.WORKING)
    job.result = {"value": 4}

    assert JobStatus.WORKING is job.last_status
    assert {"value": 4} == Job(server.client, job.id).results


def test_setting_the_result_is_one_request_that_names_no_status(server_2: Server) -> None:
    job = posted(server_2)
    server_2.client.jobs[0].report(JobStatus.WORKING)
    with server_2.sent() as sent:
        job.result = {"value": 4}

    assert [f"PATCH /jobs/{job.id}"] == sent
    assert b'{"results":{"value":4}}' == server_2.carrier.requests[-1].body
    assert JobStatus.WORKING is job.last_status


def test_setting_the_details_reports_status_and_results(server: Server) -> None:
    job = posted(server)
    details = job.job_details
    details.status = JobStatus.COMPLETED
    details.results = {"value": 4}
    job.job_details = details

    assert JobStatus.COMPLETED is job.last_status
    assert {"value": 4} == Job(server.client, job.id).results


def test_details_may_have_their_results_under_the_old_name(server: Server) -> None:
    job = posted(server)
    details = job.job_details
    details.status, details.result = JobStatus.COMPLETED, {"value": 4}
    job.job_details = details

    assert {"value": 4} == Job(server.client, job.id).results


def test_details_are_asked_for_anew(server: Server) -> None:
    job = posted(server)
    server.client.jobs[0].report(JobStatus.WORKING)
    with server.sent() as sent:
        assert JobStatus.WORKING is job.job_details.status
        assert {"value": 3} == job.job_details.parameters

    assert [f"GET /jobs/{job.id}"] * 2 == sent


def test_results_that_were_reported_stay_when_only_the_status_changes(server: Server) -> None:
    job = posted(server)
    job.result = {"value": 4}
    job.report(JobStatus.COMPLETED)

    assert {"value": 4} == Job(server.client, job.id).results


def test_results_that_break_the_schema_are_a_validation_error(server_2: Server) -> None:
    job = posted(server_2, results={"required": ["value"]})
    with pytest.raises(ValidationError, match="'value' is a required property"):
        job.report(JobStatus.COMPLETED, {})

    assert JobStatus.REGISTERED is job.status


def test_a_status_that_is_unknown_is_not_sent(server: Server) -> None:
    job = posted(server)
    with server.sent() as sent, pytest.raises(RequestError, match="'PAUSED' is no status that"):
        job.report(JobStatus("PAUSED"))

    assert [] == sent


def test_generation_1_is_found_out_once(server_1: Server) -> None:
    first, second = posted(server_1), posted(server_1)
    with server_1.sent() as sent:
        first.report(JobStatus.WORKING)
        first.report(JobStatus.COMPLETED, {"value": 4})
        second.report(JobStatus.WORKING)

    put, get = [f"PUT /jobs/{first.id}", f"GET /jobs/{first.id}"]
    assert [
        f"PATCH /jobs/{first.id}",
        get,
        put,
        put,
        f"GET /jobs/{second.id}",
        f"PUT /jobs/{second.id}",
    ] == sent


def test_other_refusals_of_a_report_are_told(server: Server) -> None:
    for status in (403, 413, 429):
        job = Job(client_of(json_answer(status, {"errors": "no"})), NOBODY)
        with pytest.raises(ClientError) as caught:
            job.report(JobStatus.WORKING)
        assert status == caught.value.status


# Failing.


def test_a_reported_failure_ends_in_error_on_both_generations(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.ERROR, REPORT)
    seen = Job(server.client, job.id)

    assert JobStatus.ERROR is job.last_status is seen.status
    assert seen.is_done
    assert not seen.is_complete
    with pytest.raises(JobFailedError) as caught:
        seen.wait()
    assert f"job {job.id} failed: ValueError: no sample in the magnet" == str(caught.value)
    assert REPORT["$topchef"]["error"] == caught.value.report
    assert job.id == caught.value.job_id


def test_an_error_without_a_report_fails_too(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.ERROR)

    with pytest.raises(JobFailedError, match="no reason"):
        Job(server.client, job.id).wait()


def test_an_error_with_results_that_are_no_report_fails_too(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.ERROR, {"temperature": 4})

    with pytest.raises(JobFailedError, match="no reason") as caught:
        Job(server.client, job.id).wait()
    report = caught.value.report
    assert report is not None
    assert {"temperature": 4} == (report["data"] if server.is_1_0 else report)


@pytest.mark.parametrize(
    "error", [{}, {"title": "a\nb\x1b[2J", "detail": "c" * 5000}, {"title": 5, "detail": ["x"]}]
)
def test_whatever_a_report_says_the_message_is_one_short_line(error: JsonObject) -> None:
    record: JsonObject = {
        "id": str(NOBODY),
        "status": "ERROR",
        "parameters": {},
        "date_submitted": "2026-01-01T00:00:00Z",
        "results": {"$topchef": {"v": 1, "error": error}},
    }
    with pytest.raises(JobFailedError) as caught:
        Job(client_of(json_answer(200, {"data": record})), NOBODY).wait()

    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 800
    assert error == caught.value.report


# Waiting.


def test_waiting_for_a_job_that_has_ended_sends_nothing_more(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.COMPLETED, {"value": 4})
    with server.sent() as sent:
        assert {"value": 4} == job.wait()

    assert [] == sent


def _job_that_completes_after(looks: int, server: Server) -> Job:
    """A job that its service completes while it is looked at for the last time but one."""
    job = posted(server)
    worker = Job(server.client, job.id)

    class Watched(Answering):
        def send(self, request: Request) -> Response:
            response = super().send(request)
            if len(self.requests) == looks:
                worker.report(JobStatus.COMPLETED, {"value": 4})
            return response

    return Job(URL, job.id, Watched(server.carrier.send))


def test_waiting_returns_the_results_once_they_are_there(server: Server) -> None:
    assert {"value": 4} == _job_that_completes_after(2, server).wait(timeout=60)


def test_waiting_ends_when_time_is_up(server: Server) -> None:
    job = posted(server)
    with server.sent() as sent, pytest.raises(TimeoutError) as caught:
        job.wait(timeout=0)
    with pytest.raises(TimeoutError, match=r"has not ended after 0\.15 s"):
        job.wait(timeout=0.15)

    assert f"job {job.id} has not ended after 0 s" == str(caught.value)
    assert [f"GET /jobs/{job.id}"] == sent


def test_a_look_takes_no_longer_than_the_time_that_is_left(server: Server) -> None:
    posted(server).report(JobStatus.COMPLETED)
    [known] = server.client.jobs
    for timeout, most in ((0, 1), (5, 5), (1000, 60)):
        Job(server.client, known.id).wait(timeout=timeout)
        total = server.carrier.requests[-1].timeout.total
        assert total is not None
        assert most - 1 < total <= most


def test_a_server_that_does_not_answer_in_time_is_a_timeout() -> None:
    def hang(request: Request) -> Response:
        raise TransportError("nothing answered in time")

    with pytest.raises(TimeoutError, match=r"time is up: GET .*nothing answered in time") as caught:
        Job(client_of(hang), NOBODY).wait(timeout=0)
    assert isinstance(caught.value.__cause__, TransportError)


def test_a_server_that_cannot_be_reached_is_no_timeout() -> None:
    def refuse(request: Request) -> Response:
        raise TransportError("connection refused", sent=False)

    with pytest.raises(TransportError):
        Job(client_of(refuse), NOBODY).wait(timeout=60)


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_changes_in_place(server: Server) -> None:
    job = _job_that_completes_after(1, server)
    terminal = Terminal()
    with redirect_stderr(terminal):
        job.wait(timeout=60, progress=True)

    line = rf"\r\x1b\[Kjob {job.id}: {{}} \d+ s"
    expected = f"{line.format('REGISTERED')}{line.format('COMPLETED')}\n"
    assert re.fullmatch(expected, terminal.getvalue())


def test_progress_is_shown_only_when_asked_for_and_on_a_terminal(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.COMPLETED)
    for stream, progress in ((Terminal(), False), (io.StringIO(), True)):
        with redirect_stderr(stream):
            job.wait(progress=progress)
        assert stream.getvalue() == ""


def test_the_line_ends_also_when_waiting_fails(server: Server) -> None:
    job = posted(server)
    terminal = Terminal()
    with redirect_stderr(terminal), pytest.raises(TimeoutError):
        job.wait(timeout=0, progress=True)

    assert re.search(r": REGISTERED \d+ s\n$", terminal.getvalue())


def test_a_status_line_that_showed_nothing_leaves_no_empty_line() -> None:
    terminal = Terminal()
    with StatusLine(stream=terminal):
        pass

    assert terminal.getvalue() == ""


def test_a_status_line_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    with StatusLine(stream=terminal) as line:
        line.show("a" * 50)

    assert f"\r\x1b[K{'a' * 19}\n" == terminal.getvalue()


def test_a_program_without_standard_error_can_wait(server: Server) -> None:
    job = posted(server)
    job.report(JobStatus.COMPLETED)
    nowhere: Any = None
    with redirect_stderr(nowhere):
        assert {} == job.wait(progress=True)


# Threads, and answers that no server should give.


def test_a_job_can_be_read_while_another_thread_reports(server: Server) -> None:
    job = posted(server)
    is_over = threading.Event()
    failures: list[Exception] = []

    def read() -> None:
        try:
            while not is_over.is_set():
                assert job.last_status in (JobStatus.REGISTERED, JobStatus.WORKING)
                assert {"value": 3} == job.parameters
                assert job.results is None
        except Exception as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for status in [JobStatus.WORKING, JobStatus.REGISTERED] * 20:
        job.report(status)
    is_over.set()
    for reader in readers:
        reader.join()

    assert [] == failures


def test_a_client_finds_out_generation_1_from_many_threads_at_once(server_1: Server) -> None:
    service = server_1.register()
    jobs = [service.new_job({"value": 1}) for _ in range(8)]
    client = Client(URL, transport=server_1.carrier)
    threads = [
        threading.Thread(target=Job(client, job.id).report, args=(JobStatus.COMPLETED, {"id": 1}))
        for job in jobs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [{"id": 1}] * 8 == [job.wait(timeout=0) for job in jobs]


def test_a_record_without_its_parts_cannot_be_read() -> None:
    job = Job(client_of(json_answer(200, {"data": {"id": str(NOBODY)}})), NOBODY)
    with pytest.raises(DecodeError) as caught:
        _ = job.status

    assert {"$.data"} == {violation.path for violation in caught.value.violations}
