"""The package `testing`: the laws of all models and endpoints, and the document to judge by.

`pytest --pyargs sdk.testing` runs them, so there is a module of tests in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..ir import Alias, Api, Identifier, Model, Scalar, ScalarKind, Text, Type
from ..uses import Uses, all_parts, types_of
from .annotations import Annotations
from .embedded import document_module
from .source import (
    INDENT,
    Doc,
    Imports,
    assignment,
    call,
    keyword,
    literal,
    mapping,
    module,
)
from .strategy_names import StrategyNames


def testing_files(api: Api, names: StrategyNames, uses: Uses) -> tuple[tuple[str, str], ...]:
    """The file names and texts of the package."""
    document = document_module(api)
    return (
        ("__init__.py", _PACKAGE),
        ("document.py", document),
        ("laws.py", _laws(api, names, uses, [flag for flag in _FLAGS if flag in document])),
        ("test_laws.py", _TEST),
    )


_PACKAGE = '''"""Tests of this package, to run with one's own: `pytest --pyargs` and the name of this one.

`laws.run()` checks the same without pytest.
"""
'''


def _laws(api: Api, names: StrategyNames, uses: Uses, flags: Sequence[str]) -> str:
    imports = Imports()
    annotations = Annotations(imports, runtime=".._runtime", models="..models")
    entries = _Entries(api, names, uses, annotations, flags)
    models = [
        (
            literal(model.name),
            call(imports.use(".._runtime.laws", "ModelEntry"), *entries.items(model)),
        )
        for model in api.models
        if model.name in names.models
    ]
    endpoints = [
        (literal(f"{one.tag}.{one.name}"), literal(names.endpoints[one.name]))
        for one in api.endpoints
    ]
    subject = call(
        imports.use(".._runtime.laws", "Subject"),
        '__name__.rpartition(".testing.")[0]',
        keyword("models", mapping(models)),
        keyword("endpoints", mapping(endpoints)),
        keyword("documents", "_documents"),
    )
    load = "\n".join(
        [
            "def _documents() -> dict[str, list[str]]:",
            f"{INDENT}from .document import DOCUMENTS  # not before they are asked for",
            "",
            f"{INDENT}return DOCUMENTS",
        ]
    )
    final = imports.use("typing", "Final")
    run = "\n".join(
        [
            "def run(*, max_examples: int | None = None) -> int:",
            f'{INDENT}"""Check all laws and return how many; raises `BrokenLawsError`."""',
            f"{INDENT}return SUBJECT.run(max_examples=max_examples)",
        ]
    )
    doc = "The laws of every model and endpoint of this package."
    return module(doc, imports, [load, assignment(f"SUBJECT: {final}", subject), run])


_TEST = '''"""Each law of each model and endpoint."""

from __future__ import annotations

import pytest

from .._runtime.laws import Case
from .laws import SUBJECT


@pytest.mark.parametrize("case", SUBJECT.cases(), ids=str)
def test_the_law_holds(case: Case) -> None:
    """No example breaks it."""
    case.check()
'''


_FLAGS = ("readOnly", "writeOnly")
"""Keywords that hide a property in one direction; what a document never says needs no entry."""


class _Entries:
    """Writes what is told of models."""

    def __init__(
        self,
        api: Api,
        names: StrategyNames,
        uses: Uses,
        annotations: Annotations,
        flags: Sequence[str],
    ) -> None:
        self._names = names
        self._annotations = annotations
        self._components = _components(api)
        self._with_files = _with_files(api, uses)
        self._flags = flags
        self._uses = uses

    def items(self, model: Model) -> Iterator[Doc]:
        """The arguments of an entry."""
        yield literal(self._names.models[model.name])
        wire_name = model.wire_name.reveal()
        # What a type says that holds itself is said where it is used, as far as no type says it.
        is_recursive = isinstance(model, Alias) and model.is_recursive
        if wire_name in self._components and not is_recursive:
            escaped = wire_name.replace("~", "~0").replace("/", "~1")
            yield literal(Text(f"/components/schemas/{escaped}"))
        hidden = self._hidden(model.name)
        if hidden is not None:
            yield keyword("hidden", literal(hidden))
        limits = self._annotations.constraints(model.type) if isinstance(model, Alias) else None
        if limits is not None:
            yield keyword("limits", limits)
        if model.name in self._with_files:
            yield keyword("has_json", "False")

    def _hidden(self, name: Identifier) -> str | None:
        """Which properties are no part of a model, because it goes in one direction only."""
        flag = None
        is_sent, is_received = name in self._uses.in_requests, name in self._uses.in_answers
        if is_sent and not is_received:
            flag = "readOnly"
        elif is_received and not is_sent:
            flag = "writeOnly"
        return flag if flag in self._flags else None


def _components(api: Api) -> frozenset[str]:
    """The names of the schemas that have one in the document."""
    tree = api.documents[0][1].reveal() if api.documents else None
    for name in ("components", "schemas"):
        tree = tree.get(name) if isinstance(tree, dict) else None
    return frozenset(tree) if isinstance(tree, dict) else frozenset()


def _with_files(api: Api, uses: Uses) -> set[Identifier]:
    """The models with a file in them, which no JSON is."""
    found: set[Identifier] = set()
    more = {
        model.name
        for model in api.models
        if any(_is_file(part) for type_ in types_of(model) for part in all_parts(type_))
    }
    while more:
        found |= more
        more = {
            name
            for name, named in uses.by_models.items()
            if name not in found and not found.isdisjoint(named)
        }
    return found


def _is_file(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.kind is ScalarKind.FILE
