"""Sending what waits in a journal, without a listener."""

from __future__ import annotations

import logging
import threading
import time
from os import PathLike
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from ..connection import Connection
from .journal import Journal
from .ledger import Ledger
from .options import Options, Wait
from .outbox import Outbox
from .outcome import Outcome
from .pacing import Clock
from .states import Entry, State, recovered
from .threads import FLUSH

_log = logging.getLogger(__name__)

IN_FLIGHT: Final = Options().in_flight

_WAITING: Final = (State.DONE, State.PARKED)


@frozen
class Flushed:
    """What a flush came to."""

    settled: int
    """How many outcomes the server has taken, or has no place for any more."""
    left: int
    """How many still wait in the journal."""


def flush(
    connection: Connection,
    path: str | PathLike[str],
    *,
    seconds: float = FLUSH,
    in_flight: float = IN_FLIGHT,
    wait: Wait = threading.Event.wait,
    clock: Clock = time.monotonic,
) -> Flushed:
    """Bring the outcomes that wait in a journal to the server, for so many seconds at most.

    Those that the server did not take are sent once more, as they were: somebody may have mended
    it. What is only claimed, running, or due for another look is left to the next listener.
    Raises `JournalError`, also when somebody works with the journal.
    """
    if not Path(path).exists():
        return Flushed(0, 0)
    journal = Journal(path)
    journal.open()
    ledger = Ledger(journal, clock=clock)
    try:
        for record in journal.records(_WAITING):
            ledger.add(_to_send_again(record.entry))
        waiting = len(ledger.in_state(State.DONE))
        outbox = Outbox(connection, ledger, on_outcome=_tell, audit_seconds=in_flight, clock=clock)
        _send(outbox, clock() + seconds, wait, clock)
        ledger.write_rest()
        left = len(journal.records(_WAITING))
        return Flushed(waiting - left, left)
    finally:
        ledger.close()


def _send(outbox: Outbox, until: float, wait: Wait, clock: Clock) -> None:
    while outbox.undelivered and clock() < until:
        live = min(outbox.undelivered, key=lambda one: one.due)
        pause = min(live.due, until) - clock()
        if pause > 0:
            wait(threading.Event(), pause)
        else:
            outbox.attend(live)


def _to_send_again(entry: Entry) -> Entry:
    """An entry that waits, as if its listener had just died: its report may have arrived."""
    return recovered(evolve(entry, state=State.DONE, lesser=None), None)


def _tell(outcome: Outcome) -> None:
    _log.info("%s", outcome)
