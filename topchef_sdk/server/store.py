"""Services and jobs on SQLite: the only module that knows SQLAlchemy.

What a method returns from is committed and synced: the write-ahead log with `synchronous=FULL`
survives the loss of power, not only of the process. All writing goes through one connection, one
thread at a time; reading from a file goes on beside it. Jobs and services have the order in which
they were submitted, by a sequence that never gives a number twice. Each change of a job counts
its version up, in the transaction that checks what the change presupposes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from os import PathLike
from pathlib import Path
from threading import RLock
from typing import Any, Final, Self, TypeAlias
from uuid import UUID, uuid4

from attrs import evolve, fields, frozen
from sqlalchemy import (
    JSON,
    URL,
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    Select,
    StaticPool,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, OperationalError

from ..api import Json, JsonObject
from ..api.models import JobStatus
from . import layouts
from .arrivals import Arrivals

Clock: TypeAlias = Callable[[], datetime]
"""Tells the time, with its zone."""

DatabasePath: TypeAlias = str | PathLike[str]

FIRST_TIMEOUT: Final = 30
"""The most seconds between two check-ins of a service that has not said otherwise, as on 2.0."""

LONGEST_TIMEOUT: Final = 2**31 - 1
"""In seconds; as much as every database takes for an integer."""


class StoreError(Exception):
    """The database cannot be opened; the message says which and why, in one line."""


class StoreBusyError(Exception):
    """The database is closed, or another process has it locked for longer than the store waits."""


class JobChangedError(Exception):
    """A job's version is none that a change presupposes; nothing was changed."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version
        """That of the job as it is."""


@frozen(kw_only=True)
class StoredService:
    """A service as it stands in the store."""

    id: UUID
    name: str
    description: str
    job_registration_schema: JsonObject
    job_result_schema: JsonObject
    is_available: bool
    timeout: int
    """The most seconds between two check-ins."""
    checked_in: datetime

    def has_timed_out(self, now: datetime) -> bool:
        """Whether the last check-in is longer than `timeout` ago."""
        return (now - self.checked_in).total_seconds() > self.timeout


@frozen(kw_only=True)
class JobEntry:
    """What lists tell of a job, at little cost."""

    id: UUID
    status: JobStatus
    date_submitted: datetime


@frozen(kw_only=True)
class StoredJob(JobEntry):
    """A job as it stands in the store."""

    service_id: UUID
    parameters: JsonObject
    results: JsonObject | None
    version: int = 1
    last_key: str | None = None
    """What the last change was named, so that a repeat of it is known."""


Presupposed: TypeAlias = Callable[[int], bool]
"""Says whether a job of some version is one that a change was meant for."""


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


class _UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC: SQLite has no type that keeps a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class _Status(TypeDecorator[JobStatus]):
    """A job's status by its name."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JobStatus | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> JobStatus | None:
        return None if value is None else JobStatus(value)


_tables = MetaData()

_services = Table(
    "services",
    _tables,
    Column("sequence", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("job_registration_schema", JSON, nullable=False),
    Column("job_result_schema", JSON, nullable=False),
    Column("is_available", Boolean, nullable=False),
    Column("timeout", Integer, nullable=False),
    Column("checked_in", _UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

_jobs = Table(
    "jobs",
    _tables,
    Column("sequence", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("service_id", Uuid, ForeignKey("services.id"), nullable=False),
    Column("status", _Status, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("results", JSON(none_as_null=True)),
    Column("date_submitted", _UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("last_key", Text),
    sqlite_autoincrement=True,
)

# The first for all jobs of a service, the second for its queue: both in submission order.
Index("jobs_of_service", _jobs.c.service_id, _jobs.c.sequence)
Index("jobs_by_status", _jobs.c.service_id, _jobs.c.status, _jobs.c.sequence)

_ENTRY = (_jobs.c.id, _jobs.c.status, _jobs.c.date_submitted)
_JOB = [column for column in _jobs.c if column.name != "sequence"]
_SERVICE = [column for column in _services.c if column.name != "sequence"]


class Store:
    """All services and jobs of one server; safe to share between threads.

    `path` is a file, made when missing, or None for memory that ends with the store. `clock`
    tells the time of submissions and check-ins. `busy_timeout` is how many seconds to wait for
    another process that has the file locked. Raises `StoreError` for a file that is none of
    this store's; methods raise `StoreBusyError`.
    """

    def __init__(
        self,
        path: DatabasePath | None = None,
        *,
        clock: Clock = utc_now,
        busy_timeout: float = 5.0,
    ) -> None:
        self.arrivals: Arrivals = Arrivals()
        """Who waits for jobs of this store; they are told of each that is registered here."""
        self._clock = clock
        self._lock = RLock()
        self._is_closed = False
        file = None if path is None else Path(path).absolute()
        self._writer = _engine(file, busy_timeout, begin="BEGIN IMMEDIATE")
        # Memory belongs to its one connection, so that its readers take turns as well.
        self._reader = self._writer if file is None else _engine(file, busy_timeout, begin="BEGIN")
        self._reading_turn: AbstractContextManager[object] = (
            self._lock if file is None else nullcontext()
        )
        try:
            self._prepare()
        except (DBAPIError, StoreError, StoreBusyError) as error:
            self.close()
            raise StoreError(f"cannot use the database {file}: {_reason(error)}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; whoever comes later gets `StoreBusyError`. Nobody waits any more."""
        self.arrivals.end()
        with self._lock:  # SQLite crashes where one thread closes what another reads
            self._is_closed = True
            self._reader.dispose()
            self._writer.dispose()

    def now(self) -> datetime:
        """The time by the store's clock."""
        return self._clock()

    # Services.

    def add_service(
        self,
        *,
        name: str,
        description: str,
        job_registration_schema: JsonObject,
        job_result_schema: JsonObject,
    ) -> StoredService:
        """Register a service, which counts as its first check-in."""
        service = StoredService(
            id=uuid4(),
            name=name,
            description=description,
            job_registration_schema=job_registration_schema,
            job_result_schema=job_result_schema,
            is_available=False,
            timeout=FIRST_TIMEOUT,
            checked_in=self.now(),
        )
        with self._writing() as connection:
            connection.execute(insert(_services).values(_columns(service)))
        return service

    def services(self) -> list[StoredService]:
        """All services in the order of their registration."""
        with self._reading() as connection:
            query = select(*_SERVICE).order_by(_services.c.sequence)
            return [_service(row) for row in connection.execute(query).mappings()]

    def service(self, service_id: UUID) -> StoredService | None:
        """The service of an id, or None."""
        with self._reading() as connection:
            return _find_service(connection, service_id)

    def change_service(
        self,
        service_id: UUID,
        *,
        name: str | None = None,
        description: str | None = None,
        is_available: bool | None = None,
        timeout: int | None = None,
    ) -> StoredService | None:
        """Check a service in and change what is not None; None if there is no such service."""
        changes = {
            "name": name,
            "description": description,
            "is_available": is_available,
            "timeout": timeout,
            "checked_in": self.now(),
        }
        given = {column: value for column, value in changes.items() if value is not None}
        with self._writing() as connection:
            connection.execute(update(_services).where(_services.c.id == service_id).values(given))
            return _find_service(connection, service_id)

    # Jobs.

    def add_job(self, service_id: UUID, parameters: JsonObject) -> StoredJob:
        """Put a job at the end of the queue of a service, which must exist."""
        job = StoredJob(
            id=uuid4(),
            service_id=service_id,
            status=JobStatus.REGISTERED,
            parameters=parameters,
            results=None,
            date_submitted=self.now(),
        )
        with self._writing() as connection:
            connection.execute(insert(_jobs).values(_columns(job)))
        self.arrivals.announce(service_id)
        return job

    def job(self, job_id: UUID) -> StoredJob | None:
        """The job of an id, or None."""
        with self._reading() as connection:
            return _find_job(connection, job_id)

    def change_job(
        self,
        job_id: UUID,
        *,
        status: JobStatus | None = None,
        results: JsonObject | None = None,
        presupposed: Presupposed = lambda version: True,
        key: str | None = None,
    ) -> StoredJob | None:
        """Change what is not None, at once; None if there is no such job.

        `presupposed` says whether a job of some version may be changed: `JobChangedError` is
        raised where it may not. `key` names the change; one of the same name as the last is a
        repeat, which leaves the job as it is whatever its version.
        """
        changes: dict[str, Any] = {"status": status, "results": results}
        given = {column: value for column, value in changes.items() if value is not None}
        with self._writing() as connection:
            job = _find_job(connection, job_id)
            if job is None or (key is not None and key == job.last_key):
                return job
            if not presupposed(job.version):
                raise JobChangedError(job.version)
            if given:
                given.update(version=job.version + 1, last_key=key)
                connection.execute(update(_jobs).where(_jobs.c.id == job_id).values(given))
        if status is JobStatus.REGISTERED:
            self.arrivals.announce(job.service_id)
        return evolve(job, **given)

    def job_entries(self, service_id: UUID | None = None) -> list[JobEntry]:
        """All jobs, or those of one service, in short and in submission order."""
        query = select(*_ENTRY).order_by(_jobs.c.sequence)
        if service_id is not None:
            query = query.where(_jobs.c.service_id == service_id)
        with self._reading() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def jobs(self, service_id: UUID) -> list[StoredJob]:
        """All jobs of a service in submission order."""
        query = select(*_JOB).where(_jobs.c.service_id == service_id).order_by(_jobs.c.sequence)
        with self._reading() as connection:
            return [_job(row) for row in connection.execute(query).mappings()]

    def queue(self, service_id: UUID, most: int) -> list[StoredJob]:
        """The oldest registered jobs of a service, first come first, at most so many."""
        with self._reading() as connection:
            return [_job(row) for row in connection.execute(_queue(service_id, most)).mappings()]

    # Connections.

    def _prepare(self) -> None:
        with self._writing() as connection:
            layout = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if layout == 0 and inspect(connection).get_table_names():
                raise StoreError("it is the database of another program")
            if layout and not layouts.is_known(layout):
                raise StoreError("it was made by another version of this server")
            for statement in layouts.upgrade(layout) if layout else ():
                connection.exec_driver_sql(statement)
            _tables.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {layouts.LAYOUT}")

    def _opened(self, engine: Engine) -> Engine:
        if self._is_closed:
            raise StoreBusyError("the database is closed")
        return engine

    @contextmanager
    def _writing(self) -> Generator[Connection, None, None]:
        """A transaction that is committed and synced when this ends."""
        with self._lock, _noting_locks(), self._opened(self._writer).begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Generator[Connection, None, None]:
        with self._reading_turn, _noting_locks(), self._opened(self._reader).begin() as connection:
            yield connection


def _engine(file: Path | None, busy_timeout: float, *, begin: str) -> Engine:
    """Connections that are set up for durability and begin transactions as they are told.

    Left to itself Python's sqlite3 begins none before the first write, and then one that can
    fail half-way when another process writes (https://docs.python.org/3/library/sqlite3.html,
    "Transaction control").
    """
    connect = {"isolation_level": None, "check_same_thread": False, "timeout": busy_timeout}
    make = partial(
        create_engine,
        URL.create("sqlite", database=":memory:" if file is None else str(file)),
        connect_args=connect,
        json_serializer=_to_json,
    )
    engine = make(poolclass=StaticPool) if file is None else make()
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", partial(_begin, begin))
    return engine


def _begin(statement: str, connection: Connection) -> None:
    connection.exec_driver_sql(statement)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _to_json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@contextmanager
def _noting_locks() -> Generator[None, None, None]:
    try:
        yield
    except OperationalError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0)
        # The low byte is the kind, the rest its shade (https://sqlite.org/rescode.html).
        if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreBusyError("another process has the database locked") from error
        raise


def _reason(error: Exception) -> str:
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)


# Rows and records.


def _queue(service_id: UUID, most: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*_JOB)
        .where(_jobs.c.service_id == service_id, _jobs.c.status == JobStatus.REGISTERED)
        .order_by(_jobs.c.sequence)
        .limit(most)
    )


def _find_service(connection: Connection, service_id: UUID) -> StoredService | None:
    query = select(*_SERVICE).where(_services.c.id == service_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _service(row)


def _find_job(connection: Connection, job_id: UUID) -> StoredJob | None:
    query = select(*_JOB).where(_jobs.c.id == job_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _job(row)


def _service(row: RowMapping) -> StoredService:
    return StoredService(**row)


def _entry(row: RowMapping) -> JobEntry:
    return JobEntry(**row)


def _job(row: RowMapping) -> StoredJob:
    return StoredJob(**row)


def _columns(record: StoredService | StoredJob) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(type(record))}
