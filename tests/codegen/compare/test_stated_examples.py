"""Examples that are stated, and not searched for, are judged by the documents as they are written.

A request line, a status, a media type or the scopes of a token prove a break by themselves. The judge
here reads nothing but the YAML: what the old document allows is to be missing in the new one, or the
other way round for what is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import pytest
import yaml

from codegen.compare.changes import Change, Kind

from .test_corpus import DIFFS, NAMES, compared

Tree = Mapping[str, Any]


def _operations(tree: Tree) -> dict[str, Tree]:
    """The operations of a document by their request lines, whatever parameters are called."""
    return {
        _shape(f"{method.upper()} {path}"): operation
        for path, item in cast("Tree", tree.get("paths", {})).items()
        for method, operation in {**item, **item.get("additionalOperations", {})}.items()
        if method.lower() not in ("parameters", "servers", "additionaloperations", "$ref")
    }


def _shape(line: str) -> str:
    return "".join(
        "{}" if "}" in part else part
        for part in line.replace("{", "\0{").replace("}", "}\0").split("\0")
    )


def _operation(tree: Tree, change: Change) -> Tree:
    return _operations(tree)[_shape(change.subject.partition(",")[0])]


def _is_gone(old: Tree, new: Tree, change: Change) -> bool:
    line = _shape(str(change.example and change.example.value))
    return line in _operations(old) and line not in _operations(new)


def _asks_for_more(old: Tree, new: Tree, change: Change) -> bool:
    """Whether a required parameter of the new document is none of the old one's."""

    def asked(tree: Tree) -> set[str]:
        listed = _operation(tree, change).get("parameters", [])
        return {str(one.get("name")) for one in listed if one.get("required")}

    return bool(asked(new) - asked(old))


def _is_new_status(old: Tree, new: Tree, change: Change) -> bool:
    status = str(change.example and change.example.value)
    answers = [{str(one) for one in _operation(tree, change)["responses"]} for tree in (old, new)]
    return status in answers[1] and not {status, f"{status[0]}XX", "default"} & answers[0]


def _is_media_type_gone(old: Tree, new: Tree, change: Change) -> bool:
    """Whether a body is not taken, or an answer not given, in a media type any more."""
    name = str(change.example and change.example.value)
    status = change.subject.rpartition(" ")[2]

    def held(tree: Tree) -> Tree:
        one = _operation(tree, change)
        return cast("Tree", one["requestBody"] if status == "body" else one["responses"][status])

    kept = [set(held(tree)["content"]) for tree in (old, new)]
    return name in kept[0] and name not in kept[1]


def _is_body_asked_for(old: Tree, new: Tree, change: Change) -> bool:
    asked = [
        bool(_operation(tree, change).get("requestBody", {}).get("required")) for tree in (old, new)
    ]
    return asked == [False, True]


def _is_granted_too_little(old: Tree, new: Tree, change: Change) -> bool:
    """Whether a token was enough by the old document, and fits nothing that the new one asks for."""
    token = cast("dict[str, list[str]]", change.example and change.example.value)

    def is_enough(tree: Tree) -> bool:
        lines = _operations(tree).values()
        own = next(iter(lines)) if change.subject == "all operations" else _operation(tree, change)
        asked = cast("list[dict[str, list[str]]]", own.get("security", tree.get("security", [])))
        return any(
            all(name in token and set(scopes) <= set(token[name]) for name, scopes in one.items())
            for one in asked
        )

    return is_enough(old) and not is_enough(new)


JUDGES: Final[Mapping[Kind, Callable[[Tree, Tree, Change], bool]]] = {
    Kind.OPERATION_REMOVED: _is_gone,
    Kind.OPERATION_MOVED: _is_gone,
    Kind.PARAMETER_ADDED: _asks_for_more,
    Kind.PARAMETER_REQUIRED: _asks_for_more,
    Kind.STATUS_ADDED: _is_new_status,
    Kind.BODY_REQUIRED: _is_body_asked_for,
    Kind.BODY_ADDED: _is_body_asked_for,
    Kind.SCOPE_ADDED: _is_granted_too_little,
}


def _stated(name: str) -> list[Change]:
    return [
        one
        for one in compared(name, proves_all=False).changes
        if one.example is not None and (one.kind in JUDGES or one.kind is Kind.MEDIA_TYPE_REMOVED)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_stated_example_is_allowed_by_one_document_and_not_by_the_other(name: str) -> None:
    old, new = (
        cast("Tree", yaml.safe_load((DIFFS / name / f"{side}.yaml").read_text("utf-8")))
        for side in ("old", "new")
    )
    for change in _stated(name):
        assert JUDGES.get(change.kind, _is_media_type_gone)(old, new, change), change.what


def test_each_judge_has_something_to_judge() -> None:
    kinds = {change.kind for name in NAMES for change in _stated(name)}
    assert {*JUDGES, Kind.MEDIA_TYPE_REMOVED} == kinds
