"""What the catalogue promises of a cell, held against what came of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from codegen.runtime import errors
from tests.faults.catalogue import REPEATED, Cell, Mode, Verb
from tests.faults.lab import Seen
from tests.faults.orders import (
    ATTEMPTS,
    MAX_RESPONSE_BYTES,
    SECRET,
    Ending,
    Observation,
    Order,
    Told,
)
from tests.faults.plans import Drama, Plan

LATENESS: Final = 0.5
"""Seconds by which a call may outlast its deadline."""

MOST_REDIRECTS: Final = 20
"""How many redirects in a row a client may follow."""

_INTERRUPTIONS: Final = ("KeyboardInterrupt", "SystemExit", "CancelledError")


@frozen(kw_only=True)
class Round:
    """One way in which a cell was brought about, and what came of it."""

    cell: Cell
    plan: Plan
    order: Order
    outcome: Observation | str
    seen: tuple[Seen, ...]
    connections: int
    elsewhere: tuple[Seen, ...]

    @property
    def requests(self) -> tuple[Seen, ...]:
        """What reached the server of the order itself, without the probe."""
        return tuple(one for one in self.seen if one.method != "CONNECT" and one.target != "/probe")

    @property
    def summary(self) -> str:
        """What the last call came to, in a few words."""
        if isinstance(self.outcome, str):
            return self.outcome
        if self.plan.drama in (Drama.CROWD, Drama.FORK):
            kinds = Counter(_kind(ending) for ending in self.outcome.endings)
            return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        ending = self.outcome.endings[-1]
        sent = len(self.requests)
        return f"{_kind(ending)}, {ending.attempts} tried, {sent} seen, {ending.seconds:.2f} s"


def _kind(ending: Ending) -> str:
    return "value" if ending.error is None else ending.error.name


def complaints(one: Round) -> list[str]:
    """Everything in which a round breaks a promise; empty if nothing."""
    if isinstance(one.outcome, str):
        return [one.outcome]
    if one.plan.drama is Drama.CROWD:
        promised = _of_crowd(one, one.outcome)
    elif one.plan.drama is Drama.FORK:
        promised = _of_fork(one, one.outcome)
    else:
        promised = _of_calls(one, one.outcome)
    return [*promised, *_of_process(one, one.outcome), *_of_wire(one)]


# --- what becomes of calls ---------------------------------------------------------------------


def _of_calls(one: Round, outcome: Observation) -> Iterator[str]:
    *earlier, last = outcome.endings
    for ending in earlier:
        yield from _succeeds(ending, attempts=(1,))
    if one.plan.drama is Drama.INTERRUPT:
        yield from _is_interrupted(last)
        yield from _sees(one, 1)
    else:
        yield from _PROMISES[_letter(one)](one, last)
    check = _MUSTS.get(one.cell.fault.name)
    if check is not None:
        yield from check(one, last)
    if outcome.probe is not None:
        for complaint in _succeeds(outcome.probe, attempts=(1, 2)):
            yield f"afterwards the client is not well: {complaint}"


def _letter(one: Round) -> str:
    """The letter of the cell; `P` for a fault that persists, where that makes a difference."""
    # Where each connection fails only at its second request, another try always helps.
    return "P" if one.cell.ends_in_error and one.plan.calls == 1 else one.cell.letter


def _repeated(one: Round, ending: Ending) -> Iterator[str]:
    idle_close_may_be_found = one.plan.waits_between
    yield from _succeeds(ending, attempts=(1, 2) if idle_close_may_be_found else (2,))
    taken = one.plan.taken and one.plan.calls == 1
    yield from _sees(one, one.plan.calls + taken)


def _waited(one: Round, ending: Ending) -> Iterator[str]:
    yield from _repeated(one, ending)
    if ending.seconds < 1.0:
        yield f"it waited {ending.seconds:.2f} s, not as long as it was asked to"


def _unknown(one: Round, ending: Ending) -> Iterator[str]:
    if ending.error is None:
        yield f"it gave a value after {ending.attempts} tries"
    else:
        yield from _documented(ending.error)
        is_unknown = _is_a(ending.error, "OutcomeUnknown")
        has_status = (ending.error.status or 0) >= 500
        if not is_unknown and not (has_status and ending.error.maybe_processed is True):
            yield f"{ending.error.name} does not say that the outcome is unknown"
    if ending.attempts != 1:
        yield f"it was tried {ending.attempts} times"
    yield from _sees(one, one.plan.calls - 1 + (one.plan.taken and one.plan.calls == 1))


def _refused(one: Round, ending: Ending) -> Iterator[str]:
    if ending.error is None:
        yield f"it gave a value after {ending.attempts} tries"
    else:
        yield from _documented(ending.error)
        if _is_a(ending.error, "OutcomeUnknown"):
            yield "it calls the outcome unknown"
    if ending.attempts != 1:
        yield f"it was tried {ending.attempts} times"
    if one.cell.fault.name == "redirect-loop":
        if len(one.requests) > 1 + MOST_REDIRECTS:
            yield f"it followed {len(one.requests)} redirects"
    else:
        yield from _sees(one, int(one.plan.taken))
    if not one.plan.taken and one.connections != 1:
        yield f"it connected {one.connections} times"


def _succeeded(one: Round, ending: Ending) -> Iterator[str]:
    yield from _succeeds(ending, attempts=(1,))
    is_moved = one.cell.fault.name in ("redirect-307-post", "redirect-303-post")
    yield from _sees(one, one.plan.calls + is_moved)


def _exhausted(one: Round, ending: Ending) -> Iterator[str]:
    if ending.error is None:
        yield f"it gave a value after {ending.attempts} tries"
        return
    yield from _documented(ending.error)
    is_out_of_time = ending.seconds > one.order.patience.total - 0.1
    if ending.attempts != ATTEMPTS and not is_out_of_time:
        yield f"it was tried {ending.attempts} times, not {ATTEMPTS}"
    yield from _sees(one, ending.attempts if one.plan.taken else 0)


_PROMISES: Final[dict[str, Callable[[Round, Ending], Iterator[str]]]] = {
    "R": _repeated,
    "N": _repeated,
    "W": _waited,
    "A": _unknown,
    "E": _refused,
    "O": _succeeded,
    "P": _exhausted,
}


def _succeeds(ending: Ending, *, attempts: tuple[int, ...]) -> Iterator[str]:
    if ending.error is not None:
        yield f"it raised {ending.error.name}: {ending.error.message[:160]}"
    elif ending.value != ending.echo:
        yield f"it gave the answer {ending.value} of another request"
    elif ending.attempts not in attempts:
        yield f"it was tried {ending.attempts} times"


def _documented(error: Told) -> Iterator[str]:
    if not _is_a(error, "SdkError") or error.name not in (errors.__doc__ or ""):
        yield f"{error.name} is no documented error: {error.message[:160]}"
    if "\n" in error.message:
        yield "its message has several lines"
    if not error.pickles:
        yield f"{error.name} loses something when it is pickled"


def _is_interrupted(ending: Ending) -> Iterator[str]:
    if ending.error is None or ending.error.name not in _INTERRUPTIONS:
        yield f"the interruption came out as {_kind(ending)}"


def _is_a(error: Told, name: str) -> bool:
    # Which module of the runtime defines it is no matter of users.
    return any(
        one.startswith("codegen.runtime.") and one.endswith(f".{name}") for one in error.ancestors
    )


def _sees(one: Round, count: int) -> Iterator[str]:
    if len(one.requests) != count:
        yield f"the server saw {len(one.requests)} requests, not {count}"


# --- crowds ------------------------------------------------------------------------------------


def _of_crowd(one: Round, outcome: Observation) -> Iterator[str]:
    """Everyone gets the own answer, or the error that the letter promises, and nobody another's."""
    counts = Counter(seen.headers["x-echo"] for seen in one.requests)
    for ending in outcome.endings:
        seen = counts[str(ending.echo)]
        if one.cell.letter in REPEATED:
            if one.cell.ends_in_error:
                yield from _gives_up(ending, seen)
            else:
                yield from _succeeds(ending, attempts=(1, 2))
        elif ending.error is None:
            yield from _succeeds(ending, attempts=(1,))
        elif not _is_a(ending.error, "OutcomeUnknown"):
            yield f"it raised {ending.error.name}: {ending.error.message[:160]}"
        if one.cell.letter == "A" and seen != 1:
            yield f"the server saw a request {seen} times"
    resets = sum(count > 1 for count in counts.values())
    if one.cell.letter in REPEATED and not one.cell.ends_in_error and not resets:
        yield "no connection was reset: this tells nothing"


def _gives_up(ending: Ending, seen: int) -> Iterator[str]:
    if ending.error is None:
        yield "it gave a value"
        return
    yield from _documented(ending.error)
    if (ending.attempts, seen) != (ATTEMPTS, ATTEMPTS):
        yield f"it was tried {ending.attempts} times and seen {seen} times"


def _of_fork(one: Round, outcome: Observation) -> Iterator[str]:
    """Both processes get the own answers, over connections of their own."""
    for ending in outcome.endings:
        yield from _succeeds(ending, attempts=(1,))
    by_connection: dict[int, set[bool]] = {}
    for seen in one.requests:
        is_childs = int(seen.headers["x-echo"]) > 30
        by_connection.setdefault(seen.connection, set()).add(is_childs)
    if any(len(sides) > 1 for sides in by_connection.values()):
        yield "both processes sent on one connection"


# --- invariants --------------------------------------------------------------------------------


def _of_process(one: Round, outcome: Observation) -> Iterator[str]:
    bound = one.order.patience.total + LATENESS
    for ending in outcome.endings:
        if ending.seconds > bound and one.plan.drama is not Drama.CROWD:
            yield f"it ended after {ending.seconds:.2f} s, too late"
    if outcome.growth_bytes > 2 * MAX_RESPONSE_BYTES:
        yield f"the process grew by {outcome.growth_bytes >> 20} MiB"
    if outcome.leaked_files:
        yield f"descriptors are left: {', '.join(outcome.leaked_files)}"
    if outcome.leaked_threads:
        yield f"{outcome.leaked_threads} threads are left"
    if outcome.shows_secret:
        yield "the client's representation or its log shows the secret"
    if any(ending.error is not None and ending.error.shows_secret for ending in outcome.endings):
        yield "an error shows the secret"


def _of_wire(one: Round) -> Iterator[str]:
    carried = Counter(seen.connection for seen in one.seen)
    if one.plan.spoils:
        faulty = carried if one.cell.mode is Mode.PERSISTENT else {0: carried[0]}
        if any(count > 1 for count in faulty.values()):
            yield "a connection that saw the fault was used again"
    if any(seen.headers.get("authorization") != f"Bearer {SECRET}" for seen in one.requests):
        yield "a request went out without its credentials"
    if any("authorization" in seen.headers for seen in one.elsewhere):
        yield "another server got the credentials"
    if one.cell.verb is Verb.KEYED and not _has_own_key(one):
        yield "a try had another idempotency key"


def _has_own_key(one: Round) -> bool:
    posts = [seen for seen in one.requests if seen.method == "POST"]
    return all(
        seen.headers.get("idempotency-key") == f'"key-{seen.headers["x-echo"]}"' for seen in posts
    )


# --- what the catalogue demands of single faults -----------------------------------------------


def _says(pattern: str) -> Callable[[Round, Ending], Iterator[str]]:
    """The message of an error, if there is one, holds something."""

    def check(one: Round, ending: Ending) -> Iterator[str]:
        if ending.error is not None and not re.search(pattern, ending.error.message, re.I):
            yield f"the message does not say {pattern!r}: {ending.error.message[:200]}"

    return check


def _is(name: str, status: int) -> Callable[[Round, Ending], Iterator[str]]:
    """The error, if there is one, is of a class and has a status."""

    def check(one: Round, ending: Ending) -> Iterator[str]:
        error = ending.error
        if error is not None and not (_is_a(error, name) and error.status == status):
            yield f"it raised {error.name} with status {error.status}"

    return check


def _has_status(status: int) -> Callable[[Round, Ending], Iterator[str]]:
    def check(one: Round, ending: Ending) -> Iterator[str]:
        error = ending.error
        if error is not None and (error.status != status or _is_a(error, "DecodeError")):
            yield f"it raised {error.name} with status {error.status}"
        if error is not None and len(error.message) > 500:
            yield f"its message has {len(error.message)} characters"

    return check


def _does_not_wait(one: Round, ending: Ending) -> Iterator[str]:
    if ending.seconds > one.order.patience.read / 2:
        yield f"it waited {ending.seconds:.2f} s for nothing"


def _tells_retry_after(one: Round, ending: Ending) -> Iterator[str]:
    yield from _does_not_wait(one, ending)
    if ending.error is not None and ending.error.retry_after != 999_999_999:
        yield f"its retry_after is {ending.error.retry_after}"


def _keeps_the_request(one: Round, ending: Ending) -> Iterator[str]:
    first, *moved = one.requests
    for seen in moved:
        if (seen.method, seen.body) != (first.method, first.body) or seen.target != "/y":
            yield f"the redirect was followed with {seen.method} {seen.target} {seen.body[:40]!r}"


def _becomes_get(one: Round, ending: Ending) -> Iterator[str]:
    for seen in one.requests[1:]:
        contents = [name for name in seen.headers if name.startswith("content-")]
        if (seen.method, seen.target, seen.body, contents) != ("GET", "/y", b"", []):
            yield f"the redirect was followed with {seen.method} {seen.target} {contents}"


_MUSTS: Final[dict[str, Callable[[Round, Ending], Iterator[str]]]] = {
    "refused": _says("connect"),
    "dns-failure": _says("lab.test"),
    "connect-timeout": _says("time"),
    "garbage-status": _says("SSH-2"),
    "early-413": _has_status(413),
    "stall-headers": _says(r"[0-9] s|deadline"),
    "huge-content-length": _does_not_wait,
    "encoding-unknown": _says("x-rot13"),
    "429-retry-after-huge": _tells_retry_after,
    "500-json": _has_status(500),
    "502-html": _has_status(502),
    "504": _has_status(504),
    "409-conflict": _is("ClientError", 409),
    "401": _is("ClientError", 401),
    "404-html": _is("ClientError", 404),
    "200-empty": _says("empty"),
    "204-no-body": _does_not_wait,
    "200-html": _says("text/html"),
    "json-truncated": _is("DecodeError", 200),
    "json-wrong-schema": _says(r"\$"),
    "redirect-307-post": _keeps_the_request,
    "redirect-303-post": _becomes_get,
    "tls-self-signed": _says("certificate"),
    "tls-wrong-host": _says("certificate|mismatch|match"),
    "tls-expired": _says("expired"),
    "tls-plain-http": _says("http"),
    "proxy-refused": _says("proxy"),
    "proxy-407-502": _says("proxy"),
}
