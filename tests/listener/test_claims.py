"""Taking jobs: from servers of 1.0, of 2.0, and of those that keep versions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from attrs import evolve

from tests.listener.bench import (
    KINDS,
    Bench,
    Kind,
    bench,
    is_change,
    is_look,
    taken,
)
from tests.listener.laboratory import URL
from tests.listener.plain import Plain
from tests.sdk.carriers import HTML, Fault
from tests.sdk.servers import NOBODY, Recording, json_answer
from topchef_sdk import JobStatus, JournalError, NetworkError, RetryPolicy
from topchef_sdk.api import Request, Response
from topchef_sdk.connection import Connection
from topchef_sdk.listener.claims import FRESH, MOST_BEGUN, MOST_TRIES, Claims
from topchef_sdk.listener.journal import Journal, records_of
from topchef_sdk.listener.ledger import Ledger, LiveJob
from topchef_sdk.listener.shard import Shard
from topchef_sdk.listener.states import Entry, Event, State, after

LONG = 60
ERRORS = {"errors": [{"status_code": 400, "title": "Wrong", "detail": "it is"}]}


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


def own(status: int, **headers: str) -> Response:
    return json_answer(status, ERRORS, **headers)


def finish_all(made: Bench) -> list[UUID]:
    """Take all jobs, each as soon as the one before is running."""
    order: list[UUID] = []
    while True:
        live = made.take()
        if live is None:
            return order
        order.append(live.entry.job_id)
        made.ledger.demand(live, after(live.entry, Event.TAKEN), synced=True)


# Taking jobs.


def test_jobs_are_taken_in_the_order_of_their_submission(made: Bench) -> None:
    jobs = [made.post(value) for value in range(25)]
    assert jobs == finish_all(made)
    assert {JobStatus.WORKING} == {made.status(job) for job in jobs}


def test_a_job_that_was_taken_is_ours_and_in_the_journal(made: Bench) -> None:
    job = made.post(7)
    live = made.take()

    assert live is not None
    assert (job, State.CLAIMING, True, False, False) == (
        live.entry.job_id,
        live.entry.state,
        live.entry.is_ours,
        live.entry.is_in_doubt,
        live.entry.needs_audit,
    )
    assert live.details is not None
    assert {"value": 7} == live.details.parameters
    assert {job: State.CLAIMING} == {key: row.state for key, row in made.rows().items()}


def test_an_empty_queue_has_nothing_to_take(made: Bench) -> None:
    assert made.take() is None
    assert ["GET queue"] == made.sent()


def test_no_claim_is_sent_that_is_not_in_the_journal(made: Bench) -> None:
    seen: list[State | None] = []

    def look(request: Request) -> None:
        if is_change(request):
            row = made.rows().get(UUID(request.url.rpartition("/")[2]))
            seen.append(None if row is None else row.state)

    made.instead.before = look
    for value in range(3):
        made.post(value)
    finish_all(made)
    # 1.0 is asked by PATCH first, once.
    assert [State.CLAIMING] * (4 if made.kind == "1.0" else 3) == seen


def test_what_is_read_of_the_queue_can_be_forgotten(made: Bench) -> None:
    jobs = [made.post(value) for value in range(2)]
    assert 2 == made.poll()
    made.claims.forget_waiting()
    assert made.claims.take() is None
    assert ({}, {JobStatus.REGISTERED}) == (made.rows(), {made.status(job) for job in jobs})


REQUESTS = {
    # The first job tells what kind of server it is; what the queue says of the others is fresh.
    "plain": (
        ["GET queue", "GET job", "PATCH job WORKING"],
        ["PATCH job WORKING"],
    ),
    "tagged": (
        ["GET queue", "GET job", "PATCH job", "PATCH job WORKING"],
        ["GET job", "PATCH job WORKING"],
    ),
    "1.0": (
        ["GET queue", "GET job", "PATCH job WORKING", "PUT job WORKING"],
        ["GET job", "PUT job WORKING"],
    ),
}


def test_a_claim_costs_few_requests_and_the_probe_only_one(made: Bench) -> None:
    first, others = REQUESTS[made.kind]
    for value in range(3):
        made.post(value)

    for expected in (first, others, others):
        live = made.take()
        assert live is not None
        assert expected == made.sent()
        made.ledger.demand(live, after(live.entry, Event.TAKEN))
    assert (made.kind == "tagged") == made.claims.keeps_versions


# Freshness.


@pytest.mark.parametrize("kind", ["plain"])
@pytest.mark.parametrize(("seconds", "looks"), [(FRESH, []), (FRESH + 0.1, ["GET job"])])
def test_what_the_queue_said_is_believed_for_five_seconds(
    made: Bench, seconds: float, looks: list[str]
) -> None:
    made.claims.keeps_versions = False
    made.post()
    made.poll()
    made.sent()

    made.now += seconds

    assert made.claims.take() is not None
    assert [*looks, "PATCH job WORKING"] == made.sent()


@pytest.mark.parametrize("status", [JobStatus.WORKING, JobStatus.COMPLETED])
def test_a_job_that_somebody_took_meanwhile_is_left_alone(made: Bench, status: JobStatus) -> None:
    first, second = made.post(1), made.post(2)
    made.poll()
    made.change(first, status, {"by": "another"})
    made.now += FRESH + 1

    live = made.claims.take()

    assert [second] == taken([live])
    assert (status, {"by": "another"}) == (made.status(first), made.results(first))
    assert {second} == set(made.rows())


def test_a_listener_leaves_alone_what_it_has_already(made: Bench) -> None:
    made.post(1)
    live = made.take()
    assert live is not None
    made.ledger.demand(live, after(live.entry, Event.TAKEN))
    made.change(live.entry.job_id, JobStatus.REGISTERED)  # such as a write that was late

    assert (None, State.RUNNING) == (made.take(), live.entry.state)


# Claims in doubt.

BEFORE_ACTING = [Fault.REFUSED, Fault.LOST_REQUEST, Fault.BROKEN_SERVER]
AFTER_ACTING = [Fault.LOST_REPLY, Fault.GARBLED_REPLY]


@pytest.mark.parametrize("fault", [*BEFORE_ACTING, *AFTER_ACTING])
@pytest.mark.parametrize("position", range(5))
def test_whatever_fails_a_job_is_taken_and_only_one(
    made: Bench, fault: Fault, position: int
) -> None:
    first, second = made.post(1), made.post(2)
    made.fail(*[Fault.NONE] * position, fault)

    live = made.take_at_last()

    assert [first] == taken([live])
    assert live is not None
    assert (State.CLAIMING, True) == (live.entry.state, live.entry.is_ours)
    assert [JobStatus.WORKING, JobStatus.REGISTERED] == [made.status(first), made.status(second)]
    assert {first} == set(made.rows())


@pytest.mark.parametrize("fault", [*BEFORE_ACTING, *AFTER_ACTING])
@pytest.mark.parametrize("faults", range(2, 6))
def test_a_job_is_taken_even_if_much_fails(made: Bench, fault: Fault, faults: int) -> None:
    job = made.post(1)
    for position in range(faults):
        made.fail(*[Fault.NONE] * (position % 2), fault)

    assert [job] == taken([made.take_at_last()])
    assert JobStatus.WORKING is made.status(job)


@pytest.mark.parametrize("kind", ["plain", "tagged"])
@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.BROKEN_SERVER, *AFTER_ACTING])
def test_a_claim_whose_answer_was_lost_is_audited_later(made: Bench, fault: Fault) -> None:
    made.claims.keeps_versions = made.kind == "tagged"
    job = made.post()
    made.poll()
    made.fail(*[Fault.NONE] * (made.kind == "tagged"), fault)
    with pytest.raises(NetworkError):
        made.claims.take()
    assert (True, True) == (made.rows()[job].is_in_doubt, made.rows()[job].needs_audit)
    made.sent()

    live = made.claims.take()

    assert live is not None
    assert live.entry.needs_audit
    # Who keeps versions knows by the key whether it was this claim.
    asked_again = made.kind == "tagged" or fault not in AFTER_ACTING
    looked = made.kind == "plain"
    assert ["GET job"] * looked + ["PATCH job WORKING"] * asked_again == made.sent()


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.LOST_REPLY, Fault.GARBLED_REPLY])
def test_a_look_that_fails_puts_no_claim_in_doubt(made: Bench, fault: Fault) -> None:
    job = made.post()
    made.poll()
    made.fail(fault)
    with pytest.raises(NetworkError):
        made.claims.take()
    # Nothing was claimed: then it is not our claim that somebody else's work is taken for.
    made.change(job, JobStatus.WORKING)

    assert ({}, None) == (made.rows(), made.claims.take())
    assert {} == made.rows()


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.LOST_REPLY])
def test_a_probe_that_fails_puts_no_claim_in_doubt(tagged: Bench, fault: Fault) -> None:
    job = tagged.post()
    tagged.poll()
    tagged.fail(Fault.NONE, fault)
    with pytest.raises(NetworkError):
        tagged.claims.take()
    assert ({}, None) == (tagged.rows(), tagged.claims.keeps_versions)
    tagged.change(job, JobStatus.WORKING)

    assert tagged.claims.take() is None
    assert {} == tagged.rows()


def test_a_lost_claim_is_not_repeated_where_nobody_sees_it(tmp_path: Path) -> None:
    # It may land after the verdict: then somebody has to know that there was one.
    eager = RetryPolicy(attempts=3, backoff=0)
    with bench("plain", tmp_path / "journal.sqlite", retry=eager) as made:
        job = made.post()
        made.fail(Fault.NONE, Fault.NONE, Fault.LOST_REQUEST)
        live = made.take_at_last()
        assert live is not None
        assert (job, True) == (live.entry.job_id, live.entry.needs_audit)


# What a server says to a claim.


@pytest.mark.parametrize("kind", ["plain", "tagged"])
@pytest.mark.parametrize("status", [404, 409, 412])
def test_a_job_that_is_lost_to_us_is_forgotten(made: Bench, status: int) -> None:
    made.post(1)
    second = made.post(2)
    made.instead.answer(is_change, own(status))

    live = made.take()

    assert [second] == taken([live])
    assert {second} == set(made.rows())


@pytest.mark.parametrize("kind", ["plain", "tagged"])
@pytest.mark.parametrize("status", [400, 413])
def test_a_refusal_does_not_tell_what_became_of_the_claim_before(made: Bench, status: int) -> None:
    live = in_doubt(made, Fault.LOST_REPLY)
    made.begin()  # in the place of a listener that has died
    made.instead.answer(lambda request: is_change(request) or is_look(request), own(status))

    with pytest.raises(NetworkError):
        made.take()

    assert {live.entry.job_id} == set(made.rows())
    assert [live.entry.job_id] == taken([made.take()])


def test_a_look_that_finds_nothing_is_believed(made: Bench) -> None:
    made.post(1)
    second = made.post(2)
    made.instead.answer(is_look, own(404))
    assert [second] == taken([made.take()])
    assert {second} == set(made.rows())


@pytest.mark.parametrize("kind", ["plain", "tagged"])
@pytest.mark.parametrize(
    "answer",
    [own(401), own(403), own(429), own(503, **{"Retry-After": "5"})],
    ids=lambda answer: str(answer.status),
)
def test_a_server_that_wants_no_claims_now_gets_them_later(made: Bench, answer: Response) -> None:
    job = made.post()
    made.instead.answer(is_change, answer, answer)
    for _ in range(2):
        with pytest.raises(NetworkError) as caught:
            made.take()
        assert answer.status == caught.value.status
    assert JobStatus.REGISTERED is made.status(job)

    live = made.take()

    assert [job] == taken([live])
    assert live is not None
    # It has said that it did nothing, so nothing can be late.
    assert not live.entry.needs_audit


@pytest.mark.parametrize("kind", ["plain", "tagged"])
@pytest.mark.parametrize("status", [400, 404])
def test_a_page_of_a_proxy_is_not_believed(made: Bench, status: int) -> None:
    job = made.post()
    made.instead.answer(is_change, Response(status=status, headers=HTML, body=b"<h1>Sorry</h1>"))
    with pytest.raises(NetworkError):
        made.take()
    assert [job] == taken([made.take()])


def test_a_queue_that_cannot_be_read_is_told(made: Bench) -> None:
    made.post()
    made.fail(Fault.BROKEN_SERVER)
    with pytest.raises(NetworkError):
        made.take()
    assert {} == made.rows()


def test_a_job_that_does_not_exist_is_left(made: Bench) -> None:
    brief = {"id": str(NOBODY), "status": "REGISTERED", "date_submitted": "2026-01-01T00:00:00Z"}
    made.instead.answer(lambda _request: True, json_answer(200, {"data": [brief]}))
    assert made.take() is None
    assert {} == made.rows()


# Versions.


def test_a_claim_is_for_the_version_that_was_seen(tagged: Bench) -> None:
    first, second = tagged.post(1), tagged.post(2)
    tagged.poll()
    headers: list[tuple[str | None, str | None]] = []

    def steal(request: Request) -> None:
        if is_change(request):
            fields = request.headers
            headers.append((fields.get("If-Match"), fields.get("Idempotency-Key")))
            if len(headers) == 1:
                tagged.change(first, JobStatus.WORKING)

    tagged.instead.before = steal

    assert [second] == taken([tagged.claims.take()])
    assert {second} == set(tagged.rows())
    assert ['"1"', '"1"'] == [version for version, _ in headers]
    assert 2 == len({key for _, key in headers} - {None})


def test_a_claim_is_repeated_by_the_same_key(tagged: Bench) -> None:
    keys: list[str | None] = []
    tagged.instead.before = lambda request: keys.append(request.headers.get("Idempotency-Key"))
    tagged.post()
    tagged.fail(Fault.NONE, Fault.NONE, Fault.NONE, Fault.LOST_REPLY)
    with pytest.raises(NetworkError):
        tagged.take()
    live = tagged.claims.take()

    assert live is not None
    key = live.entry.key
    assert key is not None
    assert [f'"{key}"'] * 2 == [one for one in keys if one is not None]


def test_two_listeners_never_take_one_job(tagged: Bench) -> None:
    jobs = [tagged.post(value) for value in range(60)]
    barrier = threading.Barrier(2)
    got: list[list[UUID]] = [[], []]

    def work(number: int) -> None:
        ledger = Ledger(Journal(None))
        ledger.open(lambda _entry: None, 0)
        claims = Claims(tagged.direct, tagged.service_id, ledger)
        barrier.wait(LONG)
        while True:
            live = claims.take()
            if live is not None:
                got[number].append(live.entry.job_id)
                ledger.demand(live, after(live.entry, Event.TAKEN))
            elif not claims.add(claims.poll()):
                return

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(LONG)

    assert sorted(jobs) == sorted(got[0] + got[1])
    assert {JobStatus.WORKING} == {tagged.status(job) for job in jobs}


class Deaf(Plain):
    """A server that sends ETags, as a proxy may do for it, and heeds no condition."""

    def send(self, request: Request) -> Response:
        etag = {"ETag": '"1"'}
        response = super().send(request)
        return evolve(response, headers=response.headers.merged(etag))


def test_versions_that_the_server_does_not_heed_are_not_trusted(tagged: Bench) -> None:
    carrier = Recording(Deaf(tagged.server))
    claims = Claims(Connection(URL, transport=carrier), tagged.service_id, tagged.ledger)
    job = tagged.post()
    claims.add(claims.poll())

    live = claims.take()

    assert live is not None
    assert (job, None, False) == (live.entry.job_id, live.entry.etag, claims.keeps_versions)
    changes = [request for request in carrier.requests if is_change(request)]
    assert [None] == [request.headers.get("If-Match") for request in changes]


# Shards.


@pytest.mark.parametrize("count", [2, 3])
def test_shards_take_all_jobs_once_and_ask_for_no_more(tmp_path: Path, count: int) -> None:
    with bench("plain", tmp_path / "journal.sqlite") as made:
        jobs = [made.post(value) for value in range(9)]  # one page of the queue
        got: list[UUID] = []
        for number in range(1, count + 1):
            shard = Shard(number, count)
            made.journal = Journal(tmp_path / f"{number}.sqlite")
            made.begin(shard)
            made.claims.keeps_versions = False
            mine = finish_all(made)
            assert all(shard.has(job) for job in mine)
            # The server chooses the UUIDs, so there may be none.
            last = ["GET queue"] if mine else []
            assert ["GET queue", *["PATCH job WORKING"] * len(mine), *last] == made.sent()
            got += mine
        assert sorted(jobs) == sorted(got)


def test_jobs_of_others_in_a_full_queue_do_not_hide_ours(made: Bench) -> None:
    shard = Shard(2, 2)
    made.begin(shard)
    foreign = mine = 0
    jobs: list[UUID] = []
    while foreign < 25 or not mine:
        job = made.post()
        if shard.has(job) and foreign < 25:
            made.change(job, JobStatus.ERROR)
            continue
        foreign += not shard.has(job)
        mine += shard.has(job)
        jobs.append(job)

    expected = [job for job in jobs if shard.has(job)]
    assert expected == finish_all(made)
    assert {JobStatus.REGISTERED} == {made.status(job) for job in jobs if not shard.has(job)}


# Handing back.


def test_a_job_that_was_claimed_can_be_handed_back(made: Bench) -> None:
    job = made.post()
    live = made.take()
    assert live is not None

    assert made.claims.hand_back(live)

    assert (JobStatus.REGISTERED, State.RELEASED) == (made.status(job), live.entry.state)
    assert ({}, [job]) == (made.rows(), taken([made.take()]))


def test_a_job_that_runs_can_be_handed_back(made: Bench) -> None:
    job = made.post()
    live = made.take()
    assert live is not None
    made.ledger.demand(live, after(live.entry, Event.TAKEN), synced=True)

    assert made.claims.hand_back(live)

    assert (JobStatus.REGISTERED, {}) == (made.status(job), made.rows())


def in_doubt(made: Bench, fault: Fault) -> LiveJob:
    """A job whose claim has failed."""
    made.claims.keeps_versions = made.kind == "tagged"
    job = made.post()
    made.poll()
    made.fail(*[Fault.NONE] * (made.kind == "tagged"), fault)
    with pytest.raises(NetworkError):
        made.claims.take()
    live = made.ledger.get(job)
    assert live is not None
    return live


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.LOST_REPLY])
def test_a_claim_in_doubt_is_handed_back_where_it_cannot_land_any_more(
    tagged: Bench, fault: Fault
) -> None:
    live = in_doubt(tagged, fault)
    late = tagged.recording.requests[-1]

    assert tagged.claims.hand_back(live)
    refused = tagged.server.send(late)

    assert (412, JobStatus.REGISTERED) == (refused.status, tagged.status(live.entry.job_id))
    assert {} == tagged.rows()


def test_a_claim_that_may_land_late_stays_in_the_journal(plain: Bench) -> None:
    live = in_doubt(plain, Fault.LOST_REQUEST)
    assert not plain.claims.hand_back(live)
    assert {live.entry.job_id: State.CLAIMING} == {
        job: row.state for job, row in plain.rows().items()
    }


def test_without_a_journal_it_is_handed_back_all_the_same() -> None:
    with bench("plain") as made:
        live = in_doubt(made, Fault.LOST_REQUEST)
        assert made.claims.hand_back(live)
        assert JobStatus.REGISTERED is made.status(live.entry.job_id)


def test_a_claim_that_somebody_else_has_won_needs_no_handing_back(tagged: Bench) -> None:
    live = in_doubt(tagged, Fault.LOST_REQUEST)
    tagged.change(live.entry.job_id, JobStatus.WORKING)
    assert tagged.claims.hand_back(live)
    assert (JobStatus.WORKING, {}) == (tagged.status(live.entry.job_id), tagged.rows())


@pytest.mark.parametrize("kind", ["plain", "tagged"])
@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.LOST_REPLY])
def test_a_job_whose_handing_back_was_lost_stays_ours_and_is_audited(
    made: Bench, fault: Fault
) -> None:
    made.post()
    live = made.take()
    assert live is not None
    made.ledger.demand(live, after(live.entry, Event.TAKEN), synced=True)
    made.fail(fault)

    assert not made.claims.hand_back(live)

    assert (State.RUNNING, True) == (live.entry.state, live.entry.needs_audit)
    assert [live.entry] == [*made.rows().values()]


# After the death of the listener.


def test_a_claim_whose_answer_was_lost_is_known_again(made: Bench) -> None:
    job = made.post()
    made.take()
    made.begin()  # what was not written by then is forgotten

    live = made.take()

    assert [job] == taken([live])
    assert live is not None
    assert (True, True, 1) == (live.entry.is_ours, live.entry.needs_audit, live.entry.attempt)


def test_a_claim_that_was_never_sent_is_sent_again(made: Bench) -> None:
    job = made.post()
    made.ledger.demand(made.ledger.add(Entry(job_id=job)), Entry(job_id=job))
    made.begin()

    assert [job] == taken([made.take()])
    assert JobStatus.WORKING is made.status(job)


@pytest.mark.parametrize("status", [JobStatus.WORKING, JobStatus.COMPLETED])
def test_a_claim_that_somebody_else_has_won_meanwhile_is_forgotten(
    tagged: Bench, status: JobStatus
) -> None:
    live = in_doubt(tagged, Fault.LOST_REQUEST)
    tagged.change(live.entry.job_id, status)
    tagged.begin()

    assert (None, {}) == (tagged.take(), tagged.rows())
    assert status is tagged.status(live.entry.job_id)


def running(made: Bench) -> UUID:
    made.post()
    live = made.take()
    assert live is not None
    made.ledger.demand(live, after(live.entry, Event.TAKEN), synced=True)
    return live.entry.job_id


def test_a_job_that_is_run_again_is_taken_again(made: Bench) -> None:
    job = running(made)
    made.begin()

    live = made.take()

    assert [job] == taken([live])
    assert live is not None
    assert (2, True) == (live.entry.attempt, live.details is not None)


@pytest.mark.parametrize("status", [JobStatus.REGISTERED, JobStatus.WORKING, JobStatus.ERROR])
def test_a_job_is_not_run_again_when_somebody_else_has_changed_it(
    tagged: Bench, status: JobStatus
) -> None:
    job = running(tagged)
    tagged.change(job, status)
    tagged.begin()

    live = tagged.take()

    # Who puts it into the queue again gives it to all.
    assert ([job] if status is JobStatus.REGISTERED else []) == taken([live])
    assert live is None or live.entry.attempt == 1


# One job that the server stumbles over.


def stumbles_over(job: UUID) -> Callable[[Request], bool]:
    return lambda request: is_change(request) and str(job) in request.url


def test_a_job_that_the_server_stumbles_over_holds_up_no_others(made: Bench) -> None:
    poisonous, *others = [made.post(value) for value in range(6)]
    page = Response(status=500, headers=HTML, body=b"<h1>Internal Server Error</h1>")
    made.instead.answer(stumbles_over(poisonous), *[page] * 50)

    order: list[UUID] = []
    for _ in range(20):
        try:
            live = made.take()
        except NetworkError:
            continue
        assert live is not None
        order.append(live.entry.job_id)
        made.ledger.demand(live, after(live.entry, Event.TAKEN))

    assert others == order
    assert {poisonous, *others} == set(made.rows())
    assert JobStatus.REGISTERED is made.status(poisonous)


def test_a_claim_in_doubt_does_not_wait_for_other_jobs(tagged: Bench) -> None:
    live = in_doubt(tagged, Fault.LOST_REPLY)
    waits: list[str | None] = []
    tagged.instead.before = lambda request: waits.append(request.headers.get("Prefer"))

    tagged.claims.poll(20)
    assert [None] == waits
    assert [live.entry.job_id] == taken([tagged.claims.take()])
    tagged.ledger.demand(live, after(live.entry, Event.TAKEN))
    tagged.claims.poll(1)
    assert "wait=1" == waits[-1]


def test_no_more_claims_are_begun_when_all_fail(plain: Bench) -> None:
    jobs = [plain.post(value) for value in range(40)]
    page = Response(status=500, headers=HTML, body=b"<h1>Internal Server Error</h1>")
    plain.claims.keeps_versions = False
    plain.instead.answer(is_change, *[page] * 400)

    for _ in range(200):
        with pytest.raises(NetworkError):
            plain.take()

    assert MOST_BEGUN == len(plain.rows())
    assert set(jobs[:MOST_BEGUN]) == set(plain.rows())


def test_a_claim_that_fails_is_tried_first_a_few_times(plain: Bench) -> None:
    live = in_doubt(plain, Fault.BROKEN_SERVER)
    plain.post(2)
    plain.fail(*[Fault.BROKEN_SERVER] * (MOST_TRIES - 1))
    for _ in range(MOST_TRIES - 1):
        plain.sent()
        with pytest.raises(NetworkError):
            plain.take()
        assert ["GET job"] == plain.sent()

    assert live.entry.job_id not in taken([plain.take()])


# A journal that cannot be written.


class Full(Journal):
    """A journal on a disk that is full."""

    def write(self, entry: Entry, *, synced: bool = False) -> None:
        raise JournalError("the disk is full")


def test_nothing_is_claimed_that_cannot_be_written_down(made: Bench, tmp_path: Path) -> None:
    path = tmp_path / "full.sqlite"
    ledger = Ledger(Full(path))
    ledger.open(lambda _entry: None, 0)
    claims = Claims(made.connection, made.service_id, ledger)
    job = made.post()

    claims.add(claims.poll())
    for _ in range(3):
        with pytest.raises(JournalError):
            claims.take()

    ledger.close()
    assert JobStatus.REGISTERED is made.status(job)
    assert [] == [one for one in made.sent() if "WORKING" in one]
    assert [] == records_of(path)
