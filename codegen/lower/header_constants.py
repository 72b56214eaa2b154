"""What the constants of header fields are called: one for all answers that carry the same."""

from __future__ import annotations

from typing import TypeAlias

from ..ir import Answer, Header, Identifier, ListOf, Nullable, Scalar, Type, headers_of
from ..names import Names, constant_name
from ..values import field, frozen

_Reading: TypeAlias = tuple[str, Type, bool, bool]
"""What a header field is called, and how its text becomes a value."""


@frozen
class HeaderConstants:
    """The names that one module of endpoints has for header fields of answers."""

    _names: Names = field(factory=Names)
    _known: dict[_Reading, Identifier] = field(factory=dict[_Reading, Identifier])

    def of(self, answers: tuple[Answer, ...], owner: Identifier) -> tuple[Identifier, ...]:
        """The names of those that the answers of an operation carry, each once."""
        return tuple(self._name(header, owner) for header in headers_of(answers).values())

    def _name(self, header: Header, owner: Identifier) -> Identifier:
        """The field's own name; that of the operation before it where that means another."""
        reading = (header.key, _unlimited(header.type), header.is_json, header.explode)
        known = self._known.get(reading)
        if known is None:
            wire_name = header.wire_name.reveal()
            own = constant_name(wire_name)
            wanted = own if self._names.is_free(own) else constant_name(owner, wire_name)
            known = self._known[reading] = self._names.take(wanted)
        return known


def _unlimited(type_: Type) -> Type:
    """A type without its limits, which nobody checks who reads a header field."""
    match type_:
        case Scalar(kind):
            return Scalar(kind)
        case ListOf(item):
            return ListOf(_unlimited(item))
        case Nullable(inner):
            return Nullable(_unlimited(inner))
        case _:
            return type_
