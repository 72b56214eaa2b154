"""Error reports: what a listener writes, and what is read of anything that looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk.api import Json, JsonObject
from topchef_sdk.one_line import LONGEST, one_line
from topchef_sdk.report import BARE_REPORT, KEY, ErrorKind, error_report, failure_in


def test_a_report_follows_rfc_9457_under_one_key() -> None:
    expected = {
        "$topchef": {
            "v": 1,
            "error": {
                "kind": "handler",
                "title": "ValueError",
                "detail": "no sample",
                "retryable": True,
                "data": {"temperature": 4},
            },
        }
    }

    assert expected == error_report(
        ErrorKind.HANDLER, "ValueError", "no sample", retryable=True, data={"temperature": 4}
    )


def test_a_report_is_read_as_it_was_written() -> None:
    failure = failure_in(error_report(ErrorKind.VALIDATION, "Invalid parameters", "$: no"))

    assert failure is not None
    assert "Invalid parameters: $: no" == failure.message
    assert "validation" == failure.report["kind"]
    assert "data" not in failure.report


def test_the_bare_report_says_that_there_is_no_reason() -> None:
    failure = failure_in(BARE_REPORT)

    assert failure is not None
    assert "Error: the service gave no reason" == failure.message


NO_REPORTS: list[JsonObject | None] = [
    None,
    {},
    {"value": 4},
    {"error": {"title": "x"}},
    {KEY: None},
    {KEY: "x"},
    {KEY: []},
    {KEY: {}},
    {KEY: {"v": 1}},
    {KEY: {"error": None}},
    {KEY: {"error": "x"}},
]


@pytest.mark.parametrize("results", NO_REPORTS)
def test_results_are_no_report(results: JsonObject | None) -> None:
    assert failure_in(results) is None


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({}, "no reason given"),
        ({"title": ""}, "no reason given"),
        ({"title": "No"}, "No"),
        ({"detail": "sample"}, "sample"),
        ({"title": "a\nb", "detail": "\x1b[2J"}, "a b: \\x1b[2J"),
        ({"title": 5, "detail": ["x"]}, "5: ['x']"),
    ],
)
def test_whatever_a_report_says_is_one_line(error: JsonObject, message: str) -> None:
    failure = failure_in({KEY: {"error": error}})

    assert failure is not None
    assert (message, error) == (failure.message, failure.report)


def _json() -> st.SearchStrategy[Json]:
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )


@given(title=_json(), detail=_json())
def test_any_report_can_be_read(title: Json, detail: Json) -> None:
    failure = failure_in({KEY: {"error": {"title": title, "detail": detail}}})

    assert failure is not None
    assert failure.message.isprintable()
    assert 0 < len(failure.message) <= 2 * LONGEST + 2


@given(text=st.text(), longest=st.integers(min_value=50, max_value=400))
def test_any_text_becomes_one_line(text: str, longest: int) -> None:
    line = one_line(text, longest)

    assert line.isprintable()
    assert len(line) <= longest


def test_of_a_long_text_beginning_and_end_are_shown() -> None:
    line = one_line("begin" + "x" * 10_000_000 + "end")

    assert LONGEST == len(line)
    assert line.startswith("beginxxx")
    assert line.endswith("xxxend")
    assert " … " in line
