"""What a listener can be told, and what it does untold."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Literal, TypedDict
from uuid import UUID

from attrs import field, frozen, validators

from ..api import UNSET, Unset
from .crew import ExecutorFactory
from .journal import Journal
from .pacing import Clock
from .shard import ALL, Shard

Wait = Callable[[threading.Event, float], bool]
"""Waits for an event for some seconds, and says whether it is set."""

OnCrash = Literal["error", "retry"] | Callable[[UUID, int], Literal["error", "retry"]]
"""What becomes of a job whose worker died. A callable is given its id and its last attempt."""


class ListenerOptions(TypedDict, total=False):
    """What a `ServiceListener` can be told by keyword."""

    journal: str | os.PathLike[str] | Journal | Unset | None
    """The file of its journal; in the user's state directory unless told otherwise. With None
    there is none: what is not delivered is lost with the process."""
    executor: Executor | ExecutorFactory | None
    """Where jobs run. A factory is best: with it an executor that breaks can be replaced. Unless
    told otherwise, threads of their own."""
    concurrency: int
    """How many jobs run at a time; 1 unless told otherwise."""
    shard: str | None
    """ "K/N": only the K-th of N parts of all jobs, where N listeners share a service."""
    on_crash: OnCrash
    """What becomes of a job that was running when its worker died: "error" (at most once, the
    default) reports it; "retry" runs it again (at least once); a callable decides."""
    max_attempts: int
    """How many times a job is run at most under "retry"; 3 unless told otherwise."""
    on_interrupt: Literal["error", "requeue"]
    """What becomes of jobs that do not end in time when the listener is told twice to stop."""
    drain_timeout: float | None
    """Seconds after which a stop counts as told twice; without limit unless told otherwise."""
    tracebacks: bool
    """Whether error reports have the traceback of what was raised; they do unless told not to."""
    in_flight: float
    """Seconds for which a request whose answer was lost may still be on its way; 120."""
    patience: float
    """Seconds for which `run_iteration` tries to deliver an outcome; 600."""
    wait: Wait
    """How to wait; for tests."""
    clock: Clock
    """What time it is; for tests."""


def _shard(shard: str | None) -> Shard:
    return ALL if shard is None else Shard.read(shard)


def _is_policy(_options: object, _attribute: object, value: object) -> None:
    if value not in ("error", "retry") and not callable(value):
        raise ValueError(f"on_crash is {value!r}; it has to be 'error', 'retry' or a function")


@frozen(kw_only=True)
class Options:
    """The same, checked and complete; raises `ValueError`."""

    journal: str | os.PathLike[str] | Journal | Unset | None = UNSET
    executor: Executor | ExecutorFactory | None = None
    concurrency: int = field(default=1, validator=validators.ge(1))
    shard: Shard = field(default=None, converter=_shard)
    on_crash: OnCrash = field(default="error", validator=_is_policy)
    max_attempts: int = field(default=3, validator=validators.ge(1))
    on_interrupt: Literal["error", "requeue"] = field(
        default="error", validator=validators.in_(("error", "requeue"))
    )
    drain_timeout: float | None = None
    tracebacks: bool = True
    in_flight: float = 120.0
    patience: float = 600.0
    wait: Wait = threading.Event.wait
    clock: Clock = time.monotonic
