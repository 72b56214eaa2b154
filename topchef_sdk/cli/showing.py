"""What commands show: for people on a terminal, for programs elsewhere.

Tables are for people: where standard output is no terminal, a line has fields between tabs. Texts
of others (servers, handlers) cannot command a terminal.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from ..api import Json
from ..one_line import one_line

err: Console = Console(stderr=True)
"""Standard error, for people."""


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people, or lines for programs."""
    shown = [[one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in shown:
            print("\t".join(row))
        return
    if not shown:
        note("there are none")
        return
    table = Table()
    for index, heading in enumerate(headings):
        # An id is to be copied, so it stays whole.
        table.add_column(heading, no_wrap=index == 0, overflow="fold")
    for row in shown:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def as_json(value: Json, indent: int | None = None) -> str:
    """JSON in which what a terminal cannot show, or would obey, is escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return "\n".join(printable(line) for line in text.split("\n"))


def printable(text: str) -> str:
    """The text on one line, with what a terminal cannot show, or would obey, escaped."""
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1] for character in text
    )


def note(message: str) -> None:
    """A line for whoever watches."""
    print(one_line(message), file=sys.stderr, flush=True)


def log_to_standard_error() -> None:
    """In colour for people; for a log file or a journal one line a record, however long."""
    if err.is_terminal:
        handler: logging.Handler = RichHandler(console=err, show_path=False)
        handler.setFormatter(_PrintableRecords("%(message)s"))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(_PrintableRecords("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class _PrintableRecords(logging.Formatter):
    """Records whose messages, which quote servers and handlers, stay on one line."""

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        """A record without its traceback."""
        return printable(super().formatMessage(record))
