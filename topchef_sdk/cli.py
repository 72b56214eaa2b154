"""The command line: the only module that knows click and rich.

Exit codes: 0 done; 1 a job failed, or did not end in time; 2 wrong usage or invalid input; 3 the
server cannot be reached or refuses; 130 interrupted. An error is one line on standard error.
Tables are for people: where standard output is no terminal, a line has fields between tabs.
"""

from __future__ import annotations

import inspect
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn, ParamSpec, TypeVar
from uuid import UUID

import click
from click.exceptions import NoArgsIsHelpError
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .api import Json, JsonObject, RequestError, is_object
from .client import Client
from .connection import results_of
from .demo import Demonstration, run_demo
from .errors import JobFailedError, NetworkError, TopChefError, ValidationError
from .job import Job
from .listener import ServiceListener
from .one_line import one_line
from .service import Service

P = ParamSpec("P")
R = TypeVar("R")

JOB_FAILED = 1
INVALID = 2
NO_SERVER = 3
INTERRUPTED = 128 + signal.SIGINT

DEFAULT_URL = "http://127.0.0.1:8080"

_err = Console(stderr=True)


def _tell(message: str, code: int) -> NoReturn:
    """End with one line and an exit code."""
    print(f"topchef: {one_line(message, 1000)}", file=sys.stderr)
    sys.exit(code)


def _told(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors of a command into one line and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            _tell("interrupted", INTERRUPTED)
        except JobFailedError as error:
            _tell(str(error), JOB_FAILED)
        except (ValidationError, RequestError) as error:
            _tell(str(error), INVALID)
        except NetworkError as error:
            _tell(str(error), NO_SERVER)
        except (TopChefError, TimeoutError) as error:
            _tell(str(error), JOB_FAILED)

    return run


class _OneLineErrors(click.Group):
    """Commands whose wrong usage is told in one line, as everything that is wrong."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run a command and exit."""
        try:
            code: object = super().main(*args, **{**options, "standalone_mode": False})
        except NoArgsIsHelpError as help_text:
            help_text.show()
            sys.exit(INVALID)
        except click.UsageError as error:
            where = "topchef" if error.ctx is None else error.ctx.command_path
            _tell(f"{error.format_message().rstrip('.')}; see '{where} --help'", INVALID)
        except click.ClickException as error:
            _tell(error.format_message(), INVALID)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


_url = click.option(
    "--url",
    envvar="TOPCHEF_URL",
    default=DEFAULT_URL,
    show_default=True,
    help="The server; also from the environment, as TOPCHEF_URL.",
)


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="topchef-sdk", prog_name="topchef")
def topchef() -> None:
    """Post jobs to laboratory services, work for a service, or serve the TopChef API.

    Exit codes: 0 done, 1 a job failed or did not end in time, 2 wrong usage or invalid input, 3
    the server cannot be reached or refuses, 130 interrupted.
    """


@topchef.command()
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The database file, made where it is missing. Without one, all is lost at the end.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@_told
def serve(db: Path | None, host: str, port: int) -> None:
    """Serve the TopChef API until Ctrl-C or SIGTERM; both end it in peace, with exit code 0.

    There is no authentication: whoever reaches the address can do everything.
    """
    with _needs_server():
        from .server import StoreError
        from .server import serve as serve_until_stopped

    def started(url: str) -> None:
        print(f"serving {url} from {db or 'memory'}; Ctrl-C ends it", flush=True)

    try:
        serve_until_stopped(host, port, db, started=started)
    except StoreError as error:
        _tell(str(error), INVALID)
    except OSError as error:
        # The text of the error itself names the address once more.
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else error.strerror or error
        _tell(f"cannot serve at {host} port {port}: {reason}", NO_SERVER)


@topchef.command()
@_url
@_told
def services(url: str) -> None:
    """List the services of a server."""
    with Client(url) as client:
        rows = [
            (str(service.id), service.name, _state(service), service.description)
            for service in client.services.values()
        ]
    _show_table(("id", "name", "state", "description"), rows)


@topchef.command()
@click.argument("service", type=click.UUID)
@click.argument("parameters", type=str)
@click.option("--wait/--no-wait", default=False, help="Wait for the results and print them.")
@click.option("--timeout", type=click.FloatRange(min=0), help="The most seconds to wait.")
@_url
@_told
def submit(service: UUID, parameters: str, wait: bool, timeout: float | None, url: str) -> None:
    """Post a job to SERVICE.

    PARAMETERS is a JSON object, `@FILE` to read one from a file, or `-` from standard input.
    """
    with Client(url) as client:
        job = client.services[service].new_job(_json_object(parameters))
        if not wait:
            print(job.id)
            return
        try:
            print(_json(job.wait(timeout=timeout, progress=True)))
        except KeyboardInterrupt:
            _tell(f"interrupted; job {job.id} goes on without you", INTERRUPTED)


@topchef.command()
@click.argument("job", type=click.UUID, required=False)
@click.option("--service", type=click.UUID, help="Only the jobs of this service.")
@_url
@_told
def jobs(job: UUID | None, service: UUID | None, url: str) -> None:
    """List jobs, or show JOB with its parameters and results."""
    with Client(url) as client:
        if job is not None:
            _show(Job(client, job))
            return
        listed = client.jobs if service is None else Service(service, client).jobs
        rows = [
            (str(one.id), str(one.last_status), one.date_submitted.isoformat(" ", "seconds"))
            for one in listed
        ]
    _show_table(("id", "status", "submitted"), rows)


@topchef.command()
@click.argument("listener", metavar="MODULE:CLASS")
@click.option("--service", type=click.UUID, required=True, help="The service to work for.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="The most seconds between check-ins.",
)
@_url
@_told
def listen(listener: str, service: UUID, timeout: float, url: str) -> None:
    """Work for a service with the ServiceListener that MODULE:CLASS names.

    Ctrl-C or SIGTERM takes no more jobs, finishes the one at hand, and ends in peace, with exit
    code 0; a second one ends at once, with 130.
    """
    cls = _listener_class(listener)
    _log_to_standard_error()
    with Client(url) as client:
        name = client.services[service].name  # a wrong id is told at once
        worker = cls(client, service, timeout)

        def stop() -> None:
            worker.stop()
            # A terminal has just shown ^C.
            start = "\n" if sys.stderr.isatty() else ""
            _note("no more jobs are taken; Ctrl-C again ends at once", start=start)

        with _calls_at_interrupt(stop), worker:
            _note(f"listening for jobs of {name!r} at {client.url}; Ctrl-C ends it")
            worker.join()
    _note("the listener has stopped")


@topchef.command()
@click.option(
    "--jobs",
    "count",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="How many jobs to send.",
)
@_told
def demo(count: int) -> None:
    """Send jobs through a server, a listener and a client over HTTP, all on this machine."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        _needs_server(),
        _calls_at_interrupt(_raise_interrupt),
        Progress(*columns, TimeElapsedColumn(), console=_err) as progress,
    ):
        submitted = progress.add_task("submitted", total=count)
        finished = progress.add_task("finished", total=count)
        shown = run_demo(
            count,
            on_submitted=lambda: progress.advance(submitted),
            on_finished=lambda: progress.advance(finished),
        )
    _show_table(("what", "how much"), _figures(shown))
    print(f"{shown.jobs} jobs: {shown.right} right")
    if shown.right != shown.jobs:
        sys.exit(JOB_FAILED)


def _figures(shown: Demonstration) -> Iterable[tuple[str, str]]:
    yield "jobs", str(shown.jobs)
    yield "right", str(shown.right)
    yield "seconds", f"{shown.seconds:.1f}"
    yield "jobs a second", f"{shown.jobs / shown.seconds:.0f}"
    yield "requests of the listener a job", f"{shown.listener_requests / shown.jobs:.2f}"
    yield "server", shown.url


# What is shown.


def _show_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people, or lines for programs; texts of others cannot command a terminal."""
    shown = [[one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in shown:
            print("\t".join(row))
        return
    if not shown:
        _note("there are none")
        return
    table = Table()
    for index, heading in enumerate(headings):
        # An id is to be copied, so it stays whole.
        table.add_column(heading, no_wrap=index == 0, overflow="fold")
    for row in shown:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _state(service: Service) -> str:
    """Whether somebody works for the service: 2.0 calls a service unavailable until it is told."""
    return "silent" if service.has_timed_out else "alive"


def _show(job: Job) -> None:
    details = job.job_details
    record = {
        "id": str(details.id),
        "status": str(details.status),
        "date_submitted": details.date_submitted.isoformat(),
        "parameters": details.parameters,
        "results": results_of(details),
    }
    print(_json(record, indent=2))


def _json(value: Json, indent: int | None = None) -> str:
    """JSON in which what a terminal cannot show, or would obey, is escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return "".join(
        character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]
        for character in text
    )


def _note(message: str, *, start: str = "") -> None:
    """A line for whoever watches."""
    print(f"{start}{one_line(message)}", file=sys.stderr, flush=True)


def _log_to_standard_error() -> None:
    """In colour for people; for a log file or a journal one line a record, however long."""
    if _err.is_terminal:
        handler: logging.Handler = RichHandler(console=_err, show_path=False)
        logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[handler])
    else:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")


# What is given.


def _json_object(text: str) -> JsonObject:
    try:
        value = json.loads(_source(text))
    except OSError as error:
        raise _wrong_parameters(f"{text}: {error.strerror or error}") from None
    except ValueError as error:
        raise _wrong_parameters(f"not JSON: {error}") from None
    except RecursionError:
        raise _wrong_parameters("nested too deeply") from None
    if not is_object(value):
        raise _wrong_parameters("not a JSON object")
    return value


def _wrong_parameters(message: str) -> click.ClickException:
    return click.ClickException(f"PARAMETERS: {message}")


def _source(text: str) -> str:
    if text == "-":
        return _all_of(sys.stdin)
    return Path(text[1:]).read_text("utf-8") if text.startswith("@") else text


def _all_of(stream: IO[str]) -> str:
    return stream.read()


def _listener_class(name: str) -> type[ServiceListener]:
    """The class that MODULE:CLASS names, also in the current folder."""
    module_name, _, class_name = name.partition(":")
    if not (module_name and class_name):
        raise _wrong_listener(f"{name!r} has not the form MODULE:CLASS")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: object = getattr(import_module(module_name), class_name)
    except Exception as error:  # a module may fail in every way
        raise _wrong_listener(f"{name}: {_told_in_one_line(error)}") from None
    if not (isinstance(found, type) and issubclass(found, ServiceListener)):
        raise _wrong_listener(f"{name} is no ServiceListener")
    if inspect.isabstract(found):
        missing = ", ".join(sorted(found.__abstractmethods__))
        raise _wrong_listener(f"{name} does not say how to {missing}")
    return found


def _wrong_listener(message: str) -> click.ClickException:
    return click.ClickException(f"MODULE:CLASS: {message}")


def _told_in_one_line(error: Exception) -> str:
    """What went wrong, and where, if that is in a module that was found."""
    if isinstance(error, (ImportError, AttributeError)):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"


@contextmanager
def _needs_server() -> Generator[None, None, None]:
    """Say what to install where the libraries of the server are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        _tell(f"{error.name} is missing; pip install 'topchef-sdk[server]'", INVALID)


# Interrupts.


@contextmanager
def _calls_at_interrupt(action: Callable[[], None]) -> Generator[None, None, None]:
    """Do something at Ctrl-C or SIGTERM; the second one ends the process there and then."""
    is_first = True

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_first
        if not is_first:
            os._exit(INTERRUPTED)  # jobs run in threads that nothing else would end
        is_first = False
        action()

    earlier = [(one, signal.signal(one, interrupted)) for one in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for number, handler in earlier:
            signal.signal(number, handler)


def _raise_interrupt() -> None:
    raise KeyboardInterrupt
