"""`FaultProxy`: stands between clients and a server, and lets exchanges fail.

One thread takes connections; each connection has a thread of its own, which carries one exchange
after the other over a fresh connection to the server. What goes wrong with an exchange, the given
`Faults` say; whom nobody reaches, `darken` and `lighten`, or `Blackouts` by the clock.

A client that sends `Expect: 100-continue` gets no such answer; it may send its body without
(RFC 9110, section 10.1.1).
"""

from __future__ import annotations

import selectors
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Final, Self
from urllib.parse import urlsplit

from attrs import define, field, frozen

from tests.chaos.faults import Blackouts, Draw, Fault, Faults
from tests.chaos.messages import BrokenMessageError, Message, read_reply, read_request

LONGEST_HOLD: Final = 2.5
"""Seconds after which a request is not forwarded late any more, unless told otherwise."""

_READS: Final = ("GET", "HEAD", "OPTIONS")
"""Methods of requests that change nothing (RFC 9110, section 9.2.1)."""

_CONNECT_SECONDS: Final = 5.0

_UPSTREAM_SECONDS: Final = 120.0
"""How long the server may take; longer than any wait that a client can prefer."""


@frozen
class Figures:
    """What a proxy has done so far."""

    exchanges: int
    faults: dict[Fault, int]
    cut: int
    """Connections that a blackout ended or refused."""
    unreachable: int
    """Exchanges for which the server was not there."""

    @property
    def bad(self) -> int:
        """Exchanges that were made to fail."""
        return sum(self.faults.values())


@define
class _Counts:
    exchanges: int = 0
    faults: Counter[Fault] = field(factory=lambda: Counter[Fault]())
    cut: int = 0
    unreachable: int = 0
    writes: int = 0
    """Requests under way that may change something."""


class FaultProxy:
    """Carries HTTP between clients and the server at a URL, and lets exchanges fail.

    `longest_hold` is the most seconds for which a request or a reply is held back from a client
    that does not give up: it bounds how late a write can reach the server. Fields whose names (in
    small letters) are `hidden` are taken out of requests and replies. Use it in a `with` statement;
    afterwards no thread and no socket of it is left.
    """

    def __init__(
        self,
        target: str,
        faults: Faults,
        *,
        blackouts: Blackouts | None = None,
        longest_hold: float = LONGEST_HOLD,
        hidden: Collection[str] = (),
    ) -> None:
        self._target = _address_of(target)
        self._faults = faults
        self._blackouts = blackouts
        self.longest_hold = longest_hold
        self.hidden = hidden
        self.has_stopped = Event()
        self._counts = _Counts()
        self._lock = Lock()
        self._is_dark = False
        self._links: set[_Link] = set()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listening.setblocking(False)
        self._waking, self._woken = socket.socketpair()
        self._acceptor = Thread(target=self._accept, name="fault-proxy")

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def figures(self) -> Figures:
        """What was done so far."""
        with self._lock:
            counts = self._counts
            faults = dict(counts.faults)
            return Figures(counts.exchanges, faults, counts.cut, counts.unreachable)

    @property
    def is_quiet(self) -> bool:
        """Whether no request is under way that may change anything, not even one given up."""
        with self._lock:
            return self._counts.writes == 0

    def lead_to(self, target: str) -> None:
        """Forward to the server at another URL from now on."""
        with self._lock:
            self._target = _address_of(target)

    def darken(self) -> None:
        """Break all connections and refuse new ones, until `lighten`."""
        with self._lock:
            if self._is_dark:
                return
            self._is_dark = True
            links = list(self._links)
            self._counts.cut += len(links)
        for link in links:
            link.cut()

    def lighten(self) -> None:
        """Let clients connect again."""
        with self._lock:
            self._is_dark = False

    def stop(self) -> None:
        """Break all connections and wait until nothing is left; may be called again."""
        self.has_stopped.set()
        with suppress(OSError):  # it was stopped before
            self._waking.send(b"x")
        if self._acceptor.is_alive():
            self._acceptor.join()
        with self._lock:
            links = list(self._links)
        for link in links:
            link.cut(socket.SHUT_RDWR)
        for link in links:
            link.thread.join()
        for part in (self._listening, self._waking, self._woken):
            part.close()

    # For the links.

    def begin_exchange(self, request: Message) -> tuple[Draw, tuple[str, int]]:
        """What happens to the next exchange, and where the server is."""
        with self._lock:
            self._counts.exchanges += 1
            self._counts.writes += request.method not in _READS
            draw = self._faults.draw()
            if draw.fault is not Fault.NONE:
                self._counts.faults[draw.fault] += 1
            return draw, self._target

    def end_exchange(self, request: Message) -> None:
        """Note that an exchange is over."""
        with self._lock:
            self._counts.writes -= request.method not in _READS

    def note_unreachable(self) -> None:
        """Note that the server was not there."""
        with self._lock:
            self._counts.unreachable += 1

    def forget(self, link: _Link) -> None:
        """Note that a connection has ended."""
        with self._lock:
            self._links.discard(link)

    # Taking connections.

    def _accept(self) -> None:
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._listening, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self.has_stopped.is_set():
                selector.select(self._until_change(time.monotonic() - began))
                with suppress(OSError):  # the client is gone already, or nobody came
                    self._admit(self._listening.accept()[0])

    def _until_change(self, elapsed: float) -> float | None:
        """Make it dark or light as the clock says; seconds until that changes."""
        if self._blackouts is None:
            return None
        if self._blackouts.is_dark(elapsed):
            self.darken()
        else:
            self.lighten()
        return self._blackouts.until_change(elapsed)

    def _admit(self, client: socket.socket) -> None:
        client.setblocking(True)  # some systems hand down that the listening socket is not
        link = _Link(self, client)
        with self._lock:
            is_dark = self._is_dark
            if is_dark:
                self._counts.cut += 1
            else:
                self._links.add(link)
        if is_dark:
            _reset(client)
        else:
            link.thread.start()


class _Link:
    """One connection of a client."""

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._upstream: socket.socket | None = None
        self._lock = Lock()
        self._is_cut = False
        self.thread = Thread(target=self._run, name="fault-proxy-link")

    def cut(self, how: int = socket.SHUT_RD) -> None:
        """Have the connection reset by its own thread, which is woken from what it awaits.

        `SHUT_RD` says nothing to the client, which is to see no orderly end before the reset;
        `SHUT_RDWR` also wakes a thread whose client takes no more bytes.
        """
        with self._lock:
            self._is_cut = True
            for each in (self._client, self._upstream):
                if each is not None:
                    with suppress(OSError):  # it has ended by itself
                        each.shutdown(how)

    def _run(self) -> None:
        ending: Callable[[socket.socket], None] = _reset
        try:
            with self._client.makefile("rb") as source:
                while (request := read_request(source)) is not None:
                    if not self._exchange(request):
                        break
                if not self._is_cut:
                    ending = socket.socket.close
        except (OSError, BrokenMessageError, _ResetError):
            pass  # the client is to see its connection reset
        finally:
            with self._lock:
                ending(self._client)
            self._proxy.forget(self)

    def _exchange(self, request: Message) -> bool:
        """Carry one exchange; whether the connection may carry another."""
        if self._is_cut:
            raise _ResetError
        draw, target = self._proxy.begin_exchange(request)
        try:
            return _COURSES[draw.fault](_Exchange(self, request, target, draw))
        finally:
            self._proxy.end_exchange(request)

    # For the exchanges.

    def forward(self, request: Message, target: tuple[str, int]) -> Message:
        """Have the server act, and return its reply."""
        try:
            upstream = socket.create_connection(target, timeout=_CONNECT_SECONDS)
        except OSError:
            self._proxy.note_unreachable()
            raise
        upstream.settimeout(_UPSTREAM_SECONDS)
        try:
            with self._lock:
                if self._proxy.has_stopped.is_set():  # nobody will cut it any more
                    raise _ResetError
                self._upstream = upstream
            with upstream.makefile("rb") as source:
                upstream.sendall(request.without(self.proxy.hidden).whole)
                return read_reply(source, request.method).without(self.proxy.hidden)
        finally:
            with self._lock:
                self._upstream = None
                upstream.close()

    def reply(self, data: bytes) -> None:
        """Send bytes to the client, unless the connection was cut meanwhile."""
        if self._is_cut:
            raise _ResetError
        self._client.sendall(data)

    def outlasts_client(self, seconds: float) -> bool:
        """Wait until the client gives up, at most so many seconds; whether it did."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._client, selectors.EVENT_READ)
            if not selector.select(seconds):
                return False
        try:
            if not self._client.recv(1, socket.MSG_PEEK):
                return True
        except OSError:
            return True
        # It sent its next request meanwhile: whether it gives up can no longer be seen.
        self._proxy.has_stopped.wait(deadline - time.monotonic())
        return False

    @property
    def proxy(self) -> FaultProxy:
        """The proxy that the connection belongs to."""
        return self._proxy


class _ResetError(Exception):
    """The client is to see its connection reset."""


@frozen
class _Exchange:
    """One request on its way; a course brings it to its end, as its fault says."""

    link: _Link
    request: Message
    target: tuple[str, int]
    draw: Draw
    began: float = field(factory=time.monotonic)

    def forward(self) -> Message:
        """Have the server act."""
        return self.link.forward(self.request, self.target)

    def answer(self, reply: Message) -> bool:
        """Give the client a reply; whether the connection may go on."""
        self.link.reply(reply.whole)
        return not (reply.ends_connection or self.request.ends_connection)

    def page(self, status: str, *fields: str) -> bool:
        """Give the client a page, as servers of a framework do when they fail."""
        body = f"<!doctype html><title>{status}</title><h1>{status}</h1>\n".encode()
        lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body)}"]
        head = "\r\n".join([*lines, *fields, "", ""]).encode()
        return self.answer(Message(head, b"" if self.request.method == "HEAD" else body))

    # The courses.

    def goes_right(self) -> bool:
        return self.answer(self.forward())

    def is_reset(self) -> bool:
        raise _ResetError

    def loses_reply(self) -> bool:
        self.forward()
        raise _ResetError

    def fails(self) -> bool:
        return self.page("500 Internal Server Error")

    def fails_late(self) -> bool:
        self.forward()
        return self.page("500 Internal Server Error")

    def is_put_off(self) -> bool:
        return self.page("503 Service Unavailable", "Retry-After: 1")

    def is_cut_short(self) -> bool:
        reply = self.forward()
        # Within the body, and where there is none, within the head.
        end = len(reply.head) + len(reply.body) // 2 if reply.body else len(reply.head) // 2
        self.link.reply(reply.whole[:end])
        return False

    def comes_late(self) -> bool:
        longest = self.link.proxy.longest_hold
        if not self.link.outlasts_client(longest):
            return self.goes_right()
        left = self.began + longest - time.monotonic()
        if not self.link.proxy.has_stopped.wait(max(0.0, min(self.draw.lag, left))):
            self.forward()
        raise _ResetError

    def is_answered_late(self) -> bool:
        reply = self.forward()
        self.link.outlasts_client(self.link.proxy.longest_hold)
        return self.answer(reply)

    def comes_twice(self) -> bool:
        self.forward()
        return self.goes_right()


_COURSES: Final[dict[Fault, Callable[[_Exchange], bool]]] = {
    Fault.NONE: _Exchange.goes_right,
    Fault.RESET: _Exchange.is_reset,
    Fault.REPLY_LOST: _Exchange.loses_reply,
    Fault.ERROR_PAGE: _Exchange.fails,
    Fault.LATE_ERROR_PAGE: _Exchange.fails_late,
    Fault.UNAVAILABLE: _Exchange.is_put_off,
    Fault.TRUNCATED: _Exchange.is_cut_short,
    Fault.LATE_WRITE: _Exchange.comes_late,
    Fault.LATE_REPLY: _Exchange.is_answered_late,
    Fault.DUPLICATE: _Exchange.comes_twice,
}
"""What becomes of an exchange with each fault; each says if the connection may go on."""


def _reset(connection: socket.socket) -> None:
    """Close a connection so that the other side sees it reset."""
    # Lingering for no time sends RST in place of FIN (RFC 9293, section 3.10.4).
    with suppress(OSError):  # the other side was faster
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _address_of(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None:
        raise ValueError(f"{url!r} is no URL of a server here")
    return parts.hostname, parts.port
