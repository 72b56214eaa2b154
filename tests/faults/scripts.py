"""Scripts: what a server does on one connection, from an honest answer to an endless one."""

from __future__ import annotations

import gzip
import json
import os
import signal
import struct
import time
import zlib
from collections.abc import Callable
from email.utils import formatdate
from functools import cache
from typing import Final, TypeAlias

from tests.faults.lab import Peer, Script, Seen

Raw: TypeAlias = bytes | Callable[[Peer], bytes]
"""What is sent, or what makes it when it is sent."""

OK_BODY: Final = b'{"id": 1, "ok": true}'

HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def answer(
    body: bytes = OK_BODY,
    status: str = "200 OK",
    media_type: str | None = "application/json",
    fields: bytes = b"",
) -> bytes:
    """A well-framed answer."""
    kind = b"" if media_type is None else f"Content-Type: {media_type}\r\n".encode()
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 %s\r\n" % status.encode() + kind + length + fields + b"\r\n" + body


def _echo(seen: Seen) -> bytes:
    """The honest answer; `id` is what the request asks to hear, or 1."""
    heard = int(seen.headers.get("x-echo", "1"))
    return answer(OK_BODY if heard == 1 else json.dumps({"id": heard, "ok": True}).encode())


def _raw(raw: Raw, peer: Peer) -> bytes:
    return raw if isinstance(raw, bytes) else raw(peer)


# --- honest servers ----------------------------------------------------------------------------


def serves(peer: Peer) -> None:
    """Answer every request."""
    while True:
        peer.sends(_echo(peer.takes()))


def over_tls(script: Script, certificate: str = "trusted") -> Script:
    """The same behind TLS."""

    def shake_hands(peer: Peer) -> None:
        peer.speaks_tls(certificate)
        script(peer)

    return shake_hands


def tunnels(script: Script) -> Script:
    """A proxy, and the server behind it in one."""

    def connect(peer: Peer) -> None:
        peer.takes()
        peer.sends(b"HTTP/1.1 200 Connection established\r\n\r\n")
        script(peer)

    return connect


# --- answers -----------------------------------------------------------------------------------


def once(raw: Raw) -> Script:
    """Give an answer to the first request of the lab, and honest ones to all that follow."""

    def script(peer: Peer) -> None:
        seen = peer.takes()
        peer.sends(_raw(raw, peer) if len(peer.lab.seen) == 1 else _echo(seen))
        serves(peer)

    return script


def always(raw: Raw) -> Script:
    """Give the same answer to every request."""

    def script(peer: Peer) -> None:
        while True:
            peer.takes()
            peer.sends(_raw(raw, peer))

    return script


def spoilt(raw: Raw) -> Script:
    """Give an answer that nobody can trust, and wait for requests that should not come."""

    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(_raw(raw, peer))
        peer.lingers()

    return script


def last(raw: Raw) -> Script:
    """Give an answer and end the connection."""

    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(_raw(raw, peer))
        peer.ends()
        peer.lingers()

    return script


def cut(raw: bytes) -> Script:
    """Send a part of an answer and end the connection."""
    return last(raw)


def broken(raw: bytes) -> Script:
    """Send a part of an answer and reset the connection."""

    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(raw)
        peer.pauses(0.05)  # or the reset would take the part back before it is read
        peer.resets()

    return script


def stalls(raw: bytes = b"") -> Script:
    """Send a part of an answer, or nothing of it, and then nothing more."""
    return spoilt(raw)


def drips(first: bytes, unit: bytes, period: float) -> Script:
    """Begin an answer, and send a piece of it every so many seconds for ever."""

    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(first)
        while True:
            peer.sends(unit)
            peer.pauses(period)

    return script


def floods(first: bytes, unit: bytes) -> Script:
    """Send an answer without end."""

    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(first)
        while True:
            peer.sends(unit)

    return script


# --- connections -------------------------------------------------------------------------------


def resets_unread(peer: Peer) -> None:
    """Reset the connection when the request arrives, and read nothing of it."""
    peer.waits_for_bytes()
    peer.resets()


def ends_unread(peer: Peer) -> None:
    """End the connection when the request arrives, and read nothing of it."""
    peer.waits_for_bytes()
    peer.ends()
    peer.pauses(60)


def resets_at_once(peer: Peer) -> None:
    """Reset the connection as soon as it stands."""
    peer.resets()


def reads_and_resets(peer: Peer) -> None:
    """Read the request and reset the connection."""
    peer.takes()
    peer.resets()


def never_speaks(peer: Peer) -> None:
    """Accept the connection, and that is all."""
    peer.pauses(60)


def speaks_plainly(peer: Peer) -> None:
    """Answer a TLS handshake as an HTTP server does that expects no TLS."""
    peer.waits_for_bytes()
    peer.sends(answer(b"", "400 Bad Request", None, b"Connection: close\r\n"))
    peer.pauses(60)


def refuses_bodies_early(peer: Peer) -> None:
    """Answer 413 as soon as the head is there, and reset; what has no body is served."""
    seen = peer.takes(with_body=False)
    if seen.headers.get("content-length", "0") == "0" and "transfer-encoding" not in seen.headers:
        peer.sends(_echo(seen))
        serves(peer)
    peer.sends(answer(b'{"e": 1}', "413 Content Too Large", fields=b"Connection: close\r\n"))
    peer.pauses(0.3)  # what a reset overtakes, nobody can read
    peer.resets()


def answers_twice(peer: Peer) -> None:
    """Glue an answer that nobody asked for to the first, and go on."""
    peer.takes()
    peer.sends(answer() + answer(b'{"id": 666, "ok": true}'))
    while True:
        peer.takes()
        peer.sends(answer(b'{"id": 2}'))


def leaves_while_idle(peer: Peer) -> None:
    """Answer once and close."""
    peer.takes()
    peer.sends(answer())


def resets_the_second(peer: Peer) -> None:
    """Answer once, and reset at the first byte of the next request."""
    peer.takes()
    peer.sends(answer())
    peer.waits_for_bytes()
    peer.resets()


def refuses_tunnels(status: str) -> Script:
    """A proxy that refuses to connect."""
    return last(answer(b"", status, None, b"Connection: close\r\n"))


def redirects_elsewhere(peer: Peer) -> None:
    """Send every request to the other server of the laboratory."""
    place = b"Location: http://localhost:%d/elsewhere\r\n" % peer.lab.elsewhere
    while True:
        peer.takes()
        peer.sends(answer(b"", "302 Found", None, place))


def interrupts(number: signal.Signals) -> Script:
    """Send half an answer and a signal to the client, which tells its process id."""

    def script(peer: Peer) -> None:
        seen = peer.takes()
        if "x-process" not in seen.headers:
            peer.sends(_echo(seen))
            peer.lingers()
        peer.sends(HEAD + b'Content-Length: 100\r\n\r\n{"id": 1')
        peer.pauses(0.2)  # for the client to be waiting for the rest
        os.kill(int(seen.headers["x-process"]), number)
        peer.lingers()

    return script


def resets_some(*, always: bool) -> Script:
    """Serve echoes, and reset connections in between, each request at most once or always."""

    def script(peer: Peer) -> None:
        for served in range(1_000_000):
            seen = peer.takes()
            echo = seen.headers["x-echo"]
            is_due = served >= 2 + peer.connection % 3 and echo not in peer.lab.reset
            if always or is_due:
                peer.lab.reset.add(echo)
                peer.resets()
                return
            peer.sends(_echo(seen))

    return script


# --- bodies that are large, or made late -------------------------------------------------------


@cache
def gzip_bomb() -> bytes:
    """A GiB of zeros in a MiB of gzip."""
    mebibyte, count = bytes(1 << 20), 1 << 10
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(mebibyte) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()
    checksum = 0
    for _ in range(count):
        checksum = zlib.crc32(mebibyte, checksum)
    trailer = struct.pack("<II", checksum, count << 20)
    return gzip.compress(b"")[:10] + block * count + end + trailer


@cache
def wide_object() -> bytes:
    """An object of 2 million members, 25 MB."""
    return b"{" + b",".join(b'"k%d":1' % number for number in range(2_000_000)) + b"}"


def after_a_while(peer: Peer) -> bytes:
    """A 429 that asks by a date to come back in two seconds."""
    date = formatdate(time.time() + 2, usegmt=True).encode()
    return answer(b'{"e": 1}', "429 Too Many Requests", fields=b"Retry-After: " + date + b"\r\n")


def long_ago(peer: Peer) -> bytes:
    """A 429 that asks to come back at a time that is past."""
    date = formatdate(time.time() - 60, usegmt=True).encode()
    return answer(b'{"e": 1}', "429 Too Many Requests", fields=b"Retry-After: " + date + b"\r\n")


def slowly(raw: bytes) -> Raw:
    """An answer that takes a moment."""

    def made(peer: Peer) -> bytes:
        peer.pauses(0.3)
        return raw

    return made
