"""What holds of values besides their types: limits, and a schema of what no limit can say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..ir import NO_LIMITS, Limits, Text
from ..values import evolve, frozen
from .choosing import Choosings, is_of_more_than_formats
from .joining import Joined
from .keywords import LIMITING, OF_ALL, OF_ARRAYS, OF_OBJECTS
from .limits import contraries_of, limits_of, spoken_of, tightened
from .node import Node
from .notes import Notes
from .residue import Residues, Said
from .shapes import is_record

_UNSAID = frozenset(
    {*OF_ALL, *OF_OBJECTS, *OF_ARRAYS, "additionalProperties", "anyOf", "oneOf", "required"}
)
"""What may have to be said by a schema."""

_LIMITING = _UNSAID.union(LIMITING)


@frozen
class Limiting:
    """Finds what schemas of one document limit."""

    residues: Residues
    choosings: Choosings
    notes: Notes
    is_3_0: bool

    def of(self, joined: Joined, kinds: Iterable[str], besides: Limits = NO_LIMITS) -> Limits:
        """All that holds of values of some types, besides the types themselves."""
        if besides == NO_LIMITS and not joined.says_any_of(_LIMITING):
            return NO_LIMITS
        kinds = tuple(kinds)
        each = [limits_of(part, self.notes, is_3_0=self.is_3_0) for part in joined.parts]
        together, left = tightened([*each, besides])
        said: list[Said] = [
            {key: value.reveal() if isinstance(value, Text) else value}
            for key, values in left.items()
            for value in values
            if _speaks(key, kinds)
        ]
        said += self._unsaid(joined, kinds)
        limits = spoken_of(together, kinds)
        self._warn_of_contraries(joined, limits)
        if not said:
            return limits
        has_fields = _has_fields(joined, kinds)
        return evolve(limits, schema=self.residues.of(joined.place, *said, has_fields=has_fields))

    def _warn_of_contraries(self, joined: Joined, limits: Limits) -> None:
        for contrary in contraries_of(limits):
            # What no keyword says is said by a format.
            words = (contrary.least, contrary.most)
            least, most = (word if joined.has(word) else "format" for word in words)
            what = f"no {contrary.kind} fits both {least!r} and {most!r}"
            self.notes.warn(joined.first_of(most) or joined.place, what)

    def of_text(self, joined: Joined, limits: Limits) -> Limits:
        """Limits of a text that Python has another type for: they speak of its JSON."""
        spoken = spoken_of(limits, ["string"])
        if spoken == NO_LIMITS:
            return limits
        said = {
            "minLength": spoken.min_length,
            "maxLength": spoken.max_length,
            "pattern": None if spoken.pattern is None else spoken.pattern.reveal(),
        }
        some = {key: value for key, value in said.items() if value is not None}
        return Limits(schema=self.residues.of(joined.place, some))

    def _unsaid(self, joined: Joined, kinds: tuple[str, ...]) -> Iterator[Said]:
        """What only a schema can say of values of some types."""
        if _sees_all(joined, kinds):
            yield {"allOf": list(joined.undivided)}
            return
        if not joined.says_any_of(_UNSAID):
            return
        if "array" in kinds and _apply_to_the_same_items(joined):
            yield {"allOf": list(joined.parts)}
            return
        chosen = {id(one.part.value) for one in self.choosings.of(joined)}
        named = joined.properties.keys() | joined.required.keys()
        is_field = _has_fields(joined, kinds)
        for part in joined.parts:
            keys = [key for key in OF_ALL if part.has(key)]
            if "object" in kinds:
                keys += _unsaid_of_objects(part, named, is_field=is_field)
            if "array" in kinds:
                keys += _unsaid_of_arrays(part)
            if id(part.value) not in chosen:
                keys += _unsaid_choices(part)
            if keys:
                yield _said(part, keys)


def _speaks(key: str, kinds: tuple[str, ...]) -> bool:
    if key == "pattern":
        return "string" in kinds
    return bool({"integer", "number"} & set(kinds))


def _sees_all(joined: Joined, kinds: tuple[str, ...]) -> bool:
    """Whether a keyword speaks of all that stands beside it, so that nothing can be taken apart."""
    return joined.place.is_object and (
        ("object" in kinds and joined.has("unevaluatedProperties"))
        or ("array" in kinds and joined.has("unevaluatedItems"))
    )


def _has_fields(joined: Joined, kinds: tuple[str, ...]) -> bool:
    """Whether the values are instances of a class."""
    return kinds == ("object",) and is_record(joined)


def _apply_to_the_same_items(joined: Joined) -> bool:
    """Whether one part speaks of items by their place, and another one speaks of items too."""
    return (
        joined.has("prefixItems")
        and sum(part.has("items", "prefixItems") for part in joined.parts) > 1
    )


def _unsaid_of_objects(part: Node, named: Iterable[str], *, is_field: bool) -> Iterator[str]:
    """The keywords; what is required is said by the fields of a record, where there is one."""
    yield from (key for key in OF_OBJECTS if part.has(key))
    if _restricts_others(part, named):
        yield "additionalProperties"
    if part.has("required") and part.require("required").value != [] and not is_field:
        yield "required"


def _restricts_others(part: Node, named: Iterable[str]) -> bool:
    """Whether `additionalProperties` restricts properties that other parts name."""
    others = part.get("additionalProperties")
    if others is None or others.value is True or others.value == {}:
        return False
    own = {name for name, _ in part.entries_of("properties")}
    return not own.issuperset(named)


def _unsaid_of_arrays(part: Node) -> Iterator[str]:
    yield from (key for key in OF_ARRAYS if part.has(key))
    if part.has("prefixItems") and part.has("items"):
        yield "items"


def _unsaid_choices(part: Node) -> Iterator[str]:
    for key in ("oneOf", "anyOf"):
        if part.has(key) and is_of_more_than_formats(part, key):
            yield key


def _said(part: Node, keys: list[str]) -> Said:
    """Some keywords of a part, with those beside them that give them their meaning."""
    said: dict[str, object] = {}
    for key in dict.fromkeys(keys):
        value = part.require(key)
        said[key] = list(value.items()) if key in ("oneOf", "anyOf", "prefixItems") else value
    if "patternProperties" in keys or "additionalProperties" in keys:
        said["properties"] = {name: True for name, _ in part.entries_of("properties")}
        others = part.get("additionalProperties")
        if others is not None:
            said["additionalProperties"] = others
    return said
