"""Patterns that no SDK can match, within schemas that are written down: what leaving them out means.

Mostly less is refused without them, which is noted. Under `not`, `if` and `oneOf` it would be more,
or something else, so there they are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ..values import field, frozen
from .keywords import OF_LISTS, OF_MAPS, OF_SCHEMAS
from .limits import is_readable, note_unreadable
from .node import Json, Node
from .notes import Notes
from .references import References

_TURNING: Final = frozenset({"if", "not", "oneOf"})
"""Keywords of which less is said where what is under them says more."""


@frozen
class Omissions:
    """Tells of the patterns that are left out of one schema."""

    references: References
    notes: Notes
    is_3_0: bool
    _seen: set[tuple[str, bool]] = field(factory=set[tuple[str, bool]])

    def tell(self, said: Iterable[Mapping[str, Json]]) -> None:
        """Note the patterns that are left out under some keywords, or refuse them."""
        for each in said:
            for key, value in each.items():
                for pattern, only_loosens in self._said(
                    key, value, is_counted="maxContains" in each
                ):
                    self._tell_one(pattern, only_loosens=only_loosens)

    def _tell_one(self, pattern: Node, *, only_loosens: bool) -> None:
        if not only_loosens:
            raise pattern.refusal(
                "this regular expression cannot be matched, and without it the schema would mean "
                "something else; write it in other words"
            )
        note_unreadable(pattern, pattern.string(), self.notes)

    def _said(self, key: str, value: Json, *, is_counted: bool) -> Iterator[tuple[Node, bool]]:
        """The patterns under a keyword of the whole, which may hold places of several schemas."""
        is_asserted = _is_asserted(key, is_counted=is_counted)
        match value:
            case Node():
                yield from self._under(key, value, is_asserted=is_asserted)
            case [Node(), *_]:
                for one in value:
                    yield from self._within(one, is_asserted=is_asserted)
            case _:
                pass

    def _under(self, key: str, value: Node, *, is_asserted: bool) -> Iterator[tuple[Node, bool]]:
        """The patterns under a keyword, and whether less is refused without them."""
        if key == "pattern":
            if not is_readable(value.value):
                yield value, is_asserted
        elif key in OF_MAPS:
            for _, schema in value.entries():
                yield from self._within(schema, is_asserted=is_asserted)
        elif key in OF_LISTS:
            for schema in value.items():
                yield from self._within(schema, is_asserted=is_asserted)
        elif key in OF_SCHEMAS:
            yield from self._within(value, is_asserted=is_asserted)

    def _within(self, schema: Node, *, is_asserted: bool) -> Iterator[tuple[Node, bool]]:
        if not schema.is_object or (schema.pointer, is_asserted) in self._seen:
            return
        self._seen.add((schema.pointer, is_asserted))
        target = self.references.target(schema)
        if target is not None:
            yield from self._within(target, is_asserted=is_asserted)
            if self.is_3_0:
                return
        is_counted = schema.has("maxContains")
        for key, value in schema.entries():
            is_still = is_asserted and _is_asserted(key, is_counted=is_counted)
            yield from self._under(key, value, is_asserted=is_still)


def _is_asserted(key: str, *, is_counted: bool) -> bool:
    """Whether more is said where what is under a keyword says more.

    `is_counted` is whether there may be only so many items that fit `contains`.
    """
    return key not in _TURNING and not (is_counted and key == "contains")
