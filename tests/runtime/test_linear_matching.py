"""Without trying one way after the other the same texts match as with Python's `re`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, example, given, reject
from hypothesis import strategies as st

from codegen.runtime.linear_matching import MOST_STEPS, LinearMatcher
from codegen.runtime.pattern_trees import UnreadableError, tree_of
from codegen.runtime.patterns import compiled, matcher

LETTERS = [
    *("a", "b", "_", " ", "-", ".", r"\d", r"\w", r"\s", r"\W", r"\p{Lu}", r"\P{L}", r"\."),
    *(
        "[ab]",
        "[^a]",
        "[]",
        "[^]",
        r"[\d_-]",
        r"\x61",
        r"\u0062",
        r"\u{e9}",
        r"\cJ",
        r"\0",
        "{",
        "é",
    ),
]
PLACES = ["^", "$", r"\b", r"\B"]
TIMES = ["*", "+", "?", "{2}", "{0}", "{1,2}", "{2,}", "{,2}"]


def _larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = st.sampled_from(["({})", "(?:{})", "(?<{{}}>{})"]).flatmap(
        lambda form: smaller.map(lambda one: form.replace("{{}}", "x").replace("{}", one, 1))
    )
    repeated = st.builds(
        "(?:{}){}{}".format,
        smaller,
        st.sampled_from(TIMES),
        st.sampled_from(["", "?"]),
    )
    looking = st.builds("{}{})".format, st.sampled_from(["(?=", "(?!"]), smaller)
    behind = st.builds("{}{})".format, st.sampled_from(["(?<=", "(?<!"]), st.sampled_from(LETTERS))
    return st.one_of(
        st.lists(smaller, max_size=3).map("".join),
        st.lists(smaller, min_size=2, max_size=3).map("|".join).map("(?:{})".format),
        grouped,
        repeated,
        looking,
        behind,
    )


PATTERNS = st.recursive(st.sampled_from([*LETTERS, *PLACES]), _larger, max_leaves=8)
TEXTS = st.text("ab_ -.1AÉé\n{", max_size=8)


@given(PATTERNS, TEXTS)
@example("(?:a|ab)(?:c|bcd)(?:d*)$", "abcd")
@example("(?:(?:a?)*?b)*$", "aab")
@example("(?i)ab|É", "AB")
def test_a_text_matches_that_matches_with_re(pattern: str, text: str) -> None:
    try:
        expected = compiled(pattern).search(text)
    except re.error:
        reject()
    assume(text or r"\B" not in pattern)  # Python says otherwise of nothing (bpo-10712)
    assert (expected is not None) == LinearMatcher(tree_of(pattern)).fits(text)
    assert (expected is not None) == matcher(pattern).fits(text)


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("(a|b)+$", ["a", "cab"], ["", "c", "a\n"]),
        ("^(a|b)*?c", ["c", "abc"], ["dc", ""]),
        ("(?:a{2,3}){2}$", ["aaaa", "baaaaaa"], ["aaa", "aaaab"]),
        ("^(?:a{2,3}){2}$", ["aaaa", "aaaaaa"], ["aaa", "aaaaaaa"]),
        ("^(?:){3}a{0}$", [""], ["a"]),
        (r"\bab\b", ["ab", "x ab.", "éab"], ["xab", "ab_"]),
        (r"\Bb", ["ab"], ["b", "a b"]),
        (r"\B", [""], []),
        (r"^(?=.*\d)(?!.*x)[a-z\d]*$", ["a1", "1"], ["a", "x1", "1x"]),
        ("(?<=a)b(?<!x)", ["ab"], ["b", "xb"]),
        (r"(?=a(?=b(?<=ab)))a", ["ab"], ["ac", "b"]),
        (r"^\p{Lu}[\p{Ll}\d]+$", ["Äé1"], ["éÄ", "Ä"]),
        ("^(.|\n)$", ["\U0001f600", "\n"], ["", "ab"]),
        ("^[^]$", ["\n"], [""]),
        ("[]", [], ["", "]"]),
        ("(?i)^(a|b)+$", ["aB"], ["c"]),
        ("^(?i:a)b$", ["Ab"], ["AB"]),
        ("(?<first>a)b", ["ab"], ["a"]),
        ("a||b", ["", "c"], []),
    ],
)
def test_each_construct(pattern: str, fitting: list[str], others: list[str]) -> None:
    fits = LinearMatcher(tree_of(pattern)).fits
    assert ([True] * len(fitting), [False] * len(others)) == (
        [fits(one) for one in fitting],
        [fits(one) for one in others],
    )


LONG = 100_000


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * LONG + "!"),
        ("^(a|a)*$", "a" * LONG + "!"),
        ("^(a|aa)+$", "a" * LONG + "!"),
        ("(.*)*x", "a" * LONG),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * LONG),
        ("(x+x+)+y", "x" * LONG),
        ("(?:a?){30}a{30}$", "a" * LONG + "!"),
        ("((a{1,9}){1,9}){1,9}$", "a" * LONG + "!"),
        ("(?=(a+)+$)b", "a" * LONG + "!"),
        (r"^(?=.*\d)(?=.*[A-Z]).{8,}$", "a" * LONG),
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "a@" + "." * LONG + " "),
        (r"\b(\w+\s?)+!", "word " * (LONG // 5)),
        ("(.*)*.*.*x", "".join(map(chr, range(0x4E00, 0x9E00))) * 5),
    ],
)
def test_attacks_end(pattern: str, text: str) -> None:
    assert not matcher(pattern).fits(text)


def test_a_pattern_has_no_more_steps_than_allowed() -> None:
    assert LinearMatcher(tree_of(f"(a{{{MOST_STEPS}}})")).fits("a" * MOST_STEPS)
    for pattern in ("((a{1,100}){1,100}){1,100}", f"a{{{MOST_STEPS + 1}}}", "a{4000000000}"):
        with pytest.raises(UnreadableError):
            LinearMatcher(tree_of(pattern))


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", r"(?<x>a)\k<x>", "(?>a)", "a*+", "(" * 60 + ")" * 60]
)
def test_what_is_not_regular_is_not_read(pattern: str) -> None:
    with pytest.raises(UnreadableError):
        LinearMatcher(tree_of(pattern))


def test_what_is_remembered_is_bounded() -> None:
    linear: Any = LinearMatcher(tree_of("(.*)*.{200}x"))
    assert not linear.fits("".join(map(chr, range(0x4E00, 0x5E00))))
    assert 250_000 > linear._pattern._remembered
