"""When a request is sent again, and after how long.

Only this module knows which repeats are harmless, which answers invite one, and how long to
wait. It decides about values and does no I/O: `ApiClient` sends and sleeps.

A request is repeated when that cannot act twice: its method is idempotent (RFC 9110, section
9.2.2), it carries a key or `If-Match`, nothing of it was sent, or the server said that it refused
to act.
"""

from __future__ import annotations

from attrs import field, frozen, validators

from .errors import ServerError, TransportError, Unrepeatable
from .http import Request, Response
from .locks import ForkSafeLock
from .retry_after import retry_after_seconds

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
"""Methods that only read (RFC 9110, section 9.2.1)."""

IDEMPOTENT_METHODS = SAFE_METHODS | {"PUT", "DELETE"}
"""Methods that act once however often they are sent (RFC 9110, section 9.2.2)."""

TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which another try may fare better."""

LONGEST_WAIT = 3600.0
"""Seconds that a call without a deadline waits at most; a server may ask for any number."""


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how eagerly a request is repeated.

    The wait before each repeat is drawn evenly between zero and a bound that doubles from
    `backoff` up to `cap` ("full jitter"), so that clients which failed together come back apart.
    """

    attempts: int = field(default=3, validator=validators.ge(1))
    """How many times a request is tried in all; 1 never repeats."""
    backoff: float = field(default=0.25, validator=validators.ge(0))
    """Seconds, the bound of the first wait."""
    cap: float = field(default=8.0, validator=validators.ge(0))
    """Seconds, the bound of any wait that the server did not ask for."""
    budget: float = field(default=50.0, validator=validators.ge(0))
    """How many repeats a client may make on credit; see `RetryBudget`. A call's own policy spends
    from the budget of its client."""
    statuses: frozenset[int] = TRANSIENT_STATUSES
    """The statuses after which another try may fare better."""

    def delay(self, failures: int, chance: float) -> float:
        """Seconds to wait after so many failures, for a `chance` drawn from [0, 1)."""
        doublings = min(failures - 1, 100)  # more would overflow, and `cap` holds long before
        return chance * min(self.cap, self.backoff * 2.0**doublings)


class RetryBudget:
    """The repeats that a client has left: they may follow successes, not pile up on an outage.

    A token bucket: each repeat takes one token, each call that needs no other brings an eighth
    of one back. Once it is empty, requests are sent once. Safe to share between threads.
    """

    REFUND = 0.125

    def __init__(self, capacity: float) -> None:
        self._capacity = capacity
        self._tokens = capacity
        self._lock = ForkSafeLock()

    def spend(self) -> bool:
        """Take the token of one repeat; False if there is none."""
        with self._lock.held:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def earn(self) -> None:
        """Note a call that was answered for good."""
        if self._tokens >= self._capacity:
            return  # as nearly always
        with self._lock.held:
            self._tokens = min(self._capacity, self._tokens + self.REFUND)


def verdict(
    policy: RetryPolicy,
    request: Request,
    outcome: Response | TransportError,
    *,
    is_keyed: bool,
    attempts: int,
    left: float | None,
    chance: float,
) -> float | None:
    """Seconds to wait before the request is sent again, or None to be content with `outcome`.

    `is_keyed` tells whether the request carries a key by which the server knows a repeat;
    `attempts` were made; `left` is what remains of the call's deadline in seconds, None without
    one; `chance` is a random number from [0, 1). A `Retry-After` is honoured in full or, where
    it reaches beyond the deadline, not at all.
    """
    if attempts >= policy.attempts:
        return None
    if not may_repeat(request, outcome, is_keyed=is_keyed, statuses=policy.statuses):
        return None
    asked = retry_after_seconds(outcome.headers) or 0.0
    wait = max(asked, policy.delay(attempts, chance))
    return wait if wait < (LONGEST_WAIT if left is None else left) else None


def may_repeat(
    request: Request,
    outcome: Response | TransportError,
    *,
    is_keyed: bool = False,
    statuses: frozenset[int] = TRANSIENT_STATUSES,
) -> bool:
    """Whether sending the request again may help and cannot make the server act twice."""
    if isinstance(outcome, Unrepeatable):
        return False
    if isinstance(outcome, TransportError):
        return not outcome.sent or is_repeatable(request, is_keyed=is_keyed)
    return outcome.status in statuses and (
        is_repeatable(request, is_keyed=is_keyed) or refused(outcome)
    )


def is_repeatable(request: Request, *, is_keyed: bool = False) -> bool:
    """Whether the request has the same effect sent twice as sent once.

    By its method, or by a field that lets the server tell a repeat from a second request.
    `If-Match: *` does not: it holds before and after.
    """
    return (
        is_keyed
        or request.method in IDEMPOTENT_METHODS
        or "Idempotency-Key" in request.headers
        or request.headers.get("If-Match", "*").strip() != "*"
    )


def refused(response: Response) -> bool:
    """Whether the server says that it did not act.

    408 and 429 say so (RFC 9110, section 15.5.9; RFC 6585, section 4). A 503 does if it names
    the time to come back; a bare one may come from a proxy whose server is still at it.
    """
    if response.status == 503:
        return retry_after_seconds(response.headers) is not None
    return response.status in (408, 429)


def may_have_acted(error: ServerError) -> bool:
    """Whether a server that failed may have acted before it did, or still be at it.

    A 501 or 505 cannot have, and a 503 that names the time to come back has not. Statuses beyond
    599 are none of HTTP.
    """
    if error.status == 503:
        return error.retry_after is None
    return 500 <= (error.status or 0) < 600 and error.status not in (501, 505)


def leaves_open(method: str, response: Response) -> bool:
    """Whether the answer to a repeat hides if an earlier try, whose answer was lost, was acted on.

    412 does for every method: the earlier try may itself have changed the ETag that `If-Match`
    names (RFC 9110, section 13.1.1). For methods that are not idempotent every refusal does.
    """
    return response.status == 412 or (response.status >= 400 and method not in IDEMPOTENT_METHODS)
