"""The functions that a contract is made of: how they are laid out, and called.

Each item of a call stands on a line of its own, also where all would fit on one, so that a type
checker's line says which of them fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from ..ir import Text
from ..values import field, frozen
from .held_types import Copy
from .source import (
    INDENT,
    WIDTH,
    Declared,
    Doc,
    columns,
    docstring,
    literal,
    signature,
    spread_signature,
)

BODY: Final = INDENT * 2
"""Where the statements of functions stand."""

_DEEPER: Final = INDENT * 3

Item: TypeAlias = Callable[[str], str]
"""An item of a call, laid out for an indentation."""


@frozen
class Argument:
    """What is given under a name."""

    name: str
    annotation: Doc
    copy: Copy
    is_required: bool = True
    is_positional: bool = False

    @property
    def declared(self) -> Declared:
        """The parameter of a function that gets it."""
        return Declared(self.name, self.annotation)

    def by_name(self, indent: str) -> str:
        """The argument of a call, with its name, on lines that are indented so."""
        return self.copy.argument(f"{self.name}=", indent)

    def by_place(self, indent: str) -> str:
        """The argument of a call, without its name."""
        return self.copy.argument("", indent)


@frozen
class FunctionNames:
    """The names of a contract's functions."""

    _taken: set[str] = field(factory=set)

    def take(self, verb: str, name: str) -> str:
        """A name such as `make_job`, of a `job`; `make_job_2` where there are two of them."""
        wanted = f"{verb}_{name.strip('_')}"
        free, number = wanted, 2
        while free in self._taken:
            free, number = f"{wanted}_{number}", number + 1
        self._taken.add(free)
        return free


def function(
    name: str,
    arguments: Iterable[Argument],
    result: Doc,
    doc: Text | str,
    statements: Sequence[str],
) -> str:
    """A function of a contract."""
    positional: list[Doc] = []
    by_name: list[Doc] = []
    for one in arguments:
        (positional if one.is_positional else by_name).append(one.declared)
    lay_out = signature if len(positional) + len(by_name) < 2 else spread_signature
    head = lay_out(name, positional, by_name, result, indent=INDENT)
    return "\n".join([head, docstring(doc, indent=BODY), *statements])


def call_of(head: str, items: Sequence[Item], comments: Sequence[str] = ()) -> str:
    """A statement that calls something; each item may have a comment."""
    return f"{BODY}{_spread(head, items, comments, BODY)}"


def returned_call_of(head: str, items: Sequence[Item], comments: Sequence[str] = ()) -> str:
    """A statement that returns what a call gives, in brackets where only they make it fit."""
    start = f"{BODY}return "
    if columns(f"{start}{head}(") <= WIDTH or columns(f"{_DEEPER}{head}(") > WIDTH or not items:
        return f"{start}{_spread(head, items, comments, BODY)}"
    return f"{start}(\n{_DEEPER}{_spread(head, items, comments, _DEEPER)}\n{BODY})"


def _spread(head: str, items: Sequence[Item], comments: Sequence[str], indent: str) -> str:
    if not items:
        return f"{head}()"
    deeper = indent + INDENT
    said = [*comments, *[""] * (len(items) - len(comments))]
    lines = [f"{deeper}{item(deeper)},{comment}" for item, comment in zip(items, said, strict=True)]
    return "\n".join([f"{head}(", *lines, f"{indent})"])


def comment(wire_name: Text, name: str) -> str:
    """A comment that says what a name is on the wire, where that is another."""
    return "" if wire_name.reveal() == name else f"  # {literal(wire_name)}"
