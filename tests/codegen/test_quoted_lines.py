"""Each line of code that a report quotes type-checks with the old SDK, and fails with the new one.

A quoted line leaves out what does not matter: `...` stands for the arguments that the old function
or class asks for besides, and names such as `job` for an instance of the class.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from codegen.compare.callers import variable
from codegen.compare.changes import Caller
from codegen.compare.comparing import compare
from codegen.compare.running import understood
from codegen.contract.laid_out import CONTRACT
from codegen.contract.type_checker import complaints
from codegen.ir import Api, Endpoint, Presence, Record

from .contracts import DIFFS, NAMES, lay_out, sdk

ONLY_WHEN_IT_RUNS = {
    "discriminator_swapped",  # the class that a value has is not in any annotation
}

_HEADER = """\
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from . import ApiClient, Event, Items, UnknownVariant, endpoints, models{more}

ANY: Any
client: ApiClient
exchange: Any
"""


class _Whole(ast.NodeTransformer):
    """Puts what a line leaves out into it."""

    def __init__(self, api: Api) -> None:
        self._endpoints = {(str(one.tag), str(one.name)): one for one in api.endpoints}
        self._records = {str(one.name): one for one in api.models if isinstance(one, Record)}

    def visit_Call(self, node: ast.Call) -> ast.Call:
        module, _, name = ast.unparse(node.func).partition(".")
        self.generic_visit(node)
        if module == "models" and name in self._records:
            node.args = []
            self._give(node, _fields(self._records[name]))
        elif (module, name) in self._endpoints:
            self._call(node, self._endpoints[module, name])
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if any(node.id == tag for tag, _ in self._endpoints):
            return ast.Attribute(ast.Name("endpoints"), node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Name("ANY") if node.value is Ellipsis else node

    def _call(self, node: ast.Call, endpoint: Endpoint) -> None:
        """Give arguments by position as far as they come before those that are named."""
        wanted = _arguments(endpoint)
        named = {one.arg for one in node.keywords}
        leaves_out = [isinstance(one, ast.Name) and one.id == "ANY" for one in node.args]
        given = [one for one, is_left in zip(node.args, leaves_out, strict=True) if not is_left]
        first = [one.name for one in endpoint.parameters if one.location.value == "path"]
        if named and any(leaves_out) and named & set(first):
            before = [str(one) for one in first[: min(first.index(n) for n in first if n in named)]]
            node.args = [ast.Name("ANY") for _ in before]
            wanted = [one for one in wanted if one not in before]
        else:
            node.args = [ast.Name("ANY") for _ in first if any(leaves_out) and given] + given
            wanted = wanted[len(node.args) :]
        self._give(node, wanted)

    @staticmethod
    def _give(node: ast.Call, wanted: list[str]) -> None:
        named = {one.arg for one in node.keywords}
        node.keywords += [ast.keyword(one, ast.Name("ANY")) for one in wanted if one not in named]


def _fields(record: Record) -> list[str]:
    return [
        str(one.name)
        for one in record.fields
        if one.presence is Presence.REQUIRED and not one.is_constant
    ]


def _arguments(endpoint: Endpoint) -> list[str]:
    """The arguments that have to be given, in their order."""
    asked = [str(one.name) for one in endpoint.arguments if one.is_required]
    if endpoint.body is not None and endpoint.body.is_required:
        asked.append("body")
    return asked


def _program(callers: list[Caller], old: Api, new: Api, names: Mapping[str, str]) -> str:
    """A program of all lines, each in a function of its own, whose line numbers tell them."""
    header = _HEADER.format(more=", Credentials" if new.security_schemes else "")
    classes = {str(one.name) for one in new.models}
    for model in old.models:
        name = names.get(str(model.name), str(model.name))
        header += f"{variable(model.name)}: models.{name}\n" if name in classes else ""
    header += "body: Any\n"
    whole = _Whole(old)
    for number, caller in enumerate(callers):
        line = ast.unparse(whole.visit(ast.parse(caller.line)))
        header += f"def line_{number}() -> None:\n"
        if line.startswith("servers."):
            header += "    from . import servers\n"
        header += f"    {line}\n"
    return header


def _failing(text: str, numbers: Iterator[int]) -> set[int]:
    """The lines of code, counted from 0, that are on lines of a program."""
    starts = [at for at, line in enumerate(text.splitlines(), 1) if line.startswith("def line_")]
    return {bisect_right(starts, number) - 1 for number in numbers if number > starts[0]}


@pytest.fixture(scope="module")
def checked(
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, tuple[list[Caller], set[int], set[int]]]:
    """The lines of each pair, those that fail with the old SDK, and those that fail with the new."""
    folder: Path = tmp_path_factory.mktemp("quoted")
    callers: dict[str, list[Caller]] = {}
    programs: dict[str, tuple[str, Mapping[str, str]]] = {}
    for name in NAMES:
        old, new = (understood(DIFFS / name / f"{side}.yaml") for side in ("old", "new"))
        changes = compare(old, new, is_searching=False).changes
        quoted = [one.caller for one in changes if one.caller is not None]
        if not quoted or name in ONLY_WHEN_IT_RUNS:
            continue
        callers[name] = quoted
        renamed = {
            one.what.removeprefix("the class is ").partition(",")[0]: one.what.rpartition(" ")[2]
            for one in changes
            if one.kind.value == "schema-renamed"
        }
        names = {before: after for after, before in renamed.items()}
        for side, api, words in (("old", old[1], {}), ("new", new[1], names)):
            programs[f"{name}_{side}"] = (_program(quoted, old[1], api, words), sdk(name, side))
    lay_out(folder, programs)
    modules = [f"pairs.{name}.contract" for name in programs]
    said = complaints(folder, modules, cache=folder / "cache", blamed="a pair")
    failing = {
        name: _failing(text, (one.line for one in said if one.file == f"pairs/{name}/{CONTRACT}"))
        for name, (text, _) in programs.items()
    }
    return {
        name: (quoted, failing[f"{name}_old"], failing[f"{name}_new"])
        for name, quoted in callers.items()
    }


def test_each_quoted_line_fails_with_the_new_sdk(
    checked: Mapping[str, tuple[list[Caller], set[int], set[int]]],
) -> None:
    assert {} == {
        name: left
        for name, (quoted, _, failing) in checked.items()
        if (left := [one.line for at, one in enumerate(quoted) if at not in failing])
    }


def test_each_quoted_line_passes_with_the_old_sdk(
    checked: Mapping[str, tuple[list[Caller], set[int], set[int]]],
) -> None:
    assert {} == {
        name: failed
        for name, (quoted, failing, _) in checked.items()
        if (failed := [one.line for at, one in enumerate(quoted) if at in failing])
    }
