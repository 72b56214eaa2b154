"""`Sending`: what to do next with a call that is being sent, whoever does it.

All decisions of sending are here and in what this module asks (`retry`, `redirects`, `auth`):
it is told what came of each step and says the next one. It does no I/O, sleeps nowhere and
awaits nothing, so that clients of any kind carry out the same steps:

    step = sending.start()
    while not isinstance(step, Settled):
        match step:
            case Sign(refused):                 # ask a `Signer` for credentials
                step = sending.signed(signer.signature(call.security, refused))
            case Try(request):                  # carry it once, through all middleware
                step = sending.after(response or transport_error)
            case Pause(seconds):                # wait
                step = sending.rested()
    step.response                               # for `Call.decode`

`after`, `rested` and `signed` raise the error of a call that is over without an answer to read.
Whatever else the call ends with is told by `done`, `failed` or `interrupted`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import define, field, frozen

from .auth import NOTHING, Signature
from .call import Call
from .deadline import Clock, Deadline
from .errors import (
    BODY_EXCERPT_BYTES,
    ExchangeError,
    Facts,
    OutcomeUnknown,
    RedirectError,
    ServerError,
    ServerOutcomeUnknown,
    TransportError,
    Unrepeatable,
)
from .http import Request, Response, Timeout
from .redirects import NoDetour, RedirectPolicy, detour, is_redirect
from .retry import (
    IDEMPOTENT_METHODS,
    RetryBudget,
    RetryPolicy,
    is_repeatable,
    leaves_open,
    may_have_acted,
    verdict,
)

Outcome: TypeAlias = Response | TransportError
"""What came of one try."""


@frozen
class Sign:
    """Ask for the credentials that the call takes, and tell them to `Sending.signed`."""

    refused: Signature | None = None
    """Those that the server has refused, to be renewed; None the first time."""


@frozen
class Try:
    """Carry the request once, and tell `Sending.after` what came of it."""

    request: Request


@frozen
class Pause:
    """Wait, then go on with `Sending.rested`."""

    seconds: float


@frozen
class Settled:
    """Here is the answer, for `Call.decode`."""

    response: Response


Step: TypeAlias = Sign | Try | Pause | Settled


@frozen(kw_only=True)
class Attempt:
    """One try of a call, as hooks are told of it: nothing in it is secret."""

    number: int
    """From 1; a try at the place that a redirect led to counts too."""
    method: str
    url: str
    """Without its query."""
    status: int | None
    """Of the answer, or None without one."""
    error: TransportError | None
    """Why there was no answer."""
    seconds: float
    """How long the try took."""
    wait: float | None
    """Seconds until the next try; None if it was the last."""


OnAttempt: TypeAlias = Callable[[Attempt], None]
"""What is told of each try, after it; what it raises ends the call."""


@frozen(kw_only=True)
class Plan:
    """Everything that is settled about a call before its first try."""

    request: Request
    """With the client's URL and header fields, before credentials."""
    shown_url: str
    """The URL as errors may show it."""
    call: Call[object]
    retry: RetryPolicy
    redirects: RedirectPolicy
    is_keyed: bool
    """Whether the request carries a key by which the server tells a repeat."""
    budget: RetryBudget
    clock: Clock
    chance: Callable[[], float]
    on_attempt: OnAttempt | None


@define
class Sending:
    """How far the sending of one call has come."""

    plan: Plan
    started: float
    deadline: Deadline
    attempts: int = 0
    """How many times the request was tried; what redirects and renewed credentials ask for is
    the same try."""
    status: int | None = None
    """That of the last answer."""
    ending: str = "interrupted"
    """How it ended, for the log."""
    _request: Request = field(init=False)
    """What is sent next, before credentials: another than the plan's after a redirect."""
    _tried: Request = field(init=False)
    """What was sent last, before credentials."""
    _signature: Signature = NOTHING
    _is_foreign: bool = False
    """Whether a redirect has led to another origin."""
    _is_renewed: bool = False
    """Whether credentials were renewed."""
    _sent: int = 0
    """How many requests were carried."""
    _began: float = 0.0
    """When the last try began."""
    _outcome: Outcome | None = None
    _visited: set[tuple[str, str]] = field(factory=set[tuple[str, str]])
    _is_seen: bool = False
    """Whether the server may have seen any try."""
    _is_lost: bool = False
    """Whether the answer to any try was lost, so that the server may have acted."""

    def __attrs_post_init__(self) -> None:
        self._request = self._tried = self.plan.request

    @classmethod
    def begun(cls, plan: Plan) -> Sending:
        """The sending of a call from this moment on, which its deadline counts from."""
        started = plan.clock()
        deadline = Deadline.after(plan.request.timeout.total, plan.clock)
        return cls(plan, started, deadline)

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return self.plan.clock() - self.started

    # The steps.

    def start(self) -> Step:
        """The first step."""
        return Sign() if self.plan.call.security else self._try()

    def signed(self, signature: Signature) -> Step:
        """The step after credentials were asked for, at first or once they were refused."""
        if self._signature == signature and isinstance(self._outcome, Response):
            return self._settle(self._outcome)  # the same again would be refused again
        self._signature = signature
        return self._try() if self._outcome is None else self._carried()

    def after(self, outcome: Outcome) -> Step:
        """The step after a try; raises the error of a call that is over."""
        self._note(outcome)
        if isinstance(outcome, Response):
            if outcome.status < 300 and outcome.status not in self.plan.retry.statuses:
                self._tell(None)  # nothing is left to be decided
                return self._settle(outcome)
            if self._may_renew(outcome):
                self._is_renewed = True
                self._tell(0.0)
                return Sign(self._signature)
            if self._may_follow(outcome):
                self._turn(outcome)
                self._tell(0.0)
                return self._carried()
        wait = self._wait(outcome)
        self._tell(wait)
        return self._settle(outcome) if wait is None else Pause(wait)

    def rested(self) -> Step:
        """The step after a pause; raises the error of a call that is over."""
        if self.deadline.is_past and self._outcome is not None:
            return self._settle(self._outcome)
        return self._try()

    # The ends.

    def done(self) -> None:
        """Note that the answer was read."""
        self.ending = "done"

    def failed(self, error: ExchangeError) -> ExchangeError:
        """The error to raise for one: it knows what only this knows."""
        if isinstance(error, ServerError) and self._is_open_after(error):
            error = ServerOutcomeUnknown(
                f"{error.message}; it may have acted", error.facts, error.error
            )
        self.ending = type(error).__name__
        error.learn(
            method=self.plan.request.method, url=self.plan.shown_url, attempts=self.attempts
        )
        return error

    def interrupted(self, error: BaseException) -> None:
        """Note on an exception that broke off the call whether the server may have acted."""
        if self._sent and self.plan.request.method not in IDEMPOTENT_METHODS:
            method, url = self.plan.request.method, self.plan.shown_url
            error.add_note(f"{method} {url} was broken off; the server may have acted on it")

    def log(self, logger: logging.Logger) -> None:
        """Write the one line of this call."""
        call = self.plan.call
        logger.debug(
            "%s %s: status %s, %s, %d attempts, %.0f ms",
            call.method,
            call.path,
            self.status,
            self.ending,
            self.attempts,
            self.seconds * 1000,
        )

    # What is sent.

    def _try(self) -> Step:
        self.attempts += 1
        return self._carried()

    def _carried(self) -> Try:
        request = self._request if self._is_foreign else self._signature.on(self._request)
        self._sent += 1
        self._tried = self._request
        self._visited.add((self._request.method, self._request.url))
        left = self.deadline.left
        if left is not None:
            # No time at all is nothing that a timeout can say; a transport gives up as quickly.
            request = _within(request, max(left, _SHORTEST))
        self._began = self.plan.clock()
        return Try(request)

    # What came of it.

    def _note(self, outcome: Outcome) -> None:
        self._outcome = outcome
        if isinstance(outcome, Response):
            self._is_seen = True
            self.status = outcome.status
        else:
            self.status = outcome.status
            self._is_seen |= outcome.sent
            self._is_lost |= outcome.sent and not _tells_outcome(outcome)

    def _may_renew(self, response: Response) -> bool:
        """Whether other credentials may help, once."""
        return (
            response.status == _UNAUTHORIZED
            and self._signature.is_renewable
            and not (self._is_renewed or self._is_foreign or self.deadline.is_past)
            and _can_restart(self._request)
        )

    def _may_follow(self, response: Response) -> bool:
        """Whether the answer is a redirect that the document does not describe as an answer."""
        return is_redirect(response) and not self.plan.call.names_status(response.status)

    def _turn(self, response: Response) -> None:
        """Go where a redirect leads; raises `RedirectError`."""
        found = detour(self._request, response, self.plan.redirects)
        if isinstance(found, NoDetour):
            raise self._not_followed(response, found.reason)
        request = found.request
        if (request.method, request.url) in self._visited:
            raise self._not_followed(response, "it leads back to where it came from")
        if len(self._visited) > self.plan.redirects.limit:
            raise self._not_followed(response, f"it is one more than {self.plan.redirects.limit}")
        if not _can_restart(request):
            raise self._not_followed(response, "the body can be sent only once")
        if self.deadline.is_past:
            raise self._not_followed(response, "the deadline has passed")
        # After 303 the server has acted, which no failure of what follows may hide.
        self._is_lost |= request.method != self._request.method
        self._request, self._is_foreign = request, self._is_foreign or found.is_foreign

    def _not_followed(self, response: Response, reason: str) -> ExchangeError:
        message = f"the server redirects ({response.status}), which is not followed: {reason}"
        self._tell(None)
        return self.failed(RedirectError(message, _facts(response)))

    def _wait(self, outcome: Outcome) -> float | None:
        """Seconds until the next try; None for none."""
        plan = self.plan
        if not _can_restart(self._request):
            return None
        wait = verdict(
            plan.retry,
            self._request,
            outcome,
            is_keyed=plan.is_keyed,
            attempts=self.attempts,
            left=self.deadline.left,
            chance=plan.chance(),
        )
        return wait if wait is not None and plan.budget.spend() else None

    def _settle(self, outcome: Outcome) -> Settled:
        """The last outcome, raised if it is none that `Call.decode` could read."""
        method = self.plan.request.method
        if isinstance(outcome, Response):
            if self._is_lost and leaves_open(method, outcome):
                raise self.failed(_unknown_after(outcome))
            if outcome.status not in self.plan.retry.statuses:
                self.plan.budget.earn()
            return Settled(outcome)
        if self._is_lost and method not in IDEMPOTENT_METHODS and not self._may_ask_again(outcome):
            message = f"{outcome.message}; the server may have acted"
            raise self.failed(OutcomeUnknown(message, outcome.facts)) from outcome
        outcome.sent = self._is_seen
        raise self.failed(outcome)

    def _may_ask_again(self, error: TransportError) -> bool:
        """Whether the caller, who knows the key or the version, may send the same again."""
        plan = self.plan
        return isinstance(error, Unrepeatable) and is_repeatable(
            plan.request, is_keyed=plan.is_keyed
        )

    def _is_open_after(self, error: ServerError) -> bool:
        """Whether a failed server may have acted on what may not be sent twice."""
        return (
            not isinstance(error, ServerOutcomeUnknown)
            and may_have_acted(error)
            and not is_repeatable(self.plan.request, is_keyed=self.plan.is_keyed)
        )

    # What hooks are told.

    def _tell(self, wait: float | None) -> None:
        hook, outcome = self.plan.on_attempt, self._outcome
        if hook is None or outcome is None:
            return
        hook(
            Attempt(
                number=self._sent,
                method=self._tried.method,
                url=self._tried.url.partition("?")[0],
                status=outcome.status,
                error=outcome if isinstance(outcome, TransportError) else None,
                seconds=self.plan.clock() - self._began,
                wait=wait,
            )
        )


_UNAUTHORIZED: Final = 401

_SHORTEST: Final = 0.001
"""Seconds that a try has at least."""


def _within(request: Request, seconds: float) -> Request:
    """The request with so much time; written out, since `evolve` takes longer."""
    timeout = request.timeout
    return Request(
        method=request.method,
        url=request.url,
        headers=request.headers,
        body=request.body,
        timeout=Timeout(connect=timeout.connect, read=timeout.read, total=seconds),
        max_response_bytes=request.max_response_bytes,
    )


def _can_restart(request: Request) -> bool:
    """Whether the body can be sent from its beginning."""
    body = request.body
    return body is None or isinstance(body, bytes) or body.can_restart


def _tells_outcome(error: TransportError) -> bool:
    """Whether an answer came that could not be taken, but whose status says enough."""
    return isinstance(error, Unrepeatable) and error.status is not None


def _unknown_after(response: Response) -> OutcomeUnknown:
    """The error for a last answer that does not tell what came of an earlier try."""
    return OutcomeUnknown(
        f"the server answered {response.status} to a repeat; "
        "it may have acted on an earlier try whose answer was lost",
        _facts(response),
    )


def _facts(response: Response) -> Facts:
    return Facts(
        status=response.status,
        headers=response.headers,
        body=response.body[:BODY_EXCERPT_BYTES],
    )
