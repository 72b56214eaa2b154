"""Whether one JSON Schema implies another, as far as their keywords tell: for what no type says.

The answer is never a NO: such a schema may have no values at all. What is not known to be implied
is not decided, which the report says, and a search may find the value that proves a break.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Final

from ..tree import Json
from ..values import define
from .conjuncts import besides_properties, conjuncts, read, unsaid_keywords
from .relation import UNKNOWN, YES, Relation, yes_if

_LOWER: Final = frozenset(
    {
        "exclusiveMinimum",
        "minContains",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
    }
)
_UPPER: Final = frozenset(
    {
        "exclusiveMaximum",
        "maxContains",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
    }
)
_COVARIANT: Final = frozenset({"additionalProperties", "contains", "items", "propertyNames"})
_BY_NAME: Final = frozenset({"patternProperties", "properties", "dependentSchemas"})

_MOST_STEPS: Final = 10_000
"""After so many comparisons nothing more is decided: choices of choices multiply."""


@define
class _Budget:
    steps: int = _MOST_STEPS

    def is_spent(self) -> bool:
        self.steps -= 1
        return self.steps < 0


def implied(left: Iterable[str], right: str) -> Relation:
    """Whether a schema is implied by what some others say together; all are JSON text."""
    if any(_normal(one) == _normal(right) for one in left):
        return YES
    wanted, budget = read(right), _Budget()
    return yes_if(any(_implies(read(one), wanted, budget) for one in left), UNKNOWN)


def is_told_by_properties(left: str | None, right: str | None) -> bool:
    """Whether schemas differ in nothing but what they say of properties that both of them name.

    Each type of such a property has all of it, so that the comparison of the types tells.
    """
    if left is None or right is None:
        return False
    return _same(besides_properties(read(left)), besides_properties(read(right)))


def told_keywords(left: str | None, right: str | None) -> tuple[str, ...]:
    """The keywords in which two schemas differ, of those that types do not say."""
    one, other = ({} if text is None else unsaid_keywords(read(text)) for text in (left, right))
    differing = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    return tuple(sorted(differing.difference(_REFERRING)))


@cache
def _normal(schema: str) -> str:
    """The schema in an order of its own."""
    return json.dumps(json.loads(schema), sort_keys=True)


def _implies(left: Json, right: Json, budget: _Budget) -> bool:
    """Whether each value that fits one schema fits another; False where nobody knows."""
    if _same(left, right) or right is True or right == {} or left is False:
        return True
    if budget.is_spent() or not isinstance(left, dict) or not isinstance(right, dict):
        return False
    if any(key in one for one in (left, right) for key in _REFERRING):
        return False
    if any(key in right for key in _SEEING_ALL):
        return any(_keeps(one, right, budget) for one in conjuncts(left))
    left = {key: value for key, value in left.items() if key not in _SEEING_ALL}
    return all(
        _applies_to_as_much(left, right, key) and _implies_keyword(left, key, wanted, budget)
        for key, wanted in right.items()
    )


_REFERRING: Final = ("$defs", "$ref")
_SEEING_ALL: Final = ("unevaluatedItems", "unevaluatedProperties")
"""What depends on all other keywords of the same schema."""

_SEEING_NOTHING: Final = frozenset(
    {
        *(*_LOWER, *_UPPER),
        *("const", "enum", "format", "multipleOf", "pattern", "required", "type", "uniqueItems"),
    }
) - {"maxContains", "minContains"}
"""What keywords of `_SEEING_ALL` do not depend on."""


def _keeps(left: Json, right: Json, budget: _Budget) -> bool:
    """Whether one schema implies another, and leaves the same items and properties unevaluated."""
    if _same(left, right):
        return True
    if budget.is_spent() or not isinstance(left, dict) or not isinstance(right, dict):
        return False
    if not right.keys() <= left.keys() or not left.keys() - right.keys() <= _SEEING_NOTHING:
        return False
    return all(_keeps_keyword(key, left[key], wanted, budget) for key, wanted in right.items())


def _keeps_keyword(key: str, mine: Json, theirs: Json, budget: _Budget) -> bool:
    if _same(mine, theirs):
        return True
    if key == "allOf" and isinstance(mine, list) and isinstance(theirs, list):
        pairs = zip(mine, theirs, strict=False)
        return len(mine) == len(theirs) and all(_keeps(*pair, budget) for pair in pairs)
    if key == "properties" and isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(
            _implies(mine[name], one, budget) for name, one in theirs.items()
        )
    if key in _SEEING_ALL:
        return _implies(mine, theirs, budget)
    return key in _SEEING_NOTHING and _is_tighter(key, mine, theirs, budget)


def _applies_to_as_much(left: dict[str, Json], right: dict[str, Json], key: str) -> bool:
    """Whether a keyword of the left schema speaks of all that the right one's speaks of."""
    if key in ("if", "then", "else"):
        return all(_same(left.get(one), right.get(one)) for one in ("if", "then", "else"))
    if key in ("minContains", "maxContains"):
        return _same(left.get("contains"), right.get("contains"))
    if key == "contains" and "maxContains" in right:
        return _same(left.get(key), right[key])
    if key == "items":
        return len(_listed(left, "prefixItems")) <= len(_listed(right, "prefixItems"))
    if key == "additionalProperties":
        return all(
            _by_name(left, one).keys() <= _by_name(right, one).keys()
            for one in ("properties", "patternProperties")
        )
    return True


def _listed(schema: dict[str, Json], key: str) -> list[Json]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _by_name(schema: dict[str, Json], key: str) -> dict[str, Json]:
    found = schema.get(key)
    return found if isinstance(found, dict) else {}


def _implies_keyword(left: dict[str, Json], key: str, wanted: Json, budget: _Budget) -> bool:
    if key in left and _same(left[key], wanted):
        return True
    if key == "prefixItems" and isinstance(wanted, list):
        mine = _listed(left, key)
        rest = left.get("items", True)
        mine = [*mine, *(rest for _ in wanted[len(mine) :])]
        pairs = zip(mine, wanted, strict=False)
        return all(_implies(*pair, budget) for pair in pairs)
    if key == "allOf" and isinstance(wanted, list):
        return all(_implies(left, one, budget) for one in wanted)
    if key == "anyOf" and isinstance(wanted, list):
        return _implies_choice(left, wanted, budget)
    allowed = _values(left)
    if allowed is not None and key in ("enum", "const"):
        expected = wanted if key == "enum" and isinstance(wanted, list) else [wanted]
        return all(any(_same(one, other) for other in expected) for one in allowed)
    parts = left.get("allOf")
    if isinstance(parts, list) and any(_implies(one, {key: wanted}, budget) for one in parts):
        return True
    return key in left and _is_tighter(key, left[key], wanted, budget)


def _implies_choice(left: dict[str, Json], wanted: list[Json], budget: _Budget) -> bool:
    """Whether each alternative of a choice, or the whole schema, implies one of some others."""
    if any(_implies(left, one, budget) for one in wanted):
        return True
    alternatives = left.get("anyOf", left.get("oneOf"))
    return isinstance(alternatives, list) and all(
        any(_implies(one, other, budget) for other in wanted) for one in alternatives
    )


def _is_tighter(key: str, mine: Json, theirs: Json, budget: _Budget) -> bool:
    """Whether a keyword with one value implies the same keyword with another."""
    if key in _LOWER | _UPPER:
        if not _is_number(mine) or not _is_number(theirs):
            return False
        return mine >= theirs if key in _LOWER else mine <= theirs  # type: ignore[operator]  # both are numbers
    if key == "required" and isinstance(mine, list) and isinstance(theirs, list):
        return all(one in mine for one in theirs)
    if key == "type":
        return _with_integers(mine) <= _with_integers(theirs)
    if key == "not":
        return _implies(theirs, mine, budget)
    if key in _COVARIANT:
        return _implies(mine, theirs, budget)
    if key in _BY_NAME and isinstance(mine, dict) and isinstance(theirs, dict):
        return all(
            name in mine and _implies(mine[name], one, budget) for name, one in theirs.items()
        )
    return False


def _kinds(said: Json) -> list[str]:
    kinds = [said] if isinstance(said, str) else said
    return [str(one) for one in kinds] if isinstance(kinds, list) else []


def _with_integers(said: Json) -> set[str]:
    """The types that are said, of which numbers take in integers."""
    kinds = set(_kinds(said))
    return kinds | {"integer"} if "number" in kinds else kinds


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _values(schema: dict[str, Json]) -> list[Json] | None:
    if "const" in schema:
        return [schema["const"]]
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else None


def _same(one: Json, other: Json) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
