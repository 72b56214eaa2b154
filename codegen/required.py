"""Properties that schemas require by a misspelt name.

Most names that are required and not described are right: another schema describes them, or nobody
does. So a name is suspect only if no schema of the whole document has such a property.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from .ir import Note
from .likeness import slip_of
from .structure import Kind, Part
from .tree import Json, child

_SHORTEST = 2
"""Names may be shorter than words are that one may take for others: `idd` is `id`."""


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


def misspelt_names(parts: Iterable[Part], named: Callable[[], Collection[str]]) -> Iterator[Note]:
    """Warn of what schemas require, where it is like a property that is not required.

    `named` has the properties of all schemas; it is asked only if there is a suspect.
    """
    suspects = [suspect for part in parts for suspect in _suspects(part)]
    known = named() if suspects else ()
    for place, name, meant in suspects:
        if name not in known:
            what = f"no property is called {name!r}; did you mean {meant!r}?"
            yield Note(pointer=place, what=what, is_warning=True)


def _suspects(part: Part) -> Iterator[tuple[str, str, str]]:
    """Where a name stands, the name, and the property that it is like."""
    required, described = part.value.get("required"), part.value.get("properties")
    if not isinstance(required, list) or not isinstance(described, dict):
        return
    free = [name for name in described if name not in required]
    for index, name in enumerate(required):
        if isinstance(name, str) and name not in described:
            meant = slip_of(name, free, shortest=_SHORTEST)
            if meant is not None:
                yield child(child(part.place, "required"), index), name, meant


def names_in(parts: Iterable[Part]) -> set[str]:
    """The names of the properties of all schemas."""
    found: set[str] = set()
    for part in parts:
        described: Json = part.value.get("properties")
        if part.kind is Kind.SCHEMA and isinstance(described, dict):
            found.update(described)
    return found
