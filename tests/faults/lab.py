"""`Lab`: a server on real sockets that plays scripts, and remembers what reached it.

Each connection plays the first script if it is the first that the lab accepts, else the second.
A script ends when the client goes, or when the lab is closed.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from attrs import frozen

Script: TypeAlias = Callable[["Peer"], None]

_PIECE: Final = 256 * 1024
"""Bytes that are read at once."""

_CERTIFICATES: Final = Path(__file__).with_name("certificates")


@frozen
class Seen:
    """A request as it reached the lab."""

    connection: int
    """The number of the connection that it came on."""
    method: str
    target: str
    headers: dict[str, str]
    """By their names in small letters."""
    body: bytes
    at: float
    """Seconds since the lab was opened."""


class Peer:
    """The lab's end of one connection."""

    def __init__(self, connected: socket.socket, lab: Lab, connection: int) -> None:
        self.socket = connected
        self.lab = lab
        self.connection = connection
        self._rest = b""

    def takes(self, *, with_body: bool = True) -> Seen:
        """Wait for a request and remember it; raises `OSError` once the client has gone."""
        head = self._head()
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in fields}
        method, target, _ = first.split(" ", 2)
        body = self._body(headers) if with_body else b""
        seen = Seen(self.connection, method, target, headers, body, self.lab.age)
        self.lab.seen.append(seen)
        return seen

    def sends(self, data: bytes) -> None:
        """Send bytes; raises `OSError` once the client has gone."""
        self.socket.sendall(data)

    def pauses(self, seconds: float) -> None:
        """Wait, but no longer than the lab is open; raises `OSError` where it is closed."""
        if self.lab.closing.wait(seconds):
            raise ConnectionError("the lab is closed")

    def waits_for_bytes(self) -> None:
        """Wait until the client has sent something, and leave it where it is."""
        while not select.select([self.socket], [], [], 0.05)[0]:
            self.pauses(0)

    def lingers(self) -> None:
        """Keep the connection, and note every request that should not have come on it."""
        while True:
            self.takes()

    def ends(self) -> None:
        """Send the end of the stream after what was sent, and take no more."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def resets(self) -> None:
        """Break the connection instead of ending it."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def speaks_tls(self, certificate: str) -> None:
        """Shake hands, with one of the laboratory's certificates."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_CERTIFICATES / f"{certificate}.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.lab.keep(self.socket)

    def _head(self) -> bytes:
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._arrived()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        return head

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            while not self._rest.endswith(b"0\r\n\r\n"):
                self._rest += self._arrived()
            body, self._rest = self._rest, b""
            return body
        length = int(headers.get("content-length", 0))
        while len(self._rest) < length:
            self._rest += self._arrived()
        body, self._rest = self._rest[:length], self._rest[length:]
        return body

    def _arrived(self) -> bytes:
        piece = self.socket.recv(_PIECE)
        if not piece:
            raise ConnectionError("the client has gone")
        return piece


class Lab:
    """A server that misbehaves as told; `elsewhere` is the port of another, for redirects."""

    def __init__(
        self, first: Script, rest: Script, *, host: str = "127.0.0.1", elsewhere: int = 0
    ) -> None:
        self._first = first
        self._rest = rest
        self.elsewhere = elsewhere
        self.seen: list[Seen] = []
        self.connections = 0
        self.closing = threading.Event()
        self.first_ended = threading.Event()
        """Set when the first connection was left."""
        self.reset: set[str] = set()
        """What was reset already, for scripts that do so once."""
        self._opened = time.monotonic()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=128)
        self.port = int(self._listener.getsockname()[1])
        self._start(self._accept)

    @property
    def age(self) -> float:
        """Seconds since the lab was opened."""
        return time.monotonic() - self._opened

    def keep(self, connected: socket.socket) -> None:
        """Close a socket with the lab."""
        with self._lock:
            self._sockets.append(connected)

    def close(self) -> None:
        """End all scripts and close all sockets."""
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            sockets, threads = list(self._sockets), list(self._threads)
        for connected in sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(10)
        for connected in self._sockets:
            connected.close()

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            self.keep(connected)
            number, self.connections = self.connections, self.connections + 1
            self._start(partial(self._play, connected, number))

    def _play(self, connected: socket.socket, number: int) -> None:
        peer = Peer(connected, self, number)
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            (self._rest if number else self._first)(peer)
        except (OSError, ValueError):
            pass  # the client went, as it may at any time, or speaks no HTTP
        finally:
            peer.socket.close()
            if number == 0:
                self.first_ended.set()
