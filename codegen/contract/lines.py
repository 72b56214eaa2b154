"""What the lines of a contract stand for: models and their fields, calls and their arguments.

Only this module knows how `emit.contract` writes that down: each function says in its docstring
what it uses and who does so, and each item of a call has a line, perhaps with its name on the wire.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from ..values import field, frozen

_PACKAGES: Final = r"_?(models|endpoints|servers)"
_DOC: Final = re.compile(r"(?P<what>.*), (?P<use>\w+ by [\w ]+)\.", re.DOTALL)
_USED: Final = re.compile(rf"\b{_PACKAGES}\.([\w.]+)")
_NAMED: Final = "named by callers"
_COMMENT: Final = re.compile(r"""\s+(\w+)=model\.\w+,  # (["'].*)""")


@frozen
class Line:
    """What a line of a contract stands for."""

    use: str
    """Who does what with it, such as `made by callers`."""
    what: str
    """In the words of the document: `Schema "Job"`, `` `GET /jobs` ``; empty for the rest."""
    name: str
    """In Python: `Job`, `jobs.get_job`."""
    item: str = ""
    """The field, argument or member of it that has the line."""
    item_on_the_wire: str = ""
    """What that is called in JSON, where it is called otherwise."""

    @property
    def is_for_callers(self) -> bool:
        """Whether callers rely on it, and not only servers and tests."""
        return self.use.endswith("callers")


@frozen
class _Function:
    """A function of a contract."""

    first: int
    last: int
    line: Line
    items: dict[int, str] = field(factory=dict)


@frozen
class Lines:
    """The lines of a contract."""

    _text: list[str]
    _functions: list[_Function]
    """In the order of their lines."""
    _by_name: dict[str, Line]
    _imports: dict[int, str]
    _on_the_wire: dict[tuple[str, str], str]
    """By names of models and of fields."""

    @classmethod
    def of(cls, contract: str) -> Lines:
        """Read a contract; raises SyntaxError if it is none."""
        text = contract.splitlines()
        nodes = list(ast.walk(ast.parse(contract)))
        functions = [_function(node) for node in nodes if isinstance(node, ast.FunctionDef)]
        functions.sort(key=lambda one: one.first)
        by_name: dict[str, Line] = {}
        on_the_wire: dict[tuple[str, str], str] = {}
        for function in functions:
            by_name.setdefault(function.line.name, function.line)
            for line in text[function.first - 1 : function.last]:
                match = _COMMENT.fullmatch(line)
                if match is not None:
                    on_the_wire[function.line.name, match[1]] = str(ast.literal_eval(match[2]))
        imports = {one.lineno: one.module or "" for one in nodes if isinstance(one, ast.ImportFrom)}
        return cls(text, functions, by_name, imports, on_the_wire)

    def at(self, number: int, item: str | None = None) -> Line:
        """What a line stands for, or an item of the function that it belongs to."""
        place = bisect_right(self._functions, number, key=lambda one: one.first) - 1
        if place < 0 or number > self._functions[place].last:
            return Line(_NAMED, "", self._imports.get(number, ""))
        function = self._functions[place]
        line = function.line
        item = function.items.get(number, "") if item is None else item
        wire = self._on_the_wire.get((line.name, item), "")
        return Line(line.use, line.what, line.name, item, wire)

    def named(self, name: str) -> Line:
        """What a name of the SDK stands for, such as `models.Job` or `endpoints.jobs`."""
        bare = name.partition(".")[2] or name
        known = self._by_name.get(bare)
        return Line(_NAMED, "" if known is None else known.what, bare)

    def name_with(self, number: int, last: str) -> str:
        """The whole name on a line of which a part is given: `models.Job` for `Job`."""
        dotted = rf"\b{_PACKAGES}(?:\.\w+)*?\.{re.escape(last)}\b"
        match = re.search(dotted, self._text[number - 1])
        return last if match is None else match[0].lstrip("_")


def _function(node: ast.FunctionDef) -> _Function:
    doc = " ".join((ast.get_docstring(node) or "").split())
    match = _DOC.fullmatch(doc)
    use, what = (match["use"], match["what"]) if match else (_NAMED, doc)
    line = Line(use, what, _name_of(node))
    return _Function(node.lineno, node.end_lineno or node.lineno, line, dict(_items(node)))


def _name_of(function: ast.FunctionDef) -> str:
    """What a function uses: what it makes, what it is given to read, or what it calls."""
    verb, _, rest = function.name.partition("_")
    returned = [one.value for one in function.body if isinstance(one, ast.Return)]
    uses: list[ast.expr | None] = [
        one.func if isinstance(one, ast.Call) else one for one in returned
    ]
    if verb == "make":
        uses = [function.returns]
    elif verb != "call":
        uses = [*(one.annotation for one in function.args.args), *uses]
    for node in uses:
        match = None if node is None else _USED.search(ast.unparse(node))
        if match is not None:
            return match[2].removesuffix(".read")
    return rest


def _items(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """The items of a function by the lines that they stand on; those with a name of their own win."""
    for parameter in (*function.args.args, *function.args.kwonlyargs):
        yield from _spread(parameter, parameter.arg)
    for node in ast.walk(function):
        if isinstance(node, ast.match_case):
            yield node.pattern.lineno, ast.unparse(node.pattern).rpartition(".")[2]
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            yield from _spread(node, ast.unparse(node.type))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) != "client.send":
            for argument in node.args:
                names = [one.id for one in ast.walk(argument) if isinstance(one, ast.Name)]
                yield from _spread(argument, names[0] if names else "")
            for keyword in node.keywords:
                yield from _spread(keyword, keyword.arg or "")


def _spread(
    node: ast.arg | ast.expr | ast.keyword | ast.ExceptHandler, name: str
) -> Iterator[tuple[int, str]]:
    for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        yield number, name
