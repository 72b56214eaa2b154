"""What can go wrong in a call, named by who is at fault.

    SdkError                     everything that this SDK raises on purpose
    ├── RequestError             ours: the call could not be written; nothing was sent
    └── ExchangeError            the exchange with the server failed
        ├── TransportError       the network's: no whole answer arrived
        │   ├── ConnectError     … since no connection stood: nothing was sent
        │   │   └── ProxyError   … or none to the proxy, or the proxy made none
        │   ├── PoolExhausted    … since all connections were in use: nothing was sent
        │   ├── Unrepeatable     … and none ever will, however often it is tried
        │   │   └── ProxyRefused … since the proxy refuses (it is a ProxyError too)
        │   └── OutcomeUnknown   … and the server may have acted: look before sending again
        ├── StatusError          the server refused
        │   ├── ClientError      4xx
        │   ├── ServerError      5xx
        │   │   └── ServerOutcomeUnknown  … and may have acted (it is an OutcomeUnknown too)
        │   └── RedirectError    3xx that is not followed
        └── DecodeError          the answer is not what the document describes

All of them pickle with all their facts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve, field, frozen

from .http import Headers
from .retry_after import retry_after_seconds
from .sdk_error import SdkError as SdkError
from .violations import Violation as Violation

BODY_EXCERPT_BYTES = 4096
"""How much of an unexpected answer an error keeps."""


@frozen(kw_only=True)
class Facts:
    """What is known of a failed exchange."""

    method: str = ""
    url: str = ""
    attempts: int = 1
    status: int | None = None
    """The HTTP status, or None when no answer arrived."""
    headers: Headers = field(factory=Headers, repr=False)
    body: bytes = field(default=b"", repr=False)
    """The beginning of the answer's body, at most `BODY_EXCERPT_BYTES` bytes."""


class RequestError(SdkError, ValueError):
    """The call could not be written as its document demands; nothing was sent."""

    def __init__(self, message: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.violations = violations

    def __reduce__(self) -> tuple[Callable[..., RequestError], tuple[Any, ...]]:
        return type(self), (self.message, self.violations)


class ExchangeError(SdkError):
    """The exchange with the server failed; `facts` says how far it came."""

    def __init__(self, message: str, facts: Facts | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.facts: Facts = Facts() if facts is None else facts

    def __str__(self) -> str:
        facts = self.facts
        where = f"{facts.method} {facts.url}".strip()
        tries = f" (after {facts.attempts} attempts)" if facts.attempts > 1 else ""
        return f"{where}: {self.message}{tries}" if where else f"{self.message}{tries}"

    def __reduce__(
        self,
    ) -> tuple[Callable[..., ExchangeError], tuple[Any, ...], dict[str, Any]]:
        return type(self), (self.message, self.facts), self.__dict__

    @property
    def method(self) -> str:
        """The HTTP method of the failed call."""
        return self.facts.method

    @property
    def url(self) -> str:
        """The URL of the failed call."""
        return self.facts.url

    @property
    def attempts(self) -> int:
        """How many times the request was tried."""
        return self.facts.attempts

    @property
    def status(self) -> int | None:
        """The HTTP status, or None when no answer arrived."""
        return self.facts.status

    @property
    def headers(self) -> Headers:
        """The header fields of the answer."""
        return self.facts.headers

    @property
    def body(self) -> bytes:
        """The beginning of the answer's body."""
        return self.facts.body

    def learn(self, **facts: Any) -> None:
        """Fill in facts that only an outer layer knows, such as `attempts`."""
        self.facts = evolve(self.facts, **facts)


class TransportError(ExchangeError):
    """No whole answer arrived."""

    def __init__(self, message: str, facts: Facts | None = None, *, sent: bool = True) -> None:
        super().__init__(message, facts)
        self.sent = sent
        """Whether the server may have seen the request; False only when it surely has not."""


class ConnectError(TransportError):
    """No connection to the server came to stand in time; nothing was sent."""


class ProxyError(ConnectError):
    """No connection came to stand because of the proxy; the server was not reached."""


class PoolExhausted(TransportError):
    """All connections to the server were in use until the deadline; nothing was sent.

    Give the transport a larger `pool_size`, or leave streams earlier.
    """


class Unrepeatable(TransportError):
    """No whole answer arrived, and another try would end the same way.

    Such as a certificate that does not verify, or an answer over the size limit.
    """


class ProxyRefused(ProxyError, Unrepeatable):
    """The proxy was reached and refuses to connect to the server; it may want other credentials."""


class OutcomeUnknown(TransportError):
    """The request may have been acted on, and repeating it might act twice."""


class StatusError(ExchangeError):
    """The server answered with a status that reports an error."""

    def __init__(self, message: str, facts: Facts | None = None, error: object = None) -> None:
        super().__init__(message, facts)
        self.error = error
        """The decoded error model, or None where the body is not what the document describes."""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before another try, from `Retry-After` (RFC 9110, section 10.2.3)."""
        return retry_after_seconds(self.headers)


class ClientError(StatusError):
    """The server holds the request for wrong: a 4xx status."""


class ServerError(StatusError):
    """The server failed: a 5xx status."""


class ServerOutcomeUnknown(ServerError, OutcomeUnknown):
    """The server failed at a request that it may have acted on; repeating it might act twice."""


class RedirectError(StatusError):
    """The server redirects where the client does not follow."""


class DecodeError(ExchangeError):
    """The answer is not what the document describes."""

    def __init__(
        self, message: str, facts: Facts | None = None, violations: tuple[Violation, ...] = ()
    ) -> None:
        super().__init__(message, facts)
        self.violations = violations
        """Every way in which the body breaks its schema; empty where it is no JSON at all."""
