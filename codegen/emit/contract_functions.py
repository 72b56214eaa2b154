"""The functions that a contract is made of: how they are laid out, and called.

Each item of a call stands on a line of its own, also where all would fit on one, so that a type
checker's line says which of them fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeAlias

from ..ir import Text
from ..values import field, frozen
from .held_types import Copy
from .source import (
    INDENT,
    WIDTH,
    Declared,
    Doc,
    docstring,
    fits,
    literal,
    signature,
    spread_signature,
)

BODY: Final = INDENT * 2
"""Where the statements of functions stand."""

_DEEPER: Final = INDENT * 3

_SHORT: Final = WIDTH - len(BODY) - len(",")
"""A parameter of so many columns at most is never broken."""

Item: TypeAlias = str | Callable[[str], str]
"""An item of a call; one that may take several lines is laid out for an indentation."""


@frozen
class Argument:
    """What is given under a name."""

    name: str
    annotation: Doc
    copy: Copy
    is_required: bool = True
    is_positional: bool = False

    @property
    def declared(self) -> Doc:
        """The parameter of a function that gets it."""
        flat = f"{self.name}: {self.annotation}"
        if len(flat) <= _SHORT and flat.isascii():  # others may take two columns a character
            return flat
        return Declared(self.name, self.annotation)

    @property
    def by_name(self) -> Item:
        """The argument of a call, with its name."""
        if self.copy.display is None:
            return f"{self.name}={self.copy.source}"
        return partial(self.copy.argument, f"{self.name}=")

    @property
    def by_place(self) -> Item:
        """The argument of a call, without its name."""
        return self.copy.source if self.copy.display is None else partial(self.copy.argument, "")


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
    if not fits(f"{start}{head}(" if items else f"{start}{head}()"):
        alone = _DEEPER + _spread(head, items, comments, _DEEPER)
        if fits(alone):
            return f"{start}(\n{alone}\n{BODY})"
    return f"{start}{_spread(head, items, comments, BODY)}"


def _spread(head: str, items: Sequence[Item], comments: Sequence[str], indent: str) -> str:
    if not items:
        return f"{head}()"
    deeper = indent + INDENT
    lines = [f"{deeper}{item if isinstance(item, str) else item(deeper)}," for item in items]
    for at, said in enumerate(comments):
        lines[at] += said
    return "\n".join([f"{head}(", *lines, f"{indent})"])


def comment(wire_name: Text, name: str) -> str:
    """A comment that says what a name is on the wire, where that is another."""
    return "" if wire_name.reveal() == name else f"  # {literal(wire_name)}"
