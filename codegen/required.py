"""Properties that schemas require by a misspelt name.

Most names that are required and not described are right: a schema beside describes them, or nobody
does. So a name is suspect only if it is like a property that is there, and if no schema of the
whole document has such a property, or none that could hold together with this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .ir import Note
from .likeness import slip_of
from .places import file_and_pointer, place_of, target_of
from .structure import Kind, Part
from .tree import child, tokens
from .values import field, frozen

_SHORTEST = 2
"""Names may be shorter than words are that one may take for others: `idd` is `id`."""

_JOINING = frozenset(
    {"$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas"}
)
"""By what schemas hold together."""


def requires_undescribed(part: Part) -> bool:
    """Whether a schema requires a property that it does not describe, but others."""
    required, described = part.value.get("required"), part.value.get("properties")
    return (
        isinstance(required, list)
        and isinstance(described, dict)
        and part.kind is Kind.SCHEMA
        and "patternProperties" not in part.value
        and not isinstance(part.value.get("additionalProperties"), dict)
        and not all(name in described for name in required if isinstance(name, str))
    )


def misspelt_names(
    parts: Iterable[Part], everywhere: Callable[[], Iterable[Part]]
) -> Iterator[Note]:
    """Warn of names that schemas require and probably mean otherwise.

    `everywhere` has the objects of the document; it is asked only if there is a suspect.
    """
    suspects = [suspect for part in parts for suspect in _suspects(part)]
    others = _Others.among(everywhere()) if suspects else _Others()
    for suspect in suspects:
        if not others.may_describe(suspect):
            what = f"no property is called {suspect.name!r}; did you mean {suspect.meant!r}?"
            place = child(child(suspect.part.place, "required"), suspect.index)
            yield Note(pointer=place, what=what, is_warning=True)


@frozen
class _Suspect:
    """A name that is required, and the property that it is like."""

    part: Part
    index: int
    name: str
    meant: str


def _suspects(part: Part) -> Iterator[_Suspect]:
    required, described = part.value.get("required"), part.value.get("properties")
    if not isinstance(required, list) or not isinstance(described, dict):
        return
    free = [name for name in described if name not in required]
    for index, name in enumerate(required):
        if isinstance(name, str) and name not in described:
            meant = slip_of(name, free, shortest=_SHORTEST)
            if meant is not None:
                yield _Suspect(part, index, name, meant)


@frozen
class _Others:
    """What other schemas there are that might describe a name."""

    names: set[str] = field(factory=set[str])
    """The properties of all schemas."""
    joined: set[str] = field(factory=set[str])
    """The places of those that others are joined to by a reference."""

    @classmethod
    def among(cls, parts: Iterable[Part]) -> _Others:
        others = cls()
        for part in parts:
            if part.kind is Kind.SCHEMA:
                described = part.value.get("properties")
                others.names.update(described if isinstance(described, dict) else ())
                others.joined.update(_joined_by(part))
        return others

    def may_describe(self, suspect: _Suspect) -> bool:
        """Whether a schema has such a property that may hold together with the one at hand."""
        if suspect.name not in self.names:
            return False
        place = suspect.part.place
        return (
            not _JOINING.isdisjoint(suspect.part.value)
            or _is_joined(place)
            or any(f"{place}/".startswith(f"{joined}/") for joined in self.joined)
        )


def _joined_by(part: Part) -> Iterator[str]:
    """The place to which a reference joins others, if it does."""
    if part.reference is not None and (len(part.value) > 1 or _is_joined(part.place)):
        try:
            target = target_of(part.reference, base=part.file)
        except ValueError:
            return  # whoever follows it in earnest refuses
        yield place_of(target.file, target.fragment)


def _is_joined(place: str) -> bool:
    """Whether a schema stands in one with which it holds together."""
    return not _JOINING.isdisjoint(tokens(file_and_pointer(place)[1]))
