"""How each fault of the catalogue is brought about: scripts, names, clocks, signals.

A fault may have several variants, such as the three kinds of garbage that `Retry-After` may hold.
"""

from __future__ import annotations

import gzip
import signal
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from tests.faults import scripts
from tests.faults.catalogue import REPEATED, Cell, Mode, Verb
from tests.faults.lab import Script
from tests.faults.scripts import HEAD, OK_BODY, Raw, answer, over_tls, serves


@frozen
class Patience:
    """The timeouts of a client, in seconds."""

    connect: float = 10.0
    read: float = 10.0
    total: float = 20.0


LONG: Final = Patience()
"""For what ends by itself."""

SHORT: Final = Patience(connect=0.8, read=0.8, total=4.0)
"""For what ends by the timeouts of connecting and reading; all tries fit into the total."""

TOTAL: Final = Patience(connect=2.0, read=2.0, total=1.2)
"""For what only the total can end."""


class Name(StrEnum):
    """What a host name leads to when it is looked up."""

    LAB = "the lab"
    CLOSED = "a port where nobody listens"
    FULL = "a port that accepts no more connections"
    UNKNOWN = "no address, for good"
    AGAIN = "no address, for now"
    HALF_DEAD = "a port where nobody listens on IPv6, then the lab on IPv4"


class Drama(StrEnum):
    """What else happens at the client."""

    NONE = "nothing"
    CLOCK_FORWARD = "its clock jumps forward"
    CLOCK_BACK = "its clock jumps back"
    INTERRUPT = "a signal arrives"
    CROWD = "many threads or tasks share it"
    FORK = "its process forks"


@frozen(kw_only=True)
class Plan:
    """One way to bring a fault about."""

    transient: Script = serves
    persistent: Script = serves
    healthy: Script = serves
    spoils: bool = False
    """Whether a faulty connection may carry no other request."""
    taken: bool = True
    """Whether the lab reads the request of a faulty try."""
    address: str = "127.0.0.1"
    """Where the lab listens."""
    url: str = "http://127.0.0.1:{port}"
    patience: Patience = LONG
    calls: int = 1
    """How many calls are made, one after another, on one client."""
    waits_between: bool = False
    """Whether the second call waits until the lab has left the first connection."""
    faulty_name: Name | None = None
    """What `lab.test` leads to at first."""
    environment: dict[str, str] = field(factory=dict[str, str])
    drama: Drama = Drama.NONE
    body_bytes: int = 0
    """The size of a body that is not JSON."""


def framed(raw: Raw) -> Plan:
    """A whole answer, whose connection may go on."""
    return Plan(transient=scripts.once(raw), persistent=scripts.always(raw))


def wrecked(script: Script, plan: Plan = Plan()) -> Plan:
    """Something that no connection survives."""
    return evolve(plan, transient=script, persistent=script, spoils=True)


def spoilt(raw: Raw) -> Plan:
    """An answer that is to be refused, with its connection."""
    return wrecked(scripts.spoilt(raw))


def unnamed(name: Name, patience: Patience = LONG) -> Plan:
    """A name that leads nowhere."""
    return Plan(taken=False, url="http://lab.test:{port}", faulty_name=name, patience=patience)


def distrusted(certificate: str) -> Plan:
    """A certificate that is not to be trusted."""
    script = over_tls(scripts.never_speaks, certificate)
    return wrecked(script, Plan(taken=False, url="https://localhost:{port}"))


def refusal(status: str, retry_after: bytes) -> bytes:
    return answer(b'{"e": 1}', status, fields=b"Retry-After: " + retry_after + b"\r\n")


def moved(status: str, location: bytes | None) -> bytes:
    place = b"" if location is None else b"Location: " + location + b"\r\n"
    return answer(b"", status, None, place)


def _dripping(first: bytes, unit: bytes) -> tuple[Plan, Plan]:
    """A drip that the wait for bytes ends, and one that only the deadline does."""
    return (
        wrecked(scripts.drips(first, unit, 2.0), Plan(patience=SHORT)),
        wrecked(scripts.drips(first, unit, 0.2), Plan(patience=TOTAL)),
    )


_LOOP = scripts.always(moved("302 Found", b"/x"))
_TOO_MANY = "429 Too Many Requests"
_UNAVAILABLE = "503 Service Unavailable"
_CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_GZIP = b"Content-Encoding: gzip\r\n"
_JSON_OF_9 = b'{"id": 1}'
_PROXY = {"HTTPS_PROXY": "http://lab.test:{port}"}
_PROXY_WITH_LOGIN = {"HTTPS_PROXY": "http://someone:{secret}@127.0.0.1:{port}"}
_DEAD_PROXY = {"HTTP_PROXY": "http://127.0.0.1:{closed}", "NO_PROXY": "127.0.0.1"}

_PLANS: Final[dict[str, tuple[Plan, ...]]] = {
    # connections
    "refused": (unnamed(Name.CLOSED),),
    "dns-failure": (unnamed(Name.UNKNOWN), unnamed(Name.AGAIN)),
    "connect-timeout": (unnamed(Name.FULL, SHORT),),
    "accept-rst": (wrecked(scripts.resets_unread, Plan(taken=False)),),
    "accept-fin": (wrecked(scripts.ends_unread, Plan(taken=False)),),
    "ipv6-literal": (Plan(address="::1", url="http://[::1]:{port}"),),
    "dual-stack-first-dead": (Plan(url="http://lab.test:{port}", faulty_name=Name.HALF_DEAD),),
    # the stream
    "no-response-fin": (wrecked(scripts.cut(b"")),),
    "no-response-rst": (wrecked(scripts.reads_and_resets),),
    "rst-mid-status": (wrecked(scripts.broken(b"HTTP/1.")),),
    "rst-mid-headers": (wrecked(scripts.broken(b"HTTP/1.1 200 OK\r\nContent-Le")),),
    "fin-mid-headers": (wrecked(scripts.cut(HEAD)),),
    "fin-mid-body": (wrecked(scripts.cut(HEAD + b'Content-Length: 100\r\n\r\n{"id": 1, ')),),
    "fin-mid-body-valid-json": (
        wrecked(scripts.cut(HEAD + b"Content-Length: 100\r\n\r\n" + _JSON_OF_9)),
    ),
    "rst-mid-body": (wrecked(scripts.broken(HEAD + b'Content-Length: 100\r\n\r\n{"id": 1, ')),),
    "chunk-cut": (wrecked(scripts.cut(_CHUNKED + b'32\r\n{"id"')),),
    "chunk-no-terminator": (wrecked(scripts.cut(_CHUNKED + b"9\r\n" + _JSON_OF_9 + b"\r\n")),),
    "chunk-bad-size": tuple(
        wrecked(scripts.cut(_CHUNKED + size + b"\r\n{}\r\n0\r\n\r\n"))
        for size in (b"zz", b"-5", b"FFFFFFFFFFFFFFFFF")
    ),
    "garbage-status": (wrecked(scripts.cut(b"SSH-2.0-OpenSSH_9.9\r\n")),),
    "status-1xx-flood": (framed(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + answer()),),
    "status-999": (framed(answer(status="999 Odd")),),
    "header-100k": (spoilt(answer(fields=b"X-A: " + b"a" * 100_000 + b"\r\n")),),
    "headers-10k": (spoilt(answer(fields=b"".join(b"X-%d: a\r\n" % n for n in range(10_000)))),),
    "header-no-colon": (spoilt(HEAD + b"JUNK\r\nContent-Length: 9\r\n\r\n" + _JSON_OF_9),),
    "cl-conflict": (spoilt(HEAD + b"Content-Length: 9\r\nContent-Length: 5\r\n\r\n" + _JSON_OF_9),),
    "cl-and-te": (
        spoilt(
            HEAD
            + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n"
            + _JSON_OF_9
            + b"\r\n0\r\n\r\n"
        ),
    ),
    "early-413": (wrecked(scripts.refuses_bodies_early, Plan(body_bytes=50_000_000)),),
    "extra-bytes-after-response": (wrecked(scripts.answers_twice, Plan(calls=2)),),
    "keepalive-fin": (wrecked(scripts.leaves_while_idle, Plan(calls=2, waits_between=True)),),
    "keepalive-rst-race": (wrecked(scripts.resets_the_second, Plan(calls=2)),),
    # time
    "stall-headers": (wrecked(scripts.stalls(), Plan(patience=SHORT)),),
    "drip-headers": _dripping(b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
    "drip-body": _dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "stall-mid-body": (
        wrecked(
            scripts.stalls(HEAD + b'Content-Length: 100\r\n\r\n{"id": 1'), Plan(patience=SHORT)
        ),
    ),
    "clock-jump": tuple(
        evolve(framed(scripts.slowly(answer())), drama=drama)
        for drama in (Drama.CLOCK_FORWARD, Drama.CLOCK_BACK)
    ),
    "tls-handshake-stall": (
        wrecked(
            scripts.never_speaks,
            Plan(
                healthy=over_tls(serves),
                taken=False,
                url="https://localhost:{port}",
                patience=SHORT,
            ),
        ),
    ),
    # size
    "endless-body": (wrecked(scripts.floods(HEAD + b"\r\n", b"0" * 65536)),),
    "huge-content-length": (
        wrecked(scripts.floods(HEAD + b"Content-Length: 1000000000000\r\n\r\n", b" " * 65536)),
    ),
    "gzip-bomb": (spoilt(lambda peer: answer(scripts.gzip_bomb(), fields=_GZIP)),),
    "encoding-chain": (
        spoilt(answer(fields=b"Content-Encoding: " + b", ".join([b"gzip"] * 20) + b"\r\n")),
    ),
    "gzip-corrupt": (
        spoilt(answer(gzip.compress(OK_BODY * 50)[:-9], fields=_GZIP)),
        spoilt(answer(gzip.compress(OK_BODY)[:-8] + b"\0\0\0\0" + b"\x15\0\0\0", fields=_GZIP)),
    ),
    "encoding-unknown": (spoilt(answer(fields=b"Content-Encoding: x-rot13\r\n")),),
    # statuses
    "429-retry-after-seconds": (framed(refusal(_TOO_MANY, b"1")),),
    "429-retry-after-date": (framed(scripts.after_a_while),),
    "429-retry-after-huge": (framed(refusal(_TOO_MANY, b"999999999")),),
    "429-retry-after-garbage": (
        framed(refusal(_TOO_MANY, b"soon")),
        framed(refusal(_TOO_MANY, b"-5")),
        framed(scripts.long_ago),
    ),
    "503-retry-after": (framed(refusal(_UNAVAILABLE, b"0")),),
    "503-plain": (framed(answer(b'{"e": 1}', _UNAVAILABLE)),),
    "500-json": (framed(answer(b'{"e": 1}', "500 Internal Server Error")),),
    "502-html": (
        framed(answer(b"<html><h1>Bad Gateway</h1></html>", "502 Bad Gateway", "text/html")),
    ),
    "504": (framed(answer(b"", "504 Gateway Timeout", None)),),
    "408-close": (
        wrecked(scripts.last(answer(b"", "408 Request Timeout", None, b"Connection: close\r\n"))),
    ),
    "409-conflict": (framed(answer(b'{"e": "claimed"}', "409 Conflict")),),
    "401": (
        framed(
            answer(
                b'{"e": 1}', "401 Unauthorized", fields=b'WWW-Authenticate: Bearer realm="x"\r\n'
            )
        ),
    ),
    "404-html": (framed(answer(b"<html>nope</html>", "404 Not Found", "text/html")),),
    # contents
    "200-empty": (framed(answer(b"")),),
    "204-no-body": (framed(b"HTTP/1.1 204 No Content\r\n\r\n"),),
    "204-with-body": (
        spoilt(b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n" + _JSON_OF_9),
    ),
    "200-html": (framed(answer(b"<html>login</html>", media_type="text/html")),),
    "json-truncated": (framed(answer(b'{"id": 1, "ok": tr')),),
    "json-trailing": tuple(
        framed(answer(body))
        for body in (b'{"id": 1}{"id": 2}', b'{"id": 1} garbage', b")]}'\n" + _JSON_OF_9)
    ),
    "json-bom": (framed(answer(b"\xef\xbb\xbf" + OK_BODY)),),
    "json-utf16": (framed(answer('{"id": 1}'.encode("utf-16"))),),
    "json-bad-utf8": (framed(answer(b'{"id": 1, "s": "\xff\xfe"}')),),
    "json-lone-surrogate": (
        framed(answer(b'{"id": 1, "s": "\\ud800"}')),
        framed(answer(b'{"id": 1, "unknown": "\\ud800"}')),
    ),
    "json-duplicate-keys": (
        framed(answer(b'{"id": 1, "id": 2}')),
        framed(answer(b'{"id": 1, "unknown": {"a": 1, "\\u0061": 2}}')),
    ),
    "json-nan": tuple(
        framed(answer(b'{"id": 1, "x": %s}' % number))
        for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999")
    ),
    "json-huge-int": (framed(answer(b'{"id": ' + b"9" * 5000 + b"}")),),
    "json-deep": (framed(answer(b"[" * 100_000 + b"]" * 100_000)),),
    "json-wide": (spoilt(lambda peer: answer(scripts.wide_object())),),
    "json-wrong-schema": (
        framed(answer(b'{"id": "x"}')),
        framed(answer(b'{"ok": true}')),
    ),
    # redirects
    "redirect-loop": (Plan(transient=_LOOP, healthy=_LOOP),),
    "redirect-cross-host-auth": (Plan(transient=scripts.redirects_elsewhere),),
    "redirect-307-post": (framed(moved("307 Temporary Redirect", b"/y")),),
    "redirect-303-post": (framed(moved("303 See Other", b"/y")),),
    "redirect-bad-location": tuple(
        framed(moved("302 Found", location))
        for location in (b"file:///etc/passwd", None, b"javascript:alert(1)", b"http://[::1/")
    ),
    # TLS and proxies
    "tls-self-signed": (distrusted("self_signed"),),
    "tls-wrong-host": (distrusted("wrong_host"),),
    "tls-expired": (distrusted("expired"),),
    "tls-plain-http": (
        wrecked(scripts.speaks_plainly, Plan(taken=False, url="https://localhost:{port}")),
    ),
    "proxy-refused": (
        evolve(
            unnamed(Name.CLOSED),
            healthy=scripts.tunnels(over_tls(serves)),
            url="https://localhost:443",
            environment=_PROXY,
        ),
    ),
    "proxy-407-502": tuple(
        wrecked(
            scripts.refuses_tunnels(status),
            Plan(taken=False, url="https://localhost:443", environment=_PROXY_WITH_LOGIN),
        )
        for status in ("407 Proxy Authentication Required", "502 Bad Gateway")
    ),
    "no-proxy": (Plan(environment=_DEAD_PROXY),),
    # the client itself
    "fork-and-threads": (
        Plan(
            transient=scripts.resets_some(always=False),
            persistent=scripts.resets_some(always=True),
            healthy=scripts.resets_some(always=False),
            drama=Drama.CROWD,
        ),
        Plan(drama=Drama.FORK),
    ),
    "interrupt-mid-body": tuple(
        wrecked(scripts.interrupts(number), Plan(drama=Drama.INTERRUPT))
        for number in (signal.SIGINT, signal.SIGTERM)
    ),
}


def plans(cell: Cell) -> tuple[Plan, ...]:
    """The ways to bring a cell about, one after another."""
    made = _PLANS[cell.fault.name]
    if cell.fault.name in ("drip-headers", "drip-body"):
        by_wait, by_deadline = made
        passes = cell.letter in REPEATED and cell.mode is Mode.TRANSIENT
        return (by_wait if passes else by_deadline,)
    if cell.fault.name == "early-413" and cell.verb is Verb.GET:
        return tuple(evolve(plan, body_bytes=0, spoils=False) for plan in made)
    if cell.ends_in_error:
        return tuple(plan for plan in made if plan.drama is not Drama.FORK)
    return made


def names() -> frozenset[str]:
    """The faults that there are plans for."""
    return frozenset(_PLANS)
