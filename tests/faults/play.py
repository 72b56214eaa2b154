"""Carries out one order in a process of its own, and tells what came of it."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from attrs import evolve

from codegen.runtime.call import Call
from codegen.runtime.errors import ExchangeError, SdkError
from codegen.runtime.http import Headers, Response
from tests.faults.catalogue import Verb
from tests.faults.clients import (
    DRIVERS,
    Driver,
    Result,
    Settle,
    Thing,
    call_for,
    probe_call,
    process_field,
)
from tests.faults.orders import CROWD, SECRET, Ending, Observation, Order, Told
from tests.faults.plans import LONG, Drama, Name

_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def carried_out(kind: str, order: Order) -> Observation:
    """What came of an order for a kind of client."""
    log = _Log()
    logging.getLogger().addHandler(log)
    logging.getLogger().setLevel(logging.DEBUG)
    _set_environment(order)
    _set_names(order)
    _set_clock(order)
    signal.signal(signal.SIGTERM, _exit)
    calls = [call_for(order, fields=_fields(order)) for _ in range(order.calls)]
    gc.collect()
    files, threads, base = _open_files(), _threads(), _reset_peak()
    driver = DRIVERS[kind](order)
    endings: list[Ending] = []
    errors: list[BaseException] = []
    settle = _settler(endings, errors)
    try:
        _perform(order, driver, calls, settle)
        probe = None
        if order.probes:
            settle(1, partial(driver.exchange, probe_call()))
            probe = endings.pop()
        texts = repr(driver)
    finally:
        driver.close()
    # The errors are still there: what they hold must have been let go of all the same.
    leaked = tuple(sorted(_open_files() - files))
    return Observation(
        endings=tuple(endings),
        probe=probe,
        growth_bytes=_peak() - base,
        leaked_files=leaked,
        leaked_threads=max(0, _threads() - threads),
        shows_secret=any(SECRET in text for text in [texts, *log.lines]),
    )


def _perform(
    order: Order,
    driver: Driver,
    calls: Sequence[Call[Thing]],
    settle: Settle,
) -> None:
    match order.drama:
        case Drama.CROWD:
            numbers = [
                [10 + member * order.calls_each + turn for turn in range(order.calls_each)]
                for member in range(CROWD)
            ]
            work = [[(echo, call_for(order, echo)) for echo in row] for row in numbers]
            driver.crowd(work, settle)
        case Drama.FORK:
            settle(10, partial(driver.exchange, call_for(order, 10)))
            _fork_and_send(order, driver, settle)
        case _:
            for turn, call in enumerate(calls):
                if turn and order.gate is not None:
                    with socket.create_connection(("127.0.0.1", order.gate), 20) as gate:
                        gate.recv(1)
                settle(1, partial(driver.exchange, call))


def _fork_and_send(order: Order, driver: Driver, settle: Settle) -> None:
    """Send by the client in a child and in its parent at a time, each its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        driver.go_on_in_child()
    echoes = range(11, 31) if child else range(31, 51)
    results: list[tuple[int, Result]] = []
    for echo in echoes:
        if child:
            settle(echo, partial(driver.exchange, call_for(order, echo)))
        else:
            try:
                results.append((echo, driver.exchange(call_for(order, echo))))
            except SdkError:
                results.append((echo, (0, 0)))
    if not child:
        os.write(writing, pickle.dumps(results))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told: list[tuple[int, Result]] = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    for echo, result in told:
        settle(echo, partial(_same, result))


def _same(result: Result) -> Result:
    return result


def _settler(endings: list[Ending], errors: list[BaseException]) -> Settle:
    def settle(echo: int, make: Callable[[], Result], started: float | None = None) -> None:
        started = time.monotonic() if started is None else started
        ending = Ending(seconds=0, echo=echo)
        try:
            value, attempts = make()
            ending = evolve(ending, value=value, attempts=attempts)
        except BaseException as error:  # what a client raises is what is judged
            errors.append(error)
            ending = evolve(ending, error=_told(error), attempts=getattr(error, "attempts", 1))
        endings.append(evolve(ending, seconds=time.monotonic() - started))

    return settle


# --- errors ------------------------------------------------------------------------------------


def _told(error: BaseException) -> Told:
    return Told(
        name=type(error).__name__,
        ancestors=tuple(f"{one.__module__}.{one.__qualname__}" for one in type(error).__mro__),
        message=str(error)[:1000],
        shows_secret=SECRET in _texts(error),
        attempts=getattr(error, "attempts", None),
        status=getattr(error, "status", None),
        maybe_processed=getattr(error, "maybe_processed", None),
        retry_after=getattr(error, "retry_after", None),
        pickles=_pickles(error),
    )


def _texts(error: BaseException | None) -> str:
    """All that an error and its causes say, when printed or logged."""
    texts: list[str] = []
    while error is not None and len(texts) < 20:
        texts.append(f"{error!s}\n{error!r}\n{error.args!r}\n{getattr(error, 'facts', None)!r}")
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def _pickles(error: BaseException) -> bool:
    if not isinstance(error, ExchangeError):
        return True
    copy: Any = pickle.loads(pickle.dumps(error))
    return (type(error), str(error), error.facts) == (type(copy), str(copy), copy.facts)


# --- what surrounds the client -----------------------------------------------------------------


class _Log(logging.Handler):
    """Keeps everything that is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _fields(order: Order) -> tuple[tuple[str, str], ...]:
    return (process_field(),) if order.drama is Drama.INTERRUPT else ()


def _exit(number: int, frame: object) -> None:
    raise SystemExit(f"signal {number}")


def _set_environment(order: Order) -> None:
    for name in _PROXIES:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    os.environ.update(order.environment)


def _set_names(order: Order) -> None:
    """Let `lab.test` lead where the order says; this is what a faulty resolver would do."""
    original = socket.getaddrinfo
    lookups = 0

    def getaddrinfo(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        nonlocal lookups
        if host not in ("lab.test", b"lab.test"):
            return original(host, port, *args, **more)
        name = order.names[min(lookups, len(order.names) - 1)]
        lookups += 1
        if name is Name.UNKNOWN:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if name is Name.AGAIN:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        addresses = _ADDRESSES[name]
        return [info for one in addresses for info in original(one, port, *args, **more)]

    if order.names:
        socket.getaddrinfo = getaddrinfo


def _set_clock(order: Order) -> None:
    """Let the wall clock jump by an hour while the answer is awaited."""
    jump = {Drama.CLOCK_FORWARD: 3600.0, Drama.CLOCK_BACK: -3600.0}.get(order.drama)
    if jump is None:
        return
    original, started = time.time, time.monotonic()
    time.time = lambda: original() + (jump if time.monotonic() - started > 0.15 else 0.0)


def _open_files() -> set[str]:
    """The open descriptors, with what they lead to."""
    found: set[str] = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add(f"{number} {os.readlink(f'/proc/self/fd/{number}')}")
        except OSError:
            continue  # that of the folder itself
    return found


def _threads() -> int:
    return threading.active_count()


def _reset_peak() -> int:
    """The bytes that the process has now, from which its peak is counted anew."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    return _peak()


def _peak() -> int:
    """The most bytes that the process had."""
    with open("/proc/self/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def warm_up(kind: str) -> None:
    """Do once what a process does once, so that no cell counts it: load, build, read."""
    order = Order(url="http://127.0.0.1:1", verb=Verb.POST, patience=LONG)
    call = call_for(order)
    call.decode(Response(status=200, headers=_JSON, body=b'{"id": 1, "ok": true}'))
    for status, body in ((200, b"{}"), (400, b'{"e": 1}'), (500, b"<html>")):
        with suppress(SdkError):
            call.decode(Response(status=status, headers=_JSON, body=body))
    driver = DRIVERS[kind](order)
    with suppress(SdkError):  # nobody listens on port 1
        driver.exchange(call)
    driver.close()


_ADDRESSES: Final = {
    Name.LAB: ("127.0.0.1",),
    Name.CLOSED: ("127.0.0.2",),
    Name.FULL: ("127.0.0.3",),
    Name.HALF_DEAD: ("::1", "127.0.0.1"),
}
"""Where names lead; all of these are this machine, and the lab listens at the first alone."""

_JSON: Final = Headers({"Content-Type": "application/json"})
