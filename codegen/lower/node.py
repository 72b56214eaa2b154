"""A place in the document, read with its pointer at hand so that every refusal names it."""

from __future__ import annotations

import json
from collections.abc import Iterator, KeysView, Mapping
from typing import Any, TypeAlias, TypeGuard

from ..errors import SpecError
from ..ir import Text
from ..likeness import slip_of
from ..tree import child

Json: TypeAlias = Any

_DATA = frozenset({"const", "default", "example"})
"""The keys under which a null is a value."""


class Node:
    """A JSON value of the document and its pointer; never changed."""

    __slots__ = ("pointer", "value")  # written out, because there are very many

    def __init__(self, value: Json, pointer: str) -> None:
        self.value = value
        self.pointer = pointer

    def refusal(self, what: str) -> SpecError:
        """The error to raise for this place: what is wrong, and what to do about it."""
        return SpecError(self.pointer, what)

    @property
    def is_object(self) -> bool:
        """Whether there may be properties here."""
        return self.value.__class__ is dict  # as both readers make them; the quickest way to ask

    def get(self, key: str) -> Node | None:
        """The value of a property, or None; refuses what is no object.

        A key that is left blank, as YAML lets people, says as little as one that is not there.
        """
        value = self.value
        if value.__class__ is not dict:
            raise self.refusal("expected an object")
        found = value.get(key)
        if found is None and (key not in _DATA or key not in value):
            return None
        if "/" in key or "~" in key:
            return Node(found, child(self.pointer, key))
        return Node(found, f"{self.pointer}/{key}")  # the same, sooner

    def require(self, key: str) -> Node:
        """The value of a property that must be there."""
        found = self.get(key)
        if found is None:
            raise self.refusal(self.missing(key))
        return found

    def missing(self, key: str) -> str:
        """What to say of a property that must be there and is not; it may be misspelt."""
        others = (name for name in self.names if name != key)
        found = next((name for name in others if slip_of(name, [key])), None)
        meant = "" if found is None else f"; {found!r} is probably meant to be it"
        return f"{key!r} is missing{meant}"

    def has(self, *keys: str) -> bool:
        """Whether any of the properties is there, and not left blank."""
        value = self.value
        if value.__class__ is not dict:
            raise self.refusal("expected an object")
        return any(value.get(key) is not None or (key in _DATA and key in value) for key in keys)

    def without(self, *keys: str) -> Node:
        """The same place without some of its properties."""
        return Node(
            {key: value for key, value in self._mapping().items() if key not in keys}, self.pointer
        )

    @property
    def names(self) -> KeysView[str]:
        """The names of the properties of an object."""
        return self._mapping().keys()

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The properties of an object, in the document's order."""
        own = self.pointer
        for key, value in self._mapping().items():
            is_plain = "/" not in key and "~" not in key
            yield key, Node(value, f"{own}/{key}" if is_plain else child(own, key))

    def entries_of(self, key: str) -> Iterator[tuple[str, Node]]:
        """The properties of the object under a key; none where it is absent."""
        found = self.get(key)
        return iter(()) if found is None else found.entries()

    def items(self) -> Iterator[Node]:
        """The items of an array."""
        if not _is_array(self.value):
            raise self.refusal("expected an array")
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.pointer}/{index}")

    def items_of(self, key: str) -> Iterator[Node]:
        """The items of the array under a key; none where it is absent."""
        found = self.get(key)
        return iter(()) if found is None else found.items()

    def string(self) -> str:
        """A string, for names, keywords and comparisons."""
        if not isinstance(self.value, str):
            raise self.refusal("expected a string")
        return self.value

    def string_of(self, key: str) -> str | None:
        """The string under a key, or None."""
        value = self.value
        if value.__class__ is not dict:
            raise self.refusal("expected an object")
        found: object = value.get(key)
        if found is None:
            return None
        return found if isinstance(found, str) else self.require(key).string()

    def text_of(self, key: str) -> Text | None:
        """The text under a key, on its way into source; None where it is absent or blank.

        Such texts only describe, so nothing is refused for one that is none: `unheeded` tells.
        """
        if self.value.__class__ is not dict:
            raise self.refusal("expected an object")
        said: object = self.value.get(key)
        string = json.dumps(said) if isinstance(said, (int, float)) else said
        return Text(string) if isinstance(string, str) and string.strip() else None

    def boolean_of(self, key: str, *, default: bool = False) -> bool:
        """The boolean under a key."""
        value = self.value
        if value.__class__ is not dict:
            raise self.refusal("expected an object")
        found: object = value.get(key, default)
        if found is True or found is False:
            return found
        if found is None:
            return default
        raise self.require(key).refusal("expected true or false")

    def count_of(self, key: str) -> int | None:
        """The whole number from 0 under a key, or None."""
        found = self.get(key)
        if found is None:
            return None
        value: object = found.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise found.refusal("expected a whole number, 0 or more")
        return value

    def number_of(self, key: str) -> int | float | None:
        """The number under a key, or None."""
        found = self.get(key)
        if found is None:
            return None
        if not isinstance(found.value, (int, float)) or isinstance(found.value, bool):
            raise found.refusal("expected a number")
        return found.value

    def _mapping(self) -> Mapping[str, Json]:
        value: Mapping[str, Json] = self.value
        if value.__class__ is not dict:
            raise self.refusal("expected an object")
        return value


def _is_array(value: object) -> TypeGuard[list[Json]]:
    return isinstance(value, list)
