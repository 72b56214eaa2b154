"""msgspec makes instances of models themselves, and nobody else notices how."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest

from codegen.runtime.codec import Codec
from codegen.runtime.defining import define, field, is_unmade
from codegen.runtime.shadows import ShadowField, give_types, new_shadow
from codegen.runtime.templates import Template, are_heeded, marked

ROOT = Path(__file__).parents[2]

ANOTHER_MSGSPEC = """
from attrs import make_class, field
from msgspec import _utils

describe = _utils.get_dataclass_info
describe.__code__ = describe.__code__.replace(co_name="described")

from codegen.runtime.codec import codec
from codegen.runtime.templates import are_heeded

assert not are_heeded()
inner = make_class("Inner", {"x": field(type=int), "y": field(type=int, default=0)}, slots=True)
outer = make_class("Outer", {"inner": field(type=inner)}, slots=True)
read = codec.decode(b'{"inner": {"x": 1}}', outer)
assert (type(read), type(read.inner)) == (outer, inner)
assert read == outer(inner(1))
print("read")
"""


def made_at_once() -> type[Any]:
    fields = {name: attrs.field(type=int, default=0) for name in ("x", "y")}
    return attrs.resolve_types(attrs.make_class("Point", fields, slots=True))


def made_when_asked() -> type[Any]:
    body = {"__annotations__": {"x": "int", "y": "int"}, "y": field(default=0)}
    return define(kw_only=True)(type("Point", (), body))


def template_of(cls: type[Any]) -> Template:
    template = new_shadow(cls, {"x": "x", "y": "y"})
    fields = [
        ShadowField(name, int, default, stays_absent=False, finish=None, holds=None)
        for name, default in (("x", attrs.NOTHING), ("y", 0))
    ]
    give_types(template, cls, fields)
    return template


def elsewhere(ask: Callable[[], object]) -> Future[object]:
    """What another thread is told, or will be."""
    with_one = ThreadPoolExecutor(1)
    asked = with_one.submit(ask)
    with_one.shutdown(wait=False)
    return asked


def test_this_version_of_msgspec_heeds_templates() -> None:
    assert are_heeded()


def test_a_class_with_the_names_of_the_wire_is_made_to_begin_with() -> None:
    cls = made_at_once()
    assert template_of(cls).made is cls
    assert cls is type(Codec().decode(b'{"x": 1, "y": 2}', cls))


@pytest.mark.parametrize("new_class", [made_at_once, made_when_asked])
def test_reading_leaves_nothing_on_a_class(new_class: Callable[[], type[Any]]) -> None:
    cls = new_class()
    before = dict(vars(cls))
    Codec().decode(b'{"x": 1, "y": 2}', cls)
    assert before == vars(cls)


def test_a_thread_that_builds_a_reader_hides_no_field_from_others() -> None:
    cls = made_at_once()
    fields = attrs.fields(cls)
    with marked([template_of(cls)]):
        assert attrs.fields(cls) is not fields
        assert elsewhere(lambda: attrs.fields(cls)).result(30) is fields
        assert elsewhere(lambda: hasattr(cls, "__attrs_pre_init__")).result(30) is False
    assert attrs.fields(cls) is fields


def test_attrs_makes_a_class_when_its_reader_is_built() -> None:
    cls = made_when_asked()
    with marked([template_of(cls)]):
        asked = elsewhere(lambda: [one.name for one in attrs.fields(cls)])
        assert is_unmade(cls)
    assert ["x", "y"] == asked.result(30)
    assert cls(x=1) == Codec().decode(b'{"x": 1}', cls)


def test_what_was_on_a_class_comes_back_when_building_fails() -> None:
    cls = made_at_once()
    before = dict(vars(cls))
    with pytest.raises(RuntimeError), marked([template_of(cls)]):
        raise RuntimeError
    assert before == vars(cls)


def test_a_version_of_msgspec_that_heeds_no_templates_reads_shadows() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_MSGSPEC],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )
    assert (0, "read\n", "") == (done.returncode, done.stdout, done.stderr)
