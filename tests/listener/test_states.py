"""The core: its table is complete, and no history of a job breaks what it promises."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk.api import JsonObject, codec
from topchef_sdk.api.models import JobStatus
from topchef_sdk.listener.outcome import HandlerFailure, Verdict
from topchef_sdk.listener.states import (
    FORGOTTEN,
    LIVE,
    TABLE,
    Entry,
    Event,
    State,
    after,
    finished,
    recovered,
    reduced,
    seen,
)
from topchef_sdk.report import ErrorKind, Origin

JOB = UUID("00000000-0000-4000-8000-000000000001")
RIGHT = Verdict(True, {"value": 1})
OTHERS = {"value": 2}
"""Results that are none of ours."""


def failed(detail: str = "no sample") -> Verdict:
    failure = HandlerFailure(ErrorKind.HANDLER, "RuntimeError", detail)
    return Verdict.failed(failure, Origin({"host": "nmr-1"}, 1))


def entry(state: State = State.CLAIMING, verdict: Verdict | None = None) -> Entry:
    return Entry(job_id=JOB, state=state, verdict=verdict)


# The table.


def possible(state: State) -> list[Event]:
    return [event for event in Event if (state, event) in TABLE]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_an_event_leads_somewhere_or_is_refused_in_one_line(state: State, event: Event) -> None:
    if event in possible(state):
        assert after(entry(state, RIGHT), event).state in State
        return
    with pytest.raises(ValueError, match=r"\A.*\Z") as refused:
        after(entry(state, RIGHT), event)
    assert f"job {JOB}: {event.name} cannot happen in {state.name}" == str(refused.value)


def test_ends_lead_nowhere() -> None:
    ends = {State.ACKED, State.DROPPED, State.CONFLICT, State.PARKED, State.SKIPPED, State.RELEASED}
    assert ends == set(State) - LIVE
    assert {state: [] for state in ends} == {state: possible(state) for state in ends}


def test_from_every_live_state_some_way_leads_to_an_end() -> None:
    ends = set(State) - LIVE
    reaching = set(ends)
    for _ in State:
        reaching |= {before for (before, _), later in TABLE.items() if later in reaching}
    assert set(State) == reaching


def test_every_event_happens_somewhere() -> None:
    assert set(Event) == {event for _, event in TABLE}


def test_nothing_leads_back_from_a_verdict_to_a_run() -> None:
    reached = {State.DONE}
    for _ in State:
        reached |= {later for (before, _), later in TABLE.items() if before in reached}
    assert {State.CLAIMING, State.RUNNING} & reached == set()


def test_a_job_with_a_verdict_is_never_forgotten() -> None:
    forgetting = {before for (before, _), later in TABLE.items() if later in FORGOTTEN}
    assert {State.CLAIMING, State.RUNNING} == forgetting


def test_only_a_claim_that_was_answered_leads_to_a_run() -> None:
    leading = {
        step for step, later in TABLE.items() if later is State.RUNNING and step[0] is not later
    }
    assert {(State.CLAIMING, Event.TAKEN)} == leading


# Histories: whatever can happen, in any order.

texts = st.text(st.characters(codec="utf-8"), max_size=8)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def as_judged(results: JsonObject) -> JsonObject:
    """Results as a judge lets them pass: what their own text says."""
    return codec.decode(codec.encode(results), JsonObject)


results = st.dictionaries(texts, json_values, max_size=4).map(as_judged)
failures = st.builds(
    Verdict.failed,
    st.builds(
        HandlerFailure,
        st.sampled_from(ErrorKind),
        texts,
        st.text(max_size=8),
        json_values,
        st.booleans(),
        st.none() | texts,
    ),
    st.builds(Origin, st.none() | results, st.none() | st.integers(1, 9)),
)


def not_promised(verdict: Verdict, found: JsonObject) -> Verdict:
    """A failure for results that break the schema."""
    return evolve(verdict, computed=found)


verdicts = (
    st.builds(Verdict, st.just(True), results)
    | failures
    | failures.map(Verdict.bare)
    | st.builds(not_promised, failures, results)
)


@st.composite
def steps(draw: st.DrawFn, before: Entry) -> Entry:
    """A job after one more event, or after the death of its listener."""
    if draw(st.integers(0, 5)) == 0:
        return recovered(before, draw(st.none() | failures))
    event = draw(st.sampled_from(possible(before.state)))
    match event:
        case Event.FINISHED | Event.CRASHED:
            return finished(before, draw(verdicts), event)
        case Event.REFUSED | Event.UNACCEPTABLE:
            return reduced(before, draw(texts), is_too_large=draw(st.booleans()))
        case _:
            return after(before, event)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """A job from its claim on."""
    key, etag = draw(st.none() | texts), draw(st.none() | texts)
    history = [Entry(job_id=draw(st.uuids()), key=key, etag=etag)]
    for _ in range(draw(st.integers(0, 12))):
        if history[-1].state not in LIVE:
            break
        history.append(draw(steps(history[-1])))
    return history


@given(histories())
def test_a_verdict_never_changes(history: list[Entry]) -> None:
    for before, later in pairwise(history):
        assert before.verdict in (None, later.verdict)


@given(histories())
def test_a_job_has_a_verdict_from_its_end_on(history: list[Entry]) -> None:
    for one in history:
        has_none = one.state in (State.CLAIMING, State.RUNNING, State.SKIPPED, State.RELEASED)
        assert has_none == (one.verdict is None)


@given(histories())
def test_what_is_reported_only_ever_gets_less(history: list[Entry]) -> None:
    told = [one.to_send for one in history if one.verdict is not None]
    amounts = [2 * verdict.is_right + (not verdict.is_bare) for verdict in told]
    assert sorted(amounts, reverse=True) == amounts


@given(histories())
def test_only_another_run_is_another_attempt(history: list[Entry]) -> None:
    for before, later in pairwise(history):
        is_repeated = (before.state, later.state) == (State.RUNNING, State.CLAIMING)
        assert before.attempt + is_repeated == later.attempt


@given(histories())
def test_a_doubtful_claim_is_never_forgotten(history: list[Entry]) -> None:
    for before, later in pairwise(history):
        assert later.needs_audit or not before.needs_audit


@given(histories())
def test_a_verdict_after_a_doubtful_claim_is_audited(history: list[Entry]) -> None:
    for before, later in pairwise(history):
        if before.state is State.DONE and later.state in (State.ACKED, State.AUDIT):
            assert (later.state is State.AUDIT) == later.needs_audit


@given(histories(), st.sampled_from(JobStatus), st.none() | results)
def test_whatever_is_seen_has_a_place(
    history: list[Entry], status: JobStatus, found: JsonObject | None
) -> None:
    last = history[-1]
    if last.state in (State.CLAIMING, State.DONE, State.AUDIT):
        after(last, seen(last, status, found))


@given(histories())
def test_an_entry_survives_the_journal(history: list[Entry]) -> None:
    for one in history:
        assert one == codec.decode(codec.encode(one), Entry)


# What a look at the server means.


@pytest.mark.parametrize("status", [JobStatus.WORKING, JobStatus.COMPLETED, JobStatus.ERROR])
def test_a_job_that_was_not_asked_for_is_somebody_elses(status: JobStatus) -> None:
    assert Event.NOT_OURS is seen(entry(), status, None)


def test_a_registered_job_is_free() -> None:
    for claiming in (entry(), after(entry(), Event.IN_DOUBT)):
        assert Event.FREE is seen(claiming, JobStatus.REGISTERED, None)


def test_a_claim_in_doubt_was_ours_where_nobody_else_takes_jobs() -> None:
    doubtful = after(entry(), Event.IN_DOUBT)
    assert Event.TAKEN is seen(doubtful, JobStatus.WORKING, None)
    assert Event.NOT_OURS is seen(evolve(doubtful, etag='"1"'), JobStatus.WORKING, None)
    assert Event.NOT_OURS is seen(doubtful, JobStatus.COMPLETED, OTHERS)


def test_a_claim_stays_in_doubt_when_the_job_is_still_free() -> None:
    # The claim may land after the look that found the job free, and before the next.
    free = after(after(entry(), Event.IN_DOUBT), Event.FREE)
    assert Event.TAKEN is seen(free, JobStatus.WORKING, None)


def test_a_job_that_was_ours_is_ours_as_long_as_it_is_at_work() -> None:
    again = after(after(entry(), Event.TAKEN), Event.REPEATED)
    assert Event.TAKEN is seen(again, JobStatus.WORKING, None)
    assert Event.NOT_OURS is seen(again, JobStatus.ERROR, None)


@pytest.mark.parametrize("state", [State.DONE, State.AUDIT])
def test_a_verdict_is_compared(state: State) -> None:
    right, wrong = entry(state, RIGHT), entry(state, failed())
    undone = Event.UNDONE if state is State.AUDIT else Event.FREE

    assert Event.ACCEPTED is seen(right, JobStatus.COMPLETED, RIGHT.results)
    assert Event.OVERRULED is seen(right, JobStatus.COMPLETED, OTHERS)
    assert Event.OVERRULED is seen(right, JobStatus.COMPLETED, None)
    assert Event.OVERRULED is seen(right, JobStatus.ERROR, RIGHT.results)
    assert undone is seen(right, JobStatus.WORKING, RIGHT.results)
    assert undone is seen(right, JobStatus.REGISTERED, RIGHT.results)
    assert Event.ACCEPTED is seen(wrong, JobStatus.ERROR, failed().results)
    assert Event.OVERRULED is seen(wrong, JobStatus.ERROR, failed("another reason").results)
    assert Event.OVERRULED is seen(wrong, JobStatus.COMPLETED, OTHERS)


@pytest.mark.parametrize("found", [None, OTHERS, failed().results])
def test_a_bare_error_is_any_error(found: JsonObject | None) -> None:
    assert Event.ACCEPTED is seen(entry(State.DONE, failed().bare()), JobStatus.ERROR, found)


def test_the_whole_verdict_may_land_after_the_lesser() -> None:
    lesser = reduced(entry(State.DONE, RIGHT), "too large for a proxy", is_too_large=True)
    assert Event.ACCEPTED is seen(lesser, JobStatus.COMPLETED, RIGHT.results)
    assert Event.ACCEPTED is seen(lesser, JobStatus.ERROR, lesser.to_send.results)
    assert Event.OVERRULED is seen(lesser, JobStatus.COMPLETED, OTHERS)


# What becomes of a verdict that the server refuses.


def test_results_become_a_report_then_a_bare_error_and_then_a_person_looks() -> None:
    done = entry(State.DONE, RIGHT)
    reported = reduced(done, "$: is no number")
    bare = reduced(reported, "reports are not admitted")
    parked = reduced(bare, "not even that")

    assert [State.DONE, State.DONE, State.PARKED] == [
        reported.state,
        bare.state,
        parked.state,
    ]
    assert (JobStatus.ERROR, ErrorKind.RESULT_INVALID) == (
        reported.to_send.status,
        reported.to_send.kind,
    )
    assert "The server refused the results: $: is no number" == reported.to_send.message
    assert (True, reported.to_send.kind, reported.to_send.message) == (
        bare.to_send.is_bare,
        bare.to_send.kind,
        bare.to_send.message,
    )
    assert [RIGHT] * 3 == [reported.verdict, bare.verdict, parked.verdict]


def test_results_that_are_too_large_are_reported_as_such() -> None:
    reported = reduced(entry(State.DONE, RIGHT), "413", is_too_large=True)
    assert ErrorKind.TOO_LARGE is reported.to_send.kind


def test_a_report_that_is_refused_becomes_a_bare_error() -> None:
    bare = reduced(entry(State.DONE, failed()), "reports are not admitted")
    assert (State.DONE, failed().bare()) == (bare.state, bare.to_send)


def test_a_job_without_a_verdict_has_nothing_to_send() -> None:
    with pytest.raises(ValueError, match=f"job {JOB} is RUNNING and has no verdict"):
        _ = entry(State.RUNNING).to_send


# What is left of a listener that has died.


def test_a_claim_that_was_cut_may_have_arrived() -> None:
    left = recovered(entry(), None)
    assert (State.CLAIMING, True, True, 1) == (
        left.state,
        left.is_in_doubt,
        left.needs_audit,
        left.attempt,
    )


def test_a_run_that_was_cut_is_reported() -> None:
    left = recovered(entry(State.RUNNING), failed("the worker died"))
    assert (State.DONE, failed("the worker died"), 1) == (left.state, left.to_send, left.attempt)


def test_a_run_that_was_cut_is_repeated_where_that_is_wanted() -> None:
    running = after(entry(), Event.TAKEN)
    left = recovered(running, None)
    assert (State.CLAIMING, None, 2, True) == (
        left.state,
        left.verdict,
        left.attempt,
        left.is_ours,
    )


def test_a_report_that_was_cut_is_looked_for_first() -> None:
    left = recovered(entry(State.DONE, RIGHT), None)
    assert (State.DONE, RIGHT, True) == (left.state, left.to_send, left.is_in_doubt)


@pytest.mark.parametrize(
    "state", [state for state in State if state not in LIVE or state is State.AUDIT]
)
def test_what_was_over_stays_over(state: State) -> None:
    over = entry(state, RIGHT)
    assert over == recovered(over, None)
