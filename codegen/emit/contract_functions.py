"""The functions that a contract is made of: how they are laid out, and called.

Each item of a call stands on a line of its own, also where all would fit on one, so that a type
checker's line says which of them fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import field, frozen

from ..ir import Text
from .held_types import Copy
from .source import INDENT, Declared, Doc, docstring, literal, signature, spread_signature

BODY: Final = INDENT * 2
"""Where the statements of functions stand."""

_ITEM: Final = INDENT * 3


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

    @property
    def by_name(self) -> str:
        """The argument of a call, with its name."""
        return self.copy.argument(f"{self.name}=", _ITEM)

    @property
    def by_place(self) -> str:
        """The argument of a call, without its name."""
        return self.copy.argument("", _ITEM)


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


def call_of(
    head: str, items: Sequence[str], *, start: str = "", comments: Sequence[str] = ()
) -> str:
    """A statement that calls something with items that are laid out already."""
    if not items:
        return f"{BODY}{start}{head}()"
    said = [*comments, *[""] * (len(items) - len(comments))]
    lines = [f"{_ITEM}{item},{comment}" for item, comment in zip(items, said, strict=True)]
    return "\n".join([f"{BODY}{start}{head}(", *lines, f"{BODY})"])


def comment(wire_name: Text, name: str) -> str:
    """A comment that says what a name is on the wire, where that is another."""
    return "" if wire_name.reveal() == name else f"  # {literal(wire_name)}"
