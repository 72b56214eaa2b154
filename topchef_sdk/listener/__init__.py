"""The listener: takes the jobs of one service, runs them, and loses nothing.

          ┌ Claims ◀── queue ──┐                       ┌──────────────┐
poller ───┤                    │ TopChef server ◀──────┤ Outbox       │◀── outbox thread
          └▶ CLAIMING ▶ RUNNING ▶ Crew (executor) ▶ DONE ▶ ACKED      │
                 └────────────── Ledger ── Journal ────┴──────────────┘

states            where a job stands: the core, a table without I/O
journal, ledger   what must not be forgotten: on disk, and in memory
claims, shard     taking jobs
crew, task, context    running them in an executor
outcome           judging what came of them
outbox, answers   bringing that to the server
worker            the parts put together, without threads
threads, supervision, ear, pacing    the threads, how they fail, and how long they wait
service_listener, function_listener, handlers, options    what people write
program           signals and exit codes
"""

from __future__ import annotations

from .context import Context
from .function_listener import FunctionListener, listen
from .journal import Journal
from .options import ListenerOptions
from .outcome import Ending, Outcome
from .service_listener import ServiceListener, Tally

__all__ = [
    "Context",
    "Ending",
    "FunctionListener",
    "Journal",
    "listen",
    "ListenerOptions",
    "Outcome",
    "ServiceListener",
    "Tally",
]
