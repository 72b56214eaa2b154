"""What is called quick is quick. What is not is left to what needs no luck."""

from __future__ import annotations

import re

import pytest

from codegen.runtime.pattern_costs import quick_length
from codegen.runtime.pattern_trees import tree_of
from codegen.runtime.patterns import EndlessError, compiled, matcher

LONG = "a" * 10_000 + "!"


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "(.*)*x",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(?:a?){40}a{40}",
        "a?" * 40 + "a" * 40,
        "(a|a)" * 40 + "b",
        "(x+x+)+y",
        "(?=(a+)+$)",
        "((a{1,100}){1,100}){1,100}",
        "(?:(?:(?:){1000}){1000}){1000}",
        "((a+)?b?)*",
        "[^](a+)+$]",
        r"((?=.*x)a)*$",
        r"^(a*)*\1$",
    ],
)
def test_what_may_take_for_ever_is_quick_for_no_text(pattern: str) -> None:
    assert 0 == quick_length(tree_of(pattern))


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", 512),
        ("[a-z]+$", 512),
        (".*" * 12 + "b", 2),
        (r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d@$!%*?&]{8,}$", 256),
        (r"(\w)\1{3,}x", 128),
        ("(^|x)a*$", 512),
        ("(" * 45 + "a" + "){4000000000}" * 45, 512),
    ],
)
def test_what_takes_a_power_of_the_length_is_quick_for_short_texts(
    pattern: str, length: int
) -> None:
    assert length == quick_length(tree_of(pattern))
    compiled(pattern).search("a" * length)


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]+$",
        "^[a-z0-9]+(-[a-z0-9]+)*$",
        r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$",
        "^(active|inactive|on hold|" + "|".join(f"state{n}" for n in range(50)) + ")$",
        "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$",
        r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$",
        "|".join(f"{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in range(99)),
        "^([0-9A-F]{2}:){5}[0-9A-F]{2}$",
        r"^((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}",
        "^(?!con$)[a-z]+",
        "(?i)^(asc|desc)$",
        r"""^(['"])[a-z]*\1$""",
        r"\S",
        "[a-z]+",
        "^x{0}y",
        "",
    ],
)
def test_what_has_one_way_is_quick_for_all_texts(pattern: str) -> None:
    assert quick_length(tree_of(pattern)) is None
    compiled(pattern).search(LONG)


@pytest.mark.parametrize(
    "pattern", [r"(\w)\1{3,}", r"^(a+)+\1$", "((a{1,100}){1,100}){1,100}", "a*+b"]
)
def test_what_nobody_matches_in_time_is_no_pattern(pattern: str) -> None:
    with pytest.raises(EndlessError, match="may take for ever"):
        matcher(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["^[a-z]+$", "^[^]$", "^a{1,3}$", "^[A-Z]{2}[0-9]{4,}", r"^\d{4}-\d{2}$", "^.*$", "^"],
)
def test_plain_patterns_are_seen_to_be_quick_at_once(pattern: str) -> None:
    assert quick_length(tree_of(pattern)) is None
    assert matcher(pattern).quick_length is None


def test_what_python_cannot_read_is_still_an_error() -> None:
    with pytest.raises(re.error):
        matcher("(")
