"""`topchef listen --status` and `--flush`: what a journal keeps, shown and sent."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ..api import JsonObject
from ..client import Client
from ..errors import JournalError
from ..listener.flush import flush
from ..listener.journal import Owner, Record, owner_of, records_of
from ..listener.liveness import is_alive
from ..listener.program import CONFIGURATION
from ..listener.states import Entry, State
from ..listener.threads import STILL_WAITING
from .endings import end
from .interrupts import interrupted_by_signals
from .showing import note, printable, show_table

_HEADINGS = ("job", "state", "attempt", "since", "what")

_LIFE = {True: "alive", False: "not alive", None: "on another machine, or nobody can tell here"}


def show_journal(path: Path, *, is_json: bool) -> None:
    """Show who works with a journal and what it keeps, also while somebody works with it.

    Outcomes that the server has as they were are only counted.
    """
    if not path.exists():
        note(f"there is no journal {path}: nothing waits")
        return
    try:
        records = records_of(path)
    except JournalError as error:
        end(str(error), CONFIGURATION)
    note(f"journal {path}")
    note(_owner(owner_of(path)))
    note(_counts(records))
    shown = [record for record in records if not record.entry.is_with_server]
    if is_json:
        for record in shown:
            print(printable(json.dumps(_as_object(record), ensure_ascii=False)))
    elif shown or not sys.stdout.isatty():
        show_table(_HEADINGS, map(_row, shown))


def send_rest(client: Client, path: Path) -> int:
    """Send what waits in a journal that nobody works with, and return the exit code."""
    try:
        with interrupted_by_signals():
            flushed = flush(client.connection, path)
    except JournalError as error:
        owner = owner_of(path)
        if owner is not None and is_alive(owner):
            message = f"a listener works with the journal {path} and sends what waits by itself"
            end(f"{message} ({owner})", CONFIGURATION)
        end(str(error), CONFIGURATION)
    note(f"{flushed.settled} settled, {flushed.left} still waiting")
    return STILL_WAITING if flushed.left else 0


def _owner(owner: Owner | None) -> str:
    return "nobody has worked with it" if owner is None else f"{owner}: {_LIFE[is_alive(owner)]}"


def _counts(records: Iterable[Record]) -> str:
    counts = Counter(record.entry.state for record in records)
    return ", ".join(f"{counts[one]} {one.value}" for one in State if counts[one]) or "no jobs"


def _row(record: Record) -> tuple[str, ...]:
    entry = record.entry
    since = record.changed.isoformat(" ", "seconds")
    return str(entry.job_id), entry.state.value, str(entry.attempt), since, _what(entry)


def _what(entry: Entry) -> str:
    """How the job ended here, and what became of that."""
    verdict, lesser = entry.verdict, entry.lesser
    if verdict is None:
        return ""
    told = "completed" if verdict.is_right else verdict.message
    if lesser is None:
        return told
    is_bare = lesser.message == verdict.message
    return f"{told}; {'the server refused its report' if is_bare else lesser.message}"


def _as_object(record: Record) -> JsonObject:
    entry, verdict = record.entry, record.entry.verdict
    shown: JsonObject = {
        "job": str(entry.job_id),
        "state": entry.state.value,
        "attempt": entry.attempt,
        "since": record.changed.isoformat(),
        "what": _what(entry),
    }
    if verdict is not None:
        shown["status"] = str(verdict.status)
        shown["results"] = verdict.results if verdict.computed is None else verdict.computed
    return shown
