"""Patterns of schemas are regular expressions of ECMA-262, with its Unicode properties."""

from __future__ import annotations

import re

import pytest

from codegen.runtime.patterns import compiled, translated

FITTING = [
    (r"^\p{Letter}+$", "aéЖ"),
    (r"^\p{L}+$", "aé"),
    (r"^\p{gc=Lu}$", "Ä"),
    (r"^\p{General_Category=Decimal_Number}$", "٣"),
    (r"^\P{L}$", "1"),
    (r"^[\p{Lu}\d_]+$", "A1_Ä"),
    (r"^[^\P{Lu}]$", "A"),
    (r"^\p{LC}$", "a"),
    (r"^\p{Any}\p{ASCII}$", "éa"),
    ("[^]", "\n"),
    ("^[a[^]b]$", "[b]"),
    ("^[a&&b]$", "&"),
    (r"^\s+$", " \t\n\r\u00a0\ufeff\u2028"),
    (r"^[\s]$", "\u00a0"),
    (r"^[\S]$", "a"),
    (r"^\cJ$", "\n"),
    (r"^\u{1F600}$", "\U0001f600"),
    (r"(?<first>a)\k<first>", "aa"),
    (r"\bx\b", "éx"),
    ("[$]", "$"),
    (r"\$", "$"),
    ("^a.c$", "abc"),
    (r"^[\d-]+$", "1-2"),
    (r"(?<=a)b(?<!x)", "ab"),
]

NOT_FITTING = [
    (r"^\p{Letter}+$", "a1"),
    (r"^\P{L}$", "é"),
    (r"^\d$", "٣"),
    (r"^\w$", "é"),
    (r"^\S$", "\u00a0"),
    (r"^[\S]$", "\ufeff"),
    ("a$", "a\n"),
    ("^.$", "\r"),
    ("[]", "]"),
    (r"^[^\d]$", "1"),
]


@pytest.mark.parametrize(("pattern", "text"), FITTING)
def test_a_text_fits(pattern: str, text: str) -> None:
    assert compiled(pattern).search(text) is not None


@pytest.mark.parametrize(("pattern", "text"), NOT_FITTING)
def test_a_text_does_not_fit(pattern: str, text: str) -> None:
    assert compiled(pattern).search(text) is None


@pytest.mark.parametrize(
    "pattern", [r"\p{Script=Greek}", r"\p{Nonsense}", r"\u{110000}", "(", r"\p{}"]
)
def test_what_python_does_not_know_is_an_error(pattern: str) -> None:
    with pytest.raises(re.error):
        compiled(pattern)


def test_what_both_say_alike_stays_as_it_is() -> None:
    assert "^[a-z]+(x|y)*?{2,3}" == translated("^[a-z]+(x|y)*?{2,3}")
