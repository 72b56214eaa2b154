"""What the generator left out of account, told to people: warnings at once, the rest on request.

Only this module knows how notes are printed. Their text comes from the document, so it goes through
`errors`, which knows what may be printed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from .errors import SpecError
from .ir import Note
from .load import Sources

MAX_WARNINGS = 20
"""More are only counted."""

STANDARD_OUTPUT = "-"


def warn(sources: Sources, notes: Sequence[Note], stream: TextIO) -> None:
    """Print the warnings among the notes, a line each, and how many more there are."""
    warnings = [note for note in notes if note.is_warning]
    for line in _lines(sources, warnings[:MAX_WARNINGS]):
        print(line, file=stream)
    if len(warnings) > MAX_WARNINGS:
        print(f"and {len(warnings) - MAX_WARNINGS} more; see --report", file=stream)


def report(sources: Sources, notes: Sequence[Note], file: str, stream: TextIO) -> None:
    """Write all notes to a file, as JSON if it is named so; to `stream` if it is `-`.

    Raises:
        OSError: the disk refused.
    """
    text = _json(sources, notes) if file.endswith(".json") else _plain(sources, notes)
    if file == STANDARD_OUTPUT:
        stream.write(text)
    else:
        Path(file).write_text(text, encoding="utf-8")


def _plain(sources: Sources, notes: Sequence[Note]) -> str:
    return "".join(f"{line}\n" for line in _lines(sources, notes))


def _lines(sources: Sources, notes: Sequence[Note]) -> list[str]:
    lines = sources.lines_of(note.pointer for note in notes)
    return [
        str(
            SpecError(
                sources.pointer_of(note.pointer),
                note.what,
                file=str(sources.file_of(note.pointer)),
                line=lines.get(note.pointer),
            )
        )
        for note in notes
    ]


def _json(sources: Sources, notes: Sequence[Note]) -> str:
    lines = sources.lines_of(note.pointer for note in notes)
    told = [
        {
            "file": str(sources.file_of(note.pointer)),
            "line": lines.get(note.pointer),
            "pointer": sources.pointer_of(note.pointer),
            "what": note.what,
            "warning": note.is_warning,
        }
        for note in notes
    ]
    return json.dumps(told, indent=2) + "\n"
