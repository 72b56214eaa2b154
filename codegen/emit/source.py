"""Python source: literals, docstrings, imports and the layout of calls.

This is the only module that reveals a `Text`. Whatever it writes is a literal or a docstring, and
`ruff format` leaves it as it is, so that generated code needs no formatter.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Self, TypeAlias

from ..ir import Text

WIDTH = 100
INDENT = "    "


# Literals.


def literal(value: Text | str | int | float | bool) -> str:
    """A Python literal of a constant."""
    if isinstance(value, Text):
        return _string(value.reveal())
    if isinstance(value, str):
        return _string(value)
    return repr(value).replace("e+", "e") if isinstance(value, float) else repr(value)


def _string(text: str) -> str:
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'  # as most are
    quote = "'" if text.count('"') > text.count("'") else '"'
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
    if escaped.isprintable():
        return f"{quote}{escaped}{quote}"  # the same as below, without a look at each character
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
    raw = text.reveal() if isinstance(text, Text) else text
    if len(raw) + len(indent) <= _ONE_LINE and raw.isprintable() and _stands_as_it_is(raw):
        return f'{indent}"""{raw}"""'  # the same as below
    return _docstring(raw, indent)


_ONE_LINE = WIDTH - 2 * len('"""')


def _stands_as_it_is(line: str) -> bool:
    """Whether a printable text is a docstring without any change."""
    return _is_plain_line(line) and line[0] != " " and line[-1] not in ' "'


def _is_plain_line(line: str) -> bool:
    """Whether a printable text may follow the quotes of a docstring without any change."""
    return line != "" and "\\" not in line and '"""' not in line and line[0] != '"'


@lru_cache(maxsize=10_000)  # a third of all texts of a document come again, in other models
def _docstring(text: str, indent: str) -> str:
    first, *others = _doc_lines(text, indent)
    if others and text.isprintable() and not others[0].startswith(" ") and _is_plain_line(text):
        return "\n".join([f'{indent}"""{first}', *[indent + one for one in others], f'{indent}"""'])
    if not others:
        line = _escaped_line(first, beside_quotes='^"+|"+$')
        return f'{indent}"""{line}"""'
    # An indentation that all of these have would be taken for that of the code.
    deeper = _dedented([_escaped_line(line) for line in others])
    body = "\n".join([f"{indent}{line}" if line else "" for line in deeper])
    line = _escaped_line(first, beside_quotes='^"+')
    return f'{indent}"""{line}\n{body}\n{indent}"""'


def _doc_lines(raw: str, indent: str) -> list[str]:
    width = WIDTH - len(indent) - len('"""')
    if raw.isprintable():  # so it has no line ends
        return _wrapped(raw.strip() or "…", width)
    unified = re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", raw).expandtabs(4)
    dedented = "\n".join(_dedented(unified.strip("\n").split("\n"))).strip() or "…"
    return [piece for line in dedented.split("\n") for piece in _wrapped(line.rstrip(), width)]


def _dedented(lines: list[str]) -> list[str]:
    """The lines without the spaces that all begin with, and blank ones empty."""
    margins = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    margin = min(margins, default=0)
    return [line[margin:] if line.strip(" ") else "" for line in lines]


_BULLET = re.compile(r"\s*([-*+]|\d+[.)])?\s*")


def _wrapped(line: str, width: int) -> list[str]:
    """The line in pieces that fit, as far as words do; those after the first hang below its text.

    `textwrap` gives the same, and takes several times as long.
    """
    if len(line) <= width:
        return [line]
    match = _BULLET.match(line)
    hanging = " " * (match.end() if match else 0)
    room = max(width, 40)
    piece = _piece(room).match(line)
    if piece is None:  # not even its first word fits behind the spaces that it begins with
        line = line.lstrip(" ")
        piece = _piece(room).match(line)
    pieces: list[str] = []
    while piece is not None:
        pieces.append(hanging + piece[1] if pieces else piece[1])
        piece = _piece(room - len(hanging)).match(line, piece.end())
    return pieces


@lru_cache
def _piece(room: int) -> re.Pattern[str]:
    """Finds the words that fit, or else the one that does not, and the spaces behind."""
    return re.compile(rf"(.{{0,{max(room, 1) - 1}}}[^ ]|[^ ]+)(?: +|$)")


def _escaped_line(line: str, *, beside_quotes: str = "") -> str:
    """A line of a docstring; `beside_quotes` finds the quotes that would lengthen the outer ones."""
    escaped = line
    if not line.isprintable() or "\\" in line:
        escaped = "".join(_escaped_in_docstring(character) for character in line)
    if '"' not in line:
        return escaped
    quotes = f'{beside_quotes}|"""+' if beside_quotes else '"""+'
    return re.sub(quotes, lambda found: '\\"' * len(found[0]), escaped)


def _escaped_in_docstring(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character if character.isprintable() else _numbered(character)


# Layout.


def columns(text: str) -> int:
    """How wide a text is for ruff: characters of East Asia take two columns, accents none."""
    if text.isascii() or len(text) > _ALWAYS_WIDE:
        return len(text)
    return sum(map(_columns, text))


_ALWAYS_WIDE = 10_000
"""Of so many characters enough take room, and to ask each of a whole document takes seconds."""


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


# What is composed is the text that it is on one line, and knows its parts for when that is too
# long. So joining, comparing and measuring are those of `str`, which halves the time of emission.
Doc: TypeAlias = str
"""Source that may be broken into lines, if it is one of these classes."""


class Group(str):
    """Items in brackets: on one line where they fit, else one a line."""

    __slots__ = ("brackets", "head", "items")
    head: str
    items: tuple[Doc, ...]
    brackets: str

    def __new__(cls, head: str, items: tuple[Doc, ...], brackets: str = "()") -> Self:
        """Compose the items."""
        doc = str.__new__(cls, f"{head}{brackets[0]}{', '.join(items)}{brackets[1]}")
        doc.head = head
        doc.items = items
        doc.brackets = brackets
        return doc


class Labelled(str):
    """An item with what stands before it: `name=` or `key: `."""

    __slots__ = ("doc", "label")
    label: str
    doc: Doc

    def __new__(cls, label: str, doc: Doc) -> Self:
        """Compose the two."""
        labelled = str.__new__(cls, label + doc)
        labelled.label = label
        labelled.doc = doc
        return labelled


class Subscript(str):
    """A generic type and its arguments."""

    __slots__ = ("head", "items")
    head: str
    items: tuple[Doc, ...]

    def __new__(cls, head: str, items: tuple[Doc, ...]) -> Self:
        """Compose the arguments."""
        doc = str.__new__(cls, f"{head}[{', '.join(items)}]")
        doc.head = head
        doc.items = items
        return doc


class AnyOf(str):
    """Types of which a value has one."""

    __slots__ = ("parts",)
    parts: tuple[Doc, ...]

    def __new__(cls, parts: tuple[Doc, ...]) -> Self:
        """Compose the types."""
        doc = str.__new__(cls, " | ".join(parts if len(parts) <= _MOST_IN_A_ROW else _rows(parts)))
        doc.parts = parts
        return doc


_MOST_IN_A_ROW = 400
"""How many types stand in a row without brackets: each nests the expression one level deeper."""


class Row(str):
    """Some of very many types of which a value has one, in brackets."""

    __slots__ = ("types",)
    types: AnyOf

    def __new__(cls, types: AnyOf) -> Self:
        """Put the types into brackets."""
        row = str.__new__(cls, f"({types})")
        row.types = types
        return row


def _rows(parts: tuple[Doc, ...]) -> tuple[Doc, ...]:
    """Types in rows, of which there are few again: of 400 types, of as many rows, …"""
    size = _MOST_IN_A_ROW
    while len(parts) > size * _MOST_IN_A_ROW:
        size *= _MOST_IN_A_ROW
    rows = [parts[start : start + size] for start in range(0, len(parts), size)]
    return tuple(row[0] if len(row) == 1 else Row(AnyOf(row)) for row in rows)


class Declared(str):
    """A parameter: its name, its annotation and its default."""

    __slots__ = ("annotation", "default", "name")
    name: str
    annotation: Doc
    default: str

    def __new__(cls, name: str, annotation: Doc, default: str = "") -> Self:
        """Compose the three."""
        doc = str.__new__(cls, f"{name}: {annotation}{default}")
        doc.name = name
        doc.annotation = annotation
        doc.default = default
        return doc


class Quoted(str):
    """A type in quotes, evaluated when it is needed; no literal in it has escapes or quotes."""

    __slots__ = ("doc",)
    doc: Doc

    def __new__(cls, doc: Doc) -> Self:
        """Put the type into quotes."""
        quote = "'" if '"' in doc else '"'
        quoted = str.__new__(cls, f"{quote}{doc}{quote}")
        quoted.doc = doc
        return quoted


def is_plain(doc: Doc) -> bool:
    """Whether source has no parts, so that it cannot be broken."""
    return not isinstance(doc, (Group, Labelled, Subscript, AnyOf, Row, Declared, Quoted))


@lru_cache(maxsize=10_000, typed=True)  # `str | None` is half of all unions
def any_of(*types: Doc) -> Doc:
    """The union of types, each once, None last."""
    parts: dict[Doc, None] = {}
    for type_ in types:
        if isinstance(type_, AnyOf):
            parts.update(dict.fromkeys(type_.parts))
        else:
            parts[type_] = None
    if "None" in parts:
        del parts["None"]
        parts["None"] = None
    return next(iter(parts)) if len(parts) == 1 else AnyOf(tuple(parts))


def call(head: str, *items: Doc) -> Group:
    """A call."""
    doc = str.__new__(Group, f"{head}({', '.join(items)})")  # `Group()`, in half the time
    doc.head = head
    doc.items = items
    doc.brackets = "()"
    return doc


def keyword(name: str, doc: Doc) -> Labelled:
    """A keyword argument."""
    return Labelled(f"{name}=", doc)


def listing(items: Iterable[Doc]) -> Group:
    """A list display."""
    return Group("", tuple(items), "[]")


def grouping(items: Iterable[Doc]) -> Group:
    """A tuple of two or more items."""
    return Group("", tuple(items))


def mapping(entries: Iterable[tuple[str, Doc]]) -> Group:
    """A dictionary display; keys are source."""
    return Group("", tuple(Labelled(f"{key}: ", doc) for key, doc in entries), "{}")


def layout(prefix: str, doc: Doc, suffix: str = "", *, indent: str = "") -> str:
    """Lay out a statement or expression that begins and ends as given."""
    return indent + prefix + _render(doc, indent, columns(indent + prefix), len(suffix)) + suffix


def _render(doc: Doc, indent: str, column: int, tail: int) -> str:
    if column + (len(doc) if doc.isascii() else columns(doc)) + tail <= WIDTH:
        return doc
    match doc:
        case Group() if doc.items:
            return f"{doc.head}{_bracketed(doc.items, indent, doc.brackets)}"
        case Labelled():
            return doc.label + _render(doc.doc, indent, column + columns(doc.label), tail)
        case Subscript():
            return _subscript(doc, indent)
        case AnyOf():
            first, *others = doc.parts if len(doc.parts) <= _MOST_IN_A_ROW else _rows(doc.parts)
            lines = [_render(first, indent, column, 0)]
            lines += [
                f"{indent}| {_render(part, indent, len(indent) + 2, tail)}" for part in others
            ]
            return "\n".join(lines)
        case Row():
            return _annotation(doc.types, indent)
        case Declared():
            return f"{doc.name}: {_annotation(doc.annotation, indent)}{doc.default}"
        case Quoted():
            # Brackets let an expression go over lines, and quotes may only be tripled.
            broken = _annotation(doc.doc, indent)
            return f'"""{broken}"""' if "\n" in broken else doc
        case _:
            return doc


def _bracketed(items: Sequence[Doc], indent: str, brackets: str, comma: str = ",") -> str:
    deeper = indent + INDENT
    column, tail = len(deeper), len(comma)
    room = WIDTH - column - tail
    lines = [
        # What fits, as most does, is not looked into.
        f"{deeper}{item}{comma}"
        if len(item) <= room and item.isascii()
        else f"{deeper}{_render(item, deeper, column, tail)}{comma}"
        for item in items
    ]
    return "\n".join([brackets[0], *lines, f"{indent}{brackets[1]}"])


def _subscript(doc: Subscript, indent: str) -> str:
    comma = "," if len(doc.items) > 1 else ""  # with one it would be another type
    return doc.head + _bracketed(doc.items, indent, "[]", comma)


def _annotation(doc: Doc, indent: str) -> str:
    """An annotation that does not fit on its line."""
    match doc:
        case AnyOf():
            deeper = indent + INDENT
            return f"(\n{deeper}{_render(doc, deeper, len(deeper), 0)}\n{indent})"
        case Subscript():
            return _subscript(doc, indent)
        case _:
            return doc


def declaration(name: str, annotation: Doc, value: Doc | None = None, *, indent: str = "") -> str:
    """An annotated name, perhaps with its value, broken at the value or else at the type."""
    start = f"{indent}{name}: "
    flat = start + annotation
    if value is None:
        return flat if columns(flat) <= WIDTH else start + _undefined(annotation, indent, start)
    beginning = f"{value.head}(" if isinstance(value, Group) else value
    if columns(f"{flat} = {beginning}") > WIDTH:
        if columns(f"{flat} = (") <= WIDTH:
            deeper = indent + INDENT
            alone = layout("", value, indent=deeper)
            if fits(alone) or not is_plain(annotation):
                return f"{flat} = (\n{alone}\n{indent})"
        elif not is_plain(annotation):
            last = f"{indent}) = "
            broken = _annotation(annotation, indent)
            return f"{start}{broken} = {_render(value, indent, len(last), 0)}"
    return layout(f"{flat.removeprefix(indent)} = ", value, indent=indent)


def _undefined(annotation: Doc, indent: str, start: str) -> str:
    """The annotation of a name without a value, where it does not fit on its line."""
    alone = layout("", annotation, indent=indent + INDENT)
    begins_there = isinstance(annotation, Subscript) and fits(f"{start}{annotation.head}[")
    if not begins_there and fits(f"{start}(") and fits(alone):
        return f"(\n{alone}\n{indent})"
    return _annotation(annotation, indent)


def fits(source: str) -> bool:
    """Whether all lines of some source have room."""
    return all(columns(line) <= WIDTH for line in source.split("\n"))


def assignment(name: str, value: Doc, *, indent: str = "") -> str:
    """A name and its value; one that fits only on a line of its own gets parentheses."""
    flat = f"{indent}{name} = {value}"
    alone = f"{indent}{INDENT}{value}"
    if columns(alone) > WIDTH and isinstance(value, AnyOf):
        return f"{indent}{name} = {_annotation(value, indent)}"
    if (
        columns(flat) <= WIDTH
        or columns(alone) > WIDTH
        or not (isinstance(value, AnyOf) or is_plain(value))
    ):
        return layout(f"{name} = ", value, indent=indent)
    return f"{indent}{name} = (\n{alone}\n{indent})"


def signature(
    name: str,
    positional: Sequence[Doc],
    keyword_only: Sequence[Doc],
    result: Doc,
    *,
    indent: str = "",
) -> str:
    """The line or lines of a `def`, up to its colon."""
    items = _parameters(positional, keyword_only)
    flat = f"{indent}{Group(f'def {name}', items)} -> {result}:"
    if columns(flat) <= WIDTH:
        return flat
    return _spread_signature(name, items, result, indent)


def spread_signature(
    name: str,
    positional: Sequence[Doc],
    keyword_only: Sequence[Doc],
    result: Doc,
    *,
    indent: str = "",
) -> str:
    """The lines of a `def` with each parameter on one of its own, whether or not it must be."""
    return _spread_signature(name, _parameters(positional, keyword_only), result, indent)


def _parameters(positional: Sequence[Doc], keyword_only: Sequence[Doc]) -> tuple[Doc, ...]:
    return (*positional, *(("*", *keyword_only) if keyword_only else ()))


def _spread_signature(name: str, items: Sequence[Doc], result: Doc, indent: str) -> str:
    head = f"{indent}def {name}{_bracketed(items, indent, '()') if items else '()'}"
    column = columns(head) if not items else len(f"{indent})")
    fits = column + len(" -> ") + columns(result) + len(":") <= WIDTH
    if not fits and not items and not _may_break_at_brackets(result, column):
        deeper = indent + INDENT
        return f"{head} -> (\n{layout('', result, indent=deeper)}\n{indent}):"
    return f"{head} -> {result if fits else _annotation(result, indent)}:"


def _may_break_at_brackets(result: Doc, column: int) -> bool:
    """Whether a result begins on the line of its function, up to the brackets of its arguments."""
    return isinstance(result, Subscript) and column + columns(f" -> {result.head}[") <= WIDTH


# Modules.


class Imports:
    """The imports of one module, collected while its code is written."""

    def __init__(self) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)

    def use(self, module: str, name: str) -> str:
        """Import a name, which is returned for use in source; `x as y` gives `y`."""
        self._names[module].add(name)
        return name.rpartition(" as ")[2] if " " in name else name

    def lines(self) -> str:
        """The import statements, sorted as ruff sorts them."""
        future = "from __future__ import annotations"
        return "\n\n".join([future, *self.sections()])

    def sections(self, *, indent: str = "") -> list[str]:
        """The import statements of each section, without the one of annotations."""
        sections: list[list[str]] = [[], [], []]
        for module in sorted(self._names, key=_module_order):
            sections[_section(module)].extend(self._imports_of(module, indent))
        return ["\n".join(lines) for lines in sections if lines]

    def statements(self, *, indent: str) -> list[str]:
        """The import statements of one section, without the one of annotations."""
        modules = sorted(self._names, key=_module_order)
        return [line for module in modules for line in self._imports_of(module, indent)]

    def _imports_of(self, module: str, indent: str = "") -> list[str]:
        """The statements for one module; ruff wants a name with another one to stand alone."""
        names = sorted(self._names[module], key=_name_order)
        renamed = [_import(module, [name], indent) for name in names if " as " in name]
        plain = [name for name in names if " as " not in name]
        return [*([_import(module, plain, indent)] if plain else []), *renamed]


def module(doc: Text | str, imports: Imports, blocks: Iterable[str]) -> str:
    """A module: docstring, imports, and blocks two lines apart."""
    head = "\n\n".join([docstring(doc, indent=""), imports.lines()])
    body = "\n\n\n".join(block.strip("\n") for block in blocks)
    between = "\n\n\n" if body.startswith(("class ", "def ", "@")) else "\n\n"
    return f"{head}{between}{body}\n"


def exports(names: Iterable[str]) -> str:
    """The `__all__` of a module."""
    return layout("__all__ = ", listing(literal(name) for name in sorted(names)))


def _section(module: str) -> int:
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


@lru_cache(maxsize=10_000)
def _module_order(module: str) -> tuple[int, str]:
    dots = len(module) - len(module.lstrip("."))
    return -dots, _natural_order(module.lstrip(".").lower())


@lru_cache(maxsize=10_000)
def _name_order(name: str) -> tuple[int, str, str]:
    """Constants, then classes, then the rest (ruff's `order-by-type`), as people sort them."""
    kind = 2
    if name[:1].isupper():
        original = name.partition(" as ")[0]
        kind = 0 if original.isupper() and len(original) > 1 else 1
    return kind, _natural_order(name.lower()), _natural_order(name)


def _natural_order(name: str) -> str:
    """Numbers by their value, but from a leading zero on digit by digit: V01, V2, V10."""
    return _DIGITS.sub(_by_value, name)


_DIGITS = re.compile("[0-9]+")


def _by_value(number: re.Match[str]) -> str:
    """What sorts where a number belongs among others, and where digits do among letters."""
    run = number[0]
    return f"0\0{run}\0" if run[0] == "0" else f"0{chr(len(run))}{run}"


def _import(module: str, names: Sequence[str], indent: str) -> str:
    line = f"{indent}from {module} import {', '.join(names)}"
    if columns(line) <= WIDTH:
        return line
    inner = "".join(f"{indent}{INDENT}{name},\n" for name in names)
    return f"{indent}from {module} import (\n{inner}{indent})"
