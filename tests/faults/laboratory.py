"""Brings cells about: a lab for each, and a process of its own for its client."""

from __future__ import annotations

import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

from attrs import frozen

from tests.faults.catalogue import Cell, Mode
from tests.faults.judgement import Round, complaints
from tests.faults.lab import Lab, Script
from tests.faults.orders import SECRET, Observation, Order
from tests.faults.plans import Drama, Name, Plan, plans
from tests.faults.scripts import serves

AT_A_TIME: Final = 12
"""How many cells are brought about at a time."""

_GRACE: Final = 20.0
"""Seconds after the deadline of its client until a process is killed."""

_ROOT: Final = Path(__file__).parents[2]


@frozen
class Verdict:
    """A cell and what is wrong with it."""

    cell: Cell
    got: str
    complaints: tuple[str, ...]


class Nursery:
    """The processes of one kind of client."""

    def __init__(self, kind: str) -> None:
        self._folder = TemporaryDirectory()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.zygote", kind, str(number), self._folder.name],
                pass_fds=[number],
                cwd=_ROOT,
            )
        self._lock = threading.Lock()
        self._awaited: dict[int, Future[int | None]] = {}
        self._last = 0
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.shutdown(socket.SHUT_WR)
        self._process.wait(20)
        self._reader.join(20)
        self._socket.close()
        self._folder.cleanup()

    def carry_out(self, order: Order) -> Observation | str:
        """What came of an order, or why nothing did."""
        future: Future[int | None] = Future()
        with self._lock:
            self._last += 1
            number = self._last
            self._awaited[number] = future
        self._socket.send(pickle.dumps((number, order)))
        try:
            death = future.result(order.calls * order.patience.total + _GRACE)
        except FutureTimeoutError:
            self._socket.send(pickle.dumps((number, None)))
            return "it hangs: the process had to be killed"
        if death is not None:
            return f"the process died of signal {death}"
        outcome: Observation | str = pickle.loads(
            (Path(self._folder.name) / str(number)).read_bytes()
        )
        return outcome

    def _read(self) -> None:
        while message := self._socket.recv(1024):
            number, death = pickle.loads(message)
            with self._lock:
                future = self._awaited.pop(number, None)
            if future is not None:
                future.set_result(death)
        for future in self._awaited.values():
            future.set_exception(RuntimeError("the processes of the clients are gone"))


def judged(
    kind: str, chosen: Sequence[Cell], *, thoroughly: bool, calls_each: int = 4
) -> list[Verdict]:
    """The verdicts on cells, in their order; `thoroughly` takes all variants of each fault.

    What is late among many is tried again alone, since the machine may have been busy.
    """
    with Nursery(kind) as nursery, ThreadPoolExecutor(AT_A_TIME) as pool:

        def judge(cell: Cell, turn: int) -> Verdict:
            ways = plans(cell)
            taken = ways if thoroughly else (ways[turn % len(ways)],)
            return _verdict(cell, [_round(nursery, cell, plan, calls_each) for plan in taken])

        futures = [pool.submit(judge, cell, turn) for turn, cell in enumerate(chosen)]
        verdicts = [future.result() for future in futures]
        return [
            judge(verdict.cell, turn) if _is_late(verdict) else verdict
            for turn, verdict in enumerate(verdicts)
        ]


def _is_late(verdict: Verdict) -> bool:
    return any("too late" in one for one in verdict.complaints)


def _verdict(cell: Cell, rounds: Sequence[Round]) -> Verdict:
    found = [complaint for one in rounds for complaint in complaints(one)]
    return Verdict(cell, "; ".join(one.summary for one in rounds), tuple(dict.fromkeys(found)))


def _round(nursery: Nursery, cell: Cell, plan: Plan, calls_each: int) -> Round:
    with ExitStack() as stack:
        elsewhere = stack.enter_context(closing(Lab(serves, serves)))
        closed = stack.enter_context(_closed_port())
        passes = cell.mode is Mode.TRANSIENT
        lab = Lab(
            _first(plan, cell.mode),
            plan.healthy if passes else plan.persistent,
            host=plan.address,
            elsewhere=elsewhere.port,
        )
        stack.enter_context(closing(lab))
        if plan.faulty_name is Name.FULL:
            stack.enter_context(_full(lab.port))
        gate = stack.enter_context(_gate(lab)) if plan.waits_between else None
        places = {"port": lab.port, "closed": closed, "secret": SECRET}
        order = Order(
            url=plan.url.format(**places),
            verb=cell.verb,
            patience=plan.patience,
            calls=plan.calls,
            gate=gate,
            names=_names(plan.faulty_name, cell.mode),
            environment={name: text.format(**places) for name, text in plan.environment.items()},
            drama=plan.drama,
            calls_each=calls_each if passes else 1,
            body_bytes=plan.body_bytes,
            probes=_is_probed(cell, plan),
        )
        outcome = nursery.carry_out(order)
        return Round(
            cell=cell,
            plan=plan,
            order=order,
            outcome=outcome,
            seen=tuple(lab.seen),
            connections=lab.connections,
            elsewhere=tuple(elsewhere.seen),
        )


def _is_probed(cell: Cell, plan: Plan) -> bool:
    """Whether there is an honest server after the fault."""
    refuses_all = ("tls-self-signed", "tls-wrong-host", "tls-expired", "tls-plain-http")
    never = (*refuses_all, "redirect-loop", "redirect-cross-host-auth", "proxy-407-502")
    return (
        cell.mode is Mode.TRANSIENT
        and cell.fault.name not in never
        and plan.drama is not Drama.CROWD
    )


def _first(plan: Plan, mode: Mode) -> Script:
    """What the first connection plays; where the fault is in the name, none that comes is faulty."""
    if mode is Mode.PERSISTENT:
        return plan.persistent
    return plan.transient if plan.faulty_name is None else plan.healthy


def _names(faulty: Name | None, mode: Mode) -> tuple[Name, ...]:
    """What the host name leads to, try by try."""
    if faulty is None:
        return ()
    return (faulty, Name.LAB) if mode is Mode.TRANSIENT else (faulty,)


@contextmanager
def _closed_port() -> Generator[int]:
    """A port where connections are refused, and that nobody else gets."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])


@contextmanager
def _full(port: int) -> Generator[None]:
    """A port that takes no more connections, since its queue is full: that of `Name.FULL`."""
    place = ("127.0.0.3", port)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(place)
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(place)
        yield


@contextmanager
def _gate(lab: Lab) -> Generator[int]:
    """A port that ends connections to it once the lab has left its own first connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def end_one() -> None:
            with suppress(OSError), listener.accept()[0]:
                lab.first_ended.wait(20)

        ending = threading.Thread(target=end_one)
        ending.start()
        yield int(listener.getsockname()[1])
        lab.first_ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        ending.join()
