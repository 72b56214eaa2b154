"""The command line: the only module that knows click and rich.

Exit codes: 0 done; 1 a job failed; 2 wrong usage or invalid input; 3 the server cannot be
reached or refuses; 130 interrupted. An error is one line on standard error.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import IO, ParamSpec, TypeVar
from uuid import UUID

import click
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .api import JsonObject, RequestError, is_object
from .client import Client
from .demo import Demonstration, run_demo
from .errors import JobFailedError, NetworkError, TopChefError, ValidationError
from .job import Job
from .listener import ServiceListener

P = ParamSpec("P")
R = TypeVar("R")

JOB_FAILED = 1
INVALID = 2
NO_SERVER = 3

DEFAULT_URL = "http://127.0.0.1:8080"

_out = Console()
_err = Console(stderr=True)


def _tell(message: str, code: int) -> None:
    """End with one line and an exit code."""
    print(f"topchef: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(code)


def _told(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors of a command into one line and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except JobFailedError as error:
            _tell(str(error), JOB_FAILED)
        except (ValidationError, RequestError) as error:
            _tell(str(error), INVALID)
        except NetworkError as error:
            _tell(str(error), NO_SERVER)
        except (TopChefError, TimeoutError) as error:
            _tell(str(error), JOB_FAILED)
        raise AssertionError("unreachable: every branch exits")

    return run


_url = click.option(
    "--url",
    envvar="TOPCHEF_URL",
    default=DEFAULT_URL,
    show_default=True,
    help="The server; also from the environment, as TOPCHEF_URL.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="topchef-sdk")
def topchef() -> None:
    """Post jobs to laboratory services, work for a service, or serve the TopChef API.

    Exit codes: 0 done, 1 a job failed, 2 wrong usage or invalid input, 3 the server cannot be
    reached or refuses, 130 interrupted.
    """


@topchef.command()
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The database file, made where it is missing. Without one, all is lost at the end.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, help="The port; 0 takes a free one.")
@_told
def serve(db: Path | None, host: str, port: int) -> None:
    """Serve the TopChef API until Ctrl-C."""
    try:
        from .server import StoreError
        from .server import serve as serve_until_stopped
    except ModuleNotFoundError as error:
        _tell(f"{error.name} is missing; pip install 'topchef-sdk[server]'", INVALID)
        return

    def started(url: str) -> None:
        print(f"serving {url} from {db or 'memory'}; Ctrl-C ends it", flush=True)

    try:
        serve_until_stopped(host, port, db, started=started)
    except StoreError as error:
        _tell(str(error), INVALID)
    except OSError as error:
        _tell(f"cannot serve at {host}:{port}: {error.strerror or error}", NO_SERVER)


@topchef.command()
@_url
@_told
def services(url: str) -> None:
    """List the services of a server."""
    with Client(url) as client:
        table = Table("id", "name", "state", "description")
        for service in client.services.values():
            state = "available" if service.is_available else "away"
            table.add_row(str(service.id), service.name, state, service.description)
    _out.print(table)


@topchef.command()
@click.argument("service", type=click.UUID)
@click.argument("parameters", type=str)
@click.option("--wait/--no-wait", default=False, help="Wait for the results and print them.")
@click.option("--timeout", type=float, help="The most seconds to wait.")
@_url
@_told
def submit(service: UUID, parameters: str, wait: bool, timeout: float | None, url: str) -> None:
    """Post a job to SERVICE.

    PARAMETERS is a JSON object, `@FILE` to read one from a file, or `-` from standard input.
    """
    with Client(url) as client:
        job = client.services[service].new_job(_json_object(parameters))
        if wait:
            print(json.dumps(job.wait(timeout=timeout, progress=True)))
        else:
            print(job.id)


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
        listed = client.jobs if service is None else client.services[service].jobs
        table = Table("id", "status", "submitted")
        for one in listed:
            table.add_row(
                str(one.id), str(one.last_status), one.date_submitted.isoformat(" ", "seconds")
            )
    _out.print(table)


@topchef.command()
@click.argument("listener", metavar="MODULE:CLASS")
@click.option("--service", type=click.UUID, required=True, help="The service to work for.")
@click.option("--timeout", default=30.0, show_default=True, help="Most seconds between check-ins.")
@_url
@_told
def listen(listener: str, service: UUID, timeout: float, url: str) -> None:
    """Work for a service with the ServiceListener that MODULE:CLASS names.

    Ctrl-C takes no more jobs, finishes the one at hand, and ends; a second one ends at once.
    """
    logging.basicConfig(
        level=logging.INFO,
        format="%(message)s",
        handlers=[RichHandler(console=_err, show_path=False)],
    )
    cls = _listener_class(listener)
    with Client(url) as client:
        client.services[service]  # a wrong id is told at once
        worker = cls(client, service, timeout)
        with worker, _interrupts_as_exit():
            _err.print(f"listening for jobs of {service} at {url}; Ctrl-C ends it")
            worker.join()


@topchef.command()
@click.option("--jobs", "count", default=200, show_default=True, help="How many jobs to send.")
@_told
def demo(count: int) -> None:
    """Send jobs through a server, a listener and a client over HTTP, all on this machine."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=_err) as progress, _interrupts_as_exit():
        submitted = progress.add_task("submitted", total=count)
        finished = progress.add_task("finished", total=count)
        shown = run_demo(
            count,
            on_submitted=lambda: progress.advance(submitted),
            on_finished=lambda: progress.advance(finished),
        )
    _out.print(_demo_table(shown))
    print(f"{shown.jobs} jobs: {shown.right} right")
    if shown.right != shown.jobs:
        sys.exit(JOB_FAILED)


def _demo_table(shown: Demonstration) -> Table:
    table = Table("what", "how much")
    table.add_row("jobs", str(shown.jobs))
    table.add_row("right", str(shown.right))
    table.add_row("seconds", f"{shown.seconds:.1f}")
    table.add_row("jobs a second", f"{shown.jobs / shown.seconds:.0f}")
    table.add_row("requests of the listener a job", f"{shown.listener_requests / shown.jobs:.2f}")
    table.add_row("server", shown.url)
    return table


def _show(job: Job) -> None:
    details = job.job_details
    record = {
        "id": str(details.id),
        "status": str(details.status),
        "date_submitted": details.date_submitted.isoformat(),
        "parameters": details.parameters,
        "results": job.results,
    }
    print(json.dumps(record, indent=2, ensure_ascii=False))


def _json_object(text: str) -> JsonObject:
    try:
        value = json.loads(_source(text))
    except OSError as error:
        raise click.BadParameter(f"{text}: {error.strerror}") from None
    except ValueError as error:
        raise click.BadParameter(f"PARAMETERS is not JSON: {error}") from None
    if not is_object(value):
        raise click.BadParameter("PARAMETERS must be a JSON object")
    return value


def _source(text: str) -> str:
    if text == "-":
        return _all_of(sys.stdin)
    return Path(text[1:]).read_text("utf-8") if text.startswith("@") else text


def _all_of(stream: IO[str]) -> str:
    return stream.read()


def _listener_class(name: str) -> type[ServiceListener]:
    """The class that MODULE:CLASS names, also in the current folder."""
    module_name, _, class_name = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: object = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise click.BadParameter(f"{name}: {error}", param_hint="MODULE:CLASS") from None
    if not (isinstance(found, type) and issubclass(found, ServiceListener)):
        raise click.BadParameter(f"{name} is no ServiceListener", param_hint="MODULE:CLASS")
    return found


@contextmanager
def _interrupts_as_exit() -> Generator[None, None, None]:
    """SIGTERM ends a command as Ctrl-C does, with the exit code that the shell expects."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    finally:
        signal.signal(signal.SIGTERM, earlier)
