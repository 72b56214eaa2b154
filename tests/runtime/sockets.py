"""Servers on real sockets that misbehave as told.

A server here is a list of scripts, one for each connection that it accepts, the last for all that
follow.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeAlias

Script: TypeAlias = Callable[["Peer"], None]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HEAD = b"HTTP/1.1 200 OK\r\n"


class Peer:
    """A server's end of one connection."""

    def __init__(self, connected: socket.socket, server: Server) -> None:
        self._socket = connected
        self._server = server
        self.sends = connected.sendall

    def takes(self) -> bytes:
        """Wait for a request, whole with its body, and keep it."""
        head = self._until(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        request = head + self._bytes(length)
        self._server.requests.append(request)
        return request

    def takes_chunks(self) -> bytes:
        """The chunks of a body, up to the last."""
        return self._until(b"\r\n0\r\n\r\n")

    def drops_body(self, size: int) -> int:
        """Take a request whose body has so many bytes at least, and keep none of it."""
        self._until(b"\r\n\r\n")
        taken, last = 0, b""
        while taken < size:
            last = self._socket.recv(65536)
            if not last:
                break
            taken += len(last)
        return taken

    def hands_over(self) -> socket.socket:
        """The socket, for what a script does with it itself."""
        return self._socket

    def sleeps(self, seconds: float) -> None:
        """Read nothing until the server is closed, or for so long."""
        self._server.closing.wait(seconds)

    def ends(self) -> None:
        """Say no more, and listen to no more."""
        self._socket.shutdown(socket.SHUT_WR)
        self.waits()

    def takes_until(self, end: bytes) -> bytes:
        """Wait for bytes up to an end, such as that of a body in chunks."""
        return self._until(end)

    def waits(self) -> None:
        """Do nothing until the client goes."""
        with suppress(OSError):
            while self._socket.recv(65536):
                pass

    def waits_for(self, condition: Callable[[], bool]) -> None:
        """Do nothing until something is so, ten seconds at most."""
        end = time.monotonic() + 10
        while not condition() and time.monotonic() < end:
            time.sleep(0.01)

    def drips(self, piece: bytes, period: float = 0.05) -> None:
        """Send a piece again and again until the client goes, or should long have gone."""
        for _ in range(200):
            self.sends(piece)
            time.sleep(period)

    def resets(self) -> None:
        """Break the connection instead of ending it."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _until(self, end: bytes) -> bytes:
        received = b""
        while not received.endswith(end):
            received += self._bytes(1)
        return received

    def _bytes(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            piece = self._socket.recv(count - len(received))
            if not piece:
                raise ConnectionError("the client went away")
            received += piece
        return received


class Server:
    """Listens on a port of this machine and plays its scripts."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self._scripts = scripts
        self._tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self.closing = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._start(self._accept)

    @property
    def url(self) -> str:
        scheme, host = ("http", "127.0.0.1") if self._tls is None else ("https", "localhost")
        return f"{scheme}://{host}:{self.port}/thing"

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            self._sockets.append(connected)
            self._start(partial(self._play, connected, script))

    def _play(self, connected: socket.socket, script: Script) -> None:
        with suppress(OSError):
            if self._tls is not None:
                # Of a client that is gone already, `wrap_socket` leaves a socket open (Python 3.11).
                connected.getpeername()
                connected = self._tls.wrap_socket(connected, server_side=True)
                self._sockets.append(connected)
            script(Peer(connected, self))
        connected.close()

    def close(self) -> None:
        if self.closing.is_set():
            return
        self.closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for connected in self._sockets:
            connected.close()


Serve: TypeAlias = Callable[..., Server]


def answers(*raw: bytes) -> Script:
    """Answer one request after another on one connection, then end it."""

    def script(peer: Peer) -> None:
        for answer in raw:
            peer.takes()
            peer.sends(answer)

    return script


def answers_for_ever(raw: bytes = OK) -> Script:
    def script(peer: Peer) -> None:
        while True:
            peer.takes()
            peer.sends(raw)

    return script
