"""The store beneath the API: durability, order, and what happens to its file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from time import perf_counter
from uuid import UUID, uuid4

import pytest
from attrs import define

from tests.server.eventually import PATIENCE, eventually
from topchef_sdk.api.models import JobStatus
from topchef_sdk.server.store import (
    JobChangedError,
    Store,
    StoreBusyError,
    StoredJob,
    StoredService,
    StoreError,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@define
class Clock:
    """Stands still unless it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    path = tmp_path / "topchef.db" if request.param == "file" else None
    with Store(path, clock=clock) as store:
        yield store


def registered(store: Store) -> StoredService:
    return store.add_service(
        name="x", description="d", job_registration_schema={}, job_result_schema={}
    )


def pragma(store: Store, name: str, *, writing: bool) -> object:
    """The value of a pragma, which only the very connections of the store can tell."""
    connect = store._writing if writing else store._reading  # pyright: ignore[reportPrivateUsage]
    with connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


# Durability.


@pytest.mark.parametrize("writing", [True, False], ids=["writer", "reader"])
@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_every_connection_is_set_up_for_durability(
    tmp_path: Path, name: str, value: object, writing: bool
) -> None:
    with Store(tmp_path / "topchef.db") as store:
        assert pragma(store, name, writing=writing) == value


def test_what_is_written_can_be_read_by_another_process_at_once(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    with Store(path) as store, sqlite3.connect(path) as other:
        job = store.add_job(registered(store).id, {"value": 1})
        rows = other.execute("SELECT id, status, parameters FROM jobs").fetchall()
        assert rows == [(job.id.hex, "REGISTERED", '{"value":1}')]
        store.change_job(job.id, status=JobStatus.WORKING)
        assert other.execute("SELECT status FROM jobs").fetchone() == ("WORKING",)
    other.close()


def test_nothing_of_a_failed_write_stays(store: Store) -> None:
    service = registered(store)

    with pytest.raises(Exception, match="not JSON compliant"):
        store.add_job(service.id, {"value": float("nan")})

    assert store.jobs(service.id) == []
    assert store.add_job(service.id, {"value": 1}) == store.jobs(service.id)[0]


def test_a_job_needs_a_service_that_exists(store: Store) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        store.add_job(uuid4(), {})

    assert store.job_entries() == []


# Times.


def test_times_keep_their_instant_whatever_the_clocks_zone(store: Store, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 23, 17, 30, 0, 123456, timezone(timedelta(hours=5, minutes=30)))

    job = store.add_job(registered(store).id, {})

    read = store.job(job.id)
    assert read is not None
    assert read.date_submitted == datetime(2026, 11, 23, 12, 0, 0, 123456, UTC)
    assert read.date_submitted.tzinfo is UTC


def test_jobs_of_the_same_instant_keep_their_order(store: Store, clock: Clock) -> None:
    service = registered(store)
    posted = [store.add_job(service.id, {"n": n}).id for n in range(20)]
    clock.now -= timedelta(hours=1)  # clocks are set back
    posted.append(store.add_job(service.id, {}).id)

    assert [job.id for job in store.jobs(service.id)] == posted
    assert [job.id for job in store.job_entries()] == posted


def test_a_service_times_out_after_its_timeout_and_not_before(clock: Clock) -> None:
    with Store(clock=clock) as store:
        service_id = registered(store).id

        clock.now += timedelta(seconds=30)
        assert not is_timed_out(store, service_id)
        clock.now += timedelta(microseconds=1)
        assert is_timed_out(store, service_id)

        store.change_service(service_id)
        assert not is_timed_out(store, service_id)
        store.change_service(service_id, timeout=2**31 - 1)
        clock.now += timedelta(days=365 * 60)
        assert not is_timed_out(store, service_id)


def is_timed_out(store: Store, service_id: UUID) -> bool:
    service = store.service(service_id)
    assert service is not None
    return service.has_timed_out(store.now())


# What names nothing.


def test_what_does_not_exist_is_none(store: Store) -> None:
    assert store.service(uuid4()) is None
    assert store.change_service(uuid4(), name="x") is None
    assert store.job(uuid4()) is None
    assert store.change_job(uuid4(), status=JobStatus.WORKING) is None
    assert store.queue(uuid4(), 10) == []


# Versions and keys.


def test_each_change_of_a_job_counts_its_version_up(store: Store) -> None:
    job = store.add_job(registered(store).id, {})

    versions = [job.version]
    for status in (JobStatus.WORKING, JobStatus.WORKING, JobStatus.REGISTERED):
        changed = store.change_job(job.id, status=status)
        assert changed == store.job(job.id)
        versions.append(version_of(store, job.id))
    store.change_job(job.id, results={"value": 1})
    versions.append(version_of(store, job.id))
    store.change_job(job.id)
    store.change_job(job.id, key="x")
    versions.append(version_of(store, job.id))

    assert [1, 2, 3, 4, 5, 5] == versions


def test_a_job_has_its_version_in_every_list(store: Store) -> None:
    service_id = registered(store).id
    job_id = store.add_job(service_id, {}).id
    store.change_job(job_id, status=JobStatus.REGISTERED, key="k")

    job = store.job(job_id)

    assert [job] == store.jobs(service_id) == store.queue(service_id, 10)


def test_a_change_that_presupposes_another_version_is_none(store: Store) -> None:
    job = store.add_job(registered(store).id, {})
    seen: list[int] = []

    def refuse(version: int) -> bool:
        seen.append(version)
        return False

    for status in (JobStatus.WORKING, None):
        with pytest.raises(JobChangedError) as refused:
            store.change_job(job.id, status=status, presupposed=refuse, key="x")
        assert 1 == refused.value.version

    assert [1, 1] == seen
    assert job == store.job(job.id)
    assert store.change_job(uuid4(), presupposed=refuse) is None


def test_a_repeat_of_the_last_change_changes_nothing(store: Store) -> None:
    job_id = store.add_job(registered(store).id, {}).id
    claimed = store.change_job(job_id, status=JobStatus.WORKING, key="a")

    def never(version: int) -> bool:
        raise AssertionError("the version of a repeat does not matter")

    repeat = store.change_job(job_id, status=JobStatus.ERROR, presupposed=never, key="a")

    assert claimed is not None
    assert claimed == repeat == store.job(job_id)
    assert (JobStatus.WORKING, 2, "a") == (claimed.status, claimed.version, claimed.last_key)


@pytest.mark.parametrize("key", ["b", None])
def test_only_the_key_of_the_last_change_is_kept(store: Store, key: str | None) -> None:
    job_id = store.add_job(registered(store).id, {}).id
    store.change_job(job_id, status=JobStatus.WORKING, key="a")
    store.change_job(job_id, status=JobStatus.REGISTERED, key=key)

    again = store.change_job(job_id, status=JobStatus.ERROR, key="a")

    assert again is not None
    assert (JobStatus.ERROR, 4) == (again.status, again.version)


def test_a_new_job_knows_no_key(store: Store) -> None:
    job_id = store.add_job(registered(store).id, {}).id

    changed = store.change_job(job_id, status=JobStatus.WORKING, key="")

    assert changed is not None
    assert 2 == changed.version


def test_one_of_many_gets_a_job_whichever_process_they_are_of(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    with Store(path) as one, Store(path) as other, ThreadPoolExecutor(4) as pool:
        service_id = registered(one).id
        start = Barrier(4)

        def claim(store: Store, job_id: UUID) -> bool:
            start.wait(PATIENCE)
            try:
                store.change_job(
                    job_id, status=JobStatus.WORKING, presupposed=lambda version: version == 1
                )
            except JobChangedError:
                return False
            return True

        for _ in range(25):
            job_id = one.add_job(service_id, {}).id
            claims = [pool.submit(claim, store, job_id) for store in (one, other, one, other)]
            assert [False, False, False, True] == sorted(done.result(PATIENCE) for done in claims)
            assert 2 == version_of(one, job_id)


def version_of(store: Store, job_id: UUID) -> int:
    job = store.job(job_id)
    assert job is not None
    return job.version


# Arrivals.


def test_whoever_waits_is_told_of_each_job_that_is_registered(store: Store) -> None:
    service_id = registered(store).id
    other_id = registered(store).id

    def look() -> list[StoredJob]:
        return store.queue(service_id, 1)

    with ThreadPoolExecutor(1) as pool:
        for is_new in (True, False):
            waiting = pool.submit(store.arrivals.first, service_id, look, 2 * PATIENCE)
            eventually(lambda: store.arrivals.waiting == 1)
            store.add_job(other_id, {})
            assert not waiting.done()

            if is_new:
                store.add_job(service_id, {})
            else:
                store.change_job(store.jobs(service_id)[0].id, status=JobStatus.REGISTERED)

            (job,) = waiting.result(PATIENCE).items
            store.change_job(job.id, status=JobStatus.WORKING)


def test_nobody_waits_for_jobs_of_a_store_that_is_closed() -> None:
    with Store() as store, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.arrivals.first, uuid4(), list[StoredJob], 2 * PATIENCE)
        eventually(lambda: store.arrivals.waiting == 1)

        store.close()

        assert not waiting.result(PATIENCE).is_wait_kept


# The file.


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but somebody's notes, long enough for a header " * 10)
    before = path.read_bytes()

    with pytest.raises(StoreError, match=r"cannot use the database .*notes\.txt: .*not a database"):
        Store(path)

    assert path.read_bytes() == before


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE jobs (title TEXT)")
    other.close()

    with pytest.raises(StoreError, match="the database of another program"):
        Store(path)


def test_a_database_of_another_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    Store(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()

    with pytest.raises(StoreError, match="made by another version"):
        Store(path)


@pytest.mark.parametrize("path", ["missing/topchef.db", "."])
def test_a_path_that_cannot_be_a_file_is_refused_in_one_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store(tmp_path / path)

    assert str(refused.value).endswith(": unable to open database file")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory", "a?b=c", "ünïcode 🔬.db"])
def test_any_name_is_the_name_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with Store(name) as store:
        service = registered(store)

    assert (tmp_path / name).is_file()
    with Store(name) as store:
        assert store.services() == [service]


def test_two_stores_in_memory_have_nothing_in_common() -> None:
    with Store() as one, Store() as other:
        registered(one)
        assert other.services() == []


def test_two_processes_may_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    with Store(path) as one, Store(path) as other:
        service = registered(one)
        assert other.service(service.id) == service
        assert [one.add_job(service.id, {}), other.add_job(service.id, {})] == one.jobs(service.id)


def test_a_file_that_another_process_has_locked_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    with Store(path, busy_timeout=0.01) as store:
        service = registered(store)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreBusyError):
            store.add_job(service.id, {})
        assert store.service(service.id) == service, "reading goes on"

        other.execute("ROLLBACK")
        other.close()
        store.add_job(service.id, {})


# Speed.


def test_an_empty_poll_finds_its_place_by_an_index(tmp_path: Path) -> None:
    """A real 2.0 takes half a second for it."""
    path = tmp_path / "topchef.db"
    with Store(path) as store:
        service = registered(store)
        store.add_job(service.id, {})
        finish_copies(path, service.id, 10_000)

        taken: list[float] = []
        for _ in range(20):
            started = perf_counter()
            assert store.queue(service.id, 10) == []
            taken.append(perf_counter() - started)

    assert min(taken) < 0.05


def test_the_queue_is_neither_scanned_nor_sorted(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    Store(path).close()
    connection = sqlite3.connect(path)
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT id, parameters FROM jobs"
        " WHERE service_id = 'x' AND status = 'REGISTERED' ORDER BY sequence LIMIT 10"
    ).fetchall()
    connection.close()

    (step,) = [row[3] for row in plan]
    assert step == "SEARCH jobs USING INDEX jobs_by_status (service_id=? AND status=?)"


def finish_copies(path: Path, service_id: UUID, count: int) -> None:
    """Fill a service with finished jobs, faster than one by one."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE jobs SET status = 'COMPLETED'")
        connection.executemany(
            "INSERT INTO jobs (id, service_id, status, parameters, date_submitted)"
            " VALUES (?, ?, 'COMPLETED', '{}', '2026-11-23 12:00:00.000000')",
            [(uuid4().hex, service_id.hex) for _ in range(count)],
        )
    connection.close()
