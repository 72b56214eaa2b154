"""`topchef serve` and `demo`: the embedded server, alone and at work."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..demo import Demonstration, run_demo
from .endings import INVALID, JOB_FAILED, NO_SERVER, end, told
from .group import topchef
from .interrupts import interrupted_by_signals
from .showing import err, show_table


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
@told
def serve(db: Path | None, host: str, port: int) -> None:
    """Serve the TopChef API until Ctrl-C or SIGTERM; both end it in peace, with exit code 0.

    There is no authentication: whoever reaches the address can do everything.
    """
    with _needs_server():
        from ..server import StoreError
        from ..server import serve as serve_until_stopped

    def started(url: str) -> None:
        print(f"serving {url} from {db or 'memory'}; Ctrl-C ends it", flush=True)

    try:
        serve_until_stopped(host, port, db, started=started)
    except StoreError as error:
        end(str(error), INVALID)
    except OSError as error:
        # The text of the error itself names the address once more.
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else error.strerror or error
        end(f"cannot serve at {host} port {port}: {reason}", NO_SERVER)


@topchef.command()
@click.option(
    "--jobs",
    "count",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="How many jobs to send.",
)
@told
def demo(count: int) -> None:
    """Send jobs through a server, a listener and a client over HTTP, all on this machine."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        _needs_server(),
        interrupted_by_signals(),
        Progress(*columns, TimeElapsedColumn(), console=err) as progress,
    ):
        submitted = progress.add_task("submitted", total=count)
        finished = progress.add_task("finished", total=count)
        shown = run_demo(
            count,
            on_submitted=lambda: progress.advance(submitted),
            on_finished=lambda: progress.advance(finished),
        )
    show_table(("what", "how much"), _figures(shown))
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


@contextmanager
def _needs_server() -> Generator[None]:
    """Say what to install where the libraries of the server are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        end(f"{error.name} is missing; pip install 'topchef-sdk[server]'", INVALID)
