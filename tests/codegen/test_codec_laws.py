"""What holds for every model of every generated package, whatever its values.

The packages are that of TopChef and those of the golden cases. Their strategies make the values.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

import jsonschema
import pytest
from attrs import frozen
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012, Schema

from codegen.emit.strategy_names import strategy_names
from codegen.ir import Alias, Api
from codegen.load import load
from codegen.lower import lower
from codegen.runtime.json_types import is_array, is_object

Json: TypeAlias = Any

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
TOPCHEF = "topchef_sdk.api"
PACKAGES = [TOPCHEF, *sorted(f"golden_cases.{path.parent.name}" for path in CASES.glob("*/*.yaml"))]


@frozen
class Model:
    """A generated class, and what makes its values."""

    cls: type[Any]
    values: Callable[..., SearchStrategy[Any]]
    wire: Callable[[], SearchStrategy[Json]]
    schema: Validator | None
    """What the document itself says of its JSON; None for inline schemas and for OpenAPI 3.0."""


@frozen
class Package:
    """A generated package."""

    name: str
    models: tuple[Model, ...]

    def runtime(self, module: str) -> Any:
        parent = self.name if self.name == TOPCHEF else "golden_cases"
        return import_module(f"{parent}._runtime.{module}")

    @property
    def codec(self) -> Any:
        return self.runtime("codec").codec


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest, golden: Path) -> Package:
    name: str = request.param
    case = name.rpartition(".")[2]
    document = load(
        ROOT / "spec/topchef.yaml" if name == TOPCHEF else CASES / case / "openapi.yaml"
    )
    api = lower(document.tree)
    return Package(name, tuple(models_of(name, api, document.tree)))


def models_of(package: str, api: Api, tree: dict[str, Any]) -> Iterator[Model]:
    models, strategies = import_module(f"{package}.models"), import_module(f"{package}.strategies")
    functions = strategy_names(api)
    schemas = tree.get("components", {}).get("schemas", {})
    for model in api.models:
        if isinstance(model, Alias):
            continue
        function = functions[model.name]
        wire_name = model.wire_name.reveal()
        described = wire_name in schemas and tree["openapi"].startswith("3.1")
        yield Model(
            cls=getattr(models, model.name),
            values=getattr(strategies, function),
            wire=getattr(strategies, f"{function}_wire"),
            schema=validator(tree, wire_name) if described else None,
        )


def validator(tree: dict[str, Any], name: str) -> Validator:
    pointer = name.replace("~", "~0").replace("/", "~1")
    resource: Resource[Schema] = DRAFT202012.create_resource(tree)
    return jsonschema.Draft202012Validator(
        {"$ref": f"urn:api#/components/schemas/{quoted(pointer)}"},
        registry=Registry[Schema]().with_resource("urn:api", resource),
        format_checker=jsonschema.FormatChecker(["date", "date-time"]),
    )


def quoted(pointer: str) -> str:
    return "".join(f"%{byte:02X}" for byte in pointer.encode())


def holds(law: Callable[..., None], *givens: SearchStrategy[Any], model: object = None) -> None:
    """Check a law on a few values."""

    @settings(max_examples=6)
    @given(st.tuples(*givens))
    def check(values: tuple[Any, ...]) -> None:
        law(*values) if model is None else law(model, *values)

    check()


def body_of(value: Json) -> bytes:
    return json.dumps(value).encode()


def test_models_survive_writing_and_reading_pickling_and_copying(package: Package) -> None:
    def law(model: Model, value: object) -> None:
        assert package.codec.decode(package.codec.encode(value), model.cls) == value
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.copy(value) == value
        assert copy.deepcopy(value) == value

    for model in package.models:
        holds(law, model.values(), model=model)


def test_valid_json_is_read_and_reads_the_same_when_written_again(package: Package) -> None:
    def law(model: Model, value: Json) -> None:
        assert faults(model, value) == set()
        assert_both_roads_agree(package, model, value)
        read = package.codec.structure(value, model.cls)
        written = outcome(lambda: package.codec.unstructure(read), package)
        if isinstance(written, Refused):
            # Values that the document does not name are read, but never sent.
            assert written.keywords == {"enum"}
        else:
            assert package.codec.structure(written, model.cls) == read

    for model in package.models:
        holds(law, model.wire(), model=model)


@frozen
class Refused:
    """That the codec raised, and what it said."""

    message: str
    keywords: set[str]


def outcome(read: Callable[[], object], package: Package) -> object:
    try:
        return read()
    except package.runtime("codec").InvalidError as error:
        return Refused(str(error), {violation.keyword for violation in error.violations})


scalars: SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from([1.0, 0.5, 1e300, 2**63, 2**70, -(2**63), "", "a", "true", "5", "2020-01-01"]),
    st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "AAAA", "0" * 32]),
    st.sampled_from([[], {}, [None], {"a": None}]),
    st.text(max_size=4),
)


def places(value: Json) -> list[tuple[Any, Any]]:
    """Each member of each container in a value: the container and the key."""
    members: dict[Any, Any] = {}
    if is_object(value):
        members = value
    elif is_array(value):
        members = dict(enumerate(value))
    below = [place for inner in members.values() for place in places(inner)]
    return [*((value, key) for key in members), *below]


@st.composite
def mutated(draw: st.DrawFn, wire: SearchStrategy[Json]) -> Json:
    """JSON with one value in it replaced by another."""
    value = copy.deepcopy(draw(wire))
    found = places(value)
    if not found:
        return draw(scalars)
    container, key = draw(st.sampled_from(found))
    container[key] = draw(scalars)
    return value


def assert_both_roads_agree(package: Package, model: Model, value: Json) -> None:
    """Whatever msgspec reads by itself, the strict hooks read with an equal result."""
    body = body_of(value)
    parse_json = package.runtime("codec").parse_json
    fast = outcome(lambda: package.codec.decode(body, model.cls), package)
    general = outcome(lambda: package.codec.structure(parse_json(body), model.cls), package)
    assert fast == general
    assert repr(fast) == repr(general)


def faults(model: Model, value: Json) -> set[str]:
    """What JSON Schema holds against a value, but for where reading is more open on purpose."""
    if model.schema is None:
        return set()
    return {
        str(error.validator)
        for error in model.schema.iter_errors(value)
        # A null for an optional field reads as absent; a value that is not named is kept; and
        # jsonschema divides floats, for which 0.07 is no multiple of 0.01.
        if error.instance is not None and error.validator not in ("enum", "multipleOf")
    }


def test_json_that_is_not_quite_valid_is_refused_or_valid_after_all(package: Package) -> None:
    def law(model: Model, value: Json) -> None:
        assert_both_roads_agree(package, model, value)
        read = outcome(lambda: package.codec.structure(value, model.cls), package)
        if not isinstance(read, Refused):
            assert faults(model, value) == set()

    for model in package.models:
        holds(law, mutated(model.wire()), model=model)


# Calls.


def arguments_of(function: Callable[..., Any], package: Package) -> SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(function)
    by_class = {model.cls: model.values for model in package.models}
    make = package.runtime("strategies")

    def values(hint: Any) -> Any:
        parts = get_args(hint)
        if hint in by_class:
            return by_class[hint]()
        if hint is Any:
            return make.json_values()
        if hint is str:
            return st.text(st.characters(categories=["L"], max_codepoint=0xFF), min_size=1)
        if hint is float:
            return make.numbers()
        if hint is datetime:
            return make.date_times()
        if get_origin(hint) is list:
            return st.lists(values(parts[0]), max_size=3)
        if get_origin(hint) is dict:
            return make.objects(values(parts[1]))
        if get_origin(hint) is UnionType:
            return st.one_of(*(values(part) for part in parts))
        return st.from_type(hint)

    names = signature(function).parameters
    return st.fixed_dictionaries({name: values(hints[name]) for name in names})


def functions_of(package: Package) -> list[Callable[..., Any]]:
    endpoints = import_module(f"{package.name}.endpoints")
    modules = [import_module(f"{package.name}.endpoints.{name}") for name in endpoints.__all__]
    found = [getattr(module, name) for module in modules for name in module.__all__]
    return [each for each in found if isfunction(each)]


STATUSES = st.sampled_from([200, 201, 202, 204, 302, 400, 404, 418, 500, 503]) | st.integers(
    100, 599
)


def test_any_answer_gives_a_value_or_an_error_of_the_sdk(package: Package) -> None:
    http, errors = package.runtime("http"), package.runtime("errors")
    json_values = package.runtime("strategies").json_values
    wires = [model.wire() for model in package.models]
    bodies = st.binary() | st.one_of(json_values(), *wires).map(body_of)

    def law(
        function: Callable[..., Any], arguments: dict[str, Any], status: int, body: bytes
    ) -> None:
        try:
            call = function(**arguments)
        except errors.RequestError:
            return  # a parameter outside its constraints, which is refused before it is sent
        assert call.request.url.startswith("/")
        for is_lenient in (False, True):
            caught: Exception | None = None
            try:
                call.decode(http.Response(status=status, body=body), lenient=is_lenient)
            except errors.SdkError as error:
                caught = error
            again = pickle.loads(pickle.dumps(caught))
            assert (str(again), vars(again or law)) == (str(caught), vars(caught or law))

    for function in functions_of(package):
        holds(law, arguments_of(function, package), STATUSES, bodies, model=function)


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
        # A list without items writes no field, and nobody could tell it from none.
        arguments = {name: None if value == [] else value for name, value in arguments.items()}
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
        assert (function.__name__, arguments, 204) == (name, received, response.status)

    for function in functions_of(package):
        holds(law, arguments_of(function, package), model=function)


def function_takes_none(function: Callable[..., Any], name: str) -> bool:
    hint = get_type_hints(function)[name]
    return hint is Any or NoneType in get_args(hint)
