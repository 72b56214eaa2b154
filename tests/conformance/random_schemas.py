"""Schemas and values at random, for models to be held against an independent validator.

Everything here follows from the seed of a `Random`, so that a finding can be made again.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from attrs import field, frozen

from tests.conformance.outside import Json

_NAMES = ("a", "b", "lives")
_TEXTS = ("", "a", "b", "ab", "aaaaaa", "2", "é")
_NUMBERS: tuple[int | float, ...] = (-1, 0, 1, 1.0, 1.5, 2, 2.5, 3, 10)
_PATTERNS = ("^a", "b$", "^.{2}$", "a|2")
_MOST_DEEP = 3


@frozen
class RandomSchemas:
    """Makes schemas that may refer to each other by their names."""

    random: Random
    references: tuple[str, ...] = ()
    """What `$ref` may name."""
    is_untyped: bool = False
    """Whether objects and arrays need not say what they are; then there is no `oneOf`.

    There an alternative without a type is meant for objects alone, whatever JSON Schema says.
    """
    _made_inside: list[int] = field(factory=lambda: [0])

    def schema(self) -> Json:
        """Any schema."""
        if self._made_inside[0] >= _MOST_DEEP:
            return self._scalar()
        self._made_inside[0] += 1
        try:
            return self._any_of_these()()
        finally:
            self._made_inside[0] -= 1

    def _any_of_these(self) -> Callable[[], Json]:
        kinds: dict[Callable[[], Json], int] = {
            self._scalar: 5,
            self._object: 5,
            self._array: 3,
            self._enumeration: 2,
            self._constant: 1,
            self._choice: 4,
            self._joined: 3,
            self._several_types: 2,
            self._negation: 1,
            self._condition: 1,
            self._boolean: 1,
        }
        if self.references:
            kinds[self._reference] = 3
        return self.random.choices(list(kinds), list(kinds.values()))[0]

    def _boolean(self) -> Json:
        return self.random.random() < 0.7

    def _reference(self) -> Json:
        return {"$ref": f"#/components/schemas/{self.random.choice(self.references)}"}

    def _scalar(self) -> Json:
        kind = self.random.choice(("string", "integer", "number", "boolean", "null"))
        said: Json = {"type": kind}
        if kind == "string":
            said |= self._text_limits()
        elif kind in ("integer", "number"):
            said |= self._number_limits()
        return said

    def _text_limits(self) -> Json:
        random = self.random
        return self._some(
            {
                "minLength": random.randint(0, 2),
                "maxLength": random.randint(1, 4),
                "pattern": random.choice(_PATTERNS),
            }
        )

    def _number_limits(self) -> Json:
        random = self.random
        return self._some(
            {
                "minimum": random.choice(_NUMBERS[:5]),
                "maximum": random.choice(_NUMBERS[3:]),
                "exclusiveMinimum": random.choice(_NUMBERS[:4]),
                "exclusiveMaximum": random.choice(_NUMBERS[4:]),
                "multipleOf": random.choice((1, 2, 0.5)),
            }
        )

    def _some(self, keywords: Json, likelihood: float = 0.25) -> Json:
        return {key: value for key, value in keywords.items() if self.random.random() < likelihood}

    def _enumeration(self) -> Json:
        pool: list[Json] = [*_TEXTS[:4], 1, 2, 1.5, None, True, ["a"], {"a": 1}]
        wanted = self.random.choice((pool[:4], pool[4:6], pool))
        values = self.random.sample(wanted, self.random.randint(1, min(4, len(wanted))))
        beside = self._some({"minLength": 1, "maximum": 1, "not": {"const": "a"}}, 0.15)
        if self.random.random() < 0.1 and not self.is_untyped:
            beside["oneOf"] = [self.schema(), self.schema()]
        return {"enum": values, **beside}

    def _constant(self) -> Json:
        said: Json = {"const": self.random.choice(("a", 1, 1.5, True, None, ["a"], {"a": 1}))}
        return said | self._some({"type": self.random.choice(("string", "integer"))}, 0.3)

    def _object(self) -> Json:
        random = self.random
        named = random.sample(_NAMES, random.randint(0, 3))
        said: Json = self._type("object")
        if named:
            said["properties"] = {name: self.schema() for name in named}
        said |= self._some(
            {
                "required": random.sample(_NAMES, random.randint(1, 2)),
                "additionalProperties": random.choice((False, True, self.schema())),
            },
            0.4,
        )
        return said | self._some(
            {
                "minProperties": random.randint(0, 2),
                "maxProperties": random.randint(1, 3),
                "patternProperties": {"^b": self.schema()},
                "propertyNames": {"maxLength": 2},
                "dependentRequired": {"a": ["b"]},
                "dependentSchemas": {"a": {"required": ["lives"]}},
                "unevaluatedProperties": False,
            },
            0.06,
        )

    def _array(self) -> Json:
        random = self.random
        said = self._some({"items": self.schema()}, 0.8)
        said |= self._some(
            {
                "minItems": random.randint(0, 2),
                "maxItems": random.randint(1, 3),
                "uniqueItems": True,
                "prefixItems": [self.schema(), self.schema()],
                "contains": self.schema(),
                "unevaluatedItems": False,
            },
            0.12,
        )
        return {**self._type("array"), **said}

    def _type(self, kind: str) -> Json:
        return {} if self.is_untyped and self.random.random() < 0.4 else {"type": kind}

    def _choice(self) -> Json:
        keyword = self.random.choice(("anyOf",) if self.is_untyped else ("oneOf", "anyOf"))
        alternatives = [self.schema() for _ in range(self.random.randint(1, 3))]
        return self._beside({keyword: alternatives})

    def _joined(self) -> Json:
        return self._beside({"allOf": [self.schema() for _ in range(self.random.randint(1, 3))]})

    def _beside(self, said: Json) -> Json:
        """Keywords with what often stands beside them."""
        if self.random.random() < 0.7:
            return said
        other = self.schema()
        return said if isinstance(other, bool) else {**other, **said}

    def _several_types(self) -> Json:
        kinds = ("string", "integer", "number", "boolean", "null", "object", "array")
        said: Json = {"type": self.random.sample(kinds, self.random.randint(2, 3))}
        if self.random.random() < 0.5:
            said |= self._text_limits() | self._number_limits()
        if "object" in said["type"] and self.random.random() < 0.5:
            said["properties"] = {"a": self.schema()}
        if "array" in said["type"] and self.random.random() < 0.5:
            said["items"] = self.schema()
        return said

    def _negation(self) -> Json:
        return self._beside({"not": self.schema()})

    def _condition(self) -> Json:
        said: Json = {"if": self.schema(), "then": self.schema(), "else": self.schema()}
        return self._beside(said)


def values(random: Random, number: int) -> list[Json]:
    """Values at random, small ones first; no property is null, which may read as absent."""
    simple: list[Json] = [None, True, False, *_NUMBERS, *_TEXTS]

    def value(depth: int) -> Json:
        kind = random.random()
        if depth == 0 or kind < 0.2:
            return random.choice(simple)
        if kind < 0.7:
            names = random.sample((*_NAMES, "c"), random.randint(0, 3))
            inner = {name: value(depth - 1) for name in names}
            return {name: item for name, item in inner.items() if item is not None}
        return [value(depth - 1) for _ in range(random.randint(0, 3))]

    return [*simple, [], {}, *(value(2) for _ in range(number))]
