"""Refusals print as one harmless line, whatever the document holds."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.errors import SpecError, WriteError, printable


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (SpecError("/paths/~1a/get", "has no responses"), "/paths/~1a/get: has no responses"),
        (SpecError("", "is empty", file="a.yaml"), "a.yaml: is empty"),
        (SpecError("", "is not YAML", file="a.yaml", line=3), "a.yaml:3: is not YAML"),
        (SpecError("/info", "no title", file="a.yaml", line=2), "a.yaml:2: /info: no title"),
        (SpecError("/info", "no title", line=2), "line 2: /info: no title"),
        (WriteError("sdk/a.py", "was not generated"), "sdk/a.py: was not generated"),
    ],
)
def test_an_error_says_what_is_known_in_one_line(error: Exception, line: str) -> None:
    assert line == str(error)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("größer 中", "größer 中"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x00\x1b[31m", r"\x00\x1b[31m"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2028\x85\ufeff\u200b", r"\u2028\x85\ufeff\u200b"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_is_not_plainly_visible_is_escaped(text: str, shown: str) -> None:
    assert shown == printable(text)


@given(st.text(st.characters(), max_size=400), st.text(st.characters(), max_size=400))
def test_an_error_is_one_printable_line_of_at_most_500_characters(pointer: str, what: str) -> None:
    for error in (
        SpecError("/" + pointer * 9, what * 9, file=pointer * 9, line=10**6),
        WriteError(pointer * 9, what * 9),
    ):
        assert str(error).isprintable()
        assert len(str(error)) <= 500


def test_a_long_pointer_keeps_its_beginning_and_a_long_path_its_end() -> None:
    shown = str(SpecError("/paths/" + "x" * 900, "what", file="f" * 900 + "/api.yaml", line=1))
    assert shown.startswith("...fff")
    assert "/api.yaml:1: /paths/xxx" in shown
    assert shown.endswith("xxx...: what")


def test_errors_pickle_and_copy_with_all_that_they_know() -> None:
    error = SpecError("/info", "no title", file="a.yaml", line=2)
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert vars(error) == vars(again)
        assert str(error) == str(again)
    other = WriteError("a.py", "was not generated")
    assert vars(other) == vars(pickle.loads(pickle.dumps(other)))
