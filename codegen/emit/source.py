"""Python source: literals, docstrings, imports and the layout of calls.

This is the only module that reveals a `Text`. Whatever it writes is a literal or a docstring, and
`ruff format` leaves it as it is, so that generated code needs no formatter.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from attrs import frozen

from ..ir import Text

WIDTH = 100
INDENT = "    "


# Literals.


def literal(value: Text | str | int | float | bool) -> str:
    """A Python literal of a constant."""
    if isinstance(value, Text):
        return _string(value.reveal())
    return _string(value) if isinstance(value, str) else repr(value)


def _string(text: str) -> str:
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(character: str, quote: str) -> str:
    """A character as it may stand in a literal: nothing that ends, hides or reorders text."""
    if character == quote:
        return "\\" + quote
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else _numbered(character)


def _numbered(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


# Docstrings.


def docstring(text: Text | str, *, indent: str) -> str:
    """A docstring with its lines wrapped, indented, and without trailing white space."""
    lines = [_escaped_line(line) for line in _doc_lines(text, indent)] or ["…"]
    if lines[0][:1] == '"':
        lines[0] = "\\" + lines[0]
    if len(lines) > 1:
        body = "\n".join(f"{indent}{line}" if line else "" for line in lines[1:])
        return f'{indent}"""{lines[0]}\n{body}\n{indent}"""'
    (line,) = lines
    if line.endswith('"') and not line.endswith('\\"'):
        line = line[:-1] + '\\"'
    return f'{indent}"""{line}"""'


def _doc_lines(text: Text | str, indent: str) -> list[str]:
    raw = text.reveal() if isinstance(text, Text) else text
    unified = re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", raw).expandtabs(4)
    dedented = textwrap.dedent(unified.strip("\n")).strip()
    width = WIDTH - len(indent) - len('"""')
    wrapped: list[str] = []
    for line in dedented.split("\n"):
        wrapped.extend(_wrapped(line.rstrip(), width))
    return wrapped


_BULLET = re.compile(r"\s*([-*+]|\d+[.)])?\s*")


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    match = _BULLET.match(line)
    hanging = " " * (match.end() if match else 0)
    return textwrap.wrap(
        line,
        max(width, 40),
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _escaped_line(line: str) -> str:
    escaped = "".join(
        "\\\\"
        if character == "\\"
        else character
        if character.isprintable()
        else _numbered(character)
        for character in line
    )
    return escaped.replace('"""', '\\"\\"\\"')


# Layout.


@frozen
class Group:
    """Items in brackets: on one line where they fit, else one a line."""

    head: str
    items: tuple[Doc, ...]
    brackets: str = "()"

    @property
    def flat(self) -> str:
        """The whole on one line."""
        inner = ", ".join(_flat(item) for item in self.items)
        return f"{self.head}{self.brackets[0]}{inner}{self.brackets[1]}"


@frozen
class Labelled:
    """An item with what stands before it: `name=` or `key: `."""

    label: str
    doc: Doc

    @property
    def flat(self) -> str:
        """The whole on one line."""
        return self.label + _flat(self.doc)


Doc: TypeAlias = str | Group | Labelled
"""Source that may be broken into lines."""


def call(head: str, *items: Doc) -> Group:
    """A call."""
    return Group(head, items)


def keyword(name: str, doc: Doc) -> Labelled:
    """A keyword argument."""
    return Labelled(f"{name}=", doc)


def mapping(entries: Iterable[tuple[str, Doc]]) -> Group:
    """A dictionary display; keys are source."""
    return Group("", tuple(Labelled(f"{key}: ", doc) for key, doc in entries), "{}")


def layout(prefix: str, doc: Doc, suffix: str = "", *, indent: str = "") -> str:
    """Lay out a statement or expression that begins and ends as given."""
    return indent + prefix + _render(doc, indent, len(indent + prefix), len(suffix)) + suffix


def _render(doc: Doc, indent: str, column: int, tail: int) -> str:
    if isinstance(doc, Labelled):
        return doc.label + _render(doc.doc, indent, column + len(doc.label), tail)
    flat = _flat(doc)
    if isinstance(doc, str) or column + len(flat) + tail <= WIDTH or not doc.items:
        return flat
    deeper = indent + INDENT
    lines = [f"{deeper}{_render(item, deeper, len(deeper), 1)},\n" for item in doc.items]
    return f"{doc.head}{doc.brackets[0]}\n{''.join(lines)}{indent}{doc.brackets[1]}"


def _flat(doc: Doc) -> str:
    return doc if isinstance(doc, str) else doc.flat


def signature(
    name: str,
    positional: Sequence[str],
    keyword_only: Sequence[str],
    result: str,
    *,
    indent: str = "",
) -> str:
    """The line or lines of a `def`, up to its colon."""
    items = (*positional, *(("*", *keyword_only) if keyword_only else ()))
    return layout("", Group(f"def {name}", items), f" -> {result}:", indent=indent)


# Modules.


class Imports:
    """The imports of one module, collected while its code is written."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def use(self, module: str, name: str) -> str:
        """Import a name, which is returned for use in source; `x as y` gives `y`."""
        self._names.setdefault(module, set()).add(name)
        return name.rpartition(" as ")[2]

    def lines(self) -> str:
        """The import statements, sorted as ruff sorts them."""
        sections: list[list[str]] = [[], [], []]
        for module in sorted(self._names, key=_module_order):
            names = sorted(self._names[module], key=_name_order)
            sections[_section(module)].append(_import(module, names))
        future = "from __future__ import annotations"
        return "\n\n".join([future, *("\n".join(lines) for lines in sections if lines)])


def module(doc: Text | str, imports: Imports, blocks: Iterable[str]) -> str:
    """A module: docstring, imports, and blocks two lines apart."""
    head = "\n\n".join([docstring(doc, indent=""), imports.lines()])
    body = "\n\n\n".join(block.strip("\n") for block in blocks)
    return f"{head}\n\n{body}\n" if body.startswith("__all__") else f"{head}\n\n\n{body}\n"


def exports(names: Iterable[str]) -> str:
    """The `__all__` of a module."""
    return layout("__all__ = ", Group("", tuple(literal(name) for name in sorted(names)), "[]"))


def _section(module: str) -> int:
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _module_order(module: str) -> tuple[int, str]:
    dots = len(module) - len(module.lstrip("."))
    return -dots, module.lstrip(".").lower()


def _name_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest (ruff's `order-by-type`)."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1, name) if name[:1].isupper() else (2, name)


def _import(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    inner = "".join(f"{INDENT}{name},\n" for name in names)
    return f"from {module} import (\n{inner})"
