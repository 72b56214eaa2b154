"""Models whose whole schema is checked are as open as others, and say what is wrong only once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from .conftest import GOLDEN

Decode: TypeAlias = Callable[[bytes], Any]


@pytest.fixture
def decode(golden: Path) -> Decode:
    codec = import_module(f"{GOLDEN}._runtime.codec").codec
    model = import_module(f"{GOLDEN}.residues.models").OpenWithin

    def read(text: bytes) -> Any:
        return codec.decode(text, model)

    return read


def told(decode: Decode, text: bytes) -> list[tuple[str, str]]:
    with pytest.raises(ValueError, match=r"^\$") as caught:
        decode(text)
    error: Any = caught.value
    return [(one.path, one.keyword) for one in error.violations]


def test_values_that_an_enumeration_does_not_name_are_read(decode: Decode) -> None:
    state = decode(b'{"state": "broken"}').state
    assert (True, "broken") == (state.is_unknown, state.value)


def test_variants_that_a_discriminator_does_not_name_are_read(decode: Decode) -> None:
    assert "bird" == decode(b'{"pet": {"kind": "bird"}}').pet.tag


def test_what_is_wrong_with_a_property_is_said_once(decode: Decode) -> None:
    assert [("$.state", "type")] == told(decode, b'{"state": 1}')
    assert [("$.tags", "uniqueItems")] == told(decode, b'{"tags": ["a", "a"]}')
    assert [("$", "unevaluatedProperties")] == told(decode, b'{"other": 1}')
