"""A plain JSON tree: its type, what every later stage may count on in it, and pointers into it.

Only this module knows how a JSON pointer (RFC 6901) is spelled, and how large a number and how
deep a tree may be. Both readers, of YAML and of JSON, keep to it, so that no later stage meets an
infinity, an integer that Python will not print, or its own recursion limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""What a JSON reader returns: plain values, and only strings as keys."""

MAX_DEPTH = 200
"""How many mappings and lists may be nested in each other."""

# Python refuses to print more than 4300 digits (CVE-2020-10735); no document needs near as many.
_MAX_NUMBER_LENGTH = 1000

_CONTAINERS = frozenset({dict, list})

_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")


def integer(spelling: str, base: int = 10) -> int:
    """Return the integer that is spelled so, with the prefix of its base if it has one.

    Raises:
        ValueError: it has more than 1000 digits.
    """
    return int(_bounded(spelling), base)


def finite(spelling: str) -> float:
    """Return the number that is spelled so.

    Raises:
        ValueError: it is too large for a double, or has more than 1000 digits.
    """
    number = float(_bounded(spelling))
    if not isfinite(number):
        raise ValueError(f"{spelling[:40]} is not a number that JSON can hold; write a finite one")
    return number


def _bounded(spelling: str) -> str:
    if len(spelling) > _MAX_NUMBER_LENGTH:
        raise ValueError(f"a number of {len(spelling)} characters; at most {_MAX_NUMBER_LENGTH}")
    return spelling


def joined_surrogates(text: str) -> str:
    r"""Return `text` with each surrogate pair, as JSON escapes spell it, made one character.

    Raises:
        ValueError: a surrogate is alone. It is no character, and no file can hold it.
    """
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise ValueError(
            r"half a character: a lone surrogate escape (\ud800 to \udfff); write the whole pair"
        ) from None


def pointer_to(*path: str | int) -> str:
    """Return the JSON pointer with these tokens, which may hold any character."""
    return "".join([child("", token) for token in path])


def child(pointer: str, token: str | int) -> str:
    """Return the pointer to one member of what `pointer` points to."""
    text = str(token)
    if "~" in text or "/" in text:
        text = text.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{text}"


def tokens(pointer: str) -> list[str]:
    """Return the tokens of a pointer, as they stand in the document.

    Raises:
        ValueError: it neither is empty nor begins with a slash.
    """
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    steps = pointer.split("/")[1:]
    if "~" not in pointer:  # as nearly always
        return steps
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def value_at(tree: Json, path: Sequence[str]) -> Json:
    """Return what the tokens of a pointer lead to.

    Raises:
        LookupError: there is nothing.
    """
    for token in path:
        if isinstance(tree, dict):
            tree = tree[token]
        elif isinstance(tree, list) and _INDEX.fullmatch(token) and int(token) < len(tree):
            tree = tree[int(token)]
        else:
            raise LookupError(token)
    return tree


def is_too_deep(tree: Json) -> bool:
    """Tell whether more than `MAX_DEPTH` mappings and lists are nested in each other."""
    return count_members(tree) is None


def count_members(tree: Json) -> int | None:
    """Return how many members all mappings have together; None where the tree is too deep."""
    members = 0
    level: list[Json] = [tree]
    for _ in range(MAX_DEPTH):
        mappings = [outer for outer in level if isinstance(outer, dict)]
        members += sum(map(len, mappings))
        held: list[Iterable[Json]] = [outer.values() for outer in mappings]
        held += [outer for outer in level if isinstance(outer, list)]
        # Readers make no other containers, and there are very many.
        level = [inner for values in held for inner in values if type(inner) in _CONTAINERS]
        if not level:
            return members
    return None


def walk(tree: Json) -> Iterator[tuple[str, Json]]:
    """Yield every value with its pointer, in the order of the document, to any depth."""
    ahead: list[tuple[str, Json]] = [("", tree)]
    while ahead:
        pointer, value = ahead.pop()
        yield pointer, value
        if isinstance(value, dict):
            ahead.extend((child(pointer, key), value[key]) for key in reversed(value))
        elif isinstance(value, list):
            places = range(len(value) - 1, -1, -1)
            ahead.extend((child(pointer, place), value[place]) for place in places)
