"""Limits that several functions of a module have: written once, and called like nothing else there."""

from __future__ import annotations

import ast
import importlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.emit.annotations import Annotations
from codegen.emit.endpoints import endpoints_modules
from codegen.emit.shared_limits import SharedLimits
from codegen.emit.source import Imports
from codegen.ir import (
    Endpoint,
    Identifier,
    Limits,
    Location,
    Parameter,
    Scalar,
    ScalarKind,
    Style,
    Text,
)
from codegen.ir import Path as UrlPath
from codegen.load import load
from codegen.lower import lower
from codegen.names import argument_name, function_name
from codegen.select import Selection, select

CASES = Path(__file__).parent / "cases"
MODULES = sorted(CASES.glob("*/expected/endpoints/*.py"))


@dataclass
class Read:
    """What a generated module holds of limits and names."""

    constants: dict[str, str]
    """The private ones, and what they are."""
    checks: Counter[tuple[str, str]]
    """The parameters that are checked, each with its constraints as they are written there."""
    others: set[str]
    """What all else is called: imports, functions, and their parameters."""


def read(text: str) -> Read:
    tree = ast.parse(text)
    constants = {
        node.target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
        if node.target.id.startswith("_")
    }
    return Read(constants, Counter(_checks(tree)), set(_bound(tree)))


def _checks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "checked":
            _, value, constraints = map(ast.unparse, node.args)
            yield value, constraints


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name
            case _:
                pass


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_what_comes_twice_is_a_constant_and_nothing_else_is(path: Path) -> None:
    found = read(path.read_text("utf-8"))
    inline = {check: times for check, times in found.checks.items() if "(" in check[1]}
    named = {check: times for check, times in found.checks.items() if "(" not in check[1]}
    assert dict.fromkeys(inline, 1) == inline
    assert found.others.isdisjoint(found.constants)
    assert set(found.constants) == {name for _, name in named}
    assert [] == [name for (_, name), times in named.items() if times < 2]
    # One name stands for one thing, and that is not written beside it.
    assert len(named) == len(found.constants)
    assert inline.keys().isdisjoint((value, found.constants[name]) for value, name in named)


def test_a_constant_is_called_after_what_it_limits() -> None:
    found = read((CASES / "parameters_limits/expected/endpoints/things.py").read_text("utf-8"))
    assert {
        "_LIMIT": "Constraints(minimum=1, maximum=1000)",
        "_LIST_SHORT_THINGS_LIMIT": "Constraints(minimum=1, maximum=100)",
    } == found.constants


def test_a_module_is_the_same_without_the_others() -> None:
    api = lower(load(CASES / "parameters_limits" / "openapi.yaml").tree)
    whole = dict(endpoints_modules(api))
    for tag in ("shops", "things"):
        part = dict(endpoints_modules(select(api, Selection(tags=(tag,)))))
        assert {f"{tag}.py": whole[f"{tag}.py"]} == part


def test_what_is_sent_is_held_to_shared_limits(golden: Path) -> None:
    package: Any = importlib.import_module("golden_cases.parameters_limits")
    shops: Any = importlib.import_module("golden_cases.parameters_limits.endpoints.shops")
    for function in (shops.list_items, shops.find_items):
        assert function("a", limit=100, tags=["ab"], kind="big").method
        for wrong, told in (
            ({"limit": 101}, "limit is greater than 100"),
            ({"tags": ["ab", "c"]}, "tags is shorter than 2 characters"),
            ({"sizes": {"s": -1}}, "sizes is less than 0"),
            ({"x_trace": "'"}, "x_trace does not match"),
            ({"session": "s" * 41}, "session is longer than 40 characters"),
        ):
            with pytest.raises(package.RequestError, match=told):
                function("a", **wrong)
    assert shops.list_things(limit=1000).method
    with pytest.raises(package.RequestError, match="limit is greater than 7"):
        shops.sort_things(limit=8)


def parameter(wire_name: str, pattern: str) -> Parameter:
    return Parameter(
        name=Identifier(argument_name(wire_name)),
        wire_name=Text(wire_name),
        location=Location.QUERY,
        type=Scalar(ScalarKind.STRING, Limits(pattern=Text(pattern))),
        is_required=False,
        style=Style.FORM,
    )


def endpoint(name: str, limited: dict[str, str]) -> Endpoint:
    return Endpoint(
        name=Identifier(function_name(name)),
        tag=Identifier("things"),
        method="GET",
        path=UrlPath(segments=(), template=Text("/")),
        parameters=tuple(parameter(*one) for one in limited.items()),
        body=None,
        answers=(),
    )


FEW_NAMES = st.sampled_from(["a", "A", "_a", "get a", "a_2", "from", "final", "ß", "ss", "日"])
PATTERNS = (
    st.sampled_from(["x", "y", '"""', "'\"\\", "\n\0\u2028", "{x}", '")\nimport os\n#']) | st.text()
)
ENDPOINTS = st.lists(
    st.builds(
        endpoint,
        st.sampled_from(["get", "get_a", "find"]),
        st.dictionaries(FEW_NAMES, PATTERNS, max_size=3),
    ),
    max_size=6,
)


@given(ENDPOINTS)
def test_no_name_is_given_twice_and_each_says_what_the_document_says(
    endpoints: list[Endpoint],
) -> None:
    limits = SharedLimits(endpoints, Annotations(Imports(), runtime="._runtime", models=".models"))
    constants = read("\n".join(limits.constants())).constants
    assert len(constants) == len(limits.constants())
    for one in (one for endpoint in endpoints for one in endpoint.parameters):
        written = limits.of(one)
        assert isinstance(one.type, Scalar)
        assert one.type.limits.pattern is not None
        assert written is not None
        call = ast.parse(constants.get(written, written), mode="eval").body
        assert isinstance(call, ast.Call)
        assert [one.type.limits.pattern.reveal()] == [
            ast.literal_eval(keyword.value) for keyword in call.keywords
        ]
