"""HTTP messages and the seam between this SDK and whatever carries them.

Only this vocabulary crosses the seam: a transport takes a `Request` and gives a `Response` or
raises `TransportError`. No type of an HTTP library appears here or above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from attrs import evolve, field, frozen

DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024 * 1024
"""The most bytes of a decoded answer that are read unless told otherwise: 64 MiB."""


class Headers(Mapping[str, str]):
    """Header fields, looked up without regard to case (RFC 9110, section 5.1).

    Fields of one name are joined with a comma, as section 5.2 allows, and cookies with a semicolon
    (RFC 9113, section 8.2.3). `get_all` has each of them: those of `Set-Cookie` cannot be told apart
    once they are joined (section 5.3).
    """

    __slots__ = ("_fields", "_several")

    def __init__(self, fields: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> None:
        joined: dict[str, tuple[str, str]] = {}
        several: dict[str, tuple[str, ...]] = {}  # only where there are, which is seldom
        for name, value in _pairs(fields):
            folded = name.lower()
            earlier = joined.get(folded)
            if earlier is None:
                joined[folded] = (name, value)
                continue
            several[folded] = (*several.get(folded, (earlier[1],)), value)
            delimiter = "; " if folded == "cookie" else ", "
            joined[folded] = (name, f"{earlier[1]}{delimiter}{value}")
        self._fields = joined
        self._several = several

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Headers):
            return NotImplemented
        return self._folded() == other._folded()

    def __hash__(self) -> int:
        return hash(frozenset(self._folded().items()))

    def __repr__(self) -> str:
        # Names only: a value may be a secret.
        return f"Headers({', '.join(self)})"

    def _folded(self) -> dict[str, str]:
        return {folded: value for folded, (_, value) in self._fields.items()}

    def get_all(self, name: str) -> tuple[str, ...]:
        """The value of each field of a name, in their order; none where it is absent."""
        folded = name.lower()
        if folded in self._several:
            return self._several[folded]
        found = self._fields.get(folded)
        return () if found is None else (found[1],)

    def each(self) -> Iterator[tuple[str, str]]:
        """Name and value of each field, those of one name behind each other."""
        for folded, (name, value) in self._fields.items():
            for one in self._several.get(folded, (value,)):
                yield name, one

    def merged(self, more: Mapping[str, str]) -> Headers:
        """These fields with those of `more` in place of any of the same name."""
        others = more if isinstance(more, Headers) else Headers(more)
        merged = Headers()
        merged._fields = self._fields | others._fields
        if self._several or others._several:
            kept = self._several.keys() - others._fields.keys()
            merged._several = {one: self._several[one] for one in kept} | others._several
        return merged


def _pairs(fields: Mapping[str, str] | Sequence[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    if isinstance(fields, Headers):
        return fields.each()
    return fields.items() if isinstance(fields, Mapping) else fields


@frozen(kw_only=True)
class Timeout:
    """How long a call may take, in seconds; None means without limit.

    `total` is a deadline over everything: attempts, the waits between them, and the body.
    """

    connect: float | None = 5.0
    """Until a connection stands, each time one is made."""
    read: float | None = 30.0
    """Between two arrivals of bytes."""
    total: float | None = 60.0
    """From the call of `send` to its return."""

    def __attrs_post_init__(self) -> None:
        for name in ("connect", "read", "total"):
            seconds = getattr(self, name)
            if seconds is not None and not seconds > 0:
                raise ValueError(f"timeout {name}={seconds}: it must be above 0 seconds, or None")


@runtime_checkable
class Upload(Protocol):
    """A body that is read while it is sent."""

    @property
    def length(self) -> int | None:
        """How many bytes there are; None where nobody knows before the end."""
        ...

    @property
    def can_restart(self) -> bool:
        """Whether the pieces can be had from the first one, again if they were begun."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """The body from its beginning; raises `RequestError` where it was begun for good."""
        ...


@frozen(kw_only=True)
class Request:
    """One HTTP request as it goes to a transport.

    `url` is absolute when it reaches a transport; a `Call`'s own request holds only the part
    after the base URL. `timeout.total` is what is left of the call's deadline.
    """

    method: str
    url: str = field(repr=lambda url: repr(url.partition("?")[0]))  # a query may hold a key
    headers: Headers = field(factory=Headers)
    body: bytes | Upload | None = field(default=None, repr=False)
    """An `Upload` is read while it is sent."""
    timeout: Timeout = field(factory=Timeout, repr=False)
    max_response_bytes: int = field(default=DEFAULT_MAX_RESPONSE_BYTES, repr=False)

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """The same request with these header fields in place of any of the same names."""
        return evolve(self, headers=self.headers.merged(headers))

    @property
    def whole_body(self) -> bytes:
        """The body, empty where there is none; an `Upload` is read for it, now."""
        body = self.body
        return body or b"" if body is None or isinstance(body, bytes) else b"".join(body.pieces())


@frozen(kw_only=True)
class Response:
    """One whole HTTP answer: status, header fields, and the decoded body."""

    status: int
    headers: Headers = field(factory=Headers)
    body: bytes = field(default=b"", repr=False)


class Transport(Protocol):
    """Carries one request and brings its answer: the seam for tests and other HTTP libraries."""

    def send(self, request: Request) -> Response:
        """Send the request once and return the whole answer, whatever its status.

        Raises `TransportError` when there is none; its `sent` says whether the server may have
        seen the request.
        """
        ...

    def close(self) -> None:
        """Let go of connections; a later `send` may open new ones."""
        ...


class OpenResponse(Protocol):
    """An HTTP answer whose body is still to come."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Headers:
        """The header fields."""
        ...

    def pieces(self, limit: int | None) -> Iterator[bytes]:
        """The decoded body as it arrives, once; raises `TransportError` where it ends too early.

        At most `limit` bytes of it are read, if that is a number; more are an error.
        """
        ...

    def close(self) -> None:
        """Let go of the answer, and of its connection where some of the body is still to come."""
        ...


@runtime_checkable
class StreamingTransport(Transport, Protocol):
    """A transport that can give an answer before its body is there."""

    def open(self, request: Request) -> OpenResponse:
        """Send the request once and return its answer as soon as its head is there.

        The deadline of the request holds until the end of the body, `max_response_bytes` does
        not. Raises `TransportError` as `send` does.
        """
        ...
