"""Database files of older servers: they are brought up to date where they are."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest

from topchef_sdk.api.models import JobStatus
from topchef_sdk.server import Store, StoreError
from topchef_sdk.server.layouts import LAYOUT, is_known, upgrade

LAYOUT_1 = (Path(__file__).parent / "layout_1.sql").read_text("utf-8")

SERVICE = UUID("bbc52e6b35574419953fb1382eba14a3")
FINISHED = UUID("e474dd497609411da9873a869beba8d0")
WAITING = UUID("4396256913b0457082ab047888f8789f")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of layout 1."""
    path = tmp_path / "topchef.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(LAYOUT_1)
    return path


def layout_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return cast("int", connection.execute("PRAGMA user_version").fetchone()[0])


def shape_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What SQLite knows of the columns, the references and the indexes of a database."""
    indexes = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"
    with closing(sqlite3.connect(path)) as connection:
        return {
            statement: connection.execute(statement).fetchall()
            for statement in (
                "PRAGMA table_info(services)",
                "PRAGMA table_info(jobs)",
                "PRAGMA foreign_key_list(jobs)",
                indexes,
            )
        }


def test_an_older_database_keeps_its_services_and_jobs(path: Path) -> None:
    assert 1 == layout_of(path)

    with Store(path) as store:
        (service,) = store.services()
        assert (SERVICE, "Add one", {"type": "object"}) == (
            service.id,
            service.name,
            service.job_registration_schema,
        )
        finished, waiting = store.jobs(SERVICE)
        assert (FINISHED, JobStatus.COMPLETED) == (finished.id, finished.status)
        assert ({"value": 3}, {"value": 4}) == (finished.parameters, finished.results)
        assert (WAITING, JobStatus.REGISTERED) == (waiting.id, waiting.status)
        assert [(1, None), (1, None)] == [
            (job.version, job.last_key) for job in (finished, waiting)
        ]
        assert [waiting] == store.queue(SERVICE, 10)

    assert LAYOUT == layout_of(path)


def test_an_older_database_goes_on_where_it_was(path: Path) -> None:
    with Store(path) as store:
        posted = store.add_job(SERVICE, {"value": 5})
        store.change_job(WAITING, status=JobStatus.WORKING, key="k")

    with Store(path) as store:
        jobs = store.jobs(SERVICE)
        assert [FINISHED, WAITING, posted.id] == [job.id for job in jobs]
        assert [(1, None), (2, "k"), (1, None)] == [(job.version, job.last_key) for job in jobs]


def test_an_older_database_becomes_what_a_new_one_is(path: Path, tmp_path: Path) -> None:
    Store(path).close()
    Store(tmp_path / "new.db").close()

    assert shape_of(tmp_path / "new.db") == shape_of(path)


def test_two_processes_may_bring_a_database_up_to_date_at_once(path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(Store, [path] * 4))
    for store in stores:
        with store:
            assert [FINISHED, WAITING] == [job.id for job in store.jobs(SERVICE)]

    assert LAYOUT == layout_of(path)


def test_what_fails_on_the_way_leaves_the_database_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE jobs ADD COLUMN last_key TEXT")
        before = list(connection.iterdump())

    with pytest.raises(StoreError, match="duplicate column name: last_key"):
        Store(path)

    with closing(sqlite3.connect(path)) as connection:
        assert before == list(connection.iterdump())
    assert 1 == layout_of(path)


def test_every_layout_so_far_is_known_and_no_other() -> None:
    assert list(range(1, LAYOUT + 1)) == [layout for layout in range(-1, 100) if is_known(layout)]
    assert [] == list(upgrade(LAYOUT))
