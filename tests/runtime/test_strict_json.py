"""That answers mean the same to every reader, or are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.runtime.codec import codec
from codegen.runtime.strict_json import decode_strictly
from codegen.runtime.violations import InvalidError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a": 1, "a": 2}', "$: has the key 'a' twice in one object"),
        (b'{"a": 1, "\\u0061": 2}', "$: has the key 'a' twice in one object"),
        (b'{"a" : 1, "a"\n: 2}', "$: has the key 'a' twice in one object"),
        (b'[{"b": {"a": "\\u0022:", "a": 2}}]', "$: has the key 'a' twice in one object"),
        (b'{"x": 1e999}', "$: is not JSON: Number out of range - at `$[...]`"),
        (b'{"x": NaN}', "$: is not JSON: JSON is malformed: invalid character (byte 6)"),
        (b'{"x": "\\ud800"}', "$: is not JSON: Input data was truncated"),
        (b'{"a" : "\\u0022", "x": 1e999}', "$: is not JSON: Number out of range"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: bytes, expected: str) -> None:
    with pytest.raises(InvalidError) as caught:
        decode_strictly(codec, text, dict[str, Any] | list[Any])
    assert expected in str(caught.value)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert [1] == decode_strictly(codec, b"\xef\xbb\xbf[1]", list[int])


def test_the_same_key_in_two_objects_is_fine() -> None:
    text = b'[{"a": "\\":"}, {"a": "\\u0022:", "b" : {"a": ":"}}]'
    assert json.loads(text) == decode_strictly(codec, text, Any)


keys = st.text(max_size=3) | st.sampled_from(['"', '":', " :", "\\"])
values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | keys,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
)


@given(values, st.booleans(), st.sampled_from([(",", ":"), (", ", " : "), (" ,\n", ":\t")]))
def test_what_has_every_key_once_is_read_however_it_is_spelled(
    value: object, escaped: bool, separators: tuple[str, str]
) -> None:
    try:
        text = json.dumps(value, ensure_ascii=escaped, separators=separators).encode()
    except UnicodeEncodeError:  # half a pair of surrogates, which JSON text cannot hold
        return
    if b"\\ud" not in text:
        assert value == decode_strictly(codec, text, Any)


@given(st.dictionaries(keys, keys, min_size=1), st.data())
def test_a_key_that_comes_twice_is_found_however_it_is_spelled(
    value: dict[str, str], data: st.DataObject
) -> None:
    twice = data.draw(st.sampled_from(sorted(value)))
    pairs = data.draw(st.permutations([*value.items(), (twice, "again")]))
    space = data.draw(st.sampled_from(["", " ", "\r\n\t"]))
    spelled = [f"{json.dumps(name)}{space}:{json.dumps(text)}" for name, text in pairs]
    with pytest.raises(InvalidError):
        decode_strictly(codec, f"[{{{','.join(spelled)}}}]".encode(), Any)
