"""Text and lines come out the same, however the bytes are cut."""

from __future__ import annotations

import codecs
import encodings
import pkgutil
import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codegen.runtime.lines import Lines, Texts
from codegen.runtime.media_types import charset_of

ENDS = st.sampled_from(["\r\n", "\r", "\n", "\u2028", "\x85", "\x0c", "", "ä", "𝄞"])
TEXTS = st.lists(st.one_of(ENDS, st.text(max_size=5)), max_size=12).map("".join)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The bytes in pieces, some of them empty."""
    bounds = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


def lines_of(data: bytes, places: list[int], charset: str = "utf-8") -> list[str]:
    texts, lines = Texts(charset), Lines()
    found: list[str] = []
    for piece in cut(data, places):
        found.extend(lines.feed(texts.feed(piece)))
    return [*found, *lines.feed(texts.end()), *lines.end()]


PLACES = st.lists(st.integers(0, 60), max_size=6)


@given(TEXTS, PLACES)
def test_lines_are_those_of_the_whole_text(text: str, places: list[int]) -> None:
    data = text.encode("utf-8", "surrogatepass")
    whole = re.split("\r\n|\r|\n", data.decode("utf-8", "replace"))
    if not whole[-1]:
        whole.pop()  # what follows the last end is no line
    assert whole == lines_of(data, places)


CHARSETS = sorted(
    {
        charset_of(f"text/plain; charset={one.name}")
        for one in pkgutil.iter_modules(encodings.__path__)
    }
)
"""All encodings that a server may name."""


def test_what_is_no_encoding_of_text_is_none_that_a_server_may_name() -> None:
    for name in ("idna", "punycode", "undefined", "unicode_escape", "rot13", "hex", "nonsense"):
        assert "utf-8" == charset_of(f"text/plain; charset={name}")
    assert "utf-16" == charset_of("text/plain; charset=UTF-16")
    assert {codecs.lookup(one).name for one in CHARSETS} == set(CHARSETS)


@given(st.binary(max_size=60), PLACES, st.sampled_from(CHARSETS))
def test_any_bytes_are_text_and_nothing_of_them_is_lost(
    data: bytes, places: list[int], charset: str
) -> None:
    texts = Texts(charset)
    pieces = [texts.feed(piece) for piece in cut(data, places)]
    assert data.decode(charset, "replace") == "".join([*pieces, texts.end()])
