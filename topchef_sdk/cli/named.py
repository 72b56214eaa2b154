"""What MODULE:NAME names: a listener, a function or an executor of somebody else's module."""

from __future__ import annotations

import inspect
import multiprocessing
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard, cast
from uuid import UUID

from ..client import Client
from ..listener import FunctionListener, ListenerOptions, ServiceListener
from ..listener.crew import ExecutorFactory

AnyListener: TypeAlias = ServiceListener[Any, Any]
ListenerMaker: TypeAlias = Callable[[Client, UUID, float, ListenerOptions], AnyListener]


def listener_named(name: str) -> ListenerMaker:
    """What makes the listener of a `ServiceListener`, or of a function; raises `ValueError`."""
    found = _named(name)
    if _is_listener_class(found):
        if inspect.isabstract(found):
            missing = ", ".join(sorted(found.__abstractmethods__))
            raise ValueError(f"{name} does not say how to {missing}")
        return partial(_of_class, found)
    if callable(found) and not isinstance(found, type):
        return partial(_of_function, found)
    raise ValueError(f"{name} is neither a ServiceListener nor a function")


def executor_named(name: str, concurrency: int) -> Executor | ExecutorFactory | None:
    """The executor of a name; None for threads. Raises `ValueError`."""
    if name == "thread":
        return None
    if name == "process":
        # Copies of a process that has threads (fork) may hang.
        spawned = multiprocessing.get_context("spawn")
        return partial(ProcessPoolExecutor, concurrency, mp_context=spawned)
    found = _named(name)
    if isinstance(found, Executor):
        return found
    if callable(found):
        return cast("ExecutorFactory", found)
    raise ValueError(f"{name} is neither an executor nor a function that makes one")


def _is_listener_class(found: object) -> TypeGuard[type[AnyListener]]:
    return isinstance(found, type) and issubclass(found, ServiceListener)


def _of_class(
    cls: type[AnyListener], client: Client, service: UUID, timeout: float, options: ListenerOptions
) -> AnyListener:
    # A subclass with a constructor of its own need not take options that were not given.
    return cls(client, service, timeout, **options)


def _of_function(
    function: Callable[..., Any],
    client: Client,
    service: UUID,
    timeout: float,
    options: ListenerOptions,
) -> AnyListener:
    return FunctionListener(client, service, function, timeout, **options)


def _named(name: str) -> object:
    """What MODULE:NAME names, also in the current folder; raises `ValueError`."""
    module_name, _, attribute = name.partition(":")
    if not (module_name and attribute):
        raise ValueError(f"{name!r} has not the form MODULE:NAME")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = getattr(import_module(module_name), attribute)
    except (Exception, SystemExit) as error:  # a module may fail in every way
        raise ValueError(f"{name}: {told_in_one_line(error)}") from None
    return found


def told_in_one_line(error: BaseException) -> str:
    """What went wrong, and where, if that is in a module that was found."""
    if isinstance(error, (ImportError, AttributeError)):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"
