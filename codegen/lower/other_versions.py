"""What other versions of OpenAPI and of JSON Schema say, in the words of the document's own.

Documents are moved from one version to the next by changing one line of them, and what they said in
the words of the former stays. Where only one thing can be meant, a document that says it is taken
to say it rightly, with a warning: `nullable: true` and `exclusiveMinimum: true` in OpenAPI 3.1, a
number for `exclusiveMinimum` and `nullable: true` beside a `$ref` in 3.0, a list of schemas for
`items`, a null for the type `'null'`, and a pattern in the slashes of JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final, TypeAlias

from ..errors import SpecError
from ..keys import NARROWING, RESTRICTING
from ..places import THE_DOCUMENT, file_and_pointer
from ..structure import Kind, Part, Walk
from ..tree import Json, child
from ..values import frozen
from .node import Node
from .notes import Notes
from .references import References

Schema: TypeAlias = "dict[str, Json]"

_BOUNDS: Final = (("minimum", "exclusiveMinimum", max), ("maximum", "exclusiveMaximum", min))

_FLAGS: Final = frozenset({"nullable", "exclusiveMinimum", "exclusiveMaximum"})


def is_foreign(schema: Schema, rules: Rules) -> bool:
    """Whether something looks like another version's; each object is asked, so quickly."""
    return (
        schema.get("type", "").__class__ is not str
        or schema.get("items").__class__ is list
        or not _FLAGS.isdisjoint(schema)
        or ("pattern" in schema and _inside(schema["pattern"]) is not None)
    ) and any(rule.is_said(schema) for rule in rules)


def reworded(
    tree: Json, files: Mapping[str, Json], rules: Rules, notes: Notes
) -> tuple[Json, Mapping[str, Json]]:
    """Return a document and its files with what the rules say about in other words."""
    trees = {id(one): one for one in (tree, *files.values())}
    references = References(Node(tree, ""), files)
    instead = {
        id(part.value): schema
        for part in _schemas(tree, references)
        if (schema := _reworded(part, references, rules, notes)) is not part.value
    }
    done = {key: with_instead(instead, one) for key, one in trees.items()}
    return done[id(tree)], {name: done[id(one)] for name, one in files.items()}


def _schemas(tree: Json, references: References) -> Iterator[Part]:
    """The schemas of a document, wherever references lead."""
    walk = Walk()
    walk.begin(Kind.DOCUMENT, tree, THE_DOCUMENT)
    for part in walk:
        if part.reference is not None:
            place = Node(part.value, part.place)
            with suppress(SpecError):  # whoever follows it says what is wrong
                target = references.find(place, part.reference)
                walk.begin(part.kind, target.value, *file_and_pointer(target.pointer))
        if part.kind is Kind.SCHEMA:
            yield part


def _reworded(part: Part, references: References, rules: Rules, notes: Notes) -> Schema:
    schema = part.value
    for rule in rules:
        if rule.is_said(schema) and not rule.is_said_of(_target(part, references)):
            notes.warn(Node(schema, child(part.place, rule.key)), rule.what(schema))
            schema = rule.reworded(schema)
    return schema


def _target(part: Part, references: References) -> Json:
    """What a schema refers to; null where it does not, or nobody knows."""
    target: Json = None
    if part.reference is not None:
        with suppress(SpecError):
            target = references.resolve(Node(part.value, part.place)).value
    return target


def with_instead(instead: Mapping[int, Schema], value: Json) -> Json:
    """A value in which other schemas stand in the place of some."""
    if isinstance(value, dict):
        value = instead.get(id(value), value)
        return {key: with_instead(instead, one) for key, one in value.items()}
    return [with_instead(instead, one) for one in value] if isinstance(value, list) else value


def _never(_target: Json) -> bool:
    return False


@frozen
class Rule:
    """One thing that another version says."""

    key: str
    """Where a schema says it."""
    is_said: Callable[[Schema], bool]
    """Whether it does."""
    what: Callable[[Schema], str]
    """What is wrong with that."""
    reworded: Callable[[Schema], Schema]
    """The schema in the words of the document's version."""
    is_said_of: Callable[[Json], bool] = _never
    """Whether what the schema refers to says the same, so that nothing is to be said again."""


Rules: TypeAlias = tuple[Rule, ...]


# --- null ---------------------------------------------------------------------------------------


def _is_nullable(schema: Schema) -> bool:
    """Whether `nullable` adds a null: not where the schema restricts nothing, or takes one."""
    if schema.get("nullable") is not True or NARROWING.isdisjoint(schema):
        return False
    places = (schema.get("type"), schema.get("anyOf"), schema.get("oneOf"))
    return not any("null" in one or _NULL in one for one in places if isinstance(one, list))


def _instead_of_nullable(schema: Schema) -> str:
    match schema.get("type"):
        case str(kind):
            instead = f"type: [{kind}, 'null']"
        case list():
            instead = "'null' among the types"
        case _:
            instead = "anyOf, with {type: 'null'} among the alternatives"
    return f"'nullable' is of OpenAPI 3.0, and heeded as in it; write {instead}"


def _takes_null(target: Json) -> bool:
    """Whether null fits what a reference leads to, as far as can be seen at once."""
    if not isinstance(target, dict):
        return False
    return target.get("nullable") is True or NARROWING.isdisjoint(target)


def _is_nullable_reference(schema: Schema) -> bool:
    return schema.get("nullable") is True and isinstance(schema.get("$ref"), str)


def _nullable_all_of(schema: Schema) -> Schema:
    """The same as OpenAPI 3.0 has it; what else restricts beside a reference does not count."""
    beside = {key: one for key, one in schema.items() if key != "$ref" and key not in RESTRICTING}
    return {**beside, "allOf": [{"$ref": schema["$ref"]}], "nullable": True}


_NULL: Json = {"type": "null"}
_BESIDE = frozenset({"description", "title", "deprecated", "readOnly", "writeOnly", "default"})
"""What stays beside the choice between a schema and null."""


def _with_null(schema: Schema) -> Schema:
    said = {key: value for key, value in schema.items() if key != "nullable"}
    if not frozenset({"$ref", "allOf", "const"}).isdisjoint(said):
        beside = {key: value for key, value in said.items() if key in _BESIDE}
        return {**beside, "anyOf": [{k: v for k, v in said.items() if k not in beside}, _NULL]}
    for key, null in (("enum", None), ("anyOf", _NULL), ("oneOf", _NULL)):
        among = said.get(key)
        if isinstance(among, list) and null not in among:
            said[key] = [*among, null]
    kinds = said.get("type")
    if kinds is not None:
        said["type"] = [*(kinds if isinstance(kinds, list) else [kinds]), "null"]
    return said


def _is_null_beside_others(schema: Schema) -> bool:
    """What converters make of `nullable: true` beside an `allOf`, which no value fits."""
    among = [one for key in ("anyOf", "oneOf") if isinstance(one := schema.get(key), list)]
    return (
        schema.get("type") == ["null"]
        and not _ELSEWHERE.isdisjoint(schema)
        and not any(_NULL in one for one in among)
    )


_ELSEWHERE = frozenset({"$ref", "allOf", "anyOf", "oneOf"})


def _or_null(schema: Schema) -> Schema:
    return _with_null({key: value for key, value in schema.items() if key != "type"})


def _has_bare_null(schema: Schema) -> bool:
    kinds = schema.get("type", "")
    return kinds is None or (isinstance(kinds, list) and None in kinds)


def _with_named_null(schema: Schema) -> Schema:
    kinds = schema["type"]
    if not isinstance(kinds, list):
        return {**schema, "type": "null"}
    return {**schema, "type": ["null" if one is None else one for one in kinds]}


# --- bounds -------------------------------------------------------------------------------------


def _has_flag(key: str) -> Callable[[Schema], bool]:
    return lambda schema: isinstance(schema.get(key), bool)


def _has_number(key: str) -> Callable[[Schema], bool]:
    return lambda schema: _number(schema, key) is not None


def _number(schema: Schema, key: str) -> float | None:
    value = schema.get(key)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _without_flag(bound: str, flag: str) -> Callable[[Schema], Schema]:
    def reworded(schema: Schema) -> Schema:
        said = {key: value for key, value in schema.items() if key != flag}
        if schema[flag] is True and bound in said:
            said[flag] = said.pop(bound)
        return said

    return reworded


def _with_flag(
    bound: str, flag: str, narrower: Callable[[float, float], float]
) -> Callable[[Schema], Schema]:
    def reworded(schema: Schema) -> Schema:
        exclusive, inclusive = _number(schema, flag), _number(schema, bound)
        if exclusive is None:
            return schema
        if inclusive is None or narrower(inclusive, exclusive) == exclusive:
            return {**schema, bound: exclusive, flag: True}
        return {key: value for key, value in schema.items() if key != flag}

    return reworded


# --- arrays -------------------------------------------------------------------------------------


def _is_tuple(schema: Schema) -> bool:
    return isinstance(schema.get("items"), list) and "prefixItems" not in schema


def _with_prefix(schema: Schema) -> Schema:
    said = {key: value for key, value in schema.items() if key not in ("items", "additionalItems")}
    said["prefixItems"] = schema["items"]
    if "additionalItems" in schema:
        said["items"] = schema["additionalItems"]
    return said


# --- patterns -----------------------------------------------------------------------------------

_IN_SLASHES: Final = re.compile(r"/(\^.*)/([dgimsuvy]*)|/?(.*(?<!\\)\$)/([dgimsuvy]*)", re.DOTALL)
"""A regular expression as JavaScript writes it, or the end of one: no text matches what is there."""
_IN_SLASHES_ALONE: Final = re.compile(r"/((?:[^/\\]|\\.)+)/([dgimsuvy]*)", re.DOTALL)
"""The same where nothing in it says that texts begin or end there."""
_SIGNS: Final = re.compile(r"[\\\[({.*+?|^$]")
"""What is no text in a regular expression: `/users/s` is an address."""
_OF_NO_MATTER: Final = frozenset("dguvy")
"""Flags without which a pattern matches the same texts."""


def _inside(pattern: Json) -> tuple[str, str] | None:
    """What stands between slashes, and the flags behind them; None where they may be text."""
    if not isinstance(pattern, str) or "/" not in pattern:  # as few have
        return None
    found = _IN_SLASHES.fullmatch(pattern)
    if found is not None:
        return found[1] or found[3], found[2] or found[4] or ""
    found = _IN_SLASHES_ALONE.fullmatch(pattern)
    is_expression = found is not None and _SIGNS.search(found[1]) is not None
    return (found[1], found[2]) if found is not None and is_expression else None


def _is_in_slashes(schema: Schema) -> bool:
    inside = _inside(schema.get("pattern"))
    return inside is not None and (inside[1] != "" or not _may_be_text(schema))


def _may_be_text(schema: Schema) -> bool:
    """Whether there may be texts with such slashes, as in addresses: nothing else says JavaScript."""
    return _IN_SLASHES.fullmatch(str(schema["pattern"])) is None


def _is_perhaps_in_slashes(schema: Schema) -> bool:
    return _inside(schema.get("pattern")) is not None and not _is_in_slashes(schema)


def _out_of_slashes(schema: Schema) -> Schema:
    """The pattern between the slashes; none where a flag makes it match other texts."""
    inside = _inside(schema["pattern"])
    said = {key: value for key, value in schema.items() if key != "pattern"}
    if inside is not None and _OF_NO_MATTER.issuperset(inside[1]):
        said["pattern"] = inside[0]
    return said


def _what_of_slashes(schema: Schema) -> str:
    is_kept = "pattern" in _out_of_slashes(schema)
    outcome = (
        "it is taken for what is between them" if is_kept else "it is not checked for its flags"
    )
    why = "" if _may_be_text(schema) else ", so no text would match"
    return f"a pattern has no slashes around it and no flags{why}; {outcome}"


_EVERYWHERE: Final = (
    Rule("pattern", _is_in_slashes, _what_of_slashes, _out_of_slashes),
    Rule(
        "pattern",
        _is_perhaps_in_slashes,
        lambda _: (
            "the slashes around this are taken for text that must be there; leave them out "
            "if they are JavaScript's"
        ),
        lambda schema: schema,
    ),
    Rule(
        "type",
        _has_bare_null,
        lambda _: "a null is taken for the type 'null'; put it in quotes",
        _with_named_null,
    ),
    Rule(
        "items", _is_tuple, lambda _: "a list of schemas is taken for 'prefixItems'", _with_prefix
    ),
)


def _flag_in_3_1(bound: str, flag: str) -> Rule:
    what = f"is a number in OpenAPI 3.1; write that of {bound!r} here instead, as it is taken to be"
    return Rule(flag, _has_flag(flag), lambda _: what, _without_flag(bound, flag))


def _number_in_3_0(bound: str, flag: str, narrower: Callable[[float, float], float]) -> Rule:
    what = (
        f"is true or false in OpenAPI 3.0; write the number under {bound!r}, as it is taken to be"
    )
    return Rule(flag, _has_number(flag), lambda _: what, _with_flag(bound, flag, narrower))


_RULES_3_0: Final = (
    *_EVERYWHERE,
    Rule(
        "nullable",
        _is_nullable_reference,
        lambda _: (
            "'nullable' beside $ref counts for nothing in OpenAPI 3.0, but servers send null there, "
            "so it is heeded; write allOf: [{$ref: ...}] beside it"
        ),
        _nullable_all_of,
        _takes_null,
    ),
    *(_number_in_3_0(*bound) for bound in _BOUNDS),
)
_RULES_3_1: Final = (
    *_EVERYWHERE,
    Rule(
        "type",
        _is_null_beside_others,
        lambda _: (
            "['null'] beside other schemas is taken for their alternative; "
            "write anyOf, with {type: 'null'} among the alternatives"
        ),
        _or_null,
    ),
    Rule("nullable", _is_nullable, _instead_of_nullable, _with_null, _takes_null),
    *(_flag_in_3_1(bound, flag) for bound, flag, _ in _BOUNDS),
)


def rules_of(*, is_3_0: bool) -> Rules:
    """The rules for documents of a version."""
    return _RULES_3_0 if is_3_0 else _RULES_3_1
