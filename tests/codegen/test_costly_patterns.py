"""What is called quick is quick. What is not is left alone: it might take longer than anybody has."""

from __future__ import annotations

import pytest

from codegen.costly_patterns import is_quick, patterns_in
from codegen.ir import Enumeration, Record
from codegen.lower import lower
from codegen.lower.limits import is_readable
from codegen.runtime.patterns import compiled
from codegen.tree import Json

LETTERS = "a" * 40 + "!"


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "(.*)*x",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(?:a?){40}a{40}",
        "a?" * 40 + "a" * 40,
        "(a|a)" * 40 + "b",
        "(x+x+)+y",
        "(?=(a+)+$)",
        "(?:(?:(?:){1000}){1000}){1000}",
        ".*" * 12 + "b",
        "((a+)?b?)*",
        "[^](a+)+$]",
    ],
)
def test_what_may_take_for_ever_is_not_quick(pattern: str) -> None:
    assert not is_quick(pattern, LETTERS)


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]+$",
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        "^(active|inactive|on hold|" + "|".join(f"state{n}" for n in range(50)) + ")$",
        "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$",
        r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$",
        r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d@$!%*?&]{8,}$",
        "^([0-9A-F]{2}:){5}[0-9A-F]{2}$",
        "a*?b+?[*+?]{2,3}?",
        "",
    ],
)
def test_what_people_write_is_quick(pattern: str) -> None:
    assert is_quick(pattern, LETTERS)
    compiled(pattern).search(LETTERS)


@pytest.mark.parametrize("wide", [r"\p{Letter}", r"[\W]", r"[^\D]"])
def test_a_pattern_of_hundreds_of_wide_classes_is_not_readable(wide: str) -> None:
    assert is_readable(wide * 50)
    assert not is_readable(wide * 3000)


def test_the_patterns_of_a_schema_are_found_at_any_depth() -> None:
    schema: Json = {
        "not": {"pattern": "a"},
        "allOf": [{"patternProperties": {"b": {"pattern": "c"}}}],
    }
    assert ["a", "b", "c"] == sorted(patterns_in(schema))


def test_values_that_a_costly_pattern_would_judge_stay() -> None:
    text = {"type": "string", "pattern": "(a+)+$"}
    models = lower(
        {
            "openapi": "3.1.0",
            "info": {"title": "Costly", "version": "1"},
            "paths": {},
            "components": {
                "schemas": {
                    "Named": {**text, "enum": [LETTERS, "b"]},
                    "Held": {
                        "type": "object",
                        "properties": {
                            "given": {**text, "default": LETTERS},
                            "map": {
                                "type": "object",
                                "propertyNames": {"pattern": "(a+)+$"},
                                "default": {LETTERS: 1},
                            },
                        },
                    },
                }
            },
        }
    ).models
    named, held = models
    assert isinstance(named, Enumeration)
    assert isinstance(held, Record)
    assert 2 == len(named.members)
    assert 2 == len(held.fields)
