"""Bringing verdicts to servers of 1.0, of 2.0, and of those that keep versions."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from tests.listener.bench import (
    AUDIT_SECONDS,
    KINDS,
    RIGHT,
    Bench,
    Kind,
    bench,
    is_change,
    is_look,
)
from tests.sdk.carriers import HTML, Fault
from tests.sdk.servers import json_answer
from topchef_sdk import Ending, JobStatus, NetworkError, RetryPolicy
from topchef_sdk.api import JsonObject, Request, Response
from topchef_sdk.contract import Contract
from topchef_sdk.listener.ledger import LiveJob
from topchef_sdk.listener.outbox import MOST_AT_ONCE, MOST_REFUSALS
from topchef_sdk.listener.outcome import HandlerFailure, Verdict
from topchef_sdk.listener.states import State
from topchef_sdk.report import BARE_REPORT, ErrorKind, Origin, failure_in

ERRORS = {"errors": [{"status_code": 400, "title": "Wrong", "detail": "$.value: is wrong"}]}
WRONG = Verdict.failed(HandlerFailure(ErrorKind.HANDLER, "RuntimeError", "no sample"), Origin())
OTHERS: JsonObject = {"value": "another's"}
STRICT: JsonObject = {"type": "object", "required": ["unknown"]}
"""Admits neither our results nor reports."""

AMBIGUOUS = [Fault.LOST_REQUEST, Fault.LOST_REPLY, Fault.BROKEN_SERVER, Fault.GARBLED_REPLY]


def own(status: int, **headers: str) -> Response:
    return json_answer(status, ERRORS, **headers)


def page(status: int) -> Response:
    return Response(status=status, headers=HTML, body=b"<h1>Something is wrong</h1>")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param  # type: ignore[no-any-return]  # one of KINDS


@pytest.fixture
def made(kind: Kind, tmp_path: Path) -> Iterator[Bench]:
    with bench(kind, tmp_path / "journal.sqlite") as found:
        yield found


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Bench]:
    with bench("plain", tmp_path / "journal.sqlite") as found:
        yield found


@pytest.fixture
def tagged(tmp_path: Path) -> Iterator[Bench]:
    with bench("tagged", tmp_path / "journal.sqlite") as found:
        yield found


def found(made: Bench, live: LiveJob) -> tuple[JobStatus, JsonObject | None]:
    """What the server has of a job."""
    return made.status(live.entry.job_id), made.results(live.entry.job_id)


def row(made: Bench, live: LiveJob) -> State:
    """Where the journal has it."""
    return made.rows()[live.entry.job_id].state


REPORT = {
    "1.0": "PUT job COMPLETED",
    "plain": "PATCH job COMPLETED",
    "tagged": "PATCH job COMPLETED",
}


# What goes right.


def test_results_are_delivered_by_one_request(made: Bench) -> None:
    live = made.done()
    made.attend(live)

    assert [REPORT[made.kind]] == made.sent()
    assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)
    assert (State.ACKED, State.ACKED) == (live.entry.state, row(made, live))
    assert (None, []) == (made.outbox.next_due(), made.outbox.undelivered)


def test_a_failure_is_delivered_with_its_report(made: Bench) -> None:
    live = made.done(WRONG)
    made.attend(live)
    assert (JobStatus.ERROR, WRONG.results) == found(made, live)
    assert State.ACKED is row(made, live)


def test_a_bare_error_is_delivered(made: Bench) -> None:
    live = made.done(WRONG.bare())
    made.attend(live)
    expected = BARE_REPORT if made.kind == "1.0" else None
    assert (JobStatus.ERROR, expected) == found(made, live)


def test_each_outcome_is_told_once_with_its_facts(made: Bench) -> None:
    right, wrong = made.done(), made.done(WRONG)
    right.run_seconds = 0.25
    made.now += 3
    made.fail(Fault.LOST_REPLY)
    made.attend_until_over(right)
    made.attend_until_over(wrong)

    assert [
        (Ending.COMPLETED, right.entry.job_id, "", None),
        (Ending.FAILED, wrong.entry.job_id, "RuntimeError: no sample", ErrorKind.HANDLER),
    ] == [(one.ending, one.job_id, one.message, one.kind) for one in made.outcomes]
    first, second = made.outcomes
    assert (0.25, 2, 1) == (first.run_seconds, first.sends, second.sends)
    assert first.seconds >= 3


# What nobody knows.


@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_a_doubtful_report_is_looked_up_before_it_is_believed(made: Bench, fault: Fault) -> None:
    live = made.done()
    made.fail(fault)
    made.attend(live)
    assert (State.DONE, True) == (live.entry.state, live.entry.is_in_doubt)
    made.sent()

    made.attend(live)

    has_landed = fault in (Fault.LOST_REPLY, Fault.GARBLED_REPLY)
    assert ["GET job"] + [REPORT[made.kind]] * (not has_landed) == made.sent()
    assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)
    # A report that lands twice does no harm, so nothing is left to look after.
    assert (State.ACKED, State.ACKED) == (live.entry.state, row(made, live))


@pytest.mark.parametrize("first", [Fault.NONE, Fault.REFUSED, *AMBIGUOUS])
@pytest.mark.parametrize("second", [Fault.NONE, Fault.REFUSED, *AMBIGUOUS])
def test_whatever_fails_a_verdict_is_delivered(made: Bench, first: Fault, second: Fault) -> None:
    for verdict in (RIGHT, WRONG, WRONG.bare()):
        live = made.done(verdict)
        made.fail(first, second)
        made.attend_until_over(live)
        made.faulty.faults.clear()

        assert verdict.is_reported_by(*found(made, live))
        assert State.ACKED is row(made, live)
    assert 3 == len(made.outcomes)


@pytest.mark.parametrize("status", [400, 404, 500, 502])
def test_a_page_that_a_proxy_may_have_made_is_not_believed(made: Bench, status: int) -> None:
    live = made.done()
    made.instead.answer(is_change, page(status))
    made.attend(live)
    assert (State.DONE, True) == (live.entry.state, live.entry.is_in_doubt)
    made.instead.answer(is_look, page(status))
    made.attend_until_over(live)
    assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)
    assert [Ending.COMPLETED] == [outcome.ending for outcome in made.outcomes]


def test_a_report_that_was_not_even_sent_is_not_in_doubt(made: Bench) -> None:
    live = made.done()
    made.fail(Fault.REFUSED)
    made.attend(live)
    assert (State.DONE, False) == (live.entry.state, live.entry.is_in_doubt)
    made.sent()
    made.attend(live)
    assert [REPORT[made.kind]] == made.sent()


def test_a_report_is_repeated_by_the_same_key_and_for_the_same_version(tagged: Bench) -> None:
    live = tagged.done()
    tagged.fail(Fault.LOST_REQUEST)
    tagged.attend(live)
    tagged.attend(live)

    reports = [request.headers for request in tagged.recording.requests if is_change(request)]
    key = f'"{live.entry.key}-1-whole"'
    assert [('"2"', key)] * 2 == [(one["If-Match"], one["Idempotency-Key"]) for one in reports]


@pytest.mark.parametrize("kind", ["plain", "tagged"])
def test_repeats_that_the_connection_makes_itself_are_known_too(kind: Kind, tmp_path: Path) -> None:
    eager = RetryPolicy(attempts=3, backoff=0)
    with bench(kind, tmp_path / "journal.sqlite", retry=eager) as made:
        live = made.done()
        made.fail(Fault.LOST_REPLY)
        made.attend_until_over(live)
        assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)
        assert State.ACKED is row(made, live)


# What the server refuses.


@pytest.mark.parametrize("kind", ["plain", "tagged"])
def test_results_that_break_the_schema_end_as_a_bare_error(kind: Kind, tmp_path: Path) -> None:
    with bench(kind, tmp_path / "journal.sqlite", results=STRICT) as made:
        live = made.done()
        made.attend(live)

        assert ["PATCH job COMPLETED", "PATCH job ERROR", "PATCH job ERROR"] == made.sent()
        assert (JobStatus.ERROR, None) == found(made, live)
        assert (State.ACKED, RIGHT) == (row(made, live), live.entry.verdict)
        (outcome,) = made.outcomes
        assert (Ending.FAILED, ErrorKind.RESULT_INVALID) == (outcome.ending, outcome.kind)
        assert outcome.message.startswith("The server refused the results: ")


def test_refused_results_are_reported_as_such(made: Bench) -> None:
    live = made.done()
    made.instead.answer(is_change, own(400))
    made.attend(live)

    status, results = found(made, live)
    failure = failure_in(results)
    assert failure is not None
    assert (JobStatus.ERROR, "result-invalid") == (status, failure.report["kind"])
    kept = made.rows()[live.entry.job_id]
    assert (State.ACKED, RIGHT) == (kept.state, kept.verdict)


def test_results_that_are_too_large_are_reported_as_such(made: Bench) -> None:
    live = made.done()
    made.instead.answer(is_change, page(413))
    made.attend(live)

    status, results = found(made, live)
    failure = failure_in(results)
    assert failure is not None
    assert (JobStatus.ERROR, "too-large") == (status, failure.report["kind"])
    assert ErrorKind.TOO_LARGE is made.outcomes[0].kind


def test_a_report_that_is_too_large_is_left_out(made: Bench) -> None:
    live = made.done(WRONG)
    made.instead.answer(is_change, page(413))
    made.attend(live)
    expected = BARE_REPORT if made.kind == "1.0" else None
    assert (JobStatus.ERROR, expected) == found(made, live)
    assert (State.ACKED, WRONG) == (row(made, live), live.entry.verdict)


def test_a_job_for_which_nothing_is_taken_is_kept_for_a_person(
    made: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    live = made.done()
    made.instead.answer(is_change, *[own(400)] * 3)
    with caplog.at_level(logging.ERROR):
        made.attend(live)

    kept = made.rows()[live.entry.job_id]
    assert (State.PARKED, RIGHT) == (kept.state, kept.verdict)
    assert JobStatus.WORKING is made.status(live.entry.job_id)
    assert [Ending.REFUSED] == [outcome.ending for outcome in made.outcomes]
    # Without a journal on disk the log is all that has them.
    assert f'job {live.entry.job_id}: refused: {{"value": 1}}' in caplog.text
    assert (None, []) == (made.outbox.next_due(), made.outbox.undelivered)


def test_a_report_that_the_service_has_no_place_for_is_not_sent(made: Bench) -> None:
    made.outbox.reports = Contract(STRICT)
    live = made.done(WRONG)
    made.attend(live)

    expected = BARE_REPORT if made.kind == "1.0" else None
    assert (JobStatus.ERROR, expected) == found(made, live)
    assert 1 == len(made.sent())
    assert (WRONG, WRONG.message) == (live.entry.verdict, made.outcomes[0].message)


def test_results_are_sent_whatever_the_schema_says(made: Bench) -> None:
    # They were judged before, and the schema may be newer than the one that is known.
    made.outbox.reports = Contract(STRICT)
    live = made.done()
    made.attend(live)
    assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)


def test_results_that_the_service_does_not_promise_are_told_where_nobody_takes_them(
    made: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    live = made.done(evolve(WRONG, computed={"value": "not promised"}))
    made.instead.answer(is_change, *[own(400)] * 2)
    with caplog.at_level(logging.ERROR):
        made.attend(live)
    assert State.PARKED is row(made, live)
    assert f'job {live.entry.job_id}: refused: {{"value": "not promised"}}' in caplog.text


# A job that is gone, or another's.


def test_a_job_that_is_gone_is_dropped(made: Bench, caplog: pytest.LogCaptureFixture) -> None:
    live = made.done()
    made.instead.answer(is_change, own(404))
    with caplog.at_level(logging.ERROR):
        made.attend(live)

    kept = made.rows()[live.entry.job_id]
    assert (State.DROPPED, RIGHT) == (kept.state, kept.verdict)
    assert [Ending.GONE] == [outcome.ending for outcome in made.outcomes]
    assert '{"value": 1}' in caplog.text


def test_a_job_that_is_gone_when_it_is_looked_up_is_dropped(made: Bench) -> None:
    live = made.done()
    made.fail(Fault.LOST_REQUEST)
    made.attend(live)
    made.instead.answer(is_look, own(404))
    made.attend(live)
    assert State.DROPPED is row(made, live)


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.ERROR])
def test_a_job_that_has_ended_with_anothers_results_is_a_conflict(
    made: Bench, status: JobStatus, caplog: pytest.LogCaptureFixture
) -> None:
    live = made.done()
    if made.kind != "tagged":
        # Without versions nobody notices, unless there is a reason to look.
        made.fail(Fault.LOST_REQUEST)
        made.attend(live)
    made.change(live.entry.job_id, status, OTHERS)
    theirs = found(made, live)

    with caplog.at_level(logging.ERROR):
        made.attend(live)

    kept = made.rows()[live.entry.job_id]
    assert (State.CONFLICT, RIGHT) == (kept.state, kept.verdict)
    assert theirs == found(made, live)
    assert [Ending.OVERRULED] == [outcome.ending for outcome in made.outcomes]
    assert '{"value": 1}' in caplog.text


def test_a_job_that_was_only_touched_still_gets_its_results(tagged: Bench) -> None:
    live = tagged.done()
    tagged.change(live.entry.job_id, JobStatus.REGISTERED)
    tagged.attend(live)
    assert ["PATCH job COMPLETED", "GET job", "PATCH job COMPLETED"] == tagged.sent()
    assert (JobStatus.COMPLETED, RIGHT.results) == found(tagged, live)
    assert State.ACKED is row(tagged, live)


def test_versions_that_never_match_do_not_hold_up_others(tagged: Bench) -> None:
    live, other = tagged.done(), tagged.done()
    tagged.instead.answer(is_change, *[own(412)] * 10)

    tagged.attend(live)

    assert MOST_AT_ONCE == len(tagged.sent())
    assert (State.DONE, True) == (live.entry.state, live.due > tagged.now)
    assert other is tagged.outbox.next_due()


# Not now.


@pytest.mark.parametrize("status", [401, 403, 408, 429])
def test_a_server_that_wants_no_reports_now_gets_them_later(made: Bench, status: int) -> None:
    live = made.done()
    made.instead.answer(is_change, own(status))
    made.attend(live)
    assert (State.DONE, False, True) == (
        live.entry.state,
        live.entry.is_in_doubt,
        live.due > made.now,
    )
    made.sent()

    made.attend(live)

    assert ([REPORT[made.kind]], State.ACKED) == (made.sent(), row(made, live))


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_says_when_is_asked_then(made: Bench, status: int) -> None:
    live = made.done()
    made.instead.answer(is_change, own(status, **{"Retry-After": "300"}))
    made.attend(live)
    assert (made.now + 300, False) == (live.due, live.entry.is_in_doubt)


def test_pauses_grow_with_full_jitter_to_a_minute(made: Bench) -> None:
    live = made.done()
    bounds = [min(0.5 * 2**number, 60.0) for number in range(12)]
    pauses: list[float] = []
    for _ in bounds:
        made.fail(Fault.REFUSED)
        made.attend(live)
        pauses.append(live.due - made.now)

    assert all(0.1 * bound <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
    assert len(set(pauses)) == len(pauses)


def test_each_job_waits_for_itself(made: Bench) -> None:
    first, second, third = made.done(), made.done(), made.done()
    made.fail(Fault.REFUSED)
    made.outbox.attend(first)

    assert second is made.outbox.next_due()
    made.attend(second)
    assert third is made.outbox.next_due()
    made.attend(third)
    assert first is made.outbox.next_due()
    assert [first] == made.outbox.undelivered
    assert [State.DONE, State.ACKED, State.ACKED] == [
        row(made, live) for live in (first, second, third)
    ]


# One job that the server stumbles over.


def test_a_job_over_which_the_server_fails_while_others_pass_is_parked(plain: Bench) -> None:
    poison = plain.done()
    for number in range(1, MOST_REFUSALS + 1):
        plain.fail(Fault.BROKEN_SERVER)
        plain.attend(poison)
        expected = State.DONE if number < MOST_REFUSALS else State.PARKED
        assert (number, expected) == (number, poison.entry.state)
        plain.attend(plain.done())

    kept = plain.rows()[poison.entry.job_id]
    assert (State.PARKED, RIGHT) == (kept.state, kept.verdict)
    assert 1 == len([one for one in plain.outcomes if one.ending is Ending.REFUSED])


def test_a_server_that_fails_over_all_jobs_is_tried_for_ever(plain: Bench) -> None:
    first, second = plain.done(), plain.done()
    plain.fail(Fault.BROKEN_SERVER)
    plain.attend(first)
    plain.attend(second)  # it passed once, when the server was still well
    for _ in range(3 * MOST_REFUSALS):
        plain.fail(Fault.BROKEN_SERVER)
        plain.attend(first)
    assert (State.DONE, State.ACKED) == (first.entry.state, second.entry.state)

    plain.attend_until_over(first)
    assert (JobStatus.COMPLETED, RIGHT.results) == found(plain, first)


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.LOST_REQUEST])
def test_a_network_that_fails_is_no_reason_to_park(plain: Bench, fault: Fault) -> None:
    live = plain.done()
    for _ in range(3 * MOST_REFUSALS):
        plain.fail(fault)
        plain.attend(live)
        plain.attend(plain.done())
    assert State.DONE is live.entry.state


def test_a_server_that_asks_for_patience_is_no_reason_to_park(plain: Bench) -> None:
    live = plain.done()
    for _ in range(3 * MOST_REFUSALS):
        plain.instead.answer(is_change, own(503, **{"Retry-After": "1"}))
        plain.attend(live)
        plain.attend(plain.done())
    assert State.DONE is live.entry.state


# Audits.


def claimed_in_doubt(made: Bench, fault: Fault) -> tuple[LiveJob, Request]:
    """A job that is done, and its first claim, whose answer was lost."""
    made.claims.keeps_versions = made.kind == "tagged"
    made.post()
    made.poll()
    # 1.0 is asked by PATCH first, and for the record.
    before = {"1.0": 2, "plain": 0, "tagged": 1}[made.kind]
    made.fail(*[Fault.NONE] * before, fault)
    with pytest.raises(NetworkError):
        made.claims.take()
    late = made.recording.requests[-1]
    assert is_change(late)
    live = made.take()
    assert live is not None
    made.finish(live)
    return live, late


def test_a_claim_that_lands_after_the_verdict_is_noticed_and_repaired(made: Bench) -> None:
    live, late = claimed_in_doubt(made, Fault.LOST_REQUEST)
    made.attend(live)
    assert (State.AUDIT, made.now + AUDIT_SECONDS) == (live.entry.state, live.due)
    assert [Ending.COMPLETED] == [outcome.ending for outcome in made.outcomes]

    made.server.send(late)
    has_undone = made.status(live.entry.job_id) is JobStatus.WORKING
    made.sent()
    made.attend(live)

    # Servers that keep versions do not take it any more.
    assert has_undone == (made.kind != "tagged")
    assert ["GET job"] + [REPORT[made.kind]] * has_undone == made.sent()
    assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)
    made.attend_until_over(live)
    assert (State.ACKED, 1) == (row(made, live), len(made.outcomes))


def test_results_that_land_after_their_lesser_form_are_right(plain: Bench) -> None:
    live, _ = claimed_in_doubt(plain, Fault.LOST_REPLY)
    plain.sent()
    plain.fail(Fault.LOST_REQUEST)
    plain.attend(live)
    late = plain.recording.requests[-1]
    plain.instead.answer(is_change, page(413))
    plain.attend(live)
    assert (State.AUDIT, JobStatus.ERROR) == (live.entry.state, plain.status(live.entry.job_id))

    plain.server.send(late)
    plain.attend(live)

    assert (JobStatus.COMPLETED, RIGHT.results) == found(plain, live)
    assert State.ACKED is row(plain, live)


def test_an_audit_that_finds_all_well_ends_it_with_one_look(made: Bench) -> None:
    live, _ = claimed_in_doubt(made, Fault.LOST_REPLY)
    made.attend(live)
    made.sent()
    assert (live, []) == (made.outbox.next_due(), made.outbox.undelivered)
    made.attend(live)
    assert (["GET job"], State.ACKED) == (made.sent(), row(made, live))


def test_an_audit_survives_the_listener(made: Bench) -> None:
    live, late = claimed_in_doubt(made, Fault.LOST_REQUEST)
    made.attend(live)
    made.now += AUDIT_SECONDS - 1
    (again,) = made.begin()

    assert (State.AUDIT, made.now + AUDIT_SECONDS) == (again.entry.state, again.due)
    made.server.send(late)
    made.attend_until_over(again)
    assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)
    assert (State.ACKED, 1) == (row(made, live), len(made.outcomes))


@pytest.mark.parametrize("fault", [Fault.REFUSED, *AMBIGUOUS])
def test_an_audit_that_fails_is_tried_again(made: Bench, fault: Fault) -> None:
    live, _ = claimed_in_doubt(made, Fault.LOST_REPLY)
    made.attend(live)
    made.fail(fault)
    made.attend(live)
    assert (State.AUDIT, True) == (live.entry.state, live.due > made.now)
    made.attend(live)
    assert State.ACKED is row(made, live)


def test_a_server_that_fails_audits_is_no_reason_to_park(plain: Bench) -> None:
    live, _ = claimed_in_doubt(plain, Fault.LOST_REPLY)
    plain.attend(live)
    for _ in range(3 * MOST_REFUSALS):
        plain.fail(Fault.BROKEN_SERVER)
        plain.attend(live)
        plain.attend(plain.done())
    assert State.AUDIT is live.entry.state


def test_an_audit_that_finds_anothers_results_says_so(
    made: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    live, _ = claimed_in_doubt(made, Fault.LOST_REPLY)
    made.attend(live)
    made.change(live.entry.job_id, JobStatus.COMPLETED, OTHERS)
    with caplog.at_level(logging.ERROR):
        made.attend(live)
    assert (State.CONFLICT, 1) == (row(made, live), len(made.outcomes))
    assert f'job {live.entry.job_id}: overruled: {{"value": 1}}' in caplog.text


def test_a_lost_handing_back_that_lands_after_the_verdict_is_repaired(plain: Bench) -> None:
    plain.post()
    live = plain.take()
    assert live is not None
    plain.ledger.demand(live, live.entry)
    plain.fail(Fault.LOST_REQUEST)
    assert not plain.claims.hand_back(live)
    late = plain.recording.requests[-1]
    plain.finish(live, WRONG)
    plain.attend(live)

    plain.server.send(late)
    assert JobStatus.REGISTERED is plain.status(live.entry.job_id)
    plain.attend_until_over(live)
    assert (JobStatus.ERROR, WRONG.results) == found(plain, live)


# After the death of the listener.


@pytest.mark.parametrize("had_arrived", [False, True])
def test_a_verdict_that_was_left_is_delivered_once(made: Bench, had_arrived: bool) -> None:
    live = made.done()
    if had_arrived:
        made.change(live.entry.job_id, JobStatus.COMPLETED, RIGHT.results)
    (left,) = made.begin()
    made.sent()
    made.attend(left)

    sent = made.sent()
    if made.kind == "1.0" and not had_arrived:
        assert ["GET job", REPORT["1.0"]] == sent
    else:
        assert ["GET job"] + [REPORT[made.kind]] * (not had_arrived) == sent
    assert (JobStatus.COMPLETED, RIGHT.results) == found(made, live)
    assert State.ACKED is row(made, live)


def test_a_lesser_verdict_that_was_left_is_the_one_that_is_delivered(made: Bench) -> None:
    live = made.done()
    made.instead.answer(is_change, page(413), own(429))
    made.attend(live)
    (left,) = made.begin()
    assert (RIGHT, ErrorKind.TOO_LARGE) == (left.entry.verdict, left.entry.to_send.kind)

    made.attend_until_over(left)

    assert (JobStatus.ERROR, left.entry.to_send.results) == found(made, live)
    assert RIGHT == made.rows()[live.entry.job_id].verdict
