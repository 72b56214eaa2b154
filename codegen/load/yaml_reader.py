"""YAML 1.2 text to a plain tree: what a JSON reader would see, or a refusal with its line.

Only this module knows PyYAML. Its constructors read YAML 1.1 (`no` is false, `12:30:45` is 45045),
so only its event stream is used, which gives every scalar as it is spelled, with its style, tag
and line; the tree is composed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeAlias, cast

import yaml
from yaml import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    MarkedYAMLError,
    NodeEvent,
    ScalarEvent,
    StreamEndEvent,
    YAMLError,
)

from ..errors import SpecError
from ..tree import MAX_DEPTH, Json, pointer_to, tokens
from ..values import define, field, frozen
from .yaml_disguise import Disguise
from .yaml_scalars import CORE, is_scalar_tag, plain, tagged, unusable

MAX_ALIASED_VALUES = 250_000
"""How many values aliases may add: a document of 3 MB has some 70 000 in all.

Long texts count once more for every 64 characters.
"""

Loader: TypeAlias = "Callable[[str], Any]"  # PyYAML's loaders have no type in common

FASTEST_LOADER: Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml, where PyYAML was built with it."""

_Container: TypeAlias = "dict[str, Json] | list[Json]"


def read_yaml(text: str, loader: Loader = FASTEST_LOADER) -> Json:
    """Return the tree of the only document in `text`.

    Raises:
        SpecError: it is not YAML or not one document, or it holds what JSON cannot: other tags,
            keys that are not text, equal keys, numbers that are not finite, aliases to what
            contains them or to too much, or too deep a nesting.
    """
    try:
        events = _Events.of(text, loader)
        events.next()  # the stream's own start
        if not isinstance(events.next(), DocumentStartEvent):
            raise SpecError("", "the file is empty; write an OpenAPI document in it")
        tree = _Composer(events).compose()
        if not isinstance(event := events.next(), StreamEndEvent):
            what = "a second YAML document begins here; keep one document in a file"
            raise SpecError("", what, line=_line(event))
    except (YAMLError, ValueError) as error:  # the latter for an escape beyond U+10FFFF
        raise _syntax_error(error, text) from None
    return tree


def line_in_yaml(text: str, pointer: str) -> int | None:
    """Return the line of the key or the item at `pointer`, or else of its nearest parent.

    Works on JSON too, as far as it is YAML. None when `text` is not YAML.
    """
    return lines_in_yaml(text, [pointer]).get(pointer)


def lines_in_yaml(text: str, pointers: Collection[str]) -> dict[str, int]:
    """Return the lines of all pointers, as `line_in_yaml` does of one, in one reading."""
    root = _Wanted()
    try:
        missing = {id(root.at(tokens(pointer))) for pointer in pointers}
        ways: list[_Wanted | None] = []
        for path, line in _lines(_Events.of(text)):
            del ways[len(path) :]
            wanted = ways[-1] and ways[-1].inner.get(str(path[-1])) if path else root
            ways.append(wanted)
            if wanted is not None:
                wanted.line = line
                missing.discard(id(wanted))
                if not missing:
                    break
    except (YAMLError, ValueError):
        return {}
    nearest = {pointer: root.nearest_line(tokens(pointer)) for pointer in pointers}
    return {pointer: line for pointer, line in nearest.items() if line}


@define(eq=False)
class _Wanted:
    """A place whose line is wanted, or that of something within."""

    inner: dict[str, _Wanted] = field(factory=dict[str, "_Wanted"])
    line: int | None = None

    def at(self, path: list[str]) -> _Wanted:
        """Return the place there, from now on wanted."""
        place = self
        for token in path:
            place = place.inner.setdefault(token, _Wanted())
        return place

    def nearest_line(self, path: list[str]) -> int | None:
        """Return the line of the place there, or of the nearest parent that has one."""
        place = self
        nearest = self.line
        for token in path:
            place = place.inner[token]
            nearest = nearest if place.line is None else place.line
        return nearest


@frozen
class _Events:
    """The event stream of a text."""

    next: Callable[[], Event]
    """Reads on, and returns the next event."""
    disguise: Disguise | None

    @classmethod
    def of(cls, text: str, loader: Loader = FASTEST_LOADER) -> _Events:
        disguise = Disguise.needed_by(text)
        seen = text if disguise is None else disguise.put_on(text)
        return cls(loader(seen).get_event, disguise)

    def text(self, event: ScalarEvent) -> str:
        """Return what a scalar says.

        Raises:
            ValueError: it holds half a character.
        """
        if self.disguise is None:
            return event.value
        return self.disguise.taken_off(event.value, has_escapes=event.style == '"')


class _Composer:
    """Makes the tree of a document of its events, without recursion."""

    def __init__(self, events: _Events) -> None:
        self._events = events
        self._is_plain_text = events.disguise is None
        self._plain = _Plain()
        self._anchors: dict[str, Json] = {}
        self._aliased = 0
        self._root: list[Json] = []
        self._container: _Container = self._root
        self._key: str | None = ""
        """The member to come: None before a mapping's key, and "" in a list."""
        self._parents: list[tuple[_Container, str]] = []

    def compose(self) -> Json:
        event = None
        following = self._events.next
        try:
            while not isinstance(event := following(), DocumentEndEvent):
                if isinstance(event, ScalarEvent):  # as most are
                    self._take_scalar(event)
                else:
                    self._take(event)
        except ValueError as refusal:
            line = None if event is None else _line(event)
            raise SpecError(self._pointer(), str(refusal), line=line) from None
        return self._root[0]

    def _take(self, event: Event) -> None:
        key = self._key
        if isinstance(event, CollectionEndEvent):
            self._container, _ = self._parents.pop()
            self._key = None if isinstance(self._container, dict) else ""
        elif key is None:
            raise ValueError(_not_a_key(event))
        elif isinstance(event, CollectionStartEvent):
            self._open(key, event)
        else:
            assert isinstance(event, AliasEvent)
            self._put(key, self._copy_of(event))

    def _take_scalar(self, event: ScalarEvent) -> None:
        # Written out, because there are very many: in half the time that it takes in parts.
        text = event.value if self._is_plain_text else self._events.text(event)
        key = self._key
        if key is None:
            self._take_key(text, event)
            return
        if event.tag is not None:
            value = tagged(event.tag, text)
        else:
            value = self._plain[text] if event.implicit[0] else text
        container = self._container
        if isinstance(container, dict):
            container[key] = value
            self._key = None
        else:
            container.append(value)
        if event.anchor is not None:
            self._anchors[event.anchor] = value

    def _take_key(self, key: str, event: ScalarEvent) -> None:
        self._key = key
        if key in self._container:
            raise ValueError("this key stands twice in its mapping; keep one of the two")
        if event.tag is not None and not is_scalar_tag(event.tag):
            raise ValueError(unusable(event.tag))
        if key in _ODD_KEYS and event.implicit[0]:
            raise ValueError(_ODD_KEYS[key])

    def _put(self, key: str, value: Json, event: NodeEvent | None = None) -> None:
        """Put a value into its container, and keep it if aliases may follow."""
        container = self._container
        if isinstance(container, list):
            container.append(value)
        else:
            container[key] = value
            self._key = None
        if event is not None and event.anchor is not None:
            self._anchors[event.anchor] = value

    def _open(self, key: str, event: CollectionStartEvent) -> None:
        container = self._container
        value = self._opened(event)
        self._put(key, value, event)
        self._parents.append((container, key))
        self._container = value
        self._key = None if isinstance(value, dict) else ""

    def _opened(self, event: CollectionStartEvent) -> _Container:
        if len(self._parents) >= MAX_DEPTH:
            raise ValueError(_TOO_DEEP)
        is_mapping = isinstance(event, MappingStartEvent)
        if event.tag not in (None, "!", CORE + ("map" if is_mapping else "seq")):
            raise ValueError(unusable(event.tag))
        return {} if is_mapping else []

    def _copy_of(self, alias: AliasEvent) -> Json:
        name = cast(str, alias.anchor)
        if name not in self._anchors:
            raise ValueError(f"*{name} has no anchor &{name} before it")
        value = self._anchors[name]
        still_open = [self._container, *(parent for parent, _ in self._parents)]
        if any(value is each for each in still_open):
            raise ValueError(f"*{name} is inside of &{name}; use $ref for what contains itself")
        return self._copied(value, MAX_DEPTH - len(self._parents))

    def _copied(self, value: Json, depth_left: int) -> Json:
        # Copied, because a tree has no member in two places; bounded, because of billion laughs.
        self._aliased += 1 + _length(value) // 64
        if self._aliased > MAX_ALIASED_VALUES:
            raise ValueError(f"aliases add more than {MAX_ALIASED_VALUES} values; use $ref instead")
        if not isinstance(value, dict | list):
            return value
        if depth_left == 0:
            raise ValueError(_TOO_DEEP)
        if isinstance(value, list):
            return [self._copied(item, depth_left - 1) for item in value]
        return {key: self._copied(item, depth_left - 1) for key, item in value.items()}

    def _pointer(self) -> str:
        path: list[str | int] = [
            key if isinstance(parent, dict) else len(parent) - 1 for parent, key in self._parents
        ]
        if isinstance(self._container, list):
            path.append(len(self._container))
        elif self._key is not None:
            path.append(self._key)
        return pointer_to(*path[1:])  # the first is the place of the whole tree in its list


def _not_a_key(event: Event) -> str:
    if isinstance(event, AliasEvent):
        return "an alias stands in the place of a key; write the key out"
    return "a key is itself a list or a mapping; write a text"


def _length(value: Json) -> int:
    if isinstance(value, str):
        return len(value)
    return sum(map(len, value)) if isinstance(value, dict) else 0


class _Plain(dict[str, Json]):
    """What scalars without quotes stand for; each spelling is looked at once."""

    def __missing__(self, spelling: str) -> Json:
        value = self[spelling] = plain(spelling)
        return value


_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep; give parts a name in `components`"

_ODD_KEYS = {
    "<<": "YAML 1.2 has no merge keys; write the members out, or use $ref or allOf",
    "": "a key is missing before the colon",
}


def _lines(events: _Events) -> Iterator[tuple[list[str | int], int]]:
    """Yield the path of every value, always in the same list, and the line of its key or item."""
    path: list[str | int] = []
    key_line = None  # None in a mapping: a key comes next
    while not isinstance(event := events.next(), StreamEndEvent):
        if isinstance(event, CollectionEndEvent):
            path.pop()
            key_line = None
        elif not isinstance(event, NodeEvent):
            continue
        elif path and isinstance(path[-1], str) and key_line is None:
            if not isinstance(event, ScalarEvent):
                return  # no key, and so no tree, and no pointer into it
            path[-1] = events.text(event)
            key_line = _line(event)
        else:
            if path and isinstance(path[-1], int):
                path[-1] += 1
            yield path, key_line or _line(event)
            key_line = None
            if isinstance(event, CollectionStartEvent):
                path.append("" if isinstance(event, MappingStartEvent) else -1)


def _line(event: Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1


# YAML allows these characters, and libyaml no others.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _syntax_error(error: Exception, text: str) -> SpecError:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        if "nesting depth" in (error.problem or ""):  # libyaml's own limit, in its newest version
            return SpecError("", _TOO_DEEP, line=mark.line + 1)
        what = f"is not YAML: {error.problem}, at column {mark.column + 1}"
        return SpecError("", what, line=mark.line + 1)
    if forbidden := _FORBIDDEN.search(text):
        what = f"is not YAML: it holds U+{ord(forbidden[0]):04X} as it is; write it as an escape"
        return SpecError("", what, line=text.count("\n", 0, forbidden.start()) + 1)
    return SpecError("", f"is not YAML: {error}")
