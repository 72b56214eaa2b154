"""JSON text to a plain tree, more strictly than Python's own reader.

Only this module knows where `json` is too kind: it takes the last of two equal keys, NaN, numbers
beyond a double and lone surrogates, and its errors inside hooks have no place. So the hooks put a
mark into the tree instead of raising, and whoever finds a mark knows its pointer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NoReturn, TypeAlias, cast

from ..errors import SpecError
from ..tree import (
    MAX_DEPTH,
    Json,
    child,
    count_members,
    finite,
    integer,
    is_too_deep,
    joined_surrogates,
    walk,
)
from ..values import field, frozen

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]")
_COLON_APART = re.compile(r'"[ \t\n\r]+:')
_ESCAPED_BACKSLASH = r"\\u"
"""Behind which no escape begins, though it looks like one."""
_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep; give parts a name in `components`"


def read_json(text: str) -> Json:
    """Return the tree of a JSON text.

    Raises:
        SpecError: it is not JSON, an object has one key twice, a number is not finite or absurdly
            long, a string holds half a character, or the nesting is too deep.
    """
    tree = _read_if_sound(text)
    if tree is None:
        tree = _read_with_marks(text)
    if _may_hold_half_characters(text) and _holds_half_characters(tree):
        _refuse_half_characters(tree)
    return tree


def _read_if_sound(text: str) -> Json:
    """The tree of a text without faults, which to look for one by one takes most of the time."""
    reader = _Reader()
    tree = _parsed(text, reader, members=None)
    if reader.marks or _has_colon_apart(text):
        return None
    members = count_members(tree)
    return tree if members is not None and members == _most_names(text, members) else None


def _has_colon_apart(text: str) -> bool:
    """Whether there may be white space between the name of a member and its colon."""
    is_likely = any(f"{space}:" in text for space in " \t\n\r")
    return is_likely and _COLON_APART.search(text) is not None


def _most_names(text: str, expected: int) -> int:
    """How many members a text can have at most; a tree that has as many lost none of them.

    Behind each name is `":`. A quote behind a backslash ends none, unless that is escaped itself.
    """
    most = text.count('":')
    if most == expected or r'\\":' in text:
        return most
    return most - text.count(r"\":")


def _read_with_marks(text: str) -> Json:
    reader = _Reader()
    tree = _parsed(text, reader, members=reader.members)
    if reader.marks:
        _refuse_first_mark(tree)
    if is_too_deep(tree):
        _refuse_first_too_deep(tree)
    return tree


@frozen
class _Mark:
    """Stands in the tree where something is wrong."""

    what: str
    key: str | None = None
    """The member that is at fault, if the value itself is not."""


_Members: TypeAlias = Callable[[list[tuple[str, Json]]], Json]


@frozen
class _Reader:
    """The hooks of one reading, and whether any of them left a mark."""

    marks: list[_Mark] = field(factory=list)

    def members(self, pairs: list[tuple[str, Json]]) -> Json:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        key = _first_repeated([key for key, _ in pairs])
        return self._mark(_Mark("this key stands twice in its object; keep one of the two", key))

    def number(self, read: Callable[[str], Json]) -> Callable[[str], Json]:
        def hook(spelling: str) -> Json:
            try:
                return read(spelling)
            except ValueError as refusal:
                return self._mark(_Mark(str(refusal)))

        return hook

    def constant(self, name: str) -> Json:
        return self._mark(_Mark(f"{name} is not JSON; write a finite number or null"))

    def _mark(self, mark: _Mark) -> Json:
        self.marks.append(mark)
        return cast(Json, mark)  # a tree with marks never leaves this module


def _parsed(text: str, reader: _Reader, members: _Members | None) -> Json:
    try:
        return cast(
            Json,
            json.loads(
                text,
                object_pairs_hook=members,
                parse_int=reader.number(integer),
                parse_float=reader.number(finite),
                parse_constant=reader.constant,
            ),
        )
    except json.JSONDecodeError as error:
        what = f"is not JSON: {error.msg}, at column {error.colno}"
        raise SpecError("", what, line=error.lineno) from None
    except RecursionError:
        raise SpecError("", _TOO_DEEP) from None


def _refuse_first_mark(tree: Json) -> NoReturn:
    # What a later key of the same name replaced is gone, but then its object is a mark itself.
    for pointer, value in walk(tree):
        mark: object = value
        if isinstance(mark, _Mark):
            raise SpecError(pointer if mark.key is None else child(pointer, mark.key), mark.what)
    raise AssertionError("a mark was made and is nowhere in the tree")


def _refuse_first_too_deep(tree: Json) -> NoReturn:
    for pointer, value in walk(tree):
        if isinstance(value, dict | list) and pointer.count("/") >= MAX_DEPTH:
            raise SpecError(pointer, _TOO_DEEP)
    raise AssertionError("a tree was too deep and none of its members is")


def _may_hold_half_characters(text: str) -> bool:
    """Whether an escape of half a character stands alone, as a glance at the text tells of most."""
    if r"\ud" not in text and r"\uD" not in text:
        return False
    if _ESCAPED_BACKSLASH in text:
        return True
    halves = sum(1 for _ in _SURROGATE_ESCAPE.finditer(text))
    return halves != 2 * sum(1 for _ in _PAIR.finditer(text))


def _holds_half_characters(tree: Json) -> bool:
    # Python has joined the pairs, so every surrogate that is left is alone, and no UTF-8 has it.
    try:
        json.dumps(tree, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _refuse_half_characters(tree: Json) -> None:
    for pointer, value in walk(tree):
        texts = [value] if isinstance(value, str) else value if isinstance(value, dict) else ()
        for text in texts:
            try:
                joined_surrogates(text)
            except ValueError as refusal:
                raise SpecError(pointer, str(refusal)) from None


def _first_repeated(keys: list[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError("no key is repeated")
