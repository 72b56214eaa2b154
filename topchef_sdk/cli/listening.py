"""`topchef listen`: a listener as a program, and what its journal keeps."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any, Literal, NoReturn
from uuid import UUID

import click
from attrs import frozen

from ..api import RequestError, Urllib3Transport
from ..client import Client
from ..errors import TopChefError
from ..listener import ListenerOptions
from ..listener.journal import default_path
from ..listener.program import CONFIGURATION, end_if_held_up, work_once, work_until_told
from ..listener.shard import ALL, Shard
from ..listener.threads import THREAD_DIED
from .contact import Contact
from .endings import complain, end, told
from .group import server_url, topchef
from .keeping import send_rest, show_journal
from .named import AnyListener, executor_named, listener_named, told_in_one_line
from .showing import log_to_standard_error, note
from .watching import shown

_Policy = Literal["error", "retry"]
_Interrupted = Literal["error", "requeue"]


@frozen(kw_only=True)
class _Wishes:
    """What was asked for on the command line."""

    listener: str | None
    service: UUID
    url: str
    timeout: float
    executor: str
    concurrency: int | None
    shard: str | None
    drain_timeout: float | None
    journal: Path | None
    no_journal: bool
    on_crash: _Policy | None
    on_interrupt: _Interrupted | None
    max_attempts: int | None
    once: bool
    flush: bool
    status: bool
    json: bool


@topchef.command()
@click.argument("listener", metavar="[MODULE:NAME]", required=False)
@click.option("--service", type=click.UUID, required=True, help="The service to work for.")
@click.option("--once", is_flag=True, help="Do at most one job, and end.")
@click.option("--concurrency", type=click.IntRange(min=1), help="How many jobs run at a time.  [1]")
@click.option(
    "--executor",
    metavar="thread|process|MODULE:NAME",
    default="thread",
    show_default=True,
    help="Where jobs run: NAME is a function that makes a concurrent.futures.Executor.",
)
@click.option("--shard", metavar="K/N", help="Only the K-th of N parts of all jobs.")
@click.option(
    "--on-crash",
    type=click.Choice(["error", "retry"]),
    help="What becomes of a job whose worker died.  [error: it is run at most once]",
)
@click.option(
    "--max-attempts",
    type=click.IntRange(min=1),
    help="How many times a job is run at most, with --on-crash retry.  [3]",
)
@click.option(
    "--on-interrupt",
    type=click.Choice(["error", "requeue"]),
    help="What becomes of a job that was cancelled and does not end.  [error]",
)
@click.option(
    "--drain-timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="After a stop, cancel jobs that take longer.  [no limit]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="The most seconds between check-ins.",
)
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that keeps outcomes until they are sent.  [in the user's state directory]",
)
@click.option("--no-journal", is_flag=True, help="Keep outcomes in memory alone.")
@click.option("--status", is_flag=True, help="Show what the journal keeps, and end.")
@click.option("--json", is_flag=True, help="With --status: a JSON object a line, with results.")
@click.option("--flush", is_flag=True, help="Send what waits in the journal, and end.")
@server_url
@told
def listen(**wishes: Any) -> NoReturn:
    """Work for a service with the ServiceListener, or the function, that MODULE:NAME names.

    Ctrl-C or SIGTERM takes no more jobs and finishes those at hand; a second one, a second later,
    cancels them; a third ends the process. What is not delivered stays in the journal.

    \b
    Exit codes: 0 all is done, 2 wrong usage, 70 a part of the listener failed
    again and again, 75 outcomes wait for the server, 78 the service or a setting
    is wrong, 130 jobs were cut short.
    """
    asked = _Wishes(**wishes)
    _refuse_contradictions(asked)
    try:
        if asked.status:
            show_journal(_journal_path(asked), is_json=asked.json)
            sys.exit(0)
        log_to_standard_error()
        contact = Contact(Urllib3Transport())
        try:
            sys.exit(_listen(asked, contact))
        finally:
            contact.close()
    except _SettingError as error:
        end(str(error), CONFIGURATION)


class _SettingError(Exception):
    """Something that was asked for cannot be."""


def _refuse_contradictions(asked: _Wishes) -> None:
    looks_on = asked.status or asked.flush
    if asked.status + asked.flush + asked.once > 1:
        raise click.UsageError("--once, --flush and --status exclude each other")
    if not (asked.listener or looks_on):
        raise click.UsageError("Missing argument 'MODULE:NAME'")
    if asked.json and not asked.status:
        raise click.UsageError("--json is for --status")
    if asked.no_journal and (asked.journal or looks_on):
        raise click.UsageError("--no-journal leaves no journal to use")
    if asked.max_attempts is not None and asked.on_crash != "retry":
        raise click.UsageError("--max-attempts is for --on-crash retry")


def _listen(asked: _Wishes, contact: Contact) -> int:
    try:
        client = Client(asked.url, transport=contact)
    except RequestError as error:
        raise _SettingError(str(error)) from None
    if asked.flush:
        return send_rest(client, _journal_path(asked))
    listener = _listener(asked, client)
    if asked.once:
        return work_once(listener, tell=_tell)
    with shown(lambda: listener.tally, contact) as show:
        code = work_until_told(listener, tell=_tell, watch=show)
    end_if_held_up(listener)
    return code


def _listener(asked: _Wishes, client: Client) -> AnyListener:
    name = asked.listener or ""
    try:
        make, options = listener_named(name), _options(asked)
    except ValueError as error:
        raise _SettingError(f"MODULE:NAME: {error}") from None
    try:
        return make(client, asked.service, asked.timeout, options)
    except (TopChefError, TypeError, ValueError) as error:
        raise _SettingError(f"{name} cannot be made: {told_in_one_line(error)}") from None
    except Exception as error:  # its constructor may look for an instrument, say
        end(f"{name} cannot be made: {told_in_one_line(error)}", THREAD_DIED)


def _options(asked: _Wishes) -> ListenerOptions:
    """What was asked for; a subclass with a constructor of its own need not take anything else."""
    options: ListenerOptions = {}
    executor = executor_named(asked.executor, asked.concurrency or 1)
    if executor is not None:
        options["executor"] = executor
    if asked.concurrency is not None:
        options["concurrency"] = asked.concurrency
    if _shard(asked) != ALL:
        options["shard"] = asked.shard
    if asked.on_crash is not None:
        options["on_crash"] = asked.on_crash
    if asked.max_attempts is not None:
        options["max_attempts"] = asked.max_attempts
    if asked.on_interrupt is not None:
        options["on_interrupt"] = asked.on_interrupt
    if asked.drain_timeout is not None:
        options["drain_timeout"] = asked.drain_timeout
    if asked.journal is not None:
        options["journal"] = asked.journal
    if asked.no_journal:
        options["journal"] = None
    return options


def _shard(asked: _Wishes) -> Shard:
    try:
        return ALL if asked.shard is None else Shard.read(asked.shard)
    except ValueError as error:
        raise _SettingError(str(error)) from None


def _journal_path(asked: _Wishes) -> Path:
    return asked.journal or default_path(asked.service, _shard(asked))


def _tell(level: int, line: str) -> None:
    if level >= logging.ERROR:
        complain(line)
    else:
        note(line)
