"""`Prefer` as it is read: the wait in it, whatever else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk.server.preferences import LONGEST_WAIT, applied_wait, wait_preferred

TEN_SECONDS = [
    "wait=10",
    "WAIT=10",
    "Wait = 10",
    "\twait\t=\t10\t",
    'wait="10"',
    'wait="1\\0"',
    "wait=010",
    "wait=10; foo=bar",
    'wait=10 ;a="b;c,d"; ;e',
    "respond-async, wait=10",
    "respond-async,wait=10,return=minimal",
    'foo; bar="wait=5, wait=6", wait=10',
    'foo="a\\", wait=5", wait=10',
    ", ,wait=10,",
    "wait=10, wait=20",
    "foo=, wait=10",
    "await=5, wait-for=6, wait=10",
]

NONE = [
    None,
    "",
    "wait",
    "wait=",
    'wait=""',
    "wait=0",
    "wait=000",
    "wait=-1",
    "wait=+5",
    "wait=1.5",
    "wait=1e3",
    "wait=0x10",
    "wait=ten",
    "wait=1_0",
    "wait=٣",
    'wait=" 10"',
    "wait=0, wait=10",
    "wait=x, wait=10",
    "wait 10",
    "wait: 10",
    "wait=10 20",
    'wait="10',
    "=10",
    ";wait=10",
    "foo; wait=10",
    "wait=10, b@d",
    "respond-async",
]


@pytest.mark.parametrize("text", TEN_SECONDS, ids=repr)
def test_the_wait_is_found_among_all_preferences(text: str) -> None:
    assert 10 == wait_preferred(text)


@pytest.mark.parametrize("text", NONE, ids=repr)
def test_what_is_no_wait_says_nothing(text: str | None) -> None:
    assert 0 == wait_preferred(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("wait=1", 1),
        ("wait=59", 59),
        ("wait=60", 60),
        ("wait=61", LONGEST_WAIT),
        ("wait=100", LONGEST_WAIT),
        ("wait=" + "9" * 5_000, LONGEST_WAIT),
        ("wait=" + "0" * 5_000 + "7", 7),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_wait_has_its_limit(text: str, seconds: int) -> None:
    assert seconds == wait_preferred(text)


def test_a_field_of_any_length_is_read() -> None:
    blanks = " \t" * 100_000

    assert 10 == wait_preferred(f"a{blanks}={blanks},{blanks},wait=10{blanks}")
    assert 0 == wait_preferred(f"wait=10{blanks}x")
    assert 10 == wait_preferred("wait=10" + ";" * 100_000)
    assert 0 == wait_preferred('wait="' + "\\\\" * 100_000)


@given(text=st.text() | st.text(st.sampled_from('wait=10;," \\x')))
def test_any_field_is_read(text: str) -> None:
    assert 0 <= wait_preferred(text) <= LONGEST_WAIT


WORDS = st.text(st.sampled_from("wait0123=,; "), max_size=8).map('"{}"'.format) | st.sampled_from(
    ["x", "10", "*"]
)
OTHER_PREFERENCES = st.builds(
    "{}={};{}={}".format,
    st.sampled_from(["foo", "x-wait", "return"]),
    WORDS,
    st.just("wait"),
    WORDS,
)


@given(
    before=st.lists(OTHER_PREFERENCES, max_size=3),
    seconds=st.integers(1, LONGEST_WAIT),
    after=st.lists(OTHER_PREFERENCES, max_size=3),
)
def test_other_preferences_do_not_matter(before: list[str], seconds: int, after: list[str]) -> None:
    assert seconds == wait_preferred(", ".join([*before, f"wait={seconds}", *after]))


def test_what_was_kept_is_said_as_it_is_read() -> None:
    assert {"Preference-Applied": "wait=10"} == applied_wait(10)
    assert 10 == wait_preferred(applied_wait(10)["Preference-Applied"])
