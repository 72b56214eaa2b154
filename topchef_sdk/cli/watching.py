"""The line that shows what a listener is doing, in place, below its log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from rich.live import Live
from rich.text import Text

from ..listener import Tally
from ..one_line import one_line
from .contact import Contact
from .showing import err

_LONGEST_MESSAGE = 60


@contextmanager
def shown(tally: Callable[[], Tally], contact: Contact) -> Generator[Callable[[], None]]:
    """Show a listener's tally on a terminal; gives what shows it anew.

    What is logged or printed meanwhile appears above the line.
    """
    if not err.is_terminal:
        yield _nothing
        return
    with Live(
        console=err,
        auto_refresh=False,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    ) as live:
        # A process that is ended at once could not show it again.
        err.show_cursor(True)

        def show() -> None:
            text = status_text(tally(), contact.lost_for)
            live.update(Text(text, no_wrap=True, overflow="ellipsis"), refresh=True)

        yield show


def status_text(tally: Tally, lost_for: float | None) -> str:
    """A tally in one line, with what a person has to know first."""
    return " · ".join(_parts(tally, lost_for))


def _parts(tally: Tally, lost_for: float | None) -> Iterator[str]:
    if lost_for is not None:
        yield f"no contact for {lost_for:.0f} s"
    if tally.undelivered:
        yield f"{tally.undelivered} to be sent"
    endings = sorted((ending.value, count) for ending, count in tally.endings.items() if count)
    if endings:
        yield ", ".join(f"{count} {ending}" for ending, count in endings)
    if not tally.running:
        yield "no job"
    for job_id, (fraction, message) in tally.running.items():
        # A handler that never tells its progress has not come to 0 %.
        done = f"{fraction:.0%}" if fraction or message else "at work"
        yield f"job {str(job_id)[:8]} {done} {one_line(message, _LONGEST_MESSAGE)}".rstrip()


def _nothing() -> None:
    """Show nothing."""
