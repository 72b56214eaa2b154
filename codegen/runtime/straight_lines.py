"""Functions that are written for one class, line by line, where a loop over its fields is slow.

Python reads and sets an attribute several times faster where its name stands in the code than by
`getattr`. The lines consist of positions, such as `x3`, and of the names of attributes, which are
checked to be identifiers here; whatever else a function needs, such as types, defaults and names on
the wire, is handed to it as a value. So no text of a document gets into code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from keyword import iskeyword
from types import CodeType
from typing import Any
from unicodedata import is_normalized


def function_of(lines: Iterable[str], names: Mapping[str, object]) -> Callable[[Any], Any]:
    """The function of one argument, called `o` in its lines, which may use `names`."""
    text = "\n    ".join(["def function(o):", *lines])
    namespace: dict[str, Any] = dict(names)
    exec(_code_of(text), namespace)
    function: Callable[[Any], Any] = namespace["function"]
    return function


@cache  # many classes have the same lines
def _code_of(text: str) -> CodeType:
    return compile(text, "<straight lines>", "exec")


def attribute(name: str) -> str:
    """The name of an attribute, to stand in a line; raises `ValueError` if it is no identifier."""
    if not is_attribute(name):
        raise ValueError(f"{name!r} cannot stand in code")
    return name


def is_attribute(name: str) -> bool:
    """Whether a name can stand in a line, where Python takes it as it is (PEP 3131)."""
    return name.isidentifier() and not iskeyword(name) and is_normalized("NFKC", name)
