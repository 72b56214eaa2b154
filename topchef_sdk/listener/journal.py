"""What a listener must not forget, on disk: the only module that knows the file and its lock.

One SQLite file for each service, with a row for each job. A write is safe from the death of the
process as soon as it returns; one that is `synced` also from the loss of power. A lock beside
the file keeps a second listener away; the system lets go of it when the process ends in any way.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Final
from uuid import UUID

from attrs import evolve, frozen
from filelock import FileLock, Timeout
from platformdirs import user_state_path

from ..api import InvalidError, codec
from ..errors import JournalError
from ..one_line import one_line
from .shard import ALL, Shard
from .states import FORGOTTEN, LIVE, Entry, State

_APPLICATION: Final = 0x544A4C31
"""Tells a journal from the databases of other programs; SQLite's `application_id`."""

_LAYOUT: Final = 1
"""Goes up whenever the tables change; kept in the file as SQLite's `user_version`."""

_KEPT_DAYS: Final = 30
"""Days for which a journal keeps what has ended, for people to look at."""

_KEPT_STATES: Final = frozenset({*LIVE, State.PARKED, State.CONFLICT})
"""What it keeps until somebody has seen to it."""

_TABLES: Final = (
    """CREATE TABLE jobs (
        job_id TEXT PRIMARY KEY, state TEXT NOT NULL, changed TEXT NOT NULL, entry TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE TABLE owner (pid INTEGER NOT NULL, host TEXT NOT NULL, since TEXT NOT NULL)",
)


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def default_path(service_id: UUID, shard: Shard = ALL) -> Path:
    """Where the journal of a service is unless told otherwise: in the user's state directory."""
    part = "" if shard == ALL else f"-{shard.number}-of-{shard.count}"
    name = f"{service_id}{part}"
    return user_state_path("topchef-sdk", appauthor=False) / "journals" / f"{name}.sqlite"


@frozen
class Record:
    """A row of a journal."""

    entry: Entry
    changed: datetime
    """When it was written last, by the wall clock."""


@frozen
class Owner:
    """The process that works with a journal, or did so last."""

    pid: int
    host: str
    since: datetime

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since:%Y-%m-%d %H:%M} UTC"


class Journal:
    """A journal in a file, or in memory alone where `path` is None.

    Safe to share between threads. All methods raise `JournalError`. `clock` tells the time of
    changes.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.path: Path | None = None if path is None else Path(path)
        self._clock = clock
        self._file: sqlite3.Connection | None = None
        self._lock: FileLock | None = None
        self._turn = RLock()
        self._pruned: date | None = None

    def __repr__(self) -> str:
        return f"<Journal {self.path or 'in memory'}>"

    @property
    def is_durable(self) -> bool:
        """Whether it outlives the process."""
        return self.path is not None

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed since."""
        return self._file is not None

    def open(self) -> None:
        """Lock the journal and make it where it is missing."""
        with self._turn, self._told():
            self._acquire()
            try:
                self._file = _opened(self.path)
                if not _is_laid_out(self._file):
                    _lay_out(self._file)
                _sign(self._file, self._clock())
                self._prune()
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Let go of the file and its lock."""
        with self._turn:
            if self._file is not None:
                self._file.close()
                self._file = None
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def records(self, states: Iterable[State] = State) -> list[Record]:
        """All rows, or those in some states, the oldest change first."""
        with self._turn, self._told():
            return list(_records(self._connection(), states))

    def write(self, entry: Entry, *, synced: bool = False) -> None:
        """Put an entry in the place of the one before; `synced` waits until the disk has it."""
        with self._turn, self._told():
            file = self._connection()
            self._prune()
            file.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
            if entry.state in FORGOTTEN:
                file.execute("DELETE FROM jobs WHERE job_id = ?", (str(entry.job_id),))
            else:
                file.execute(
                    "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?)",
                    (
                        str(entry.job_id),
                        entry.state.value,
                        self._clock().isoformat(),
                        codec.encode(_as_kept(entry)).decode(),
                    ),
                )

    def _prune(self) -> None:
        """Forget what ended long ago, once a day: a listener may run for months."""
        now = self._clock()
        if self._pruned != now.date():
            self._connection().execute(
                f"DELETE FROM jobs WHERE changed < ? AND NOT {_IN_STATES}",
                ((now - timedelta(days=_KEPT_DAYS)).isoformat(), _listed(_KEPT_STATES)),
            )
            self._pruned = now.date()

    def _connection(self) -> sqlite3.Connection:
        if self._file is None:
            raise JournalError(f"{self!r} is not open")
        return self._file

    def _acquire(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Another thread than the one that opened the journal may close it.
        lock = FileLock(f"{self.path}.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise JournalError(
                f"another listener works for this service with the journal {self.path} "
                f"({owner_of(self.path) or 'it has just begun'}); stop it first"
            ) from None
        self._lock = lock

    @contextmanager
    def _told(self) -> Generator[None]:
        with _telling(self.path):
            yield


def records_of(path: Path) -> list[Record]:
    """The rows of a journal that somebody may be working with; raises `JournalError`."""
    if not path.exists():
        return []
    with _telling(path), closing(_opened(path)) as file:
        return list(_records(file)) if _is_laid_out(file) else []


def owner_of(path: Path) -> Owner | None:
    """Who works with a journal, or did so last; None where nobody can tell."""
    if not path.exists():
        return None
    with suppress(JournalError), _telling(path), closing(_opened(path)) as file:
        if _is_laid_out(file):
            for pid, host, since in file.execute("SELECT pid, host, since FROM owner"):
                return Owner(pid, host, datetime.fromisoformat(since))
    return None


@contextmanager
def _telling(path: Path | None) -> Generator[None]:
    """Turn what SQLite, the file system and damaged rows raise into one line."""
    try:
        yield
    except (sqlite3.Error, OSError, NotImplementedError, InvalidError, ValueError) as error:
        raise JournalError(f"journal {path or 'in memory'}: {one_line(str(error))}") from error


def _opened(path: Path | None) -> sqlite3.Connection:
    return sqlite3.connect(
        ":memory:" if path is None else path,
        isolation_level=None,  # each statement is a transaction of its own
        check_same_thread=False,
        timeout=10,
    )


def _is_laid_out(file: sqlite3.Connection) -> bool:
    """Whether a file has our tables yet; raises `ValueError` where it is none of ours."""
    (application,) = file.execute("PRAGMA application_id").fetchone()
    (layout,) = file.execute("PRAGMA user_version").fetchone()
    (tables,) = file.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if (application, layout, tables) == (0, 0, 0):
        return False
    if application != _APPLICATION:
        raise ValueError("it is the database of another program")
    if layout != _LAYOUT:
        raise ValueError("it was made by another version of this SDK")
    return True


def _lay_out(file: sqlite3.Connection) -> None:
    """Make the tables: all of them or none."""
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("BEGIN IMMEDIATE")
    for statement in _TABLES:
        file.execute(statement)
    file.execute(f"PRAGMA application_id = {_APPLICATION}")
    file.execute(f"PRAGMA user_version = {_LAYOUT}")
    file.execute("COMMIT")


def _sign(file: sqlite3.Connection, now: datetime) -> None:
    """Say who works with the journal, whoever did before."""
    file.execute("BEGIN IMMEDIATE")
    file.execute("DELETE FROM owner")
    file.execute(
        "INSERT INTO owner VALUES (?, ?, ?)", (os.getpid(), platform.node(), now.isoformat())
    )
    file.execute("COMMIT")


_IN_STATES: Final = "state IN (SELECT value FROM json_each(?))"


def _listed(states: Iterable[State]) -> str:
    return json.dumps([state.value for state in states])


def _as_kept(entry: Entry) -> Entry:
    """Without results that the server has: they may be large, and rows are kept for a month."""
    return evolve(entry, verdict=None) if entry.is_with_server else entry


def _records(file: sqlite3.Connection, states: Iterable[State] = State) -> Iterator[Record]:
    query = f"SELECT changed, entry FROM jobs WHERE {_IN_STATES} ORDER BY changed, job_id"
    for changed, entry in file.execute(query, (_listed(states),)):
        yield Record(codec.decode(entry.encode(), Entry), datetime.fromisoformat(changed))
