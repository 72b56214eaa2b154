"""The live jobs in memory and in the journal, also while the journal cannot be written."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from attrs import evolve

from tests.listener.laboratory import Laboratory, add_one, laboratory
from tests.sdk.carriers import Counting
from topchef_sdk import Ending, JobStatus, JournalError
from topchef_sdk.api import JsonObject
from topchef_sdk.listener import Journal
from topchef_sdk.listener.journal import records_of
from topchef_sdk.listener.ledger import Ledger
from topchef_sdk.listener.outcome import HandlerFailure, Verdict
from topchef_sdk.listener.states import LIVE, Entry, Event, State, after, finished
from topchef_sdk.report import ErrorKind, Origin

AUDIT_SECONDS = 120.0
RIGHT = Verdict(True, {"value": 1})
CRASH = Verdict.failed(HandlerFailure(ErrorKind.WORKER_CRASH, "The worker died", ""), Origin())
LARGE = "x" * 100_000
"""More than is left on any page of a database."""


class Small(Journal):
    """A journal on a disk that can be full."""

    def fill(self) -> None:
        """Let the file take no more pages."""
        (pages,) = self._connection().execute("PRAGMA page_count").fetchone()
        self._connection().execute(f"PRAGMA max_page_count = {pages}")

    def make_room(self) -> None:
        """Let the file grow again."""
        self._connection().execute("PRAGMA max_page_count = 1000000")


def entry(number: int, state: State = State.CLAIMING, key: str | None = None) -> Entry:
    verdict = RIGHT if state not in (State.CLAIMING, State.RUNNING) else None
    return Entry(job_id=UUID(int=number), state=state, verdict=verdict, key=key)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Small]:
    made = Small(tmp_path / "journal.sqlite")
    yield made
    made.close()


def repeated(_entry: Entry) -> Verdict | None:
    return None


def crashed(_entry: Entry) -> Verdict:
    return CRASH


def opened(journal: Journal) -> Ledger:
    ledger = Ledger(journal, clock=lambda: 1000.0)
    ledger.open(repeated, AUDIT_SECONDS)
    return ledger


def on_disk(journal: Journal) -> dict[int, Entry]:
    return {record.entry.job_id.int: record.entry for record in journal.records()}


def left(journal: Journal, *entries: Entry) -> None:
    """What a listener leaves that is killed now."""
    journal.open()
    for one in entries:
        journal.write(one)
    journal.close()


# What the listener before has left.


def test_what_was_left_is_marked_before_anything_is_done(journal: Small) -> None:
    left(journal, *(entry(number, state) for number, state in enumerate(State)))

    ledger = Ledger(journal)
    found = ledger.open(crashed, AUDIT_SECONDS)

    numbers = {state: number for number, state in enumerate(State)}
    expected = {
        numbers[State.CLAIMING]: (State.CLAIMING, None, True),
        numbers[State.RUNNING]: (State.DONE, CRASH, False),
        numbers[State.DONE]: (State.DONE, RIGHT, True),
        numbers[State.AUDIT]: (State.AUDIT, RIGHT, False),
    }
    assert expected == {
        live.entry.job_id.int: (live.entry.state, live.entry.verdict, live.entry.is_in_doubt)
        for live in found
    }
    rows = on_disk(journal)
    assert [live.entry for live in found] == [rows[live.entry.job_id.int] for live in found]
    assert found == ledger.in_state(*LIVE)


def test_only_for_jobs_that_ran_it_is_asked_what_a_crash_means(journal: Small) -> None:
    left(journal, *(entry(number, state) for number, state in enumerate(State)))
    asked: list[State] = []

    def crash_of(found: Entry) -> Verdict | None:
        asked.append(found.state)
        return None

    found = Ledger(journal).open(crash_of, AUDIT_SECONDS)

    assert [State.RUNNING] == asked
    assert [2] == [live.entry.attempt for live in found if live.entry.attempt > 1]


def test_an_audit_waits_its_time_again_and_is_told_no_more(journal: Small) -> None:
    left(journal, entry(1, State.AUDIT), entry(2, State.DONE))

    found = opened(journal).in_state(State.AUDIT, State.DONE)

    assert {(1, True, 1000.0 + AUDIT_SECONDS), (2, False, 0.0)} == {
        (live.entry.job_id.int, live.is_told, live.due) for live in found
    }


def test_a_journal_that_cannot_be_taken_over_whole_is_not_taken_over(journal: Small) -> None:
    left(journal, entry(1), entry(2, State.RUNNING), entry(3, State.DONE))

    def crash_of(_entry: Entry) -> Verdict | None:
        raise ZeroDivisionError("the callable's own")

    ledger = Ledger(journal)
    with pytest.raises(ZeroDivisionError):
        ledger.open(crash_of, AUDIT_SECONDS)

    assert ([], False) == (ledger.in_state(*LIVE), ledger.is_open)
    assert {1, 2, 3} == {live.entry.job_id.int for live in opened(journal).in_state(*LIVE)}


# Live jobs.


def test_jobs_are_known_until_they_have_ended(journal: Small) -> None:
    ledger = opened(journal)
    live = ledger.add(entry(1))
    assert live is ledger.add(entry(1))
    assert live is ledger.get(UUID(int=1))

    ledger.demand(live, after(live.entry, Event.TAKEN), synced=True)
    assert [live] == ledger.in_state(State.RUNNING)
    ledger.note(live, finished(live.entry, RIGHT), synced=True)
    ledger.note(live, after(live.entry, Event.ACCEPTED))

    assert (None, []) == (ledger.get(UUID(int=1)), ledger.in_state(*State))
    # Without the results, which the server has: they may be large.
    assert {1: evolve(live.entry, verdict=None)} == on_disk(journal)
    assert State.ACKED is live.entry.state


def test_results_that_the_server_does_not_have_are_kept(journal: Small) -> None:
    ledger = opened(journal)
    broken = evolve(RIGHT.bare(), computed={"value": "a text"})
    refused = RIGHT.refused("no", False)
    for number, verdict, lesser in [(1, broken, None), (2, RIGHT, refused), (3, RIGHT, None)]:
        acked = evolve(entry(number, State.ACKED), verdict=verdict, lesser=lesser)
        ledger.note(ledger.add(entry(number)), acked)

    kept = {number: one.verdict for number, one in on_disk(journal).items()}
    assert {1: broken, 2: RIGHT, 3: None} == kept


def test_jobs_in_memory_alone_leave_nothing(journal: Small) -> None:
    ledger = opened(journal)
    ledger.forget(ledger.add(entry(1)))
    assert (None, {}) == (ledger.get(UUID(int=1)), on_disk(journal))


def test_the_oldest_job_comes_first(journal: Small) -> None:
    ledger = opened(journal)
    for number in (3, 1, 2):
        ledger.add(entry(number))
    numbers = [live.entry.job_id.int for live in ledger.in_state(State.CLAIMING)]
    assert [3, 1, 2] == numbers


def test_memory_alone_is_not_durable(tmp_path: Path) -> None:
    for path, expected in ((None, False), (tmp_path / "journal.sqlite", True)):
        ledger = opened(Journal(path))
        assert (expected, True) == (ledger.is_durable, ledger.is_sound)
        ledger.close()
        assert not ledger.is_open


# A full disk.


def test_what_must_be_written_before_is_refused_and_changes_nothing(journal: Small) -> None:
    ledger = opened(journal)
    live = ledger.add(entry(1))
    ledger.demand(live, entry(1))
    journal.fill()

    with pytest.raises(JournalError, match="database or disk is full"):
        ledger.demand(live, entry(1, State.RUNNING, LARGE), synced=True)

    assert (entry(1), {1: entry(1)}) == (live.entry, on_disk(journal))
    assert ledger.is_sound


def test_what_is_already_so_is_kept_in_memory_and_written_later(journal: Small) -> None:
    ledger = opened(journal)
    live = ledger.add(entry(1, State.RUNNING))
    ledger.demand(live, entry(1, State.RUNNING), synced=True)
    journal.fill()
    done = entry(1, State.DONE, LARGE)

    ledger.note(live, done, synced=True)

    assert (done, {1: entry(1, State.RUNNING)}) == (live.entry, on_disk(journal))
    assert (False, False) == (ledger.is_sound, ledger.is_durable)
    assert not ledger.write_rest()

    journal.make_room()
    assert ledger.write_rest()
    assert (True, {1: done}) == (ledger.is_sound, on_disk(journal))


def test_an_end_that_cannot_be_written_is_not_lost(journal: Small) -> None:
    ledger = opened(journal)
    live = ledger.add(entry(1, State.DONE))
    journal.fill()
    overruled = entry(1, State.CONFLICT, LARGE)

    ledger.note(live, overruled)

    assert (None, False) == (ledger.get(UUID(int=1)), ledger.is_sound)
    journal.make_room()
    ledger.close()
    assert journal.path is not None
    assert [overruled] == [record.entry for record in records_of(journal.path)]


def test_a_late_write_does_not_bring_back_what_was(journal: Small) -> None:
    ledger = opened(journal)
    live = ledger.add(entry(1))
    journal.fill()
    ledger.note(live, entry(1, key=LARGE))
    journal.make_room()

    ledger.demand(live, entry(1, State.RUNNING), synced=True)

    assert (True, True) == (ledger.is_sound, ledger.write_rest())
    assert {1: entry(1, State.RUNNING)} == on_disk(journal)


def test_only_the_newest_of_what_could_not_be_written_is_written(journal: Small) -> None:
    ledger = opened(journal)
    live = ledger.add(entry(1))
    journal.fill()
    for state in (State.RUNNING, State.DONE, State.AUDIT):
        ledger.note(live, entry(1, state, LARGE))
    journal.make_room()

    assert ledger.write_rest()
    assert {1: entry(1, State.AUDIT, LARGE)} == on_disk(journal)


# A listener whose disk is full.


class Fickle(Journal):
    """A journal whose writes fail while it is `full`, from the `first` of them on."""

    def __init__(self, path: Path, first: int | None) -> None:
        super().__init__(path)
        self._numbers = itertools.count(1)
        self.first = first
        self.written: list[State] = []

    def write(self, entry: Entry, *, synced: bool = False) -> None:
        number = next(self._numbers)
        if self.first is not None and number >= self.first:
            raise JournalError("database or disk is full")
        super().write(entry, synced=synced)
        self.written.append(entry.state)


@pytest.fixture
def lab() -> Iterator[Laboratory]:
    with laboratory() as made:
        yield made


def test_a_listener_claims_nothing_that_it_cannot_write_down(
    lab: Laboratory, tmp_path: Path
) -> None:
    job = lab.post(1)
    carrier = Counting(lab.server)
    journal = Fickle(tmp_path / "journal.sqlite", 1)
    listener = lab.listener(carrier=carrier, journal=journal)

    outcome = listener.run_iteration()

    probes = carrier.requests["PATCH"]
    assert (Ending.NO_CONTACT, "database or disk is full") == (outcome.ending, outcome.message)
    assert (JobStatus.REGISTERED, 1) == (job.status, probes)
    assert Ending.NO_CONTACT is listener.run_iteration().ending
    assert 1 == carrier.requests["PATCH"]

    journal.first = None
    assert Ending.COMPLETED is listener.run_iteration().ending
    assert {"value": 2} == job.results
    listener.close()


def test_a_listener_runs_nothing_that_it_cannot_write_down(lab: Laboratory, tmp_path: Path) -> None:
    ran: list[JsonObject] = []

    def action(parameters: JsonObject) -> JsonObject:
        ran.append(parameters)
        return add_one(parameters)

    job = lab.post(1)
    journal = Fickle(tmp_path / "journal.sqlite", 2)
    listener = lab.listener(action, journal=journal)

    assert Ending.NO_CONTACT is listener.run_iteration().ending
    assert ([], JobStatus.WORKING, [State.CLAIMING]) == (ran, job.status, journal.written)
    assert Ending.NO_CONTACT is listener.run_iteration().ending
    assert [] == ran

    journal.first = None
    assert Ending.COMPLETED is listener.run_iteration().ending
    assert ([{"value": 1}], {"value": 2}) == (ran, job.results)
    listener.close()


def test_a_result_that_cannot_be_written_down_is_delivered_all_the_same(
    lab: Laboratory, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = lab.post(1), lab.post(2)
    path = tmp_path / "journal.sqlite"
    journal = Fickle(path, 3)
    listener = lab.listener(journal=journal)

    with caplog.at_level(logging.ERROR):
        assert Ending.COMPLETED is listener.run_iteration().ending
    assert {"value": 2} == first.results
    assert "no more jobs are taken until that works" in caplog.text
    assert [State.RUNNING] == [record.entry.state for record in records_of(path)]

    assert Ending.NO_CONTACT is listener.run_iteration().ending
    assert JobStatus.REGISTERED is second.status

    journal.first = None
    assert Ending.COMPLETED is listener.run_iteration().ending
    assert {"value": 3} == second.results
    assert {State.ACKED} == {record.entry.state for record in records_of(path)}
    listener.close()
