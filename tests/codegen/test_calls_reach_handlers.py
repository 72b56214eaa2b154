"""What a call sends is what the handler of its endpoint gets, in every generated package.

The packages are that of TopChef and those of the golden cases. Their strategies make the values.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import pytest
from attrs import frozen
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from codegen.runtime.json_types import is_array, is_object

CASES = Path(__file__).parent / "cases"
TOPCHEF = "topchef_sdk.api"
PACKAGES = [
    TOPCHEF,
    *sorted(f"golden_cases.{path.parent.name}" for path in CASES.glob("*/openapi.yaml")),
]


@frozen
class Package:
    """A generated package."""

    name: str
    made: dict[Any, Callable[..., SearchStrategy[Any]]]
    """What makes the values of each type that has a name."""

    def makes(self, form: object) -> bool:
        """Whether a type has a name."""
        try:
            return form in self.made
        except TypeError:  # `Annotated` with what has no hash has none itself
            return False

    def runtime(self, module: str) -> Any:
        parent = self.name if self.name == TOPCHEF else "golden_cases"
        return import_module(f"{parent}._runtime.{module}")


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest, golden: Path) -> Package:
    name: str = request.param
    models, strategies = import_module(f"{name}.models"), import_module(f"{name}.strategies")
    entries = import_module(f"{name}.testing.laws").SUBJECT.models
    made = {
        getattr(models, model): getattr(strategies, entry.strategy)
        for model, entry in entries.items()
    }
    return Package(name, made)


def holds(law: Callable[..., None], *givens: SearchStrategy[Any], model: object) -> None:
    """Check a law on a few values."""

    @settings(max_examples=6)
    @given(st.tuples(*givens))
    def check(values: tuple[Any, ...]) -> None:
        law(model, *values)

    check()


def arguments_of(function: Callable[..., Any], package: Package) -> SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(function)
    make = package.runtime("strategies")
    any_json = package.runtime("strategies.free").ANY_JSON

    texts = st.text(st.characters(categories=["L"], max_codepoint=0xFF), min_size=1)

    def values(hint: Any) -> Any:
        parts = get_args(hint)
        if package.makes(hint):
            return package.made[hint]()
        if hint is Any:
            return any_json
        if hint is str:
            return texts
        if hint is float:
            return make.values(float)
        if hint is datetime:
            return make.values(datetime)
        if get_origin(hint) is list:
            return st.lists(values(parts[0]), max_size=3)
        if get_origin(hint) is dict:
            return st.dictionaries(texts, values(parts[1]), max_size=3)
        if get_origin(hint) is UnionType:
            return st.one_of(*(values(part) for part in parts))
        return st.from_type(hint)

    # Text has no types: a parameter that the document gives none either is text again.
    free = st.none() | texts
    return st.fixed_dictionaries(
        {
            name: free if name != "body" and is_free(hints[name]) else values(hints[name])
            for name in signature(function).parameters
        }
    )


def is_free(hint: Any) -> bool:
    """Whether a type is any, or any or none."""
    return hint is Any or Any in get_args(hint)


def functions_of(package: Package) -> list[Callable[..., Any]]:
    endpoints = import_module(f"{package.name}.endpoints")
    modules = [import_module(f"{package.name}.endpoints.{name}") for name in endpoints.__all__]
    found = [getattr(module, name) for module in modules for name in module.__all__]
    return [each for each in found if isfunction(each)]


class Recorder:
    """Handlers that remember how they were called."""

    def __init__(self, reply: object) -> None:
        self.reply = reply
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        def handle(*positional: Any, **by_keyword: Any) -> object:
            self.calls.append((name, positional, by_keyword))
            return self.reply

        return handle


def test_a_call_reaches_its_handler_with_what_it_was_given(package: Package) -> None:
    server = import_module(f"{package.name}.server")
    errors = package.runtime("errors")
    reply = package.runtime("server").Reply(None, 204)

    def law(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
        # What has no items writes no field, and nobody could tell it from none.
        arguments = {
            name: None if name != "body" and value in ([], {}) else value
            for name, value in arguments.items()
        }
        assume(
            all(
                function_takes_none(function, name) or value is not None
                for name, value in arguments.items()
            )
        )
        handlers = Recorder(reply)
        try:
            request = function(**arguments).request
        except errors.RequestError:
            return  # a parameter outside its constraints, which is refused before it is sent
        response = server.dispatch(handlers, request)
        ((name, positional, by_keyword),) = handlers.calls
        order = [key for key in signature(function).parameters if key not in by_keyword]
        received = dict(zip(order, positional, strict=True)) | by_keyword
        if arguments.get("body", "some") is None and "content_type" in arguments:
            # What is not sent has no media type, and the handler is told the usual one.
            arguments["content_type"] = signature(function).parameters["content_type"].default
        if any(word in request.headers.get("Content-Type", "") for word in ("form", "multipart")):
            sent: Any = as_fields(arguments["body"])
            came: Any = as_fields(received["body"])
            if is_object(arguments["body"]):
                # Text has no types: where the document gives none either, only text stays as it is.
                names = [name for name in sent or () if type(sent[name]) is str]
                sent, came = [sent[name] for name in names], [came[name] for name in names]
            arguments["body"], received["body"] = sent, came
        assert (function.__name__, arguments, 204) == (name, received, response.status)

    for function in functions_of(package):
        holds(law, arguments_of(function, package), model=function)


def as_fields(value: Any) -> Any:
    """A value without what forms do not say: null, what has no items, and what files are.

    The document says that of files which do not say it themselves.
    """
    if is_array(value):
        return [as_fields(item) for item in value if item is not None] or None
    if is_object(value):
        kept = {name: as_fields(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not None} or None
    if not field_names(value):
        return value
    return as_fields({name: getattr(value, name) for name in field_names(value)})


def field_names(value: object) -> list[str]:
    """The fields of a model, or of a file, but for what it is."""
    cls: type[Any] = type(value)
    if not attrs.has(cls):
        return []
    return [field.name for field in attrs.fields(cls) if field.name != "media_type"]


def function_takes_none(function: Callable[..., Any], name: str) -> bool:
    hint = get_type_hints(function)[name]
    return hint is Any or NoneType in get_args(hint)
