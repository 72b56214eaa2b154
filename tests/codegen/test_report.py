"""Warnings are a line each, at most twenty; a report has everything, as text or as JSON."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from codegen.ir import Note
from codegen.load import Sources, load
from codegen.report import report, warn


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    (tmp_path / "b.yaml").write_text("x: 1\nB: {}\n")
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\ncomponents:\n  schemas:\n    A: {$ref: 'b.yaml#/B'}\n")
    return load(path).sources


NOTES = [
    Note(pointer="/components/schemas", what="is odd", is_warning=True),
    Note(pointer="b.yaml#/B", what="is \x1b[31m left out"),
]


def test_warnings_alone_are_printed_with_their_places(sources: Sources) -> None:
    stream = io.StringIO()
    warn(sources, NOTES, stream)
    assert f"{sources.path}:3: /components/schemas: is odd\n" == stream.getvalue()


def test_more_than_twenty_warnings_are_counted(sources: Sources) -> None:
    stream = io.StringIO()
    many = [Note(pointer="/a", what=str(place), is_warning=True) for place in range(23)]
    warn(sources, many, stream)
    lines = stream.getvalue().splitlines()
    assert [f"{sources.path}:1: /a: 19", "and 3 more; see --report"] == lines[19:]


def test_a_report_has_every_note_in_printable_lines(sources: Sources) -> None:
    stream = io.StringIO()
    report(sources, NOTES, "-", stream)
    beside = sources.path.parent / "b.yaml"
    assert [
        f"{sources.path}:3: /components/schemas: is odd",
        rf"{beside}:2: /B: is \x1b[31m left out",
    ] == stream.getvalue().splitlines()


def test_a_report_that_is_named_so_is_json(sources: Sources, tmp_path: Path) -> None:
    stream = io.StringIO()
    file = tmp_path / "notes.json"
    report(sources, NOTES, str(file), stream)
    assert "" == stream.getvalue()
    assert [
        {
            "file": str(sources.path),
            "line": 3,
            "pointer": "/components/schemas",
            "what": "is odd",
            "warning": True,
        },
        {
            "file": str(sources.path.parent / "b.yaml"),
            "line": 2,
            "pointer": "/B",
            "what": "is \x1b[31m left out",
            "warning": False,
        },
    ] == json.loads(file.read_text())
