"""Texts that would run, were they ever taken for code, and how to see whether one would.

Run, each creates a file `PWNED` in the working folder, and does nothing else.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from codegen.runtime.json_types import is_array, is_object
from tests.conformance.outside import Json

CODE = "dict(PWNED=open(bytes([80,87,78,69,68]),chr(119)))"
"""An expression without a quote, a backslash or a brace."""

PAYLOADS: tuple[str, ...] = (
    CODE,
    f'"""\n{CODE}\n"""',
    f"'''\n{CODE}\n'''",
    f'"\n{CODE}\n"',
    f"'\n{CODE}\n#",
    f"a\r{CODE}\r",
    f"a\u2028{CODE}\u2029\x85\x0b\x0c{CODE}",
    f"\\\n{CODE}\n\\",
    f'\\"""\n{CODE}\n',
    'a"""',
    "\\",
    '"',
    "\\N{BULLET}\\x41\\u0041{0}%s%(a)s",
    f"{{{CODE}}}",
    f"{{{{ {CODE} }}}} ${{{CODE}}} <% {CODE} %>",
    f"], {CODE}, [",
    f"), {CODE}, (",
    f"}}, {CODE}, {{",
    f"' + {CODE} + '",
    f'" + {CODE} + "',
    f"a: {CODE} = {CODE}",
    f"a]\n{CODE}\n",
    f"'), {CODE}, ('",
    f"import os; {CODE}",
    f"\n\n{CODE}\n\n",
    f"# type: ignore\n{CODE}",
    f"\u202e\u2066{CODE}\u2069\ufeff\u200b",
    "\x00\x07\x1b[2J\x7f",
    "../../../etc/passwd",
    "__class__",
    "__init__",
    "None",
    "class",
    "",
    " ",
    "\U0001f600" * 40,
    "é" * 300,
    "x" * 20_000,
    f"{CODE} " * 400,
)

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]"
)
_RUNNERS = ("__import__", "compile", "eval", "exec", "open")


def faults_of_source(text: str) -> Iterator[str]:
    """What is wrong with a generated file: it does not compile, hides text, or runs a payload."""
    if found := _INVISIBLE.search(text):
        yield f"holds {found[0]!r} as it is"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            tree = ast.parse(text)
            compile(text, "generated", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, Warning) as error:
            yield f"does not compile: {error!r}"
            return
    yield from _live_parts(tree)


def _live_parts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "PWNED":
            yield f"line {node.lineno}: a payload would run"
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in _RUNNERS:
                yield f"line {node.lineno}: calls {called}"
            elif called in ("TypeAliasType", "ForwardRef"):
                yield from _live_parts_of_texts(node)


def _live_parts_of_texts(call: ast.Call) -> Iterator[str]:
    """Types that are written as text are evaluated later, so they are code as well."""
    for argument in call.args[1:]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            try:
                yield from _live_parts(ast.parse(argument.value, mode="eval"))
            except SyntaxError as error:
                yield f"line {call.lineno}: the text of a type does not compile: {error}"


def positions(node: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where texts stand: the path to each string, and to each key (with `KEY` behind it)."""
    if isinstance(node, str):
        yield path
    elif is_array(node):
        items: list[Json] = node
        for index, item in enumerate(items):
            yield from positions(item, (*path, index))
    elif is_object(node):
        entries: dict[str, Json] = node
        for key, value in entries.items():
            yield (*path, key, KEY)
            yield from positions(value, (*path, key))


KEY = -1
"""Stands behind the path to a key, which no index of an array is."""


def planted(tree: Json, path: tuple[str | int, ...], payload: str) -> Json:
    """The tree with another text at one place; only what lies on the way is copied."""
    if not path:
        return payload
    step, *rest = path
    if is_array(tree):
        items: list[Json] = tree
        return [
            planted(item, tuple(rest), payload) if index == step else item
            for index, item in enumerate(items)
        ]
    entries: dict[str, Json] = tree
    if rest == [KEY]:
        return {payload if key == step else key: value for key, value in entries.items()}
    return {
        key: planted(value, tuple(rest), payload) if key == step else value
        for key, value in entries.items()
    }
