"""The journal on disk: what it keeps, whom it keeps away, and what it says of broken files."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from topchef_sdk.errors import JournalError
from topchef_sdk.listener import Journal
from topchef_sdk.listener.journal import default_path, owner_of, records_of
from topchef_sdk.listener.outcome import Verdict
from topchef_sdk.listener.shard import Shard
from topchef_sdk.listener.states import FORGOTTEN, LIVE, Entry, State
from topchef_sdk.server.store import Store

ROOT = Path(__file__).parents[2]
LONG = 60
BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)
RIGHT = Verdict(True, {"value": 1, "name": "Grüße \U0001f642", "deep": [{"x": [None, 1.5]}]})

HOLDS = """
import os, sys
from uuid import UUID
from topchef_sdk.errors import JournalError
from topchef_sdk.listener import Journal
from topchef_sdk.listener.states import Entry, State

journal = Journal(sys.argv[1])
try:
    journal.open()
except JournalError as error:
    sys.exit(str(error))
journal.write(Entry(job_id=UUID(int=1)))
journal.write(Entry(job_id=UUID(int=2), state=State.RUNNING), synced=True)
print("open", flush=True)
sys.stdin.read()
"""
"""Opens a journal, writes to it, and holds it."""


def entry(number: int, state: State = State.CLAIMING) -> Entry:
    return Entry(job_id=UUID(int=number), state=state, verdict=RIGHT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journals" / "one.sqlite"


@contextmanager
def opened(path: Path | None, clock: Callable[[], datetime] | None = None) -> Generator[Journal]:
    journal = Journal(path) if clock is None else Journal(path, clock=clock)
    journal.open()
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def holder(path: Path) -> Generator[subprocess.Popen[str]]:
    """Another process that holds a journal."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            assert "open\n" == process.stdout.readline()
            yield process
        finally:
            process.kill()


def states_in(path: Path) -> dict[int, State]:
    return {record.entry.job_id.int: record.entry.state for record in records_of(path)}


def refused(path: Path) -> str:
    """What is said of a journal that cannot be opened, in one line and of the file's name."""
    journal = Journal(path)
    with pytest.raises(JournalError) as caught:
        journal.open()
    assert not journal.is_open
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message.partition(f"{path}: ")[2]


# What it keeps.


def test_the_last_entry_of_each_job_is_kept(path: Path) -> None:
    with opened(path) as journal:
        journal.write(entry(1))
        journal.write(entry(2, State.RUNNING), synced=True)
        journal.write(entry(1, State.DONE), synced=True)

    with opened(path) as journal:
        assert [entry(2, State.RUNNING), entry(1, State.DONE)] == [
            record.entry for record in journal.records()
        ]


def test_some_states_can_be_asked_for(path: Path) -> None:
    with opened(path) as journal:
        for number, state in enumerate((State.CLAIMING, State.ACKED, State.PARKED)):
            journal.write(entry(number, state))
        assert [entry(0)] == [record.entry for record in journal.records(LIVE)]


@pytest.mark.parametrize("state", [state for state in State if state in FORGOTTEN])
def test_what_was_never_run_leaves_nothing(path: Path, state: State) -> None:
    with opened(path) as journal:
        journal.write(entry(1))
        journal.write(entry(1, state))
        journal.write(entry(2, state))
        assert [] == journal.records()


def test_a_record_says_when_it_changed(path: Path) -> None:
    with opened(path, lambda: BEGINNING) as journal:
        journal.write(entry(1))
        assert [BEGINNING] == [record.changed for record in journal.records()]


def test_a_journal_in_memory_keeps_the_same_and_is_not_durable() -> None:
    with opened(None) as journal:
        journal.write(entry(1), synced=True)
        assert [entry(1)] == [record.entry for record in journal.records()]
        assert not journal.is_durable
    assert not journal.is_open


def test_a_journal_is_in_the_state_directory(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path))
        whole, part = default_path(UUID(int=1)), default_path(UUID(int=1), Shard(2, 3))
    folder = tmp_path / "topchef-sdk" / "journals"
    assert folder / f"{UUID(int=1)}.sqlite" == whole
    assert folder / f"{UUID(int=1)}-2-of-3.sqlite" == part


def test_threads_may_share_a_journal(path: Path) -> None:
    with opened(path) as journal:

        def write(first: int) -> None:
            for number in range(first, 100, 4):
                journal.write(entry(number), synced=number % 2 == 0)

        writers = [threading.Thread(target=write, args=(first,)) for first in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert set(range(100)) == {record.entry.job_id.int for record in journal.records()}


# How it is written.


class Traced(Journal):
    """Notes what SQLite is told to do."""

    def open(self) -> None:
        super().open()
        self.statements: list[str] = []
        self._connection().set_trace_callback(self.statements.append)

    def asked(self, pragma: str) -> object:
        return self._connection().execute(f"PRAGMA {pragma}").fetchone()[0]


def test_a_synced_write_waits_for_the_disk_and_no_other_does(path: Path) -> None:
    journal = Traced(path)
    journal.open()
    try:
        journal.write(entry(1), synced=True)
        full = journal.asked("synchronous")
        journal.write(entry(1))
        normal = journal.asked("synchronous")
        statements = [one.split()[0:4] for one in journal.statements]

        assert ("wal", 2, 1) == (journal.asked("journal_mode"), full, normal)
        assert [
            ["PRAGMA", "synchronous", "=", "FULL"],
            ["INSERT", "OR", "REPLACE", "INTO"],
            ["PRAGMA", "synchronous"],
            ["PRAGMA", "synchronous", "=", "NORMAL"],
            ["INSERT", "OR", "REPLACE", "INTO"],
            ["PRAGMA", "synchronous"],
        ] == statements
    finally:
        journal.close()


def test_what_was_written_outlives_kill_9(path: Path) -> None:
    with holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)
        assert {1: State.CLAIMING, 2: State.RUNNING} == states_in(path)
        with opened(path) as journal:
            assert 2 == len(journal.records())


# How long.


def test_what_ended_is_kept_for_thirty_days(path: Path) -> None:
    with opened(path, lambda: BEGINNING) as journal:
        for number, state in enumerate(State):
            journal.write(entry(number, state))

    with opened(path, lambda: BEGINNING + timedelta(days=30)) as journal:
        assert set(State) - FORGOTTEN == {record.entry.state for record in journal.records()}
    with opened(path, lambda: BEGINNING + timedelta(days=31)) as journal:
        left = {record.entry.state for record in journal.records()}
        assert {*LIVE, State.PARKED, State.CONFLICT} == left


def test_a_listener_that_runs_for_months_forgets_too(path: Path) -> None:
    now = BEGINNING
    with opened(path, lambda: now) as journal:
        for number in range(100):
            journal.write(entry(number, State.ACKED))
            now += timedelta(days=1)
        assert 31 == len(journal.records())


# Who else is kept away.


def test_a_second_journal_in_one_process_is_refused(path: Path) -> None:
    second = Journal(path)
    with opened(path, lambda: BEGINNING):
        with pytest.raises(JournalError) as caught:
            second.open()
        assert not second.is_open
    message = str(caught.value)
    assert f"process {os.getpid()} on " in message
    assert "since 2026-03-01 12:00 UTC" in message
    assert "\n" not in message
    second.open()
    second.close()


def test_a_journal_that_another_process_holds_is_refused_by_its_pid(path: Path) -> None:
    with holder(path) as process:
        with pytest.raises(JournalError, match=f"process {process.pid} on "):
            Journal(path).open()
        owner = owner_of(path)
        assert owner is not None
        assert process.pid == owner.pid


def test_a_process_that_was_killed_holds_nothing(path: Path) -> None:
    with holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)
        with opened(path):
            owner = owner_of(path)
            assert owner is not None
            assert os.getpid() == owner.pid


def test_the_own_process_is_refused_to_others(path: Path) -> None:
    with opened(path):
        other = subprocess.run(
            [sys.executable, "-c", HOLDS, str(path)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONG,
        )
    assert 1 == other.returncode
    assert f"process {os.getpid()} on " in other.stderr
    assert 1 == len(other.stderr.splitlines())


def test_a_journal_can_be_closed_by_another_thread(path: Path) -> None:
    journal = Journal(path)
    journal.open()
    closing_thread = threading.Thread(target=journal.close)
    closing_thread.start()
    closing_thread.join()
    with opened(path):
        pass


def test_a_journal_that_is_not_open_is_not_written(path: Path) -> None:
    with opened(path) as journal:
        pass
    with pytest.raises(JournalError, match="is not open"):
        journal.write(entry(1))
    with pytest.raises(JournalError, match="is not open"):
        journal.records()


# Looking into it.


def test_a_journal_can_be_read_while_somebody_works_with_it(path: Path) -> None:
    with opened(path) as journal:
        journal.write(entry(1, State.RUNNING), synced=True)
        assert {1: State.RUNNING} == states_in(path)
        journal.write(entry(1, State.DONE), synced=True)
        assert [entry(1, State.DONE)] == [record.entry for record in records_of(path)]


def test_looking_for_a_journal_makes_none(path: Path) -> None:
    assert ([], None) == (records_of(path), owner_of(path))
    assert not path.parent.exists()


def test_a_journal_that_is_just_being_made_is_empty(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert ([], None) == (records_of(path), owner_of(path))


# What is none.


def test_garbage_is_no_journal(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"This is a text, and no database at all." * 100)
    assert "file is not a database" == refused(path)
    assert owner_of(path) is None
    with pytest.raises(JournalError, match="not a database"):
        records_of(path)


def test_a_folder_is_no_journal(path: Path) -> None:
    path.mkdir(parents=True)
    assert "unable to open database file" == refused(path)
    assert owner_of(path) is None


def test_a_journal_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match=r"file.*[Ee]xists|Not a directory"):
        Journal(tmp_path / "file" / "journal.sqlite").open()


def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    Store(path).close()
    with closing(sqlite3.connect(path)) as file:
        tables = file.execute("SELECT sql FROM sqlite_master").fetchall()

    assert "it is the database of another program" == refused(path)

    assert owner_of(path) is None
    with pytest.raises(JournalError, match="another program"):
        records_of(path)
    with closing(sqlite3.connect(path)) as file:
        assert tables == file.execute("SELECT sql FROM sqlite_master").fetchall()


def test_a_table_of_the_same_name_is_no_journal(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE jobs (id)")
    assert "it is the database of another program" == refused(path)


def test_a_journal_of_another_version_is_refused(path: Path) -> None:
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 9999")
    assert "it was made by another version of this SDK" == refused(path)
    with pytest.raises(JournalError, match="another version"):
        records_of(path)


def test_a_damaged_row_is_told(path: Path) -> None:
    with opened(path) as journal:
        journal.write(entry(1))
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE jobs SET entry = '{\"state\": 1}'")
    with opened(path) as journal, pytest.raises(JournalError, match=r"journal .*one.sqlite: \$"):
        journal.records()


READ_ONLY = """
import os, sys
from topchef_sdk.errors import JournalError
from topchef_sdk.listener import Journal

if os.getuid() == 0:
    os.setuid(65534)  # root may write to any file
try:
    Journal(sys.argv[1]).open()
except JournalError as error:
    sys.exit(str(error))
"""


def test_a_read_only_journal_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        with opened(path):
            pass
        path.chmod(0o444)
        lock = Path(f"{path}.lock")
        lock.chmod(0o666)
        Path(folder).chmod(0o777)
        other = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(path)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONG,
        )
    assert (1, f"journal {path}: attempt to write a readonly database\n") == (
        other.returncode,
        other.stderr,
    )
